"""Writes: one public function a use case. Lock, decide, store, tell; nothing else."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime

from django.db import transaction
from django.db.models import F
from django.utils.crypto import salted_hmac
from django.utils.timezone import localdate

from chengshao.catalog import queries as catalog
from chengshao.catalog.terms import Urgency
from chengshao.evidence import queries as blobs
from chengshao.kernel.actor import Actor
from chengshao.kernel.bigrams import bigrams
from chengshao.kernel.canonical import GENESIS, Json, canonical, chain_step, salted_digest
from chengshao.kernel.clock import due_at
from chengshao.kernel.errors import Invalid, Refused
from chengshao.kernel.events import publish
from chengshao.kernel.tokens import digest_of
from chengshao.people import actions as people_actions
from chengshao.people import queries as people
from chengshao.places import queries as places
from chengshao.workorders import queries
from chengshao.workorders.events import (
    ReportReceived,
    WorkOrderDispatched,
    WorkOrderEnded,
    WorkOrderRegistered,
)
from chengshao.workorders.models import (
    Attachment,
    Audience,
    Deadline,
    Note,
    Rating,
    Report,
    Task,
    WorkOrder,
)
from chengshao.workorders.rules import lifecycle
from chengshao.workorders.rules.lifecycle import OPEN_STATES, Decision, Given, TaskFacts
from chengshao.workorders.terms import (
    CaseCommand,
    Channel,
    DeadlineAuthority,
    NoteName,
    Outcome,
    Power,
    Principle,
    ReportCommand,
    Resolution,
    Satisfaction,
    TaskCommand,
    TaskKind,
    TaskState,
)

RATE = "RATE"  # the row of catalog's task limits for the citizen's word


class ChangedMeanwhile(Refused):
    code = "workorder_changed_meanwhile"


class ClientKeyReused(Refused):
    code = "report_client_key_reused"


class WordsMissing(Invalid):
    code = "report_words_missing"


class EvidenceNotAsked(Invalid):
    code = "workorder_evidence_not_asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReport:
    """
    What a citizen can say. Matter and urgency are the registrar's to set.

    Coordinates are CGCS2000 (WGS84): the doors convert.
    """

    client_key: str  # unique for the caller
    channel: Channel
    words: str
    place: str = ""  # as told
    lng: float | None = None
    lat: float | None = None
    source_number: str = ""
    source_at: datetime | None = None
    contact_name: str = ""
    contact_phone: str = ""
    confidential: bool = False
    complained_about_unit_id: int | None = None
    complained_about: str = ""
    joins: str | None = None  # the number of a case that this report supports


@dataclass(frozen=True, slots=True)
class Place:
    """Where the matter is: in words, and as codes and a point where they are known."""

    words: str = ""
    territory: str = ""
    grid: str = ""
    lng: float | None = None
    lat: float | None = None


@transaction.atomic
def receive_report(*, report: NewReport, actor: Actor, at: datetime) -> Report:
    """
    File a report, in a new case or in the one it joins. The same request again changes nothing.

    `link_of` gives the citizen's secret link to it.

    :raises WordsMissing: if it says nothing
    :raises ClientKeyReused: if the caller's key came before with another request
    :raises PointOutside: if the point lies outside the district
    :raises WorkOrderNotFound: if the case to join is not there for this actor
    :raises UnitNotFound: if it complains about a unit that is not there
    :raises UnitComplainedAbout: if the unit complained about sees the case to join
    :raises PowerMissing: see rules.lifecycle.open_case
    """
    if not report.words.strip():
        raise WordsMissing
    fingerprint = _fingerprint(report, actor)
    known = queries.report_with_key(report.client_key, actor.user_id)
    if known is not None:
        if known.fingerprint != fingerprint:
            raise ClientKeyReused
        return known

    about = report.complained_about_unit_id
    if about is not None:
        people.check_units({about}, localdate(at))
    contact_id = people_actions.keep_contact(
        name=report.contact_name,
        phone=report.contact_phone,
        confidential=report.confidential,
        at=at,
    )
    if report.joins:
        case = queries.lock_case(number=report.joins, actor=actor)
        if case.audience.filter(unit=about).exists():
            raise lifecycle.UnitComplainedAbout
    else:
        place = located(report.place, report.lng, report.lat)
        desk_unit_id = people.desk_unit_id(complained_about=about)
        decision = lifecycle.open_case(
            desk_unit_id=desk_unit_id, actor=actor, territory=place.territory
        )
        case = WorkOrder.objects.create(
            number=queries.next_number(at),
            channel=report.channel,
            desk_unit_id=desk_unit_id,
            confidential=report.confidential,
            opened_at=at,
            **_place_fields(place),
        )
    salt = secrets.token_hex(16)
    stored = Report.objects.create(
        work_order=case,
        caller_id=actor.user_id,
        client_key=report.client_key,
        fingerprint=fingerprint,
        link_digest=digest_of(_link_token(report.client_key, actor.user_id)),
        channel=report.channel,
        source_number=report.source_number,
        source_at=report.source_at,
        words=report.words,
        words_salt=salt,
        bigrams=bigrams(f"{report.words}\n{report.place}"),
        place=report.place,
        lng=report.lng,
        lat=report.lat,
        contact_id=contact_id,
        confidential=report.confidential,
        complained_about_unit_id=about,
        complained_about=report.complained_about,
        reported_at=at,
    )
    if not report.joins:
        _apply(case, decision, at=at)
    # The words themselves stay out of the history: one day they may have to be erased.
    line: dict[str, Json] = {
        "command": ReportCommand.REPORT,
        "report_id": stored.pk,
        "words": salted_digest(salt, report.words),
    }
    _record(case, line, actor=actor, at=at)
    publish(ReportReceived(stored.pk, case.pk, at))
    return stored


def link_of(report: Report) -> str:
    """Return the citizen's secret token; only its digest is stored, so it is made anew."""
    return _link_token(report.client_key, report.caller_id)


def located(words: str, lng: float | None, lat: float | None) -> Place:
    """
    Return the place with the codes of its point, if it has one.

    :raises PointOutside: if the point lies outside the district
    """
    if lng is None or lat is None:
        return Place(words)
    found = places.locate(lng, lat)
    territory = found.community or found.subdistrict
    return Place(words, territory, found.grid, found.lng, found.lat)


@transaction.atomic
def withdraw_report(*, report_id: int, reason: str, actor: Actor, at: datetime) -> Report:
    """
    Take a report back; with the last one the case ends.

    :raises ReportNotFound: if it is not there for this actor
    :raises DomainError: see rules.lifecycle.decide_withdrawal
    """
    case = queries.lock_case_of_report(report_id=report_id, actor=actor)
    report = case.reports.get(pk=report_id)
    decision = lifecycle.decide_withdrawal(case=case.facts(), report=report.facts(), actor=actor)
    report.withdrawn_at = at
    report.save(update_fields=["withdrawn_at"])
    _apply(case, decision, at=at)
    line: dict[str, Json] = {"command": ReportCommand.WITHDRAW, "report_id": report_id}
    _record(case, line, notes={NoteName.REASON: reason}, actor=actor, at=at)
    if decision.outcome:
        publish(WorkOrderEnded(case.pk, decision.outcome, at))
    return queries.report_of(report_id=report_id, actor=actor)


@transaction.atomic
def rate_report(
    *,
    report_id: int,
    resolution: Resolution,
    satisfaction: Satisfaction,
    contacted: bool | None = None,
    comment: str = "",
    actor: Actor,
    at: datetime,
) -> Report:
    """
    Store what the citizen says of the result (the three rates of domain.md §2 count these).

    :raises ReportNotFound: if it is not there for this actor
    :raises DomainError: see rules.lifecycle.decide_rating
    """
    line: dict[str, Json] = {
        "command": ReportCommand.RATE,
        "report_id": report_id,
        "resolution": resolution,
        "satisfaction": satisfaction,
        "contacted": None if contacted is None else str(contacted),
    }
    said = {"resolution": resolution, "satisfaction": satisfaction, "contacted": contacted}
    return _end_rating(report_id, said, line, comment, actor, at)


@transaction.atomic
def lapse_rating(*, report_id: int, actor: Actor, at: datetime) -> Report:
    """
    Note that the time to rate is over; nothing is assumed about what the citizen thinks.

    :raises ReportNotFound: if it is not there for this actor
    :raises DomainError: see rules.lifecycle.decide_rating
    """
    line: dict[str, Json] = {"command": ReportCommand.LAPSE, "report_id": report_id}
    return _end_rating(report_id, {}, line, "", actor, at)


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
    case, task = _at_desk(number, seen_revision, TaskKind.REGISTER, TaskCommand.REGISTER, actor)
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
        _hide_from_subdistrict(case, localdate(at))
        changed = _place_fields(place)
        for name, value in changed.items():
            setattr(case, name, value)
        fields += changed
        line |= {"territory": place.territory, "grid": place.grid}
    case.save(update_fields=fields)
    if place is not None:
        case.audience.update(territory=case.territory)
    _move(case, task, TaskCommand.REGISTER, Given(matter=row.code), line=line, actor=actor, at=at)
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
    case, task = _at_desk(number, seen_revision, TaskKind.DISPATCH, TaskCommand.DISPATCH, actor)
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
    _move(case, task, TaskCommand.DISPATCH, given, line=line, actor=actor, at=at)
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
    (task,) = _apply(case, decision, at=at)
    line: dict[str, Json] = {"command": CaseCommand.OPEN, "kind": kind, "task_id": task.pk}
    _record(case, line, actor=actor, at=at)
    return task


@transaction.atomic
def move_task(
    *,
    task_id: int,
    seen_revision: int,
    command: str,
    reason: str = "",
    reply: str = "",
    actor: Actor,
    at: datetime,
) -> WorkOrder:
    """
    Move a task of any kind, and the case with it. Evidence counts that is attached to the task.

    :raises WorkOrderNotFound: if it is not there for this actor
    :raises ChangedMeanwhile: if the task is not the one the actor saw
    :raises DomainError: see rules.lifecycle.decide_task
    """
    case = queries.lock_case_of_task(task_id=task_id, actor=actor)
    task = case.tasks.get(pk=task_id)
    if task.revision != seen_revision:
        raise ChangedMeanwhile
    evidence = frozenset(task.attachments.values_list("evidence_kind", flat=True)) - {""}
    given = Given(reason=reason, reply=reply, evidence=evidence)
    _move(case, task, command, given, actor=actor, at=at)
    return case


@transaction.atomic
def attach_evidence(
    *, task_id: int, evidence_kind: str, blob_id: int, actor: Actor, at: datetime
) -> Attachment:
    """
    Put a stored file on a task as evidence; only what the matter asks is taken (domain.md §6).

    :raises WorkOrderNotFound: if it is not there for this actor
    :raises WrongState: if the task is not open
    :raises PowerMissing: if the actor may not handle for the task's unit
    :raises EvidenceNotAsked: if the case's matter does not ask this kind
    :raises BlobNotFound: if the actor did not upload this file
    """
    case = queries.lock_case_of_task(task_id=task_id, actor=actor)
    task = case.tasks.get(pk=task_id)
    if task.state not in OPEN_STATES:
        raise lifecycle.WrongState(command=CaseCommand.ATTACH, state=task.state)
    if not actor.may(Power.HANDLE, task.unit_id, territory=case.territory):
        raise lifecycle.PowerMissing(power=Power.HANDLE)
    if evidence_kind not in case.evidence_asked:
        raise EvidenceNotAsked
    blobs.check_own([blob_id], actor=actor)
    return _attach(case, blob_id, task=task, kind=evidence_kind, actor=actor, at=at)


@transaction.atomic
def attach_to_report(*, report_id: int, blob_id: int, actor: Actor, at: datetime) -> Attachment:
    """
    Put a file that came with a report on it, always of the person's own accord.

    :raises ReportNotFound: if it is not there for this actor
    :raises PowerMissing: if it is not the actor's own report nor one the actor may speak for
    """
    case = queries.lock_case_of_report(report_id=report_id, actor=actor)
    report = case.reports.get(pk=report_id)
    lifecycle.check_speaks_for(report.facts(), Power.REPORT, case=case.facts(), actor=actor)
    return _attach(case, blob_id, report=report, actor=actor, at=at)


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
    _apply(case, decision, at=at)
    _record(case, {"command": command}, notes={NoteName.REASON: reason}, actor=actor, at=at)
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
    _record(case, {"command": CaseCommand.ERASE, "erased_seq": seq}, actor=actor, at=at)


def _at_desk(
    number: str, seen_revision: int, kind: TaskKind, command: TaskCommand, actor: Actor
) -> tuple[WorkOrder, Task]:
    """Lock the case and return it with the one task of this kind that is open on it."""
    case = queries.lock_case(number=number, actor=actor)
    if case.revision != seen_revision:
        raise ChangedMeanwhile
    task = case.tasks.filter(kind=kind, state=TaskState.OPEN).first()
    if task is None:
        raise lifecycle.WrongState(command=command, state=case.step)
    return case, task


def _move(
    case: WorkOrder,
    task: Task,
    command: str,
    given: Given,
    *,
    line: Mapping[str, Json] | None = None,
    actor: Actor,
    at: datetime,
) -> None:
    before = case.facts()
    decision = lifecycle.decide_task(
        case=before, task=task.facts(), command=command, actor=actor, given=given
    )
    _apply(case, decision, follows=task, at=at)
    what: dict[str, Json] = {
        "command": command,
        "task_id": task.pk,
        "evidence": sorted(given.evidence),
    }
    notes = {
        NoteName.REASON: given.reason,
        NoteName.BASIS: given.basis,
        NoteName.REPLY: given.reply,
    }
    _record(case, what | dict(line or {}), notes=notes, actor=actor, at=at)
    if decision.outcome and not before.outcome:
        publish(WorkOrderEnded(case.pk, decision.outcome, at))


def _apply(
    case: WorkOrder, decision: Decision, *, follows: Task | None = None, at: datetime
) -> list[Task]:
    """Store what was decided and return the tasks it opened."""
    ended = [moved.id for moved in decision.moved if not moved.is_open]
    for moved in decision.moved:
        Task.objects.filter(pk=moved.id).update(
            state=moved.state,
            designated=moved.designated,
            revision=F("revision") + 1,
            ended_at=None if moved.is_open else at,
        )
    if ended:
        Deadline.objects.filter(task__in=ended, ended_at=None).update(ended_at=at, next_at=None)
    opened = _open_tasks(case, decision.opened, follows, at)
    if opened:
        _show_to(case, opened, at)
    if decision.outcome and not case.outcome:
        case.ended_at = at
        if decision.outcome is Outcome.CLOSED:
            _ask_for_ratings(case, at)
    case.outcome = decision.outcome or ""
    case.step = decision.step
    case.revision += 1
    case.save(update_fields=["outcome", "step", "revision", "ended_at"])
    return opened


def _open_tasks(
    case: WorkOrder, opened: Iterable[TaskFacts], follows: Task | None, at: datetime
) -> list[Task]:
    tasks = Task.objects.bulk_create(
        Task(
            work_order=case,
            kind=task.kind,
            unit_id=task.unit_id,
            state=task.state,
            round=task.round,
            designated=task.designated,
            follows=follows,
            opened_at=at,
        )
        for task in opened
    )
    if tasks:
        Deadline.objects.bulk_create(_deadline(case, task, at) for task in tasks)
    return tasks


def _deadline(case: WorkOrder, task: Task, at: datetime) -> Deadline:
    """Return our own limit on this task: the matter's for handling it, else that of its kind."""
    today = localdate(at)
    urgency = case.urgency or Urgency.ORDINARY
    limit = None
    if case.matter and task.kind in (TaskKind.LEAD, TaskKind.CO_HANDLE):
        limit = catalog.limit_of_matter(case.matter, urgency, today)
    if limit is None:
        limit = catalog.limit_of_task(task.kind, case.channel, urgency, today)
    calendar = catalog.calendar_for(today)
    due = due_at(at, limit, calendar)
    return Deadline(
        task=task,
        authority=DeadlineAuthority.INNER,
        started_at=at,
        amount=limit.amount,
        unit=limit.unit,
        calendar_version=calendar.version,
        due_at=due,
        next_at=due,
    )


def _show_to(case: WorkOrder, opened: Iterable[Task], at: datetime) -> None:
    """
    Write who sees the case from now on: the desk, who owes a task, the centre and the sub-district.

    A confidential case is for the desk and those who owe a task alone. A unit complained about
    gets no row: its superior does.
    """
    about = set(
        case.reports.exclude(complained_about_unit=None).values_list(
            "complained_about_unit", flat=True
        )
    )
    units = {case.desk_unit_id, *(task.unit_id for task in opened)}
    if not case.confidential:
        units.add(people.desk_unit_id())
        subdistrict = people.subdistrict_unit_id(case.territory, localdate(at))
        units |= {subdistrict} if subdistrict else set()
    superiors = {people.superior_id(unit_id, localdate(at)) for unit_id in about}
    units = {unit for unit in units | superiors if unit} - about
    Audience.objects.bulk_create(
        [
            Audience(work_order=case, unit_id=unit_id, territory=case.territory, opened_at=at)
            for unit_id in sorted(units)
        ],
        ignore_conflicts=True,
    )


def _hide_from_subdistrict(case: WorkOrder, on: date) -> None:
    """Take the case from the sub-district where it was thought to be, if it owes nothing on it."""
    unit_id = people.subdistrict_unit_id(case.territory, on)
    if unit_id not in (None, case.desk_unit_id) and not case.tasks.filter(unit=unit_id).exists():
        case.audience.filter(unit=unit_id).delete()


def _ask_for_ratings(case: WorkOrder, at: datetime) -> None:
    limit = catalog.limit_of_task(RATE, case.channel, case.urgency, localdate(at))
    lapses_at = due_at(at, limit, catalog.calendar_for(localdate(at)))
    Rating.objects.bulk_create(
        Rating(report=report, lapses_at=lapses_at)
        for report in case.reports.filter(withdrawn_at=None)
    )


def _end_rating(
    report_id: int,
    said: Mapping[str, object],
    line: Mapping[str, Json],
    comment: str,
    actor: Actor,
    at: datetime,
) -> Report:
    case = queries.lock_case_of_report(report_id=report_id, actor=actor)
    report = case.reports.select_related("rating").get(pk=report_id)
    decision = lifecycle.decide_rating(case=case.facts(), report=report.facts(), actor=actor)
    Rating.objects.filter(report=report).update(ended_at=at, **said)
    _apply(case, decision, at=at)
    _record(case, line, notes={NoteName.COMMENT: comment}, actor=actor, at=at)
    return queries.report_of(report_id=report_id, actor=actor)


def _attach(
    case: WorkOrder,
    blob_id: int,
    *,
    report: Report | None = None,
    task: Task | None = None,
    kind: str = "",
    actor: Actor,
    at: datetime,
) -> Attachment:
    added = case.attachments.create(
        report=report, task=task, evidence_kind=kind, blob_id=blob_id, added_at=at
    )
    line: dict[str, Json] = {
        "command": CaseCommand.ATTACH,
        "attachment_id": added.pk,
        "digest": added.blob.digest,
        "task_id": task.pk if task else None,
        "report_id": report.pk if report else None,
    }
    case.revision += 1
    case.save(update_fields=["revision"])
    _record(case, line, actor=actor, at=at)
    return added


def _record(
    case: WorkOrder,
    what: Mapping[str, Json],
    *,
    notes: Mapping[NoteName, str] | None = None,
    actor: Actor,
    at: datetime,
) -> None:
    """Add one line to the history: who, when, for whom, what, and where the case now stands."""
    said = [
        Note(name=name, salt=secrets.token_hex(16), text=text)
        for name, text in (notes or {}).items()
        if text.strip()
    ]
    body = canonical(
        {
            "v": 1,
            "actor": actor.kind,
            "user_id": actor.user_id,
            "on_behalf_of": actor.on_behalf_of,
            "at": at.astimezone(UTC).isoformat(),
            "step": case.step,
            "notes": {note.name: salted_digest(note.salt, note.text) for note in said},
            **what,
        }
    )
    case.history_seq += 1
    case.history_head = chain_step(case.history_head, body)
    entry = case.entries.create(seq=case.history_seq, body=body, hash=case.history_head)
    for note in said:
        note.entry = entry
    Note.objects.bulk_create(said)
    case.save(update_fields=["history_seq", "history_head"])


def _place_fields(place: Place) -> dict[str, object]:
    names = ("territory", "grid", "lng", "lat")
    return {"place": place.words} | {name: getattr(place, name) for name in names}


def _link_token(client_key: str, caller_id: int | None) -> str:
    mac = salted_hmac("workorders.link", f"{caller_id}:{client_key}", algorithm="sha256")
    return mac.hexdigest()[:32]


def _fingerprint(report: NewReport, actor: Actor) -> str:
    def plain(value: object) -> Json:
        return value if value is None or isinstance(value, str | int) else str(value)

    said = {name: plain(value) for name, value in asdict(report).items()}
    return chain_step(GENESIS, canonical(said | {"user_id": actor.user_id}))
