"""The case page, put together from the rooms below. Nothing is written here."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.timezone import localdate
from django.utils.translation import pgettext

from chengshao.catalog import queries as catalog
from chengshao.catalog.queries import MatterShown
from chengshao.catalog.terms import Urgency
from chengshao.desk.queries import choices, moves, pictures, spoken, timeline
from chengshao.desk.queries import circle as circles
from chengshao.desk.queries._chips import chip
from chengshao.desk.queries._steps import StepShown, steps_of
from chengshao.desk.queries._words import closing_words
from chengshao.desk.queries.choices import LeadChoice, MatterChoice, PrecedentLine
from chengshao.desk.queries.circle import Named
from chengshao.desk.queries.moves import MoveForm, NotMine
from chengshao.desk.queries.pictures import Pair
from chengshao.desk.queries.reports import ReportView, reports_of, title_of
from chengshao.desk.queries.spoken import Spoken
from chengshao.desk.queries.tasks import TaskView, tasks_of
from chengshao.desk.queries.timeline import Moment, Strand
from chengshao.desk.queries.why import Why, is_others, reasons
from chengshao.dispatch import queries as dispatch
from chengshao.dispatch.queries import Advice
from chengshao.kernel.actor import Actor
from chengshao.kernel.clock import ClockUnit, Limit, WorkCalendar
from chengshao.people import queries as people
from chengshao.people.queries import UnitLine
from chengshao.people.terms import Power as PeoplePower
from chengshao.places import queries as places
from chengshao.web.due import DueChip
from chengshao.web.texts import term
from chengshao.workorders import queries as workorders
from chengshao.workorders.queries import (
    CaseView,
    LedgerView,
    PromiseView,
    SimilarCase,
)
from chengshao.workorders.terms import (
    CaseCommand,
    NoteName,
    Power,
    ReportKind,
    Sight,
    TaskCommand,
    TaskKind,
    TaskState,
)

_NEVER = timedelta(days=36_500)
_KEPT = (ReportKind.INFORMANT, ReportKind.COMPLAINT)
_UNITS_NEEDED = (TaskCommand.DISPATCH, TaskCommand.CONSULT)
_LOOKING = (TaskKind.CHECK, TaskKind.SAMPLE)


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a unit that was consulted says; "" while it is asked."""

    unit: UnitLine | None
    words: str
    due: DueChip | None


@dataclass(frozen=True, slots=True)
class OuterAsked:
    """What the platform of an outer order was asked for and has not answered."""

    what: str
    since: datetime
    unanswered: int  # how often it was noted that it keeps silent


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
    place_outside: str  # as third parties get it
    division: str  # the street and community only, by name
    matter: MatterShown | None
    steps: list[StepShown]
    reports: list[ReportView]
    tasks: list[TaskView]  # what was asked of a task stands under it
    pairs: list[Pair]  # pictures of before and after
    to_citizens: list[Spoken]
    inside: list[Spoken]  # 内部意见
    inside_voices: list[UnitLine]  # for which this actor may say something inside
    moments: list[Moment]
    matters: list[MatterChoice]  # that the words mention, for the registrar
    matter_heard: str  # code, as who took the call heard it
    similar: list[SimilarCase]  # for the registrar
    choices: list[LeadChoice]  # for the dispatcher
    precedents: list[PrecedentLine]
    opinions: list[Opinion]
    obstacles: tuple[str, ...]
    not_mine: list[NotMine]
    why_not: list[Why]  # of what this actor does in part, or nobody now
    case_forms: list[MoveForm]
    copies: list[UnitLine]
    circle: list[Named]  # who knows of it by name, then who did
    unknowing: list[UnitLine]  # owe something, and nobody of them knows it
    promises: list[PromiseShown]
    ledger: list[LedgerShown]
    outer: DueChip | None
    chases: int
    closing: str
    closed_unit: UnitLine | None
    may_register: bool
    may_direct: bool  # to the one lead that the catalogue names (目录直派)
    may_see_number: bool  # of a citizen, for a purpose
    may_hand: bool  # print what is told of it for its citizen
    may_designate: bool
    may_answer: bool
    may_erase: bool
    whole: bool  # not only the own task
    now: datetime
    first: tuple[str, ...]  # the kinds of the list in which the case stands

    @property
    def presses(self) -> bool:
        """Tell whether it is more urgent than others, and not over."""
        case = self.view.case
        return not case.outcome and case.urgency in (Urgency.URGENT, Urgency.EMERGENCY)

    @property
    def today(self) -> date:
        return localdate(self.now)

    @property
    def mine(self) -> list[TaskView]:
        """
        Return the open tasks on which this actor may do something: of the list first; who is to be
        called is called before anything is answered; then the soonest.
        """
        late = self.now + _NEVER

        def pressing(task: TaskView) -> tuple[bool, bool, datetime]:
            calls_first = task.kind == TaskKind.CONTACT
            return task.kind not in self.first, not calls_first, task.due_at or late

        return sorted((task for task in self.tasks if self._is_mine(task)), key=pressing)

    @property
    def in_turn(self) -> list[tuple[TaskView, bool]]:
        """Return these, each with whether another has the main button and the keys."""
        mine = self.mine
        first = next((task for task in mine if task.stands_open), None)
        return [(task, task is not first) for task in mine]

    def _is_mine(self, task: TaskView) -> bool:
        sends = self.may_direct and task.kind == TaskKind.REGISTER and task.is_open
        return bool(task.commands) or sends

    @property
    def waiting(self) -> list[TaskView]:
        return [task for task in self.tasks if task.is_open]

    @property
    def ended(self) -> list[TaskView]:
        return [task for task in self.tasks if not task.is_open]

    @property
    def compares(self) -> bool:
        """Tell whether this reader is to look at what was done: the pictures come first."""
        return any(task.kind in _LOOKING for task in self.mine)

    @property
    def other_files(self) -> list[Any]:
        return pictures.other_files(self.view)

    @property
    def called(self) -> set[str]:
        """Return the reports whose citizens are to be called: their numbers stand with that."""
        return {call.key for task in self.mine for call in task.calls}

    @property
    def forms(self) -> set[str]:
        """Return the names of the forms that stand on the page."""
        named = {form.name for form in self.case_forms}
        if any(task.kind == TaskKind.REGISTER for task in self.mine):
            named |= {"register", "answer-directly"}
        if any(TaskCommand.DISPATCH in task.commands for task in self.mine):
            named.add("dispatch")
        named |= {f"calls-{report.key}" for report in self.reports if report.calls}
        named |= {"remark"} if self.inside_voices else set()
        named |= {f"write-{report.key}" for report in self.reports if report.voices}
        named |= {f"qualify-{report.key}" for report in self.reports if report.may_qualify}
        named |= {f"take-off-{report.key}" for report in self.reports if report.may_take_off}
        if self.view.may_name:
            named |= {"name-person", *(f"end-naming-{each.key}" for each in self.circle)}
        named |= {"merge"} if self.view.may_merge else set()
        named |= {"undo-merge"} if self.view.may_undo_merge else set()
        for task in self.mine:
            named |= {form.name for form in task.forms}
            named |= {f"{command}-{task.id}" for command in task.commands}
            kinds = (*self.view.case.evidence_asked, *task.looks)
            named |= {f"file-{kind}-{task.id}" for kind in kinds}
            named |= {f"call-{call.report_id}-{task.id}" for call in task.calls}
        return named

    @property
    def strands(self) -> list[Strand]:
        """Return the timeline unit by unit."""
        return timeline.by_unit(self.moments)

    def since(self, seq: int) -> list[Moment]:
        """Return what happened after this line of the history, the newest first."""
        return [moment for moment in self.moments if moment.seq > seq]

    @property
    def kept_as(self) -> str:
        """Return for what it is that a case is only for named persons; "" where it is for units."""
        if not self.view.case.named_only:
            return ""
        kinds = {report.kind for report in self.view.reports}
        return next((kind for kind in _KEPT if kind in kinds), "CONFIDENTIAL")

    @property
    def helping_open(self) -> bool:
        return any(task.kind == TaskKind.CO_HANDLE and task.is_open for task in self.tasks)

    @property
    def doubles_open(self) -> list[UnitLine]:
        """Return the units beside the lead (双派) for whose answer it waits."""
        beside = (t for t in self.tasks if t.kind == TaskKind.DOUBLE and t.is_open)
        return [task.unit for task in beside if task.unit]

    @property
    def uncontacted(self) -> bool:
        """Tell whether first contact (先行联系) of this round was begun and not brought about."""
        contacts = [task for task in self.tasks if task.kind == TaskKind.CONTACT]
        last = max(contacts, key=lambda task: task.id, default=None)
        return last is not None and last.state != TaskState.DONE

    @property
    def outer_asked(self) -> list[OuterAsked]:
        """Return what the platform was asked for and has not answered, and since when."""
        kinds = (TaskKind.OUTER_REQUEST, TaskKind.OUTER_CLOSING)
        silent = Counter(
            entry.body.get("task_id")
            for entry in self.view.entries
            if entry.body["command"] == TaskCommand.UNANSWERED
        )
        return [
            OuterAsked(_outer_what(task.asked), task.opened_at, silent[task.pk])
            for task in self.view.tasks
            if task.kind in kinds and task.ended_at is None
        ]

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
    view = workorders.case_view(number=number, actor=actor, at=now)
    case, today, whole = view.case, localdate(now), view.sight is Sight.FULL
    may = {command for commands in view.commands.values() for command in commands}
    advice = Advice((), ())
    if may & set(_UNITS_NEEDED):
        advice = dispatch.advice_for(
            matter=case.matter,
            territory=case.territory,
            actor=actor,
            on=today,
            led_by=_led_by(view, today),
        )
    named_on = _named_on(view, today)
    units = people.unit_lines(_unit_ids(view, actor) | choices.units_of(advice), named_on)
    calendar = catalog.calendar_for(today)
    contacts = view.contacts
    reports = reports_of(view, contacts, units, actor)
    labels = places.division_labels([case.territory]) if case.territory else {}
    matter = (
        catalog.matter_shown(case.matter_version_id, case.matter, localdate(case.opened_at))
        if case.matter_version_id
        else None
    )
    division = labels.get(case.territory, "")
    place = _place_words(division, case.place_told(whole=whole))
    named = timeline.users_named(view) | circles.users_of(view)
    names = people.user_names(named | {a.by_id or 0 for a in view.attempts})
    tasks = tasks_of(view, units, contacts, names, calendar, now)
    others = [task for task in tasks if is_others(view, task)]
    registers = TaskCommand.REGISTER in may
    directs = whole and actor.may(
        Power.DIRECT_DISPATCH, case.desk_unit_id, territory=case.territory
    )
    waits = any(task.kind == TaskKind.REGISTER and task.is_open for task in tasks)
    heard = _matter_heard(view)
    found = (
        choices.find_matters(
            matter_words or " ".join(r.words for r in reports[:1]), now, first=heard
        )
        if registers or (directs and waits)
        else []
    )
    similar = (
        workorders.similar_cases(case=case, reports=view.reports, actor=actor, at=now)
        if registers
        else []
    )
    return CasePage(
        view=view,
        title=title_of(reports) or (matter.name if matter else "") or place,
        place=place,
        division=division,
        place_outside=_place_words(division, case.place_told(whole=False)),
        matter=matter,
        steps=steps_of(view, localdate(now)),
        reports=reports,
        tasks=tasks,
        pairs=pictures.pairs_of(view, units),
        to_citizens=spoken.to_citizens(view, units) if whole else [],
        inside=spoken.inside(view, units, names),
        inside_voices=[units[unit_id] for unit_id in view.inside_voices if unit_id in units],
        moments=timeline.moments(view, units, names),
        matters=choices.matter_choices(found, case.channel, now),
        matter_heard=heard,
        similar=similar,
        choices=choices.lead_choices(advice, units, calendar, now),
        precedents=choices.precedent_lines(advice, units),
        opinions=_opinions(view, tasks),
        obstacles=tuple(dict.fromkeys(advice.refused)),
        not_mine=_not_mine(view, others),
        why_not=reasons(view, (task for task in tasks if task not in others), units),
        case_forms=moves.case_forms(
            number=case.number, revision=case.revision, commands=view.case_commands
        ),
        copies=[units[copy.unit_id] for copy in view.copies if copy.unit_id in units],
        circle=circles.circle(view, units, names),
        unknowing=circles.units_without(view, units),
        promises=[PromiseShown(row, units.get(row.unit_id)) for row in view.promises],
        ledger=[LedgerShown(row, units.get(row.owner_id)) for row in view.ledger],
        outer=_outer_chip(view, calendar, now) if whole else None,
        chases=case.chases if whole else 0,
        closing=closing_words(case.closing, today) if whole else "",
        closed_unit=units.get(case.closed_unit_id or 0) if whole else None,
        may_register=registers,
        may_direct=directs,
        may_see_number=any(
            actor.may(PeoplePower.REVEAL_CONTACT, unit_id, territory=case.territory)
            for unit_id in workorders.near_the_citizen(case, view.tasks)
        ),
        may_hand=actor.may(Power.REPORT, case.desk_unit_id, territory=case.territory),
        may_designate=actor.may(Power.DESIGNATE, case.desk_unit_id, territory=case.territory),
        may_answer=TaskCommand.ANSWER_DIRECTLY in may,
        may_erase=actor.may(Power.ERASE, case.desk_unit_id, territory=case.territory),
        whole=whole,
        now=now,
        first=first,
    )


def _named_on(view: CaseView, today: date) -> date:
    """Return by the names of which day it speaks of units: of then, or of when it was imported."""
    ended_at = view.case.archived_at if view.old else view.case.ended_at
    return localdate(ended_at) if ended_at else today


def _led_by(view: CaseView, today: date) -> int | None:
    """Return who was last done with the case as its lead, or who follows it, if that may be."""
    done = [t for t in view.tasks if t.kind == TaskKind.LEAD and t.state == TaskState.DONE]
    if not done:
        return None
    last = done[-1].unit_id
    about = {report.complained_about_unit_id for report in view.reports}
    now = people.who_follows(last, today)
    return None if now in about else now


def _place_words(territory: str, words: str) -> str:
    if territory in words:
        return words
    return territory if words in territory else f"{territory}，{words}"


def _outer_chip(view: CaseView, calendar: WorkCalendar, now: datetime) -> DueChip | None:
    """Return the platform's own clock while the case is open: days are its days."""
    due_at = view.case.outer_due_at
    if due_at is None or view.case.outcome:
        return None
    hours = max(1, int((due_at - view.case.opened_at).total_seconds()) // 3600)
    return chip(Limit(hours, ClockUnit.URGENT_HOUR), due_at, calendar, now)


def _outer_what(asked: Mapping[str, Any]) -> str:
    return term("outer_what", asked["what"]) if asked.get("what") else pgettext("asked", "结案")


def _matter_heard(view: CaseView) -> str:
    """Return the matter that who took it down heard, the last one where several did."""
    heard = (str(entry.body.get("matter_heard", "")) for entry in reversed(view.entries))
    return next(filter(None, heard), "")


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


def _not_mine(view: CaseView, tasks: Sequence[TaskView]) -> list[NotMine]:
    return [
        moves.owed_by(
            kind=task.kind,
            state=task.state,
            unit=task.unit.name if task.unit else "",
            mine=task.id in view.own,
        )
        for task in tasks
        if task.is_open
    ]


def _unit_ids(view: CaseView, actor: Actor) -> set[int]:
    """Return the units that the page names; the rail names the actor's own."""
    case = view.case
    ids = {task.unit_id for task in view.tasks} | {case.desk_unit_id}
    ids |= {copy.unit_id for copy in view.copies} | {row.owner_id for row in view.ledger}
    ids |= {row.unit_id for row in view.promises} | {row.unit_id for row in view.circle}
    ids |= timeline.units_named(view)
    ids |= {r.complained_about_unit_id for r in view.reports if r.complained_about_unit_id}
    ids |= {case.closed_unit_id} if case.closed_unit_id else set()
    return ids | {grant.unit_id for grant in actor.grants if grant.unit_id is not None}
