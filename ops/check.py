"""`chengshao check`: what is in order and what isn't, in plain words."""

from collections.abc import Callable
from urllib.parse import urlsplit

from ops.console import Stopped, complain, say
from ops.folder import DataFolder
from ops.installation import Installation
from ops.keys import check_keys
from ops.migrations import check_migrated
from ops.run import ask_health


def check(folder: DataFolder) -> int:
    """Look at keys, database, settings, migrations and running parts. 0 when all is in order."""
    installation = Installation(folder)
    if not folder.keys.exists() and not installation.exists():
        complain(
            f"{folder.path} 还是空的：chengshao run（或 make run）会建立密钥和数据库。",
            f"{folder.path} is empty yet: chengshao run (or make run) makes keys and database.",
        )
        return 1
    faults = 0
    if not _look("密钥", "keys", lambda: check_keys(folder.keys)):
        faults += 1
        # Further looks would make new keys.
        if not folder.keys.exists():
            return 1
    if _look("数据库", "database", installation.take_database):
        try:
            faults += not _look("配置", "settings", lambda: installation.manage("check"))
            faults += not _look(
                "数据库结构",
                "migrations",
                lambda: _check_tables(installation),
            )
            faults += not _look("运行状态", "running parts", lambda: _check_parts(folder))
        finally:
            installation.leave_database()
    else:
        faults += 1
    return 1 if faults else 0


def _look(zh: str, en: str, look: Callable[[], object]) -> bool:
    try:
        look()
    except Stopped as stopped:
        complain(f"{zh}：{stopped.zh}", f"{en}: {stopped.en}")
        return False
    say(f"✓ {zh} · {en}")
    return True


def _check_tables(installation: Installation) -> None:
    check_migrated(installation.url)
    try:
        installation.manage("migrate", "--check")  # those of packages, too
    except Stopped as stopped:
        raise Stopped(
            "数据库结构不是最新的。请先执行 chengshao migrate。",
            "The database's tables are not up to date: run chengshao migrate first.",
        ) from stopped


def _check_parts(folder: DataFolder) -> None:
    lock = folder.lock("run")
    if lock.take():
        lock.release()
        raise Stopped("没有运行，请执行 chengshao run。", "Not running: chengshao run starts it.")
    address = urlsplit(str(folder.read("run").get("address", "")))
    status, states = ask_health(address.hostname or "127.0.0.1", address.port or 8000)
    if status != 200:
        raise Stopped(f"没有全部就绪（{states}）。", f"Not all parts are up ({states}).")
