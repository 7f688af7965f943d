"""Grids of a community: everybody looks, keepers redraw; what is stored was looked at first."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from chengshao.people.models import User
from chengshao.people.queries import unit_ids_by_code
from chengshao.people.terms import Role
from chengshao.places.models import Grid, GridChange
from chengshao.places.queries.redrawing import grids_ever
from tests.integration.places.conftest import AT, TODAY
from tests.integration.places.test_redraw_grids import (
    DOWN_THE_MIDDLE,
    EAST_HALF,
    HERE,
    WEST_HALF,
    asked,
    geojson,
    redraw,
)
from tests.unit.places.maps import SUBDISTRICT, code_of

PAGE = f"/places/{HERE}/grids/"

pytestmark = pytest.mark.usefixtures("district")


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: AT)


@pytest.fixture
def keeper(staff: Callable[[Role], int]) -> Client:
    return signed_in(staff(Role.CATALOGUE_KEEPER))


@pytest.fixture
def operator(staff: Callable[[Role], int]) -> Client:
    return signed_in(staff(Role.OPERATOR))


def signed_in(user_id: int) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=user_id))
    return client


def deed(**more: Any) -> dict[str, Any]:
    told = {
        "codes": code_of(0, 0),
        "drawn": DOWN_THE_MIDDLE,
        "valid_from": TODAY.isoformat(),
        "basis": "街道会议纪要（示意）",
        "mark": grids_ever(HERE).mark,
    }
    return told | more


def shown(answer: Any) -> list[tuple[str, str]]:
    told = json.loads(answer.context["shapes"])
    return sorted(
        (f["properties"]["part"], f["properties"].get("code", "")) for f in told["features"]
    )


def test_everybody_sees_them_and_only_keepers_the_deeds(operator: Client) -> None:
    page = operator.get(PAGE)

    assert page.status_code == 200
    text = page.content.decode()
    assert all(code_of(0, row) in text for row in range(3))
    assert "grids/split" not in text
    assert operator.get(f"{PAGE}split").status_code == 403
    assert operator.post(f"{PAGE}split", deed()).status_code == 403
    assert operator.post(f"{PAGE}split/store", deed()).status_code == 403
    assert not GridChange.objects.exists()


def test_what_is_planned_and_what_was_changed_is_told(operator: Client) -> None:
    redraw(asked(valid_from=TODAY + timedelta(days=1)))

    page = operator.get(PAGE)

    text = page.content.decode()
    assert "3月3日</time>起" in text
    assert "3月3日</time>停用" in text
    assert "街道会议纪要（示意）" in text
    assert ("after", WEST_HALF) in shown(page)


def test_a_look_stores_nothing_and_the_second_yes_does(keeper: Client, units: None) -> None:
    look = keeper.post(f"{PAGE}split", deed())

    assert look.status_code == 200
    assert not GridChange.objects.exists()
    assert {("before", code_of(0, 0)), ("after", WEST_HALF), ("after", EAST_HALF)} < set(
        shown(look)
    )
    roads = unit_ids_by_code(["roads"])["roads"]
    names = {f"{WEST_HALF}-name": "西片", f"{WEST_HALF}-unit_id": roads}

    answer = keeper.post(f"{PAGE}split/store", deed(after=[WEST_HALF, EAST_HALF], **names))

    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    west = Grid.objects.get(code=WEST_HALF)
    assert (west.name, west.responsible_unit_id) == ("西片", roads)
    assert Grid.objects.get(code=EAST_HALF).responsible_unit_id is None
    assert GridChange.objects.get().user_id is not None


def test_the_second_page_carries_all_of_the_first(keeper: Client) -> None:
    look = keeper.post(f"{PAGE}split", deed())

    form = look.context["form"]
    assert [each.name for each in form] == ["codes", "drawn", "valid_from", "basis", "mark"]
    hidden = "".join(str(each.as_hidden()) for each in form)
    assert f'value="{code_of(0, 0)}"' in hidden
    assert "LineString" in hidden


def test_what_does_not_fit_is_told_and_what_was_drawn_is_there_still(keeper: Client) -> None:
    short = geojson("LineString", (0.5, -0.5), (0.5, 0.5))

    page = keeper.post(f"{PAGE}split", deed(drawn=short))

    assert page.status_code == 422
    assert "线没有穿过网格" in page.content.decode()
    assert ("fault", "") in shown(page)
    assert page.context["form"]["drawn"].value() == short


def test_going_back_keeps_what_was_drawn(keeper: Client) -> None:
    page = keeper.post(f"{PAGE}split", deed(back="1"))

    assert page.status_code == 200
    assert page.context["form"]["drawn"].value() == DOWN_THE_MIDDLE


def test_somebody_else_s_change_is_told_and_can_be_looked_at_anew(keeper: Client) -> None:
    seen = deed()
    redraw(asked(valid_from=TODAY))

    for path in ("split", "split/store"):  # of a grid that is no more
        page = keeper.post(f"{PAGE}{path}", seen)
        assert page.status_code == 409
        assert "刚才有人改了这里的网格" in page.content.decode()
        assert page.context["form"]["mark"].value() == grids_ever(HERE).mark
        assert page.context["form"]["drawn"].value() == DOWN_THE_MIDDLE


def test_a_day_that_is_over_is_said_before_anything_is_drawn_again(keeper: Client) -> None:
    page = keeper.post(f"{PAGE}split", deed(valid_from="2026-03-01"))

    assert (page.status_code, "已经过去" in page.content.decode()) == (422, True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"codes": "330102001002001"},
        {"valid_from": "gestern"},
        {"basis": ""},
        {"drawn": "\x00"},
    ],
)
def test_a_form_with_a_wrong_field_says_so(keeper: Client, wrong: dict[str, str]) -> None:
    for path in ("split", "split/store"):
        page = keeper.post(f"{PAGE}{path}", deed(**wrong))
        assert (page.status_code, "field-error" in page.content.decode()) == (422, True)
    assert not GridChange.objects.exists()


def test_a_unit_that_is_none_is_no_choice(keeper: Client) -> None:
    told = deed(after=[WEST_HALF], **{f"{WEST_HALF}-unit_id": "999999"})

    assert keeper.post(f"{PAGE}split/store", told).status_code == 422
    assert not GridChange.objects.exists()


@pytest.mark.parametrize("name", ["merge", "move-border", "draw", "describe", "end"])
def test_every_deed_has_a_page_for_a_community_alone(keeper: Client, name: str) -> None:
    assert keeper.get(f"{PAGE}{name}?grid={code_of(0, 0)}").status_code == 200
    assert keeper.get(f"/places/{SUBDISTRICT}/grids/{name}").status_code == 404
    assert keeper.get("/places/330102001009/grids/").status_code == 404
    assert keeper.get(f"{PAGE}steal").status_code == 404


def test_a_planned_change_is_taken_back_with_a_reason(keeper: Client) -> None:
    redraw(asked(valid_from=TODAY + timedelta(days=1)))
    mark = grids_ever(HERE).mark
    assert "撤销自" in keeper.get(PAGE).content.decode()

    keeper.post(f"{PAGE}take-back", {"mark": mark, "basis": ""})
    assert grids_ever(HERE).mark == mark
    answer = keeper.post(f"{PAGE}take-back", {"mark": mark, "basis": "画错了"}, follow=True)

    text = answer.content.decode()
    assert "已撤销" in text
    assert "画错了" in text
    assert Grid.objects.in_force(TODAY + timedelta(days=1)).filter(community=HERE).count() == 3
