"""
Seals for what citizens entrust: encryption bound to its place, and exact look-up without
reading. A cipher is a small part that another (SM4) can replace.
"""

import base64
import hmac
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from chengshao.kernel.errors import Refused

KEY_BYTES = 32
_NONCE_BYTES = 12


class SealBroken(Refused):
    """The key is not at hand, or what is sealed was changed or moved to another place."""

    code = "contact_seal_broken"


class Cipher(Protocol):
    def seal(self, plain: bytes, place: bytes) -> bytes: ...

    def open(self, sealed: bytes, place: bytes) -> bytes:
        """:raises SealBroken: if it was not sealed with this key for this place"""


class AesGcm:
    """AES-256-GCM with a random nonce in front."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def seal(self, plain: bytes, place: bytes) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, plain, place)

    def open(self, sealed: bytes, place: bytes) -> bytes:
        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], place)
        except (InvalidTag, ValueError) as error:
            raise SealBroken from error


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Keys by id. New things take the current one; old ones stay readable."""

    current: str
    keys: Mapping[str, bytes]

    @classmethod
    def of(cls, setting: Mapping[str, str]) -> "KeyRing":
        """
        Read `{"current": "k1", "k1": <base64 of 32 bytes>, …}`.

        :raises ValueError: if the current key is missing or a key has another length
        """
        keys = {
            key_id: base64.b64decode(text, validate=True)
            for key_id, text in setting.items()
            if key_id != "current"
        }
        if setting.get("current") not in keys:
            raise ValueError("the current key is not among the keys")
        if wrong := sorted(key_id for key_id, key in keys.items() if len(key) != KEY_BYTES):
            raise ValueError(f"not {KEY_BYTES} bytes: {wrong}")
        return cls(setting["current"], keys)


def seal_text(
    text: str, place: str, ring: KeyRing, cipher: Callable[[bytes], Cipher] = AesGcm
) -> bytes:
    """Seal with the current key; `place` names the field, purpose and row it is sealed for."""
    return cipher(ring.keys[ring.current]).seal(text.encode(), place.encode())


def open_text(
    sealed: bytes,
    place: str,
    ring: KeyRing,
    key_id: str,
    cipher: Callable[[bytes], Cipher] = AesGcm,
) -> str:
    """:raises SealBroken: if the key is not at hand or the seal is not of this place"""
    if key_id not in ring.keys:
        raise SealBroken
    return cipher(ring.keys[key_id]).open(sealed, place.encode()).decode()


def lookup_of(number: str, ring: KeyRing) -> str:
    """Return what stands for a number in the index: key id and HMAC-SHA256."""
    return _lookup(number, ring, ring.current)


def lookups_of(number: str, ring: KeyRing) -> list[str]:
    """Return what may stand for it: one for each key that was ever used."""
    return [_lookup(number, ring, key_id) for key_id in ring.keys]


def _lookup(number: str, ring: KeyRing, key_id: str) -> str:
    return f"{key_id}:{hmac.new(ring.keys[key_id], number.encode(), sha256).hexdigest()}"
