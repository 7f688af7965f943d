"""What the reads of this room share."""

from datetime import date

from django.db.models import Q

KEPT = "catalog"  # under which a process keeps what stands in the catalogue: see web.kept
EDITION_SQL = (
    "SELECT concat((SELECT token FROM catalog_edition),"
    " (SELECT token FROM catalog_calendarversion ORDER BY version DESC LIMIT 1))"
)


def in_force_or_to_come(on: date) -> Q:
    """Return the condition that a dated row is in force that day, or will be on a later one."""
    return Q(valid_until=None) | Q(valid_until__gt=on)


def in_force(on: date, prefix: str = "") -> Q:
    """Return the condition that a dated row (or the one at `prefix`) is in force that day."""
    ends = Q(**{f"{prefix}valid_until": None}) | Q(**{f"{prefix}valid_until__gt": on})
    return ends & Q(**{f"{prefix}valid_from__lte": on})
