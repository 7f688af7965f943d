"""What a backup says of itself, and what of it must fit where it is restored."""

from collections.abc import Mapping
from datetime import datetime

from pydantic import BaseModel, ConfigDict, ValidationError

from ops.console import Stopped

FORMAT = 1
_STRICT = ConfigDict(frozen=True, extra="forbid")


class Rows(BaseModel):
    """How many rows a table has, and a sum over their contents in any order."""

    model_config = _STRICT

    rows: int
    digest: str


class Files(BaseModel):
    """The stored files: how many with how many bytes, and by name what could not be taken."""

    model_config = _STRICT

    count: int = 0
    bytes: int = 0
    missing: tuple[str, ...] = ()  # or not what they were, already where the backup was made
    erased: tuple[str, ...] = ()  # by somebody, while the backup was made


class Manifest(BaseModel):
    """All that is true of the moment of one backup."""

    model_config = _STRICT

    format: int = FORMAT
    made_at: datetime  # the moment of which everything in it is
    program: str
    postgresql: str
    migrations: tuple[str, ...]
    tables: Mapping[str, Rows]
    files: Files
    seals: int  # lines
    seals_lacking: int  # days that are sealed and have no line yet
    keys: Mapping[str, str]  # name of each key that it needs, and its fingerprint


def read_manifest(content: bytes) -> Manifest:
    """:raises Stopped: if it is not one that this program knows"""
    try:
        manifest = Manifest.model_validate_json(content)
    except ValidationError as error:
        raise _unknown() from error
    if manifest.format != FORMAT:
        raise _unknown()
    return manifest


def check_program(manifest: Manifest, known: set[str]) -> None:
    """
    Look whether this program knows every migration of the backup.

    :raises Stopped: if the backup is of a newer program
    """
    newer = sorted(set(manifest.migrations) - known)
    if newer:
        raise Stopped(
            f"备份来自较新的程序（{manifest.program}），"
            f"本程序不认识 {newer[0]} 等 {len(newer)} 项。请先更新程序。",
            f"The backup is of a newer program ({manifest.program}): {len(newer)} "
            f"migrations are not known here, such as {newer[0]}. Update the program first.",
        )


def check_fitting(manifest: Manifest, own: Mapping[str, str], where: str) -> None:
    """
    Look whether the keys here are those with which the backup's contents were sealed.

    :param own: the fingerprints of the keys here
    :raises Stopped: naming the keys that lack or are others
    """
    wrong = sorted(name for name, mark in manifest.keys.items() if own.get(name) != mark)
    if wrong:
        raise Stopped(
            f"密钥文件 {where} 与备份不配：{'、'.join(wrong)}。没有恢复任何内容。"
            "请放回与备份同时的密钥文件。",
            f"The keys in {where} don't fit this backup: {', '.join(wrong)}. Nothing was "
            "restored. Put the key file of the backed up installation there.",
        )


def _unknown() -> Stopped:
    return Stopped(
        "这份备份的格式本程序不认识，可能来自较新的程序。没有恢复任何内容。",
        "This program doesn't know the form of this backup; it may be of a newer one. "
        "Nothing was restored.",
    )
