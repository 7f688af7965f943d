"""The map of the desk: the page without a script, what its requests answer, what it lets in."""

import json
from typing import Any

import pytest
from django.test import Client, override_settings

from chengshao.kernel.actor import Actor
from chengshao.people.terms import Role
from chengshao.workorders.models import WorkOrder
from tests.clerks import SignIn
from tests.district import MANHOLE, District, dispatched, reported, said
from tests.statements import count_statements

BOX = {"bbox": "120.1,30.2,120.2,30.3", "zoom": "13"}
NONSENSE = [
    {}, {"bbox": "1,2,3", "zoom": "3"}, {"bbox": "nan,1,2,3", "zoom": "3"},
    {"bbox": "120.2,30.2,120.1,30.3", "zoom": "3"}, {**BOX, "zoom": "99"}, {**BOX, "zoom": "x"},
    {**BOX, "bbox": "120.1,30.2,120.2,30.3\x00"}, {**BOX, "bbox": "9" * 5000},
]  # fmt: skip


def put(case: WorkOrder, lng: float = 120.15, lat: float = 30.25) -> WorkOrder:
    WorkOrder.objects.filter(pk=case.pk).update(lng=lng, lat=lat)
    return case


@pytest.fixture
def case(centre: Actor, district: District) -> WorkOrder:
    told = said("k-1", "人行道井盖破损，在王奶奶家门口", phone="13800138000")
    return put(dispatched(centre, district.roads, report=told))


@pytest.fixture
def dispatcher(sign_in: SignIn, district: District) -> Client:
    return sign_in(Role.DISPATCHER, district.centre)


def asked(client: Client, **query: str) -> dict[str, Any]:
    answer = client.get("/desk/map/cases", BOX | query)
    assert answer.status_code == 200
    found: dict[str, Any] = json.loads(answer.content)
    return found


def test_the_page_lists_without_a_script_what_the_map_shows(
    dispatcher: Client, case: WorkOrder
) -> None:
    page = dispatcher.get("/desk/map/").content.decode()

    assert case.number in page
    assert f"/desk/cases/{case.number}/" in page
    assert case.number not in dispatcher.get("/desk/map/", {"show": "CLOSED"}).content.decode()


def test_a_narrowed_list_goes_on_the_map_whole_and_only_it(
    dispatcher: Client, centre: Actor, district: District, case: WorkOrder
) -> None:
    other = put(dispatched(centre, district.water, report=said("k-2", "水管漏水")))
    nowhere = dispatched(centre, district.roads, report=said("k-3", "人行道井盖没了"))

    def found(query: str = "") -> set[str]:
        answer = dispatcher.get(f"/desk/map/found?{query}")
        return {point[0] for point in json.loads(answer.content)["points"]}

    assert found() == {case.number, other.number}
    assert found("words=井盖") == {case.number}
    assert nowhere.number in dispatcher.get("/desk/cases/?words=井盖").content.decode()
    assert dispatcher.get("/desk/map/found?begins=gestern").status_code == 422


def test_the_map_gets_numbers_and_points_and_nothing_anyone_said(
    dispatcher: Client, case: WorkOrder
) -> None:
    answer = dispatcher.get("/desk/map/cases", BOX)

    (point,) = json.loads(answer.content)["points"]
    assert point[:3] == [case.number, 120.15, 30.25]
    assert not any(word in answer.content.decode() for word in ("王奶奶", "138", "井盖"))


def test_density_is_counted_even_of_few(dispatcher: Client, case: WorkOrder) -> None:
    found = asked(dispatcher, density="1")

    assert (found["points"], [cell[2] for cell in found["cells"]]) == ([], [1])


def test_a_list_asks_for_its_own_cases_only(
    dispatcher: Client, centre: Actor, case: WorkOrder
) -> None:
    other = put(reported(centre, said("k-2")).work_order)

    found = json.loads(dispatcher.get("/desk/map/cases", {"numbers": case.number}).content)

    assert [point[0] for point in found["points"]] == [case.number]
    assert other.number != case.number


def test_the_card_leads_to_the_case(dispatcher: Client, case: WorkOrder) -> None:
    card = dispatcher.get(f"/desk/map/cases/{case.number}").content.decode()

    assert "王奶奶" in card
    assert f'href="/desk/cases/{case.number}/"' in card


def test_who_does_not_see_the_case_gets_neither_point_nor_card(
    sign_in: SignIn, district: District, case: WorkOrder
) -> None:
    stranger = sign_in(Role.HANDLER, district.parks)

    assert asked(stranger) | {"width": 0, "height": 0} == {
        "total": 0, "late": 0, "width": 0, "height": 0, "cells": [], "points": []
    }  # fmt: skip
    assert json.loads(
        stranger.get("/desk/map/cases", {"numbers": case.number}).content
    )["points"] == []  # fmt: skip
    assert stranger.get(f"/desk/map/cases/{case.number}").status_code == 404
    assert case.number not in stranger.get("/desk/map/list", BOX).content.decode()


def test_filters_by_unit_and_by_what_a_matter_is_called(
    dispatcher: Client, district: District, case: WorkOrder
) -> None:
    assert asked(dispatcher, unit=str(district.parks))["total"] == 0
    assert asked(dispatcher, unit="9" * 30)["total"] == 1  # none named
    assert asked(dispatcher, matter="井盖")["total"] == 1
    assert asked(dispatcher, matter=MANHOLE)["total"] == 1
    assert asked(dispatcher, matter="停水")["total"] == 0
    assert asked(dispatcher, matter="没有这样的事")["total"] == 0


@pytest.mark.parametrize("query", NONSENSE)
@pytest.mark.parametrize("address", ["/desk/map/cases", "/desk/map/list"])
def test_a_box_that_is_none_is_refused(
    dispatcher: Client, address: str, query: dict[str, str]
) -> None:
    answer = dispatcher.get(address, query, headers={"HX-Request": "true"})

    assert answer.status_code == 422
    assert "map_box_invalid" in answer.content.decode()


class TestThePolicy:
    def test_lets_a_worker_in_on_pages_with_a_map_only(
        self, dispatcher: Client, case: WorkOrder
    ) -> None:
        assert "worker-src 'self'" in dispatcher.get("/desk/map/")["Content-Security-Policy"]
        assert "worker-src" not in dispatcher.get("/desk/")["Content-Security-Policy"]

    def test_names_nobody_else_without_a_key(self, dispatcher: Client, case: WorkOrder) -> None:
        answer = dispatcher.get("/desk/map/")

        assert "http" not in answer["Content-Security-Policy"]
        assert "tianditu" not in answer.content.decode()

    @override_settings(TIANDITU_KEY="k-secret")
    def test_lets_the_national_map_in_with_one(self, dispatcher: Client, case: WorkOrder) -> None:
        answer = dispatcher.get("/desk/map/")

        policy = answer["Content-Security-Policy"]
        parts = dict(part.strip().split(" ", 1) for part in policy.split(";"))
        assert "https://*.tianditu.gov.cn" in parts["img-src"]
        assert "https://*.tianditu.gov.cn" in parts["connect-src"]
        assert "tianditu" not in parts["script-src"]
        assert 'data-tianditu="k-secret"' in answer.content.decode()
        assert "tianditu" not in dispatcher.get("/desk/")["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("address", "most"), [("/desk/map/cases", 7), ("/desk/map/list", 13), ("/desk/map/", 16)]
)
def test_more_cases_cost_no_more_statements(
    dispatcher: Client, centre: Actor, case: WorkOrder, address: str, most: int
) -> None:
    dispatcher.get(address, BOX)
    with count_statements() as few:
        dispatcher.get(address, BOX)
    for n in range(2, 10):
        put(reported(centre, said(f"k-{n}")).work_order)
    with count_statements() as many:
        dispatcher.get(address, BOX)

    assert many.number == few.number <= most, many.statements
