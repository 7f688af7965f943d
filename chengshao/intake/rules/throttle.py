"""How often one address may report without a name. Generous: whole estates share one address."""

from datetime import datetime, timedelta
from hmac import digest

WINDOWS = ((timedelta(minutes=10), 60), (timedelta(days=1), 600))


def window_start(at: datetime, length: timedelta) -> datetime:
    """Return the beginning of the window that this moment falls in."""
    seconds = int(length.total_seconds())
    return datetime.fromtimestamp(int(at.timestamp()) // seconds * seconds, at.tzinfo)


def address_key(address: str, secret: bytes, start: datetime) -> str:
    """Return what stands for the address in this one window: it can't be followed over days."""
    return digest(secret, f"{start.isoformat()} {address}".encode(), "sha256").hex()
