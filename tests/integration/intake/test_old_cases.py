"""A table of old cases: looked through, its names settled, taken in part by part, once."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from chengshao.intake import actions, queries
from chengshao.intake.actions import (
    FileChanged,
    ImportEnded,
    NameCodeUnknown,
    NamesUnsettled,
    NothingInTable,
)
from chengshao.intake.models import CaseImport, ImportRefusal
from chengshao.intake.queries import ImportNotFound
from chengshao.intake.schemas.case_table import read_mapping
from chengshao.intake.terms import ImportState, NameKind
from chengshao.kernel.actor import Actor, ActorKind
from chengshao.kernel.tables import TableRefused
from chengshao.people import actions as people
from chengshao.people import queries as units
from chengshao.web.sheets import read_table, write_table
from chengshao.workorders.models import Deadline, Entry, OldCase, Report, Task, WorkOrder
from chengshao.workorders.queries import broken_cases
from chengshao.workorders.rules.refusals import PowerMissing
from chengshao.workorders.terms import Channel, ClosingKind, TaskKind
from tests.district import AT, LOADER, QINGBOMEN, District
from tests.statements import Counted, count_statements

MAPPING = """
source: 旧热线
key: 编号
words: [标题, 内容]
channel: {column: 来源, means: {电话: HOTLINE}, otherwise: PORTAL}
opened_at: 受理时间
ended_at: 办结时间
due_at: 期限
place: 地点
subdistrict: 街道
community: 社区
matter: 事项
unit: 单位
closed_as: {column: 状态, means: {已办: SOLVED, 在办: OPEN}}
in_time: 按时
contact_name: 姓名
contact_phone: 电话
"""
TABLE = read_mapping(MAPPING)
COLUMNS = tuple(dict.fromkeys(TABLE.columns()))
_ROW = {
    "内容": "井盖丢了",
    "来源": "电话",
    "受理时间": "2025-06-03 10:00:00",
    "办结时间": "2025-06-05 09:30:00",
    "地点": "和平路口",
    "街道": "清波街道",
    "社区": "清波门社区",
    "事项": "上水井盖",
    "单位": "区城市管理局",
    "状态": "已办",
    "按时": "是",
}


def line(number: int, **cells: str) -> dict[str, str]:
    return {"编号": f"A-{number}", "标题": f"第{number}件"} | _ROW | cells


def csv_of(*lines: dict[str, str]) -> str:
    rows = [COLUMNS, *([each.get(column, "") for column in COLUMNS] for each in lines)]
    return "".join(",".join(row) + "\n" for row in rows)


@pytest.fixture
def table(tmp_path: Path) -> Callable[..., Path]:
    """Write a table of these rows and return where it lies."""

    def written(*lines: dict[str, str], name: str = "cases.csv") -> Path:
        path = tmp_path / name
        path.write_text(csv_of(*lines), encoding="utf-8")
        return path

    return written


def prepared(path: Path, actor: Actor, mapping: str = MAPPING) -> CaseImport:
    return actions.prepare_import(
        path=path,
        name=path.name,
        table=read_mapping(mapping),
        mapping=mapping,
        actor=actor,
        at=AT,
    )


def go_on(of: CaseImport, path: Path, actor: Actor, **how: object) -> CaseImport:
    return actions.go_on(
        import_id=of.pk,
        path=path,
        table=TABLE,
        actor=actor,
        now=lambda: AT,
        **how,  # type: ignore[arg-type]
    )


def taken_in(path: Path, actor: Actor) -> CaseImport:
    of = prepared(path, actor)
    actions.accept_guesses(import_id=of.pk, actor=actor, at=AT)
    return go_on(of, path, actor)


def local(moment: datetime) -> datetime:
    return moment.astimezone(ZoneInfo("Asia/Shanghai"))


def a_closed_unit(name: str, *, until: date) -> int:
    """Add a unit that was there until that day."""
    table = f"""单位代码,单位名称,类型,层级,上级单位代码,启用日期
closed,{name},职能部门,区级,office,2020-01-01
"""
    people.import_units(content=table.encode(), actor=LOADER, at=AT)
    unit_id = units.unit_ids_by_code(["closed"])["closed"]
    people.close_unit(unit_id=unit_id, on=until, actor=LOADER, at=AT)
    return unit_id


def refused(of: CaseImport) -> list[tuple[int, str, str]]:
    return [(r.row, r.column, r.code) for r in queries.refusals(of.pk)]


def counted(of: CaseImport) -> tuple[int, int, int, int]:
    return of.position, of.taken, of.known, of.refused


class TestLookingThrough:
    def test_counts_rows_and_names_and_takes_nothing_in(
        self, centre: Actor, table: Callable[..., Path]
    ) -> None:
        of = prepared(table(line(1), line(2, 单位="供水公司"), line(3, 单位="外星人")), centre)

        assert (of.state, of.rows, of.source) == (ImportState.PREPARED, 3, "旧热线")
        assert of.names[NameKind.UNIT] == {
            "区城市管理局": {
                "code": "roads",
                "name": "区城市管理局",
                "certain": True,
                "count": 1,
            },
            "供水公司": {"code": "water", "name": "区供水公司", "certain": False, "count": 1},
            "外星人": {"code": "", "name": "", "certain": False, "count": 1},
        }
        assert of.names[NameKind.DIVISION]["清波街道 / 清波门社区"]["code"] == QINGBOMEN
        assert not WorkOrder.objects.exists()

    def test_of_the_same_file_goes_on_with_what_was_begun(
        self, centre: Actor, table: Callable[..., Path]
    ) -> None:
        path = table(line(1))

        assert prepared(path, centre) == prepared(path, centre)

    def test_by_another_mapping_begins_anew_while_nothing_is_taken_in(
        self, centre: Actor, table: Callable[..., Path]
    ) -> None:
        path = table(line(1))
        first = prepared(path, centre)

        again = prepared(path, centre, MAPPING + "complained_about: {constant: 窗口}\n")

        assert again.pk != first.pk
        assert CaseImport.objects.count() == 1

    def test_by_another_mapping_is_refused_once_a_part_is_in(
        self, centre: Actor, table: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        in_parts_of(2, monkeypatch)
        path = table(*(line(n) for n in range(5)))
        go_on(prepared(path, centre), path, centre, most=1)

        with pytest.raises(ImportEnded):
            prepared(path, centre, MAPPING + "complained_about: {constant: 窗口}\n")
        assert OldCase.objects.count() == 2

    def test_names_the_columns_that_it_lacks(self, centre: Actor, tmp_path: Path) -> None:
        path = tmp_path / "cases.csv"
        path.write_text("编号,标题\nA-1,井盖\n", encoding="utf-8")

        with pytest.raises(TableRefused) as error:
            prepared(path, centre)
        assert {fault.column for fault in error.value.faults} == {*COLUMNS} - {"编号", "标题"}

    def test_refuses_a_table_without_rows(self, centre: Actor, table: Callable[..., Path]) -> None:
        with pytest.raises(NothingInTable):
            prepared(table(), centre)

    def test_is_not_for_everybody(self, district: District, table: Callable[..., Path]) -> None:
        with pytest.raises(PowerMissing):
            prepared(table(line(1)), Actor(ActorKind.PERSON))
        assert not CaseImport.objects.exists()


class TestNames:
    def test_that_were_guessed_are_looked_at_first(
        self, centre: Actor, table: Callable[..., Path]
    ) -> None:
        path = table(line(1, 单位="供水公司"))
        of = prepared(path, centre)

        with pytest.raises(NamesUnsettled) as error:
            go_on(of, path, centre)
        assert error.value.params == {"count": 1}
        assert not WorkOrder.objects.exists()

    def test_mean_what_somebody_says(
        self, district: District, centre: Actor, table: Callable[..., Path]
    ) -> None:
        path = table(line(1, 单位="供水公司"), line(2, 单位="外星人"))
        of = prepared(path, centre)
        chosen = {NameKind.UNIT: {"供水公司": "parks", "外星人": ""}}
        actions.settle_names(import_id=of.pk, chosen=chosen, actor=centre, at=AT)

        assert counted(go_on(of, path, centre)) == (2, 2, 0, 0)
        units = WorkOrder.objects.order_by("pk").values_list("closed_unit_id", flat=True)
        assert list(units) == [district.parks, None]

    def test_mean_the_unit_that_was_there_when_their_cases_were_opened(
        self, district: District, centre: Actor, table: Callable[..., Path]
    ) -> None:
        closed = a_closed_unit("区环卫所", until=date(2025, 7, 1))
        before, open_still = (
            line(1, 单位="区环卫所"),
            line(2, 单位="区环卫所", 状态="在办", 办结时间=""),
        )
        of = taken_in(table(before, open_still), centre)

        assert of.names[NameKind.UNIT]["区环卫所"]["certain"]
        first, going_on = WorkOrder.objects.order_by("pk")
        assert first.closed_unit_id == closed
        task = going_on.tasks.get()
        assert (task.kind, task.unit_id) == (TaskKind.DISPATCH, district.centre)

    def test_that_mean_nobody_are_refused_with_their_rows(
        self, centre: Actor, table: Callable[..., Path]
    ) -> None:
        of = taken_in(table(line(1, 单位="外星人", 事项="飞碟", 社区="月球"), line(2)), centre)

        assert counted(of) == (2, 1, 0, 1)
        assert refused(of) == [
            (2, "单位", "old_case_unit_unknown"),
            (2, "事项", "old_case_matter_unknown"),
        ]

    def test_mean_nothing_that_is_not_there(
        self, centre: Actor, table: Callable[..., Path]
    ) -> None:
        of = prepared(table(line(1)), centre)

        for kind in NameKind:
            with pytest.raises(NameCodeUnknown):
                actions.settle_names(
                    import_id=of.pk, chosen={kind: {"x": "nowhere"}}, actor=centre, at=AT
                )

    def test_stay_once_it_has_begun(self, centre: Actor, table: Callable[..., Path]) -> None:
        of = taken_in(table(line(1)), centre)

        with pytest.raises(ImportEnded):
            actions.settle_names(import_id=of.pk, chosen={}, actor=centre, at=AT)

    def test_go_out_and_come_in_as_a_table(self, centre: Actor, table: Callable[..., Path]) -> None:
        of = prepared(table(line(1, 单位="供水公司"), line(2, 单位="外星人")), centre)
        rows = read_table(queries.names_table(of))
        told = [dict(row) | {"是否确认": "是"} for row in rows]
        handed_in = write_table(tuple(told[0]), [tuple(row.values()) for row in told])

        actions.settle_names(
            import_id=of.pk, chosen=queries.read_names(handed_in), actor=centre, at=AT
        )

        of.refresh_from_db()
        assert actions.unsettled(of) == 0
        assert of.names[NameKind.UNIT]["供水公司"]["code"] == "water"
        assert of.names[NameKind.UNIT]["外星人"]["certain"]


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
            ),
            centre,
        )

        assert (of.state, counted(of)) == (ImportState.DONE, (6, 1, 0, 5))
        assert refused(of) == [
            (3, "受理时间", "old_case_time_unreadable"),
            (3, "状态", "old_case_word_unknown"),
            (4, "受理时间", "old_case_times_wrong"),
            (5, "电话", "contact_phone_invalid"),
            (6, "编号", "old_case_changed"),
            (7, "编号", "old_case_key_wrong"),
        ]
        case = WorkOrder.objects.get()
        assert (case.channel, case.closing_kind) == (Channel.HOTLINE, ClosingKind.SOLVED)
        assert (case.territory, case.closed_unit_id) == (QINGBOMEN, district.roads)
        assert case.opened_at == datetime(2025, 6, 3, 2, 0, tzinfo=UTC)
        assert case.old_case.in_time is True
        assert case.old_case.batch == of.pk
        assert case.reports.get().words == "第1件\n井盖丢了"

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

    @pytest.mark.parametrize("ended", ["2025-06-02", "2026-03-03"])
    def test_a_day_before_it_was_opened_or_ahead_is_refused(
        self, centre: Actor, table: Callable[..., Path], ended: str
    ) -> None:
        of = taken_in(table(line(1, 办结时间=ended)), centre)

        assert refused(of) == [(2, "受理时间", "old_case_times_wrong")]

    def test_its_refused_rows_go_out_as_a_table(
        self, centre: Actor, table: Callable[..., Path]
    ) -> None:
        of = taken_in(table(line(1, 受理时间="昨天"), line(2)), centre)

        (row,) = read_table(queries.refusals_table(of.pk))
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
            datetime(2026, 3, 2, 2, 0, tzinfo=UTC),  # two working days: that Saturday was one
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


def in_parts_of(rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chengshao.intake.actions.taking_in.AT_ONCE", rows)


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
