"""What is said of one citizen's report, and what is told of it."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from chengshao.web.http import Id, In, Out, Text
from chengshao.workorders.models import Report
from chengshao.workorders.queries import Progress
from chengshao.workorders.terms import (
    ClosingKind,
    ContactResult,
    DeclineGround,
    ReportKind,
    Resolution,
    Satisfaction,
    Step,
)


class WithdrawIn(In):
    reason: Text = ""


class NuisanceIn(In):
    reason: Annotated[Text, Field(min_length=1)]


class UnmarkIn(In):
    reason: Text = ""


class QualifyIn(In):
    """What a registrar knows of a report that its citizen couldn't say; what is left out stays."""

    seen_revision: Id
    kind: ReportKind | None = None
    complained_about_unit_id: Id | None = None
    complained_about: Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")] = ""


class TakeOffIn(In):
    seen_revision: Id
    reason: Text


class RateIn(In):
    resolution: Resolution
    satisfaction: Satisfaction
    contacted: bool | None = None
    comment: Text = ""


class ContactIn(In):
    report_id: Id
    result: ContactResult
    words: Text = ""


class WordsIn(In):
    words: Text = ""


class WriteIn(In):
    words: Annotated[Text, Field(min_length=1)]
    unit_id: Id  # who leads, or the desk


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


class ReportStateOut(Out):
    """What its citizen may know of a report, for who speaks with the citizen."""

    report_id: int
    number: str  # as the citizen was given it
    step: Step
    reported_at: datetime
    withdrawn: bool
    promised_by: datetime | None
    extended: bool
    suspended_until: datetime | None
    with_platform: bool  # the platform that it came from is asked
    reply: str  # only when the case is closed or declined
    ended_at: datetime | None
    closing_kind: ClosingKind | None
    ground: DeclineGround | None
    may_rate: bool
    rate_until: datetime | None
    reopen_until: datetime | None

    @staticmethod
    def resolve_closing_kind(progress: Progress) -> ClosingKind | None:
        return progress.closing.kind if progress.closing else None


class PurposeIn(In):
    """What a citizen's number is needed for; it is logged with who asked."""

    purpose: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]


class ContactOut(Out):
    """A citizen's name and number in full: for the purpose that was said, for nothing else."""

    name: str
    phone: str
