"""
The one file of a backup: a plain tar that any tar opens, with SHA256SUMS as its last member.

Whatever is cut off or changed on the way shows: the sums are compared with every member before
anything of it is used.
"""

import os
import re
import secrets
import tarfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import SpooledTemporaryFile
from types import TracebackType
from typing import IO, Self

from ops.console import Stopped

DATABASE, SEALS, MANIFEST, KEYS = "database.dump", "seals.jsonl", "manifest.json", "keys.json"
SUMS = "SHA256SUMS"
THUMBNAIL = "-thumbnail"  # behind the digest in the name of the file
CHUNK = 1024 * 1024
_BLOCK = 512
_SMALL = {MANIFEST: 64 * CHUNK, SEALS: 64 * CHUNK, KEYS: CHUNK}  # bytes read into memory
_STORED = re.compile(rf"files/([0-9a-f]{{2}})/(\1[0-9a-f]{{62}})({THUMBNAIL})?")


class Unreadable(Exception):
    """A file that should go into a backup is not there or can't be read."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A member that was written or read: its size in bytes and its SHA-256 in hex."""

    size: int
    digest: str


class Writer:
    """Writes a backup under another name; it gets its own once it is whole and on the disk."""

    def __init__(self, target: Path) -> None:
        """:raises OSError: if there is no writing there"""
        self._target = target
        self._draft = target.with_name(f"{target.name}.unfinished-{secrets.token_hex(4)}")
        fd = os.open(self._draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        self._file = os.fdopen(fd, "w+b")
        self._sums = SpooledTemporaryFile(CHUNK)  # noqa: SIM115 - closed in __exit__

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        with suppress(OSError):  # what is left to write has no room
            self._file.close()
        self._sums.close()
        self._draft.unlink(missing_ok=True)

    def add(self, name: str, chunks: Iterable[bytes], *, digest: str | None = None) -> Kept | None:
        """
        Write one member as it comes; None, and nothing written, if it hasn't the digest it must.

        :raises Unreadable: if its chunks come from a file that can't be read; nothing written then
        """
        start = self._file.tell()
        self._file.write(bytes(_BLOCK))  # the header, once the size is known
        size, found = 0, sha256()
        try:
            for chunk in chunks:
                self._file.write(chunk)
                found.update(chunk)
                size += len(chunk)
        except Unreadable:
            self._cut(start)
            raise
        if digest is not None and found.hexdigest() != digest:
            self._cut(start)
            return None
        self._file.write(bytes(-size % _BLOCK))
        end = self._file.tell()
        self._file.seek(start)
        self._file.write(_header(name, size))
        self._file.seek(end)
        self._sums.write(_sum_line(found.hexdigest(), name))
        return Kept(size, found.hexdigest())

    def finish(self) -> int:
        """Close the file, have it on the disk, give it its name; return its size in bytes."""
        self._sums.seek(0)
        self.add(SUMS, chunks_of(self._sums))
        self._file.write(bytes(2 * _BLOCK))
        size = self._file.tell()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._draft.rename(self._target)
        sync_folder(self._target.parent)
        return size

    def _cut(self, end: int) -> None:
        self._file.seek(end)
        self._file.truncate()


class Archive:
    """A backup to restore from. Nothing of it may be used before `examine` found it whole."""

    def __init__(self, path: Path) -> None:
        """:raises Stopped: if it can't be read or is no tar"""
        self._path = path
        try:
            self._file = path.open("rb")
        except OSError as error:
            raise Stopped(
                f"备份文件 {path} 读不出来：{error.strerror}。",
                f"The backup {path} can't be read: {error.strerror}.",
            ) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._file.close()

    def examine(self) -> dict[str, bytes]:
        """
        Read everything once and return the small members by name.

        :raises Stopped: if anything is cut off, changed, lacking or not of a backup
        """
        small: dict[str, bytes] = {}
        names: set[str] = set()
        with self._telling(), SpooledTemporaryFile(CHUNK) as sums:
            for member, content in self._members():
                if member.name == SUMS:
                    self._compare(sums, content)
                    names.add(SUMS)
                    continue
                if SUMS in names:
                    raise self._damaged(member.name)
                found, kept = sha256(), bytearray()
                for chunk in chunks_of(content):
                    found.update(chunk)
                    if member.name in _SMALL:
                        kept += chunk
                self._check_name(member, found.hexdigest(), names)
                if member.name in _SMALL:
                    small[member.name] = bytes(kept)
                sums.write(_sum_line(found.hexdigest(), member.name))
        for name in (DATABASE, SEALS, MANIFEST, SUMS):
            if name not in names:
                raise self._damaged(name)
        return small

    def database(self) -> Iterator[bytes]:
        """Yield the dump of the database."""
        with self._telling():
            for member, content in self._members():
                if member.name == DATABASE:
                    yield from chunks_of(content)
                    return

    def put_files(self, folder: Path) -> None:
        """
        Put all stored files where an installation looks for them, under its folder.

        :raises Stopped: if one changed since it was examined
        :raises OSError: if there is no room for it
        """
        with self._telling():
            for member, content in self._members():
                if stored := _STORED.fullmatch(member.name):
                    digest = _put(folder / stored[1] / member.name.rpartition("/")[2], content)
                    if not stored[3] and digest != stored[2]:
                        raise self._damaged(member.name)

    def _members(self) -> Iterator[tuple[tarfile.TarInfo, IO[bytes]]]:
        self._file.seek(0)
        with tarfile.open(fileobj=self._file, mode="r:") as tar:
            while (member := _next(tar)) is not None:
                # A million of them would fill the memory.
                tar.members.clear()  # type: ignore[attr-defined]
                content = tar.extractfile(member) if member.isreg() else None
                if content is None or not 0 <= member.size <= _SMALL.get(member.name, member.size):
                    raise self._damaged(member.name)
                yield member, content

    @contextmanager
    def _telling(self) -> Iterator[None]:
        """Say in words what is wrong with the tar itself."""
        try:
            yield
        except (tarfile.TarError, EOFError, ValueError) as error:
            raise self._damaged(str(error)) from error

    def _check_name(self, member: tarfile.TarInfo, digest: str, names: set[str]) -> None:
        stored = _STORED.fullmatch(member.name)
        if stored is not None:
            known = bool(stored[3]) or stored[2] == digest
        else:
            known = member.name in (DATABASE, *_SMALL) and member.name not in names
            names.add(member.name)
        if not known:
            raise self._damaged(member.name)

    def _compare(self, own: IO[bytes], told: IO[bytes]) -> None:
        own.seek(0)
        for line in own:
            if told.readline() != line:
                raise self._damaged(line.decode(errors="replace").split("  ")[-1].strip())
        if told.readline():
            raise self._damaged(SUMS)

    def _damaged(self, where: str) -> Stopped:
        where = where if where.isprintable() else ascii(where)
        return Stopped(
            f"备份文件 {self._path} 不完整或已损坏（{where}），没有恢复任何内容。",
            f"The backup {self._path} is cut off or damaged ({where}); nothing was restored.",
        )


def stored_name(digest: str, *, thumbnail: bool = False) -> str:
    """Return the name of a stored file's member, which is also its path in the data folder."""
    return f"files/{digest[:2]}/{digest}{THUMBNAIL if thumbnail else ''}"


def chunks_of(file: IO[bytes]) -> Iterator[bytes]:
    """Yield the rest of a file, a little at a time."""
    while chunk := file.read(CHUNK):
        yield chunk


def read_chunks(path: Path) -> Iterator[bytes]:
    """
    Yield what is in a file.

    :raises Unreadable: if it is not there, or its disk is broken
    """
    try:
        with path.open("rb") as file:
            yield from chunks_of(file)
    except OSError as error:
        raise Unreadable(str(path)) from error


def sync_folder(folder: Path) -> None:
    """Have the names in a folder on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _next(tar: tarfile.TarFile) -> tarfile.TarInfo | None:
    """:raises tarfile.TarError: if what comes next can't be where the last header says"""
    try:
        return tar.next()
    except (OSError, OverflowError) as error:
        raise tarfile.ReadError(str(error)) from error


def _put(path: Path, content: IO[bytes]) -> str:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = sha256()
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        for chunk in chunks_of(content):
            file.write(chunk)
            found.update(chunk)
    return found.hexdigest()


def _header(name: str, size: int) -> bytes:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    return member.tobuf(tarfile.GNU_FORMAT)  # one block, also beyond 8 GB


def _sum_line(digest: str, name: str) -> bytes:
    return f"{digest}  {name}\n".encode()
