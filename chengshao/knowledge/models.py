"""
Tables of this room. A version is never overwritten: what was read to a caller stays provable.
"""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

CURRENT = Q(replaced_at=None)


class Item(models.Model):
    """A knowledge item (知识条目): one question, whatever is answered to it over the years."""

    code = models.CharField(max_length=20, unique=True)


class Version(models.Model):
    """What an item says from its publication until the next one, for a period of its own."""

    item = models.ForeignKey(Item, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=16)
    title = models.CharField(max_length=60)
    callers_words = ArrayField(models.CharField(max_length=60), default=list)
    answer = models.TextField()
    conditions = models.TextField(default="", blank=True)
    papers = models.TextField(default="", blank=True)
    place = models.CharField(max_length=400, default="", blank=True)
    source = models.CharField(max_length=200)
    source_ref = models.CharField(max_length=300, default="", blank=True)
    matter = models.CharField(max_length=16, default="", blank=True)
    unit = models.ForeignKey("people.Unit", models.PROTECT, related_name="+")
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    replaced_at = models.DateTimeField(null=True, blank=True)  # by the next one, or withdrawn
    initials = models.CharField(max_length=400)  # pinyin of title and callers' words
    words = models.TextField()  # all that it is found by, folded
    bigrams = ArrayField(models.CharField(max_length=2), default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "number"], name="knowledge_version_once"),
            models.UniqueConstraint(
                fields=["item"], condition=CURRENT, name="knowledge_one_current_version"
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gt=F("valid_from")),
                name="knowledge_version_period",
            ),
            models.CheckConstraint(
                condition=~Q(kind="TEMPORARY") | Q(valid_until__isnull=False),
                name="knowledge_temporary_ends",
            ),
        ]
        indexes = [
            GinIndex(fields=["bigrams"], name="knowledge_bigrams"),
            models.Index(fields=["valid_until"], condition=CURRENT, name="knowledge_expiring"),
            models.Index(
                fields=["-published_at"], condition=CURRENT, name="knowledge_newest_first"
            ),
        ]


class Correction(models.Model):
    """A task of this room (订正): an item has expired, somebody says it is wrong, or it lacks."""

    kind = models.CharField(max_length=16)
    item = models.ForeignKey(
        Item, models.PROTECT, null=True, blank=True, related_name="corrections"
    )  # empty: what is missing
    words = models.TextField(default="", blank=True)
    unit = models.ForeignKey("people.Unit", models.PROTECT, related_name="+")  # who owes it
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    outcome = models.CharField(max_length=16, default="", blank=True)
    reply = models.TextField(default="", blank=True)
    version = models.ForeignKey(  # that put it right
        Version, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["item"],
                condition=Q(kind="EXPIRED", ended_at=None),
                name="knowledge_chased_once",
            ),
            models.CheckConstraint(
                condition=Q(kind="MISSING", item=None)
                | (~Q(kind="MISSING") & Q(item__isnull=False)),
                name="knowledge_correction_of_item",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, outcome="")
                | (Q(ended_at__isnull=False) & ~Q(outcome="")),
                name="knowledge_correction_ended",
            ),
        ]
        indexes = [
            models.Index(
                fields=["unit", "opened_at"],
                condition=Q(ended_at=None),
                name="knowledge_correction_open",
            )
        ]


class Reading(models.Model):
    """What was opened to be read to a caller, on which call; the report once it is saved."""

    version = models.ForeignKey(Version, models.PROTECT, related_name="readings")
    call_key = models.CharField(max_length=64)  # the report's client_key to be
    read_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    report = models.ForeignKey(
        "workorders.Report", models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["by", "call_key", "version"], name="knowledge_read_once_a_call"
            )
        ]
