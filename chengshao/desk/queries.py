"""What the desk's pages show, put together from the rooms below. Nothing is written here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from chengshao.catalog import queries as catalog
from chengshao.catalog.queries import MatterVersion
from chengshao.dispatch import queries as dispatch
from chengshao.dispatch.queries import Advice
from chengshao.kernel.actor import Actor
from chengshao.kernel.clock import ClockUnit, Limit, WorkCalendar, remaining, stops_at
from chengshao.kernel.errors import NotFound
from chengshao.people import queries as people
from chengshao.people.queries import MaskedContact, OnDuty, UnitLine
from chengshao.places import queries as places
from chengshao.web.due import DueChip, amount_words, finished, paused, running
from chengshao.web.once import once
from chengshao.web.texts import term
from chengshao.workorders import queries as workorders
from chengshao.workorders.queries import CaseLine, CaseView
from chengshao.workorders.terms import (
    DeadlineAuthority,
    NoteName,
    Power,
    ReportCommand,
    Step,
    TaskCommand,
    TaskKind,
)

PAGE_SIZE = 50
SEVEN = list(Step)[:7]
CITIZEN = {"face": gettext_lazy("市民"), "name": gettext_lazy("诉求人")}


class QueueNotFound(NotFound):
    code = "queue_not_found"


@dataclass(frozen=True, slots=True)
class Queue:
    """Cases that wait for one kind of work. The list is what the power reaches, no more."""

    name: str
    words: str | Promise
    power: str
    kinds: tuple[str, ...]
    empty: str | Promise
    also: tuple[str, ...] = ()  # what people call it too

    @property
    def parts(self) -> list[tuple[str, str]]:
        """Return each kind with the name of its count, where there are several."""
        kinds = self.kinds if len(self.kinds) > 1 else ()
        return [(kind, f"{self.name}_{kind.lower()}") for kind in kinds]


QUEUES = (
    Queue(
        "register",
        gettext_lazy("受理立案"),
        Power.REGISTER,
        (TaskKind.REGISTER,),
        gettext_lazy("现在没有待受理的诉求。新来的会排在这里。"),
        also=("受理台", "立案", "register"),
    ),
    Queue(
        "dispatch",
        gettext_lazy("派单台"),
        Power.DISPATCH,
        (TaskKind.DISPATCH,),
        gettext_lazy("现在没有待派的案卷。"),
        also=("派单", "派遣", "dispatch"),
    ),
    Queue(
        "returns",
        gettext_lazy("退单裁定"),
        Power.DISPATCH,
        (TaskKind.ADJUDICATE,),
        gettext_lazy("现在没有要裁定的退单。"),
    ),
    Queue(
        "work",
        gettext_lazy("我的待办"),
        Power.HANDLE,
        (TaskKind.LEAD, TaskKind.CO_HANDLE),
        gettext_lazy("现在没有派给您单位的任务。"),
        also=("待办", "主办", "协办", "my tasks"),
    ),
    Queue(
        "check",
        gettext_lazy("核查"),
        Power.CHECK,
        (TaskKind.CHECK,),
        gettext_lazy("现在没有待核查的案卷。"),
    ),
)


def queue_named(name: str, actor: Actor) -> Queue:
    """
    Return the queue, if the actor has its power anywhere.

    :raises QueueNotFound: if there is none, or none for this actor
    """
    found = next((q for q in QUEUES if q.name == name and actor.holds(q.power)), None)
    if found is None:
        raise QueueNotFound
    return found


def queues_of(actor: Actor) -> list[tuple[Queue, int]]:
    """Return the actor's queues, each with how much waits there."""
    counts = waiting(actor)
    return [(queue, counts[queue.name]) for queue in QUEUES if queue.name in counts]


def waiting(actor: Actor) -> dict[str, int]:
    """
    Return how much waits in each of the actor's queues, by the queue's name, and in those of
    several kinds also of each kind (`work_lead`). One statement.
    """
    asked = {}
    for queue in QUEUES:
        if actor.holds(queue.power):
            asked[queue.name] = (queue.power, queue.kinds)
            asked |= {name: (queue.power, (kind,)) for kind, name in queue.parts}
    return once(("waiting", actor), lambda: workorders.counts_owed(actor, asked))


def parts_of(queue: Queue, actor: Actor) -> list[tuple[str, int]]:
    """Return how much of each kind waits in a queue of several kinds."""
    counts = waiting(actor)
    return [(kind, counts[name]) for kind, name in queue.parts]


def waiting_in(queue: Queue, actor: Actor, *, words: str = "") -> int:
    """Return how much waits in a queue; the rail has counted it where no words narrow it."""
    if not words.strip():
        return waiting(actor)[queue.name]
    return workorders.count_owed(actor=actor, power=queue.power, kinds=queue.kinds, words=words)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a list, in words."""

    line: CaseLine
    place: str
    matter: str
    unit: str
    due: DueChip | None


def queue_rows(
    queue: Queue,
    actor: Actor,
    now: datetime,
    *,
    words: str = "",
    offset: int = 0,
    limit: int = PAGE_SIZE + 1,
) -> list[Row]:
    """Return what waits in a queue, the most pressing first, one more than a page if any."""
    lines = workorders.tasks_owed(
        actor=actor,
        power=queue.power,
        kinds=queue.kinds,
        limit=limit,
        offset=offset,
        words=words,
    )
    return _rows(lines, now)


def case_rows(
    unit_id: int, actor: Actor, now: datetime, *, step: str = "", words: str = "", offset: int = 0
) -> list[Row]:
    """Return the newest cases that a unit sees, one more than a page if there are more."""
    lines = workorders.cases_of_unit(
        unit_id=unit_id,
        actor=actor,
        limit=PAGE_SIZE + 1,
        step=step,
        words=words,
        offset=offset,
    )
    return _rows(lines, now)


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
    due: DueChip | None
    due_at: datetime | None
    commands: tuple[str, ...]

    @property
    def key(self) -> str:
        """Return the id as forms name it, whatever the language's digits."""
        return str(self.id)


@dataclass(frozen=True, slots=True)
class Moment:
    """A line of the timeline: the unit in front, what it did, in words."""

    seq: int
    at: datetime
    unit: UnitLine | Mapping[str, str | Promise]
    words: str
    detail: str
    to_citizen: bool
    system: bool


@dataclass(frozen=True, slots=True)
class ReportView:
    """A report as staff may see it: the contact only in part."""

    id: int
    words: str
    place: str
    channel: str
    source_number: str
    reported_at: datetime
    source_at: datetime | None
    withdrawn: bool
    contact: MaskedContact | None
    rating: str


@dataclass(frozen=True, slots=True)
class LeadChoice:
    """A lead that the dispatcher may name, with everything that speaks for it."""

    unit: UnitLine
    principle: str
    basis: str
    confidence: str
    responsibility_id: int | None
    led_before: int
    duty: OnDuty | None


@dataclass(frozen=True, slots=True)
class PrecedentLine:
    number: str
    place: str
    unit: str
    ended_at: datetime
    took: str
    rounds: int


@dataclass(frozen=True, slots=True)
class CasePage:
    """The case page: what it is, where it stands, who owes what by when, what I may do."""

    view: CaseView
    title: str
    place: str
    matter: MatterVersion | None
    steps: list[dict[str, str]]
    reports: list[ReportView]
    tasks: list[TaskView]
    moments: list[Moment]
    matters: list[MatterVersion]  # that the words mention, for the registrar
    units: list[UnitLine]  # that the dispatcher looked for
    choices: list[LeadChoice]  # for the dispatcher
    helpers: list[UnitLine]
    precedents: list[PrecedentLine]
    obstacles: tuple[str, ...]
    may_dispatch: bool  # also where the case waits for something else

    @property
    def mine(self) -> list[TaskView]:
        """The open tasks on which this actor may do something."""
        return [task for task in self.tasks if task.commands]

    @property
    def forms(self) -> set[str]:
        """Return the names of the forms that stand on the page."""
        named = {"register", "decline"} if self._waits_for(TaskKind.REGISTER) else set()
        named |= {"dispatch"} if self._waits_for(TaskKind.DISPATCH) else set()
        for task in self.mine:
            named |= {f"{command}-{task.id}" for command in task.commands}
            named |= {f"file-{kind}-{task.id}" for kind in self.view.case.evidence_asked}
        return named

    def since(self, seq: int) -> list[Moment]:
        """Return what happened after this line of the history, the newest first."""
        return [moment for moment in self.moments if moment.seq > seq]

    def _waits_for(self, kind: str) -> bool:
        return any(task.kind == kind for task in self.mine)

    @property
    def helping_open(self) -> bool:
        return any(task.kind == TaskKind.CO_HANDLE and task.is_open for task in self.tasks)

    @property
    def return_reason(self) -> str:
        return self._last_note(TaskCommand.ASK_RETURN, NoteName.REASON)

    @property
    def last_reply(self) -> str:
        return self._last_note(TaskCommand.ANSWER, NoteName.REPLY)

    def _last_note(self, command: str, name: str) -> str:
        said = (e.notes.get(name, "") for e in self.view.entries if e.body["command"] == command)
        return next((words for words in reversed(list(said)) if words), "")


def case_page(
    number: str, actor: Actor, now: datetime, *, matter_words: str = "", unit_words: str = ""
) -> CasePage:
    """
    Put the case page together for this actor, who may have looked for a matter or a unit.

    :raises WorkOrderNotFound: if the case is not there for this actor
    """
    view = workorders.case_view(number=number, actor=actor)
    case, today = view.case, localdate(now)
    may = {command for commands in view.commands.values() for command in commands}
    advice = Advice((), ())
    if TaskCommand.DISPATCH in may:
        advice = dispatch.advice_for(
            matter=case.matter, territory=case.territory, actor=actor, on=today
        )
    units = people.unit_lines(_unit_ids(view, advice))
    calendar = catalog.calendar_for(today)
    reports = _reports(view)
    labels = places.division_labels([case.territory]) if case.territory else {}
    words = " ".join(report.words for report in reports[:1])
    return CasePage(
        view=view,
        title=_title(reports),
        place=_place_words(labels.get(case.territory, ""), case.place),
        matter=catalog.matter_in_force(case.matter, localdate(case.opened_at))
        if case.matter
        else None,
        steps=_steps(case.step, case.outcome),
        reports=reports,
        tasks=[_task(task, view, units, calendar, now) for task in view.tasks],
        moments=_moments(view, units),
        matters=find_matters(matter_words or words, now) if TaskCommand.REGISTER in may else [],
        units=units_to_choose(unit_words, now) if TaskCommand.DISPATCH in may else [],
        choices=_choices(advice, units, calendar, now),
        helpers=_helpers(advice, units),
        precedents=_precedents(advice, units),
        obstacles=tuple(dict.fromkeys(advice.refused)),
        may_dispatch=actor.may(Power.DISPATCH, case.desk_unit_id, territory=case.territory),
    )


def _place_words(territory: str, words: str) -> str:
    if territory in words:
        return words
    return territory if words in territory else f"{territory}，{words}"


def find_matters(words: str, now: datetime, limit: int = 6) -> list[MatterVersion]:
    """Return matters for the words of a caller or a registrar, the closest first."""
    return catalog.find_matters(words[:400], on=localdate(now), limit=limit)


def cases_called(words: str, actor: Actor, now: datetime, limit: int = 5) -> list[CaseLine]:
    """Return cases by the tail of their number, else by words; the newest first."""
    found = workorders.cases_numbered(words, actor=actor, on=localdate(now), limit=limit)
    seen = actor.reach(Power.SEE)
    if found or not seen:
        return found
    unit_id, _territory = seen[0]
    return workorders.cases_of_unit(unit_id=unit_id, actor=actor, limit=limit, words=words)


def units_to_choose(words: str, now: datetime) -> list[UnitLine]:
    """Return units that a dispatcher may look for; the lists are asked when one is named."""
    return people.find_units(words, on=localdate(now), limit=8)


def _reports(view: CaseView) -> list[ReportView]:
    contacts = people.masked_contacts(r.contact_id for r in view.reports if r.contact_id)
    return [
        ReportView(
            id=report.pk,
            words=report.words,
            place=report.place,
            channel=report.channel,
            source_number=report.source_number,
            reported_at=report.reported_at,
            source_at=report.source_at,
            withdrawn=report.withdrawn_at is not None,
            contact=contacts.get(report.contact_id or 0),
            rating=_rating_words(getattr(report, "rating", None)),
        )
        for report in view.reports
    ]


def _choices(
    advice: Advice, units: Mapping[int, UnitLine], calendar: WorkCalendar, now: datetime
) -> list[LeadChoice]:
    ids = [suggestion.unit_id for suggestion in advice.suggestions]
    duty = on_duty(ids, calendar, now)
    return [
        LeadChoice(
            unit=units[s.unit_id],
            principle=s.principle,
            basis=s.basis,
            confidence=s.confidence,
            responsibility_id=s.responsibility_id,
            led_before=s.led_before,
            duty=duty.get(s.unit_id),
        )
        for s in advice.suggestions
    ]


def on_duty(unit_ids: Sequence[int], calendar: WorkCalendar, now: datetime) -> Mapping[int, OnDuty]:
    """Return who is on duty now; a night shift counts by the kind of day on which it began."""
    return people.on_duty(unit_ids, now, calendar) if unit_ids else {}


def _helpers(advice: Advice, units: Mapping[int, UnitLine]) -> list[UnitLine]:
    ids = dict.fromkeys(unit_id for s in advice.suggestions for unit_id in s.co_unit_ids)
    return [units[unit_id] for unit_id in ids]


def _precedents(advice: Advice, units: Mapping[int, UnitLine]) -> list[PrecedentLine]:
    return [
        PrecedentLine(
            number=p.number,
            place=p.place,
            unit=units[p.lead_unit_id].short_name,
            ended_at=p.ended_at,
            took=amount_words(p.seconds),
            rounds=p.rounds,
        )
        for p in advice.precedents
    ]


def _rows(lines: Sequence[CaseLine], now: datetime) -> list[Row]:
    labels = places.division_labels({line.territory for line in lines if line.territory})
    matters = catalog.matter_names({line.matter for line in lines if line.matter}, localdate(now))
    units = people.unit_lines({line.waits_unit_id for line in lines if line.waits_unit_id})
    calendar = catalog.calendar_for(localdate(now))
    return [
        Row(
            line=line,
            place=labels.get(line.territory, "") or line.place or _("无地点"),
            matter=matters.get(line.matter, ""),
            unit=units[line.waits_unit_id].short_name if line.waits_unit_id in units else "",
            due=_chip_of_line(line, calendar, now),
        )
        for line in lines
    ]


def _chip_of_line(line: CaseLine, calendar: WorkCalendar, now: datetime) -> DueChip | None:
    if line.due_at is None:
        return finished() if not line.waits_for else None
    limit = Limit(line.due_amount, ClockUnit(line.due_unit))
    return _chip(limit, line.due_at, calendar, now, term("due_label", line.waits_for))


def _chip(
    limit: Limit, due_at: datetime, calendar: WorkCalendar, now: datetime, label: str = ""
) -> DueChip:
    working = limit.unit in (ClockUnit.WORKING_HOUR, ClockUnit.WORKING_DAY)
    return running(
        left=remaining(now, due_at, limit.unit, calendar),
        amount=limit.seconds,
        due_at=due_at,
        now=now,
        day=8 * 3600 if working else 24 * 3600,
        label=label,
        runs_until=stops_at(now, limit.unit, calendar),
    )


def _task(
    task: Any,
    view: CaseView,
    units: Mapping[int, UnitLine],
    calendar: WorkCalendar,
    now: datetime,
) -> TaskView:
    facts = task.facts()
    deadlines = task.deadlines.all()
    inner = next((d for d in deadlines if d.authority == DeadlineAuthority.INNER), None)
    due = None
    if facts.is_open and inner is not None:
        due = paused()
        if inner.due_at is not None:
            due = _chip(Limit(inner.amount, ClockUnit(inner.unit)), inner.due_at, calendar, now)
    return TaskView(
        id=facts.id,
        kind=facts.kind,
        state=facts.state,
        round=facts.round,
        revision=task.revision,
        unit=units.get(facts.unit_id),
        principle=task.principle,
        designated=facts.designated,
        is_open=facts.is_open,
        due=due,
        due_at=inner.due_at if inner and facts.is_open else None,
        commands=view.commands.get(facts.id, ()),
    )


def _unit_ids(view: CaseView, advice: Advice) -> set[int]:
    ids = {task.unit_id for task in view.tasks} | {view.case.desk_unit_id}
    for entry in view.entries:
        named = [entry.body.get("lead_unit_id")]
        helping = entry.body.get("co_handle_unit_ids")
        named += helping if isinstance(helping, list) else []
        ids |= {unit_id for unit_id in named if isinstance(unit_id, int)}
    ids |= {s.unit_id for s in advice.suggestions} | {p.lead_unit_id for p in advice.precedents}
    return ids | {unit_id for s in advice.suggestions for unit_id in s.co_unit_ids}


def _title(reports: Sequence[ReportView]) -> str:
    """Return the first sentence of the first report: what it is, in the citizen's own words."""
    words = reports[0].words.strip() if reports else ""
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


def _moments(view: CaseView, units: Mapping[int, UnitLine]) -> list[Moment]:
    """Return the history in words, the newest first."""
    tasks = {task.pk: task for task in view.tasks}
    names = people.user_names(
        e.body["user_id"] for e in view.entries if e.body["user_id"] is not None
    )
    moments = []
    for entry in view.entries:
        body = entry.body
        task = tasks.get(body.get("task_id", 0))
        citizen = body["actor"] == "CITIZEN"
        unit_id = task.unit_id if task else view.case.desk_unit_id
        moments.append(
            Moment(
                seq=entry.seq,
                at=datetime.fromisoformat(str(body["at"])),
                unit=CITIZEN if citizen else units.get(unit_id, {}),
                words=_said(body, task.kind if task else "", units, names),
                detail="\n".join(
                    _("{name}：{words}").format(name=term("note_name", name), words=words)
                    for name, words in _in_order(entry.notes)
                ),
                to_citizen=NoteName.REPLY in entry.notes,
                system=body["actor"] == "SYSTEM",
            )
        )
    return moments[::-1]


def _in_order(notes: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    return [(name, notes[name]) for name in NoteName if name in notes]


def _said(
    body: Mapping[str, Any],
    kind: str,
    units: Mapping[int, UnitLine],
    names: Mapping[int, str],
) -> str:
    command = str(body["command"])
    what = term("deed", command)
    if command == TaskCommand.DISPATCH:
        lead = units.get(body["lead_unit_id"])
        helping = [units[u].short_name for u in body["co_handle_unit_ids"] if u in units]
        what = _("派给{unit}（{principle}）").format(
            unit=lead.short_name if lead else "", principle=term("principle", body["principle"])
        )
        if helping:
            what += _("，协办：{units}").format(units=_("、").join(helping))
    elif command == ReportCommand.RATE:
        what = _("评价：{resolution}，{satisfaction}").format(
            resolution=term("resolution", body["resolution"]),
            satisfaction=term("satisfaction", body["satisfaction"]),
        )
    elif kind == TaskKind.CO_HANDLE:
        what = _("协办{command}").format(command=what)
    who = names.get(int(body["user_id"] or 0))
    return f"{what}　{who}" if who else what
