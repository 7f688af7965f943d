"""What is said of one citizen's report, and what is told of it."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from chengshao.web.http import Id, In, Out, Text
from chengshao.workorders.models import Report
from chengshao.workorders.terms import (
    ContactResult,
    ReportKind,
    Resolution,
    Satisfaction,
    Step,
)


class WithdrawIn(In):
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


class PurposeIn(In):
    """What a citizen's number is needed for; it is logged with who asked."""

    purpose: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]


class ContactOut(Out):
    """A citizen's name and number in full: for the purpose that was said, for nothing else."""

    name: str
    phone: str
