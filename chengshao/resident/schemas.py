"""What a citizen's program reads and writes about the own report."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from chengshao.people.queries import UnitLine
from chengshao.web.http import In, Out, Text
from chengshao.workorders.queries import Progress
from chengshao.workorders.terms import (
    ClosingKind,
    DeclineGround,
    Milestone,
    Resolution,
    Satisfaction,
    Step,
)


class SaidIn(In):
    """In the citizen's own words, if any."""

    words: Text = ""


class SaidMoreIn(In):
    words: Annotated[Text, Field(min_length=1)]


class RatedIn(In):
    """What the citizen says of the result."""

    resolution: Resolution
    satisfaction: Satisfaction
    contacted: bool | None = None
    words: Text = ""


class PassedOut(Out):
    """One thing that happened, as its citizen may know it."""

    what: Milestone
    at: datetime
    unit: str
    day: date | None
    words: str


class ProgressOut(Out):
    """What becomes of the report: no names of staff, no notes of theirs."""

    number: str
    words: str
    erased: bool
    place: str
    reported_at: datetime
    withdrawn: bool
    step: Step
    lead_unit: str
    promised_by: datetime | None
    extended: bool
    suspended_until: datetime | None
    with_platform: bool
    together: bool
    reply: str
    ended_at: datetime | None
    closing_kind: ClosingKind | None
    ground: DeclineGround | None
    may_rate: bool
    may_void_rating: bool
    rate_until: datetime | None
    reopen_until: datetime | None
    chase_again_at: datetime | None
    photos: list[int]
    milestones: list[PassedOut]

    @staticmethod
    def of(progress: Progress, units: Mapping[int, UnitLine]) -> "ProgressOut":
        def name(unit_id: int | None) -> str:
            unit = units.get(unit_id or 0)
            return unit.name if unit else ""

        told = asdict(progress)
        passed = [asdict(each) | {"unit": name(each.unit_id)} for each in progress.milestones]
        return ProgressOut(
            **{field: told[field] for field in ProgressOut.model_fields.keys() & told.keys()}
            | {"milestones": passed},
            lead_unit=name(progress.lead_unit_id),
            closing_kind=progress.closing.kind if progress.closing else None,
        )
