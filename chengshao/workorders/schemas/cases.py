"""What is said of a case and its tasks, and what is told of it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated

from pydantic import AwareDatetime, Field

from chengshao.catalog.terms import Urgency
from chengshao.people.queries import MaskedContact
from chengshao.web.http import Id, In, Key, Out, PointIn, Text
from chengshao.workorders.actions import Place, located
from chengshao.workorders.queries import CaseView, asked_of, noted_as_calls
from chengshao.workorders.rules.facts import Closing
from chengshao.workorders.schemas.parts import (
    ClosingOut,
    CopyOut,
    EntryOut,
    FileOut,
    NamedOut,
    OldCaseOut,
    ReportLineOut,
    TaskOut,
    ToldOut,
)
from chengshao.workorders.terms import (
    ClosingKind,
    DeclineGround,
    LedgerLevel,
    Principle,
    Sight,
    Step,
)

Units = Annotated[frozenset[Id], Field(max_length=40)]
Revision = Annotated[
    Id,
    Field(
        description="The `revision` that the caller saw, of the case or, for a move of a task, of"
        " that task. If it has changed since, nothing is done (409 workorder_changed_meanwhile):"
        " read the case again and decide anew."
    ),
]
Division = Annotated[str, Field(pattern=r"^([1-9]\d{11})?$")]


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
    seen_revision: Revision
    matter: Key
    urgency: Urgency | None = None
    place: PlaceIn | None = None


class AnswerDirectlyIn(In):
    seen_revision: Revision
    matter: Key
    reply: Text
    closing_kind: ClosingKind = ClosingKind.EXPLAINED


class DispatchIn(In):
    seen_revision: Revision
    lead_unit_id: Id
    double_unit_ids: Units = frozenset()
    co_handle_unit_ids: Units = frozenset()
    copy_unit_ids: Units = frozenset()
    principle: Principle
    basis: Text
    task_words: Text = ""  # for third parties among these units: they see no citizen's words
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
    seen_revision: Revision
    command: Key  # which ones there are: docs/lifecycle.md
    reason: Text = ""
    reply: Text = ""
    closing: ClosingIn | None = None
    asked_unit_ids: Units = frozenset()
    proposed_unit_id: Id | None = None
    until: AwareDatetime | date | None = None  # a moment only where a platform sets it


class CaseMoveIn(In):
    seen_revision: Revision
    command: Key  # which ones there are: docs/lifecycle.md
    reason: Text = ""
    reply: Text = ""
    ground: DeclineGround | None = None


class MergeIn(In):
    seen_revision: Revision
    into: Key
    reason: Text


class UndoMergeIn(In):
    seen_revision: Revision  # of the case whose reports are taken back
    reason: Text


class ErasureIn(In):
    """Who asked for it and on what ground: it stands in the history."""

    reason: Annotated[Text, Field(min_length=1)]


class CopyIn(In):
    """Which units are told of a case that owe nothing on it."""

    seen_revision: Revision
    unit_ids: Annotated[frozenset[Id], Field(min_length=1, max_length=40)]
    reason: Text = ""


class RemarkIn(In):
    """What is said inside (内部意见), and for which of the own units; the first where none is."""

    words: Annotated[Text, Field(min_length=1)]
    unit_id: Id | None = None


class PersonIn(In):
    """Who is to know of a case, or to know no more, and for which unit."""

    user_id: Id
    unit_id: Id
    reason: Text


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
    copies: list[CopyOut]
    named_persons: list[NamedOut]
    alerts: list[ToldOut]
    sight: Sight  # TASK: a third party's, who sees its own task and no citizen's words
    opened_at: datetime
    ended_at: datetime | None
    merged_into: str
    imported: OldCaseOut | None  # whence it came, of a case that another system had
    case_commands: list[str]  # what the caller may try on the case as a whole
    commands: dict[int, list[str]]  # and on each open task
    inside_voices: list[int]  # units for which the caller may say something inside: `/remarks`
    calls: list[int]  # tasks on which the caller may note a call to a citizen: `/contacts`
    reports: list[ReportLineOut]
    attachments: list[FileOut]
    history: list[EntryOut]

    @staticmethod
    def from_view(view: CaseView, contacts: Mapping[int, MaskedContact]) -> "WorkOrderOut":
        """
        Return what the caller sees of the case; of contacts only what shows unasked.

        A third party is told nothing of how it is handled by others, nor the place in words that
        the desk has not confirmed.
        """
        case, whole = view.case, view.sight is Sight.FULL
        asked, calls = asked_of(view), noted_as_calls()
        return WorkOrderOut(
            number=case.number,
            matter=case.matter,
            urgency=case.urgency,
            place=case.place_told(whole=whole),
            territory=case.territory,
            grid=case.grid,
            step=Step(case.step),
            track=case.track,
            closing_kind=case.closing_kind if whole else "",
            closing=ClosingOut.of(case.closing if whole else {}),
            suspended_until=case.resumes_at,
            outer_due_at=case.outer_due_at if whole else None,
            revision=case.revision,
            tasks=[TaskOut.of(task, asked[task.pk]) for task in view.tasks],
            copies=[CopyOut.from_orm(copy) for copy in view.copies],
            named_persons=[NamedOut.from_orm(each) for each in view.circle],
            alerts=[ToldOut.from_orm(alert) for alert in view.alerts],
            sight=view.sight,
            opened_at=case.opened_at,
            ended_at=case.ended_at,
            merged_into=view.merged_into,
            imported=OldCaseOut.of(view.old) if view.old else None,
            case_commands=list(view.case_commands),
            commands={
                pk: [name for name in names if name not in calls]
                for pk, names in view.commands.items()
            },
            inside_voices=list(view.inside_voices),
            calls=[pk for pk, names in view.commands.items() if calls & set(names)],
            reports=[ReportLineOut.of(r, contacts.get(r.contact_id or 0)) for r in view.reports],
            attachments=[FileOut.of(file) for file in view.attachments],
            history=[EntryOut.of(entry, asked.keys()) for entry in view.entries],
        )
