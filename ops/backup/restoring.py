"""Restoring a backup where there is nothing yet: all of it, or the place is left as it was."""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import django
from django.db.migrations.loader import MigrationLoader

from ops.backup import dump
from ops.backup.archive import KEYS, MANIFEST, SEALS, Archive, sync_folder
from ops.backup.making import SEALS_FILE
from ops.backup.manifest import Manifest, check_fitting, check_program, read_manifest
from ops.console import Stopped, phase
from ops.folder import DataFolder, write_private
from ops.installation import RESTORING, Installation
from ops.keys import fingerprints

_FOLDERS = ("files", "seals")


def examine(archive: Archive, folder: DataFolder) -> tuple[Manifest, dict[str, bytes]]:
    """
    Look through the whole backup, and whether program and keys fit. Writes nothing.

    :raises Stopped: naming what is in the way
    """
    with phase("核对备份文件", "checking the backup"):
        small = archive.examine()
    manifest = read_manifest(small[MANIFEST])
    check_program(manifest, known_migrations())
    if folder.keys.exists():
        check_fitting(manifest, fingerprints(folder.keys), str(folder.keys))
    elif KEYS not in small:
        raise Stopped(
            f"备份里没有密钥，{folder.keys} 也不存在。请先放回密钥文件再恢复。",
            f"The backup holds no keys, nor is there {folder.keys}. Put the key file there first.",
        )
    return manifest, small


def put_back(archive: Archive, installation: Installation, small: Mapping[str, bytes]) -> None:
    """
    Restore into an empty data folder and an empty database.

    :raises Stopped: if they are not empty, or it can't be done; they are as before then
    :raises OSError: if there is no room; they are as before then
    """
    folder = installation.folder
    _check_folder(folder)
    with _keys_in_place(folder, small):
        installation.take_database(restoring=True)
        _check_database(installation.url)
        with _all_or_nothing(folder):
            with phase("上传的文件", "uploaded files"):
                archive.put_files(folder.path / "files")
                _put_seals(folder.path / SEALS_FILE, small[SEALS])
                os.sync()
            with phase("数据库", "database"):
                dump.load(installation.url, installation.programs(), archive.database())


def compare(manifest: Manifest, url: str) -> None:
    """
    Look whether every table holds what it held when the backup was made; have it planned for.

    :raises Stopped: naming those that don't
    """
    dump.analyze(url)
    found = dump.tables(url)
    names = sorted(manifest.tables.keys() | found.keys())
    wrong = [name for name in names if manifest.tables.get(name) != found.get(name)]
    if wrong:
        raise Stopped(
            f"已恢复，但这些表与备份时不同：{'、'.join(wrong)}。",
            f"Restored, yet these tables are not what they were: {', '.join(wrong)}.",
        )


def _check_folder(folder: DataFolder) -> None:
    if folder.read(RESTORING):  # what lies there is of a restore that was killed
        _clear(folder)
    held = [name for name in _FOLDERS if any((folder.path / name).glob("*"))]
    if held:
        raise Stopped(
            f"数据目录 {folder.path} 不是空的（{'、'.join(held)}），没有恢复任何内容。"
            "请用 CHENGSHAO_DATA 另选一个空目录。",
            f"The data folder {folder.path} is not empty ({', '.join(held)}); nothing was "
            "restored. Name an empty one in CHENGSHAO_DATA.",
        )


def _check_database(url: str) -> None:
    if not dump.is_empty(url):
        raise Stopped(
            "数据库不是空的，没有恢复任何内容。请用空数据库（内置数据库则另选空的数据目录）。",
            "The database is not empty; nothing was restored. Use an empty one (with the embedded "
            "database: another, empty data folder).",
        )


@contextmanager
def _keys_in_place(folder: DataFolder, small: Mapping[str, bytes]) -> Iterator[None]:
    made = KEYS in small and not folder.keys.exists()
    if made:
        folder.keys.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(folder.keys, small[KEYS].decode(), replace=False)
    try:
        yield
    except BaseException:
        if made:
            folder.keys.unlink(missing_ok=True)
        raise


@contextmanager
def _all_or_nothing(folder: DataFolder) -> Iterator[None]:
    """Until it is done nobody starts on this folder; if it fails the folder is cleared again."""
    folder.write(RESTORING, {"pid": os.getpid()})
    try:
        yield
    except BaseException:
        _clear(folder)
        folder.forget(RESTORING)
        raise
    folder.forget(RESTORING)


def _clear(folder: DataFolder) -> None:
    for name in _FOLDERS:
        shutil.rmtree(folder.path / name, ignore_errors=True)


def _put_seals(path: Path, content: bytes) -> None:
    if not content:
        return
    path.parent.mkdir(mode=0o700, exist_ok=True)
    write_private(path, content.decode(errors="surrogateescape"))
    sync_folder(path.parent)


def known_migrations() -> set[str]:
    """Return the names of all migrations that this program has."""
    django.setup()
    return {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
