"""The command `bench`: what is asked for, in which order, and where the figures go."""

import signal
import tempfile
import time
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from types import FrameType

from bench import machine
from bench.figures import Figure, as_line, as_table
from bench.stand import set_up, settle, stand
from ops.console import Stopped, complain, say
from ops.folder import DataFolder
from ops.installation import database_of

# What each measures, and which function does: imported once Django is set up.
_BENCHES = {
    "create-http": ("用接口立一件案 · a case over HTTP", "bench.creating", "over_http"),
    "create": ("只走动作立一件案 · a case by the action alone", "bench.creating", "by_action"),
    "moves": ("每一步 · each move", "bench.moving", "each_move"),
    "importing": ("导入旧案 · import of old cases", "bench.importing", "old_cases"),
    "sweep": ("时限清扫 · the sweep of deadlines", "bench.sweeping", "sweep"),
    "points": ("坐标落格 · points to grids", "bench.locating", "points"),
    "map": ("案卷地图 · the map of the cases", "bench.mapping", "cases"),
    "papers": ("案卷PDF · a case as PDF", "bench.papers", "papers"),
    "weights": ("页面的重量 · what a page weighs", "bench.weighing", "weights"),
    "memory": ("一万次请求的内存 · memory of ten thousand requests", "bench.weighing", "memory"),
    "lists": ("列表与查找 · lists and searches", "bench.listing", "lists"),
}
_SIZED = ("importing", "map", "lists")
_ALONE = ("memory", "map", "lists")  # their districts begin with no other's cases
_QUIET = 0.2  # of a CPU: what may run beside without being noticed
_DESCRIPTION = """\
在一次性的内置数据库和演示城区上测量。绝对数值取决于机器，只有同一次运行里的比值可比。
Measures on a throwaway embedded database with the demo district. Absolute figures are the
machine's; only ratios within one run can be compared."""


def bench(words: Sequence[str]) -> int:
    """
    Do what the words after `bench` say; return the exit code.

    :raises Stopped: if something can't be measured
    """
    try:
        asked = _parser().parse_args(list(words))
    except SystemExit as left:
        return int(left.code or 0)
    file = asked.json or _new_file()
    _prepare(file)
    signal.signal(signal.SIGTERM, _leave)
    _say_load()
    names = asked.names or list(_BENCHES)
    groups = [[name for name in names if name not in _ALONE]]
    groups += [[name] for name in names if name in _ALONE]
    for group in filter(None, groups):
        if group == names:
            _measure(group, file, quick=asked.quick, most=asked.most)
        elif failed := _measure_apart(group, file, quick=asked.quick, most=asked.most):
            return failed
    say(f"\n{file}")
    return 0


def _measure(names: Sequence[str], file: Path, *, quick: bool, most: int | None) -> None:
    with stand():
        for name in names:
            title, module, function = _BENCHES[name]
            say(f"\n── {name}  {title}")
            begun = time.monotonic()
            sizes = {"most": most} if most and name in _SIZED else {}
            figures = list(getattr(import_module(module), function)(quick=quick, **sizes))
            _keep(file, figures)
            say("\n".join(as_table(figures)))
            say(f"── {time.monotonic() - begun:.0f} s")


def _measure_apart(names: Sequence[str], file: Path, *, quick: bool, most: int | None) -> int:
    """Measure on a district of its own: in one process Django is set up once. Return the exit."""
    given = {"quick": quick, "most": most}
    process = get_context("spawn").Process(target=_or_complain, args=(names, file), kwargs=given)
    process.start()
    try:
        process.join()
    except BaseException:
        process.terminate()
        process.join()
        raise
    return process.exitcode or 0


def _or_complain(names: Sequence[str], file: Path, *, quick: bool, most: int | None) -> None:
    signal.signal(signal.SIGTERM, _leave)
    try:
        _measure(names, file, quick=quick, most=most)
    except Stopped as stopped:
        complain(stopped.zh, stopped.en)
        raise SystemExit(1) from stopped


def bench_data(folder: DataFolder, words: Sequence[str]) -> int:
    """
    Fill an installation's demo district up to so many cases; return the exit code.

    :raises Stopped: if it is no demonstration, or has more already
    """
    parser = ArgumentParser(prog="chengshao bench-data", allow_abbrev=False)
    parser.add_argument("cases", type=int, metavar="件数 N")
    try:
        cases = parser.parse_args(list(words)).cases
    except SystemExit as left:
        return int(left.code or 0)
    with database_of(folder) as installation:
        if not installation.demo:
            raise Stopped("只填演示城区。", "Only a demonstration is filled.")
        installation.manage("migrate", "--noinput", "-v", "0")
        installation.manage("demo_district")
        with set_up(installation):
            fill = import_module("bench.population").fill  # its models need Django set up
            still_open = fill(cases, now=datetime.now(UTC))
            settle()
            say(f"✓ {cases:,} 件案卷，在办 {still_open:,} 件 · cases, and of them open")
    return 0


def _parser() -> ArgumentParser:
    parser = ArgumentParser(
        prog="chengshao bench",
        description=_DESCRIPTION,
        formatter_class=RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "--quick", action="store_true", help="很短，只看能否跑通 · only that it runs"
    )
    parser.add_argument(
        "--most",
        type=int,
        metavar="N",
        help="importing、map、lists：最多到多少件 · how many rows or cases at most",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="每个数值一行 · a line a figure")
    # not `choices`: argparse would not take none of them
    parser.add_argument("names", nargs="*", metavar="NAME", type=_known, help=", ".join(_BENCHES))
    return parser


def _known(name: str) -> str:
    if name not in _BENCHES:
        raise ValueError
    return name


def _new_file() -> Path:
    now = time.strftime("%Y%m%d-%H%M%S")
    return Path(tempfile.gettempdir()) / f"chengshao-bench-{now}.jsonl"


def _prepare(file: Path) -> None:
    try:
        file.write_text("")
    except OSError as error:
        raise Stopped(
            f"{file} 不能写入：{error.strerror}。", f"{file} can't be written: {error.strerror}."
        ) from error


def _keep(file: Path, figures: Sequence[Figure]) -> None:
    with file.open("a", encoding="utf-8") as output:
        output.writelines(f"{as_line(figure)}\n" for figure in figures)


def _say_load() -> None:
    load, cpus = machine.load()
    said = f"{load:.2f} / {cpus} CPU"
    if load > _QUIET:
        complain(f"机器负载 {said}：数值会偏高。", f"Load {said}: other work makes figures worse.")
    else:
        say(f"机器负载 · load  {said}")


def _leave(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)
