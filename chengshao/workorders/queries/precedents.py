"""How such matters were closed before (X5)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import JSONObject

from chengshao.kernel.actor import Actor
from chengshao.kernel.divisions import division_prefix
from chengshao.web.gather import Asked, gathered
from chengshao.workorders.models import MATTER_ITSELF, PRECEDENT, SUBDISTRICT, Task
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

    The condition behind the matter's code (C0101-2) does not count. One statement.
    """
    leads = Task.objects.filter(work_order=OuterRef("pk"), kind=TaskKind.LEAD).order_by("-round")
    lead = leads.values(told=JSONObject(unit_id="unit_id", round="round"))[:1]
    cases = visible_to(actor).filter(PRECEDENT).alias(itself=MATTER_ITSELF)
    cases = cases.filter(itself=matter.partition("-")[0]).order_by(*_NEWEST)
    cases = cases.annotate(in_full=in_full(actor, "pk"), lead=Subquery(lead))
    asked = [Asked(cases[:limit])]
    subdistrict = division_prefix(territory)[:9]
    if len(subdistrict) == 9:
        there = cases.alias(subdistrict=SUBDISTRICT).filter(subdistrict=subdistrict)
        asked.insert(0, Asked(there[:limit]))
    found = {case.pk: case for rows in gathered(*asked) for case in rows}
    return [_precedent(case) for case in found.values()][:limit]


def _precedent(case: Any) -> Precedent:
    lead = case.lead or {"unit_id": case.closed_unit_id, "round": 1}
    return Precedent(
        number=case.number,
        place=case.place_told(whole=case.in_full),
        unit_id=lead["unit_id"],
        opened_at=case.opened_at,
        ended_at=case.ended_at,
        rounds=lead["round"],
    )
