"""Who has seen a case (谁看过)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Min

from chengshao.kernel.actor import Actor
from chengshao.people import queries as people
from chengshao.workorders.models import Viewing, WorkOrder
from chengshao.workorders.queries.scope import WorkOrderNotFound, in_full, visible_to
from chengshao.workorders.terms import ViewingKind


@dataclass(frozen=True, slots=True)
class Viewer:
    """What one user did with a case; `times` counts spells of ten minutes, reveals one by one."""

    user_id: int
    kind: ViewingKind
    first_at: datetime
    last_at: datetime
    times: int


def viewings_of(*, number: str, actor: Actor) -> list[Viewer]:
    """
    Return who looked at a case, printed it, took it out, or saw a number in it; the last first.

    For whoever sees all of the case; a third party, who sees its own task, is told nothing.

    :raises WorkOrderNotFound: if the case, whole, is not there for this actor
    """
    case = visible_to(actor).filter(in_full(actor, "pk"), number=number).first()
    if case is None:
        raise WorkOrderNotFound
    found = [*_seen(case), *_revealed(case)]
    return sorted(found, key=lambda viewer: viewer.last_at, reverse=True)


def _seen(case: WorkOrder) -> Iterator[Viewer]:
    rows = Viewing.objects.filter(work_order=case).values_list("user_id", "kind")
    for user_id, kind, first, last, times in rows.annotate(Min("at"), Max("at"), Count("pk")):
        yield Viewer(user_id, ViewingKind(kind), first, last, times)


def _revealed(case: WorkOrder) -> Iterator[Viewer]:
    contacts = case.reports.filter(contact__isnull=False).values_list("contact_id", flat=True)
    for reveal in people.reveals_of([pk for pk in contacts if pk is not None]):
        yield Viewer(
            reveal.user_id, ViewingKind.REVEAL, reveal.first_at, reveal.last_at, reveal.times
        )
