"""Times as tables of other systems write them: by patterns of strptime, else ISO 8601."""

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

_HOUR = re.compile(r"%[HIcX]")
_TRIAL = datetime(2024, 12, 31, 23, 59, 58, tzinfo=UTC)


def moment_of(told: str, patterns: Sequence[str], zone: str) -> datetime | None:
    """Return when that is, in its own zone, else in this one; None if it is no time."""
    for pattern in (*patterns, None):
        with suppress(ValueError):
            moment = _parsed(told, pattern)
            return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))
    return None


def is_day(told: str, patterns: Sequence[str]) -> bool:
    """Tell whether a time says the day and nothing of the hour."""
    for pattern in patterns:
        with suppress(ValueError):
            _parsed(told, pattern)
            return not _HOUR.search(pattern)
    return ":" not in told and "T" not in told


def check_pattern(pattern: str) -> None:
    """:raises ValueError: if no time can be read by this pattern"""
    _parsed(_TRIAL.strftime(pattern), pattern)


def check_zone(zone: str) -> None:
    """:raises ValueError: if there is no such time zone"""
    try:
        ZoneInfo(zone)
    except (OSError, KeyError) as error:
        raise ValueError(f"no time zone {zone}") from error


def _parsed(told: str, pattern: str | None) -> datetime:
    if pattern is None:
        return datetime.fromisoformat(told)
    try:
        return datetime.strptime(told, pattern)  # noqa: DTZ007 - the caller knows the zone
    except re.error as error:  # as Python tells of a pattern that names a part twice
        raise ValueError(str(error)) from error
