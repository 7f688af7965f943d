"""Secrets that travel in links and headers; only their digest is stored."""

import secrets
from hashlib import sha256


def new_token() -> str:
    """Return 128 random bits, safe in an address."""
    return secrets.token_urlsafe(16)


def digest_of(token: str) -> str:
    return sha256(token.encode()).hexdigest()
