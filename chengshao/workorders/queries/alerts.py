"""What units are told of their cases and nobody of them has seen yet."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from chengshao.kernel.actor import Actor
from chengshao.workorders.models import Alert
from chengshao.workorders.queries.scope import visible_to
from chengshao.workorders.terms import AlertKind, Power


@dataclass(frozen=True, slots=True)
class AlertLine:
    """One alert as the home page lists it."""

    kind: AlertKind
    number: str
    matter: str
    place: str
    unit_id: int
    for_leader: bool
    at: datetime


def alerts_for(actor: Actor, alerts: QuerySet[Alert]) -> QuerySet[Alert]:
    """Return the unseen of these that are for this actor: of the own units, or their leader's."""
    own = {unit_id for unit_id, _ in actor.reach(Power.SEE)}
    leads = {unit_id for unit_id, _ in actor.reach(Power.SIGN_OFF)}
    for_me = Q(unit__in=sorted(own), for_leader=False) | Q(unit__in=sorted(leads), for_leader=True)
    return alerts.filter(for_me, seen_at=None)


def alerts_of(actor: Actor, *, limit: int, offset: int = 0) -> list[AlertLine]:
    """Return the newest unseen alerts for this actor on cases in sight. One statement."""
    rows = alerts_for(actor, Alert.objects.filter(work_order__in=visible_to(actor)))
    rows = rows.select_related("work_order").order_by("-at", "-pk")
    return [
        AlertLine(
            kind=AlertKind(row.kind),
            number=row.work_order.number,
            matter=row.work_order.matter,
            place=row.work_order.place,
            unit_id=row.unit_id,
            for_leader=row.for_leader,
            at=row.at,
        )
        for row in rows[offset : offset + limit]
    ]


def alerts_on(numbers: Collection[str], actor: Actor) -> dict[str, list[AlertKind]]:
    """
    Return the kinds of unseen alerts for this actor by the case's number, in order of their kind.

    One statement, none for no case.
    """
    if not numbers:
        return {}
    rows = alerts_for(actor, Alert.objects.filter(work_order__number__in=numbers))
    found: dict[str, set[str]] = defaultdict(set)
    for number, kind in rows.values_list("work_order__number", "kind"):
        found[number].add(kind)
    return {number: [k for k in AlertKind if k in kinds] for number, kinds in found.items()}
