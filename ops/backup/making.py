"""Making a backup beside a running installation: all of it as it was at one moment."""

import fcntl
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path

from chengshao.workorders.rules.seals import day_of_line
from ops.backup import dump
from ops.backup.archive import (
    DATABASE,
    KEYS,
    MANIFEST,
    SEALS,
    Unreadable,
    Writer,
    read_chunks,
    stored_name,
)
from ops.backup.manifest import Files, Manifest
from ops.console import phase
from ops.installation import Installation
from ops.keys import fingerprints

SEALS_FILE = Path("seals/seals.jsonl")  # in the data folder
_PATIENCE = 5.0  # seconds between a seal's row and its line


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that is written."""

    manifest: Manifest
    size: int  # bytes


def make(installation: Installation, target: Path, *, with_keys: bool) -> Made:
    """
    Write everything as it is now into one file, while others go on working.

    :raises Stopped: if the database can't be dumped; there is no file then
    :raises OSError: if there is no room or no writing; there is no file then
    """
    seals = SealLines(installation.folder.path / SEALS_FILE)
    with Writer(target) as file, dump.snapshot(installation.url) as snapshot:
        lines, lacking = seals.up_to(snapshot.sealed_days())
        file.add(SEALS, lines)
        with phase("数据库", "database"):
            tables = snapshot.tables()
            programs = installation.programs()
            file.add(DATABASE, dump.dump(installation.url, programs, snapshot.name))
        with phase("上传的文件", "uploaded files"):
            files = _Files(installation, file).take(snapshot.files())
        if with_keys:
            file.add(KEYS, [installation.folder.keys.read_bytes()])
        manifest = Manifest(
            made_at=snapshot.moment,
            program=version("chengshao"),
            postgresql=snapshot.postgresql,
            migrations=snapshot.migrations(),
            tables=tables,
            files=files,
            seals=len(lines),
            seals_lacking=lacking,
            keys=fingerprints(installation.folder.keys),
        )
        file.add(MANIFEST, [manifest.model_dump_json(indent=1).encode()])
        return Made(manifest, file.finish())


class _Files:
    """The stored files on their way into a backup."""

    def __init__(self, installation: Installation, file: Writer) -> None:
        self._installation = installation
        self._file = file
        self._count = self._bytes = 0
        self._missing: list[str] = []
        self._erased: list[str] = []

    def take(self, stored: Iterator[tuple[str, bool]]) -> Files:
        for digest, has_thumbnail in stored:
            self._take(digest, stored_name(digest), digest)
            if has_thumbnail:
                self._take(digest, stored_name(digest, thumbnail=True), None)
        return Files(
            count=self._count,
            bytes=self._bytes,
            missing=tuple(self._missing),
            erased=tuple(self._erased),
        )

    def _take(self, digest: str, name: str, expected: str | None) -> None:
        try:
            content = read_chunks(self._installation.folder.path / name)
            kept = self._file.add(name, content, digest=expected)
        except Unreadable:
            kept = None
        if kept is not None:
            self._count += 1
            self._bytes += kept.size
        elif dump.still_there(self._installation.url, digest):
            self._missing.append(name)
        else:
            self._erased.append(name)


class SealLines:
    """
    The file of seals, of which a snapshot that is taken later knows every line that stands now.

    A line that no row backs is proof of a cut: it is copied, never dropped. Only what came after
    the snapshot is left out.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stood = len(self._read())

    def up_to(self, days: list[date]) -> tuple[list[bytes], int]:
        """Return the lines as of a snapshot with these sealed days, and how many days lack one."""
        until = time.monotonic() + _PATIENCE
        while True:
            lines = list(self._of(days[-1] if days else date.min))
            told = {day_of_line(line.decode(errors="replace")) for line in lines}
            lacking = len(set(days) - told)
            if not lacking or days[-1] in told or time.monotonic() > until:
                return lines, lacking
            time.sleep(0.1)

    def _of(self, last: date) -> Iterator[bytes]:
        begins = 0
        for line in self._read().splitlines(keepends=True):
            day = day_of_line(line.decode(errors="replace"))
            if begins < self._stood or (day is not None and day <= last):
                yield line
            begins += len(line)

    def _read(self) -> bytes:
        try:
            with self._path.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_SH)  # whoever writes a line writes it whole
                return file.read()
        except FileNotFoundError:
            return b""
