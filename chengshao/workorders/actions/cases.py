"""What the desk does with a case: register, dispatch, end."""

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate

from chengshao.catalog import queries as catalog
from chengshao.catalog.terms import Urgency
from chengshao.kernel.actor import Actor
from chengshao.kernel.canonical import Json
from chengshao.kernel.events import publish
from chengshao.people import queries as people
from chengshao.places import queries as places
from chengshao.workorders import queries
from chengshao.workorders.actions._places import Place, fields_of
from chengshao.workorders.actions._store import (
    ChangedMeanwhile,
    apply,
    at_desk,
    hide_from_subdistrict,
    move,
    record,
)
from chengshao.workorders.events import (
    WorkOrderDispatched,
    WorkOrderEnded,
    WorkOrderRegistered,
)
from chengshao.workorders.models import (
    Note,
    Task,
    WorkOrder,
)
from chengshao.workorders.rules import lifecycle
from chengshao.workorders.rules.lifecycle import Given
from chengshao.workorders.terms import (
    CaseCommand,
    NoteName,
    Outcome,
    Power,
    Principle,
    TaskCommand,
    TaskKind,
    TaskState,
)


@transaction.atomic
def register(
    *,
    number: str,
    seen_revision: int,
    matter: str,
    urgency: Urgency | None = None,
    place: Place | None = None,
    actor: Actor,
    at: datetime,
) -> WorkOrder:
    """
    Accept the case (立案): name its matter; correct its urgency and place where needed.

    What evidence the closing asks comes with the matter, often none.

    :raises WorkOrderNotFound: if it is not there for this actor
    :raises ChangedMeanwhile: if the case is not the one the actor saw
    :raises MatterNotFound: if no such matter is in force
    :raises DivisionNotFound: if the place names a division that is not there
    :raises DomainError: see rules.lifecycle.decide_task
    """
    case, task = at_desk(number, seen_revision, TaskKind.REGISTER, TaskCommand.REGISTER, actor)
    row = catalog.matter_in_force(matter, localdate(at))
    case.matter, case.matter_version_id = row.code, row.pk
    case.evidence_asked = sorted(row.evidence_asked)
    case.urgency = urgency or row.default_urgency
    line: dict[str, Json] = {
        "matter": row.code,
        "matter_version": row.pk,
        "urgency": case.urgency,
        "evidence_asked": case.evidence_asked,
    }
    fields = ["matter", "matter_version", "evidence_asked", "urgency"]
    if place is not None:
        if place.territory:
            places.check_division(place.territory)
        hide_from_subdistrict(case, localdate(at))
        changed = fields_of(place)
        for name, value in changed.items():
            setattr(case, name, value)
        fields += changed
        line |= {"territory": place.territory, "grid": place.grid}
    case.save(update_fields=fields)
    if place is not None:
        case.audience.update(territory=case.territory)
    move(case, task, TaskCommand.REGISTER, Given(matter=row.code), line=line, actor=actor, at=at)
    publish(WorkOrderRegistered(case.pk, case.matter, at))
    return case


@transaction.atomic
def dispatch(
    *,
    number: str,
    seen_revision: int,
    lead_unit_id: int,
    co_handle_unit_ids: frozenset[int] = frozenset(),
    principle: Principle,
    basis: str,
    responsibility_id: int | None = None,
    actor: Actor,
    at: datetime,
) -> WorkOrder:
    """
    Name the lead and the co-handlers, with the principle and basis of the choice (F3).

    :raises WorkOrderNotFound: if it is not there for this actor
    :raises ChangedMeanwhile: if the case is not the one the actor saw
    :raises UnitNotFound: if a unit is not there or closed
    :raises LeadNotByList: if the lists of duties don't let a unit lead, or help
    :raises DomainError: see rules.lifecycle.decide_task
    """
    case, task = at_desk(number, seen_revision, TaskKind.DISPATCH, TaskCommand.DISPATCH, actor)
    today = localdate(at)
    people.check_units({lead_unit_id, *co_handle_unit_ids}, today)
    catalog.check_may_lead(lead_unit_id, case.matter, case.territory, today)
    catalog.check_may_help(co_handle_unit_ids, case.matter, case.territory, today)
    given = Given(lead_unit_id=lead_unit_id, co_handle_unit_ids=co_handle_unit_ids, basis=basis)
    line: dict[str, Json] = {
        "lead_unit_id": lead_unit_id,
        "co_handle_unit_ids": sorted(co_handle_unit_ids),
        "principle": principle,
        "responsibility_id": responsibility_id,
    }
    move(case, task, TaskCommand.DISPATCH, given, line=line, actor=actor, at=at)
    case.tasks.filter(kind=TaskKind.LEAD, state=TaskState.OPEN).update(principle=principle)
    publish(WorkOrderDispatched(case.pk, lead_unit_id, at))
    return case


@transaction.atomic
def open_task(*, number: str, kind: str, unit_id: int, actor: Actor, at: datetime) -> Task:
    """
    Open a task of another room's kind.

    :raises WorkOrderNotFound: if the case is not there for this actor
    :raises UnitNotFound: if the unit is not there or closed
    :raises DomainError: see rules.lifecycle.open_task
    """
    case = queries.lock_case(number=number, actor=actor)
    people.check_units({unit_id}, localdate(at))
    decision = lifecycle.open_task(case=case.facts(), kind=kind, unit_id=unit_id, actor=actor)
    (task,) = apply(case, decision, at=at)
    line: dict[str, Json] = {"command": CaseCommand.OPEN, "kind": kind, "task_id": task.pk}
    record(case, line, actor=actor, at=at)
    return task


@transaction.atomic
def end_case(
    *,
    number: str,
    seen_revision: int,
    command: str,
    reason: str,
    actor: Actor,
    at: datetime,
) -> WorkOrder:
    """
    End a case before it is handled.

    :raises WorkOrderNotFound: if it is not there for this actor
    :raises ChangedMeanwhile: if the case is not the one the actor saw
    :raises DomainError: see rules.lifecycle.decide_case
    """
    case = queries.lock_case(number=number, actor=actor)
    if case.revision != seen_revision:
        raise ChangedMeanwhile
    given = Given(reason=reason)
    decision = lifecycle.decide_case(case=case.facts(), command=command, actor=actor, given=given)
    apply(case, decision, at=at)
    record(case, {"command": command}, notes={NoteName.REASON: reason}, actor=actor, at=at)
    publish(WorkOrderEnded(case.pk, Outcome(case.outcome), at))
    return case


@transaction.atomic
def erase_notes(*, number: str, seq: int, actor: Actor, at: datetime) -> None:
    """
    Erase the free text beside an entry. The entry and its digests stay, so the chain stays whole.

    :raises WorkOrderNotFound: if the case is not there for this actor
    :raises PowerMissing: if the actor may not erase at the desk
    """
    case = queries.lock_case(number=number, actor=actor)
    if not actor.may(Power.ERASE, case.desk_unit_id, territory=case.territory):
        raise lifecycle.PowerMissing(power=Power.ERASE)
    Note.objects.filter(entry__work_order=case, entry__seq=seq).delete()
    record(case, {"command": CaseCommand.ERASE, "erased_seq": seq}, actor=actor, at=at)
