"""What stands against a row of old cases in itself alone, before anything is taken in."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeAlias

from django.utils.timezone import localdate

from chengshao.intake.rules.case_table import CaseTable, Point, Said, read_row
from chengshao.intake.terms import NameKind
from chengshao.kernel.errors import DomainError
from chengshao.kernel.tables import Faults
from chengshao.people.actions import contact_left
from chengshao.places.queries import Location
from chengshao.web.sheets import Row
from chengshao.workorders.actions import (
    OldCaseOfTheFuture,
    OldCaseTimesContradict,
    check_old_case_times,
)

Locate: TypeAlias = Callable[[float, float], Location]
# Where in a row the reason stands for which the case itself is refused.
_FIELD_OF = {
    "old_case_changed": "key",
    "old_case_open_but_ended": "ended_at",
    "old_case_due_too_far": "due_at",
    "matter_not_found": "matter",
    "point_outside": "point",
    "contact_phone_invalid": "contact_phone",
    "people_text_invalid": "contact_name",
}
_FIELDS_OF_NAMES = {
    NameKind.UNIT: ("unit", "unit_name"),
    NameKind.MATTER: ("matter",),
    NameKind.DIVISION: ("community", "subdistrict"),
}


def read_alone(
    row: Row, table: CaseTable, faults: Faults, locate: Locate, at: datetime
) -> Said | None:
    """
    Return what a row says, or None after naming what stands against it, whatever its names mean.

    :param at: when it would be taken in: nothing of it happened later
    """
    said = read_row(row.number, row, table, faults)
    if said is None:
        return None
    try:
        check_old_case_times(
            opened_at=said.opened_at,
            ended_at=not_ahead(said, at),
            due_at=said.due_at,
            is_open=said.is_open,
            at=at,
        )
        contact_left(
            name=said.contact_name, phone=said.contact_phone, confidential=said.confidential
        )
        if said.lng is not None and said.lat is not None:
            locate(said.lng, said.lat)
    except DomainError as error:
        faults.add_error(row.number, column_of_refusal(table, error), error)
        return None
    return said


def not_ahead(said: Said, at: datetime) -> datetime | None:
    """Return when it ended; one that ended some time today ended before it was taken in."""
    if said.ended_at and said.ended_some_time and localdate(said.ended_at) == localdate(at):
        return min(said.ended_at, at)
    return said.ended_at


def column_of_refusal(table: CaseTable, error: DomainError) -> str:
    """Return in which column the reason stands, "" where that is none of the mapping's."""
    if isinstance(error, OldCaseOfTheFuture | OldCaseTimesContradict):
        return _column(table, error.fact)
    return _column(table, _FIELD_OF.get(error.code, ""))


def column_of_names(table: CaseTable, kind: NameKind) -> str:
    """Return in which column names of a kind stand: of two the more telling."""
    return next(filter(None, (_column(table, name) for name in _FIELDS_OF_NAMES[kind])), "")


def _column(table: CaseTable, name: str) -> str:
    where = getattr(table, name, "")
    if isinstance(where, Point):
        return where.lng
    return str(where if isinstance(where, str) else getattr(where, "column", ""))
