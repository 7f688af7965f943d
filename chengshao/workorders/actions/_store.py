"""What every write ends in: tasks moved and opened, clocks, who sees it, one line of history."""

import secrets
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from datetime import UTC, date, datetime

from django.db.models import F, Max, QuerySet
from django.db.models.functions import Coalesce
from django.utils.timezone import localdate

from chengshao.catalog import queries as catalog
from chengshao.catalog.queries import Ground
from chengshao.catalog.terms import Track
from chengshao.evidence import queries as blobs
from chengshao.kernel.actor import Actor, ActorKind
from chengshao.kernel.canonical import Json, canonical, chain_step, salted_digest
from chengshao.kernel.clock import due_at
from chengshao.kernel.errors import Refused
from chengshao.kernel.events import publish
from chengshao.kernel.words import is_blank
from chengshao.notices import actions as notices
from chengshao.workorders import queries
from chengshao.workorders.actions import _clocks as clocks
from chengshao.workorders.actions import _open_ends as open_ends
from chengshao.workorders.actions import _platforms as platforms
from chengshao.workorders.actions._audience import show_to
from chengshao.workorders.actions._bounds import keep_within
from chengshao.workorders.actions._telling import tell_ledger, tell_promises
from chengshao.workorders.events import WorkOrderEnded
from chengshao.workorders.models import (
    ANSWER,
    ASKED,
    CLOSING,
    Alert,
    Attachment,
    Deadline,
    Entry,
    Note,
    Rating,
    Report,
    Task,
    WorkOrder,
)
from chengshao.workorders.rules import lifecycle
from chengshao.workorders.rules.contacting import contact_met, tried_in_vain
from chengshao.workorders.rules.facts import (
    Answer,
    ClosedAs,
    Closing,
    Decision,
    Effect,
    Extended,
    Given,
    GrantedTooLate,
    KeptOnLedger,
    OuterMoved,
    PlatformDone,
    PlatformLeft,
    ReportFacts,
    Resumed,
    Suspended,
    TakenAlong,
    TaskFacts,
    Voided,
)
from chengshao.workorders.rules.happenings import Told, happenings
from chengshao.workorders.rules.promises import Settled
from chengshao.workorders.rules.refusals import WrongState
from chengshao.workorders.rules.replay import OpenTask, changed
from chengshao.workorders.rules.standing import OF_CASE, facts_of
from chengshao.workorders.rules.tracks import DONE_AT_ONCE, track_with_unit
from chengshao.workorders.terms import (
    AlertKind,
    CaseCommand,
    ClosingKind,
    NoteName,
    Outcome,
    TaskCommand,
    TaskKind,
    TaskState,
)

_MOVING = (  # what a move may change of the case itself
    "outcome",
    "closing_kind",
    "closing",
    "closed_unit",
    "track",
    "merged_into",
    "outer_due_at",
    "suspended_at",
    "resumes_at",
    "archived_at",
    "chases",
    "step",
    "revision",
    "ended_at",
    "history_seq",
    "history_head",
)
PROCEDURE = frozenset({"organ", "procedure_number"})  # free text: beside the line, not in it
_LOOKED_AT = (TaskKind.SIGN_OFF, TaskKind.CHECK, TaskKind.LEDGER_APPROVAL)
_BY_ITSELF = Actor(ActorKind.SYSTEM)
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
        raise WrongState(command=command, state=case.step)
    return case, task


def move(
    case: WorkOrder,
    task: Task,
    command: str,
    given: Given,
    *,
    line: Mapping[str, Json] | None = None,
    notes: Mapping[NoteName, str] | None = None,
    ground: Ground | None = None,
    actor: Actor,
    at: datetime,
) -> list[Task]:
    """
    Decide on a command, store what follows, enter it, and return the tasks that it opened.

    :raises DomainError: see rules.lifecycle.decide_task
    """
    before = case.facts()
    decision = lifecycle.decide_task(
        case=before, task=task.facts(), command=command, actor=actor, given=given
    )
    opened = apply(case, decision, follows=task, ground=ground, actor=actor, at=at)
    what: dict[str, Json] = {
        "command": command,
        "task_id": task.pk,
        "evidence": sorted(given.evidence),
    }
    if given.asked_unit_ids:
        what["asked_unit_ids"] = sorted(given.asked_unit_ids)
    if given.proposed_unit_id:
        what["proposed_unit_id"] = given.proposed_unit_id
    if given.until:
        what["until"] = given.until.isoformat()
    if moved_to := _outer_moved(decision):
        what["outer_due_at"] = moved_to.astimezone(UTC).isoformat()
    if any(isinstance(effect, GrantedTooLate) for effect in decision.effects):
        what["too_late"] = True
    if said := given.closing or _closed_again(decision):
        what["closing"] = CLOSING.dump_python(
            said, mode="json", exclude_defaults=True, exclude=set(PROCEDURE)
        )
    said_beside = {
        **(notes or {}),
        NoteName.PROCEDURE: given.closing.procedure if given.closing else "",
        NoteName.REASON: given.reason,
        NoteName.BASIS: given.basis,
        NoteName.TASK: given.task_words,
        NoteName.REPLY: given.reply,
    }
    record(case, what | dict(line or {}), notes=said_beside, actor=actor, at=at)
    if decision.outcome and not before.outcome:
        publish(WorkOrderEnded(case.pk, decision.outcome, at))
    return opened


def _outer_moved(decision: Decision) -> datetime | None:
    moved = (e.due_at for e in decision.effects if isinstance(e, OuterMoved))
    return next(moved, None)


def _closed_again(decision: Decision) -> Closing | None:
    closed = (e for e in decision.effects if isinstance(e, ClosedAs))
    return next((each.closing for each in closed if each.again), None)


def apply(
    case: WorkOrder,
    decision: Decision,
    *,
    follows: Task | None = None,
    ground: Ground | None = None,
    onlookers: AbstractSet[int] = frozenset(),
    actor: Actor,
    at: datetime,
) -> list[Task]:
    """
    Store the tasks as decided and return those opened; the case is stored with its entry.

    :param onlookers: who_looks_on, where they see the case from now on
    """
    before = case.outcome, case.closing_kind
    ended = [moved.id for moved in decision.moved if not moved.is_open]
    for moved in decision.moved:
        Task.objects.filter(pk=moved.id).update(
            state=moved.state,
            designated=moved.designated,
            extensions=moved.extensions,
            answer=_stored(moved.answer),
            revision=F("revision") + 1,
            ended_at=None if moved.is_open else at,
        )
    if ended:
        Deadline.objects.filter(task__in=ended, ended_at=None).update(ended_at=at, next_at=None)
    if case.outcome and decision.outcome is None:
        _reopen(case, at)
    elif decision.outcome:
        case.resumes_at = None  # what has ended rests no more: what opens now has its clock
    opened = _open_tasks(case, decision.opened, follows, ground, at)
    if opened or onlookers:
        owing = (task.unit_id for task in opened)
        show_to(case, owing, decision.hidden_from, onlookers=onlookers, at=at)
    if any(task.kind == TaskKind.LEAD for task in opened):
        open_ends.settle_what_came_back(case, Settled(False), at)
    for effect in decision.effects:
        _take_effect(case, effect, actor=actor, at=at)
    if decision.outcome and not case.outcome:
        case.ended_at = at
        if decision.outcome is Outcome.CLOSED:
            ask_for_ratings(case, case.reports.all(), at)
        elif decision.outcome is not Outcome.MERGED:
            open_ends.let_go(case, at)
    case.outcome = decision.outcome or ""
    case.step = decision.step
    case.revision += 1
    case.following = (*case.following, *_requests_lapsed(decision))
    _note_changes(case, opened, decision, *before)
    return opened


def _requests_lapsed(decision: Decision) -> list[dict[str, Json]]:
    """Return a line for each request to a platform that ends without its word."""
    lapsed = (TaskKind.OUTER_REQUEST, TaskState.CANCELLED)
    return [
        {"command": CaseCommand.REQUEST_LAPSES, "task_id": task.id, "what": task.asked.what}
        for task in decision.moved
        if (task.kind, task.state) == lapsed
    ]


def _note_changes(
    case: WorkOrder, opened: Iterable[Task], decision: Decision, outcome: str, closing_kind: str
) -> None:
    """Keep for the case's next line what a decision changed: its history must tell the present."""
    told = changed(
        opened=[OpenTask(t.pk, t.kind, t.unit_id, t.round, t.state, t.designated) for t in opened],
        moved=decision.moved,
        outcome=(outcome, case.outcome),
        closing_kind=(closing_kind, case.closing_kind),
    )
    if told:
        case.unsaid = (*case.unsaid, told)


def decide_and_store(
    case: WorkOrder,
    command: str,
    given: Given,
    *,
    report: ReportFacts | None = None,
    line: Mapping[str, Json] | None = None,
    actor: Actor,
    at: datetime,
) -> Decision:
    """
    Decide on a command on the case as a whole, store what follows, and enter it.

    :raises DomainError: see rules.lifecycle.decide_case
    """
    before = case.outcome
    decision = lifecycle.decide_case(
        case=case.facts(), command=command, actor=actor, given=given, report=report
    )
    if command == CaseCommand.ARCHIVE:
        case.archived_at = at
    apply(case, decision, actor=actor, at=at)
    notes = {NoteName.REASON: given.reason, NoteName.REPLY: given.reply}
    record(case, {"command": command, **(line or {})}, notes=notes, actor=actor, at=at)
    if decision.outcome and not before:
        publish(WorkOrderEnded(case.pk, decision.outcome, at))
    return decision


def contacted(case: WorkOrder) -> bool:
    """Tell whether every citizen of the case was reached, or tried by the rule."""
    ids = list(queries.reachable_reports(case).values_list("pk", flat=True))
    return bool(ids) and contact_met(queries.attempts_since_reopening(case), ids)


def nobody_talked(case: WorkOrder) -> bool:
    """Tell whether all citizens were tried by the rule in vain since contact was last owed."""
    ids = list(queries.reachable_reports(case).values_list("pk", flat=True))
    return tried_in_vain(queries.attempts_since_reopening(case), ids)


def all_told(case: WorkOrder, task: Task) -> bool:
    """Tell whether who can be called knows the result since this TELL, or was tried by the rule."""
    untold = queries.reachable_reports(case).exclude(told_at__gte=task.opened_at)
    return queries.tried_by_rule(task, untold.values_list("pk", flat=True))


def reopening_over(case: WorkOrder, at: datetime) -> bool:
    """Tell whether the time is over in which an ended case may be reopened."""
    until = queries.reopening_until(case, on=localdate(at))
    return until is not None and at > until


def look_again(case: WorkOrder) -> set[int]:
    """
    Let nobody pass what they have not seen: the citizen has added to a case that waits to be
    signed or checked. Return the units that owe it.
    """
    waiting = case.tasks.filter(kind__in=_LOOKED_AT, state=TaskState.OPEN)
    units = set(waiting.values_list("unit_id", flat=True))
    if units:
        waiting.update(revision=F("revision") + 1)
    return units


def alert(
    case: WorkOrder,
    unit_ids: Iterable[int],
    kind: AlertKind,
    *,
    task: Task | None = None,
    for_leader: bool = False,
    at: datetime,
) -> None:
    """Tell units something about the case; it stays until somebody of the unit has seen it."""
    Alert.objects.bulk_create(
        Alert(work_order=case, task=task, unit_id=unit_id, kind=kind, for_leader=for_leader, at=at)
        for unit_id in sorted(unit_ids)
    )


def _open_tasks(
    case: WorkOrder,
    opened: Iterable[TaskFacts],
    follows: Task | None,
    ground: Ground | None,
    at: datetime,
) -> list[Task]:
    tasks = Task.objects.bulk_create(
        Task(
            work_order=case,
            kind=task.kind,
            unit_id=task.unit_id,
            state=task.state,
            round=task.round,
            designated=task.designated,
            principle=task.principle or "",
            answer=_stored(task.answer),
            parent_id=task.parent_id or None,
            asked=ASKED.dump_python(task.asked, mode="json", exclude_defaults=True),
            opened_by_id=task.opened_by,
            follows=follows,
            opened_at=at,
            ended_at=None if task.is_open else at,
        )
        for task in opened
    )
    if tasks:
        running = [task for task in tasks if task.ended_at is None]
        ground = ground or catalog.ground()
        clocks.start(case, running, ground, at)
        keep_within(case, running, ground, at)
    return tasks


def _stored(answer: Answer) -> dict[str, Json]:
    told: dict[str, Json] = ANSWER.dump_python(answer, mode="json", exclude_defaults=True)
    return told


def _reopen(case: WorkOrder, at: datetime) -> None:
    """
    The case goes on: whoever has not rated yet is asked after the next closing. What could not
    be done at once after all goes the matter's own way.
    """
    Rating.objects.filter(report__work_order=case, ended_at=None).update(ended_at=at)
    case.ended_at = None
    case.closing_kind, case.closing, case.closed_unit_id = "", {}, None
    case.merged_into_id = None
    if case.track in DONE_AT_ONCE and case.matter_version is not None:
        case.track = track_with_unit(Track(case.matter_version.track))


def _take_effect(case: WorkOrder, effect: Effect, *, actor: Actor, at: datetime) -> None:
    match effect:
        case Extended(task_id):
            clocks.extend(case, task_id, at)
        case OuterMoved(due_at):
            clocks.outer_moved(case, due_at, at)
            platforms.note_moved(case)
            platforms.go_by_nearest(case, at)
        case Suspended(until):
            clocks.suspend(case, until, at)
        case Resumed(with_lead):
            if with_lead and case.resumes_at is not None:
                case.following = (*case.following, {"command": CaseCommand.RESUME})
            clocks.resume(case, at)
        case PlatformLeft():
            case.following = (*case.following, platforms.leave(case, at))
        case PlatformDone():
            case.following = (*case.following, platforms.finish(case, at))
        case Voided(task_id):
            clocks.void(task_id)
        case ClosedAs():
            _close_as(case, effect, actor=actor, at=at)
        case KeptOnLedger(review_on):
            _keep_on_ledger(case, review_on)
            case.closing = case.closing | {"review_on": review_on.isoformat()}
        case TakenAlong(unit_ids):
            alert(case, unit_ids, AlertKind.RECALLED, at=at)


def _close_as(case: WorkOrder, closed: ClosedAs, *, actor: Actor, at: datetime) -> None:
    """Keep how it was closed (F17); what is not over yet gets a row that comes back."""
    closing, unit_id = closed.closing, closed.unit_id
    case.closing_kind = closing.kind
    case.closing = CLOSING.dump_python(closing, mode="json", exclude_defaults=True)
    case.closed_unit_id = unit_id
    case.chases = 0
    open_ends.settle_by_closing(case, closed, at)
    if closed.again:
        return
    owner = unit_id or case.desk_unit_id
    if closing.promised_on is not None:
        promise = case.promises.create(unit_id=owner, promised_on=closing.promised_on, made_at=at)
        tell_promises(case, [promise])
    if closing.ledger_level is not None and closing.review_on is not None:
        said = {
            "level": closing.ledger_level,
            "owner_id": owner,
            "approved_by_id": actor.user_id,
            "review_on": closing.review_on,
        }
        entry, _new = case.ledger.update_or_create(
            struck_off_at=None, defaults=said, create_defaults=said | {"entered_at": at}
        )
        tell_ledger(case, [entry])


def _keep_on_ledger(case: WorkOrder, review_on: date) -> None:
    entries = list(case.ledger.filter(struck_off_at=None))
    for entry in entries:
        entry.review_on = review_on
        entry.save(update_fields=["review_on"])
    tell_ledger(case, entries)


def ask_for_ratings(case: WorkOrder, reports: QuerySet[Report], at: datetime) -> None:
    """
    Ask the citizens of these reports for their word on the result, each for a new one.

    What is promised has no result yet: they are asked once the promise came back and was checked.
    """
    promised = case.closing_kind == ClosingKind.PROMISED
    if promised and case.promises.filter(settled_at=None).exists():
        return
    limit = catalog.limit_of_task(RATE, case.channel, case.urgency, localdate(at))
    lapses_at = due_at(at, limit, catalog.calendar_for(localdate(at)))
    asked = reports.filter(withdrawn_at=None, nuisance=False).annotate(
        before=Coalesce(Max("ratings__round"), 0)
    )
    Rating.objects.bulk_create(
        Rating(report=report, round=report.before + 1, lapses_at=lapses_at) for report in asked
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
    """
    Hang a stored file on the case and enter its digest.

    :raises BlobNotFound: if there is no such file
    """
    stored = blobs.blob(blob_id)
    added = case.attachments.create(
        report=report, task=task, evidence_kind=kind, blob=stored, added_at=at
    )
    line: dict[str, Json] = {
        "command": CaseCommand.ATTACH,
        "attachment_id": added.pk,
        "digest": stored.digest,
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
    Store where the case now stands with one line of its history: who, when, for whom, what; and
    one for each thing that came along with it.
    """
    said = notes_of(notes or {})
    told = happenings(Told(case.pk, case.number, case.urgency), what, case.unsaid)
    entry = entry_of(case, what, said, actor, at)
    entry.save(force_insert=True)
    for note in said:
        note.entry = entry
    Note.objects.bulk_create(said)
    if case._state.adding:
        case.save(force_insert=True)
    else:
        case.save(update_fields=_MOVING)
    notices.announce(told, at)
    following, case.following = case.following, ()
    for line in following:
        record(case, line, actor=_BY_ITSELF, at=at)


def notes_of(texts: Mapping[NoteName, str]) -> list[Note]:
    """Return the texts that stand beside an entry, not stored yet: of blank ones none."""
    return [
        Note(name=name, salt=secrets.token_hex(16), text=text)
        for name, text in texts.items()
        if not is_blank(text)
    ]


def entry_of(
    case: WorkOrder, what: Mapping[str, Json], said: Iterable[Note], actor: Actor, at: datetime
) -> Entry:
    """Return the next line of the case's history, not stored yet; the case goes on from it."""
    standing = facts_of(case, OF_CASE)
    body = canonical(
        {
            "v": 1,
            "actor": actor.kind,
            "user_id": actor.user_id,
            "on_behalf_of": actor.on_behalf_of,
            "at": at.astimezone(UTC).isoformat(),
            "step": case.step,
            "notes": {note.name: salted_digest(note.salt, note.text) for note in said},
            **({"changed": list(case.unsaid)} if case.unsaid else {}),
            **({"case": standing} if standing else {}),
            **what,
        }
    )
    case.unsaid = ()
    case.history_seq += 1
    case.history_head = chain_step(case.history_head, body)
    return Entry(work_order=case, seq=case.history_seq, at=at, body=body, hash=case.history_head)


def keep(case: WorkOrder, *columns: str) -> None:
    """Store these columns of a case; of a new one all are stored with its first entry."""
    if not case._state.adding:
        case.save(update_fields=columns)
