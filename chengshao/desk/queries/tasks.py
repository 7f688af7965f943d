"""What units owe or owed on a case, and whom they are to call."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from chengshao.catalog.terms import EvidenceKind
from chengshao.desk.queries import moves
from chengshao.desk.queries._chips import chip
from chengshao.desk.queries._words import closing_words, day_of
from chengshao.desk.queries.choices import UnitChoice
from chengshao.desk.queries.kept import Kept, kept_of
from chengshao.desk.queries.moves import MoveForm
from chengshao.kernel.clock import ClockUnit, Limit, WorkCalendar
from chengshao.people.queries import MaskedContact, UnitLine
from chengshao.web.due import DueChip, paused
from chengshao.web.moments import moment
from chengshao.web.texts import term, text
from chengshao.workorders import queries as workorders
from chengshao.workorders.queries import (
    AttemptView,
    CaseView,
    ReturnedDraft,
)
from chengshao.workorders.terms import (
    ClosingKind,
    ContactResult,
    DeadlineAuthority,
    OuterWhat,
    TaskCommand,
    TaskKind,
    TaskState,
)

_CALLING = (TaskKind.CONTACT, TaskKind.TELL)
# Of the other kinds a round only says how many there were on the case, whoever owed them.
_IN_ROUNDS = (TaskKind.LEAD, TaskKind.DOUBLE, TaskKind.CO_HANDLE, TaskKind.CHECK)
# Something is decided on what another unit, or another person of it, asks or answers.
DECIDED = (
    TaskKind.SIGN_OFF,
    TaskKind.LEADER_APPROVAL,
    TaskKind.CENTRE_APPROVAL,
    TaskKind.LEDGER_APPROVAL,
    TaskKind.ADJUDICATE,
)
_BESIDE_THE_LEAD = (TaskKind.DOUBLE, TaskKind.CO_HANDLE)
_SHOWN_ON: Mapping[str, list[str]] = {
    TaskKind.CHECK: [EvidenceKind.PHOTO_AFTER],
    TaskKind.SAMPLE: [EvidenceKind.PHOTO_AFTER],
    TaskKind.SUBASSIGNED: [EvidenceKind.PHOTO_AFTER],
    TaskKind.LEDGER_REVIEW: [EvidenceKind.PHOTO_AFTER, EvidenceKind.DOCUMENT],
}


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt to get in touch, as the page says it."""

    at: datetime
    result: ContactResult
    by: str


@dataclass(frozen=True, slots=True)
class Call:
    """A citizen to be called on a task: how it went so far, and what the rule still asks."""

    report_id: int
    nth: int
    contact: MaskedContact | None
    attempts: list[Attempt]
    met: bool
    left: str

    @property
    def key(self) -> str:
        return str(self.report_id)


@dataclass(frozen=True, slots=True)
class TaskView:
    """What one unit owes or owed on the case."""

    id: int
    kind: str
    state: str
    round: int
    revision: int
    unit: UnitLine | None
    principle: str
    designated: bool
    is_open: bool
    depth: int  # how deep it hangs under the task from which it was asked
    due: DueChip | None
    due_at: datetime | None
    kept: Kept | None  # once it is finished
    outer: DueChip | None
    outer_due_at: datetime | None
    extensions: int
    asks: str  # what is asked, in a few words: 延期, 暂停计时到12月1日, 挂账
    words: str  # of who asked it
    proposed: UnitLine | None  # who should do it instead, in the eyes of who returned it
    draft: str  # the words to the citizen that wait for a signature or a check
    closing: str  # what the answer that waits says becomes of the demand
    draft_closing: Mapping[str, str]  # the same as the fields of a form
    barred: list[tuple[str, str]]  # kinds of closing that it can't take, each with why not
    returned: ReturnedDraft | None  # its answer that came back
    of_kind: str  # what is signed or decided on: whose, and of which kind
    of_unit: UnitLine | None
    shows: list[Any]  # what was handed in with the answer that waits for a signature
    looks: list[str]  # what may be shown on it: never asked, always taken
    calls: list[Call]
    handed_in: bool  # its answer waits for the leader's signature
    commands: tuple[str, ...]
    forms: list[MoveForm]

    @property
    def key(self) -> str:
        """Return the id as forms name it, whatever the language's digits."""
        return str(self.id)

    @property
    def state_words(self) -> str:
        """Return how it stands; only what is acknowledged at all waits for that (签收)."""
        rows = workorders.moves_of(self.kind, TaskState.OPEN)
        waits = any(row.command == TaskCommand.ACKNOWLEDGE for row in rows)
        if self.state == TaskState.OPEN and not waits:
            return _("待办")
        return term("task_state", self.state)

    @property
    def offered(self) -> tuple[UnitChoice, ...]:
        """Return the unit that was proposed, to be named by one tick."""
        return (UnitChoice(self.proposed, frozenset()),) if self.proposed else ()

    @property
    def barred_kinds(self) -> list[str]:
        return [kind for kind, _why in self.barred]

    @property
    def quick(self) -> list[MoveForm]:
        """The forms that stand open."""
        return [form for form in self.forms if not form.summary]

    @property
    def stands_open(self) -> bool:
        """Tell whether something can be done on it without unfolding a form."""
        own = set(self.commands) - {form.buttons[0].command for form in self.folded}
        return bool(self.quick or own) or self.kind == TaskKind.REGISTER

    @property
    def folded(self) -> list[MoveForm]:
        return [form for form in self.forms if form.summary]


def tasks_of(
    view: CaseView,
    units: Mapping[int, UnitLine],
    contacts: Mapping[int, MaskedContact],
    names: Mapping[int, str],
    calendar: WorkCalendar,
    now: datetime,
) -> list[TaskView]:
    """Return them in the order of their opening, what was asked of one under it."""
    told = workorders.asked_of(view)
    tasks = {task.pk: task for task in view.tasks}
    there = set(tasks)
    below: dict[int, list[Any]] = {}
    for task in view.tasks:
        parent = task.parent_id if task.parent_id in there else 0
        below.setdefault(parent or 0, []).append(task)

    signing = {t.parent_id for t in view.tasks if _waits_to_be_signed(t)}
    ended = [task for task in view.tasks if task.ended_at is not None]
    times = workorders.time_held(view.case, at=now, tasks=ended, calendar=calendar)
    held = {time.task_id: time for time in times}

    def under(parent: int, depth: int) -> Iterable[TaskView]:
        for task in below.get(parent, ()):
            facts = task.facts()
            asked, rows = task.asked, task.deadlines.all()
            inner = _deadline(rows, DeadlineAuthority.INNER)
            outer = _deadline(rows, DeadlineAuthority.OUTER)
            commands = view.commands.get(task.pk, ())
            closing, returned = told[task.pk].closing, told[task.pk].returned
            of = tasks.get(task.parent_id or 0) if task.kind in DECIDED else None
            proposed = units.get(told[task.pk].proposed_unit_id or 0)
            calls = task.kind in _CALLING and facts.is_open and bool(commands)
            yield TaskView(
                id=task.pk,
                kind=task.kind,
                state=task.state,
                round=task.round if task.kind in _IN_ROUNDS else 1,
                revision=task.revision,
                unit=units.get(task.unit_id),
                principle=task.principle,
                designated=task.designated,
                is_open=facts.is_open,
                depth=depth,
                due=_chip_of(inner, calendar, now, view) if facts.is_open else None,
                due_at=inner.due_at if inner and facts.is_open else None,
                kept=kept_of(task, inner, held.get(task.pk), calendar, now),
                outer=_chip_of(outer, calendar, now, view) if facts.is_open else None,
                outer_due_at=outer.due_at if outer and facts.is_open else None,
                extensions=task.extensions,
                asks=_asks(asked, localdate(now)),
                words=told[task.pk].words,
                proposed=proposed,
                draft=told[task.pk].draft,
                closing=closing_words(closing, localdate(now)),
                draft_closing={name: str(value) for name, value in closing.items()},
                barred=[(k, text(code, {})) for k, code in view.barred.get(task.pk, {}).items()],
                returned=returned,
                of_kind=of.kind if of else "",
                of_unit=units.get(of.unit_id) if of else None,
                shows=_shown_with(view, task),
                looks=_looks(view, task),
                handed_in=task.pk in signing,
                calls=_calls(view, task, contacts, names) if calls else [],
                commands=commands,
                forms=moves.forms_of(
                    task_id=task.pk,
                    unit_id=task.unit_id,
                    kind=task.kind,
                    state=task.state,
                    revision=task.revision,
                    commands=commands,
                    what=asked.get("what", ""),
                    beside=of is not None and of.kind in _BESIDE_THE_LEAD,
                    proposed=proposed,
                    of_platform=view.case.outer_due_at is not None,
                    written=returned.words if returned else "",
                ),
            )
            yield from under(task.pk, depth + 1 if facts.is_open else 0)

    return list(under(0, 0))


def _looks(view: CaseView, task: Any) -> list[str]:
    if task.kind == TaskKind.SUBASSIGNED and task.state != TaskState.ACKNOWLEDGED:
        return []
    asked = view.case.evidence_asked if task.kind == TaskKind.SUBASSIGNED else ()
    return [kind for kind in _SHOWN_ON.get(task.kind, []) if kind not in asked]


def _shown_with(view: CaseView, task: Any) -> list[Any]:
    """Return the evidence on what this one signs, and on what was asked from that."""
    if task.kind != TaskKind.SIGN_OFF:
        return []
    below = {t.pk for t in view.tasks if t.parent_id == task.parent_id} | {task.parent_id}
    return [f for f in view.attachments if f.task_id in below and f.evidence_kind]


def _waits_to_be_signed(task: Any) -> bool:
    return task.kind == TaskKind.SIGN_OFF and task.ended_at is None


def _calls(
    view: CaseView, task: Any, contacts: Mapping[int, MaskedContact], names: Mapping[int, str]
) -> list[Call]:
    """Return who is to be called on this task, and what the rule still asks (先行联系、告知)."""
    found = []
    tells = task.kind == TaskKind.TELL
    for nth, report in enumerate(view.reports, start=1):
        contact = contacts.get(report.contact_id or 0)
        if contact is None or contact.erased or not report.is_reachable:
            continue
        attempts = [a for a in view.attempts if a.report_id == report.pk]
        if tells:
            attempts = [a for a in attempts if a.task_id == task.pk]
        left = view.still_owed(report.pk, task.pk if tells else None)
        told = tells and report.told_at is not None and report.told_at >= task.opened_at
        found.append(
            Call(
                report_id=report.pk,
                nth=nth,
                contact=contact,
                attempts=[_attempt(a, names) for a in attempts],
                met=told or left is None,
                left=_left_words(*left) if left else "",
            )
        )
    return sorted(found, key=lambda call: call.met)


def _attempt(row: AttemptView, names: Mapping[int, str]) -> Attempt:
    return Attempt(row.at, row.result, names.get(row.by_id or 0, ""))


def _left_words(tries: int, message: bool) -> str:
    if tries and message:
        return _("打通一次即可；打不通，还要在其他钟点试{n}次，并发一条信息").format(n=tries)
    if tries:
        return _("打通一次即可；打不通，还要在其他钟点试{n}次").format(n=tries)
    return _("再发一条信息即可")


def _deadline(rows: Iterable[Any], authority: str) -> Any:
    return next((row for row in rows if row.authority == authority), None)


def _chip_of(row: Any, calendar: WorkCalendar, now: datetime, view: CaseView) -> DueChip | None:
    if row is None:
        return None
    if row.due_at is None:
        resumes = view.case.resumes_at
        until = _("{moment}恢复").format(moment=moment(resumes, now)) if resumes else ""
        return paused(title=until)
    return chip(Limit(row.amount, ClockUnit(row.unit)), row.due_at, calendar, now)


def _asks(asked: Mapping[str, Any], today: date) -> str:
    what = asked.get("what", "")
    if what == OuterWhat.SUSPENSION and asked.get("until"):
        return _("暂停计时到{day}").format(day=day_of(asked["until"], today))
    if what:
        return term("outer_what", what)
    closing = asked.get("closing") or {}
    return closing_words(closing, today) if closing.get("kind") == ClosingKind.LEDGER else ""
