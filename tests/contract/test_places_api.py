"""Places over HTTP, as the intake page or another system asks."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import now

from chengshao.kernel.geo import Crs, from_wgs84
from chengshao.people import actions as people
from chengshao.people.terms import Role
from tests.integration.places.conftest import (  # noqa: F401
    AT,
    LOADER,
    district,
    divisions,
    staff,
    take_outlines,
    today,
    units,
)
from tests.unit.places.maps import SUBDISTRICT, box, code_of, community, feature, point, polygon

pytestmark = pytest.mark.usefixtures("district")


@pytest.fixture
def machine(staff: Callable[[Role], int]) -> dict[str, str]:  # noqa: F811
    key = people.issue_token(
        user_id=staff(Role.MACHINE), label="test", powers=["REPORT"], actor=LOADER, at=now()
    )
    return {"Authorization": f"Bearer {key}"}


def get(client: Client, path: str, headers: dict[str, str]) -> tuple[int, Any]:
    answer = client.get(f"/api/v1/places/{path}", headers=headers)
    return answer.status_code, answer.json()


def test_words_find_places(client: Client, machine: dict[str, str]) -> None:
    status, found = get(client, "search?q=qbm", machine)

    assert (status, len(found)) == (200, 1), found
    assert found[0].items() >= {"kind": "COMMUNITY", "territory": community(0)}.items()


@pytest.mark.parametrize(("limit", "most"), [(1, 1), (0, 0), (-5, 0), (10**30, 50)])
def test_a_limit_is_kept_within_bounds(
    limit: int, most: int, client: Client, machine: dict[str, str]
) -> None:
    status, found = get(client, f"search?q=q&limit={limit}", machine)

    assert (status, len(found)) == (200, min(most, 2))  # 清波街道, 清波门社区


def test_a_point_finds_its_grid(client: Client, machine: dict[str, str]) -> None:
    lng, lat = from_wgs84(*point(1.5, 2.5), Crs.GCJ02)

    status, found = get(client, f"locate?lng={lng}&lat={lat}&crs=GCJ02", machine)

    assert status == 200
    assert (found["grid"], found["subdistrict"]) == (code_of(1, 2), SUBDISTRICT)
    assert (found["lng"], found["lat"]) == pytest.approx(point(1.5, 2.5), abs=1e-7)


def test_a_point_outside_is_refused_and_the_district_named(
    client: Client, machine: dict[str, str]
) -> None:
    take_outlines([feature(polygon(box(0, 0, 3, 3)))])

    status, said = get(client, "locate?lng=116.4&lat=39.9", machine)

    assert (status, said["code"]) == (422, "point_outside")
    assert said["message"] == "位置（116.40000，39.90000）不在示范区范围内"


def test_grids_in_a_box_come_as_geojson(client: Client, machine: dict[str, str]) -> None:
    west, south = point(0.1, 0.1)
    east, north = point(0.9, 0.9)

    status, found = get(client, f"grids?bbox={west},{south},{east},{north}", machine)

    assert (status, found["type"], found["complete"]) == (200, "FeatureCollection", True)
    (one,) = found["features"]
    assert (one["id"], one["geometry"]) == (code_of(0, 0), polygon(box(0, 0, 1, 1)))
    assert one["properties"]["community"] == community(0)


@pytest.mark.parametrize(
    "path",
    [
        "search",
        "search?q=",
        "search?q=%00",
        "search?q=a&limit=many",
        f"search?q={'a' * 101}",
        "locate?lng=nan&lat=30",
        "locate?lng=1e400&lat=30",
        "locate?lng=181&lat=30",
        "locate?lng=120",
        "locate?lng=120&lat=30&crs=MARS",
        "grids",
        "grids?bbox=1,2,3",
        "grids?bbox=a,b,c,d",
        "grids?bbox=nan,nan,nan,nan",
        "grids?bbox=121,31,120,30",
        "grids?bbox=-inf,0,inf,1",
    ],
)
def test_a_wrong_question_is_told_so(path: str, client: Client, machine: dict[str, str]) -> None:
    status, said = get(client, path, machine)

    assert (status, set(said) >= {"code", "message"}) == (422, True)


@pytest.mark.parametrize(
    "path", ["search?q=qbm", "locate?lng=120.15&lat=30.25", "grids?bbox=1,2,3,4"]
)
def test_nobody_asks_without_a_credential(path: str, client: Client) -> None:
    status, said = get(client, path, {})

    assert (status, said["code"]) == (401, "not_signed_in")
