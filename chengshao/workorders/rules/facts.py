"""What the rules know of a case, what comes with a command, and what a decision changes."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from chengshao.catalog.terms import CheckMode, Track, Urgency
from chengshao.kernel.actor import Actor
from chengshao.workorders.rules import registry
from chengshao.workorders.rules.steps import step_of
from chengshao.workorders.terms import (
    Awaited,
    ClosingKind,
    ContactResult,
    DeclineGround,
    LedgerLevel,
    Outcome,
    OuterWhat,
    Principle,
    Step,
    TaskState,
)

OPEN_STATES = frozenset({TaskState.OPEN, TaskState.ACKNOWLEDGED})


@dataclass(frozen=True, slots=True)
class Closing:
    """What becomes of the demand, with what this kind of closing must name (F17)."""

    kind: ClosingKind
    promised_on: date | None = None
    organ: str = ""  # of the statutory procedure
    procedure_number: str = ""
    procedure_on: date | None = None
    ledger_level: LedgerLevel | None = None
    review_on: date | None = None  # of the ledger's entry

    @property
    def procedure(self) -> str:
        """Return the organ and the number of the procedure as one text; "" of another kind."""
        return f"{self.organ}\n{self.procedure_number}".strip()


@dataclass(frozen=True, slots=True)
class Asked:
    """What a task was asked for by the move that opened it."""

    what: OuterWhat | None = None
    until: date | None = None  # of a suspension
    proposed_unit_id: int | None = None  # by who returns
    closing: Closing | None = None
    check_mode: CheckMode | None = None
    seen: bool = False  # somebody looked, and it is so
    before: Closing | None = None  # as it was closed: that holds where nobody can look


NOTHING_ASKED = Asked()


@dataclass(frozen=True, slots=True)
class Answer:
    """What a task was answered with: how it would be closed, and the persons who said so."""

    kind: ClosingKind | None = None
    by: tuple[int, ...] = ()  # who drafted, answered or signed it: none of them checks it


NO_ANSWER = Answer()


@dataclass(frozen=True, slots=True)
class TaskFacts:
    kind: str
    unit_id: int
    state: TaskState = TaskState.OPEN
    round: int = 1
    designated: bool = False
    id: int = 0  # 0 until stored
    parent_id: int = 0  # the task from which this one was asked
    opened_by: int | None = None  # the person whose move opened it
    extensions: int = 0  # granted
    asked: Asked = NOTHING_ASKED
    answer: Answer = NO_ANSWER
    principle: Principle | None = None  # of a LEAD

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def holds_case(self) -> bool:
        return self.is_open and registry.kind_of(self.kind).holds_case


@dataclass(frozen=True, slots=True)
class ReportFacts:
    id: int
    withdrawn: bool = False
    rated: bool = False  # given or lapsed
    nuisance: bool = False
    caller_id: int | None = None  # the user who sent it in
    of_platform: bool = False  # another platform's order, with its own end
    reachable: bool = False  # its citizen waits and can be called

    @property
    def asked(self) -> bool:
        """Tell whether its citizen is asked what they say of the result."""
        return not self.withdrawn and not self.nuisance


@dataclass(frozen=True, slots=True)
class CaseFacts:
    desk_unit_id: int  # the desk that keeps the file: registers, dispatches, adjudicates, checks
    tasks: tuple[TaskFacts, ...] = ()
    reports: tuple[ReportFacts, ...] = ()
    outcome: Outcome | None = None
    evidence_asked: frozenset[str] = frozenset()
    complained_about: frozenset[int] = frozenset()  # and who answers to them
    about_somebody: bool = False  # a complaint of which nobody has said yet which unit's it is
    territory: str = ""  # of the place of the matter: grants may end at a border
    urgency: Urgency = Urgency.ORDINARY
    track: Track = Track.ORDINARY
    check_mode: CheckMode = CheckMode.SITE
    sign_off_waived: bool = False
    outer: bool = False  # an order of another platform: some moves are its to grant
    outer_due_at: datetime | None = None  # when that platform's time is over
    contactable: bool = False  # somebody waits who can be called
    suspended: bool = False
    suspended_before: bool = False
    archived: bool = False
    on_ledger: bool = False  # ended, and not over: repeats attach to it
    closing: Closing | None = None  # as it is closed
    untouched: frozenset[int] = frozenset()  # tasks recalled before their unit did anything

    @property
    def step(self) -> Step:
        return step_of(self.tasks, self.outcome, self.reports)

    def task(self, task_id: int) -> TaskFacts:
        return next(task for task in self.tasks if task.id == task_id)

    def open_of(self, *kinds: str) -> tuple[TaskFacts, ...]:
        return tuple(task for task in self.tasks if task.kind in kinds and task.is_open)


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What comes with a command. `today` is the local day; the moment itself no rule needs."""

    reason: str = ""
    reply: str = ""
    basis: str = ""
    task_words: str = ""  # what a third party is to do, for it to read
    to_third_parties: bool = False  # a unit that is named is no public body
    evidence: frozenset[str] = frozenset()
    matter: str = ""
    ground: DeclineGround | None = None
    principle: Principle | None = None
    by_catalogue: bool = False  # it goes to the one lead that the catalogue names (目录直派)
    lead_unit_id: int | None = None
    double_unit_ids: frozenset[int] = frozenset()
    co_handle_unit_ids: frozenset[int] = frozenset()
    copy_unit_ids: frozenset[int] = frozenset()
    responsibility_id: int | None = None  # the row of the catalogue that the choice rests on
    asked_unit_ids: frozenset[int] = frozenset()  # consulted, called in, assigned, inquired of
    first_receiver_unit_id: int | None = None  # the sub-district of the place
    approver_unit_id: int | None = None  # of the ledger's level
    signers: Mapping[int, frozenset[int]] = field(default_factory=dict)  # by unit, nearest first
    proposed_unit_id: int | None = None  # by who returns; in the verdict: who takes its place
    closing: Closing | None = None
    until: date | None = None
    outer_due_at: datetime | None = None  # the end that the platform sets its order
    attempt: ContactResult | None = None  # how a call went
    owner_unit_id: int | None = None  # of a ledger's entry
    refuted: bool = False  # who went to verify it found nothing
    today: date = date.min
    overdue: bool = False  # the task's own deadline is past
    met: bool = False  # what the task waits for is complete
    contact_met: bool = False  # the citizen was reached, or tried by the rule
    tried_in_vain: bool = False  # tried by the rule, and nobody talked
    consultation_over: bool = False  # no unit that was consulted has time left
    most_extensions: int = 2
    most_suspended_days: int = 365
    most_review_days: int = 180  # to the next review of a ledger's entry
    open_ends: bool = False  # a promise or an entry of the ledger hangs on the case
    awaited: frozenset[Awaited] = frozenset()  # before it is filed away
    followed_by: Mapping[int, int | None] = field(default_factory=dict)  # units closed since
    voices: Mapping[int, int] = field(default_factory=dict)  # who talks for no public body


NOTHING = Given()


@dataclass(frozen=True, slots=True)
class Extended:
    """One more of its original limit."""

    task_id: int


@dataclass(frozen=True, slots=True)
class OuterMoved:
    """The platform has set its order a new end."""

    due_at: datetime


@dataclass(frozen=True, slots=True)
class Suspended:
    until: date


@dataclass(frozen=True, slots=True)
class Resumed:
    with_lead: bool = False  # the lead to which it was granted is over


@dataclass(frozen=True, slots=True)
class GrantedTooLate:
    """The platform grants what nobody needs any more: its word is kept, no clock of ours moves."""


@dataclass(frozen=True, slots=True)
class PlatformLeft:
    """The platform has its own orders back; what others ask for on the case goes on."""


@dataclass(frozen=True, slots=True)
class PlatformDone:
    """The platform has agreed that its orders are closed: whatever comes later is ours alone."""


@dataclass(frozen=True, slots=True)
class Voided:
    """A return was granted: the limit never was this unit's (counted as wrong dispatch)."""

    task_id: int


@dataclass(frozen=True, slots=True)
class ClosedAs:
    closing: Closing
    unit_id: int | None  # whose answer it is; None: the desk's own
    seen: bool = False  # somebody looked, and it is so
    again: bool = False  # as it was closed before: nobody could look


@dataclass(frozen=True, slots=True)
class KeptOnLedger:
    review_on: date


@dataclass(frozen=True, slots=True)
class TakenAlong:
    """Whose tasks ended because another's did: they are told."""

    unit_ids: frozenset[int]


Effect = (
    Extended
    | OuterMoved
    | Suspended
    | Resumed
    | GrantedTooLate
    | PlatformLeft
    | PlatformDone
    | Voided
    | ClosedAs
    | KeptOnLedger
    | TakenAlong
)


@dataclass(frozen=True, slots=True)
class Decision:
    moved: tuple[TaskFacts, ...]
    opened: tuple[TaskFacts, ...]
    outcome: Outcome | None
    step: Step
    effects: tuple[Effect, ...] = ()
    hidden_from: frozenset[int] = frozenset()  # whom the case is about


@dataclass(slots=True)
class Turn:
    """One move under way: the functions of `consequences` add to it."""

    case: CaseFacts
    task: TaskFacts
    given: Given
    actor: Actor
    moved: dict[int, TaskFacts] = field(default_factory=dict)
    opened: list[TaskFacts] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    outcome: Outcome | None = None

    def now(self, task_id: int) -> TaskFacts:
        """Return the task as this move leaves it so far."""
        return self.moved.get(task_id) or self.case.task(task_id)

    def change(self, task: TaskFacts) -> None:
        self.moved[task.id] = task

    def end(self, *tasks: TaskFacts) -> None:
        """Cancel those of these tasks that this move has not ended already."""
        for task in tasks:
            if self.now(task.id).is_open:
                self.change(replace(self.now(task.id), state=TaskState.CANCELLED))

    def who_now(self, unit_id: int) -> int | None:
        """Return the unit, or who follows it where it is closed since; None where nobody does."""
        return self.given.followed_by.get(unit_id, unit_id)

    def who_talks(self, unit_id: int | None) -> int:
        """Return who talks to the citizen for a lead: the desk where there is none."""
        now = self.who_now(unit_id) if unit_id else None
        return self.given.voices.get(now, now) if now else self.case.desk_unit_id

    def open(
        self, kind: str, unit_id: int, *, parent: int = 0, asked: Asked = NOTHING_ASKED
    ) -> None:
        """Open a task, in the next round of its kind."""
        rounds = [task.round for task in self.case.tasks if task.kind == kind]
        self.opened.append(
            TaskFacts(
                kind,
                unit_id,
                round=1 + max(rounds, default=0),
                parent_id=parent,
                opened_by=self.actor.user_id,
                asked=asked,
            )
        )
