"""Tables from Excel or CSV: all faults at once, nothing half-imported, again is nothing."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import pytest

from chengshao.kernel.tables import TableRefused
from chengshao.people import actions, queries
from chengshao.people.models import (
    Appointment,
    DutyDeputy,
    DutyPattern,
    RolePower,
    Unit,
    UnitChange,
    UnitRole,
    UnitSuccession,
    User,
)
from chengshao.people.rules.roster import Deputy
from chengshao.people.terms import Power, Role, UnitKind
from chengshao.web.sheets import FileUnreadable, read_table
from tests.integration.people.conftest import AT, LOADER, NOBODY, TODAY, holder, unit

pytestmark = pytest.mark.django_db

Lines = Sequence[dict[str, str]]
LAST_YEAR = date(2025, 6, 1)
GOVERNMENT = {
    "单位代码": "gov",
    "单位名称": "上城区人民政府",
    "类型": "区",
    "层级": "区级",
    "启用日期": "2024-01-01",
}
CENTRE = GOVERNMENT | {
    "单位代码": "centre",
    "单位名称": "联动指挥中心",
    "类型": "联动指挥中心",
    "上级单位代码": "gov",
    "派单台": "是",
}
STREET = GOVERNMENT | {
    "单位代码": "qingbo",
    "单位名称": "清波街道办事处",
    "简称": "清波街道",
    "标识字": "清波",
    "类型": "街道（镇）",
    "层级": "街道级",
    "联动层级": "1",
    "行政区划代码": "330102001000",
    "上级单位代码": "gov",
    "名称出处": "区政府网站",
    "查证日期": "2025-12-01",
}
WATER = GOVERNMENT | {
    "单位代码": "water",
    "单位名称": "演示供水公司",
    "类型": "公共服务企业",
    "服务类别": "供水",
    "示意": "是",
}


def table(lines: Lines) -> bytes:
    """Return the rows as a CSV file with all headings that occur."""
    headings = list(dict.fromkeys(heading for line in lines for heading in line))
    rows = [headings, *([line.get(heading, "") for heading in headings] for line in lines)]
    return "\n".join(",".join(row) for row in rows).encode()


def import_units(*lines: dict[str, str]) -> int:
    return actions.import_units(content=table(lines), actor=LOADER, at=AT)


def import_roster(*lines: dict[str, str]) -> int:
    return actions.import_roster(content=table(lines), actor=LOADER, at=AT)


def import_staff(*lines: dict[str, str]) -> int:
    return actions.import_staff(content=table(lines), actor=LOADER, at=AT)


def faults_of(deed: Callable[[], object]) -> list[tuple[int, str, str]]:
    """Return the faults with which the table is refused."""
    with pytest.raises(TableRefused) as caught:
        deed()
    return [(fault.row, fault.column, fault.code) for fault in caught.value.faults]


def named(on: date = TODAY) -> dict[str, str]:
    """Return the names of all units by code."""
    lines = queries.unit_lines(Unit.objects.values_list("pk", flat=True), on)
    return {line.code: line.name for line in lines.values()}


class TestUnits:
    def test_stand_under_parents_that_come_later_in_the_table(self) -> None:
        import_units(STREET, CENTRE, GOVERNMENT)

        ids = queries.unit_ids_by_code(["gov", "centre", "qingbo"])
        assert queries.superior_id(ids["qingbo"], LAST_YEAR) == ids["gov"]
        assert queries.desk_unit_id() == ids["centre"]
        assert queries.subdistrict_unit_id("330102001051", TODAY) == ids["qingbo"]

    def test_the_same_again_changes_nothing(self) -> None:
        lines = (GOVERNMENT, CENTRE, STREET, WATER)
        assert import_units(*lines) == 4
        written = UnitChange.objects.count()

        assert import_units(*lines) == 0
        assert UnitChange.objects.count() == written

    def test_an_export_is_what_the_import_reads(self) -> None:
        import_units(GOVERNMENT, CENTRE, STREET, WATER)
        taken_away = actions.export_units(TODAY)

        assert actions.import_units(content=taken_away, actor=LOADER, at=AT) == 0
        told = {row["单位代码"]: row for row in read_table(taken_away)}
        assert told["qingbo"]["上级单位代码"] == "gov"
        assert {k: v for k, v in told["qingbo"].items() if v} == STREET
        assert told["water"]["服务类别"] == "供水"

    def test_another_name_is_a_new_name_from_today(self) -> None:
        import_units(GOVERNMENT)

        import_units(GOVERNMENT | {"单位名称": "新区人民政府"})

        assert named(TODAY) == {"gov": "新区人民政府"}
        assert named(LAST_YEAR) == {"gov": "上城区人民政府"}

    def test_another_parent_is_a_move_from_today(self) -> None:
        import_units(GOVERNMENT, CENTRE, STREET)

        import_units(STREET | {"上级单位代码": "centre"})

        ids = queries.unit_ids_by_code(["gov", "centre", "qingbo"])
        assert queries.superior_id(ids["qingbo"], TODAY) == ids["centre"]
        assert queries.superior_id(ids["qingbo"], LAST_YEAR) == ids["gov"]

    def test_a_closing_date_closes_it(self) -> None:
        import_units(GOVERNMENT, STREET)
        closing = STREET | {"停用日期": "2026-03-02"}

        assert (import_units(closing), import_units(closing)) == (1, 0)

        with pytest.raises(queries.UnitNotFound):
            queries.check_units(set(queries.unit_ids_by_code(["qingbo"]).values()), TODAY)

    def test_who_follows_takes_over_what_is_open(self) -> None:
        food, trade = WATER | {"单位代码": "food"}, WATER | {"单位代码": "trade"}
        market = WATER | {"单位代码": "market", "启用日期": "2027-01-01"}
        ends = {"停用日期": "2027-01-01", "承接单位代码": "market"}

        import_units(food | ends, trade | ends, market)

        ids = queries.unit_ids_by_code(["food", "trade", "market"])
        for code in ("food", "trade"):
            assert queries.successors(ids[code], date(2026, 12, 31)) == {ids[code]}
            assert queries.successors(ids[code], date(2027, 1, 1)) == {ids["market"]}
        assert import_units(food | ends, trade | ends, market) == 0
        assert UnitSuccession.objects.filter(takes_over=True).count() == 2

    def test_of_several_that_follow_the_first_finishes_what_is_open(self) -> None:
        first, second = WATER | {"单位代码": "z-first"}, WATER | {"单位代码": "a-second"}
        ends = {"停用日期": "2027-01-01", "承接单位代码": "z-first、a-second"}
        import_units(WATER | ends, first, second)

        taken_away = actions.export_units(TODAY)

        taking = UnitSuccession.objects.get(takes_over=True)
        assert taking.successor.code == "z-first"
        told = {row["单位代码"]: row["承接单位代码"] for row in read_table(taken_away)}
        assert told == {"water": "z-first、a-second", "z-first": "", "a-second": ""}
        assert actions.import_units(content=taken_away, actor=LOADER, at=AT) == 0

    def test_a_table_that_is_silent_on_who_follows_leaves_it(self) -> None:
        ends = {"停用日期": "2027-01-01"}
        import_units(WATER | ends | {"承接单位代码": "market"}, WATER | {"单位代码": "market"})

        assert import_units(WATER | ends) == 0
        assert UnitSuccession.objects.count() == 1

    def test_who_follows_must_be_there_and_the_unit_must_end(self) -> None:
        found = faults_of(
            lambda: import_units(
                WATER | {"停用日期": "2027-01-01", "承接单位代码": "nobody"},
                STREET | {"承接单位代码": "gov"},
                GOVERNMENT | {"停用日期": "2027-01-01", "承接单位代码": "gov"},
                CENTRE
                | {"单位代码": "late", "派单台": "", "停用日期": "2027-01-01"}
                | {"承接单位代码": "broken"},
                WATER | {"单位代码": "broken", "类型": "局"},
            )
        )

        assert found == [
            (2, "承接单位代码", "value_unknown"),
            (3, "承接单位代码", "unit_successor_without_end"),
            (4, "停用日期", "unit_into_itself"),
            (6, "类型", "value_unknown"),
        ]
        assert not Unit.objects.exists()

    def test_all_faults_are_told_with_row_and_column_and_nothing_is_taken(self) -> None:
        found = faults_of(
            lambda: import_units(
                GOVERNMENT,
                GOVERNMENT | {"类型": "局", "启用日期": "去年"},
                STREET | {"上级单位代码": "nowhere", "行政区划代码": "3301"},
                WATER | {"单位名称": "", "类型": "职能部门"},
                CENTRE | {"上级单位代码": "nowhere"},
                STREET | {"单位代码": "twin", "行政区划代码": "330102001000", "联动层级": "9"},
                WATER | {"单位代码": "late", "启用日期": "2024-01-02", "停用日期": "2024-01-01"},
                WATER | {"单位代码": "dept", "类型": "职能部门"},
            )
        )

        assert found == [
            (3, "单位代码", "value_repeated"),
            (3, "类型", "value_unknown"),
            (3, "启用日期", "value_not_a_date"),
            (4, "行政区划代码", "division_code_invalid"),
            (5, "单位名称", "value_missing"),
            (6, "上级单位代码", "value_unknown"),
            (7, "单位代码", "unit_tier_unknown"),
            (8, "停用日期", "value_invalid"),
            (9, "单位代码", "unit_line_of_no_enterprise"),
        ]
        assert not Unit.objects.exists()

    def test_a_child_of_a_faulty_row_is_no_second_fault(self) -> None:
        found = faults_of(lambda: import_units(GOVERNMENT | {"类型": ""}, CENTRE))

        assert found == [(2, "类型", "value_missing")]

    def test_a_missing_column_is_told(self) -> None:
        found = faults_of(lambda: import_units({"单位代码": "x", "单位名称": "x"}))

        assert found == [(1, name, "column_missing") for name in ("类型", "层级", "启用日期")]

    def test_a_beginning_is_not_rewritten(self) -> None:
        import_units(GOVERNMENT)

        found = faults_of(lambda: import_units(GOVERNMENT | {"启用日期": "2020-01-01"}))

        assert found == [(2, "启用日期", "unit_start_differs")]

    def test_takes_the_power(self) -> None:
        with pytest.raises(actions.PeoplePowerMissing):
            actions.import_units(content=table([GOVERNMENT]), actor=NOBODY, at=AT)

    def test_a_file_that_is_no_table_is_refused(self) -> None:
        with pytest.raises(FileUnreadable):
            actions.import_units(content=b"PK\x03\x04 no", actor=LOADER, at=AT)


class TestUnitRoles:
    LINE = {"单位角色": "gas", "行政区划代码": "", "单位代码": "gas", "启用日期": "2024-01-01"}

    def imported(self, *lines: dict[str, str]) -> int:
        return actions.import_unit_roles(content=table(lines), actor=LOADER, at=AT)

    def test_round_trip_and_again(self) -> None:
        unit("gas")
        ended = self.LINE | {"单位角色": "heat", "停用日期": "2030-01-01", "文号": "示意1号"}
        assert self.imported(self.LINE, ended) == 2

        assert self.imported(self.LINE, ended) == 0
        assert actions.import_unit_roles(
            content=actions.export_unit_roles(TODAY), actor=LOADER, at=AT
        ) == 0  # fmt: skip
        assert UnitRole.objects.count() == 2

    def test_a_later_row_takes_over(self) -> None:
        old, new = unit("gas"), unit("other")

        self.imported(self.LINE, self.LINE | {"单位代码": "other", "启用日期": "2026-01-01"})

        assert queries.units_for_roles(["gas"], "", LAST_YEAR) == {"gas": old}
        assert queries.units_for_roles(["gas"], "", TODAY) == {"gas": new}

    def test_one_may_end_with_its_unit(self) -> None:
        actions.close_unit(unit_id=unit("gas"), on=date(2030, 1, 1), actor=LOADER, at=AT)
        ends = self.LINE | {"停用日期": "2030-01-01"}

        assert (self.imported(ends), self.imported(ends)) == (1, 0)

    def test_an_unknown_unit_is_told(self) -> None:
        assert faults_of(lambda: self.imported(self.LINE)) == [(2, "单位代码", "value_unknown")]


class TestRoster:
    NIGHT = {
        "单位代码": "gas",
        "日期类型": "工作日",
        "开始时间": "18:00",
        "结束时间": "8:30",
        "带班领导": "演示甲",
        "值班电话": "0571-00000001",
        "启用日期": "2024-01-01",
    }

    def test_round_trip_and_again(self) -> None:
        unit("gas")
        feast = self.NIGHT | {"日期类型": "指定日期", "日期": "2026-10-01", "开始时间": "00:00"}
        feast["结束时间"] = "24:00"
        assert import_roster(self.NIGHT, feast) == 2

        assert import_roster(self.NIGHT, feast) == 0
        again = actions.import_roster(content=actions.export_roster(TODAY), actor=LOADER, at=AT)
        assert (again, DutyPattern.objects.count()) == (0, 2)

    def test_several_deputies_stand_in_one_cell(self) -> None:
        gas = unit("gas")
        both = self.NIGHT | {"副班": "演示乙、演示丙", "副班电话": "、0571-00000003"}
        assert (import_roster(both), import_roster(both)) == (1, 0)

        (row,) = read_table(actions.export_roster(TODAY))
        assert (row["副班"], row["副班电话"]) == ("演示乙、演示丙", "、0571-00000003")
        shift = queries.shift_of(DutyPattern.objects.get(unit=gas))
        assert shift.deputies == (Deputy("演示乙"), Deputy("演示丙", "0571-00000003"))

    def test_a_deputy_without_a_number_of_his_own_is_not_guessed(self) -> None:
        unit("gas")
        three = self.NIGHT | {"副班": "演示乙、演示丙", "副班电话": "0571-00000003"}

        assert faults_of(lambda: import_roster(three)) == [
            (2, "副班电话", "duty_deputies_differ"),
        ]
        assert not DutyPattern.objects.exists()

    def test_a_named_days_shift_is_replaced_with_its_deputies(self) -> None:
        unit("gas")
        feast = self.NIGHT | {
            "日期类型": "指定日期",
            "日期": "2026-10-01",
            "副班": "演示乙、演示丙",
        }
        import_roster(feast)

        assert import_roster(feast | {"副班": "演示丁"}) == 1

        assert [one.name for one in DutyDeputy.objects.all()] == ["演示丁"]

    def test_faults_are_told(self) -> None:
        unit("gas")
        found = faults_of(
            lambda: import_roster(
                self.NIGHT,
                self.NIGHT | {"开始时间": "25:00"},
                self.NIGHT | {"日期类型": "指定日期"},
                self.NIGHT | {"开始时间": "17:00", "带班领导": "演示乙"},
            )
        )

        assert found == [
            (3, "开始时间", "value_invalid"),
            (4, "开始时间", "duty_date_missing"),
            (5, "开始时间", "duty_shifts_meet"),
        ]
        assert not DutyPattern.objects.exists()


class TestStaff:
    REGISTRAR = {
        "用户名": "registrar",
        "姓名": "演示受理员",
        "办公电话": "0571-00000002",
        "岗位": "受理员",
        "单位代码": "centre",
        "任职日期": "2024-01-01",
    }

    def test_one_person_may_have_several_rows(self) -> None:
        unit("centre", UnitKind.COMMAND_CENTRE)
        lines = (self.REGISTRAR, self.REGISTRAR | {"岗位": "派单员"})

        assert (import_staff(*lines), import_staff(*lines)) == (2, 0)

        roles = Appointment.objects.values_list("role", flat=True)
        assert sorted(roles) == [Role.DISPATCHER, Role.REGISTRAR]
        assert not User.objects.get().has_usable_password()

    def test_an_export_is_what_the_import_reads(self) -> None:
        unit("centre", UnitKind.COMMAND_CENTRE)
        import_staff(self.REGISTRAR, {"用户名": "new", "姓名": "演示新人"})

        taken_away = actions.export_staff(TODAY)

        assert actions.import_staff(content=taken_away, actor=LOADER, at=AT) == 0
        assert [row["用户名"] for row in read_table(taken_away)] == ["new", "registrar"]

    def test_a_leaving_date_ends_the_appointment(self) -> None:
        unit("centre", UnitKind.COMMAND_CENTRE)
        import_staff(self.REGISTRAR)

        import_staff(self.REGISTRAR | {"离任日期": "2026-04-01"})

        assert Appointment.objects.get().valid_until == date(2026, 4, 1)

    def test_faults_are_told_and_nothing_is_taken(self) -> None:
        unit("centre", UnitKind.COMMAND_CENTRE)
        found = faults_of(
            lambda: import_staff(
                self.REGISTRAR,
                self.REGISTRAR | {"岗位": "审计员", "单位代码": ""},
                self.REGISTRAR | {"姓名": "别人", "岗位": "派单员"},
                self.REGISTRAR | {"用户名": "b", "单位代码": ""},
                self.REGISTRAR | {"用户名": "c d", "岗位": ""},
                self.REGISTRAR | {"用户名": "e", "任职日期": ""},
            )
        )

        assert found == [
            (3, "岗位", "appointment_sides_mixed"),
            (4, "姓名", "staff_row_differs"),
            (5, "用户名", "appointment_unit_missing"),
            (6, "用户名", "username_invalid"),
            (7, "任职日期", "value_missing"),
        ]
        assert not User.objects.exists()

    def test_nobody_appoints_himself_by_a_table(self) -> None:
        unit("centre", UnitKind.COMMAND_CENTRE)
        import_staff({"用户名": "registrar", "姓名": "演示受理员"})
        oneself = holder(Power.APPOINT, user_id=User.objects.get().pk)

        found = faults_of(
            lambda: actions.import_staff(
                content=table([self.REGISTRAR | {"办公电话": ""}]), actor=oneself, at=AT
            )
        )

        assert found == [(2, "用户名", "own_account")]


class TestRolePowers:
    def test_an_export_is_what_the_import_reads(self) -> None:
        actions.load_role_powers(rows=actions.default_role_powers(), actor=LOADER, at=AT)
        taken_away = actions.export_role_powers(TODAY)

        assert actions.import_role_powers(content=taken_away, actor=LOADER, at=AT) == 0

    def test_what_the_table_lacks_ends_today(self) -> None:
        actions.load_role_powers(rows=actions.default_role_powers(), actor=LOADER, at=AT)

        actions.import_role_powers(
            content=table([{"岗位": "审计员", "权限": "查阅日志"}]), actor=LOADER, at=AT
        )

        left = RolePower.objects.filter(queries.in_force(TODAY)).values_list("role", "power")
        assert list(left) == [(Role.AUDITOR, Power.READ_LOGS)]

    @pytest.mark.parametrize(("column", "word"), [("岗位", "皇帝"), ("权限", "一切")])
    def test_unknown_words_are_told(self, column: str, word: str) -> None:
        line: dict[str, Any] = {"岗位": "审计员", "权限": "查阅日志"}

        found = faults_of(
            lambda: actions.import_role_powers(
                content=table([line | {column: word}]), actor=LOADER, at=AT
            )
        )

        assert found == [(2, column, "value_unknown")]
