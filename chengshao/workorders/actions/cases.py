"""What the desk does with a case: register, answer, dispatch, end, reopen."""

from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate

from chengshao.catalog import queries as catalog
from chengshao.catalog.terms import Sensitivity, Track, Urgency, stricter
from chengshao.kernel.actor import Actor
from chengshao.kernel.canonical import Json
from chengshao.kernel.events import publish
from chengshao.people import queries as people
from chengshao.places import queries as places
from chengshao.workorders import queries
from chengshao.workorders.actions._audience import (
    check_somebody_knows,
    hide_from_subdistrict,
    narrow_to_named,
    review_sight,
)
from chengshao.workorders.actions._contacts import voices_of
from chengshao.workorders.actions._places import Place, fields_of
from chengshao.workorders.actions._store import (
    ChangedMeanwhile,
    apply,
    at_desk,
    contacted,
    decide_and_store,
    keep,
    move,
    record,
    reopening_over,
)
from chengshao.workorders.actions.copies import copy_to, districts_of, new_copies
from chengshao.workorders.events import WorkOrderDispatched, WorkOrderRegistered
from chengshao.workorders.models import Deadline, Task, WorkOrder
from chengshao.workorders.rules import lifecycle
from chengshao.workorders.rules.facts import Closing, Given
from chengshao.workorders.rules.tracks import DONE_AT_ONCE, track_with_unit
from chengshao.workorders.terms import (
    CaseCommand,
    ClosingKind,
    DeclineGround,
    NoteName,
    Principle,
    TaskCommand,
    TaskKind,
)


@transaction.atomic
def register(
    *,
    number: str,
    seen_revision: int,
    matter: str,
    urgency: Urgency | None = None,
    place: Place | None = None,
    by_catalogue: bool = False,
    actor: Actor,
    at: datetime,
) -> WorkOrder:
    """
    Accept the case (立案): name its matter; correct its urgency and place where needed.

    The matter brings what evidence its closing asks, how it is checked, and with source and
    urgency the track (F16).

    :param place: in words of the desk's own it is told to third parties; as the citizen said it not
    :param by_catalogue: it goes on at once to the one lead that the catalogue names (目录直派)
    :raises WorkOrderNotFound: if it is not there for this actor
    :raises ChangedMeanwhile: if the case is not the one the actor saw
    :raises MatterNotFound: if no such matter is in force
    :raises DivisionNotFound: if the place names a division that is not there
    :raises DomainError: see rules.lifecycle.decide_task
    """
    case, task = at_desk(number, seen_revision, TaskKind.REGISTER, TaskCommand.REGISTER, actor)
    line = name_matter(case, matter, urgency, at)
    if place is not None:
        line |= _correct_place(case, place, at)
    given = Given(matter=case.matter, by_catalogue=by_catalogue, today=localdate(at))
    notes = {NoteName.PLACE: place.words} if place is not None else {}
    move(case, task, TaskCommand.REGISTER, given, line=line, notes=notes, actor=actor, at=at)
    publish(WorkOrderRegistered(case.pk, case.matter, at))
    return case


@transaction.atomic
def answer_directly(
    *,
    number: str,
    seen_revision: int,
    matter: str,
    reply: str,
    closing_kind: ClosingKind = ClosingKind.EXPLAINED,
    actor: Actor,
    at: datetime,
) -> WorkOrder:
    """
    Close a demand that the desk itself can answer at once (直接答复, Beijing §11).

    :raises WorkOrderNotFound: if it is not there for this actor
    :raises ChangedMeanwhile: if the case is not the one the actor saw
    :raises MatterNotFound: if no such matter is in force
    :raises NotDirectly: if it is said to be solved, and the matter takes more than an answer
    :raises DomainError: see rules.lifecycle.decide_task
    """
    command = TaskCommand.ANSWER_DIRECTLY
    case, task = at_desk(number, seen_revision, TaskKind.REGISTER, command, actor)
    line = name_matter(case, matter, None, at, at_once=True)
    line["track"] = Track.DIRECT_ANSWER
    given = Given(
        matter=case.matter, reply=reply, closing=Closing(closing_kind), today=localdate(at)
    )
    move(case, task, command, given, line=line, actor=actor, at=at)
    case.track = Track.DIRECT_ANSWER
    keep(case, "track")
    return case


def name_matter(
    case: WorkOrder,
    matter: str,
    urgency: Urgency | None,
    at: datetime,
    *,
    at_once: bool = False,
) -> dict[str, Json]:
    """
    Put the matter on the case, with all that comes with it, and return the line that says so.

    What could have been done at once and was not goes the matter's own way. Who names no urgency
    leaves it to the matter, or to who took the call where that presses more.

    :raises MatterNotFound: if no such matter is in force
    """
    row = catalog.matter_in_force(matter, localdate(at))
    heard = "" if case.matter else case.urgency
    case.matter, case.matter_version_id = row.code, row.pk
    case.evidence_asked = sorted(row.evidence_asked)
    case.urgency = urgency or stricter(Urgency(row.default_urgency), heard)
    case.track = catalog.track_of(row, case.channel, case.urgency, localdate(at))
    if case.track in DONE_AT_ONCE and not at_once:
        case.track = track_with_unit(Track(row.track))
    case.check_mode, case.sign_off_waived = row.check_mode, row.sign_off_waived
    if row.sensitivity == Sensitivity.CONFIDENTIAL and not case.named_only:
        case.named_only = True
        narrow_to_named(case, at)
    keep(
        case,
        "matter",
        "matter_version",
        "evidence_asked",
        "urgency",
        "track",
        "check_mode",
        "sign_off_waived",
        "named_only",
    )
    return {
        "matter": row.code,
        "matter_version": row.pk,
        "urgency": case.urgency,
        "track": case.track,
        "evidence_asked": case.evidence_asked,
    }


def _correct_place(case: WorkOrder, place: Place, at: datetime) -> dict[str, Json]:
    if place.territory:
        places.check_division(place.territory, on=localdate(at))
    hide_from_subdistrict(case, localdate(at))
    changed = fields_of(place)
    told = case.reports.filter(place=place.words).exists()
    changed["place_confirmed"] = bool(place.words.strip()) and not told
    for name, value in changed.items():
        setattr(case, name, value)
    case.save(update_fields=list(changed))
    case.audience.update(territory=case.territory)
    review_sight(case, at)
    return {"territory": place.territory, "grid": place.grid}


@transaction.atomic
def dispatch(
    *,
    number: str,
    seen_revision: int,
    lead_unit_id: int,
    double_unit_ids: frozenset[int] = frozenset(),
    co_handle_unit_ids: frozenset[int] = frozenset(),
    copy_unit_ids: frozenset[int] = frozenset(),
    principle: Principle,
    basis: str,
    task_words: str = "",
    responsibility_id: int | None = None,
    by_catalogue: bool = False,
    actor: Actor,
    at: datetime,
) -> WorkOrder:
    """
    Name the lead, who is dispatched beside it and who helps, with principle and basis (F3).

    By designation the duty leader goes past the lists, after the units were asked (B2); nobody
    makes a community the lead. An order to a sub-district, whatever its part, is copied to its
    district (Beijing §12), unless it is confidential or an informant's: those are not copied,
    persons may be named.

    :param task_words: what is to be done, for those of these units that are no public body: they
        see no citizen's words (PIPL §6)
    :param by_catalogue: the catalogue names this lead and no other, a person having confirmed
        matter and place (目录直派): then DIRECT_DISPATCH is enough
    :raises WorkOrderNotFound: if it is not there for this actor
    :raises ChangedMeanwhile: if the case is not the one the actor saw
    :raises UnitNotFound: if a unit is not there or closed
    :raises NobodyKnows: if it is an informant's, and nobody in one of these units would see it
    :raises LeadNotByList: if the lists of duties don't let a unit lead, or help
    :raises LeadNotByLaw: if it is said to lead by law and the catalogue names others
    :raises ResponsibilityNotInForce: if the choice rests on a row that says nothing of this matter
    :raises NotForWholeUnits: if a copy would go to units and the case is not for whole units
    :raises DomainError: see rules.lifecycle.decide_task
    """
    case, task = at_desk(number, seen_revision, TaskKind.DISPATCH, TaskCommand.DISPATCH, actor)
    today = localdate(at)
    owing = {lead_unit_id, *double_unit_ids, *co_handle_unit_ids}
    people.check_units(owing | copy_unit_ids, today)
    check_somebody_knows(case, owing, today)
    if responsibility_id is not None:
        catalog.check_responsibility(responsibility_id, case.matter, case.territory, today)
    third_parties = people.third_parties(owing, today)
    designated = principle is Principle.BY_DESIGNATION
    _check_leads(case, lead_unit_id, double_unit_ids, principle, today)
    catalog.check_may_help(co_handle_unit_ids, case.matter, case.territory, today)
    given = Given(
        lead_unit_id=lead_unit_id,
        double_unit_ids=double_unit_ids,
        co_handle_unit_ids=co_handle_unit_ids,
        copy_unit_ids=copy_unit_ids,
        responsibility_id=responsibility_id,
        principle=principle,
        by_catalogue=by_catalogue,
        basis=basis,
        task_words=task_words,
        to_third_parties=bool(third_parties),
        contact_met=contacted(case),
        voices=voices_of(case, third_parties & {lead_unit_id}, today),
        consultation_over=designated and _consultation_over(case, at),
        today=today,
    )
    line: dict[str, Json] = {
        "lead_unit_id": lead_unit_id,
        "co_handle_unit_ids": sorted(co_handle_unit_ids),
        "principle": principle,
        "responsibility_id": responsibility_id,
    }
    if double_unit_ids:
        line["double_unit_ids"] = sorted(double_unit_ids)
    above = districts_of(case, owing, today)
    copies = new_copies(case, (copy_unit_ids | above) - owing)
    if copies:
        line["copy_unit_ids"] = sorted(copies)
    move(case, task, TaskCommand.DISPATCH, given, line=line, actor=actor, at=at)
    copy_to(case, copies, at)
    publish(WorkOrderDispatched(case.pk, lead_unit_id, at))
    return case


def _consultation_over(case: WorkOrder, at: datetime) -> bool:
    """Tell whether none of the units that were asked has time left to say its opinion."""
    asked = Deadline.objects.filter(task__work_order=case, task__kind=TaskKind.CONSULT)
    return not asked.filter(ended_at=None, due_at__gt=at).exists()


def _check_leads(
    case: WorkOrder,
    lead_unit_id: int,
    double_unit_ids: frozenset[int],
    principle: Principle,
    today: date,
) -> None:
    designated = principle is Principle.BY_DESIGNATION
    for unit_id in (lead_unit_id, *sorted(double_unit_ids)):
        catalog.check_may_lead(unit_id, case.matter, case.territory, today, designated=designated)
    if principle is Principle.BY_LAW:
        where = case.territory or places.district_code()
        catalog.check_leads_by_law(lead_unit_id, case.matter, where, today)


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
    (task,) = apply(case, decision, actor=actor, at=at)
    line: dict[str, Json] = {"command": CaseCommand.OPEN, "kind": kind, "task_id": task.pk}
    record(case, line, actor=actor, at=at)
    return task


@transaction.atomic
def move_case(
    *,
    number: str,
    seen_revision: int,
    command: str,
    reason: str = "",
    reply: str = "",
    ground: DeclineGround | None = None,
    actor: Actor,
    at: datetime,
) -> WorkOrder:
    """
    Move the case as a whole: decline it, ask its platform to take it back, reopen, archive.

    :raises WorkOrderNotFound: if it is not there for this actor
    :raises ChangedMeanwhile: if the case is not the one the actor saw
    :raises DomainError: see rules.lifecycle.decide_case
    """
    case = queries.lock_case(number=number, actor=actor)
    if case.revision != seen_revision:
        raise ChangedMeanwhile
    given = Given(
        reason=reason,
        reply=reply,
        ground=ground,
        refuted=ground is DeclineGround.NOT_FOUND and queries.was_refuted(case),
        overdue=command == CaseCommand.REOPEN and reopening_over(case, at),
        today=localdate(at),
    )
    line: dict[str, Json] = {"ground": ground} if ground else {}
    decide_and_store(case, command, given, line=line, actor=actor, at=at)
    return case
