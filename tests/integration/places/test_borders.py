"""Borders for the map: of all divisions for anyone, of the grids for staff; sent once only."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from chengshao.people.models import User
from chengshao.people.terms import Role
from chengshao.places import queries
from tests.integration.places.conftest import take_outlines
from tests.statements import count_statements
from tests.unit.places.maps import DISTRICT, SUBDISTRICT, box, code_of, community, feature, polygon

DIVISIONS, GRIDS = "/places/map/divisions", "/places/map/grids"


def read(client: Client, address: str, **headers: str) -> list[dict[str, Any]]:
    answer = client.get(address, headers=headers)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/geo+json")
    features: list[dict[str, Any]] = json.loads(answer.content)["features"]
    return features


def test_anyone_reads_the_divisions_the_larger_first(district: None) -> None:
    found = [feature["properties"] for feature in read(Client(), DIVISIONS)]

    assert [each["level"] for each in found][:2] == ["DISTRICT", "SUBDISTRICT"]
    assert [each["code"] for each in found] == [
        DISTRICT, SUBDISTRICT, community(0), community(1), community(2)
    ]  # fmt: skip
    assert found[2]["name"] == "清波街道清波门社区居委会"


def test_staff_read_the_grids(district: None, staff: Callable[[Role], int]) -> None:
    client = Client()
    client.force_login(User.objects.get(pk=staff(Role.OPERATOR)))

    found = read(client, f"{GRIDS}?zoom=16")

    assert code_of(0, 0) in {feature["properties"]["code"] for feature in found}
    assert Client().get(GRIDS).status_code == 302


def test_what_a_browser_has_is_not_sent_again_until_the_ground_changes(district: None) -> None:
    client = Client()
    tag = client.get(DIVISIONS)["ETag"]

    with count_statements() as asked:
        again = client.get(DIVISIONS, headers={"If-None-Match": tag})
    other_zoom = client.get(f"{DIVISIONS}?zoom=16", headers={"If-None-Match": tag})
    take_outlines([feature(polygon(box(-1, -1, 4, 4)))])
    changed = client.get(DIVISIONS, headers={"If-None-Match": tag})

    assert (again.status_code, again.content, asked.number) == (304, b"", 1)
    assert (other_zoom.status_code, changed.status_code) == (200, 200)


def test_they_come_compressed(district: None) -> None:
    answer = Client().get(DIVISIONS, headers={"Accept-Encoding": "gzip"})

    assert answer["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer["Vary"]


@pytest.mark.parametrize("zoom", ["-1", "999", "x", "１２", "1e3", "\x00"])
def test_a_zoom_that_makes_no_sense_gets_the_coarsest(district: None, zoom: str) -> None:
    answer = Client().get(DIVISIONS, {"zoom": zoom})

    assert answer.content == queries.borders(zoom=0)


def test_without_shapes_there_are_none(db: None) -> None:
    assert read(Client(), DIVISIONS) == []
    assert queries.extent() is None
