"""The commands `backup` and `restore`: what is asked, and what is told of it."""

import os
import signal
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import FrameType

import psycopg

from chengshao.kernel.clock import ZONE
from ops.backup import dump
from ops.backup.archive import KEYS, Archive
from ops.backup.making import Made, make
from ops.backup.manifest import Manifest
from ops.backup.restoring import compare, examine, known_migrations, put_back
from ops.console import Stopped, complain, phase, say
from ops.database import first_line
from ops.folder import DataFolder
from ops.installation import Installation, database_of

_MOST_SHOWN = 20
_BACKUP = """\
把数据库、上传的文件和封存写进一个文件，都是同一时刻的；不影响正在运行的城哨。密钥不在其中，须另行备份。
Write database, uploaded files and seals as of one moment into one file, beside a running
instance. The keys are not in it: keep them apart."""
_RESTORE = """\
恢复到空的数据库和数据目录。密钥文件须先放好（备份带密钥的除外）。先核对整个备份，有一处不对就什么都不写。
Restore into an empty database and data folder. The key file must be there first (unless the
backup holds it). The whole backup is checked before anything is written."""


def backup(folder: DataFolder, words: Sequence[str]) -> int:
    """
    Do what the words after `backup` say. 0 is done; 1 is done, but some files were not there.

    :raises Stopped: if it can't be done; there is no backup then
    """
    parser = _parser("backup", _BACKUP)
    parser.add_argument(
        "file", type=Path, nargs="?", metavar="FILE", help="默认在数据目录的 backups/ 里"
    )
    parser.add_argument(
        "--with-keys", action="store_true", help="连密钥一起，谁拿到都能读 · with the keys"
    )
    asked = parser.parse_args(list(words))
    _heed_ending()
    if not Installation(folder).exists():
        raise Stopped(f"{folder.path} 里没有可备份的。", f"Nothing to back up in {folder.path}.")
    with _told("备份没有写成", "The backup was not written"):
        target = _target(asked.file, folder)
        with database_of(folder) as installation:
            if dump.is_empty(installation.url):
                raise Stopped("数据库是空的，没有可备份的。", "The database is empty.")
            made = make(installation, target, with_keys=asked.with_keys)
    return _tell_made(made, target, with_keys=asked.with_keys)


def restore(folder: DataFolder, words: Sequence[str]) -> int:
    """
    Do what the words after `restore` say. 0 is done and proven, 1 is restored but not proven.

    :raises Stopped: if it can't be done; nothing was restored then
    """
    parser = _parser("restore", _RESTORE)
    parser.add_argument("file", type=Path, metavar="FILE", help="备份文件 · the backup")
    asked = parser.parse_args(list(words))
    _heed_ending()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    lock = folder.lock("run")
    if not lock.take():
        raise Stopped(
            f"城哨正在使用 {folder.path}，没有恢复任何内容。",
            f"Chengshao runs on {folder.path}; nothing was restored.",
        )
    try:
        with Archive(asked.file) as archive:
            return _restore(archive, Installation(folder))
    finally:
        lock.release()


def _restore(archive: Archive, installation: Installation) -> int:
    manifest, small = examine(archive, installation.folder)
    try:
        with _told("没有恢复", "Not restored"):
            put_back(archive, installation, small)
        _tell_restored(manifest, with_keys=KEYS in small)
        compared = phase("逐表核对", "comparing table by table")
        with _told("已恢复，但未能核对", "Restored, yet not compared"), compared:
            compare(manifest, installation.url)
        if known_migrations() - set(manifest.migrations):
            with phase("数据库结构", "migrations"):
                installation.manage("migrate", "--noinput", "-v", "0")
        return _prove(installation)
    finally:
        installation.leave_database()


def _prove(installation: Installation) -> int:
    try:
        with phase("核对流转记录与封存", "checking the history"):
            said = installation.manage("verify_history")
    except Stopped as stopped:
        complain(
            f"已恢复，但流转记录核对未通过：\n{stopped.zh}",
            "Restored, but the history is not as it was written: see above.",
        )
        return 1
    say("\n".join(said.strip().splitlines()[-2:]))
    return 0


def _tell_made(made: Made, target: Path, *, with_keys: bool) -> int:
    manifest = made.manifest
    say(
        f"已备份到 {target}（{made.size / 1024**2:.1f} MB）：{_counts_zh(manifest)}。",
        f"Backed up to {target}: {_counts_en(manifest)}.",
    )
    if with_keys:
        complain(
            "这份备份带有密钥：谁拿到它，谁就能读市民的联系方式、伪造封存。请像密钥一样保管。",
            "This backup holds the keys: whoever has it reads citizens' contacts and forges "
            "seals. Guard it as you guard the keys.",
        )
    else:
        say(
            "密钥不在其中，请另行备份。也请把备份移到别的机器上。",
            "The keys are not in it: keep them apart. And keep it on another machine.",
        )
    return _tell_of_files(manifest)


def _tell_restored(manifest: Manifest, *, with_keys: bool) -> None:
    when = manifest.made_at.astimezone(ZONE)
    say(
        f"已恢复 {when:%Y-%m-%d %H:%M:%S} 的备份：{_counts_zh(manifest)}。",
        f"Restored the backup of {when:%Y-%m-%d %H:%M:%S %z}: {_counts_en(manifest)}.",
    )
    if with_keys:
        say("密钥文件也在备份里。", "The backup held the key file, too.")
    say(
        "此后被删除过的个人信息须再删除一次。",
        "What was erased since then must be erased again.",
    )
    _tell_of_files(manifest)


def _tell_of_files(manifest: Manifest) -> int:
    missing, erased = manifest.files.missing, manifest.files.erased
    if erased:
        say(
            f"备份期间删除了 {len(erased)} 个文件，它们不在其中。",
            f"{len(erased)} files were erased meanwhile and are not in it.",
        )
    if manifest.seals_lacking:
        complain(
            f"有 {manifest.seals_lacking} 天已封存而文件里没有，由后台任务补上。",
            f"{manifest.seals_lacking} sealed days have no line yet; the worker writes them.",
        )
    if not missing:
        return 0
    names = "\n".join(missing[:_MOST_SHOWN])
    complain(
        f"备份时有 {len(missing)} 个文件已缺失或损坏，其余齐全：\n{names}",
        f"{len(missing)} files were missing or damaged when the backup was made; the rest is "
        "whole.",
    )
    return 1


def _counts_zh(manifest: Manifest) -> str:
    return (
        f"案卷 {_rows(manifest, 'workorders_workorder')} 件，"
        f"流转记录 {_rows(manifest, 'workorders_entry')} 行，"
        f"文件 {manifest.files.count} 个，封存 {manifest.seals} 天"
    )


def _counts_en(manifest: Manifest) -> str:
    return (
        f"{_rows(manifest, 'workorders_workorder')} cases, "
        f"{_rows(manifest, 'workorders_entry')} entries, "
        f"{manifest.files.count} files, {manifest.seals} sealed days"
    )


def _rows(manifest: Manifest, table: str) -> int:
    return manifest.tables[table].rows if table in manifest.tables else 0


def _target(told: Path | None, folder: DataFolder) -> Path:
    name = f"chengshao-{datetime.now(ZONE):%Y%m%d-%H%M%S}.tar"
    if told is None:
        place = folder.path / "backups"
        place.mkdir(mode=0o700, exist_ok=True)
        target = place / name
    else:
        target = told.absolute() / name if told.is_dir() else told.absolute()
    if os.path.lexists(target):
        raise Stopped(f"{target} 已经存在，不会覆盖。", f"{target} exists and is not overwritten.")
    return target


def _parser(name: str, description: str) -> ArgumentParser:
    return ArgumentParser(
        prog=f"chengshao {name}",
        description=description,
        formatter_class=RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )


@contextmanager
def _told(zh: str, en: str) -> Iterator[None]:
    """Say in words what disk or database refuse."""
    try:
        yield
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        raise Stopped(f"{zh}：{error.strerror}{where}", f"{en}: {error.strerror}{where}") from error
    except psycopg.Error as error:
        said = first_line(error)
        raise Stopped(f"{zh}：数据库说 {said}", f"{en}: the database says {said}") from error


def _heed_ending() -> None:
    """Leave nothing unfinished behind when asked to end."""
    signal.signal(signal.SIGTERM, _leave)


def _leave(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)
