"""
Who may use which door: config.access says it, and here it is tried over HTTP.

Every door is knocked at by every role, from every position it can have to a case. What may not
be seen answers 404, what may be seen but not done 403; a refusal leaves nothing behind, and a
look (GET) never does.
"""

import re
from collections.abc import Iterable, Iterator
from io import BytesIO
from itertools import product
from zipfile import ZipFile

import pytest
from django.test import override_settings
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.timezone import localdate
from pytest_django import DjangoDbBlocker

from chengshao.people.terms import Role
from chengshao.workorders.terms import Power, Side, TaskKind
from config.access import DOORS, MOVES, About, Door, Who
from tests.architecture.access.knocks import API, KNOCKS, knock, knock_of, path_of, welcome
from tests.architecture.access.world import (
    CITIZEN,
    NOBODY,
    PHONE,
    ROLES_ALONE,
    ROLES_OF_HANDLING,
    Caller,
    Case,
    Contents,
    Scope,
    Sort,
    Stands,
    State,
    World,
    undone,
    world_standing,
)
from tests.standing import BY_THE_DESK

pytestmark = pytest.mark.django_db
ALL = [door for doors in DOORS.values() for door in doors]
OF_CASES = (About.CASE, About.CONTACT, About.SEEN)
HOUSE = [door for door in ALL if door.about not in OF_CASES and door.who != (Who.LINK,)]
CASES = [door for door in ALL if door.about in OF_CASES]
LINKS = [door for door in ALL if door.who == (Who.LINK,)]
ROWS = {f"{m.kind} {m.source} {m.command}": m for m in MOVES}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
SIGN_IN, NOT_SIGNED_IN, NOT_ALLOWED, NOT_THERE = 302, 401, 403, 404
# Ninja's own pages: they answer any method alike, and only ever show.
ANY_METHOD = (API, f"{API}docs", f"{API}openapi.json")
OPERATIONS = [d for d in ALL if d.route.startswith(API) and d.route not in ANY_METHOD]
# Nobody gets in here without a name; the one page where an initial password is changed apart.
CLOSED = [d for d in (*HOUSE, *CASES) if Who.ANYONE not in d.who and d.route != "password"]
# Their harm is none, or a secret in the address is their authority: see the comments there.
WITHOUT_TOKEN = {"language", "look", *(door.route for door in LINKS)}
CALLS = ("desk/tasks/<int:task_id>/call", f"{API}tasks/<task_id>/contacts")
NOT_CALLED = (Scope.CONFIDENTIAL, Scope.CONFIDENTIAL_BY_PLACE, Scope.INFORMANT)
NOBODY_CALLED = (Sort.CONFIDENTIAL, Sort.INFORMANT)  # so no result is owed that one could read
COUNTED = frozenset({"sign-in", f"{API}reports", "report/"})  # tries leave a count behind


def name_of(door: Door) -> str:
    return " ".join(filter(None, (door.method, f"/{door.route}", door.variant)))


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with world_standing(django_db_blocker) as built:
        yield built


@pytest.fixture(scope="module")
def contents(world: World) -> Contents:
    return Contents()


@pytest.fixture(scope="module")
def before(contents: Contents) -> dict[str, object]:
    return contents.now()


@pytest.fixture(scope="module")
def some(world: World) -> Case:
    return world.cases[State.DISPATCHED, Sort.ORDINARY]


def routes(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield route
        else:
            yield from routes(entry, route)


class TestTheList:
    def test_names_every_route_and_no_other(self) -> None:
        assert sorted({door.route for door in ALL}) == sorted(routes(get_resolver()))

    def test_names_no_door_twice(self) -> None:
        names = [name_of(door) for door in ALL]

        assert sorted(names) == sorted(set(names))

    def test_has_no_knock_at_a_door_that_is_gone(self) -> None:
        assert set(KNOCKS) - {(door.method, door.route, door.variant) for door in ALL} == set()

    @pytest.mark.parametrize("route", sorted({door.route for door in ALL} - set(ANY_METHOD)))
    def test_names_every_method_of_a_route(self, world: World, some: Case, route: str) -> None:
        named = {door.method for door in ALL if door.route == route}
        leader = world.callers[Role.DUTY_LEADER, Stands.OWN]

        for method in METHODS:
            with undone():
                answer = leader.client().generic(method, path_of(route, world, some))
            assert (answer.status_code == 405) is (method not in named), method


def expected_of_nobody(door: Door) -> int:
    if Who.ANYONE in door.who:
        return welcome(door)
    if door.route == "sign-in/demo":
        return NOT_THERE
    return NOT_SIGNED_IN if door.route.startswith(API) else SIGN_IN


def expected_of_staff(door: Door, world: World, role: Role) -> int:
    """Return the answer to somebody who is signed in, where no case matters."""
    if role is Role.MACHINE and not door.route.startswith(API):
        return expected_of_nobody(door)  # a key opens the API alone
    if Who.DEMO in door.who:
        return NOT_THERE
    if door.takes_power and not world.powers[role] & set(door.who):
        return door.without
    return _ANSWER_TO_STAFF.get((door.method, door.route), welcome(door))


# Who is signed in already is sent on.
_ANSWER_TO_STAFF = {("GET", "sign-in"): 302, ("POST", "sign-in"): 302, ("GET", ""): 302}


def leaves_a_trace(door: Door, role: Role) -> bool:
    """Tell whether the database shows that this door was opened to such a caller."""
    turned_away = role is Role.MACHINE and not door.route.startswith(API)
    return door.method == "POST" and knock_of(door).changes and not turned_away


def expected_about_case(door: Door, world: World, role: Role, scope: Scope) -> int:
    """Return the answer to somebody who is signed in and stands so to the case."""
    if role is Role.MACHINE and not door.route.startswith(API):
        return SIGN_IN
    if not world.sees(role, scope, knock_of(door).state):
        return NOT_THERE
    held = world.powers[role] & set(door.who)
    if door.who == (Power.SEE,):
        return welcome(door) if held else NOT_ALLOWED
    if door.about is About.SEEN:  # persons speak, machines report
        return welcome(door) if held and role is not Role.MACHINE else NOT_ALLOWED
    if door.about is About.CONTACT:
        near = scope is Scope.INSIDE  # a confidential number opens to nobody
        return welcome(door) if held and near else NOT_ALLOWED
    own_unit_owes = owed_by_unit(door) is (role in ROLES_OF_HANDLING)
    inside = scope in (Scope.INSIDE, Scope.CONFIDENTIAL, Scope.INFORMANT)
    if not (held and inside and own_unit_owes):
        return NOT_ALLOWED
    return (scope is not Scope.INSIDE and knock_of(door).to_named) or welcome(door)


def scopes_to_try(door: Door, world: World, role: Role) -> tuple[Scope, ...]:
    """
    Return whence a role knocks: from everywhere, but where it lacks a move's power from one
    position alone, which sees the case or doesn't. The moves of a route differ in nothing else,
    so they share the positions among them.
    """
    scopes = world.scopes_of(role)
    if calls_somebody(door):
        scopes = tuple(s for s in scopes if s not in NOT_CALLED)
    if door.variant not in ROWS or world.powers[role] & set(door.who):
        return scopes
    shared = tuple(s for s in scopes if s in (Scope.INSIDE, Scope.COMPLAINED_ABOUT))
    return (shared[(CASES.index(door) + list(Role).index(role)) % len(shared)],) if shared else ()


def calls_somebody(door: Door) -> bool:
    """Tell whether the door is of a call that is owed: none is to who asked for confidence."""
    row = ROWS.get(door.variant)
    kind = row.kind if row else ""
    return kind in (TaskKind.CONTACT, TaskKind.TELL) or door.route in CALLS


def owed_by_unit(door: Door) -> bool:
    """Tell whether the power must reach the unit that handles, and not the desk."""
    row = ROWS.get(door.variant)
    if row is None:
        return door.who == (Power.HANDLE,)
    if row.side is not Side.OWNER:
        return row.side is Side.ASKER
    return row.kind not in BY_THE_DESK


class TestWithoutAName:
    @pytest.mark.parametrize(
        "door", [door for door in (*HOUSE, *CASES) if door.variant != "signed in"], ids=name_of
    )
    def test_only_what_is_open_opens(
        self, door: Door, world: World, contents: Contents, before: dict[str, object], some: Case
    ) -> None:
        case = world.cases[knock_of(door).state, Sort.ORDINARY]

        with undone():
            answer = knock(door, world, NOBODY, case)
            after = contents.now()

        assert answer.status_code == expected_of_nobody(door)
        if answer.status_code == SIGN_IN and Who.ANYONE not in door.who:
            assert answer["Location"].startswith("/sign-in?next=")
        if Who.ANYONE not in door.who or door.method == "GET":
            assert after == before

    @pytest.mark.parametrize("door", CLOSED, ids=name_of)
    def test_an_initial_password_is_no_name(
        self, door: Door, world: World, contents: Contents, before: dict[str, object]
    ) -> None:
        case = world.cases[knock_of(door).state, Sort.ORDINARY]

        with undone():
            answer = knock(door, world, world.unfinished, case)
            after = contents.now()

        refused = expected_of_nobody(Door(door.method, door.route, (Who.STAFF,)))
        assert (answer.status_code, after) == (refused, before)

    @pytest.mark.parametrize("door", OPERATIONS, ids=name_of)
    def test_a_false_key_is_worse_than_none(self, door: Door, world: World) -> None:
        false = Caller(None, Stands.ALONE, {"Authorization": "Bearer false"})
        case = world.cases[knock_of(door).state, Sort.ORDINARY]

        with undone():
            assert knock(door, world, false, case).status_code == NOT_SIGNED_IN


class TestOfTheHouse:
    @pytest.mark.parametrize(
        "door", [door for door in HOUSE if door.variant != "without a name"], ids=name_of
    )
    def test_opens_to_whom_it_says(
        self, door: Door, world: World, contents: Contents, before: dict[str, object], some: Case
    ) -> None:
        wrong = []
        for role in Role:
            caller = world.callers[role, Stands.ALONE if role in ROLES_ALONE else Stands.OWN]
            expected = expected_of_staff(door, world, role)
            with undone():
                answer = knock(door, world, caller, some)
                changed = contents.now() != before
            if answer.status_code != expected:
                wrong.append(f"{role}: {answer.status_code}, not {expected}")
            leaves = expected == welcome(door) and leaves_a_trace(door, role)
            if changed is not leaves and door.route not in COUNTED:
                wrong.append(f"{role}: {answer.status_code}, changed: {changed}")
        assert not wrong, "\n".join(wrong)


class TestOfACase:
    @pytest.mark.parametrize("door", CASES, ids=name_of)
    def test_opens_to_whom_it_says(
        self, door: Door, world: World, contents: Contents, before: dict[str, object]
    ) -> None:
        wrong = []
        for role in Role:
            for scope in scopes_to_try(door, world, role):
                case = world.case(role, scope, knock_of(door).state)
                expected = expected_about_case(door, world, role, scope)
                with undone():
                    answer = knock(door, world, world.caller(role, scope), case)
                    changed = contents.now() != before
                if answer.status_code != expected:
                    wrong.append(f"{role} {scope}: {answer.status_code}, not {expected}")
                leaves = expected == welcome(door) and leaves_a_trace(door, role)
                if changed is not leaves:
                    wrong.append(f"{role} {scope}: {answer.status_code}, changed: {changed}")
        assert not wrong, "\n".join(wrong)


class TestByLink:
    """A citizen has no account: what opens the door is the secret in the link."""

    @pytest.mark.parametrize("door", LINKS, ids=name_of)
    def test_opens_to_whoever_has_the_link(
        self, door: Door, world: World, contents: Contents, before: dict[str, object]
    ) -> None:
        leader = world.callers[Role.DUTY_LEADER, Stands.OWN]
        for sort in Sort:  # the citizen sees the own report also where no desk may
            case = world.cases[knock_of(door).state, sort]
            for caller in (NOBODY, leader):
                with undone():
                    answer = knock(door, world, caller, case)
                    changed = contents.now() != before
                nothing_owed = sort in NOBODY_CALLED and door.route.endswith("/read")
                leaves = door.method == "POST" and knock_of(door).changes and not nothing_owed
                assert (answer.status_code, changed) == (welcome(door), leaves)
                assert answer["Referrer-Policy"] == "no-referrer"

    @pytest.mark.parametrize("door", LINKS, ids=name_of)
    def test_a_false_link_leads_nowhere(
        self, door: Door, world: World, contents: Contents, before: dict[str, object]
    ) -> None:
        case = world.cases[knock_of(door).state, Sort.ORDINARY]
        leader = world.callers[Role.DUTY_LEADER, Stands.OWN]

        for caller in (NOBODY, leader):
            with undone():
                answer = knock(door, world, caller, case, token="0" * 32)
                assert (answer.status_code, contents.now()) == (NOT_THERE, before)

    def test_a_link_opens_no_other_report_s_picture(self, world: World, some: Case) -> None:
        other = world.cases[State.CLOSED, Sort.ORDINARY]

        answer = NOBODY.client().get(f"/r/{some.token}/photo/{other.attachment_id}")

        assert answer.status_code == NOT_THERE

    def test_a_link_shows_neither_name_nor_number(self, some: Case) -> None:
        page = NOBODY.client().get(f"/r/{some.token}/").content.decode()

        assert some.words in page
        assert not {word for word in (CITIZEN, PHONE) if word in page}


ROLES_IN_LISTS = (Role.DUTY_LEADER, Role.HANDLER, Role.SUPERVISOR, Role.ASSESSOR)
PLACES_TO_STAND = [stands for stands in Stands if stands is not Stands.ALONE]


def words_in(content: bytes) -> str:
    """Return what an answer says, also one that is a table for Excel."""
    if not content.startswith(b"PK"):
        return content.decode()
    with ZipFile(BytesIO(content)) as parts:
        return "".join(parts.read(name).decode() for name in parts.namelist())


def shown(text: str) -> set[str]:
    """Return which cases a page or answer speaks of."""
    return set(re.findall(r"\[[A-Z_]+/[A-Z_]+\]", text))


def marks(words: Iterable[str]) -> set[str]:
    return {mark for each in words for mark in shown(each)}


class TestInLists:
    """What is out of sight is in no list, no count, no suggestion."""

    @pytest.mark.parametrize("stands", PLACES_TO_STAND)
    @pytest.mark.parametrize("role", sorted(set(Role) - ROLES_ALONE))
    def test_the_list_of_a_unit_has_what_is_in_sight_and_no_more(
        self, world: World, role: Role, stands: Stands
    ) -> None:
        caller = world.callers[role, stands]
        here = world.district
        asked = (here.centre, here.roads, here.qingbo, here.hubin, here.office)

        found = set()
        for unit_id, offset in product(asked, range(0, len(world.cases) + 50, 50)):
            answer = caller.client().get(f"/{API}workorders?unit_id={unit_id}&offset={offset}")
            assert answer.status_code == 200
            found |= {row["words"] for row in answer.json()}

        assert found == world.in_sight(caller)

    @pytest.mark.parametrize("stands", PLACES_TO_STAND)
    @pytest.mark.parametrize("role", ROLES_IN_LISTS)
    def test_pages_show_nothing_else(self, world: World, role: Role, stands: Stands) -> None:
        caller = world.callers[role, stands]
        visible = marks(world.in_sight(caller))

        for door in (door for door in DOORS["Desk"] if door.about is About.LIST):
            case = world.cases[State.DISPATCHED, Sort.ORDINARY]
            page = words_in(b"".join(knock(door, world, caller, case)))
            assert shown(page) <= visible, name_of(door)

    def test_the_own_queue_shows_what_waits_there(self, world: World) -> None:
        leader = world.callers[Role.DUTY_LEADER, Stands.OWN]

        page = leader.client().get("/desk/queue/register/").content.decode()
        queue = page.partition('id="queue"')[2].partition("</section>")[0]

        assert shown(queue) == {
            f"[{state}/{sort}]"
            for state in (State.REPORTED, State.OUTER_REPORTED)
            for sort in set(Sort) - {Sort.ABOUT_CENTRE}
        }

    @pytest.mark.parametrize(
        "scope", [Scope.OUTSIDE, Scope.OTHER_TERRITORY, Scope.COMPLAINED_ABOUT]
    )
    def test_a_number_in_the_address_opens_nothing(self, world: World, scope: Scope) -> None:
        caller = world.caller(Role.DUTY_LEADER, scope)
        case = world.case(Role.DUTY_LEADER, scope, State.REPORTED)

        page = caller.client().get(f"/desk/queue/register/?case={case.number}").content.decode()

        assert marks([case.words]) & shown(page) == set()


class TestAdministrators:
    """The three stand apart: none of them sees what a case says (三员分立)."""

    @pytest.mark.parametrize(
        "role", [Role.SECURITY_ADMINISTRATOR, Role.SYSTEM_ADMINISTRATOR, Role.AUDITOR]
    )
    def test_see_nothing_of_a_case(self, world: World, some: Case, role: Role) -> None:
        caller = world.callers[role, Stands.ALONE]
        told = {CITIZEN, PHONE, "13800138", "和平路口", "人行道上出了事"}

        for door in (door for door in ALL if door.method == "GET" and door not in LINKS):
            answer = knock(door, world, caller, some)
            page = b"".join(answer).decode(errors="replace")
            assert (shown(page), {word for word in told if word in page}) == (set(), set()), door

    def test_the_auditor_reads_who_read_a_number_but_not_the_number(
        self, world: World, some: Case
    ) -> None:
        handler = world.callers[Role.HANDLER, Stands.OWN].client()
        auditor = world.callers[Role.AUDITOR, Stands.ALONE].client()
        with undone():
            revealed = handler.post(
                f"/desk/cases/{some.number}/contact/{some.report_id}", {"purpose": "核实位置"}
            ).content.decode()
            log = auditor.get("/logs/contacts").content.decode()

        assert PHONE in revealed
        assert (some.number in log, "核实位置" in log, PHONE in log) == (True, True, False)

    def test_of_one_unit_reach_no_other(
        self, world: World, contents: Contents, before: dict[str, object]
    ) -> None:
        here, today = world.district, str(localdate())
        renamed = {"name": "新名称", "on": today}
        given = {"role": "CHECKER", "valid_from": today}
        with undone():
            units = world.appointed(Role.SYSTEM_ADMINISTRATOR, here.hubin).client()
            staff = world.appointed(Role.SECURITY_ADMINISTRATOR, here.hubin).client()
            started = contents.now()
            tried = [
                units.post(f"/units/{here.qingbo}/rename", renamed),
                units.post("/units/new", NEW_UNIT | {"on": today}),
                units.post("/machines/", {"username": "m3", "display_name": "接口"}),
                staff.post(f"/staff/{world.spare_user}/", given | {"unit": "qingbo"}),
                staff.post(f"/staff/{world.spare_user}/password"),
                staff.post(f"/staff/{world.spare_user}/close"),
                staff.post(f"/appointments/{world.spare_appointment}/end"),
                staff.post("/staff/new", {"username": "n", "display_name": "新人"}),
            ]
            assert [answer.status_code for answer in tried] == [NOT_ALLOWED] * len(tried)
            assert contents.now() == started

            done = [
                units.post(f"/units/{here.hubin}/rename", renamed),
                staff.post(f"/staff/{world.spare_user}/", given | {"unit": "hubin"}),
            ]
            assert [answer.status_code for answer in done] == [302, 302]


NEW_UNIT = {"code": "lamps", "name": "路灯所", "kind": "DEPARTMENT", "level": "DISTRICT"}


class TestForgery:
    """A page of somebody else can make a browser post; it can't know the token."""

    @pytest.mark.parametrize(
        "door",
        [d for d in (*HOUSE, *CASES) if d.method == "POST" and not d.route.startswith(API)],
        ids=name_of,
    )
    def test_a_post_without_the_page_s_token_is_refused(
        self, door: Door, world: World, contents: Contents, before: dict[str, object]
    ) -> None:
        role = next((r for r in Role if world.powers[r] & set(door.who)), Role.DUTY_LEADER)
        caller = world.callers[role, Stands.ALONE if role in ROLES_ALONE else Stands.OWN]
        case = world.cases[knock_of(door).state, Sort.ORDINARY]

        with undone():
            answer = knock(door, world, caller, case, csrf=True)
            changed = contents.now() != before

        refused = door.route not in WITHOUT_TOKEN
        assert (answer.status_code == NOT_ALLOWED, changed) == (refused, False)

    @pytest.mark.parametrize(
        "door", [door for door in OPERATIONS if door.method == "POST"], ids=name_of
    )
    def test_nor_does_a_session_alone_open_the_api(
        self, door: Door, world: World, contents: Contents, before: dict[str, object]
    ) -> None:
        role = next((r for r in Role if world.powers[r] & set(door.who)), Role.DUTY_LEADER)
        caller = world.callers[role, Stands.OWN]
        case = world.cases[knock_of(door).state, Sort.ORDINARY]

        with undone():
            answer = knock(door, world, caller, case, csrf=True)
            assert (answer.status_code, contents.now()) == (NOT_ALLOWED, before)


class TestDemo:
    def test_one_click_opens_only_in_a_demonstration(self, world: World) -> None:
        someone = {"user": world.spare_user}

        with undone():
            outside = NOBODY.client().post("/sign-in/demo", someone)
            with override_settings(DEMO=True):
                inside = NOBODY.client().post("/sign-in/demo", someone)
                stranger = NOBODY.client().post("/sign-in/demo", {"user": world.closed_user})

        assert [a.status_code for a in (outside, inside, stranger)] == [404, 302, 404]

    def test_nobody_is_offered_outside(self, world: World) -> None:
        assert "supervisor-own" not in NOBODY.client().get("/sign-in").content.decode()

        with override_settings(DEMO=True):
            assert "supervisor-own" in NOBODY.client().get("/sign-in").content.decode()
