"""
The ways to say no. An error carries a code and facts, never a sentence: web.texts has
the words, in the reader's language.
"""

from typing import ClassVar


class DomainError(Exception):
    code: ClassVar[str]

    def __init__(self, **params: str | int) -> None:
        super().__init__(self.code, params)
        self.params = params


class Invalid(DomainError):
    """The request contradicts itself (422)."""


class NotSignedIn(DomainError):
    """It is not known, or not known any more, who asks (401)."""


class NotAllowed(DomainError):
    """The actor sees it but lacks the power (403)."""


class NotFound(DomainError):
    """It does not exist, or not for this actor (404)."""


class Refused(DomainError):
    """Well said and allowed, but not now (409)."""


class TooMany(DomainError):
    """Too often in too short a time (429); `retry_after`: for how many seconds, where known."""
