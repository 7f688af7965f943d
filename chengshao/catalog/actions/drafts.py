"""Writes: a change of the catalogue drafted, checked against past cases, put in force."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate

from chengshao.catalog import queries
from chengshao.catalog.actions._common import check_keeper, one_at_a_time
from chengshao.catalog.actions.tables import new_edition, store
from chengshao.catalog.models import Draft
from chengshao.catalog.queries import Cells, DraftNotFound, Plan
from chengshao.catalog.terms import DraftState, TableKind
from chengshao.kernel.actor import Actor
from chengshao.kernel.errors import Invalid, Refused
from chengshao.web.sheets import read_table

LONGEST_NOTE = 400
MOST_CHANGES = 5_000


class DraftKindInvalid(Invalid):
    """This table is not changed by drafts: the calendar has versions of its own."""

    code = "draft_kind_invalid"


class DraftChangesNothing(Refused):
    code = "draft_changes_nothing"


class DraftTooLarge(Invalid):
    code = "draft_too_large"


class DraftNoteInvalid(Invalid):
    code = "draft_note_invalid"


class DraftOver(Refused):
    """It was put in force, or dropped."""

    code = "draft_over"


class DraftNotChecked(Refused):
    """It was never checked, or what it was checked against is no longer so."""

    code = "draft_not_checked"


@dataclass(frozen=True, slots=True)
class Drafted:
    """A draft and what it would do."""

    row: Draft
    plan: Plan


@transaction.atomic
def draft_table(
    *, kind: TableKind, content: bytes, note: str = "", actor: Actor, at: datetime
) -> Drafted:
    """
    Draft what a table (Excel or CSV) would change; rows that change nothing are left out.

    :raises CatalogPowerMissing: if the actor does not keep the catalogue
    :raises FileUnreadable, FileTooLarge: if it can't be read at all
    :raises DomainError: see `draft_rows`
    """
    check_keeper(actor)
    required = _drafted(kind).required
    cells = [Cells(row.number, dict(row)) for row in read_table(content, required=required)]
    return draft_rows(kind=kind, cells=cells, note=note, actor=actor, at=at)


@transaction.atomic
def draft_rows(
    *, kind: TableKind, cells: Sequence[Cells], note: str = "", actor: Actor, at: datetime
) -> Drafted:
    """
    Draft what rows would change, cell by cell as in the table. Nothing of the catalogue changes.

    :raises CatalogPowerMissing: if the actor does not keep the catalogue
    :raises DraftKindInvalid: of the calendar's tables
    :raises TableRefused: with every fault by row and column; nothing was drafted
    :raises DraftChangesNothing: if all of it stands already
    :raises DraftTooLarge: beyond 5,000 changes
    :raises DraftNoteInvalid: if the note is longer than 400 characters
    """
    check_keeper(actor)
    table = _drafted(kind)
    said = note.strip()
    if len(said) > LONGEST_NOTE or "\x00" in said:
        raise DraftNoteInvalid(limit=LONGEST_NOTE)
    plan = _sound_plan(kind, cells, localdate(at))
    days = _days(plan)
    if not days:
        raise DraftChangesNothing
    if len(days) > MOST_CHANGES:
        raise DraftTooLarge(limit=MOST_CHANGES)
    row = Draft.objects.create(
        kind=kind,
        rows=[
            [each.number, {heading: each[heading] for heading in table.headings if each[heading]}]
            for each in _that_change(cells, plan)
        ],
        changes=queries.told_changes(plan),
        note=said,
        state=DraftState.DRAFT,
        first_day=days[0],
        last_day=days[-1],
        made_at=at,
        made_by_id=actor.user_id,
    )
    return Drafted(row, plan)


@transaction.atomic
def keep_check(
    *,
    draft_id: int,
    plan: Plan | None,
    found: Mapping[str, Any],
    edition: str,
    actor: Actor,
    at: datetime,
) -> Draft:
    """
    Keep what checking a draft against past cases found.

    :param plan: what it does as things stand now; None where it does not fit any more
    :param edition: `queries.edition()` from before the check
    :raises CatalogPowerMissing: if the actor does not keep the catalogue
    :raises DraftNotFound: if there is none
    :raises DraftOver: if it was put in force or dropped
    """
    check_keeper(actor)
    row = _open(draft_id)
    row.check_found, row.checked_edition, row.checked_at = dict(found), edition, at
    if plan is not None:
        row.changes = queries.told_changes(plan)
    row.save(update_fields=["check_found", "checked_edition", "checked_at", "changes"])
    return row


@transaction.atomic
def put_in_force(*, draft_id: int, actor: Actor, at: datetime) -> Draft:
    """
    Take a draft into the catalogue, whole; it holds from its days on. Who drafted it may do so:
    what it does is shown before, and stays with it.

    :raises CatalogPowerMissing: if the actor does not keep the catalogue
    :raises DraftNotFound: if there is none
    :raises DraftOver: if it was put in force or dropped
    :raises DraftNotChecked: if what it was checked against has changed since
    :raises TableRefused: if it does not fit any more, as when its day is past
    """
    check_keeper(actor)
    one_at_a_time()
    row = _open(draft_id)
    if row.checked_at is None or row.checked_edition != queries.edition():
        raise DraftNotChecked
    plan = _sound_plan(TableKind(row.kind), queries.cells_of(row), localdate(at))
    store(plan, actor, at)
    new_edition()
    return _end(row, DraftState.IN_FORCE, actor, at)


@transaction.atomic
def drop_draft(*, draft_id: int, actor: Actor, at: datetime) -> Draft:
    """
    Give a draft up; it stays in the list.

    :raises CatalogPowerMissing: if the actor does not keep the catalogue
    :raises DraftNotFound: if there is none
    :raises DraftOver: if it was put in force or dropped
    """
    check_keeper(actor)
    return _end(_open(draft_id), DraftState.DROPPED, actor, at)


def _sound_plan(kind: TableKind, cells: Sequence[Cells], today: date) -> Plan:
    plan, faults = queries.plan_among(kind, cells, today)
    faults.refuse_if_any()
    return plan


def _days(plan: Plan) -> list[date]:
    renamed = plan.classes.changes() if plan.classes is not None else []
    return sorted(change.on for _, change in (*plan.changes(), *renamed))


def _that_change(cells: Sequence[Cells], plan: Plan) -> list[Cells]:
    """Return the rows of the things that change: all where a class gets another name, too."""
    if plan.classes is not None and plan.classes.changes():
        return list(cells)
    numbers = {n for key, _ in plan.changes() for n in plan.row_numbers[key]}
    return [row for row in cells if row.number in numbers]


def _drafted(kind: TableKind) -> Any:
    if kind not in queries.DRAFTED:
        raise DraftKindInvalid
    return queries.TABLES[kind]


def _open(draft_id: int) -> Draft:
    row = Draft.objects.select_for_update().filter(pk=draft_id).first()
    if row is None:
        raise DraftNotFound
    if row.state != DraftState.DRAFT:
        raise DraftOver
    return row


def _end(row: Draft, state: DraftState, actor: Actor, at: datetime) -> Draft:
    row.state, row.ended_at, row.ended_by_id = state, at, actor.user_id
    row.save(update_fields=["state", "ended_at", "ended_by"])
    return row
