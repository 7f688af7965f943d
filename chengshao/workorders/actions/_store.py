"""What every write ends in: tasks moved and opened, clocks, who sees it, one line of history."""

import secrets
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime

from django.db.models import F
from django.utils.timezone import localdate

from chengshao.catalog import queries as catalog
from chengshao.catalog.terms import Urgency
from chengshao.kernel.actor import Actor
from chengshao.kernel.canonical import Json, canonical, chain_step, salted_digest
from chengshao.kernel.clock import due_at
from chengshao.kernel.errors import Refused
from chengshao.kernel.events import publish
from chengshao.people import queries as people
from chengshao.workorders import queries
from chengshao.workorders.events import (
    WorkOrderEnded,
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
from chengshao.workorders.rules.lifecycle import Decision, Given, TaskFacts
from chengshao.workorders.terms import (
    CaseCommand,
    DeadlineAuthority,
    NoteName,
    Outcome,
    TaskCommand,
    TaskKind,
    TaskState,
)

RATE = "RATE"  # the row of catalog's task limits for the citizen's word


class ChangedMeanwhile(Refused):
    code = "workorder_changed_meanwhile"


def at_desk(
    number: str, seen_revision: int, kind: TaskKind, command: TaskCommand, actor: Actor
) -> tuple[WorkOrder, Task]:
    """
    Lock the case and return it with the one task of this kind that is open on it.

    :raises WorkOrderNotFound: if it is not there for this actor
    :raises ChangedMeanwhile: if the case is not the one the actor saw
    :raises WrongState: if no such task is open
    """
    case = queries.lock_case(number=number, actor=actor)
    if case.revision != seen_revision:
        raise ChangedMeanwhile
    task = case.tasks.filter(kind=kind, state=TaskState.OPEN).first()
    if task is None:
        raise lifecycle.WrongState(command=command, state=case.step)
    return case, task


def move(
    case: WorkOrder,
    task: Task,
    command: str,
    given: Given,
    *,
    line: Mapping[str, Json] | None = None,
    actor: Actor,
    at: datetime,
) -> None:
    """Decide on a command, store what follows, and enter it: see rules.lifecycle.decide_task."""
    before = case.facts()
    decision = lifecycle.decide_task(
        case=before, task=task.facts(), command=command, actor=actor, given=given
    )
    apply(case, decision, follows=task, at=at)
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
    record(case, what | dict(line or {}), notes=notes, actor=actor, at=at)
    if decision.outcome and not before.outcome:
        publish(WorkOrderEnded(case.pk, decision.outcome, at))


def apply(
    case: WorkOrder, decision: Decision, *, follows: Task | None = None, at: datetime
) -> list[Task]:
    """Store the tasks as decided and return those opened; the case is stored with its entry."""
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

    A confidential case is for the desk and those who owe a task alone, and there for who works on
    cases. A unit complained about gets no row: its superior does.
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
            Audience(
                work_order=case,
                unit_id=unit_id,
                working_only=case.confidential,
                territory=case.territory,
                opened_at=at,
            )
            for unit_id in sorted(units)
        ],
        ignore_conflicts=True,
    )


def hide_from_subdistrict(case: WorkOrder, on: date) -> None:
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


def attach(
    case: WorkOrder,
    blob_id: int,
    *,
    report: Report | None = None,
    task: Task | None = None,
    kind: str = "",
    actor: Actor,
    at: datetime,
) -> Attachment:
    """Hang a stored file on the case and enter its digest."""
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
    record(case, line, actor=actor, at=at)
    return added


def record(
    case: WorkOrder,
    what: Mapping[str, Json],
    *,
    notes: Mapping[NoteName, str] | None = None,
    actor: Actor,
    at: datetime,
) -> None:
    """
    Store where the case now stands with one line of its history: who, when, for whom, what.
    """
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
    case.save(
        update_fields=["outcome", "step", "revision", "ended_at", "history_seq", "history_head"]
    )
