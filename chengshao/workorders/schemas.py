"""What this room reads and writes over HTTP. Field names are the terms of the glossary."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import Field

from chengshao.catalog.terms import Urgency
from chengshao.web.http import Id, In, Key, Out, PointIn, Text
from chengshao.workorders.actions import Place, located
from chengshao.workorders.models import CLOSING, Deadline, Report, Task
from chengshao.workorders.queries import CaseView
from chengshao.workorders.rules.facts import Closing
from chengshao.workorders.terms import (
    ClosingKind,
    ContactResult,
    DeadlineAuthority,
    DeclineGround,
    LedgerLevel,
    Principle,
    PromiseState,
    Resolution,
    Satisfaction,
    Sight,
    Step,
    TaskState,
)

Units = Annotated[frozenset[Id], Field(max_length=40)]
Division = Annotated[str, Field(pattern=r"^([1-9]\d{11})?$")]


class CasesIn(In):
    """Which cases of a unit's list."""

    unit_id: Id
    step: Step | None = None
    words: Annotated[str, Field(max_length=100, pattern=r"^[^\x00]*$")] = ""
    offset: Annotated[int, Field(ge=0, le=10_000)] = 0


class LedgerIn(In):
    """Which cases on the ledger."""

    unit_id: Id | None = None
    level: LedgerLevel | None = None
    struck_off: bool = False
    offset: Annotated[int, Field(ge=0, le=10_000)] = 0


class PromisesIn(In):
    """Which promises."""

    state: PromiseState = PromiseState.DUE
    unit_id: Id | None = None
    offset: Annotated[int, Field(ge=0, le=10_000)] = 0


class WithdrawIn(In):
    reason: Text = ""


class RateIn(In):
    resolution: Resolution
    satisfaction: Satisfaction
    contacted: bool | None = None
    comment: Text = ""


class PlaceIn(In):
    """Where the matter is: a point gives the codes; without one a division may be named."""

    words: Text
    point: PointIn | None = None
    territory: Division = ""

    def place(self) -> Place:
        """:raises PointOutside: if the point lies outside the district"""
        if self.point is None:
            return Place(self.words, self.territory)
        return located(self.words, *self.point.wgs84())


class RegisterIn(In):
    seen_revision: Id
    matter: Key
    urgency: Urgency | None = None
    place: PlaceIn | None = None


class AnswerDirectlyIn(In):
    seen_revision: Id
    matter: Key
    reply: Text
    closing_kind: ClosingKind = ClosingKind.EXPLAINED


class DispatchIn(In):
    seen_revision: Id
    lead_unit_id: Id
    double_unit_ids: Units = frozenset()
    co_handle_unit_ids: Units = frozenset()
    copy_unit_ids: Units = frozenset()
    principle: Principle
    basis: Text
    responsibility_id: Id | None = None


class ClosingIn(In):
    """What becomes of the demand, with what its kind must name (F17)."""

    kind: ClosingKind
    promised_on: date | None = None
    organ: Annotated[str, Field(max_length=120, pattern=r"^[^\x00]*$")] = ""
    procedure_number: Annotated[str, Field(max_length=60, pattern=r"^[^\x00]*$")] = ""
    procedure_on: date | None = None
    ledger_level: LedgerLevel | None = None
    review_on: date | None = None

    def closing(self) -> Closing:
        """Return it as the actions take it."""
        named = {"organ": self.organ.strip(), "procedure_number": self.procedure_number.strip()}
        return Closing(**self.dict() | named)


class TaskMoveIn(In):
    seen_revision: Id
    command: Key  # which ones there are: docs/lifecycle.md
    reason: Text = ""
    reply: Text = ""
    closing: ClosingIn | None = None
    asked_unit_ids: Units = frozenset()
    proposed_unit_id: Id | None = None
    until: date | None = None


class ContactIn(In):
    report_id: Id
    result: ContactResult
    words: Text = ""


class CaseMoveIn(In):
    seen_revision: Id
    command: Key  # which ones there are: docs/lifecycle.md
    reason: Text = ""
    reply: Text = ""
    ground: DeclineGround | None = None


class MergeIn(In):
    seen_revision: Id
    into: Key
    reason: Text


class ReasonIn(In):
    reason: Text


class PersonIn(In):
    """Who is to know of a case, or to know no more, and for which unit."""

    user_id: Id
    unit_id: Id
    reason: Text


class WordsIn(In):
    words: Text = ""


class ReportOut(Out):
    """For the citizen too: what becomes of it, nothing of who does what."""

    id: int
    number: str
    step: Step
    reported_at: datetime
    withdrawn_at: datetime | None

    @staticmethod
    def resolve_number(report: Report) -> str:
        return report.work_order.number

    @staticmethod
    def resolve_step(report: Report) -> str:
        return report.work_order.step


class DeadlineOut(Out):
    authority: DeadlineAuthority
    started_at: datetime
    amount: int
    unit: str
    due_at: datetime | None
    ended_at: datetime | None
    void: bool  # a return was granted: it never was the unit's to keep
    in_time: bool | None  # of what has ended; None where there is nothing to say

    @staticmethod
    def resolve_in_time(deadline: Deadline) -> bool | None:
        if deadline.void or deadline.ended_at is None or deadline.due_at is None:
            return None
        return deadline.ended_at <= deadline.due_at


class TaskOut(Out):
    id: int
    kind: str
    unit_id: int
    state: TaskState
    round: int
    designated: bool
    revision: int
    deadlines: list[DeadlineOut]

    @staticmethod
    def resolve_deadlines(task: Task) -> list[object]:
        return list(task.deadlines.all())


class NamedOut(Out):
    """Who knows of a case by name."""

    user_id: int
    unit_id: int
    opened_at: datetime


class ClosingOut(Out):
    """What became of the demand (F17); empty is what its kind does not name, or what was erased."""

    kind: ClosingKind
    promised_on: date | None
    organ: str
    procedure_number: str
    procedure_on: date | None
    ledger_level: LedgerLevel | None
    review_on: date | None

    @staticmethod
    def of(kept: dict[str, Any]) -> "ClosingOut | None":
        """Return what a case keeps of it; None where it has none."""
        return ClosingOut(**asdict(CLOSING.validate_python(kept))) if kept else None


class WorkOrderOut(Out):
    number: str
    matter: str
    urgency: str
    place: str
    territory: str
    grid: str
    step: Step
    track: str
    closing_kind: str
    closing: ClosingOut | None
    suspended_until: datetime | None
    outer_due_at: datetime | None
    revision: int
    tasks: list[TaskOut]
    named_persons: list[NamedOut]

    @staticmethod
    def from_view(view: CaseView) -> "WorkOrderOut":
        """Return the case; to a third party nothing of how it is handled by others."""
        case, whole = view.case, view.sight is Sight.FULL
        return WorkOrderOut(
            number=case.number,
            matter=case.matter,
            urgency=case.urgency,
            place=case.place,
            territory=case.territory,
            grid=case.grid,
            step=Step(case.step),
            track=case.track,
            closing_kind=case.closing_kind if whole else "",
            closing=ClosingOut.of(case.closing if whole else {}),
            suspended_until=case.resumes_at,
            outer_due_at=case.outer_due_at if whole else None,
            revision=case.revision,
            tasks=list(view.tasks),  # type: ignore[arg-type]  # Ninja makes each a TaskOut
            named_persons=list(view.circle),  # type: ignore[arg-type]  # the same
        )


class WorkOrderRowOut(Out):
    number: str
    words: str
    erased: bool  # what was said is gone: words are empty
    place: str
    matter: str
    step: Step
    reports: int
    opened_at: datetime
    due_at: datetime | None


class LedgerRowOut(Out):
    number: str
    words: str
    place: str
    matter: str
    level: LedgerLevel
    owner_id: int
    approved_by_id: int | None
    entered_at: datetime
    review_on: date
    struck_off_at: datetime | None
    repeats: int
    under_review: bool


class PromiseRowOut(Out):
    number: str
    words: str
    place: str
    matter: str
    unit_id: int
    made_at: datetime
    promised_on: date
    came_back_at: datetime | None
    settled_at: datetime | None
    kept: bool | None


class AttachmentOut(Out):
    id: int
    evidence_kind: str
    added_at: datetime
