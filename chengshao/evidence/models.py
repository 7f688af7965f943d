"""Tables of this room."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Blob(models.Model):
    """
    A stored file: the facts of one upload. The bytes lie in files named by their digest, so
    the same content uploaded twice is two rows and one file.

    Other rooms refer to it by foreign key only: what no foreign key points to is removed.
    """

    digest = models.CharField(max_length=64)  # SHA-256 of what is stored, in hex
    media_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()  # bytes stored
    width = models.PositiveIntegerField(null=True, blank=True)  # pixels, upright; images only
    height = models.PositiveIntegerField(null=True, blank=True)
    has_thumbnail = models.BooleanField(default=False)
    name = models.CharField(max_length=120)  # cleaned, ends in the extension of its content
    stored_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(  # null: a citizen, or the system
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        indexes = [
            models.Index(fields=["digest"], name="evidence_blob_digest"),
            models.Index(fields=["stored_at"], name="evidence_blob_stored_at"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(digest__regex=r"^[0-9a-f]{64}$"), name="blob_digest_is_sha256"
            ),
            models.CheckConstraint(condition=Q(size__gt=0), name="blob_is_not_empty"),
            models.CheckConstraint(condition=~Q(name=""), name="blob_has_name"),
            models.CheckConstraint(
                # NOT NULL by name: a check that comes out as NULL holds.
                condition=Q(
                    media_type__startswith="image/",
                    width__isnull=False,
                    width__gt=0,
                    height__isnull=False,
                    height__gt=0,
                )
                | Q(width=None, height=None, has_thumbnail=False)
                & ~Q(media_type__startswith="image/"),
                name="blob_image_has_measures",
            ),
        ]

    def __str__(self) -> str:
        return self.name
