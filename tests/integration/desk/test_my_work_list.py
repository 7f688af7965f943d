"""My work: by deadline or by matter, where each case is for who may know it."""

import re

import pytest
from django.test import Client

from chengshao.kernel.actor import Actor
from chengshao.people.terms import Role
from tests.clerks import SignIn
from tests.district import District, dispatched, said


@pytest.fixture
def handler(sign_in: SignIn, district: District) -> Client:
    return sign_in(Role.HANDLER, district.roads)


def numbers(page: str) -> list[str]:
    return re.findall(r'class="row" data-number="([^"]+)"', page)


def test_by_matter_each_has_its_heading_and_the_way_back_stays(
    handler: Client, centre: Actor, district: District
) -> None:
    cases = [
        dispatched(centre, district.roads, report=said(words, words))
        for words in ("井盖破", "井盖响")
    ]

    page = handler.get("/desk/queue/work/?by=matter").content.decode()

    assert set(numbers(page)) == {case.number for case in cases}
    assert page.count('<h2 class="group">') == 1
    assert f"/desk/queue/work/?case={cases[0].number}&amp;by=matter" in page


def test_by_deadline_there_are_no_headings(
    handler: Client, centre: Actor, district: District
) -> None:
    dispatched(centre, district.roads, report=said(words="井盖破"))

    page = handler.get("/desk/queue/work/?by=other").content.decode()

    assert len(numbers(page)) == 1
    assert '<h2 class="group">' not in page
