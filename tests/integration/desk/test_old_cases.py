"""A case of years ago: the names of then, what the clocks said to whom, why it stays closed."""

import re
from datetime import date, timedelta

import pytest
from django.test import Client

from chengshao.kernel.actor import Actor
from chengshao.people import actions as people
from chengshao.people.terms import Role
from chengshao.workorders import actions
from chengshao.workorders.models import Deadline, WorkOrder
from chengshao.workorders.rules.refusals import ReopeningOver
from chengshao.workorders.tasks import JOB, archive_at, sweep_at
from tests.clerks import SignIn
from tests.district import AT, LOADER, District, closed, dispatched

RENAMED = date(2026, 5, 1)  # after the cases of these tests, before today


@pytest.fixture
def registrar(sign_in: SignIn, district: District) -> Client:
    return sign_in(Role.REGISTRAR, district.centre)


def page_of(client: Client, case: WorkOrder) -> str:
    return str(client.get(f"/desk/cases/{case.number}/").content.decode())


def rename(unit_id: int) -> None:
    people.rename_unit(unit_id=unit_id, name="区综合行政执法局", on=RENAMED, actor=LOADER, at=AT)


def test_a_case_that_ended_names_its_units_as_they_were_called_then(
    registrar: Client, centre: Actor, district: District
) -> None:
    case = closed(centre, district.roads)
    rename(district.roads)

    page = page_of(registrar, case)

    assert "区城市管理局" in page
    assert "区综合行政执法局" not in page


def test_a_case_that_goes_on_names_them_as_they_are_called_now(
    registrar: Client, centre: Actor, district: District
) -> None:
    case = dispatched(centre, district.roads)
    rename(district.roads)

    assert "区综合行政执法局" in page_of(registrar, case)


def test_what_was_filed_away_says_so_and_is_not_reopened(
    registrar: Client, centre: Actor, district: District
) -> None:
    case = closed(centre, district.roads)
    report_id = case.reports.get().pk
    actions.lapse_rating(report_id=report_id, actor=JOB, at=AT + timedelta(days=8))
    assert archive_at(AT + timedelta(days=40)) == 1
    case.refresh_from_db()
    revision = case.revision

    with pytest.raises(ReopeningOver):
        actions.move_case(
            number=case.number,
            seen_revision=revision,
            command="REOPEN",
            reason="又坏了",
            actor=centre,
            at=AT + timedelta(days=41),
        )

    assert "归档，不再重办" in page_of(registrar, case)
    case.refresh_from_db()
    assert case.revision == revision


def test_the_history_says_of_each_clock_what_it_said(
    registrar: Client, centre: Actor, district: District
) -> None:
    case = dispatched(centre, district.roads, district.water)
    lead = case.tasks.get(unit=district.roads, kind="LEAD").deadlines.get()
    helper = case.tasks.get(unit=district.water).deadlines.get()
    due = lead.due_at
    assert due is not None
    minute = timedelta(minutes=1)
    Deadline.objects.filter(pk=helper.pk).update(next_at=due, due_at=due)
    Deadline.objects.filter(pk=lead.pk).update(next_at=due - minute, due_at=due + minute)

    sweep_at(due)

    said = re.sub(r"<[^>]+>", "", page_of(registrar, case))
    assert re.search(r"超期提示：[^；\n]*供水[^；\n]*；临期提醒：[^；\n]*城市管理", said)
