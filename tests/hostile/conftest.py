"""
What comes from outside, as wrong as it can be. `make hostile EXAMPLES=100000` draws as many
examples and tells how many each test had, at least as many as the API's schema has edges; in CI
there are a few of each.

No example may take a minute or two gigabytes: what does is endless, or a bomb.
"""

import resource
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

import pytest
from django.utils.timezone import now
from pytest_django import DjangoDbBlocker

from chengshao.people import actions as people
from chengshao.people.terms import Role
from chengshao.workorders.terms import Power
from tests.architecture.access.world import Caller, Contents, Stands, World, world_standing
from tests.district import AT, LOADER, SINCE
from tests.hostile.portions import ALL

_SECONDS = 60
_BYTES = 2 * 1024**3
_FLOOR = """\
每个测试至少一例；接口另有下限：schemathesis 先试遍每项操作的各处边界，不论 EXAMPLES 多小。
Each test draws one at least, and the API has its own floor: schemathesis tries all edges of each
operation's schema first, however small EXAMPLES is."""
_drawn: dict[str, int] = {}


@pytest.fixture(scope="package")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with world_standing(django_db_blocker) as built:
        yield built


@pytest.fixture(scope="package")
def contents(world: World) -> Contents:
    return Contents()


@pytest.fixture(scope="package")
def machine_that_may_all(world: World) -> Caller:
    """Return a machine whose role and key let it do whatever is done to cases."""
    rows = [*people.default_role_powers(), *((Role.MACHINE, power) for power in Power)]
    people.load_role_powers(rows=list(dict.fromkeys(rows)), actor=LOADER, at=AT)
    new = people.NewAccount(username="almighty", display_name="接口", is_machine=True)
    user_id = people.open_account(account=new, actor=LOADER, at=AT)
    people.appoint(user_id=user_id, role=Role.MACHINE, valid_from=SINCE, actor=LOADER, at=AT)
    key = people.issue_token(
        user_id=user_id, label="test", powers=list(Power), actor=LOADER, at=now()
    )
    caller = Caller(Role.MACHINE, Stands.ALONE, {"Authorization": f"Bearer {key}"})
    caller.client().get("/api/v1/places/search?q=a")  # that a key was used is noted once a day
    return caller


@pytest.fixture(scope="package")
def before(contents: Contents, machine_that_may_all: Caller) -> dict[str, object]:
    return contents.now()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    test = getattr(getattr(item, "obj", None), "hypothesis", None)
    if test is None:
        yield
        return
    drawn = 0

    def counted(inner: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(inner)
        def one(*args: Any, **kwargs: Any) -> Any:
            nonlocal drawn
            drawn += 1
            with _bounded():
                return inner(*args, **kwargs)

        return one

    plain, test.inner_test = test.inner_test, counted(test.inner_test)
    try:
        yield
    finally:
        test.inner_test = plain
        item.user_properties.append(("examples", drawn))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    told = dict(report.user_properties)
    if report.when == "call" and "examples" in told:
        name = report.nodeid.rpartition("/")[2].partition("[")[0]
        _drawn[name] = _drawn.get(name, 0) + int(str(told["examples"]))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if ALL:
        for name, drawn in sorted(_drawn.items()):
            terminalreporter.write_line(f"{drawn:>8} {name}")
        drawn = sum(_drawn.values())
        terminalreporter.write_line(f"{drawn:>8} examples, {ALL} asked for")
        if drawn > ALL:
            terminalreporter.write_line(_FLOOR)


@contextmanager
def _bounded() -> Iterator[None]:
    def give_up(number: int, frame: object) -> None:
        raise TimeoutError(f"an example took more than {_SECONDS} s")

    held, most = resource.getrlimit(resource.RLIMIT_AS)
    former = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(_SECONDS)
    resource.setrlimit(resource.RLIMIT_AS, (_address_space() + _BYTES, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (held, most))
        signal.alarm(0)
        signal.signal(signal.SIGALRM, former)


def _address_space() -> int:
    with open("/proc/self/statm") as told:
        return int(told.read().split()[0]) * resource.getpagesize()
