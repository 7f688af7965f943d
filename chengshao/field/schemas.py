"""What the phone reads and writes over HTTP."""

from typing import Annotated

from ninja.params.models import Header
from pydantic import Base64Bytes, Field

from chengshao.catalog.terms import EvidenceKind
from chengshao.field.queries import Check
from chengshao.web.due import DueChip, DueState
from chengshao.web.http import Id, In, Key, Out, PointIn, Text
from chengshao.workorders.terms import Step, TaskCommand

KeptFor = Annotated[
    Id | None,
    Header(
        default=None,
        alias="Kept-For",
        description="For whom the phone kept it: the caller, or it is refused.",
    ),
]
Reason = Annotated[str, Field(max_length=1000, pattern=r"^[^\x00]*$")]


class SentIn(In):
    """The same `client_key` with the same content changes nothing the second time."""

    client_key: Key


class CheckIn(SentIn):
    seen_revision: Id
    command: Annotated[
        TaskCommand,
        Field(description="PASS, FAIL or CANNOT_CHECK; of what is verified CONFIRM or REFUTE"),
    ]
    reason: Reason = ""


class NoteIn(SentIn):
    words: Annotated[Reason, Field(min_length=1)]


class PhotoIn(In):
    """A photograph without which the matter can't be recorded; others follow one by one."""

    name: Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")] = ""
    content: Base64Bytes


class FixedIn(SentIn):
    """What one person found and fixed there and then."""

    matter: Key
    words: Text = ""
    place: Text = ""
    point: PointIn | None = None
    photos: Annotated[list[PhotoIn], Field(max_length=3)] = []


class ReportIn(SentIn):
    """What one person found and could not fix: it goes the way of every report."""

    matter: Annotated[str, Field(max_length=40, pattern=r"^[\w.:-]*$")] = ""
    words: Text = ""
    place: Text = ""
    point: PointIn | None = None


class DoneOut(Out):
    """Where the case stands after what was sent."""

    client_key: str
    number: str
    step: Step


class MatterOut(Out):
    code: str
    name: str
    also: str  # everyday words and pinyin initials that find it, too
    close_condition: str
    evidence_asked: list[EvidenceKind]


class SolvedOut(Out):
    number: str
    matter: str


class MeOut(Out):
    """Who is signed in, and what a phone needs before it may send anything."""

    user_id: int
    csrf_token: str
    checks: bool
    verifies: bool
    records: bool
    reports: bool
    matters: list[MatterOut]
    more_matters: list[MatterOut]
    solved: SolvedOut | None


class DueOut(Out):
    state: DueState
    words: str
    left: int | None
    amount: int
    day: int
    at: str
    runs_until: str


class CheckOut(Out):
    """A card: what, where, and when it is good. Never whose work it was."""

    task_id: int
    revision: int
    sampled: bool
    verifies: Annotated[bool, Field(description="Before it is registered: is it so?")]
    number: str
    matter: str
    words: Annotated[str, Field(description="How the first report begins.")]
    place: str
    lng: float | None
    lat: float | None
    close_condition: str
    evidence_asked: list[EvidenceKind]
    due_at: str
    due: DueOut | None
    before: Annotated[str, Field(description="Where the picture of how it was is found.")]

    @staticmethod
    def of(check: Check) -> "CheckOut":
        """Return the card of a check."""
        seen = check.to_check
        line = seen.line
        return CheckOut(
            task_id=seen.task_id,
            revision=seen.revision,
            sampled=seen.is_sample,
            verifies=seen.is_verifying,
            number=line.number,
            matter=check.matter,
            words=line.words,
            place=check.place,
            lng=seen.lng,
            lat=seen.lat,
            close_condition=check.close_condition,
            evidence_asked=[EvidenceKind(kind) for kind in seen.evidence_asked],
            due_at=line.due_at.isoformat() if line.due_at else "",
            due=_due(check.due),
            before=check.before,
        )


def _due(chip: DueChip | None) -> DueOut | None:
    if chip is None:
        return None
    return DueOut(
        state=chip.state,
        words=chip.words,
        left=chip.left,
        amount=chip.amount,
        day=chip.day,
        at=chip.at,
        runs_until=chip.runs_until,
    )
