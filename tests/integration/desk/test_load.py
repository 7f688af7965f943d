"""Load and lateness of tasks: by step, unit and matter, of the own unit and those below."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from chengshao.kernel.actor import Actor
from chengshao.people.models import User
from chengshao.people.terms import Role
from chengshao.workorders.terms import TaskCommand, TaskKind
from tests.clerks import SignIn
from tests.district import District, dispatched, move, said
from tests.statements import count_statements

LOAD = "/desk/load/"


@pytest.fixture
def leader(sign_in: SignIn, district: District) -> Client:
    return sign_in(Role.UNIT_LEADER, district.roads)


def rows_of(page: str, heading: str) -> dict[str, tuple[int, ...]]:
    """Return the rows of a table: open, due today, late, by what stands before them."""
    (table,) = re.findall(rf"<h2>{heading}</h2>.*?</table>", page, re.S)
    cells = re.findall(r'<th scope="row".*?</tr>', table, re.S)
    bare = [re.sub(r"<[^>]+>", "|", row) for row in cells]
    split = [[each for each in row.split("|") if each.strip()] for row in bare]
    return {row[0]: tuple(map(int, row[1:])) for row in split}


def page_of(client: Client) -> str:
    return unescape(client.get(LOAD).content.decode())


def test_the_same_tasks_stand_under_step_unit_and_matter(
    leader: Client, centre: Actor, district: District
) -> None:
    now = timezone.now()
    for n in range(2):
        dispatched(centre, district.roads, report=said(f"k-{n}", f"井盖{n}"), at=now)
    dispatched(centre, district.water, report=said("k-9", "水管漏"), at=now)

    page = page_of(leader)

    assert rows_of(page, "按环节")["主办"][0] == 2
    assert [row[0] for row in rows_of(page, "按单位").values()] == [2]
    assert sum(row[0] for row in rows_of(page, "按事项").values()) == 2


def test_what_is_late_says_so(leader: Client, centre: Actor, district: District) -> None:
    dispatched(centre, district.roads, at=timezone.now() - timedelta(days=60))

    assert rows_of(page_of(leader), "按环节")["主办"][2] == 1


def test_what_a_unit_below_owes_stands_under_its_name(
    leader: Client, centre: Actor, district: District
) -> None:
    case = dispatched(centre, district.roads, at=timezone.now())
    move(case, TaskKind.LEAD, TaskCommand.ACKNOWLEDGE, centre, at=timezone.now())
    move(
        case, TaskKind.LEAD, TaskCommand.SUBASSIGN, centre, reason="请办",
        asked=[district.squad], at=timezone.now(),
    )  # fmt: skip

    units = rows_of(page_of(leader), "按单位")

    assert len(units) == 2
    assert rows_of(page_of(leader), "按环节")["交办"][0] == 1


def test_nobody_is_counted_by_name(
    leader: Client, sign_in: SignIn, centre: Actor, district: District
) -> None:
    handler = sign_in(Role.HANDLER, district.roads)
    case = dispatched(centre, district.roads, at=timezone.now())
    handler.get(f"/desk/queue/work/?case={case.number}")

    main = page_of(leader).partition("<main")[2]

    assert "不统计个人" in main
    for user in User.objects.all():
        assert user.get_username() not in main
        assert not user.display_name or user.display_name not in main


def test_more_tasks_are_no_more_statements(
    leader: Client, centre: Actor, district: District
) -> None:
    def asked() -> int:
        leader.get(LOAD)
        with count_statements() as counted:
            leader.get(LOAD)
        return counted.number

    dispatched(centre, district.roads, at=timezone.now())
    few = asked()
    for n in range(5):
        dispatched(centre, district.roads, report=said(f"k-m{n}", "井盖"), at=timezone.now())

    assert asked() == few <= 8


def test_who_signs_for_no_unit_has_no_such_page(sign_in: SignIn, district: District) -> None:
    assert sign_in(Role.HANDLER, district.roads).get(LOAD).status_code in (403, 404)
