"""An installation of its own whose clock stands in another year."""

import csv
import shutil
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from ops.folder import CHECKOUT
from tests.browser.dated import clock
from tests.run.installed import Installed

CHINA = ZoneInfo("Asia/Shanghai")
SEEDS = CHECKOUT / "chengshao" / "catalog" / "seeds"
BEGINS, ENDS = "生效日期", "失效日期"


class AnotherYear:
    """A running installation in a time that the test chooses."""

    def __init__(self, installed: Installed, clock_file: Path) -> None:
        self._installed = installed
        self._clock_file = clock_file

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._installed.port}"

    def comes_to(self, moment: str, *, without: str = "") -> None:
        """
        Let it be this local moment, 2014-05-06 09:20, and let the jobs do what is due by now.

        :param without: the job that doesn't run
        """
        clock.write(self._clock_file, _local(moment))
        with urllib.request.urlopen(f"{self.address}/do-what-is-due?without={without}") as answer:
            assert answer.read().decode().startswith(moment[:10])

    def command(self, *words: str) -> str:
        """Run a command of `chengshao` beside it and return what it says."""
        done = self._installed.command(*words)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@contextmanager
def another_year(district: Path, *, since: str, matters: frozenset[str]) -> Iterator[AnotherYear]:
    """
    Set a district up from its folder at a local moment, run it, and leave nothing of it behind.

    :param matters: which of the supplied matters are there; they, the limits and the parameters
        are those of today, in force from that day on
    """
    with tempfile.TemporaryDirectory(prefix="chengshao-dated-") as place:
        clock_file, folder = Path(place) / "clock", Path(place) / "district"
        clock.write(clock_file, _local(since))
        shutil.copytree(district, folder, ignore=shutil.ignore_patterns("*.md"))
        _date_back(folder, _local(since).date(), matters)
        installed = Installed(
            Path(place) / "data",
            CHENGSHAO_DEMO="1",
            CHENGSHAO_WEB_WORKERS="1",
            DJANGO_SETTINGS_MODULE="tests.browser.dated.settings",
            **{clock.NAMED_BY: str(clock_file)},
        )
        year = AnotherYear(installed, clock_file)
        try:
            year.command("migrate")
            year.command("new-district", "--from", str(folder))
            installed.start()
            yield year
            assert installed.stop() == 0
        finally:
            installed.clear_away()


def _date_back(folder: Path, day: date, matters: frozenset[str]) -> None:
    for name in ("task_limits", "parameters"):
        _copy_dated(SEEDS / f"{name}.csv", folder / f"{name}.csv", day)
    public = SEEDS / "matters_public_demand.csv"
    _copy_dated(public, folder / "matters.csv", day, only=matters)


def _copy_dated(source: Path, target: Path, day: date, only: frozenset[str] = frozenset()) -> None:
    with source.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if not only or row["事项编码"] in only]
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(row | {BEGINS: day.isoformat(), ENDS: row[BEGINS]} for row in rows)


def _local(moment: str) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=CHINA)
