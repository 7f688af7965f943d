"""A table of old cases is taken in part by part, each row once."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chengshao.intake import actions, queries
from chengshao.intake.actions import (
    FileChanged,
)
from chengshao.intake.models import CaseImport, ImportRefusal
from chengshao.intake.queries import ImportNotFound
from chengshao.intake.schemas.case_table import read_mapping
from chengshao.intake.terms import ImportState, NameKind
from chengshao.kernel.actor import Actor
from chengshao.web.sheets import read_table, write_table
from chengshao.workorders.models import Deadline, Entry, OldCase, Report, Task, WorkOrder
from chengshao.workorders.queries import broken_cases, case_view
from chengshao.workorders.terms import Channel, ClosingKind, TaskKind
from tests.district import AT, MANHOLE, QINGBOMEN, District
from tests.integration.intake.tables import (
    COLUMNS,
    MAPPING,
    counted,
    csv_of,
    go_on,
    in_parts_of,
    line,
    local,
    prepared,
    refused,
    taken_in,
)
from tests.statements import Counted, count_statements


class TestTakingIn:
    def test_every_row_that_can_be_read_and_names_the_rest(
        self, district: District, centre: Actor, table: Callable[..., Path]
    ) -> None:
        of = taken_in(
            table(
                line(1),
                line(2, 受理时间="昨天", 状态="?"),
                line(3, 办结时间="2025-06-01"),
                line(4, 电话="不详"),
                line(1, 内容="另一件"),
                line(5, 编号=""),
                line(6, 状态="在办"),
            ),
            centre,
        )

        assert (of.state, counted(of)) == (ImportState.DONE, (7, 1, 0, 6))
        assert refused(of) == [
            (3, "受理时间", "old_case_time_unreadable"),
            (3, "状态", "old_case_word_unknown"),
            (4, "办结时间", "old_case_times_contradict"),
            (5, "电话", "contact_phone_invalid"),
            (6, "编号", "old_case_changed"),
            (7, "编号", "old_case_key_wrong"),
            (8, "办结时间", "old_case_open_but_ended"),
        ]
        case = WorkOrder.objects.get()
        assert (case.channel, case.closing_kind) == (Channel.HOTLINE, ClosingKind.SOLVED)
        assert (case.territory, case.closed_unit_id) == (QINGBOMEN, district.roads)
        assert case.opened_at == datetime(2025, 6, 3, 2, 0, tzinfo=UTC)
        assert case.old_case.in_time is True
        assert case.old_case.batch == of.pk
        assert case.reports.get().words == "第1件\n井盖丢了"

    def test_what_is_called_otherwise_here_is_kept_as_it_was_written(
        self, district: District, centre: Actor, table: Callable[..., Path]
    ) -> None:
        path = table(line(1), line(2, 事项="路面塌方", 单位="城管"))
        of = prepared(path, centre)
        chosen = {NameKind.MATTER: {"路面塌方": ""}, NameKind.UNIT: {"城管": "roads"}}
        actions.settle_names(import_id=of.pk, chosen=chosen, actor=centre, at=AT)
        go_on(of, path, centre)

        numbers = WorkOrder.objects.order_by("number").values_list("number", flat=True)
        views = [case_view(number=number, actor=centre) for number in numbers]
        assert [
            (v.case.matter, v.old.matter_written, v.old.unit_written) for v in views if v.old
        ] == [
            (MANHOLE, "", ""),
            ("", "路面塌方", "城管"),
        ]
        assert broken_cases(list(WorkOrder.objects.values_list("pk", flat=True))) == []

    @pytest.mark.parametrize(
        ("opened", "ended", "taken_as"),
        [
            ("2025-06-03 10:00", "2025-06-03", "2025-06-03 23:59:59"),
            ("2025-06-03", "2025-06-03", "2025-06-03 23:59:59"),
            (f"{local(AT):%Y-%m-%d} 08:00", f"{local(AT):%Y-%m-%d}", f"{local(AT):%Y-%m-%d %X}"),
        ],
    )
    def test_what_ended_some_time_of_a_day_ended_by_its_end(
        self, centre: Actor, table: Callable[..., Path], opened: str, ended: str, taken_as: str
    ) -> None:
        taken_in(table(line(1, 受理时间=opened, 办结时间=ended)), centre)

        ended_at = WorkOrder.objects.get().ended_at
        assert ended_at is not None
        assert f"{local(ended_at):%Y-%m-%d %X}" == taken_as

    @pytest.mark.parametrize(
        ("column", "told", "code"),
        [
            ("办结时间", "2025-06-02", "old_case_times_contradict"),
            ("期限", "2025-06-02", "old_case_times_contradict"),
            ("办结时间", "2026-03-03", "old_case_of_the_future"),
            ("受理时间", "2026-03-03", "old_case_of_the_future"),
            ("期限", "2036-06-09", "old_case_due_too_far"),
        ],
    )
    def test_a_time_that_cannot_be_is_refused_by_its_own_column(
        self, centre: Actor, table: Callable[..., Path], column: str, told: str, code: str
    ) -> None:
        of = taken_in(table(line(1, **{column: told})), centre)

        assert refused(of) == [(2, column, code)]

    def test_its_refused_rows_go_out_as_a_table(
        self, centre: Actor, table: Callable[..., Path]
    ) -> None:
        of = taken_in(table(line(1, 受理时间="昨天"), line(2)), centre)

        (row,) = read_table(queries.refusals_table(of))
        assert dict(row) == {"行号": "2", "列": "受理时间", "原因": "“昨天”读不成时间"}

    def test_the_same_file_again_changes_nothing(
        self, centre: Actor, table: Callable[..., Path]
    ) -> None:
        path = table(line(1), line(2))
        first = taken_in(path, centre)

        again = taken_in(path, centre)

        assert (counted(first), counted(again)) == ((2, 2, 0, 0), (2, 0, 2, 0))
        assert WorkOrder.objects.count() == Report.objects.count() == 2

    def test_a_row_that_changed_is_refused_and_the_others_are_known(
        self, centre: Actor, table: Callable[..., Path]
    ) -> None:
        taken_in(table(line(1), line(2), line(3)), centre)
        entries = list(Entry.objects.order_by("pk").values_list("hash", flat=True))

        again = taken_in(table(line(1), line(2, 内容="另一件"), line(3)), centre)

        assert counted(again) == (3, 0, 2, 1)
        assert refused(again) == [(3, "编号", "old_case_changed")]
        assert list(Entry.objects.order_by("pk").values_list("hash", flat=True)) == entries

    def test_a_changed_file_is_not_the_one_that_was_looked_through(
        self, centre: Actor, table: Callable[..., Path]
    ) -> None:
        path = table(line(1))
        of = prepared(path, centre)
        table(line(1), line(2))

        with pytest.raises(FileChanged):
            go_on(of, path, centre)
        assert not WorkOrder.objects.exists()

    def test_an_open_one_keeps_what_is_left_of_its_time(
        self, district: District, centre: Actor, table: Callable[..., Path]
    ) -> None:
        opened = line(1, 状态="在办", 受理时间="2026-02-27 10:00", 办结时间="")
        taken_in(table(opened | {"期限": "2026-03-06 18:00"}, opened | {"编号": "A-2"}), centre)

        set_there, by_us = Task.objects.order_by("pk")
        assert {set_there.kind, by_us.kind} == {TaskKind.LEAD}
        due = [Deadline.objects.get(task=task).due_at for task in (set_there, by_us)]
        assert due == [
            datetime(2026, 3, 6, 10, 0, tzinfo=UTC),
            datetime(2026, 3, 4, 1, 0, tzinfo=UTC),  # two working days from the import
        ]

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
    def test_from_csv_in_either_encoding(
        self, centre: Actor, tmp_path: Path, encoding: str
    ) -> None:
        path = tmp_path / "handed-in"
        path.write_text(csv_of(line(1), line(2)), encoding=encoding)

        assert counted(taken_in(path, centre)) == (2, 2, 0, 0)

    def test_from_excel(self, centre: Actor, tmp_path: Path) -> None:
        path = tmp_path / "handed-in"
        lines = ([each.get(column, "") for column in COLUMNS] for each in (line(1), line(2)))
        path.write_bytes(write_table(COLUMNS, lines))

        assert counted(taken_in(path, centre)) == (2, 2, 0, 0)

    def test_leaves_a_history_that_holds(self, centre: Actor, table: Callable[..., Path]) -> None:
        taken_in(
            table(
                line(1),
                line(2, 状态="在办", 办结时间="", 受理时间="2026-02-27 10:00"),
                line(3, 事项="", 单位="", 街道="", 社区="", 地点=""),
            ),
            centre,
        )

        cases = list(WorkOrder.objects.values_list("pk", flat=True))
        assert len(cases) == 3
        assert broken_cases(cases) == []

    def test_of_an_import_that_is_not_there(self, centre: Actor, tmp_path: Path) -> None:
        with pytest.raises(ImportNotFound):
            go_on(CaseImport(pk=7), tmp_path, centre)


def test_a_part_costs_the_same_whether_its_rows_are_few_or_many(
    centre: Actor, table: Callable[..., Path]
) -> None:
    def cost(first: int, rows: int) -> Counted:
        path = table(*(line(first + n, 电话="0571-87000000") for n in range(rows)))
        of = prepared(path, centre)
        with count_statements() as counted:
            go_on(of, path, centre)
        return counted

    cost(0, 1)
    few, many = cost(1000, 3), cost(2000, 400)

    assert many.number == few.number <= 35, many.statements


def test_points_are_asked_of_the_map_once_a_part(centre: Actor, table: Callable[..., Path]) -> None:
    mapping = MAPPING.replace("subdistrict: 街道", "point: {lng: 街道, lat: 社区}")
    mapping = mapping.replace("community: 社区\n", "")
    located = read_mapping(mapping)

    def cost(first: int, rows: int) -> int:
        points = {"街道": "120.1505", "社区": "30.2405"}
        path = table(*(line(first + n, **points) for n in range(rows)))
        of = prepared(path, centre, mapping)
        with count_statements() as counted:
            done = actions.go_on(
                import_id=of.pk, path=path, table=located, actor=centre, now=lambda: AT
            )
        assert done.taken == rows
        return counted.number

    cost(0, 1)
    assert cost(1000, 3) == cost(2000, 60)


class TestBrokenOff:
    ROWS = 7

    def begun(self, table: Callable[..., Path], actor: Actor) -> tuple[CaseImport, Path]:
        path = table(*(line(n, 受理时间="?" if n == 4 else "2025-06-03") for n in range(self.ROWS)))
        return prepared(path, actor), path

    def test_between_parts_it_goes_on_where_it_stopped(
        self, centre: Actor, table: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        in_parts_of(3, monkeypatch)
        of, path = self.begun(table, centre)

        assert counted(go_on(of, path, centre, most=1)) == (3, 3, 0, 0)
        of = go_on(of, path, centre)

        assert (of.state, counted(of)) == (ImportState.DONE, (7, 6, 0, 1))
        assert ImportRefusal.objects.count() == 1
        assert numbers() == [f"A-{n}" for n in range(self.ROWS) if n != 4]

    def test_in_the_middle_of_a_part_nothing_of_it_stays(
        self, centre: Actor, table: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        in_parts_of(3, monkeypatch)
        of, path = self.begun(table, centre)
        breaks_in_part(2, monkeypatch)

        with pytest.raises(PowerCut):
            go_on(of, path, centre)
        of.refresh_from_db()
        assert (of.state, counted(of)) == (ImportState.RUNNING, (3, 3, 0, 0))
        assert numbers() == ["A-0", "A-1", "A-2"]
        assert not ImportRefusal.objects.exists()

        assert counted(go_on(of, path, centre)) == (7, 6, 0, 1)
        assert len(set(numbers())) == WorkOrder.objects.count() == 6

    def test_who_comes_late_to_a_part_takes_nothing_in_twice(
        self, centre: Actor, table: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        in_parts_of(3, monkeypatch)
        of, path = self.begun(table, centre)

        def another_is_faster(_of: CaseImport) -> None:
            if OldCase.objects.count() == 3:
                go_on(of, path, centre)

        done = go_on(of, path, centre, tell=another_is_faster)

        assert counted(done) == (7, 6, 0, 1)
        assert WorkOrder.objects.count() == 6


class PowerCut(Exception):
    pass


def breaks_in_part(part: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the last write of this part fail, once."""
    kept = ImportRefusal.objects.bulk_create
    parts = iter(range(1, part + 1))

    def break_off(refusals: Iterable[ImportRefusal]) -> list[ImportRefusal]:
        written = kept(refusals)
        if next(parts, None) == part:
            raise PowerCut
        return written

    monkeypatch.setattr(ImportRefusal.objects, "bulk_create", break_off)


def numbers() -> list[str]:
    return list(OldCase.objects.order_by("pk").values_list("key", flat=True))
