"""Dated rows."""

from datetime import date

from django.db.models import Q


def in_force(on: date, prefix: str = "") -> Q:
    """Return the condition that a dated row (or the one at `prefix`) is in force that day."""
    open_end = Q(**{f"{prefix}valid_until": None})
    return Q(**{f"{prefix}valid_from__lte": on}) & (
        open_end | Q(**{f"{prefix}valid_until__gt": on})
    )
