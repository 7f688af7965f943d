"""The catalogue over HTTP, as the intake page or another system asks."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import now

from chengshao.catalog.terms import TableKind
from chengshao.people import actions as people
from chengshao.people.terms import Role
from chengshao.places import actions as places
from tests.integration.catalog.conftest import (  # noqa: F401
    AT,
    DISTRICT,
    LOADER,
    SINCE,
    SUBDISTRICT,
    centre,
    duty,
    responsibility,
    some_seeds,
    staff,
    take,
)

pytestmark = pytest.mark.usefixtures("some_seeds")


@pytest.fixture
def machine(staff: Callable[[Role], int]) -> dict[str, str]:  # noqa: F811
    key = people.issue_token(
        user_id=staff(Role.MACHINE), label="test", powers=["REPORT"], actor=LOADER, at=now()
    )
    return {"Authorization": f"Bearer {key}"}


def get(client: Client, path: str, headers: dict[str, str]) -> tuple[int, Any]:
    answer = client.get(f"/api/v1/catalog/{path}", headers=headers)
    return answer.status_code, answer.json()


def test_words_find_matters(client: Client, machine: dict[str, str]) -> None:
    status, found = get(client, "matters?q=上水井盖", machine)

    assert status == 200
    assert found[0].items() >= {
        "code": "C0101", "name": "上水井盖", "kind": "COMPONENT", "class_names": ["公用设施"],
        "evidence_asked": [],
    }.items()  # fmt: skip
    assert len(found[0]["conditions"]) == 4


def test_a_matter_is_shown_under_the_condition_asked_for(
    client: Client, machine: dict[str, str]
) -> None:
    status, matter = get(client, "matters/C0101-1", machine)

    assert (status, matter["code"]) == (200, "C0101-1")
    (condition,) = matter["conditions"]
    assert condition["default_urgency"] == "URGENT"
    assert condition["limits"] == [
        {"urgency": None, "amount": 2, "unit": "URGENT_HOUR", "note": ""}
    ]


def test_who_leads_is_told_with_units_document_and_obstacle(
    client: Client,
    machine: dict[str, str],
    centre: int,  # noqa: F811
) -> None:
    divisions = f"代码,名称\n{DISTRICT},演示区\n{SUBDISTRICT},甲街道"
    places.import_divisions(content=divisions.encode(), valid_from=SINCE, actor=LOADER, at=AT)
    people.give_unit_role(role="指挥", unit_id=centre, on=SINCE, actor=LOADER, at=AT)
    take(TableKind.RESPONSIBILITIES, responsibility("没有人"))
    take(TableKind.DUTY_LISTS, duty("配合履职", department="指挥"))

    url = f"matters/C0101/responsibilities?territory={SUBDISTRICT}"
    status, (own, other) = get(client, url, machine)

    assert status == 200
    assert own["lead"] == {"id": centre, "name": "演示指挥中心", "short_name": "演示指挥中心"}
    assert (own["id"], own["list_kind"], own["reason"]) == (None, "ASSISTING", None)
    assert (other["lead"], other["reason"]) == (None, "ROLE_WITHOUT_UNIT")
    assert other["document_number"] == "示意〔2026〕1号"


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("matters/C9901", 404, "matter_not_found"),
        ("matters/C0101-99", 404, "matter_not_found"),
        ("matters/C9901/responsibilities", 404, "matter_not_found"),
        ("matters/xyz", 422, "invalid_request"),
        ("matters", 422, "invalid_request"),
        ("matters?q=", 422, "invalid_request"),
        ("matters?q=%00", 422, "invalid_request"),
        ("matters?q=a&limit=51", 422, "invalid_request"),
        ("matters/C0101/responsibilities?territory=3301", 422, "invalid_request"),
        ("matters/C0101/responsibilities?territory=000000000000", 422, "division_code_invalid"),
    ],
)
def test_what_is_not_there_or_not_well_said(
    path: str, status: int, code: str, client: Client, machine: dict[str, str]
) -> None:
    told, body = get(client, path, machine)

    assert (told, body["code"]) == (status, code)


@pytest.mark.parametrize(
    "path", ["matters?q=井盖", "matters/C0101", "matters/C0101/responsibilities"]
)
def test_a_stranger_is_asked_to_sign_in(path: str, client: Client) -> None:
    assert get(client, path, {})[0] == 401
