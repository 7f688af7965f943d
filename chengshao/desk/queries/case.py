"""The case page, put together from the rooms below. Nothing is written here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from chengshao.catalog import queries as catalog
from chengshao.catalog.queries import MatterShown
from chengshao.catalog.terms import EvidenceKind
from chengshao.desk.queries import choices, moves, timeline
from chengshao.desk.queries._chips import chip
from chengshao.desk.queries.choices import LeadChoice, MatterChoice, PrecedentLine
from chengshao.desk.queries.moves import MoveForm, NotMine
from chengshao.desk.queries.timeline import Moment
from chengshao.dispatch import queries as dispatch
from chengshao.dispatch.queries import Advice
from chengshao.kernel.actor import Actor
from chengshao.kernel.clock import ClockUnit, Limit, WorkCalendar
from chengshao.people import queries as people
from chengshao.people.queries import MaskedContact, UnitLine
from chengshao.people.terms import Power as PeoplePower
from chengshao.places import queries as places
from chengshao.web.due import DueChip, paused
from chengshao.web.moments import day, moment
from chengshao.web.texts import term
from chengshao.workorders import queries as workorders
from chengshao.workorders.queries import (
    AttemptView,
    CaseView,
    LedgerView,
    PromiseView,
    SimilarCase,
)
from chengshao.workorders.terms import (
    CaseCommand,
    ClosingKind,
    ContactResult,
    DeadlineAuthority,
    NoteName,
    OuterWhat,
    Power,
    Sight,
    Step,
    TaskCommand,
    TaskKind,
)

SEVEN = list(Step)[:7]
_CALLING = (TaskKind.CONTACT, TaskKind.TELL)
_NO_ASKING = (TaskCommand.ANSWER, TaskCommand.SIGN)  # their reasons are no words to who comes next
# Of the other kinds a round only says how many there were on the case, whoever owed them.
_IN_ROUNDS = (TaskKind.LEAD, TaskKind.DOUBLE, TaskKind.CO_HANDLE, TaskKind.CHECK)
_NEVER = timedelta(days=36_500)
_UNITS_NEEDED = (TaskCommand.DISPATCH, TaskCommand.CONSULT)


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
    outer: DueChip | None
    outer_due_at: datetime | None
    extensions: int
    asks: str  # what is asked, in a few words: 延期, 暂停计时到12月1日, 挂账
    words: str  # of who asked it
    draft: str  # the words to the citizen that wait for a signature or a check
    closing: str  # what the answer that waits says becomes of the demand
    draft_closing: Mapping[str, str]  # the same as the fields of a form
    calls: list[Call]
    handed_in: bool  # its answer waits for the leader's signature
    commands: tuple[str, ...]
    forms: list[MoveForm]

    @property
    def key(self) -> str:
        """Return the id as forms name it, whatever the language's digits."""
        return str(self.id)

    @property
    def looks(self) -> list[str]:
        """Return what whoever looks may show of it: never asked, always taken."""
        return [EvidenceKind.PHOTO_AFTER] if self.kind in (TaskKind.CHECK, TaskKind.SAMPLE) else []

    @property
    def quick(self) -> list[MoveForm]:
        """The forms that stand open."""
        return [form for form in self.forms if not form.summary]

    @property
    def folded(self) -> list[MoveForm]:
        return [form for form in self.forms if form.summary]


@dataclass(frozen=True, slots=True)
class ReportView:
    """A report as staff may see it: the contact only in part."""

    id: int
    kind: str
    words: str
    place: str
    channel: str
    source_number: str
    complained_about: str
    reported_at: datetime
    source_at: datetime | None
    withdrawn: bool
    nuisance: bool
    erased: bool
    contact: MaskedContact | None
    rating: str


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a unit that was consulted says; "" while it is asked."""

    unit: UnitLine | None
    words: str
    due: DueChip | None


@dataclass(frozen=True, slots=True)
class PromiseShown:
    row: PromiseView
    unit: UnitLine | None


@dataclass(frozen=True, slots=True)
class LedgerShown:
    row: LedgerView
    owner: UnitLine | None


@dataclass(frozen=True, slots=True)
class CasePage:
    """The case page: what it is, where it stands, who owes what by when, what I may do."""

    view: CaseView
    title: str
    place: str
    matter: MatterShown | None
    steps: list[dict[str, str]]
    reports: list[ReportView]
    tasks: list[TaskView]  # what was asked of a task stands under it
    moments: list[Moment]
    matters: list[MatterChoice]  # that the words mention, for the registrar
    similar: list[SimilarCase]  # for the registrar
    choices: list[LeadChoice]  # for the dispatcher
    precedents: list[PrecedentLine]
    opinions: list[Opinion]
    obstacles: tuple[str, ...]
    not_mine: list[NotMine]
    case_forms: list[MoveForm]
    copies: list[UnitLine]
    promises: list[PromiseShown]
    ledger: list[LedgerShown]
    outer: DueChip | None
    closing: str
    closed_unit: UnitLine | None
    may_dispatch: bool  # also where the case waits for something else
    may_see_number: bool  # of a citizen, for a purpose
    may_designate: bool
    may_answer: bool
    whole: bool  # not only the own task
    now: datetime
    first: tuple[str, ...]  # the kinds of the list in which the case stands

    @property
    def today(self) -> date:
        return localdate(self.now)

    @property
    def mine(self) -> list[TaskView]:
        """The open tasks on which this actor may do something: of the list, then the soonest."""
        late = self.now + _NEVER

        def pressing(task: TaskView) -> tuple[bool, datetime]:
            return task.kind not in self.first, task.due_at or late

        return sorted((task for task in self.tasks if task.commands), key=pressing)

    @property
    def waiting(self) -> list[TaskView]:
        return [task for task in self.tasks if task.is_open]

    @property
    def ended(self) -> list[TaskView]:
        return [task for task in self.tasks if not task.is_open]

    @property
    def forms(self) -> set[str]:
        """Return the names of the forms that stand on the page."""
        named = {form.name for form in self.case_forms}
        if any(task.kind == TaskKind.REGISTER for task in self.mine):
            named |= {"register", "answer-directly"}
        if any(TaskCommand.DISPATCH in task.commands for task in self.mine):
            named.add("dispatch")
        named |= {"merge"} if self.view.may_merge else set()
        named |= {"undo-merge"} if self.view.may_undo_merge else set()
        for task in self.mine:
            named |= {form.name for form in task.forms}
            named |= {f"{command}-{task.id}" for command in task.commands}
            kinds = (*self.view.case.evidence_asked, *task.looks)
            named |= {f"file-{kind}-{task.id}" for kind in kinds}
            named |= {f"call-{call.report_id}-{task.id}" for call in task.calls}
        return named

    def since(self, seq: int) -> list[Moment]:
        """Return what happened after this line of the history, the newest first."""
        return [moment for moment in self.moments if moment.seq > seq]

    @property
    def helping_open(self) -> bool:
        return any(task.kind == TaskKind.CO_HANDLE and task.is_open for task in self.tasks)

    @property
    def doubles_open(self) -> bool:
        return any(task.kind == TaskKind.DOUBLE and task.is_open for task in self.tasks)

    @property
    def outer_asked(self) -> list[str]:
        """Return what the platform was asked for and has not answered."""
        kinds = (TaskKind.OUTER_REQUEST, TaskKind.OUTER_CLOSING)
        return [t.asks or term("task_kind", t.kind) for t in self.waiting if t.kind in kinds]

    @property
    def last_reply(self) -> str:
        said = (e.notes.get(NoteName.REPLY, "") for e in reversed(self.view.entries))
        return next((words for words in said if words), "")

    @property
    def fixed(self) -> bool:
        return any(e.body["command"] == CaseCommand.FIX for e in self.view.entries)


def case_page(
    number: str,
    actor: Actor,
    now: datetime,
    *,
    matter_words: str = "",
    first: tuple[str, ...] = (),
) -> CasePage:
    """
    Put the case page together for this actor, who may have looked for a matter.

    :param first: the kinds of the list in which the case stands: what is owed of these goes first

    :raises WorkOrderNotFound: if the case is not there for this actor
    """
    view = workorders.case_view(number=number, actor=actor)
    case, today = view.case, localdate(now)
    may = {command for commands in view.commands.values() for command in commands}
    advice = Advice((), ())
    if may & set(_UNITS_NEEDED):
        advice = dispatch.advice_for(
            matter=case.matter, territory=case.territory, actor=actor, on=today
        )
    named_on = localdate(case.ended_at) if case.ended_at else today  # a case of then, names of then
    units = people.unit_lines(_unit_ids(view, actor) | choices.units_of(advice), named_on)
    calendar = catalog.calendar_for(today)
    contacts = people.masked_contacts(r.contact_id for r in view.reports if r.contact_id)
    reports = _reports(view, contacts)
    labels = places.division_labels([case.territory]) if case.territory else {}
    matter = (
        catalog.matter_shown(case.matter_version_id, case.matter, localdate(case.opened_at))
        if case.matter_version_id
        else None
    )
    place = _place_words(labels.get(case.territory, ""), case.place)
    names = people.user_names(timeline.users_named(view) | {a.by_id or 0 for a in view.attempts})
    tasks = _tasks(view, units, contacts, names, calendar, now)
    registers = TaskCommand.REGISTER in may
    found = (
        choices.find_matters(matter_words or " ".join(r.words for r in reports[:1]), now)
        if registers
        else []
    )
    similar = (
        workorders.similar_cases(case=case, reports=view.reports, actor=actor, at=now)
        if registers
        else []
    )
    return CasePage(
        view=view,
        title=_title(reports) or (matter.name if matter else "") or place,
        place=place,
        matter=matter,
        steps=_steps(case.step, case.outcome),
        reports=reports,
        tasks=tasks,
        moments=timeline.moments(view, units, names),
        matters=choices.matter_choices(found, case.channel, now),
        similar=similar,
        choices=choices.lead_choices(advice, units, calendar, now),
        precedents=choices.precedent_lines(advice, units),
        opinions=_opinions(view, tasks),
        obstacles=tuple(dict.fromkeys(advice.refused)),
        not_mine=_not_mine(view, tasks, actor),
        case_forms=moves.case_forms(
            number=case.number, revision=case.revision, commands=view.case_commands
        ),
        copies=[units[copy.unit_id] for copy in view.copies if copy.unit_id in units],
        promises=[PromiseShown(row, units.get(row.unit_id)) for row in view.promises],
        ledger=[LedgerShown(row, units.get(row.owner_id)) for row in view.ledger],
        outer=_outer_chip(view, calendar, now),
        closing=closing_words(case.closing, today) if case.closing_kind else "",
        closed_unit=units.get(case.closed_unit_id or 0),
        may_dispatch=actor.may(Power.DISPATCH, case.desk_unit_id, territory=case.territory),
        may_see_number=any(
            actor.may(PeoplePower.REVEAL_CONTACT, unit_id, territory=case.territory)
            for unit_id in {case.desk_unit_id, *(t.unit_id for t in view.tasks if not t.ended_at)}
        ),
        may_designate=actor.may(Power.DESIGNATE, case.desk_unit_id, territory=case.territory),
        may_answer=TaskCommand.ANSWER_DIRECTLY in may,
        whole=view.sight is Sight.FULL,
        now=now,
        first=first,
    )


def closing_words(closing: Mapping[str, Any], today: date) -> str:
    """Return what becomes of the demand, with what its kind names (F17)."""
    if not closing:
        return ""
    words = [term("closing_kind", closing["kind"])]
    if closing.get("promised_on"):
        words.append(_("{day}前").format(day=_day(closing["promised_on"], today)))
    if closing.get("organ"):
        words.append(closing["organ"])
        words.append(closing["procedure_number"])
        words.append(_day(closing["procedure_on"], today))
    if closing.get("ledger_level"):
        words.append(term("ledger_level", closing["ledger_level"]))
        words.append(_("{day}复核").format(day=_day(closing["review_on"], today)))
    return pgettext("between parts", "，").join(words)


def _day(on: str, today: date) -> str:
    return day(date.fromisoformat(on), today)


def _place_words(territory: str, words: str) -> str:
    if territory in words:
        return words
    return territory if words in territory else f"{territory}，{words}"


def _reports(view: CaseView, contacts: Mapping[int, MaskedContact]) -> list[ReportView]:
    return [
        ReportView(
            id=report.pk,
            kind=report.kind,
            words=report.words,
            place=report.place,
            channel=report.channel,
            source_number=report.source_number,
            complained_about=report.complained_about,
            reported_at=report.reported_at,
            source_at=report.source_at,
            withdrawn=report.withdrawn_at is not None,
            nuisance=report.nuisance,
            erased=report.erased_at is not None,
            contact=contacts.get(report.contact_id or 0),
            rating=_rating_words(report.rating),
        )
        for report in view.reports
    ]


def _tasks(
    view: CaseView,
    units: Mapping[int, UnitLine],
    contacts: Mapping[int, MaskedContact],
    names: Mapping[int, str],
    calendar: WorkCalendar,
    now: datetime,
) -> list[TaskView]:
    told = _Told(view)
    there = {task.pk for task in view.tasks}
    below: dict[int, list[Any]] = {}
    for task in view.tasks:
        parent = task.parent_id if task.parent_id in there else 0
        below.setdefault(parent or 0, []).append(task)

    signing = {t.parent_id for t in view.tasks if _waits_to_be_signed(t)}

    def under(parent: int, depth: int) -> Iterable[TaskView]:
        for task in below.get(parent, ()):
            facts = task.facts()
            asked, rows = task.asked, task.deadlines.all()
            inner = _deadline(rows, DeadlineAuthority.INNER)
            outer = _deadline(rows, DeadlineAuthority.OUTER)
            commands = view.commands.get(task.pk, ())
            closing = asked.get("closing") or {}
            waits_for_hand = bool(closing) and facts.is_open
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
                outer=_chip_of(outer, calendar, now, view) if facts.is_open else None,
                outer_due_at=outer.due_at if outer and facts.is_open else None,
                extensions=task.extensions,
                asks=_asks(asked, localdate(now)),
                words=told.words_of(task),
                draft=told.draft_of(task) if waits_for_hand else "",
                closing=closing_words(closing, localdate(now)) if waits_for_hand else "",
                draft_closing={name: str(value) for name, value in closing.items()},
                handed_in=task.pk in signing,
                calls=_calls(view, task, contacts, names) if calls else [],
                commands=commands,
                forms=moves.forms_of(
                    task_id=task.pk,
                    kind=task.kind,
                    state=task.state,
                    revision=task.revision,
                    commands=commands,
                    what=asked.get("what", ""),
                ),
            )
            yield from under(task.pk, depth + 1 if facts.is_open else 0)

    return list(under(0, 0))


def _waits_to_be_signed(task: Any) -> bool:
    return task.kind == TaskKind.SIGN_OFF and task.ended_at is None


class _Told:
    """What was said when a task was asked: it stands in the line that opened it."""

    def __init__(self, view: CaseView) -> None:
        self._at = {
            datetime.fromisoformat(str(e.body["at"])): e
            for e in view.entries
            if NoteName.REASON in e.notes and e.body["command"] not in _NO_ASKING
        }
        self._tasks = {task.pk: task for task in view.tasks}
        self._entries = view.entries

    def words_of(self, task: Any) -> str:
        """Return the words of who asked it; of what was passed on, those of who asked first."""
        seen: Any = task
        for _step in range(4):
            entry = self._at.get(seen.opened_at)
            if entry is not None:
                return entry.notes[NoteName.REASON]
            seen = self._tasks.get(seen.follows_id or 0)
            if seen is None:
                break
        return ""

    def draft_of(self, task: Any) -> str:
        """Return the words to the citizen on the task from which this one was asked."""
        ids = {task.parent_id, task.pk} - {None}
        signed = {t.pk for t in self._tasks.values() if t.parent_id in ids}
        for entry in reversed(self._entries):
            if entry.body.get("task_id") in ids | signed and NoteName.REPLY in entry.notes:
                return entry.notes[NoteName.REPLY]
        return ""


def _calls(
    view: CaseView, task: Any, contacts: Mapping[int, MaskedContact], names: Mapping[int, str]
) -> list[Call]:
    """Return who is to be called on this task, and what the rule still asks (先行联系、告知)."""
    found = []
    tells = task.kind == TaskKind.TELL
    for nth, report in enumerate(view.reports, start=1):
        if not report.contact_id or report.withdrawn_at or report.nuisance:
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
                contact=contacts.get(report.contact_id),
                attempts=[_attempt(a, names) for a in attempts],
                met=told or left is None,
                left=_left_words(*left) if left else "",
            )
        )
    return found


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


def _outer_chip(view: CaseView, calendar: WorkCalendar, now: datetime) -> DueChip | None:
    """Return the platform's own clock while the case is open: days are its days."""
    due_at = view.case.outer_due_at
    if due_at is None or view.case.outcome:
        return None
    hours = max(1, int((due_at - view.case.opened_at).total_seconds()) // 3600)
    return chip(Limit(hours, ClockUnit.URGENT_HOUR), due_at, calendar, now)


def _asks(asked: Mapping[str, Any], today: date) -> str:
    what = asked.get("what", "")
    if what == OuterWhat.SUSPENSION and asked.get("until"):
        return _("暂停计时到{day}").format(day=_day(asked["until"], today))
    if what:
        return term("outer_what", what)
    closing = asked.get("closing") or {}
    return closing_words(closing, today) if closing.get("kind") == ClosingKind.LEDGER else ""


def _opinions(view: CaseView, tasks: Sequence[TaskView]) -> list[Opinion]:
    """Return what the units that were consulted say, while the case waits to be dispatched."""
    if not any(t.kind == TaskKind.DISPATCH and t.is_open for t in tasks):
        return []
    said = {
        e.body.get("task_id"): e.notes.get(NoteName.REASON, "")
        for e in view.entries
        if e.body["command"] == TaskCommand.OPINE
    }
    return [
        Opinion(task.unit, said.get(task.id, ""), task.due)
        for task in tasks
        if task.kind == TaskKind.CONSULT
    ]


def _not_mine(view: CaseView, tasks: Sequence[TaskView], actor: Actor) -> list[NotMine]:
    opened_by = {task.pk: task.opened_by_id for task in view.tasks}
    return [
        moves.owed_by(
            kind=task.kind,
            state=task.state,
            unit=task.unit.name if task.unit else "",
            mine=actor.user_id is not None and opened_by[task.id] == actor.user_id,
        )
        for task in tasks
        if task.is_open and not task.commands
    ]


def _unit_ids(view: CaseView, actor: Actor) -> set[int]:
    """Return the units that the page names; the rail names the actor's own."""
    case = view.case
    ids = {task.unit_id for task in view.tasks} | {case.desk_unit_id}
    ids |= {copy.unit_id for copy in view.copies} | {row.owner_id for row in view.ledger}
    ids |= {row.unit_id for row in view.promises} | timeline.units_named(view)
    ids |= {case.closed_unit_id} if case.closed_unit_id else set()
    return ids | {grant.unit_id for grant in actor.grants if grant.unit_id is not None}


def _title(reports: Sequence[ReportView]) -> str:
    """Return the first sentence of the first report: what it is, in the citizen's own words."""
    words = next((report.words.strip() for report in reports if not report.erased), "")
    if reports and not words:
        return _("已删除")
    first = words.replace("\n", "。").split("。")[0]
    return first if len(first) <= 60 else first[:58] + "……"


def _steps(step: str, outcome: str) -> list[dict[str, str]]:
    if step not in SEVEN:
        words = [Step.REPORTED, Step(step)]
        return [
            {"words": term("step", w), "state": "current" if w == step else "done"} for w in words
        ]
    at = SEVEN.index(Step(step))
    reached = at + 1 if outcome else at  # CLOSED is behind us, the citizen's word is next
    return [
        {
            "words": term("step", each),
            "state": "done" if i < reached else "current" if i == reached else "",
        }
        for i, each in enumerate(SEVEN)
    ]


def _rating_words(rating: Any) -> str:
    if rating is None or not rating.ended_at:
        return ""
    if not rating.satisfaction:
        return _("未评价（已过期）")
    said = (
        term("resolution", rating.resolution),
        term("satisfaction", rating.satisfaction),
    )
    return pgettext("between parts", "，").join(said)
