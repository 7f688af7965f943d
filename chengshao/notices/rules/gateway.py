"""The form in which a gateway for SMS or WeCom is asked, and how its answer is read."""

import hashlib
import hmac
import json
from dataclasses import dataclass
from enum import Enum

from chengshao.kernel.canonical import Json, canonical

VERSION = 1
MOST_OF_AN_ANSWER = 4096  # bytes that are read
_TRY_LATER = frozenset({408, 425, 429})


class Verdict(Enum):
    """What became of one try."""

    ACCEPTED = "accepted"  # never to be sent again
    REFUSED = "refused"  # no use in trying again
    UNREACHABLE = "unreachable"
    GARBLED = "garbled"


@dataclass(frozen=True, slots=True)
class Message:
    """What goes out, to one person."""

    key: str  # the same for every try: who has accepted it once need not do it twice
    channel: str
    to: str
    text: str
    masked: str = ""  # how the address may be shown


def body_of(message: Message) -> bytes:
    """Return the body that is posted: JSON with sorted keys in UTF-8."""
    told: dict[str, Json] = {
        "v": VERSION,
        "id": message.key,
        "channel": message.channel,
        "to": message.to,
        "text": message.text,
    }
    return canonical(told).encode()


def headers_of(message: Message, body: bytes, key: str, seconds: int) -> dict[str, str]:
    """
    Return the headers that go with a body.

    The signature is HMAC-SHA-256 with the shared key over `<seconds>.<body>`.

    :param seconds: since 1970, when it is sent
    """
    signed = f"{seconds}.".encode() + body
    digest = hmac.new(key.encode(), signed, hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/json; charset=utf-8",
        "Idempotency-Key": message.key,
        "X-Chengshao-Time": str(seconds),
        "X-Chengshao-Signature": f"sha256={digest}",
    }


def verdict_of(status: int, body: bytes) -> Verdict:
    """Return what a gateway's answer means; only a clear word is taken for one."""
    if status >= 500 or status in _TRY_LATER:
        return Verdict.UNREACHABLE
    if not 200 <= status < 300:
        return Verdict.REFUSED
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return Verdict.GARBLED
    accepted = said.get("accepted") if isinstance(said, dict) else None
    if accepted is True:
        return Verdict.ACCEPTED
    return Verdict.REFUSED if accepted is False else Verdict.GARBLED
