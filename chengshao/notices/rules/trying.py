"""How often a message is tried, and how long after each time that brought no clear answer."""

from datetime import datetime, timedelta

_WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))
MOST_TRIES = len(_WAITS) + 1
LEASE = timedelta(minutes=2)  # so long belongs a message to who took it; longer than any timeout


def try_again_at(tries: int, at: datetime) -> datetime | None:
    """Return when to try once more after so many tries; None: it is given up."""
    return at + _WAITS[tries - 1] if tries <= len(_WAITS) else None
