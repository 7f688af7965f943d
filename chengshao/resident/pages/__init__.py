"""Pages for citizens. No account; what became of a report stands behind its secret link."""

from chengshao.resident.pages.following import (
    chase,
    follow,
    photo,
    rate,
    read,
    reopen,
    supplement,
    urged,
    withdraw,
)
from chengshao.resident.pages.reporting import home, privacy, report, report_photo
from chengshao.resident.pages.slips import slip

__all__ = [
    "chase",
    "follow",
    "home",
    "photo",
    "privacy",
    "rate",
    "read",
    "reopen",
    "report",
    "report_photo",
    "slip",
    "supplement",
    "urged",
    "withdraw",
]
