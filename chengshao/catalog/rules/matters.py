"""A matter as one version of it is written down: what all its rows share, and each condition."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from chengshao.catalog.rules.tables import MATTERS, OF_THE_CONDITION, Parsed
from chengshao.catalog.terms import Urgency
from chengshao.kernel.clock import Limit
from chengshao.kernel.tables import Faults

ANY_URGENCY = ""
_LIMITS = {
    "limit": ANY_URGENCY,
    "limit_urgent": Urgency.URGENT.value,
    "limit_emergency": Urgency.EMERGENCY.value,
}


@dataclass(frozen=True, slots=True)
class ConditionDraft:
    serial: int
    register_condition: str
    close_condition: str
    default_urgency: str
    limits: tuple[tuple[str, Limit], ...]  # by urgency, "" for any


@dataclass(frozen=True, slots=True)
class MatterDraft:
    name: str
    aliases: tuple[str, ...]
    evidence_asked: tuple[str, ...]
    verify: bool
    check_mode: str
    sign_off_waived: bool
    flexible: bool
    sensitivity: str
    track: str
    source: str
    conditions: tuple[ConditionDraft, ...]


@dataclass(frozen=True, slots=True)
class DatedDraft:
    """A version of a matter that a table asks for, from its first row."""

    number: int
    code: str
    class_name: str
    valid_from: date
    valid_until: date | None
    draft: MatterDraft


def gather(rows: Sequence[Parsed], faults: Faults) -> list[DatedDraft]:
    """Return the versions that rows, one a condition, make up; rows that disagree are faults."""
    shared = [c for c in MATTERS.columns if c.field not in OF_THE_CONDITION]
    found = []
    for (code, valid_from), group in groupby(sorted(rows, key=_place), key=lambda r: _place(r)[:2]):
        together = list(group)
        first = min(together, key=lambda row: row.number)
        for row in together:
            for column in shared:
                if row.values[column.field] != first.values[column.field]:
                    faults.add(
                        row.number, column.heading, "rows_disagree",
                        first=first.number, name=column.heading,
                    )  # fmt: skip
        values = first.values
        names = MatterDraft.__slots__[:-1]
        draft = MatterDraft(
            **{name: values[name] for name in names},
            conditions=tuple(_condition(row.values) for row in together),
        )
        found.append(
            DatedDraft(
                first.number, code, values["class_name"], valid_from, values["valid_until"], draft
            )
        )
    return found


def spread(dated: DatedDraft) -> Iterable[Mapping[str, Any]]:
    """Return the rows that `gather` makes this version of."""
    draft = dated.draft
    for condition in draft.conditions:
        limits = dict(condition.limits)
        yield {
            "code": dated.code,
            "class_name": dated.class_name,
            **{name: getattr(draft, name) for name in MatterDraft.__slots__[:-1]},
            **{name: getattr(condition, name) for name in ConditionDraft.__slots__[:-1]},
            **{name: limits.get(urgency) for name, urgency in _LIMITS.items()},
            "valid_from": dated.valid_from,
            "valid_until": dated.valid_until,
        }


def _place(row: Parsed) -> tuple[str, date, int]:
    return row.values["code"], row.values["valid_from"], row.values["serial"]


def _condition(values: Mapping[str, Any]) -> ConditionDraft:
    limits = {urgency: values[name] for name, urgency in _LIMITS.items() if values[name]}
    return ConditionDraft(
        serial=values["serial"],
        register_condition=values["register_condition"],
        close_condition=values["close_condition"],
        default_urgency=values["default_urgency"],
        limits=tuple(sorted(limits.items())),
    )
