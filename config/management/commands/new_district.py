"""Set up a real district, empty, from the files it hands in."""

import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from datetime import date
from getpass import getpass
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _

from chengshao.intake import queries as intake
from chengshao.intake.models import CaseImport
from chengshao.intake.schemas.case_table import MappingUnreadable
from chengshao.kernel.errors import DomainError
from chengshao.kernel.tables import TableRefused
from chengshao.people.actions import check_first_password
from chengshao.web.texts import term, text
from config.district import (
    DistrictRefused,
    Loaded,
    load_district,
    make_first_administrator,
    read_folder,
    read_map,
)
from config.drafting import Draft, Guess, draft_district, draft_in, import_drafted
from config.staffing import Unstaffed, unstaffed

MOST_FAULTS = 200
SHOWN_GUESSES = 20
SHOWN_REFUSALS = 5


class Command(BaseCommand):
    help = (
        "Set up a district from a folder (units.xlsx, grids.geojson, ...; see districts/) or from "
        "a map that names files and their columns. All or nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--from", dest="source", type=Path, metavar="DIR|MAP.yaml")
        parser.add_argument(
            "--valid-from",
            type=date.fromisoformat,
            metavar="YYYY-MM-DD",
            help="first day of rows that name none (today)",
        )
        parser.add_argument(
            "--check", action="store_true", help="look at everything, take nothing in"
        )
        parser.add_argument(
            "--first-administrator",
            metavar="NAME",
            help="sign-in name of the first security administrator; the password is asked, or "
            "read from the first line of the standard input",
        )
        parser.add_argument(
            "--administrator-name", default="", metavar="NAME", help="what that person is called"
        )

    def handle(self, **options: Any) -> None:
        source: Path | None = options["source"]
        username: str | None = options["first_administrator"]
        if source is None and not username:
            raise CommandError(_("请用 --from 指明目录或映射文件"))
        only_check: bool = options["check"]
        password = self._password() if username and not only_check else ""
        called: str = options["administrator_name"] or username or ""
        at = now()
        try:
            with transaction.atomic():
                if username and not only_check:
                    check_first_password(username=username, display_name=called, password=password)
                if source is not None:
                    self._load(source, options["valid_from"] or localdate(at), at)
                if only_check:
                    transaction.set_rollback(True)
                elif username:
                    make_first_administrator(
                        username=username,
                        display_name=called,
                        password=password,
                        at=at,
                    )
        except DistrictRefused as refused:
            raise CommandError(in_words(refused)) from refused
        except DomainError as error:
            raise CommandError("\n".join(faults_in_words(error))) from error
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from error
        if only_check:
            self.stdout.write(self.style.SUCCESS(_("检查通过，没有导入。")))
        else:
            self._say_what_next(source, username)

    def _load(self, source: Path, valid_from: date, at: Any) -> None:
        draft = draft_in(source) if source.is_file() else None
        if draft is not None:
            self._load_draft(draft, source.parent, at)
            return
        if source.is_dir():
            handed_in = read_folder(source)
        elif source.is_file():
            handed_in = read_map(source)
        else:
            raise CommandError(_("没有这个目录或文件：{path}").format(path=source))
        load_district(handed_in, valid_from=valid_from, at=at, tell=self._tell)
        for lack in unstaffed(max(valid_from, localdate(at))):
            self.stdout.write(self.style.WARNING(lack_in_words(lack)))

    def _load_draft(self, draft: Draft, beside: Path, at: Any) -> None:
        """Make the tables of what the old cases name, take them in, and the cases with them."""
        with TemporaryDirectory(prefix="chengshao-draft-") as place:
            drafted = draft_district(draft, beside=beside, into=Path(place))
            handed_in = read_folder(Path(place))
            load_district(handed_in, valid_from=draft.valid_from, at=at, tell=self._tell)
        taken = import_drafted(drafted, at=at)
        said = _("  旧案：导入{taken}件，未导入{refused}行")
        self.stdout.write(said.format(taken=taken.of.taken, refused=taken.of.refused))
        for line in chain(guesses_in_words(taken.guesses), refusals_in_words(taken.of)):
            self.stdout.write(line)

    def _tell(self, loaded: Loaded) -> None:
        self.stdout.write(line_of(loaded))
        self.stdout.flush()

    def _password(self) -> str:
        if not sys.stdin.isatty():
            password = sys.stdin.readline().rstrip("\r\n")
        else:
            password = getpass(_("第一位安全管理员的密码："))
            if getpass(_("再输一次：")) != password:
                raise CommandError(_("两次输入的密码不一致"))
        if not password:
            raise CommandError(_("没有给出第一位安全管理员的密码"))
        return password

    def _say_what_next(self, source: Path | None, username: str | None) -> None:
        if source is not None:
            self.stdout.write(self.style.SUCCESS(_("城区已建好。")))
        if username:
            said = _("安全管理员“{username}”可以登录，在“人员”中任命他人并发放初始密码。")
            self.stdout.write(said.format(username=username))
        else:
            said = _("下一步：chengshao new-district --first-administrator 用户名")
            self.stdout.write(said)


def line_of(loaded: Loaded) -> str:
    """Return what stands now, in a line."""
    seconds = f"{loaded.seconds:.1f} s"
    if not loaded.shown:
        return f"  {loaded.title}  {seconds}"
    rows = _("{count}条").format(count=loaded.rows)
    return f"  {loaded.title}  {rows}  {loaded.shown}  {seconds}"


def faults_in_words(error: DomainError) -> Iterator[str]:
    """Yield what is wrong, and where several things are, each of them."""
    yield text(error.code, error.params)
    match error:
        case TableRefused():
            yield from (f"  {f.column}: {text(f.code, f.params)}" for f in error.faults)
        case MappingUnreadable():
            yield from (f"  {fault}" for fault in error.faults)


def guesses_in_words(guesses: Sequence[Guess]) -> Iterator[str]:
    """Yield which names were only guessed: so many, and the first of them."""
    if not guesses:
        return
    said = _("  有{count}种写法只是看着像，已按猜测采用，请核对：")
    yield said.format(count=len(guesses))
    for one in guesses[:SHOWN_GUESSES]:
        kind = term("name_kind", one.kind)
        yield f"    {kind}  {one.told} ×{one.rows} → {one.code} {one.name}"
    if (more := len(guesses) - SHOWN_GUESSES) > 0:
        yield "  " + _("  ……另有{count}处").format(count=more)


def refusals_in_words(of: CaseImport) -> Iterator[str]:
    """Yield why rows were not taken in: the first reasons, and where all of them stand."""
    if not of.refused:
        return
    for one in intake.refusals(of, limit=SHOWN_REFUSALS):
        row = _("第{row}行").format(row=one.row)
        yield f"    {row} · {one.column}：{text(one.code, one.params)}"
    said = _("    全部原因见页面 {page}，可下载成表")
    yield said.format(page=reverse("intake:import", args=[of.pk]))


def lack_in_words(lack: Unstaffed) -> str:
    """Return what will lie because nobody may do it."""
    said = _("注意：{unit}没有人能{powers}。")
    if lack.above:
        said = _("注意：{unit}没有人能{powers}，投诉派单台的案卷要由它办。")
    powers = _("、").join(term("power", power) for power in lack.powers)
    return said.format(unit=lack.unit, powers=powers)


def in_words(refused: DistrictRefused) -> str:
    """Return every fault in a line of its own."""
    lines = [text(refused.code, refused.params)]
    for fault in refused.faults[:MOST_FAULTS]:
        where = [fault.file]
        if fault.row:
            counted = _("第{row}个要素") if fault.is_feature else _("第{row}行")
            where.append(counted.format(row=fault.row))
        if fault.column:
            where.append(fault.column)
        lines.append(f"  {' · '.join(where)}：{text(fault.code, fault.params)}")
    if (more := len(refused.faults) - MOST_FAULTS) > 0:
        lines.append(_("  ……另有{count}处").format(count=more))
    return "\n".join(lines)
