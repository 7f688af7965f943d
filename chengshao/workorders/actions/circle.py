"""Who may know of a case that is not open to whole units (举报、保密): persons, by name."""

from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate

from chengshao.kernel.actor import Actor
from chengshao.kernel.canonical import Json
from chengshao.kernel.errors import Invalid, Refused
from chengshao.kernel.words import is_blank
from chengshao.people import queries as people
from chengshao.workorders import queries
from chengshao.workorders.actions._store import record
from chengshao.workorders.models import Audience, WorkOrder
from chengshao.workorders.rules.facts import OPEN_STATES
from chengshao.workorders.rules.refusals import (
    NeedMissing,
    PowerMissing,
    UnitComplainedAbout,
    WrongState,
)
from chengshao.workorders.terms import CaseCommand, Need, NoteName, Power, Sight


class PersonNotOfUnit(Invalid):
    """Somebody is named for a unit for which they see nothing of such a case."""

    code = "workorder_person_not_of_unit"


class PersonNotNamed(Refused):
    code = "workorder_person_not_named"


class LastNamed(Refused):
    """Nobody would be left who knows of it at the desk, or in a unit that owes something."""

    code = "workorder_last_named"


@transaction.atomic
def name_person(
    *, number: str, user_id: int, unit_id: int, reason: str, actor: Actor, at: datetime
) -> WorkOrder:
    """
    Let one more person know of a case that is not open to whole units (指定知悉人).

    :param unit_id: the unit for which that person works on it
    :raises WorkOrderNotFound: if the case is not there for this actor
    :raises PowerMissing: if the actor may not name persons at the desk
    :raises PersonNotOfUnit: if the person would see no such case of that unit
    :raises UnitComplainedAbout: if the case is about that unit, or one where the person sees cases
    :raises WrongState: if the case is open to units
    :raises NeedMissing: without a reason
    """
    case = _case_to_name_on(number, actor)
    today = localdate(at)
    for about in case.facts().complained_about:
        if unit_id == about or user_id in people.users_with(Power.SEE, about, today):
            raise UnitComplainedAbout
    if user_id not in people.users_with(Power.SEE, unit_id, today, territory=case.territory):
        raise PersonNotOfUnit
    if not (case.named_only or case.confidential):
        raise WrongState(command=CaseCommand.NAME_PERSON, state=case.step)
    _check_reason(reason)
    Audience.objects.get_or_create(
        work_order=case,
        unit_id=unit_id,
        user_id=user_id,
        defaults={
            "sight": Sight.TASK if people.third_parties({unit_id}, today) else Sight.FULL,
            "territory": case.territory,
            "opened_at": at,
        },
    )
    return _enter(case, CaseCommand.NAME_PERSON, user_id, unit_id, reason, actor, at)


@transaction.atomic
def end_naming(
    *, number: str, user_id: int, unit_id: int, reason: str, actor: Actor, at: datetime
) -> WorkOrder:
    """
    Take the case from a person who was named (取消知悉); that they knew of it stays in the history.

    :raises WorkOrderNotFound: if the case is not there for this actor
    :raises PowerMissing: if the actor may not name persons at the desk
    :raises PersonNotNamed: if the person is not named for that unit
    :raises LastNamed: if nobody were left who names others, or of a unit that owes something
    :raises NeedMissing: without a reason
    """
    case = _case_to_name_on(number, actor)
    named = case.audience.filter(unit=unit_id, user=user_id)
    if not named.exists():
        raise PersonNotNamed
    _check_reason(reason)
    if case.named_only:
        _check_not_the_last(case, user_id, unit_id, localdate(at))
    named.delete()
    return _enter(case, CaseCommand.END_NAMING, user_id, unit_id, reason, actor, at)


def _case_to_name_on(number: str, actor: Actor) -> WorkOrder:
    case = queries.lock_case(number=number, actor=actor)
    if not actor.may(Power.NAME_PERSONS, case.desk_unit_id, territory=case.territory):
        raise PowerMissing(power=Power.NAME_PERSONS)
    return case


def _check_reason(reason: str) -> None:
    if is_blank(reason):
        raise NeedMissing(need=Need.REASON)


def _check_not_the_last(case: WorkOrder, user_id: int, unit_id: int, today: date) -> None:
    others = case.audience.filter(unit=unit_id, user__isnull=False).exclude(user=user_id)
    left = {other for other in others.values_list("user_id", flat=True) if other is not None}
    if unit_id == case.desk_unit_id:
        naming = people.users_with(Power.NAME_PERSONS, unit_id, today, territory=case.territory)
        if not left & set(naming):
            raise LastNamed
    elif not left and case.tasks.filter(unit=unit_id, state__in=sorted(OPEN_STATES)).exists():
        raise LastNamed


def _enter(
    case: WorkOrder,
    command: CaseCommand,
    user_id: int,
    unit_id: int,
    reason: str,
    actor: Actor,
    at: datetime,
) -> WorkOrder:
    case.revision += 1
    line: dict[str, Json] = {"command": command, "named_user_id": user_id, "unit_id": unit_id}
    record(case, line, notes={NoteName.REASON: reason}, actor=actor, at=at)
    return case
