"""Who looks a caller up sees what was told: it is written down, as any other look at a case."""

import re
from typing import Any

import pytest
from django.test import Client

from chengshao.kernel.actor import Actor
from chengshao.people.models import NumberLookUp
from chengshao.people.terms import Role
from chengshao.workorders.models import Viewing
from tests.clerks import SignIn
from tests.district import District, reported, said

PHONE = "13800138000"


@pytest.fixture
def operator(sign_in: SignIn, district: District) -> Client:
    return sign_in(Role.OPERATOR, district.centre)


def user_of(client: Client) -> int:
    return int(client.session["_auth_user_id"])


def seen() -> list[tuple[int, str, str]]:
    rows = Viewing.objects.order_by("work_order__number")
    return list(rows.values_list("user_id", "work_order__number", "kind"))


def looked_up() -> list[tuple[int | None, str, int]]:
    return list(NumberLookUp.objects.order_by("pk").values_list("user_id", "phone", "cases"))


def look(client: Client, phone: str = PHONE) -> Any:
    return client.post("/desk/intake/caller", {"phone": phone})


def test_each_case_whose_words_are_shown_was_seen(operator: Client, centre: Actor) -> None:
    cases = [reported(centre, said(key, phone=PHONE)).work_order for key in ("k-1", "k-2")]
    reported(centre, said("k-3", phone="13900139000"))

    look(operator)

    assert seen() == [(user_of(operator), case.number, "VIEW") for case in cases]


def test_the_look_up_is_in_the_auditor_s_log(
    operator: Client, centre: Actor, sign_in: SignIn, district: District
) -> None:
    reported(centre, said(phone=PHONE))

    look(operator)

    assert looked_up() == [(user_of(operator), "138****8000", 1)]
    page = sign_in(Role.AUDITOR, None).get("/logs/look-ups").content.decode()
    assert "138****8000" in page
    assert "1件" in page
    assert PHONE not in page


def test_a_number_that_nothing_is_known_of_was_looked_up_too(operator: Client) -> None:
    look(operator)

    assert (looked_up(), seen()) == ([(user_of(operator), "138****8000", 0)], [])


def test_what_is_no_number_is_not_logged(operator: Client) -> None:
    look(operator, "张三")

    assert looked_up() == []


def test_the_caller_of_one_report_is_looked_up_by_the_contact(
    operator: Client, centre: Actor
) -> None:
    first = reported(centre, said("k-1", phone=PHONE))
    second = reported(centre, said("k-2", phone=PHONE))

    operator.get(f"/desk/intake/?report={first.pk}")

    numbers = [first.work_order.number, second.work_order.number]
    assert [number for _user, number, _kind in seen()] == numbers
    assert looked_up() == [(user_of(operator), "138****8000", 2)]


def test_the_door_for_machines_and_apps_logs_the_same(operator: Client, centre: Actor) -> None:
    case = reported(centre, said(phone=PHONE)).work_order

    answer = operator.post(
        "/api/v1/callers", {"phone": PHONE}, "application/json", headers={"X-CSRFToken": "x"}
    )

    assert re.search(case.number, answer.content.decode())
    assert seen() == [(user_of(operator), case.number, "VIEW")]
    assert looked_up() == [(user_of(operator), "138****8000", 1)]
