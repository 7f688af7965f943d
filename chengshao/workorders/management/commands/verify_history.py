"""Go through all there is of the history, and say what is not as it was written."""

from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from chengshao.web.texts import term
from chengshao.workorders import queries
from chengshao.workorders.queries import Broken, CheckedDay

_TOLD_EVERY = 10_000  # cases
_MOST_TOLD = 100  # broken places by name; all are counted


class Command(BaseCommand):
    help = (
        "Check the chain of every case, what stands beside it, and the seals over it, in the "
        "database and in the file outside it. Ends with 1 and names what is not as it was."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--since",
            type=date.fromisoformat,
            metavar="YYYY-MM-DD",
            help="only cases with a line since that day, and what was sealed since",
        )
        parser.add_argument("--case", default="", metavar="NUMBER", help="only this case")
        parser.add_argument(
            "--files", action="store_true", help="read the stored files too, which takes long"
        )
        parser.add_argument(
            "--seals", type=Path, metavar="FILE", help="a copy of the file of seals kept elsewhere"
        )

    def handle(self, **options: Any) -> None:
        since: date | None = options["since"]
        number: str = options["case"]
        copy: Path | None = options["seals"]
        if number and not queries.cases_to_verify(number=number):
            raise CommandError(_("没有案卷 {number}").format(number=number))
        if copy is not None and not copy.is_file():
            raise CommandError(_("没有文件 {path}").format(path=copy))
        self._wrong = 0
        for case in self._cases(since, number, options["files"]):
            self._say(_on_case(case))
        days = queries.days_of_case(number) if number else None
        for day in queries.check_seals(since=since, days=days, copy=copy):
            if day.part is not None:
                self._say(_on_day(day))
        self._tell_what_is_open()
        if self._wrong:
            raise CommandError(_("共有 {n} 处与当初的记录不符").format(n=self._wrong))
        self.stdout.write(self.style.SUCCESS(_("没有发现与当初的记录不符之处")))

    def _cases(self, since: date | None, number: str, read_files: bool) -> Iterator[Broken]:
        done, after_id = 0, 0
        while ids := queries.cases_to_verify(after_id=after_id, since=since, number=number):
            yield from queries.broken_cases(ids, read_files=read_files)
            before, done, after_id = done, done + len(ids), ids[-1]
            if done // _TOLD_EVERY > before // _TOLD_EVERY:
                self._progress(done)
        self._progress(done)

    def _progress(self, cases: int) -> None:
        self.stdout.write(_("已核对案卷 {n} 件").format(n=cases))
        self.stdout.flush()

    def _say(self, line: str) -> None:
        self._wrong += 1
        if self._wrong <= _MOST_TOLD:
            self.stdout.write(self.style.ERROR(line))
            self.stdout.flush()

    def _tell_what_is_open(self) -> None:
        """Say what no seal is over: cut off there, a history can't show it."""
        span = queries.sealed_span()
        if span.first is None or span.last is None:
            self.stdout.write(_("还没有任何封存：末尾是否被整段截去，现在无法证明"))
            return
        self.stdout.write(
            _("已封存 {first} 至 {last}；之后的记录尚未封存，是否被整段截去还无法证明").format(
                first=span.first, last=span.last
            )
        )


def _on_case(broken: Broken) -> str:
    what = term("broken_part", broken.part)
    if not broken.seq:
        return _("案卷 {number}：{what}（流转记录中没有提到）").format(
            number=broken.number, what=what
        )
    return _("案卷 {number} 第 {seq} 行：{what}").format(
        number=broken.number, seq=broken.seq, what=what
    )


def _on_day(checked: CheckedDay) -> str:
    what = term("broken_part", checked.part)
    if checked.number:
        return _("{day} 的封存：{what}，案卷 {number} 第 {seq} 行").format(
            day=checked.day, what=what, number=checked.number, seq=checked.seq
        )
    return _("{day} 的封存：{what}").format(day=checked.day, what=what)
