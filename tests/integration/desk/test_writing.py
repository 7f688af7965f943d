"""The form by which a unit writes to a citizen while the case is open (F13)."""

import pytest
from django.test import Client
from django.urls import reverse

from chengshao.kernel.actor import Actor
from chengshao.people import queries as units
from chengshao.people.terms import Role
from chengshao.workorders import queries
from chengshao.workorders.models import Entry
from chengshao.workorders.terms import NoteName
from tests.clerks import SignIn
from tests.district import District, closed, dispatched

WORDS = "灯已订货，周五前装好"


@pytest.fixture
def operator(sign_in: SignIn, district: District) -> Client:
    return sign_in(Role.DUTY_LEADER, district.centre)


def test_the_words_go_to_the_citizen_in_the_unit_s_name(
    operator: Client, centre: Actor, district: District
) -> None:
    case = dispatched(centre, district.roads)
    page = operator.get(reverse("desk:case", args=[case.number])).content.decode()
    assert f"以{units.unit_lines([district.centre])[district.centre].short_name}名义发出" in page

    door = reverse("desk:write", args=[case.number, case.reports.get().pk])
    after = operator.post(door, {"words": WORDS, "unit": district.centre}, follow=True)

    assert "已回话" in after.content.decode()
    last = queries.case_view(number=case.number, actor=centre).entries[-1]
    assert last.notes == {NoteName.MESSAGE: WORDS}


def test_without_words_it_comes_back_with_a_reason(
    operator: Client, centre: Actor, district: District
) -> None:
    case = dispatched(centre, district.roads)
    before = Entry.objects.count()

    door = reverse("desk:write", args=[case.number, case.reports.get().pk])
    answer = operator.post(
        door, {"words": " ", "unit": district.centre, "form": f"write-{case.reports.get().pk}"}
    )

    assert answer.status_code == 422
    assert "请写一句给诉求人的话。" in answer.content.decode()
    assert Entry.objects.count() == before


def test_it_is_not_offered_once_the_case_is_closed(
    operator: Client, centre: Actor, district: District
) -> None:
    case = closed(centre, district.roads)

    page = operator.get(reverse("desk:case", args=[case.number])).content.decode()

    assert "给诉求人回话" not in page
