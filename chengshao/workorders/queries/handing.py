"""What a shift leaves to the next: open emergencies, citizens to call, promises that come due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F
from django.utils.timezone import localdate

from chengshao.catalog.terms import Urgency
from chengshao.kernel.actor import Actor
from chengshao.web.gather import Asked, gathered
from chengshao.workorders.models import Deadline, Promise, WorkOrder
from chengshao.workorders.queries.scope import in_full
from chengshao.workorders.rules.facts import OPEN_STATES
from chengshao.workorders.terms import DeadlineAuthority, TaskKind

_CALLS = (TaskKind.TELL.value, TaskKind.CONTACT.value)


@dataclass(frozen=True, slots=True)
class LeftLine:
    """A case that somebody has to keep an eye on: no word of its citizen, for a text that stays."""

    number: str
    matter: str
    territory: str
    step: str = ""
    kind: str = ""  # of the task that is owed
    unit_id: int | None = None  # who owes it
    due_at: datetime | None = None
    promised_on: date | None = None


@dataclass(frozen=True, slots=True)
class LeftOpen:
    """Each list the most pressing first, one more than the limit if there are more."""

    emergencies: Sequence[LeftLine]
    calls: Sequence[LeftLine]
    promises: Sequence[LeftLine]


def left_open(*, actor: Actor, until: datetime, limit: int) -> LeftOpen:
    """
    Return what is open by a moment of the cases that the actor sees whole. One statement.

    Cases that only named persons know of are not in it: they hand them over themselves.
    """
    emergencies = WorkOrder.objects.filter(
        in_full(actor, "pk"), outcome="", urgency=Urgency.EMERGENCY, named_only=False
    )
    calls = Deadline.objects.filter(
        in_full(actor, "task__work_order"),
        authority=DeadlineAuthority.INNER,
        ended_at=None,
        due_at__lte=until,
        task__kind__in=_CALLS,
        task__state__in=sorted(OPEN_STATES),
        task__work_order__named_only=False,
    ).annotate(
        number=F("task__work_order__number"),
        matter=F("task__work_order__matter"),
        territory=F("task__work_order__territory"),
        owed_by=F("task__unit"),
        kind=F("task__kind"),
    )
    promises = Promise.objects.filter(
        in_full(actor, "work_order"),
        settled_at=None,
        came_back_at=None,
        promised_on__lte=localdate(until),
        work_order__named_only=False,
    ).annotate(
        number=F("work_order__number"),
        matter=F("work_order__matter"),
        territory=F("work_order__territory"),
    )
    cases, limits, promised = gathered(
        Asked(emergencies.order_by("pk")[: limit + 1]),
        Asked(calls.order_by("due_at", "pk")[: limit + 1]),
        Asked(promises.order_by("promised_on", "pk")[: limit + 1]),
    )
    return LeftOpen(
        [LeftLine(case.number, case.matter, case.territory, step=case.step) for case in cases],
        [
            LeftLine(
                row.number,
                row.matter,
                row.territory,
                kind=row.kind,
                unit_id=row.owed_by,
                due_at=row.due_at,
            )
            for row in limits
        ],
        [
            LeftLine(
                row.number,
                row.matter,
                row.territory,
                unit_id=row.unit_id,
                promised_on=row.promised_on,
            )
            for row in promised
        ],
    )
