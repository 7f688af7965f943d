"""A slip in large print for whoever has no phone of their own (F13)."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from chengshao.kernel.actor import Actor
from chengshao.people.terms import Role
from chengshao.workorders.actions import link_of
from chengshao.workorders.models import Entry, Report
from tests.clerks import SignIn
from tests.district import AT, District, dispatched
from tests.integration.resident.conftest import Clock, words_of


@pytest.fixture
def report(centre: Actor, district: District) -> Report:
    return dispatched(centre, district.roads).reports.get()


@pytest.fixture
def operator(sign_in: SignIn, district: District) -> Client:
    return sign_in(Role.OPERATOR, district.centre)


def door(report: Report) -> str:
    return reverse("resident:slip", args=[report.pk])


def test_it_says_the_number_what_by_when_and_whom_to_call(
    operator: Client, report: Report, clock: Clock
) -> None:
    clock(AT)
    page = words_of(operator.get(door(report)))

    slip = page[page.index("您的编号") :]
    for said in (
        report.work_order.number,
        "区城市管理局去办",
        "2026年3月4日",
        "人行道井盖破损",
        "12345",
    ):
        assert said in slip


def test_no_link_stands_on_it_unasked(operator: Client, report: Report) -> None:
    before = Entry.objects.count()

    page = operator.get(door(report)).content.decode()

    assert "<svg" not in page[page.index('class="slip"') :].split("</article>")[0]
    assert link_of(report) not in page
    assert Entry.objects.count() == before


def test_the_code_comes_when_it_is_wanted_and_the_history_says_who_gave_it(
    operator: Client, report: Report
) -> None:
    page = operator.post(door(report)).content.decode()

    assert re.search(r'<figure class="slip-code"><svg [^>]*>', page)
    assert " style=" not in page
    assert '"HAND_LINK"' in Entry.objects.latest("pk").body


def test_who_takes_no_calls_prints_none(
    sign_in: SignIn, district: District, report: Report
) -> None:
    handler = sign_in(Role.HANDLER, district.roads)
    before = Entry.objects.count()

    assert [handler.get(door(report)).status_code, handler.post(door(report)).status_code] == [
        403,
        403,
    ]
    assert Entry.objects.count() == before
