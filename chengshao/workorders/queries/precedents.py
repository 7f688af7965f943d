"""How such matters were closed before (X5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Prefetch, QuerySet, Value

from chengshao.kernel.actor import Actor
from chengshao.kernel.divisions import division_prefix
from chengshao.workorders.models import MATTER_ITSELF, PRECEDENT, SUBDISTRICT, Task, WorkOrder
from chengshao.workorders.queries.scope import in_full, visible_to
from chengshao.workorders.terms import TaskKind

_NEWEST = (F("ended_at").desc(nulls_last=True),)


@dataclass(frozen=True, slots=True)
class Precedent:
    """A closed case and the unit whose answer closed it."""

    number: str
    place: str
    unit_id: int
    opened_at: datetime
    ended_at: datetime | None  # of an old case it may not be known
    rounds: int


def precedents(*, matter: str, territory: str, actor: Actor, limit: int = 3) -> list[Precedent]:
    """
    Return the last cases of this matter that a unit's answer closed and that the actor sees, those
    of the sub-district first; of an old case whose end is not known (IMPORT) after all others.

    The condition behind the matter's code (C0101-2) does not count.
    """
    cases = visible_to(actor).filter(PRECEDENT).alias(itself=MATTER_ITSELF)
    cases = cases.filter(itself=matter.partition("-")[0])
    subdistrict = division_prefix(territory)[:9]
    wanted = _newest(cases, 2 * limit, near=False)
    if len(subdistrict) == 9:
        there = cases.alias(subdistrict=SUBDISTRICT).filter(subdistrict=subdistrict)
        wanted = _newest(there, limit, near=True).union(wanted, all=True)
    ids = dict.fromkeys(case_id for case_id, _near, _at in sorted(wanted, key=_near_and_newest))
    return _told(list(ids)[:limit], actor)


def _near_and_newest(row: tuple[int, bool, datetime | None]) -> tuple[bool, float]:
    _case_id, near, ended_at = row
    return not near, -ended_at.timestamp() if ended_at else 0.0


def _newest(cases: QuerySet[WorkOrder], limit: int, *, near: bool) -> QuerySet[WorkOrder, Any]:
    newest = cases.annotate(near=Value(near)).order_by(*_NEWEST)
    return newest.values_list("pk", "near", "ended_at")[:limit]


def _told(ids: Sequence[int], actor: Actor) -> list[Precedent]:
    leads = Prefetch("tasks", Task.objects.filter(kind=TaskKind.LEAD).order_by("-round"))
    cases = WorkOrder.objects.filter(pk__in=ids).annotate(in_full=in_full(actor, "pk"))
    by_id = {case.pk: case for case in cases.prefetch_related(leads)}
    return [_precedent(by_id[pk]) for pk in ids]


def _precedent(case: Any) -> Precedent:
    lead = next(iter(case.tasks.all()), None)
    return Precedent(
        number=case.number,
        place=case.place_told(whole=case.in_full),
        unit_id=lead.unit_id if lead else case.closed_unit_id,
        opened_at=case.opened_at,
        ended_at=case.ended_at,
        rounds=lead.round if lead else 1,
    )
