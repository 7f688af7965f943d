"""Whoever may knock at a door, what is asked for behind it, and what must hold of the answer."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.http.response import HttpResponseBase
from django.utils.datastructures import MultiValueDict
from django.utils.http import url_has_allowed_host_and_scheme
from hypothesis import strategies as st

from chengshao.people.terms import Role
from config.access import DOORS, Door, Who
from tests.architecture.access.knocks import API, knock, knock_of, welcome
from tests.architecture.access.world import (
    NOBODY,
    ROLES_ALONE,
    Caller,
    Case,
    Contents,
    Scope,
    Sort,
    Stands,
    World,
    undone,
)
from tests.architecture.test_access import COUNTED, OF_CASES, expected_about_case
from tests.hostile.broken import WORDS

ALL = tuple(door for doors in DOORS.values() for door in doors if Who.DEMO not in door.who)
PAGES = tuple(d for d in ALL if d.method == "POST" and not d.route.startswith(API))
LOOKS = tuple(d for d in ALL if d.method == "GET")
OPERATIONS = tuple(d for d in ALL if d.method == "POST" and d.route.startswith(API))
HEADERS = st.dictionaries(
    st.sampled_from(
        ["Accept-Language", "X-Forwarded-For", "Referer", "HX-Target", "HX-Current-URL", "Accept"]
    ),
    WORDS.filter(lambda said: said.isascii() and said.isprintable()).map(lambda said: said[:200]),
    max_size=1,
)


def who_may(door: Door, world: World) -> Caller:
    """Return somebody to whom this door opens."""
    if door.who[0] in (Who.ANYONE, Who.LINK):
        return NOBODY
    for role in Role:
        caller = world.callers[role, Stands.ALONE if role in ROLES_ALONE else Stands.OWN]
        if role is Role.MACHINE and not door.route.startswith(API):
            continue
        if door.about in OF_CASES:
            opens = expected_about_case(door, world, role, Scope.INSIDE) == welcome(door)
        else:
            opens = not door.takes_power or bool(world.powers[role] & set(door.who))
        if opens:
            return caller
    raise AssertionError(f"nobody may use {door}")


def case_of(door: Door, world: World) -> Case:
    return world.cases[knock_of(door).state, Sort.ORDINARY]


class Asked:
    """Learns from one right knock at each door which names are asked for behind it."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._names: dict[Door, list[str]] = {}

    def by(self, door: Door) -> list[str]:
        if door not in self._names:
            names = {"next", "page"}
            with undone(), _listening(names):
                knock(door, self._world, who_may(door, self._world), case_of(door, self._world))
            self._names[door] = sorted(names - {"csrfmiddlewaretoken"})
        return self._names[door]


@contextmanager
def _listening(names: set[str]) -> Iterator[None]:
    """Take down the names by which a page looks into what was sent."""
    plain = {name: getattr(MultiValueDict, name) for name in ("__getitem__", "get", "getlist")}
    plain["__contains__"] = dict.__contains__

    def heard(method: Any) -> Any:
        def listening(sent: Any, name: Any, *more: Any, **kwargs: Any) -> Any:
            if isinstance(name, str):
                names.add(name)
            return method(sent, name, *more, **kwargs)

        return listening

    for name, method in plain.items():
        setattr(MultiValueDict, name, heard(method))
    try:
        yield
    finally:
        del MultiValueDict.__contains__
        for name in ("__getitem__", "get", "getlist"):
            setattr(MultiValueDict, name, plain[name])


def answered_well(
    door: Door, answer: HttpResponseBase, contents: Contents, before: dict[str, object]
) -> None:
    """Pass if nothing broke, a refusal or a look left nothing behind, and nobody was led away."""
    b"".join(answer)
    assert answer.status_code < 500 or answer.status_code == welcome(door)
    if answer.status_code in (301, 302):
        assert url_has_allowed_host_and_scheme(answer["Location"], {"testserver"})
    looked = door.method == "GET"
    if looked or (answer.status_code >= 400 and door.route not in COUNTED):
        now = contents.now()
        assert {name for name, held in now.items() if held != before[name]} == set()
