"""Writes: a change of the catalogue is drafted and checked against past cases in one go."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate

from chengshao.administration.queries import checks
from chengshao.catalog import actions as catalog
from chengshao.catalog import queries
from chengshao.catalog.actions import Drafted
from chengshao.catalog.queries import Cells
from chengshao.catalog.terms import TableKind
from chengshao.kernel.actor import Actor
from chengshao.web.http import MOST_FAULTS


@transaction.atomic
def draft_table(
    *, kind: TableKind, content: bytes, note: str = "", actor: Actor, at: datetime
) -> int:
    """
    Draft what a table would change, with what it would have done to past cases; return its id.

    :raises DomainError: see `catalog.actions.draft_table`
    """
    made = catalog.draft_table(kind=kind, content=content, note=note, actor=actor, at=at)
    return _checked(made, actor, at)


@transaction.atomic
def draft_rows(
    *, kind: TableKind, cells: Sequence[Cells], note: str = "", actor: Actor, at: datetime
) -> int:
    """
    Draft what rows would change, with what it would have done to past cases; return its id.

    :raises DomainError: see `catalog.actions.draft_rows`
    """
    made = catalog.draft_rows(kind=kind, cells=cells, note=note, actor=actor, at=at)
    return _checked(made, actor, at)


@transaction.atomic
def check_again(*, draft_id: int, actor: Actor, at: datetime) -> None:
    """
    Check a draft against past cases and the catalogue as they are now; where it does not fit any
    more, what is wrong is kept in place of the figures.

    :raises CatalogPowerMissing: if the actor does not keep the catalogue
    :raises DraftNotFound: if there is none
    :raises DraftOver: if it was put in force or dropped
    """
    row = queries.draft(draft_id)
    edition = queries.edition()
    plan, faults = queries.plan_among(TableKind(row.kind), queries.cells_of(row), localdate(at))
    if not faults.found:
        _checked(Drafted(row, plan), actor, at)
        return
    found = {"faults": [asdict(fault) for fault in faults.found[:MOST_FAULTS]]}
    catalog.keep_check(
        draft_id=draft_id, plan=None, found=found, edition=edition, actor=actor, at=at
    )


def _checked(made: Drafted, actor: Actor, at: datetime) -> int:
    found = checks.check(made.plan, last_day=made.row.last_day, at=at)
    catalog.keep_check(
        draft_id=made.row.pk,
        plan=made.plan,
        found=found.found,
        edition=found.edition,
        actor=actor,
        at=at,
    )
    return made.row.pk
