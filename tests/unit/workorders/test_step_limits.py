"""No step of a case takes longer than the whole: over every kind of task and every urgency."""

import csv
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengshao.catalog.rules.nearest import Row, nearest
from chengshao.catalog.terms import Urgency
from chengshao.kernel.clock import (
    ClockUnit,
    Limit,
    OfficeHours,
    WorkCalendar,
    due_at,
    parse_hours,
    parse_limit,
)
from chengshao.workorders.rules.book import BOOK
from chengshao.workorders.rules.clocks import within
from chengshao.workorders.terms import TaskKind

_SEEDS = Path("chengshao/catalog/seeds/task_limits.csv")
_URGENCY = {"": "", "紧急": Urgency.URGENT, "特急": Urgency.EMERGENCY}
_MONTHS_LATER = {TaskKind.LEDGER_REVIEW, TaskKind.SAMPLE}  # no steps of the case any more
KINDS = sorted({row.kind for row in BOOK.kinds} - _MONTHS_LATER)
HOURS = OfficeHours(date(2000, 1, 1), None, parse_hours("08:00-12:00 14:00-18:00"))
NATIONAL_DAY = {date(2026, 10, day): False for day in range(1, 8)}
CALENDAR = WorkCalendar(1, (HOURS,), NATIONAL_DAY, frozenset({2026}))
MOMENTS = st.integers(0, 363 * 1440).map(
    lambda minute: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)
)


def seeded(kind: str, urgency: str) -> Limit:
    """Return the limit that comes with the program: the row for the urgency before any."""
    with _SEEDS.open(encoding="utf-8") as file:
        rows = [
            Row(parse_limit(row["时限"]), row["来源渠道"], _URGENCY[row["紧急程度"]])
            for row in csv.DictReader(file)
            if row["环节"] == kind
        ]
    found = nearest(rows, source="HOTLINE", urgency=urgency)
    assert found is not None, kind
    return found


@pytest.mark.parametrize("urgency", list(Urgency))
@pytest.mark.parametrize("kind", KINDS)
@given(start=MOMENTS)
def test_a_step_ends_no_later_than_the_whole(kind: str, urgency: Urgency, start: datetime) -> None:
    step, whole = seeded(kind, urgency), seeded(TaskKind.LEAD, urgency)

    assert due_at(start, step, CALENDAR) <= due_at(start, whole, CALENDAR)


@pytest.mark.parametrize("urgency", [Urgency.URGENT, Urgency.EMERGENCY])
@pytest.mark.parametrize("kind", KINDS)
def test_what_presses_runs_through_the_night(kind: str, urgency: Urgency) -> None:
    assert seeded(kind, urgency).unit is ClockUnit.URGENT_HOUR


_LIMITS = st.builds(Limit, st.integers(1, 40), st.sampled_from(list(ClockUnit)))


@given(step=_LIMITS, whole=_LIMITS, start=MOMENTS)
def test_whatever_a_matter_sets_its_steps_stay_within(
    step: Limit, whole: Limit, start: datetime
) -> None:
    held = within(step, whole, start=start, calendar=CALENDAR)

    ends = due_at(start, held, CALENDAR)
    assert ends == min(due_at(start, each, CALENDAR) for each in (step, whole))
    assert held in (step, whole)


def test_of_two_that_end_together_the_step_s_own_stands() -> None:
    start = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)  # Monday, 08:00 in the city
    step, whole = Limit(8, ClockUnit.WORKING_HOUR), Limit(1, ClockUnit.WORKING_DAY)

    assert within(step, whole, start=start, calendar=CALENDAR) is step
