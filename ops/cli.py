"""The command line `chengshao`."""

import errno
import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType

from django.core.management import execute_from_command_line
from django.db import connections

from bench.command import bench, bench_data
from ops.backup.command import backup, restore
from ops.build import build
from ops.check import check
from ops.console import Stopped, complain, say
from ops.faults import faults
from ops.folder import CHECKOUT, DataFolder, data_folder
from ops.installation import database_of
from ops.migrations import have_tables, migrate
from ops.report_file.command import report_file
from ops.run import run
from ops.steps import steps
from ops.testing import test

_USAGE = """\
用法 · Usage: chengshao COMMAND

  run              启动全部，Ctrl-C 停止 · start everything, Ctrl-C stops it
  migrate          更新数据库结构 · bring the database's tables up to date
  check            检查密钥、数据库、配置和运行状态 · say what is in order and what isn't
  build            构建前端、静态文件、译文 · make styles, scripts and translations
  test [参数]      全部检查与测试；带参数则只跑 pytest · all checks; with arguments pytest only
  verify-history   核对流转记录与封存 · check the history and its seals
                   [--since 日期] [--case 编号] [--files] [--seals 副本]
  backup [文件]    备份成一个文件，不停机 · everything as of one moment into one file
                   [--with-keys]
  restore 文件     恢复到空的数据目录和数据库 · into an empty folder and database
  bench [名称]     测量：立案、每步、清扫、列表、落格 · measures cases, lists, look-ups
  steps            数各岗位要几步，--write写进文档 · counts the steps of each journey
  bench-data 件数  把演示城区填到这么多案卷 · fills the demo district up to so many cases
  faults           杀进程、断连接、写满磁盘，看有没有丢 · kills and starves one made for it
                   [--minutes 分钟] [--seed 种子]
  simulate         让演示城区自己运转 · lets the demo district live by itself
                   [--days 天数] [--seed 种子] [--a-day 件数] [--live [--speed 倍数]]
  new-district --from 目录或映射
                   建一个城区 · sets up a district from its files, or from its old cases
                   [--check] [--first-administrator 用户名]
  import-cases 表 --mapping 映射.yaml
                   导入旧案 · takes in another system's old cases
                   [--preview] [--names 名称表] [--accept-guesses] [--refused 文件]
  manage …         Django 的管理命令 · Django's management commands
  report-file 文件 --mapping 映射.yaml
                   把表里的诉求逐条送进接口 · send a table of reports through the API
  其他 · others    按管理命令执行，如 make-token · taken as management commands

环境变量 · Environment:
  PORT             端口，默认 8000 · port
  DATABASE_URL     正式数据库（PostgreSQL 15 以上）；不设则用内置数据库和演示城区
                   a real server; without it the embedded database and the demo
  CHENGSHAO_DATA   数据目录，默认 data · data folder
  CHENGSHAO_KEYS   密钥文件，默认在数据目录 · key file
  CHENGSHAO_DEMO   0：内置数据库但不要演示 · embedded database without the demo
  CHENGSHAO_DEMO_LIFE
                   0：演示城区不先运转两周 · the demo does not live its first two weeks
  CHENGSHAO_BIND   监听地址，默认 127.0.0.1 · address to listen on
  CHENGSHAO_HOSTS, CHENGSHAO_ORIGINS, CHENGSHAO_HTTPS, CHENGSHAO_PROXIES
                   域名、来源、HTTPS、代理层数 · names, origins, HTTPS, number of proxies
  CHENGSHAO_WEB_WORKERS, CHENGSHAO_PG_BIN
                   网站进程数、PostgreSQL 程序目录 · web processes, PostgreSQL's programs
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says. 0 is done, 1 it could not be done, 2 no such usage."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if not words or words[0] in ("help", "-h", "--help"):
        say(_USAGE.rstrip())
        return 0 if words else 2
    try:
        return _do(words[0], words[1:])
    except Stopped as stopped:
        complain(stopped.zh, stopped.en)
        return 1
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        complain(
            f"磁盘已满：{error.filename or '数据目录'}。",
            f"The disk is full: {error.filename or ''}",
        )
        return 1
    except KeyboardInterrupt:
        return 130


def _do(command: str, rest: list[str]) -> int:
    if command == "test":
        return test(rest)
    if command == "report-file":
        return report_file(rest)
    if command == "faults":
        return faults(rest)
    if command == "steps":
        return steps(rest)
    if command == "bench":
        return bench(rest)
    if command == "bench-data":
        return bench_data(_folder(), rest)
    if command in ("backup", "restore"):
        return {"backup": backup, "restore": restore}[command](_folder(), rest)
    plain = {"run": run, "check": check, "build": _build, "migrate": _migrate}
    # `migrate people 0001` and the like are Django's own.
    if command in plain and not (command in ("migrate", "check") and rest):
        if rest:
            say(_USAGE.rstrip())
            return 0 if rest[0] in ("-h", "--help") else 2
        return plain[command](_folder())
    if command == "manage":
        return _manage(_folder(), rest)
    return _manage(_folder(), [command.replace("-", "_"), *rest])


def _folder() -> DataFolder:
    folder = data_folder()
    os.environ["CHENGSHAO_DATA"] = str(folder.path)  # the same for every process we start
    return folder


def _build(folder: DataFolder) -> int:
    build()
    return 0


def _migrate(folder: DataFolder) -> int:
    with database_of(folder) as installation:
        migrate(installation)
    return 0


def _manage(folder: DataFolder, words: list[str]) -> int:
    signal.signal(signal.SIGTERM, _leave)
    with database_of(folder) as installation:
        if words and words[0] in _own_commands() and not {"-h", "--help"} & set(words):
            have_tables(installation)
        os.environ.update(installation.environment())
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
        try:
            execute_from_command_line(["chengshao", *words])
        finally:
            for connection in connections.all(initialized_only=True):
                connection.close()
                if hasattr(connection, "close_pool"):
                    connection.close_pool()
    return 0


def _own_commands() -> set[str]:
    """Return the names of this project's commands: Django's own see to the tables themselves."""
    places = (CHECKOUT / "config", *CHECKOUT.glob("chengshao/*"))
    return {path.stem for one in places for path in one.glob("management/commands/[!_]*.py")}


def _leave(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


if __name__ == "__main__":
    raise SystemExit(main())
