"""A table of old cases is looked through, and its names are settled."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from chengshao.intake import actions, queries
from chengshao.intake.actions import (
    ImportEnded,
    MappedColumnsMissing,
    NameCodeUnknown,
    NamesUnsettled,
    NothingInTable,
)
from chengshao.intake.models import CaseImport, ImportRefusal
from chengshao.intake.terms import ImportState, NameKind
from chengshao.kernel.actor import Actor, ActorKind
from chengshao.kernel.tables import TableRefused
from chengshao.web.sheets import read_table, write_table
from chengshao.workorders.models import OldCase, WorkOrder
from chengshao.workorders.rules.refusals import PowerMissing
from chengshao.workorders.terms import TaskKind
from tests.district import AT, QINGBOMEN, District
from tests.integration.intake.tables import (
    COLUMNS,
    MAPPING,
    a_closed_unit,
    counted,
    foreseen,
    go_on,
    in_parts_of,
    line,
    prepared,
    refused,
    taken_in,
)


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
        path = table(line(1), line(2, 受理时间="昨天"))
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

        with pytest.raises(MappedColumnsMissing) as error:
            prepared(path, centre)
        missing = [column for column in COLUMNS if column not in ("编号", "标题")]
        assert error.value.params == {"columns": "、".join(f"“{each}”" for each in missing)}

    def test_refuses_a_heading_that_comes_twice(self, centre: Actor, tmp_path: Path) -> None:
        path = tmp_path / "cases.csv"
        path.write_text(",".join((*COLUMNS, "编号")) + "\n", encoding="utf-8")

        with pytest.raises(TableRefused) as error:
            prepared(path, centre)
        assert [(f.column, f.code) for f in error.value.faults] == [("编号", "value_repeated")]

    def test_refuses_a_table_without_rows(self, centre: Actor, table: Callable[..., Path]) -> None:
        with pytest.raises(NothingInTable):
            prepared(table(), centre)

    def test_is_not_for_everybody(self, district: District, table: Callable[..., Path]) -> None:
        with pytest.raises(PowerMissing):
            prepared(table(line(1)), Actor(ActorKind.PERSON))
        assert not CaseImport.objects.exists()


class TestForeseeing:
    def test_names_the_rows_that_will_be_refused_for_what_stands_in_them(
        self, centre: Actor, table: Callable[..., Path]
    ) -> None:
        path = table(
            line(1),
            line(2, 受理时间="昨天", 状态="?"),
            line(3, 办结时间="2025-06-01"),
            line(4, 电话="不详"),
            line(5, 编号=""),
            line(6, 单位="外星人"),
            line(7, 标题="", 内容=""),
        )
        of = prepared(path, centre)

        told = foreseen(of)

        assert told == (
            1,
            [
                (3, "受理时间", "old_case_time_unreadable"),
                (3, "状态", "old_case_word_unknown"),
                (4, "办结时间", "old_case_times_contradict"),
                (5, "电话", "contact_phone_invalid"),
                (6, "编号", "old_case_key_wrong"),
                (7, "单位", "old_case_unit_unknown"),
                (8, "标题", "old_case_words_wrong"),
            ],
        )
        done = go_on(of, path, centre)
        assert (counted(done)[1], refused(done)) == told

    def test_goes_by_what_names_mean_by_now(
        self, centre: Actor, table: Callable[..., Path]
    ) -> None:
        of = prepared(table(*(line(n, 单位=u) for n, u in enumerate(_UNKNOWN_UNITS))), centre)
        at_first = foreseen(of)

        settled = {NameKind.UNIT: {"外星人": "water", "飞碟": "", "供水公司": None}}
        actions.settle_names(import_id=of.pk, chosen=settled, actor=centre, at=AT)

        assert at_first == (1, [(2, "单位", _UNIT_UNKNOWN), (3, "单位", _UNIT_UNKNOWN)])
        assert foreseen(of) == (2, [(4, "单位", _UNIT_UNKNOWN)])

    def test_goes_with_the_table_that_is_dropped(
        self, centre: Actor, table: Callable[..., Path]
    ) -> None:
        of = prepared(table(line(1, 受理时间="昨天")), centre)

        actions.drop_import(import_id=of.pk, actor=centre)

        assert not ImportRefusal.objects.exists()


_UNKNOWN_UNITS = ("外星人", "飞碟", "供水公司")  # the last is guessed
_UNIT_UNKNOWN = "old_case_unit_unknown"


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

    def test_that_somebody_settled_are_not_asked_again_at_the_next_table_of_the_source(
        self, centre: Actor, table: Callable[..., Path]
    ) -> None:
        first = prepared(table(line(1, 单位="供水公司"), line(2, 单位="外星人")), centre)
        chosen = {NameKind.UNIT: {"供水公司": "parks", "外星人": ""}}
        actions.settle_names(import_id=first.pk, chosen=chosen, actor=centre, at=AT)
        path = table(line(3, 单位="供水公司"), line(4, 单位="外星人"), line(5, 单位="供水公司"))

        again = prepared(path, centre)

        names = again.names[NameKind.UNIT]
        assert [(n["code"], n["certain"], n["count"]) for n in names.values()] == [
            ("parks", True, 2),
            ("", True, 1),
        ]
        assert actions.unsettled(again) == 0

    def test_that_somebody_settled_for_one_source_are_asked_for_another(
        self, centre: Actor, table: Callable[..., Path]
    ) -> None:
        path = table(line(1, 单位="供水公司"))
        actions.accept_guesses(import_id=prepared(path, centre).pk, actor=centre, at=AT)

        other = prepared(path, centre, MAPPING.replace("旧热线", "旧信箱"))

        assert actions.unsettled(other) == 1

    def test_that_somebody_took_back_are_asked_again(
        self, centre: Actor, table: Callable[..., Path]
    ) -> None:
        of = prepared(table(line(1, 单位="供水公司")), centre)
        for code in ("parks", None):
            chosen = {NameKind.UNIT: {"供水公司": code}}
            actions.settle_names(import_id=of.pk, chosen=chosen, actor=centre, at=AT)

        again = prepared(table(line(2, 单位="供水公司")), centre)

        assert again.names[NameKind.UNIT]["供水公司"]["code"] == "water"
        assert actions.unsettled(again) == 1

    def test_that_were_certain_go_by_who_is_there_at_the_next_table(
        self, centre: Actor, table: Callable[..., Path]
    ) -> None:
        of = prepared(table(line(1)), centre)

        accepted = actions.accept_guesses(import_id=of.pk, actor=centre, at=AT)

        assert "said" not in accepted.names[NameKind.UNIT]["区城市管理局"]

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
