"""Cases for tests of clocks and authority: in hand, of another platform, at rest."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from chengshao.kernel.actor import Actor
from chengshao.kernel.errors import DomainError
from chengshao.workorders.actions import NewReport
from chengshao.workorders.models import Deadline, Task, WorkOrder
from chengshao.workorders.terms import (
    Channel,
    DeadlineAuthority,
    TaskCommand,
    TaskKind,
)
from tests.district import AT, dispatched, move, said

_K, _C = TaskKind, TaskCommand
HOUR = timedelta(hours=1)
NOON = AT + 2 * HOUR  # Monday 11:00: two of the manhole's sixteen working hours are over
PLATFORM_DUE = AT + timedelta(days=2)  # Wednesday 09:00
RESUMES_ON = date(2026, 3, 12)
RESUMES_AT = datetime(2026, 3, 11, 16, 0, tzinfo=UTC)  # its first moment in the city


def kinds(case: WorkOrder) -> list[str]:
    """Return what is open on the case, in the order of its opening."""
    return list(case.tasks.filter(ended_at=None).order_by("pk").values_list("kind", flat=True))


def clock(task: Task, authority: str = DeadlineAuthority.INNER) -> Deadline:
    return task.deadlines.get(authority=authority)


def in_hand(
    actor: Actor, lead: int, *helping: int, phone: str = "", client_key: str = "k-1"
) -> WorkOrder:
    case = dispatched(actor, lead, *helping, report=said(client_key, phone=phone))
    return move(case, _K.LEAD, _C.ACKNOWLEDGE, actor)


def outer(*, due: datetime = PLATFORM_DUE, phone: str = "") -> NewReport:
    """Return what another platform hands over, with the end that it sets."""
    return replace(said(phone=phone), channel=Channel.TRANSFER, outer_due_at=due)


def outer_in_hand(actor: Actor, lead: int, *helping: int) -> WorkOrder:
    case = dispatched(actor, lead, *helping, report=outer())
    return move(case, _K.LEAD, _C.ACKNOWLEDGE, actor)


def suspended(case: WorkOrder, actor: Actor, at: datetime = NOON) -> WorkOrder:
    """Suspend a case of ours that its lead has in hand, until RESUMES_ON."""
    move(case, _K.LEAD, _C.ASK_SUSPENSION, actor, reason="等汛期过去", until=RESUMES_ON, at=at)
    return move(case, _K.CENTRE_APPROVAL, _C.GRANT, actor, at=at)


def outer_suspended(case: WorkOrder, actor: Actor) -> WorkOrder:
    """Suspend an order of another platform: it has agreed."""
    suspended(case, actor)
    return move(case, _K.OUTER_REQUEST, _C.GRANT, actor, reason="市12345同意", at=NOON)


@contextmanager
def refused(error: type[DomainError], case: WorkOrder) -> Iterator[None]:
    """What is tried is refused with this error, and nothing of the case has changed."""
    before = _everything(case)
    with pytest.raises(error):
        yield
    assert _everything(case) == before


def _everything(case: WorkOrder) -> list[object]:
    return [
        *WorkOrder.objects.filter(pk=case.pk).values(),
        *case.tasks.order_by("pk").values(),
        *Deadline.objects.filter(task__work_order=case).order_by("pk").values(),
        case.entries.count(),
    ]
