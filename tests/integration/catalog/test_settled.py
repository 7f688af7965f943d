"""What a district has settled, as it holds on a day: limits of tasks, parameters, tracks."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from chengshao.catalog import actions, queries
from chengshao.catalog.models import Parameter, TrackRule
from chengshao.catalog.terms import ParameterName, TableKind, Track
from chengshao.kernel.clock import ClockUnit, Limit
from chengshao.kernel.tables import TableRefused
from tests.integration.catalog.conftest import (
    AT,
    KEEPER,
    TODAY,
    matter,
    parameter,
    take,
    task_limit,
    track_rule,
)
from tests.statements import count_statements

pytestmark = pytest.mark.django_db


def days(amount: int) -> Limit:
    return Limit(amount, ClockUnit.WORKING_DAY)


class TestLimitsOfTasks:
    def test_the_urgency_counts_before_the_source(self) -> None:
        take(
            TableKind.TASK_LIMITS,
            task_limit("DISPATCH", "4天"),
            task_limit("DISPATCH", "3天", source="HOTLINE"),
            task_limit("DISPATCH", "2天", urgency="紧急"),
            task_limit("DISPATCH", "1天", source="HOTLINE", urgency="紧急"),
        )

        def limit(source: str, urgency: str) -> Limit:
            return queries.limit_of_task("DISPATCH", source, urgency, TODAY)

        assert limit("PORTAL", "ORDINARY") == days(4)
        assert limit("HOTLINE", "ORDINARY") == days(3)
        assert limit("PORTAL", "URGENT") == days(2)
        assert limit("HOTLINE", "URGENT") == days(1)

    def test_several_kinds_are_asked_at_once(self) -> None:
        take(
            TableKind.TASK_LIMITS,
            task_limit("LEAD", "5天"),
            task_limit("LEAD", "2天", source="HOTLINE"),
            task_limit("CHECK", "1天"),
            task_limit("RATE", "7天"),
        )

        with count_statements() as seen:
            found = queries.limits_of_tasks({"LEAD", "CHECK"}, "HOTLINE", "URGENT", TODAY)

        assert found == {"LEAD": days(2), "CHECK": days(1)}
        assert seen.number == 1, seen.statements

    def test_no_kind_asks_nothing(self) -> None:
        with count_statements() as seen:
            assert queries.limits_of_tasks(set(), "HOTLINE", "URGENT", TODAY) == {}

        assert seen.number == 0, seen.statements

    def test_the_first_kind_without_a_row_is_named(self) -> None:
        take(TableKind.TASK_LIMITS, task_limit("CHECK", "1天"),
             task_limit("LEAD", "1天", source="PATROL"))  # fmt: skip

        with pytest.raises(queries.TaskLimitMissing) as missing:
            queries.limits_of_tasks({"TELL", "CHECK", "LEAD"}, "HOTLINE", "URGENT", TODAY)

        assert missing.value.params == {"task_kind": "LEAD"}


class TestParameters:
    def test_all_are_read_by_one_statement(self) -> None:
        take(TableKind.PARAMETERS, parameter("REMIND_PERCENT", "80"),
             parameter("REMIND_PERCENT", "50", "SENSOR"),
             parameter("REOPEN_WITHIN", "15自然日"))  # fmt: skip

        with count_statements() as seen:
            settled = queries.parameters(TODAY)
            assert settled.number(ParameterName.REMIND_PERCENT, "HOTLINE") == 80
            assert settled.number(ParameterName.REMIND_PERCENT, "SENSOR") == 50
            reopen = settled.limit(ParameterName.REOPEN_WITHIN, "HOTLINE")

        assert reopen == Limit(15, ClockUnit.NATURAL_DAY)
        assert seen.number == 1, seen.statements

    def test_what_held_last_year_can_be_told_again(self) -> None:
        take(TableKind.PARAMETERS, parameter("VERIFY_FIRST", "否"))
        take(TableKind.PARAMETERS, parameter("VERIFY_FIRST", "是", 生效日期="2026-01-01"))

        def verified(on: date) -> int:
            return queries.parameters(on).number(ParameterName.VERIFY_FIRST, "SENSOR")

        assert (verified(date(2025, 12, 31)), verified(date(2026, 1, 1))) == (0, 1)

    def test_what_is_not_settled_is_refused(self) -> None:
        with pytest.raises(queries.ParameterMissing):
            queries.parameters(TODAY).number(ParameterName.SAMPLE_PERCENT)

    def test_a_value_that_does_not_fit_is_named_and_nothing_is_taken_in(self) -> None:
        with pytest.raises(TableRefused) as refused:
            take(TableKind.PARAMETERS, parameter("SAMPLE_PERCENT", "5"),
                 parameter("REMIND_PERCENT", "120"), parameter("REOPEN_WITHIN", "15"))  # fmt: skip

        found = [(fault.row, fault.column, fault.code) for fault in refused.value.faults]
        assert found == [(3, "取值", "parameter_out_of_range"), (4, "取值", "limit_unreadable")]
        assert not Parameter.objects.exists()

    def test_the_database_keeps_one_row_in_force(self) -> None:
        take(TableKind.PARAMETERS, parameter("SAMPLE_PERCENT", "5"))
        row = Parameter.objects.get()
        row.pk, row.valid_from = None, TODAY

        with pytest.raises(IntegrityError, match="parameter_once"), transaction.atomic():
            row.save()


class TestTracks:
    @pytest.fixture(autouse=True)
    def cover(self) -> None:
        take(TableKind.MATTERS, matter(), matter(序号=2), matter("C0102", "路灯", 办理方式="简易"))

    def track(self, code: str, source: str = "HOTLINE", urgency: str = "ORDINARY") -> Track:
        row = queries.matter_in_force(code, TODAY)
        with count_statements() as seen:
            found = queries.track_of(row, source, urgency, TODAY)
        assert seen.number == 1, seen.statements
        return found

    def test_without_a_rule_the_matter_says_it(self) -> None:
        assert self.track("C0101") is Track.ORDINARY
        assert self.track("C0102") is Track.SIMPLE

    def test_the_nearest_rule_says_it(self) -> None:
        take(
            TableKind.TRACK_RULES,
            track_rule("一般", source="HOTLINE"),
            track_rule("复杂", matter="C01", urgency="紧急"),
            track_rule("即办", matter="C01", source="PATROL"),
            track_rule("简易", matter="C0101", source="PATROL"),
            track_rule("直接答复", matter="C0101-2"),
        )

        assert self.track("C0102") is Track.ORDINARY
        assert self.track("C0102", "PATROL") is Track.ON_THE_SPOT
        assert self.track("C0102", "PATROL", "URGENT") is Track.COMPLEX
        assert self.track("C0101", "PATROL", "URGENT") is Track.SIMPLE
        assert self.track("C0101-2", "PATROL", "URGENT") is Track.DIRECT_ANSWER

    def test_an_emergency_is_never_simple(self) -> None:
        take(TableKind.TRACK_RULES, track_rule("简易", matter="C0101"))

        assert self.track("C0101", urgency="EMERGENCY") is Track.ORDINARY
        assert self.track("C0102", urgency="EMERGENCY") is Track.ORDINARY

    def test_a_rule_holds_from_its_day_to_its_day(self) -> None:
        until_today = {"失效日期": TODAY.isoformat()}
        take(TableKind.TRACK_RULES, track_rule("简易", matter="C0101", **until_today))

        assert self.track("C0101") is Track.ORDINARY

    def test_codes_that_nobody_knows_and_simple_emergencies_are_faults(self) -> None:
        with pytest.raises(TableRefused) as refused:
            take(
                TableKind.TRACK_RULES,
                track_rule("简易", matter="C0101"),
                track_rule("简易", matter="C0199"),
                track_rule("飞快"),
                track_rule("简易", urgency="特急"),
            )

        found = {(fault.row, fault.column, fault.code) for fault in refused.value.faults}
        assert found == {
            (3, "事项编码", "value_unknown"),
            (4, "办理方式", "value_unknown"),
            (5, "办理方式", "emergency_not_simple"),
        }
        assert not TrackRule.objects.exists()

    def test_the_database_makes_no_emergency_simple(self) -> None:
        take(TableKind.TRACK_RULES, track_rule("简易"))
        row = TrackRule.objects.get()
        row.urgency = "EMERGENCY"

        with pytest.raises(IntegrityError, match="emergency_not_simple"), transaction.atomic():
            row.save()

    def test_a_matter_shows_the_rules_that_no_nearer_one_replaces(self) -> None:
        take(
            TableKind.TRACK_RULES,
            track_rule("简易", source="HOTLINE"),
            track_rule("复杂", matter="C01", urgency="紧急"),
            track_rule("一般", matter="C0101", urgency="紧急"),
            track_rule("即办", matter="E", source="PATROL"),
        )

        def shown(code: str) -> list[tuple[str, str, str]]:
            rules = queries.track_rules_of(code, TODAY)
            return [(rule.source, rule.urgency, rule.track) for rule in rules]

        assert shown("C0101") == [("", "URGENT", "ORDINARY"), ("HOTLINE", "", "SIMPLE")]
        assert shown("C0102") == [("", "URGENT", "COMPLEX"), ("HOTLINE", "", "SIMPLE")]


@pytest.mark.parametrize(
    ("kind", "rows"),
    [
        (
            TableKind.PARAMETERS,
            [
                parameter("REMIND_PERCENT", "80"),
                parameter("VERIFY_FIRST", "是", "SENSOR"),
                parameter("VERIFY_FIRST", "0", 失效日期="2027-01-01"),
                parameter("REOPEN_WITHIN", "15自然日", "12345热线"),
                parameter("SAMPLE_PERCENT", "0"),
            ],
        ),
        (
            TableKind.TRACK_RULES,
            [
                track_rule("即办", matter="C0101", source="PATROL", urgency="一般"),
                track_rule("复杂", urgency="特急", 失效日期="2027-01-01"),
                track_rule("简易", matter="C"),
            ],
        ),
    ],
)
def test_what_is_taken_away_is_what_was_taken_in(
    kind: TableKind, rows: list[dict[str, str | int]]
) -> None:
    take(TableKind.MATTERS, matter())
    done = take(kind, *rows)
    taken_away = queries.export_table(kind)

    again = actions.import_table(kind=kind, content=taken_away, actor=KEEPER, at=AT)

    assert (done.added, again.rows, again.added, again.ended) == (len(rows), len(rows), 0, 0)
