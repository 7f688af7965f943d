"""Who sees a case: units that work on it or look on, named persons, never who it is about."""

from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from datetime import date, datetime
from functools import partial

from django.utils.timezone import localdate

from chengshao.people import queries as people
from chengshao.people.queries import DeskAndSubdistrict
from chengshao.workorders.models import Audience, WorkOrder
from chengshao.workorders.rules.facts import OPEN_STATES
from chengshao.workorders.rules.refusals import NobodyKnows
from chengshao.workorders.terms import Power, Sight


def show_to(
    case: WorkOrder,
    unit_ids: Iterable[int],
    hidden_from: AbstractSet[int],
    *,
    onlookers: AbstractSet[int] = frozenset(),
    at: datetime,
) -> None:
    """
    Write that these units see the case from now on, each since when.

    A confidential one is there for who works on cases, an informant's for named persons alone. A
    unit complained about gets no row: its superior does. A third party sees its task, never the
    citizen's words.

    :param onlookers: further units that are no third party: who_looks_on
    """
    today = localdate(at)
    owing = {*unit_ids, *people.superior_ids(hidden_from, today)} - hidden_from
    units = owing | onlookers - hidden_from
    third = people.third_parties(owing - onlookers - {case.desk_unit_id}, today)
    Audience.objects.bulk_create(
        shown(case, units, third, at, knowing=lambda of: _named(of, case, today)),
        ignore_conflicts=True,
    )


def shown(
    case: WorkOrder,
    unit_ids: Iterable[int],
    third: AbstractSet[int],
    at: datetime,
    *,
    knowing: Callable[[Iterable[int]], Mapping[int, Iterable[int | None]]],
) -> list[Audience]:
    """
    Return that these units see the case since then, not stored yet.

    :param third: which of them are no public body, and see their task only
    :param knowing: returns who of each unit knows of an informant's case; not asked of others
    """
    units = sorted(unit_ids)
    named = knowing(units) if case.named_only else {unit: [None] for unit in units}
    return [
        Audience(
            work_order=case,
            unit_id=unit_id,
            user_id=user_id,
            working_only=case.confidential,
            sight=Sight.TASK if unit_id in third else Sight.FULL,
            territory=case.territory,
            opened_at=at,
        )
        for unit_id in units
        for user_id in named[unit_id]
    ]


def who_looks_on(
    case: WorkOrder,
    hidden_from: AbstractSet[int],
    near: DeskAndSubdistrict,
    *,
    about_somebody: bool,
) -> frozenset[int]:
    """
    Return who sees a case beside those that owe something on it: the centre and the sub-district.

    A confidential one and an informant's are for the desk and those who owe a task alone.

    :param about_somebody: it complains, and nobody has named the unit yet: it may be that one
    """
    if case.confidential or case.named_only:
        return frozenset()
    desk = near.desk_unit_id if hidden_from else case.desk_unit_id
    if about_somebody:
        return frozenset({desk})
    return frozenset({desk, near.subdistrict_unit_id or desk})


def check_somebody_knows(case: WorkOrder, unit_ids: Iterable[int], today: date) -> None:
    """
    Pass if an informant's case would be seen by somebody in each of these units (举报): who signs
    for it is told by itself, else a person of it is named before.

    :raises NobodyKnows: naming a unit where nobody would
    """
    if not case.named_only:
        return
    told = _named(unit_ids, case, today)
    silent = {unit_id for unit_id, users in told.items() if not users}
    named = case.audience.filter(unit__in=silent, user__isnull=False)
    silent -= set(named.values_list("unit_id", flat=True)) if silent else set()
    for unit in people.unit_lines(silent, today).values():
        raise NobodyKnows(unit=unit.name)


def narrow_to_named(case: WorkOrder, at: datetime) -> None:
    """
    Take a case that turns out to be confidential from whole units; named persons keep it.

    Those are at the desk who name others, and in each unit that owes something who signs for it.
    """
    case.audience.filter(user=None).delete()
    owing = case.tasks.filter(state__in=sorted(OPEN_STATES)).values_list("unit_id", flat=True)
    show_to(case, {case.desk_unit_id, *owing}, case.facts().complained_about, at=at)


def review_sight(case: WorkOrder, at: datetime) -> None:
    """
    Let a case that turns out to be about somebody, or is so no more, be seen by whom it may be.

    Whom it is about and who answers to them lose it, their superiors see it instead. Where nobody
    has named the unit yet, the sub-district that only looks on loses it.
    """
    facts = case.facts()
    about = facts.complained_about
    near = people.desk_and_subdistrict(case.territory, localdate(at))
    case.audience.filter(unit__in=about).delete()
    if facts.about_somebody:
        _take_from_onlooker(case, near.subdistrict_unit_id)
    onlookers = who_looks_on(case, about, near, about_somebody=facts.about_somebody)
    show_to(case, (), about, onlookers=onlookers, at=at)


def _named(units: Iterable[int], case: WorkOrder, today: date) -> dict[int, list[int | None]]:
    return who_is_told(units, case, partial(_users_with, today))


def _users_with(today: date, power: str, unit_id: int, territory: str) -> list[int]:
    return people.users_with(power, unit_id, today, territory=territory)


def who_is_told(
    units: Iterable[int], case: WorkOrder, users_with: Callable[[str, int, str], Iterable[int]]
) -> dict[int, list[int | None]]:
    """
    Return who of each unit is told of an informant's case before others are named (举报).

    :param users_with: returns who has a power over a unit in a territory
    """
    found: dict[int, list[int | None]] = {}
    for unit_id in units:
        power = Power.NAME_PERSONS if unit_id == case.desk_unit_id else Power.SIGN_OFF
        found[unit_id] = list(users_with(power, unit_id, case.territory))
    return found


def hide_from_subdistrict(case: WorkOrder, on: date) -> None:
    """Take the case from the sub-district where it was thought to be, if it owes nothing on it."""
    _take_from_onlooker(case, people.subdistrict_unit_id(case.territory, on))


def _take_from_onlooker(case: WorkOrder, unit_id: int | None) -> None:
    if unit_id not in (None, case.desk_unit_id) and not case.tasks.filter(unit=unit_id).exists():
        case.audience.filter(unit=unit_id, user=None).delete()
