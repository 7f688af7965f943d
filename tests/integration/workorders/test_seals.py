"""The nightly seal: what was cut off, with its head or as a whole case, shows all the same."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path
from stat import S_IMODE
from threading import Event
from typing import TypeVar

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connections, transaction
from pytest_django import Settings

from chengshao.kernel.actor import Actor
from chengshao.kernel.canonical import GENESIS
from chengshao.workorders import actions, queries, tasks
from chengshao.workorders.actions import SealLineDiffers
from chengshao.workorders.models import Entry, Note, Report, Seal, WorkOrder
from chengshao.workorders.queries import CheckedDay
from chengshao.workorders.terms import BrokenPart
from tests.district import AT, District, everyone, load_district, reported, said
from tests.meddling import meddling

T = TypeVar("T")
MONDAY, TUESDAY, WEDNESDAY = (date(2026, 3, day) for day in (2, 3, 4))
DAY = timedelta(days=1)
THURSDAY_NIGHT = datetime(2026, 3, 4, 18, 20, tzinfo=UTC)  # 02:20 in the city


@pytest.fixture(autouse=True)
def file(settings: Settings, tmp_path: Path) -> Path:
    """The file outside the database."""
    settings.SEALS_FILE = tmp_path / "seals" / "seals.jsonl"
    return tmp_path / "seals" / "seals.jsonl"


def told(actor: Actor, key: str, at: datetime = AT) -> WorkOrder:
    return reported(actor, said(key, f"第{key}件事"), at).work_order


def chased(case: WorkOrder, actor: Actor, words: str, at: datetime) -> None:
    """Add a line to the case."""
    report = case.reports.get()
    actions.chase_report(report_id=report.pk, words=words, actor=actor, at=at)


@pytest.fixture
def week(centre: Actor) -> dict[str, WorkOrder]:
    """Two cases of Monday, one of which goes on on Wednesday; all three days are sealed."""
    one, other = told(centre, "a"), told(centre, "b", AT + timedelta(hours=1))
    chased(one, centre, "还没好", AT + 2 * DAY)
    assert tasks.seal_at(THURSDAY_NIGHT) == 3
    return {"one": one, "other": other}


def wrong(**asked: object) -> list[tuple[date, BrokenPart]]:
    """Return what checking the seals names."""
    days = queries.check_seals(**asked)  # type: ignore[arg-type]
    return [(each.day, each.part) for each in days if each.part is not None]


def cut(case: WorkOrder, *, to: int) -> None:
    """Set a case back to an earlier line, head and all, as if the rest had never been."""
    with meddling():
        Note.objects.filter(entry__work_order=case, entry__seq__gt=to).delete()
        case.entries.filter(seq__gt=to).delete()
    last = case.entries.get(seq=to)
    WorkOrder.objects.filter(pk=case.pk).update(history_seq=to, history_head=last.hash)


class TestSealing:
    def test_seals_every_day_that_is_over_and_empty_ones_too(
        self, week: dict[str, WorkOrder]
    ) -> None:
        rows = list(Seal.objects.order_by("day"))

        assert [(row.day, row.cases) for row in rows] == [
            (MONDAY, 2),
            (TUESDAY, 0),
            (WEDNESDAY, 1),
        ]
        assert [row.previous for row in rows] == [GENESIS, rows[0].mac, rows[1].mac]
        assert wrong() == []

    def test_leaves_a_day_alone_until_it_has_settled(self, centre: Actor) -> None:
        told(centre, "a")

        early = tasks.seal_at(datetime(2026, 3, 2, 17, 59, tzinfo=UTC))  # 01:59 on Tuesday
        later = tasks.seal_at(datetime(2026, 3, 2, 18, 0, tzinfo=UTC))

        assert (early, later) == (0, 1)

    def test_a_day_is_the_city_s(self, centre: Actor) -> None:
        told(centre, "a", datetime(2026, 3, 2, 15, 59, 59, tzinfo=UTC))  # Monday, 23:59:59
        told(centre, "b", datetime(2026, 3, 2, 16, 0, tzinfo=UTC))  # Tuesday, 00:00

        tasks.seal_at(THURSDAY_NIGHT)

        assert list(Seal.objects.order_by("day").values_list("day", "cases")) == [
            (MONDAY, 1),
            (TUESDAY, 1),
            (WEDNESDAY, 0),
        ]

    def test_a_second_run_changes_nothing(self, week: dict[str, WorkOrder], file: Path) -> None:
        before = file.read_bytes()

        assert tasks.seal_at(THURSDAY_NIGHT) == 0
        assert file.read_bytes() == before

    def test_days_without_running_are_made_up_for(
        self, week: dict[str, WorkOrder], file: Path
    ) -> None:
        assert tasks.seal_at(THURSDAY_NIGHT + 30 * DAY) == 30
        assert len(file.read_text().splitlines()) == 33
        assert wrong() == []

    def test_of_nothing_there_is_no_seal(self, db: None, file: Path) -> None:
        assert tasks.seal_at(THURSDAY_NIGHT) == 0
        assert file.read_text() == ""
        assert wrong() == []

    def test_is_done_as_a_job(self, centre: Actor) -> None:
        told(centre, "a")

        assert tasks.seal(timestamp=0) > 0
        assert Seal.objects.filter(day=MONDAY).exists()

    def test_reads_a_day_as_a_stream(self, centre: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("chengshao.workorders.queries.seals._AT_ONCE", 2)
        for key in "abcde":
            told(centre, key)

        tasks.seal_at(THURSDAY_NIGHT)

        assert Seal.objects.get(day=MONDAY).cases == 5
        assert wrong() == []


class TestTheFile:
    def test_is_for_its_owner_and_says_what_the_rows_say(
        self, week: dict[str, WorkOrder], file: Path
    ) -> None:
        lines = [json.loads(line) for line in file.read_text().splitlines()]

        assert S_IMODE(file.stat().st_mode) == 0o600
        assert S_IMODE(file.parent.stat().st_mode) == 0o700
        assert [(line["day"], line["mac"]) for line in lines] == [
            (row.day.isoformat(), row.mac) for row in Seal.objects.order_by("day")
        ]

    @pytest.mark.parametrize("kept", [0, 1, 40])
    def test_what_a_crash_cut_off_is_completed(
        self, week: dict[str, WorkOrder], file: Path, kept: int
    ) -> None:
        whole = file.read_bytes()
        last = whole.splitlines(keepends=True)[-1]
        file.write_bytes(whole[: len(whole) - len(last) + kept])

        assert actions.write_seals() == 1
        assert file.read_bytes() == whole

    def test_that_is_gone_is_written_again(self, week: dict[str, WorkOrder], file: Path) -> None:
        whole = file.read_bytes()
        file.unlink()

        assert actions.write_seals() == 3
        assert file.read_bytes() == whole

    @pytest.mark.parametrize(
        "spoil",
        [
            lambda lines: [lines[0].replace(b'"cases":2', b'"cases":1'), *lines[1:]],
            lambda lines: lines[1:],
            lambda lines: [*lines[:2], b"["],
            lambda lines: [*lines, lines[-1]],
            lambda lines: [*lines, b"nonsense\n"],
        ],
        ids=["changed", "first line gone", "other beginning", "doubled", "nonsense behind"],
    )
    def test_that_says_something_else_is_a_fault_and_stays_as_it_is(
        self,
        week: dict[str, WorkOrder],
        file: Path,
        centre: Actor,
        spoil: Callable[[list[bytes]], list[bytes]],
    ) -> None:
        file.write_bytes(b"".join(spoil(file.read_bytes().splitlines(keepends=True))))
        spoiled = file.read_bytes()
        told(centre, "c", AT + 3 * DAY)

        with pytest.raises(SealLineDiffers):
            tasks.seal_at(THURSDAY_NIGHT + DAY)
        assert file.read_bytes() == spoiled
        assert Seal.objects.count() == 4  # the day is sealed in the database all the same


class TestChecking:
    def test_a_case_cut_back_with_its_head_shows(self, week: dict[str, WorkOrder]) -> None:
        cut(week["one"], to=1)

        assert queries.broken_cases([week["one"].pk]) == []
        assert wrong() == [(WEDNESDAY, BrokenPart.SEALED_DAY)]

    def test_a_whole_case_gone_shows(self, week: dict[str, WorkOrder]) -> None:
        gone = week["other"]
        with meddling():
            Note.objects.filter(entry__work_order=gone).delete()
            gone.entries.all().delete()
            gone.audience.all().delete()
            gone.alerts.all().delete()
            for task in gone.tasks.all():
                task.deadlines.all().delete()
                task.delete()
            Report.objects.filter(work_order=gone).delete()
            gone.delete()

        assert wrong() == [(MONDAY, BrokenPart.SEALED_DAY)]

    def test_a_history_written_anew_shows(self, week: dict[str, WorkOrder]) -> None:
        with meddling():
            week["other"].entries.update(hash="1" * 64)

        assert wrong() == [(MONDAY, BrokenPart.SEALED_DAY)]

    def test_a_line_moved_to_another_day_shows_on_both(self, week: dict[str, WorkOrder]) -> None:
        with meddling():
            week["other"].entries.update(at=AT + DAY)

        assert wrong() == [(MONDAY, BrokenPart.SEALED_DAY), (TUESDAY, BrokenPart.CAME_LATE)]

    def test_a_line_that_came_after_its_day_was_sealed_is_named(
        self, week: dict[str, WorkOrder], centre: Actor
    ) -> None:
        chased(week["other"], centre, "昨天就说过", AT + DAY)

        (late,) = [each for each in queries.check_seals() if each.part]
        assert late == CheckedDay(TUESDAY, BrokenPart.CAME_LATE, week["other"].number, 2)

    def test_a_line_from_before_all_days_is_named(
        self, week: dict[str, WorkOrder], centre: Actor
    ) -> None:
        old = told(centre, "c", AT - 5 * DAY)

        (late,) = [each for each in queries.check_seals() if each.part]
        assert late == CheckedDay(MONDAY - 5 * DAY, BrokenPart.CAME_LATE, old.number, 1)

    @pytest.mark.parametrize(
        "change",
        [
            {"cases": 9},
            {"last_entry": 2**40},
            {"digest": "1" * 64},
            {"mac": "1" * 64},
            {"sealed_at": AT},
        ],
        ids=lambda change: next(iter(change)),
    )
    def test_a_changed_seal_shows(
        self, week: dict[str, WorkOrder], change: dict[str, object]
    ) -> None:
        with meddling():
            Seal.objects.filter(day=TUESDAY).update(**change)

        named = wrong()
        assert (TUESDAY, BrokenPart.SEAL) in named
        assert {day for day, _part in named} <= {TUESDAY, WEDNESDAY}

    def test_seals_made_with_another_key_show(
        self, week: dict[str, WorkOrder], settings: Settings
    ) -> None:
        settings.KEYS = settings.KEYS | {"seal": settings.KEYS["throttle"]}

        assert wrong() == [(day, BrokenPart.SEAL) for day in (MONDAY, TUESDAY, WEDNESDAY)]

    @pytest.mark.parametrize("day", [MONDAY, TUESDAY, WEDNESDAY])
    def test_a_removed_seal_shows(self, week: dict[str, WorkOrder], day: date) -> None:
        with meddling():
            Seal.objects.filter(day=day).delete()

        assert wrong() == [(day, BrokenPart.SEAL_MISSING)]

    def test_all_seals_removed_show(self, week: dict[str, WorkOrder]) -> None:
        with meddling():
            Seal.objects.all().delete()

        assert wrong() == [(day, BrokenPart.SEAL_MISSING) for day in (MONDAY, TUESDAY, WEDNESDAY)]

    def test_the_first_seal_removed_in_both_places_shows(
        self, week: dict[str, WorkOrder], file: Path
    ) -> None:
        with meddling():
            Seal.objects.filter(day=MONDAY).delete()
        file.write_text("".join(file.read_text().splitlines(keepends=True)[1:]))

        assert (TUESDAY, BrokenPart.SEAL) in wrong()

    def test_a_seal_made_again_without_its_file_shows(
        self, week: dict[str, WorkOrder], file: Path
    ) -> None:
        """Who has the key, but not the copy kept elsewhere, is found out by that."""
        copy = file.with_name("copy.jsonl")
        copy.write_bytes(file.read_bytes())
        cut(week["one"], to=1)
        with meddling():
            Seal.objects.filter(day=WEDNESDAY).delete()
        file.write_text("".join(file.read_text().splitlines(keepends=True)[:2]))
        tasks.seal_at(THURSDAY_NIGHT)

        assert wrong() == []
        assert wrong(copy=copy) == [(WEDNESDAY, BrokenPart.LINE)]

    @pytest.mark.parametrize("day", [MONDAY, TUESDAY, WEDNESDAY])
    def test_a_line_cut_from_the_file_shows(
        self, week: dict[str, WorkOrder], file: Path, day: date
    ) -> None:
        lines = file.read_text().splitlines(keepends=True)
        file.write_text("".join(line for line in lines if f'"{day}"' not in line))

        assert wrong() == [(day, BrokenPart.LINE_MISSING)]

    def test_a_file_that_is_gone_shows(self, week: dict[str, WorkOrder], file: Path) -> None:
        file.unlink()

        assert [part for _day, part in wrong()] == [BrokenPart.LINE_MISSING] * 3

    @pytest.mark.parametrize("day", [MONDAY, TUESDAY, WEDNESDAY])
    def test_a_changed_line_of_the_file_shows(
        self, week: dict[str, WorkOrder], file: Path, day: date
    ) -> None:
        row = Seal.objects.get(day=day)
        file.write_text(file.read_text().replace(f'"mac":"{row.mac}"', f'"mac":"{GENESIS}"'))

        assert wrong() == [(day, BrokenPart.LINE)]

    @pytest.mark.parametrize("garbage", ["x\n", "{\n", "\n", '{"day":"2026-03-02"}\n', "半行"])
    def test_garbage_in_the_file_shows(
        self, week: dict[str, WorkOrder], file: Path, garbage: str
    ) -> None:
        file.write_text(file.read_text() + garbage)

        assert [part for _day, part in wrong()] == [BrokenPart.LINE]

    def test_a_copy_that_is_older_proves_what_it_has(
        self, week: dict[str, WorkOrder], file: Path
    ) -> None:
        copy = file.with_name("copy.jsonl")
        copy.write_text("".join(file.read_text().splitlines(keepends=True)[:1]))

        assert wrong(copy=copy) == []

    def test_only_asked_days_are_read_but_all_seals_are_looked_at(
        self, week: dict[str, WorkOrder]
    ) -> None:
        cut(week["one"], to=1)  # of Wednesday
        with meddling():
            week["other"].entries.update(hash="1" * 64)  # of Monday

        assert wrong(since=TUESDAY) == [(WEDNESDAY, BrokenPart.SEALED_DAY)]
        assert wrong(days={MONDAY}) == [(MONDAY, BrokenPart.SEALED_DAY)]
        with meddling():
            Seal.objects.filter(day=MONDAY).update(cases=7)
        assert (MONDAY, BrokenPart.SEAL) in wrong(since=WEDNESDAY)


def verified(*words: str) -> tuple[bool, str]:
    """Run the command; return whether it found all in order, and what it said."""
    said_of_it = StringIO()
    try:
        call_command("verify_history", *words, stdout=said_of_it, no_color=True)
    except CommandError as error:
        return False, f"{said_of_it.getvalue()}{error}"
    return True, said_of_it.getvalue()


class TestTheCommand:
    def test_says_that_all_is_in_order_and_what_is_not_sealed_yet(
        self, week: dict[str, WorkOrder]
    ) -> None:
        whole, words = verified()

        assert whole
        assert "已核对案卷 2 件" in words
        assert "已封存 2026-03-02 至 2026-03-04；之后的记录尚未封存" in words

    def test_says_that_nothing_is_sealed_yet(self, centre: Actor) -> None:
        told(centre, "a")

        whole, words = verified()

        assert whole
        assert "还没有任何封存" in words

    def test_names_case_line_and_day(self, week: dict[str, WorkOrder]) -> None:
        one = week["one"]
        with meddling():
            Note.objects.filter(entry__work_order=one).update(text="好了")
        cut(week["other"], to=1)
        with meddling():
            week["other"].entries.update(at=AT + DAY)

        whole, words = verified()

        assert not whole
        assert f"案卷 {one.number} 第 2 行：附注被改动" in words
        assert f"案卷 {week['other'].number} 第 1 行：时间与记录不符" in words
        assert "2026-03-02 的封存：当日的流转记录与封存不符" in words
        assert "共有 4 处" in words

    def test_of_one_case_looks_at_it_and_its_days(self, week: dict[str, WorkOrder]) -> None:
        with meddling():
            Note.objects.filter(entry__work_order=week["one"]).update(text="好了")

        assert verified("--case", week["other"].number)[0]
        assert not verified("--case", week["one"].number)[0]

    def test_of_a_case_that_is_not_there(self, week: dict[str, WorkOrder]) -> None:
        assert verified("--case", "19990101-0001") == (False, "没有案卷 19990101-0001")

    def test_since_a_day_looks_at_cases_with_lines_since(self, week: dict[str, WorkOrder]) -> None:
        with meddling():
            week["other"].entries.update(hash="1" * 64)

        whole, words = verified("--since", "2026-03-03")

        assert whole
        assert "已核对案卷 1 件" in words

    def test_a_copy_kept_elsewhere_must_be_there(
        self, week: dict[str, WorkOrder], tmp_path: Path
    ) -> None:
        whole, words = verified("--seals", str(tmp_path / "none.jsonl"))

        assert (whole, "没有文件" in words) == (False, True)

    def test_takes_one_batch_after_the_other(
        self, week: dict[str, WorkOrder], centre: Actor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        every = queries.cases_to_verify
        monkeypatch.setattr(queries, "cases_to_verify", lambda **asked: every(**asked, limit=1))
        with meddling():
            week["other"].entries.update(hash="1" * 64)

        whole, words = verified()

        assert not whole
        assert "已核对案卷 2 件" in words
        assert week["other"].number in words


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    @pytest.fixture
    def actor(self) -> Actor:
        district: District = load_district()
        return everyone(district)

    def test_what_is_stored_while_a_day_is_sealed_is_in_the_seal(
        self, actor: Actor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        told(actor, "a")
        stored = Event()
        count = actions.seals._count

        def and_then_somebody_writes(day: date) -> tuple[int, int]:
            found: tuple[int, int] = count(day)
            if not stored.is_set():
                in_thread(lambda: told(actor, "b"))
                stored.set()
            return found

        monkeypatch.setattr(actions.seals, "_count", and_then_somebody_writes)

        actions.seal_next_day(at=THURSDAY_NIGHT)

        assert Seal.objects.get().cases == 2
        assert Entry.objects.count() == 2
        actions.write_seals()
        assert wrong() == []

    def test_two_at_once_seal_every_day_once(self, actor: Actor) -> None:
        told(actor, "a")

        with ThreadPoolExecutor(2) as pool:
            runs = [pool.submit(closing, lambda: tasks.seal_at(THURSDAY_NIGHT)) for _ in range(2)]
            done = [run.result() for run in runs]

        assert sum(done) == 3
        assert wrong() == []

    def test_a_case_that_moves_while_it_is_verified_is_not_called_broken(
        self, actor: Actor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        case = told(actor, "a")
        read = queries.history._lines
        moved = Event()

        def after_somebody_moved_it(ids: list[int]) -> object:
            if not moved.is_set():
                moved.set()
                in_thread(lambda: chased(case, actor, "还没好", AT))
            return read(ids)

        monkeypatch.setattr(queries.history, "_lines", after_somebody_moved_it)

        assert queries.broken_cases([case.pk]) == []
        assert case.entries.count() == 2

    def test_a_day_is_not_sealed_over_what_is_being_written(self, actor: Actor) -> None:
        """A line of yesterday that is not committed yet is waited for."""
        told(actor, "a")
        written, go_on = Event(), Event()

        def slowly() -> None:
            with transaction.atomic():
                told(actor, "b")
                written.set()
                go_on.wait(10)

        with ThreadPoolExecutor(2) as pool:
            writing = pool.submit(closing, slowly)
            written.wait(10)
            sealing = pool.submit(closing, lambda: actions.seal_next_day(at=THURSDAY_NIGHT))
            go_on.set()
            writing.result()
            sealing.result()

        assert Seal.objects.get().cases == 2


def closing(act: Callable[[], T]) -> T:
    try:
        return act()
    finally:
        connections.close_all()


def in_thread(act: Callable[[], object]) -> None:
    with ThreadPoolExecutor(1) as pool:
        pool.submit(closing, act).result()
