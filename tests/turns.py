"""Cases on their way and who moves them, for tests of what a move may and what follows from it."""

from collections.abc import Collection
from datetime import datetime

import pytest

from chengshao.kernel.actor import Actor, ActorKind, Grant
from chengshao.kernel.errors import DomainError
from chengshao.people import actions as people
from chengshao.people.queries import unit_ids_by_code
from chengshao.workorders import actions
from chengshao.workorders.models import WorkOrder
from chengshao.workorders.terms import Power, Principle, TaskCommand, TaskKind
from tests.district import AT, LOADER, MANHOLE, District, dispatched, move, registered, said, staff

PHONE = "13800001111"


def kinds(case: WorkOrder) -> list[str]:
    """Return what is open on the case, in the order of its opening."""
    return list(case.tasks.filter(ended_at=None).order_by("pk").values_list("kind", flat=True))


def handling(
    actor: Actor, lead: int, *helping: int, phone: str = "", matter: str = MANHOLE
) -> WorkOrder:
    case = dispatched(actor, lead, *helping, report=said(phone=phone), matter=matter)
    return move(case, TaskKind.LEAD, TaskCommand.ACKNOWLEDGE, actor)


def doubled(
    actor: Actor, lead: int, beside: int, principle: Principle = Principle.BY_AGREEMENT
) -> WorkOrder:
    """Return a case dispatched to two units that answer beside each other, both at work."""
    case = sent(registered(actor), lead, actor, beside=beside, principle=principle)
    for kind in (TaskKind.LEAD, TaskKind.DOUBLE):
        move(case, kind, TaskCommand.ACKNOWLEDGE, actor)
    return case


def sent(
    case: WorkOrder,
    lead: int,
    actor: Actor,
    *,
    beside: int | None = None,
    principle: Principle = Principle.BY_AGREEMENT,
    at: datetime = AT,
) -> WorkOrder:
    case = WorkOrder.objects.get(pk=case.pk)
    return actions.dispatch(
        number=case.number,
        seen_revision=case.revision,
        lead_unit_id=lead,
        double_unit_ids=frozenset({beside} if beside else ()),
        principle=principle,
        basis="会商结论",
        actor=actor,
        at=at,
    )


def handler_of(unit_id: int, user_id: int | None = None) -> Actor:
    return staff(unit_id, Power.SEE, Power.HANDLE, user_id=user_id)


def leader_of(unit_id: int, user_id: int | None = None) -> Actor:
    return staff(unit_id, Power.SEE, Power.HANDLE, Power.SIGN_OFF, user_id=user_id)


def citizen_of(case: WorkOrder) -> Actor:
    return Actor(ActorKind.CITIZEN, report_id=case.reports.get().pk)


def third_party() -> int:
    """Found a contractor of roads (作业单位) and return its id: it sees its own tasks alone."""
    headings = "单位代码,单位名称,类型,层级,上级单位代码,启用日期"
    table = f"{headings}\nfixers,演示养护公司,作业单位,区级,roads,2020-01-01\n"
    people.import_units(content=table.encode(), actor=LOADER, at=AT)
    return unit_ids_by_code(["fixers"])["fixers"]


def with_check_at(district: District, actor: Actor) -> Actor:
    """Return the same person, who may check at the centre, too."""
    more = {Grant(Power.SEE, district.centre), Grant(Power.CHECK, district.centre)}
    return Actor(actor.kind, actor.user_id, actor.grants | more)


def refused(error: type[DomainError], case: WorkOrder, *args: object, **kwargs: object) -> str:
    """Try a move; it is refused with this error, and nothing has changed. Return what it says."""
    before = _standing(case)
    with pytest.raises(error) as why:
        move(case, *args, **kwargs)  # type: ignore[arg-type]
    assert _standing(case) == before
    return str(why.value.params)


def _standing(case: WorkOrder) -> tuple[object, ...]:
    now = WorkOrder.objects.get(pk=case.pk)
    tasks: Collection[object] = list(case.tasks.order_by("pk").values())
    return now.revision, now.history_head, tasks
