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
from chengshao.resident.pages.reporting import home, report

__all__ = [
    "chase",
    "follow",
    "home",
    "photo",
    "rate",
    "read",
    "reopen",
    "report",
    "supplement",
    "urged",
    "withdraw",
]
