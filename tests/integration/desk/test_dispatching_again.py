"""The dispatch desk: a case that was done before, and units that the lists don't let lead."""

import re

import pytest
from django.test import Client

from chengshao.kernel.actor import Actor
from chengshao.people.terms import Role
from chengshao.workorders import actions
from chengshao.workorders.models import WorkOrder
from chengshao.workorders.terms import CaseCommand
from tests.clerks import SignIn
from tests.district import AT, District, closed, registered

DESK = "/desk/queue/dispatch/"


@pytest.fixture
def dispatcher(sign_in: SignIn, district: District) -> Client:
    return sign_in(Role.DISPATCHER, district.centre)


@pytest.fixture
def again(centre: Actor, district: District) -> WorkOrder:
    """A case that parks led, closed and reopened; the lists name roads."""
    case = closed(centre, district.parks)
    return actions.move_case(
        number=case.number,
        seen_revision=case.revision,
        command=CaseCommand.REOPEN,
        reason="又坏了",
        actor=centre,
        at=AT,
    )


def test_who_led_it_before_stands_first(
    dispatcher: Client, again: WorkOrder, district: District
) -> None:
    page = dispatcher.get(f"{DESK}?case={again.number}").content.decode()

    leads = re.findall(r'<div class="pick"><input type="radio" id="lead-(\d+)"', page)
    assert leads[0] == str(district.parks)
    assert str(district.roads) in leads
    assert page.count("上次主办") == 1


def test_the_row_says_that_it_is_done_again(
    dispatcher: Client, again: WorkOrder, centre: Actor
) -> None:
    page = dispatcher.get(DESK).content.decode()

    assert '<span class="mark">重办</span>' in page


def test_a_case_that_is_sent_for_the_first_time_is_not_marked(
    dispatcher: Client, centre: Actor
) -> None:
    case = registered(centre)

    page = dispatcher.get(f"{DESK}?case={case.number}").content.decode()

    assert '<span class="mark">重办</span>' not in page
    assert "上次主办" not in page


def test_a_unit_that_may_not_lead_is_shown_with_the_reason(
    dispatcher: Client, centre: Actor, district: District
) -> None:
    case = registered(centre)

    page = dispatcher.get(
        f"/desk/find/units?field=dispatch&case={case.number}&find_words=社区"
    ).content.decode()
    of_departments = dispatcher.get(
        f"/desk/find/units?field=dispatch&case={case.number}&find_words=园林"
    ).content.decode()

    assert "社区不作主办单位" in page
    assert re.search(r'name="lead" value="\d+" disabled', page)
    assert "disabled" not in of_departments
