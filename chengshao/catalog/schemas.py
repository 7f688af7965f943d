"""What this room writes over HTTP. Field names are the terms of the glossary."""

from datetime import date
from typing import Annotated

from pydantic import Field

from chengshao.catalog.queries import Condition, MatterVersion, ResponsibilityLine
from chengshao.catalog.terms import (
    CheckMode,
    DutyListKind,
    EvidenceKind,
    LeadObstacle,
    MatterKind,
    Sensitivity,
    Track,
    Urgency,
)
from chengshao.kernel.clock import ClockUnit
from chengshao.people.queries import UnitLine
from chengshao.web.http import In, Out

Words = Annotated[str, Field(min_length=1, max_length=400, pattern=r"^[^\x00]*$")]
Code = Annotated[
    str, Field(pattern=r"^[CED]([0-9]{2}){2,5}(-[1-9][0-9]?)?$", examples=["C0101", "C0101-2"])
]
Territory = Annotated[str, Field(pattern=r"^([0-9]{12})?$", examples=["330102001051"])]


class MatterSearch(In):
    q: Words
    limit: int = Field(default=10, ge=1, le=50)


class PlaceAsked(In):
    territory: Territory = Field(default="", description="a division; empty: not known")


class LimitOut(Out):
    """How long handling may take at this urgency, null for any other."""

    urgency: Urgency | None
    amount: int
    unit: ClockUnit
    note: str


class ConditionOut(Out):
    """One condition on which the matter is registered, with its own code, limits and closing."""

    code: str
    register_condition: str
    close_condition: str
    default_urgency: Urgency
    limits: list[LimitOut]

    @classmethod
    def of(cls, condition: Condition) -> "ConditionOut":
        limits = [
            LimitOut(
                urgency=Urgency(urgency) if urgency else None,
                amount=limit.amount,
                unit=limit.unit,
                note=limit.note,
            )
            for urgency, limit in condition.limits
        ]
        return cls(
            code=condition.code,
            register_condition=condition.register_condition,
            close_condition=condition.close_condition,
            default_urgency=condition.default_urgency,
            limits=limits,
        )


class MatterOut(Out):
    """A matter as it is in force today."""

    code: str
    name: str
    kind: MatterKind
    class_code: str
    class_names: list[str]
    aliases: list[str]
    conditions: list[ConditionOut]
    evidence_asked: list[EvidenceKind]
    verify: bool
    check_mode: CheckMode
    sign_off_waived: bool
    flexible: bool
    sensitivity: Sensitivity
    track: Track
    source: str
    valid_from: date
    valid_until: date | None

    @classmethod
    def of(cls, matter: MatterVersion) -> "MatterOut":
        """Show a matter; where its code names a condition, with that one alone."""
        shown = [c for c in matter.conditions if matter.code in (matter.matter_code, c.code)]
        return cls(
            code=matter.code,
            name=matter.name,
            kind=matter.kind,
            class_code=matter.class_code,
            class_names=list(matter.class_names),
            aliases=list(matter.aliases),
            conditions=[ConditionOut.of(condition) for condition in shown],
            evidence_asked=list(matter.evidence_asked),
            verify=matter.verify,
            check_mode=matter.check_mode,
            sign_off_waived=matter.sign_off_waived,
            flexible=matter.flexible,
            sensitivity=matter.sensitivity,
            track=matter.track,
            source=matter.source,
            valid_from=matter.valid_from,
            valid_until=matter.valid_until,
        )


class UnitOut(Out):
    id: int
    name: str
    short_name: str


class ResponsibilityOut(Out):
    """Who would lead by one document, or why nobody does by it; the nearest document first."""

    id: int | None
    lead: UnitOut | None
    lead_role: str
    co_handlers: list[UnitOut]
    document: str
    document_number: str
    article: str
    territory: str
    list_kind: DutyListKind | None
    reason: LeadObstacle | None

    @classmethod
    def of(cls, line: ResponsibilityLine, units: dict[int, UnitLine]) -> "ResponsibilityOut":
        def shown(unit_id: int) -> UnitOut:
            unit = units[unit_id]
            return UnitOut(id=unit.id, name=unit.name, short_name=unit.short_name)

        return cls(
            id=line.id,
            lead=None if line.lead_unit_id is None else shown(line.lead_unit_id),
            lead_role=line.lead_role,
            co_handlers=[shown(unit_id) for unit_id in line.co_unit_ids],
            document=line.document,
            document_number=line.document_number,
            article=line.article,
            territory=line.territory,
            list_kind=line.list_kind,
            reason=LeadObstacle(line.reason) if line.reason else None,
        )
