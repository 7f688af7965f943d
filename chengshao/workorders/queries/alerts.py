"""What units are told of their cases and nobody of them has seen yet."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from chengshao.kernel.actor import Actor
from chengshao.workorders.models import Alert
from chengshao.workorders.queries.scope import seen_by, visible_to
from chengshao.workorders.rules.jobs import JOBS
from chengshao.workorders.terms import AlertKind, Power, Sight

_OF_LIMITS = (AlertKind.REMINDER, AlertKind.OVERDUE)


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
    """
    Return the unseen of these that are for this actor: of a task to those of the unit who do such
    tasks, of a case to all of the unit who work on cases, and the leader's to the leader. That a
    limit is near or past is told as long as the task is owed.
    """
    for_me = Q(unit__in=_units(actor, Power.SIGN_OFF), for_leader=True)
    working: set[int] = set()
    for job in JOBS.values():
        units = _units(actor, job.power)
        working |= set(units)
        for_me |= Q(unit__in=units, task__kind__in=job.kinds, for_leader=False)
    for_me |= Q(unit__in=sorted(working), task=None, for_leader=False)
    still_so = Q(task__ended_at=None) | ~Q(kind__in=_OF_LIMITS)
    return alerts.filter(for_me, still_so, seen_at=None)


def _units(actor: Actor, power: str) -> list[int]:
    return sorted(unit_id for unit_id, _territory in actor.reach(power))


def alerts_of(actor: Actor, *, limit: int, offset: int = 0) -> list[AlertLine]:
    """
    Return the newest unseen alerts for this actor on cases in sight, one of a kind for each case
    and unit: who is told twice, as one of the unit and as its leader, reads it once. One statement.
    """
    rows = alerts_for(actor, Alert.objects.filter(work_order__in=visible_to(actor)))
    newest = rows.order_by("work_order", "kind", "unit", "-for_leader", "-at").distinct(
        "work_order", "kind", "unit"
    )
    rows = Alert.objects.filter(pk__in=newest.values("pk"))
    full = seen_by(actor).filter(work_order=OuterRef("work_order"), sight=Sight.FULL)
    rows = rows.annotate(in_full=Exists(full)).select_related("work_order").order_by("-at", "-pk")
    return [
        AlertLine(
            kind=AlertKind(row.kind),
            number=row.work_order.number,
            matter=row.work_order.matter,
            place=row.work_order.place_told(whole=row.in_full),
            unit_id=row.unit_id,
            for_leader=row.for_leader,
            at=row.at,
        )
        for row in rows[offset : offset + limit]
    ]
