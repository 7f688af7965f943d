"""The keys of one installation. Made once, never replaced: without them contacts are lost."""

import base64
import binascii
import hmac
import json
import secrets
from hashlib import sha256
from pathlib import Path
from typing import Any

from ops.console import Stopped
from ops.folder import write_private

_SINGLE = ("seal", "throttle")
_RINGS = (
    "contact",
    "contact_confidential",
    "contact_lookup",
)  # several keys by id, so that they can be changed
_LENGTH = 32  # bytes: AES-256 and HMAC-SHA-256


def make_keys(path: Path) -> bool:
    """Make the file of keys (0600) unless there is one. Tell whether it was made."""
    if path.exists():
        return False
    keys: dict[str, Any] = {"django": secrets.token_urlsafe(48)}
    keys |= {name: {"current": "k1", "k1": _key()} for name in _RINGS}
    keys |= {name: _key() for name in _SINGLE}
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        write_private(path, json.dumps(keys, indent=1) + "\n", replace=False)
    except FileExistsError:
        return False
    return True


def check_keys(path: Path) -> None:
    """
    Look whether every key is there and has its length, and nobody else may read them.

    :raises Stopped: naming the fault, never a key
    """
    try:
        keys = json.loads(path.read_text())
    except FileNotFoundError:
        raise Stopped(f"没有密钥文件 {path}。", f"There is no key file {path}.") from None
    except (OSError, ValueError):
        raise Stopped(
            f"密钥文件 {path} 读不出来，请从备份恢复。",
            f"The key file {path} can't be read: restore it from a backup.",
        ) from None
    wrong = _faults(keys) if isinstance(keys, dict) else ["*"]
    if wrong:
        raise Stopped(
            f"密钥文件 {path} 缺少或损坏：{'、'.join(wrong)}。请从备份恢复。",
            f"The key file {path} lacks or has broken: {', '.join(wrong)}. Restore a backup.",
        )
    if path.stat().st_mode & 0o007:
        raise Stopped(
            f"密钥文件 {path} 人人可读，请执行 chmod 600。",
            f"Anybody may read the key file {path}: chmod 600 it.",
        )


def fingerprints(path: Path) -> dict[str, str]:
    """
    Return a mark of each key without which stored contents can't be read or proven; it tells
    whether two keys are the same, and nothing of the key.

    :raises Stopped: as check_keys
    """
    check_keys(path)
    keys = json.loads(path.read_text())
    found = {"seal": keys["seal"]}
    for name in _RINGS:
        found |= {f"{name}.{k}": key for k, key in keys[name].items() if k != "current"}
    return {name: _fingerprint(key) for name, key in found.items()}


def _fingerprint(key: str) -> str:
    return hmac.new(base64.b64decode(key), b"chengshao key id", sha256).hexdigest()[:16]


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(_LENGTH)).decode()


def _faults(keys: dict[str, Any]) -> list[str]:
    wrong = [] if isinstance(keys.get("django"), str) and keys["django"] else ["django"]
    wrong += [name for name in _SINGLE if not _is_key(keys.get(name))]
    for name in _RINGS:
        ring = keys.get(name)
        rows = {k: v for k, v in ring.items() if k != "current"} if isinstance(ring, dict) else {}
        if ring is None or not rows or not all(map(_is_key, rows.values())):
            wrong.append(name)
        elif ring.get("current") not in rows:
            wrong.append(f"{name}.current")
    return wrong


def _is_key(value: object) -> bool:
    try:
        return isinstance(value, str) and len(base64.b64decode(value, validate=True)) == _LENGTH
    except (binascii.Error, ValueError):
        return False
