"""Old cases of another system taken in from a table: how fast, and in how much memory."""

import csv
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import cycle, islice
from pathlib import Path

from django.db import connection
from django.utils.timezone import localdate, localtime, now

from bench import sayings
from bench.figures import Figure
from bench.stand import settle
from chengshao.intake import queries
from chengshao.intake.terms import NameKind
from ops.console import Stopped, phase
from ops.folder import CHECKOUT

_MAPPING = """\
source: 旧平台 {name}
key: 编号
words: 内容
channel: {{constant: HOTLINE}}
opened_at: 受理时间
ended_at: 办结时间
place: 地点
subdistrict: 街道社区
matter: 事项
unit: 单位
closed_as: {{column: 状态, means: {{已办: SOLVED, 在办: OPEN}}}}
in_time: 按时
contact_name: 姓名
contact_phone: 电话
"""
_COLUMNS = (
    *("编号", "内容", "地点", "姓名", "电话", "单位", "事项", "街道社区"),
    *("受理时间", "办结时间", "状态", "按时"),
)
_TOLD = ("words", "place", "contact_name", "contact_phone")
_OPEN = 20  # one in so many is still open
_CHUNK = 64 * 1024
_MB = 1024 * 1024


def old_cases(*, quick: bool, most: int | None = None) -> Iterator[Figure]:
    """
    Take in tables of two sizes, one after the other, each in a process of its own, and compare
    with COPY of the same bytes into one plain table.

    :param most: rows of the larger table
    :raises Stopped: if rows are not taken in
    """
    small, large = (500, 2_000) if quick else (10_000, 100_000)
    peaks: list[Figure] = []
    for size in (small, most or large):
        with tempfile.TemporaryDirectory(prefix="chengshao-bench-") as place:
            table = Path(place) / "cases.csv"
            with phase(f"{size:,} 行的表", f"a table of {size:,} rows"):
                _write(table, size)
                settle()
            copied = Figure(f"raw_copy_{size}.rows", size / _copied(table), "1/s")
            took = _taken_in(table, size)
        yield copied
        yield Figure(f"import_{size}.rows", size / took["seconds"], "1/s").to(copied)
        yield Figure(f"import_{size}.app_cpu", took["cpu"] / size * 1000, "ms")
        peaks.append(Figure(f"import_{size}.peak_memory", took["peak"] / _MB, "MB"))
        yield peaks[-1] if len(peaks) == 1 else peaks[-1].to(peaks[0])


def _write(path: Path, rows: int) -> None:
    day = localdate()
    codes = [list(queries.names_by_code(kind, day)) for kind in NameKind]
    names = zip(*(cycle(each) for each in codes), strict=True)
    reports = islice(sayings.said("import"), rows)
    latest = localtime(now()).replace(microsecond=0)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_COLUMNS)
        for number, (report, ours) in enumerate(zip(reports, names, strict=False), start=1):
            told = [report[each] for each in _TOLD]
            writer.writerow([number, *told, *ours, *_outcome(latest, number)])


def _outcome(latest: datetime, number: int) -> tuple[str, str, str, str]:
    """Return when it was opened and closed, what became of it, and whether it was in time."""
    if number % _OPEN == 0:
        return f"{latest - timedelta(hours=number % 24):%Y-%m-%d %H:%M:%S}", "", "在办", ""
    opened = latest - timedelta(days=2 + number % 360, minutes=number % 1440)
    ended = opened + timedelta(hours=number % 40)
    in_time = "否" if number % 9 == 0 else "是"
    return f"{opened:%Y-%m-%d %H:%M:%S}", f"{ended:%Y-%m-%d %H:%M:%S}", "已办", in_time


def _copied(path: Path) -> float:
    """Return how many seconds the server takes for the same bytes, as they are."""
    columns = ", ".join(f'"{name}" text' for name in _COLUMNS)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE bench_raw_copy ({columns})")
        try:
            begun = time.perf_counter()
            with (
                path.open("rb") as file,
                cursor.copy("COPY bench_raw_copy FROM STDIN (FORMAT csv, HEADER)") as copy,
            ):
                while chunk := file.read(_CHUNK):
                    copy.write(chunk)
            return time.perf_counter() - begun
        finally:
            cursor.execute("DROP TABLE bench_raw_copy")


def _taken_in(table: Path, size: int) -> dict[str, float]:
    """
    Return what the import took, in a process of its own: its memory is measured.

    :raises Stopped: if it fails, or leaves a row
    """
    mapping = table.with_suffix(".yaml")
    mapping.write_text(_MAPPING.format(name=size), encoding="utf-8")
    command: Sequence[str] = (sys.executable, "-m", "bench.importer", str(table), str(mapping))
    done = subprocess.run(
        command, cwd=CHECKOUT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=False
    )
    took: dict[str, float] = json.loads(done.stdout) if done.returncode == 0 else {}
    if took.get("taken") != size:
        raise Stopped(
            f"{size} 行中只导入了 {took.get('taken', 0):.0f} 行。",
            f"{took.get('taken', 0):.0f} of {size} rows were taken in.",
        )
    return took
