"""A unit that still owes something does not just vanish: somebody takes it over, or it stays."""

from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from threading import Event, Thread

import pytest
from django.db import connections, transaction

from chengshao.kernel.errors import DomainError
from chengshao.people import actions, queries
from chengshao.people.models import Unit, UnitSuccession, User
from chengshao.people.queries import UnitNotFound
from chengshao.people.rules import open_work
from chengshao.people.terms import Role
from tests.integration.people.conftest import (
    AT,
    LOADER,
    TODAY,
    appointed,
    load_powers,
    unit,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def owed() -> Iterator[dict[int, int]]:
    """What waits for each unit, as a room above would say it."""
    counts: dict[int, int] = {}

    def of(unit_ids: AbstractSet[int]) -> dict[int, int]:
        return {pk: count for pk, count in counts.items() if pk in unit_ids}

    before = dict(open_work._asked)
    open_work.wire({"TASKS": of})
    yield counts
    open_work.wire(before)


def close(unit_id: int, successor_id: int | None = None) -> None:
    actions.close_unit(unit_id=unit_id, on=TODAY, successor_id=successor_id, actor=LOADER, at=AT)


def split(unit_id: int, *into_ids: int, open_work_to: int | None = None) -> None:
    actions.split_unit(
        unit_id=unit_id,
        into_ids=frozenset(into_ids),
        open_work_to=open_work_to,
        on=TODAY,
        actor=LOADER,
        at=AT,
    )


def merge(unit_id: int, into_id: int) -> None:
    actions.merge_units(unit_ids={unit_id}, into_id=into_id, on=TODAY, actor=LOADER, at=AT)


def refused(deed: Callable[[], object]) -> DomainError:
    """Assert that the deed is refused and every unit stays; return the refusal."""
    with pytest.raises(DomainError) as caught:
        deed()
    assert not Unit.objects.exclude(valid_until=None).exists()
    assert not UnitSuccession.objects.exists()
    return caught.value


def reach_of(username: str) -> set[int | None]:
    user = appointed(username, Role.HANDLER, Unit.objects.get(code=username).pk)
    return {grant.unit_id for grant in queries.actor_of_user(user.pk).grants}


def test_closing_says_what_is_open(owed: dict[int, int]) -> None:
    gas = unit("gas")
    owed[gas] = 3

    refusal = refused(lambda: close(gas))

    assert (refusal.code, refusal.params) == ("unit_owes_work", {"open_work": "TASKS", "count": 3})


def test_what_others_owe_is_no_obstacle(owed: dict[int, int]) -> None:
    gas = unit("gas")
    owed[unit("water")] = 3

    close(gas)

    assert Unit.objects.get(pk=gas).valid_until == TODAY


def test_a_successors_people_finish_it(owed: dict[int, int]) -> None:
    load_powers()
    gas, energy = unit("gas"), unit("energy")
    owed[gas] = 3

    close(gas, energy)

    assert reach_of("energy") == {gas, energy}
    assert queries.open_work_of(energy) == {"TASKS": 3}


def test_nobody_follows_itself_or_what_is_closed(owed: dict[int, int]) -> None:
    gas = unit("gas")
    assert refused(lambda: close(gas, gas)).code == "unit_into_itself"

    water = unit("water")
    close(water)
    with pytest.raises(DomainError, match="unit_closed"):
        close(gas, water)
    assert Unit.objects.get(pk=gas).valid_until is None


def test_merging_hands_it_over_and_on(owed: dict[int, int]) -> None:
    load_powers()
    gas, energy, supply = unit("gas"), unit("energy"), unit("supply")
    owed[gas] = 1

    merge(gas, energy)
    with pytest.raises(DomainError, match="unit_owes_work"):
        close(energy)
    merge(energy, supply)

    assert reach_of("supply") == {gas, energy, supply}


def test_of_those_that_follow_a_split_one_takes_it_over(owed: dict[int, int]) -> None:
    load_powers()
    both, gas, water, other = unit("both"), unit("gas"), unit("water"), unit("other")
    owed[both] = 2

    assert refused(lambda: split(both, gas, water)).code == "unit_owes_work"
    outside = refused(lambda: split(both, gas, water, open_work_to=other))
    assert outside.code == "unit_takes_over_nothing"
    split(both, gas, water, open_work_to=water)

    assert (reach_of("gas"), reach_of("water")) == ({gas}, {both, water})


def test_a_unit_that_closes_later_is_reached_from_that_day(
    owed: dict[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    load_powers()
    gas, energy = unit("gas"), unit("energy")
    day = TODAY.replace(month=7)
    actions.close_unit(unit_id=gas, on=day, successor_id=energy, actor=LOADER, at=AT)

    assert reach_of("energy") == {energy}
    monkeypatch.setattr("chengshao.people.queries.actors.localdate", lambda: day)
    handler = User.objects.get(username="energy").pk
    assert {g.unit_id for g in queries.actor_of_user(handler).grants} == {gas, energy}


@pytest.mark.django_db(transaction=True)
def test_closing_waits_for_whoever_is_giving_it_a_task(owed: dict[int, int]) -> None:
    gas = unit("gas")
    checked, given = Event(), Event()
    said: list[str] = []

    def give_a_task() -> None:
        try:
            with transaction.atomic():
                queries.check_units({gas}, TODAY)
                checked.set()
                given.wait(1)  # the closing begins meanwhile, and must not get past the lock
                owed[gas] = 1
        finally:
            connections.close_all()

    def close_it() -> None:
        try:
            checked.wait(10)
            close(gas)
        except DomainError as error:
            said.append(error.code)
        finally:
            connections.close_all()

    threads = [Thread(target=give_a_task), Thread(target=close_it)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert said == ["unit_owes_work"]
    queries.check_units({gas}, TODAY)


@pytest.mark.django_db(transaction=True)
def test_a_task_given_while_a_unit_closes_is_refused(owed: dict[int, int]) -> None:
    gas = unit("gas")
    locked, asked = Event(), Event()
    said: list[str] = []

    def close_it() -> None:
        try:
            with transaction.atomic():
                close(gas)
                locked.set()
                asked.wait(1)
        finally:
            connections.close_all()

    def give_a_task() -> None:
        try:
            locked.wait(10)
            queries.check_units({gas}, TODAY)
        except UnitNotFound as error:
            said.append(error.code)
        finally:
            connections.close_all()

    threads = [Thread(target=close_it), Thread(target=give_a_task)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert said == ["unit_not_found"]
