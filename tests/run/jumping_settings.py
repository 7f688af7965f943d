"""The product's settings on a machine whose clock jumps: by the seconds in the file `clock`."""

from datetime import datetime, timedelta

from django.utils import timezone

from config.settings import *  # noqa: F403
from config.settings import DATA_DIR

_real = timezone.now


def _now() -> datetime:
    try:
        return _real() + timedelta(seconds=float((DATA_DIR / "clock").read_text()))
    except (FileNotFoundError, ValueError):
        return _real()


timezone.now = _now
