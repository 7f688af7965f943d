"""One case with all that hangs on it."""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject
from django.utils.timezone import localdate, now
from pydantic import TypeAdapter

from chengshao.evidence import queries as blobs
from chengshao.kernel.actor import Actor, ActorKind
from chengshao.people import queries as people
from chengshao.people.queries import MaskedContact
from chengshao.web.gather import Asked, gathered, hang
from chengshao.workorders.models import (
    Alert,
    Attachment,
    Audience,
    ContactAttempt,
    Copy,
    Deadline,
    Entry,
    LedgerEntry,
    Merge,
    Note,
    Promise,
    Rating,
    Report,
    Task,
    WorkOrder,
)
from chengshao.workorders.queries.alerts import alerts_for
from chengshao.workorders.queries.scope import WorkOrderNotFound, seen_by, visible_to
from chengshao.workorders.queries.second_call import reopening_until
from chengshao.workorders.rules.answering import barred_closings, had_a_hand
from chengshao.workorders.rules.contacting import (
    Attempt,
    contact_met,
    still_owed,
    tried_in_vain,
)
from chengshao.workorders.rules.facts import CaseFacts
from chengshao.workorders.rules.qualifying import NOT_SENT
from chengshao.workorders.rules.remarking import inside_voices
from chengshao.workorders.rules.trying import (
    NotNow,
    case_commands_for,
    commands_for,
    not_now,
    not_now_on_case,
)
from chengshao.workorders.rules.writing import voices
from chengshao.workorders.terms import (
    AlertKind,
    CaseCommand,
    ContactResult,
    LedgerLevel,
    NoteName,
    Outcome,
    Power,
    Sight,
    TaskCommand,
    TaskKind,
)

_ANSWERED = (TaskKind.LEAD, TaskKind.DOUBLE, TaskKind.SIGN_OFF)  # or signed as answered


@dataclass(frozen=True, slots=True)
class EntryView:
    """One line of the history as a page shows it."""

    seq: int
    body: dict[str, Any]
    notes: dict[str, str]


@dataclass(frozen=True, slots=True)
class AttemptView:
    """An attempt to get in touch with one citizen (先行联系、告知)."""

    report_id: int
    task_id: int
    result: ContactResult
    by_id: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class PromiseView:
    unit_id: int
    promised_on: date
    made_at: datetime
    came_back_at: datetime | None
    settled_at: datetime | None
    kept: bool | None


@dataclass(frozen=True, slots=True)
class LedgerView:
    level: LedgerLevel
    owner_id: int
    approved_by_id: int | None
    review_on: date
    entered_at: datetime
    struck_off_at: datetime | None


@dataclass(frozen=True, slots=True)
class CopyView:
    unit_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class MergedView:
    """A case whose reports hang on this one by a merge that was not undone."""

    number: str
    merged_at: datetime


@dataclass(frozen=True, slots=True)
class NamedView:
    """A person who knows of a case by name, and for which unit (知悉人)."""

    user_id: int
    unit_id: int
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class OldCaseView:
    """Whence a case came that another system had (IMPORT), as its first line says."""

    source: str
    key: str  # its number there
    file: str  # the sha256 of the table in which it came
    row: int  # and in which row of it, as a spreadsheet counts
    digest: str  # the sha256 of all that the row says
    imported_at: datetime
    batch: int  # the import that brought it
    step: str  # at which it came
    unit_id: int | None  # that handled it there, or had it
    due_at: datetime | None = None  # as it was there
    in_time: bool | None = None  # as it was counted there
    matter_written: str = ""  # as that system called it, where ours is called otherwise or is none
    unit_written: str = ""


@dataclass(frozen=True, slots=True)
class AlertView:
    """What a unit of the actor's was told and nobody of it has seen."""

    kind: AlertKind
    unit_id: int
    for_leader: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class CaseView:
    """All that the case page shows, read in a handful of statements."""

    case: WorkOrder
    sight: Sight  # TASK: no reports, and of tasks and history only the own
    reports: list[Report]
    tasks: list[Task]  # with deadlines
    entries: list[EntryView]
    attachments: list[Attachment]
    contacts: dict[int, MaskedContact]  # of the reports, by id
    attempts: list[AttemptView]
    promises: list[PromiseView]
    ledger: list[LedgerView]
    copies: list[CopyView]
    took_in: list[MergedView]
    merged_into: str  # the number of the case that took this one in, ""
    circle: list[NamedView]  # who knows of it by name; beside them units, or nobody
    alerts: list[AlertView]
    old: OldCaseView | None  # of a case that was imported
    commands: dict[int, tuple[str, ...]]  # of each open task: what this actor may try
    not_now: dict[int, tuple[NotNow, ...]]  # of each open task: what the actor can't, and why
    not_now_on_case: tuple[NotNow, ...]
    barred: dict[int, dict[str, str]]  # by task, kinds of closing that it can't take: why, as code
    own: frozenset[int]  # open tasks on what this actor asked for or answered: another decides
    case_commands: tuple[str, ...]  # what the actor may try on the case as a whole
    may_reopen: bool  # by the right of one of its citizens
    may_merge: bool
    may_undo_merge: bool
    inside_voices: tuple[int, ...]  # units for which the actor may say something inside
    voices: tuple[int, ...]  # units for which the actor may write to its citizens
    may_qualify: bool  # say what a report is that its citizen couldn't
    may_take_off: bool  # a unit complained about, where it was the wrong one
    may_name: bool  # let persons know of a case that is not open to whole units

    def still_owed(self, report_id: int, task_id: int | None = None) -> tuple[int, bool] | None:
        """
        Return what a citizen is still owed by the rule: tries at other hours, and a message.

        :param task_id: only attempts on this task count; None is returned where it is met
        """
        mine = (a for a in self.attempts if a.report_id == report_id)
        begun = _begun_at(self.case, self.entries)
        counted = (a for a in mine if task_id in (None, a.task_id) and a.at >= begun)
        return still_owed(Attempt(a.report_id, a.at, a.result) for a in counted)


def _begun_at(case: WorkOrder, entries: Iterable[EntryView]) -> datetime:
    """Return when it was last reopened, else opened: attempts before count no more."""
    reopened = [e.body["at"] for e in entries if e.body["command"] == CaseCommand.REOPEN]
    return datetime.fromisoformat(reopened[-1]) if reopened else case.opened_at


_OF_THE_DESK = (Power.SPEAK_FOR, Power.REGISTER, Power.DISPATCH, Power.ERASE)
_ATTEMPTS = TypeAdapter(list[AttemptView])
_PROMISES = TypeAdapter(list[PromiseView])
_LEDGER = TypeAdapter(list[LedgerView])
_COPIES = TypeAdapter(list[CopyView])
_MERGED = TypeAdapter(list[MergedView])
_NAMED = TypeAdapter(list[NamedView])
_ALERTS = TypeAdapter(list[AlertView])
_OLD = TypeAdapter(OldCaseView)


def case_view(*, number: str, actor: Actor, at: datetime | None = None) -> CaseView:
    """
    Return the case with everything that hangs on it: one statement, whatever its length.

    A third party sees the task that it owes, in the words of who asked it, and no citizen's.

    :param at: the moment for which it is asked what may be done; now, where none is named
    :raises WorkOrderNotFound: if it is not there for this actor
    """
    stock = _stock(number, actor)
    case, reports, tasks, attachments = stock.case, stock.reports, stock.tasks, stock.attachments
    told: Any = case  # what the statement brought beside the case's own columns
    whole = actor.kind is ActorKind.SYSTEM or told.in_full
    facts = case.facts(tasks=tasks, reports=reports)
    may_register = actor.may(Power.REGISTER, case.desk_unit_id, territory=case.territory)
    over = _reopening_over(case, at or now())
    entries = stock.entries
    old = _old_case(entries[0]) if whole and entries else None
    attempts = _ATTEMPTS.validate_python(told.told_attempts)
    begun = _begun_at(case, entries)
    tried = [Attempt(a.report_id, a.at, a.result) for a in attempts if a.at >= begun]
    if not whole:
        own = {task.pk for task in tasks if _owes(task, actor)}
        asked_by = {task.parent_id for task in tasks if task.pk in own}
        tasks = [task for task in tasks if task.pk in own]
        lines = (_told_of(entry, own, asked_by, tasks) for entry in entries)
        entries = [line for line in lines if line is not None]
        attachments = [file for file in attachments if file.task_id in own]
        reports = []
    if not _may_know_who_urged(case, actor):
        entries = [_without_who_urged(entry) for entry in entries]
    return CaseView(
        case=case,
        sight=Sight.FULL if whole else Sight.TASK,
        reports=reports,
        tasks=tasks,
        entries=entries,
        attachments=attachments,
        contacts=stock.contacts if whole else {},
        attempts=attempts if whole else [],
        promises=_PROMISES.validate_python(told.told_promises) if whole else [],
        ledger=_LEDGER.validate_python(told.told_ledger) if whole else [],
        copies=_COPIES.validate_python(told.told_copies) if whole else [],
        took_in=_MERGED.validate_python(told.told_merged) if whole else [],
        merged_into=(told.into_number or "") if whole else "",
        circle=_NAMED.validate_python(told.told_circle) if whole else [],
        alerts=_ALERTS.validate_python(told.told_alerts or []),
        old=old,
        commands={
            task.pk: commands_for(facts, facts.task(task.pk), actor)
            for task in tasks
            if facts.task(task.pk).is_open
        },
        not_now={
            task.pk: not_now(facts, facts.task(task.pk), actor)
            for task in tasks
            if facts.task(task.pk).is_open
        },
        not_now_on_case=not_now_on_case(facts, actor, reopening_over=over) if whole else (),
        barred={
            task.pk: _barred(facts, task, tried)
            for task in tasks
            if task.ended_at is None and task.kind in _ANSWERED
        },
        own=frozenset(
            task.pk
            for task in tasks
            if task.ended_at is None and had_a_hand(facts, facts.task(task.pk), actor.user_id)
        ),
        case_commands=case_commands_for(facts, actor, reopening_over=over) if whole else (),
        may_reopen=whole and case.outcome == Outcome.CLOSED and not over,
        may_merge=whole and may_register and not case.outcome,
        may_undo_merge=whole and may_register and case.outcome == Outcome.MERGED,
        inside_voices=tuple(inside_voices(facts, told.told_units, actor)) if whole else (),
        voices=tuple(voices(facts, actor)) if whole and not case.outcome else (),
        may_qualify=whole and may_register and facts.step in NOT_SENT,
        may_take_off=whole
        and facts.step in NOT_SENT
        and actor.may(Power.DESIGNATE, case.desk_unit_id, territory=case.territory),
        may_name=whole
        and (case.named_only or case.confidential)
        and actor.may(Power.NAME_PERSONS, case.desk_unit_id, territory=case.territory),
    )


def _may_know_who_urged(case: WorkOrder, actor: Actor) -> bool:
    """Tell whether the actor reads whom a citizen names for asking for another rating."""
    return actor.kind is ActorKind.SYSTEM or any(
        actor.may(power, case.desk_unit_id, territory=case.territory) for power in _OF_THE_DESK
    )


def _without_who_urged(entry: EntryView) -> EntryView:
    if NoteName.URGED not in entry.notes:
        return entry
    kept = {name: text for name, text in entry.notes.items() if name != NoteName.URGED}
    return replace(entry, notes=kept)


def _barred(facts: CaseFacts, task: Task, tried: Collection[Attempt]) -> dict[str, str]:
    answered = task.parent_id if task.kind == TaskKind.SIGN_OFF else task.pk
    ids = [report.id for report in facts.reports if report.reachable]
    barred = barred_closings(
        facts,
        facts.task(answered or task.pk),
        contact_met=bool(ids) and contact_met(tried, ids),
        tried_in_vain=tried_in_vain(tried, ids),
    )
    return {kind: refusal.code for kind, refusal in barred.items()}


def _reopening_over(case: WorkOrder, at: datetime) -> bool:
    if case.outcome != Outcome.CLOSED or case.archived_at is not None:
        return True
    until = reopening_until(case, on=localdate(at))
    return until is not None and at > until


@dataclass(frozen=True, slots=True)
class _Stock:
    """What the view is made of, whoever may see how much of it."""

    case: WorkOrder
    reports: list[Report]  # with their ratings
    tasks: list[Task]  # with deadlines
    entries: list[EntryView]
    attachments: list[Attachment]  # with their files; also what merged reports brought
    contacts: dict[int, MaskedContact]


def _stock(number: str, actor: Actor) -> _Stock:
    of_case = Q(work_order__number=number)
    reports = Report.objects.filter(of_case)
    files = Attachment.objects.filter(of_case | Q(report__work_order__number=number))
    notes = Note.objects.filter(entry=OuterRef("pk")).values(
        told=JSONObject(name="name", text="text")
    )
    entries = Entry.objects.filter(of_case).annotate(said=ArraySubquery(notes))
    cases, told, ratings, tasks, deadlines, lines, attachments, stored, contacts = gathered(
        Asked(_with_rows(visible_to(actor).filter(number=number), actor)),
        Asked(reports.order_by("pk"), frozenset({"bigrams"})),
        Asked(Rating.objects.filter(report__work_order__number=number)),
        Asked(Task.objects.filter(of_case).order_by("pk")),
        Asked(Deadline.objects.filter(task__work_order__number=number).order_by("pk")),
        Asked(entries.order_by("seq")),
        Asked(files.order_by("pk")),
        blobs.blobs_asked(files.order_by().values("blob")),
        people.contacts_asked(reports.order_by().values("contact")),
    )
    if not cases:
        raise WorkOrderNotFound
    hang(told, "ratings", ratings)
    hang(tasks, "deadlines", deadlines)
    by_id = {blob.pk: blob for blob in stored}
    for file in attachments:
        file.blob = by_id.get(file.blob_id)
    return _Stock(
        case=cases[0],
        reports=told,
        tasks=tasks,
        entries=[
            EntryView(e.seq, json.loads(e.body), {note["name"]: note["text"] for note in e.said})
            for e in lines
        ],
        attachments=attachments,
        contacts=people.masked(contacts),
    )


def _with_rows(cases: QuerySet[WorkOrder], actor: Actor) -> QuerySet[WorkOrder]:
    """Let the small rows that hang on a case come with it: one statement instead of seven."""
    own = OuterRef("pk")
    attempts = ContactAttempt.objects.filter(report__work_order=own)
    merged = Merge.objects.filter(target=own, undone_at=None)
    named = Audience.objects.filter(work_order=own, user__isnull=False)
    return cases.annotate(
        in_full=Exists(seen_by(actor).filter(work_order=own, sight=Sight.FULL)),
        into_number=F("merged_into__number"),
        told_attempts=_rows(attempts, AttemptView),
        told_promises=_rows(Promise.objects.filter(work_order=own), PromiseView),
        told_ledger=_rows(LedgerEntry.objects.filter(work_order=own), LedgerView),
        told_copies=_rows(Copy.objects.filter(work_order=own), CopyView),
        told_merged=_rows(merged, MergedView, number="source__number"),
        told_circle=_rows(named, NamedView),
        told_units=_units_in_full(actor, own),
        told_alerts=_rows(alerts_for(actor, Alert.objects.filter(work_order=own)), AlertView),
    )


def _units_in_full(actor: Actor, case: OuterRef) -> ArraySubquery:
    rows = seen_by(actor).filter(work_order=case, sight=Sight.FULL)
    return ArraySubquery(rows.order_by("opened_at", "pk").values("unit_id"))


def _rows(rows: QuerySet[Any], view: type, **renamed: str) -> ArraySubquery:
    columns = {each.name: renamed.get(each.name, each.name) for each in fields(view)}
    return ArraySubquery(rows.order_by("pk").values(told=JSONObject(**columns)))


def _old_case(first: EntryView) -> OldCaseView | None:
    """Return what the first line of a history says of where the case comes from."""
    body = first.body
    if body["command"] != CaseCommand.IMPORT:
        return None
    written = {
        "matter_written": first.notes.get(NoteName.MATTER_WRITTEN, ""),
        "unit_written": first.notes.get(NoteName.UNIT_WRITTEN, ""),
    }
    return _OLD.validate_python(body | written | {"imported_at": body["at"]})


def _owes(task: Task, actor: Actor) -> bool:
    return any(unit_id == task.unit_id for unit_id, _ in actor.reach(Power.SEE))


def _told_of(
    entry: EntryView, own: set[int], asked_by: set[int | None], tasks: list[Task]
) -> EntryView | None:
    """
    Return what a third party learns of a line: those on the own tasks, and the one by which they
    were asked. Of a dispatch that is what was written for it, and not on what the choice rests.
    """
    body = entry.body
    if body.get("task_id") in own:
        return entry
    units = {task.unit_id for task in tasks}
    if body["command"] == TaskCommand.DISPATCH:
        words = {name: text for name, text in entry.notes.items() if name == NoteName.TASK}
        return replace(entry, notes=words) if units & _dispatched_to(body) else None
    if body["command"] == TaskCommand.GRANT:  # in the place of another
        return entry if body.get("proposed_unit_id") in units else None
    asked = units & set(body.get("asked_unit_ids", ()))
    return entry if asked and body.get("task_id") in asked_by else None


def _dispatched_to(body: Mapping[str, Any]) -> set[int]:
    beside = (*body.get("double_unit_ids", ()), *body["co_handle_unit_ids"])
    return {body["lead_unit_id"], *beside}
