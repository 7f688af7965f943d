"""Tables of this room."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from chengshao.intake.terms import ImportState


class AddressCount(models.Model):
    """How many reports without a name came from one address in one window."""

    key = models.CharField(max_length=64)
    window_seconds = models.PositiveIntegerField()
    ends_at = models.DateTimeField(db_index=True)
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "window_seconds"], name="address_count_once"),
        ]


class CaseImport(models.Model):
    """One table of another system's old cases, and how far it was taken in."""

    source = models.CharField(max_length=40)
    file_name = models.CharField(max_length=200)
    file_digest = models.CharField(max_length=64)
    mapping = models.TextField()  # YAML, as it was handed in
    # how names in the table are read: kind → words as told → code of ours, "" for nobody;
    # `said` where somebody said so, now or at an earlier table of the source
    names = models.JSONField(default=dict)
    state = models.CharField(max_length=16)
    rows = models.PositiveIntegerField()
    position = models.PositiveIntegerField(default=0)  # rows that are done with
    taken = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)  # came before and say the same
    refused = models.PositiveIntegerField(default=0)
    without_contact = models.PositiveIntegerField(default=0)  # taken; it was too old to be kept
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    prepared_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "file_digest"],
                condition=~Q(state=ImportState.DONE.value),
                name="case_import_once",
            ),
        ]


class ImportRefusal(models.Model):
    """
    A row that could not be taken in, and why: one line a fault.

    Before the import begins, what stands against a row as it was looked through; a name is unknown
    only as long as nobody says whom it means.
    """

    of = models.ForeignKey(CaseImport, models.PROTECT, related_name="refusals")
    row = models.PositiveIntegerField()  # as a spreadsheet counts: the header is row 1
    column = models.CharField(max_length=200, blank=True)
    code = models.CharField(max_length=60)
    params = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["of", "row"], name="import_refusal_row")]
