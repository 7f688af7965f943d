"""Units told of a case that owe nothing on it (抄送)."""

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate

from chengshao.kernel.actor import Actor
from chengshao.kernel.canonical import Json
from chengshao.people import queries as people
from chengshao.workorders import queries
from chengshao.workorders.actions._store import ChangedMeanwhile, record
from chengshao.workorders.actions.cases import copy_to
from chengshao.workorders.models import WorkOrder
from chengshao.workorders.rules import lifecycle
from chengshao.workorders.rules.refusals import NotForWholeUnits
from chengshao.workorders.terms import CaseCommand, NoteName


@transaction.atomic
def send_copies(
    *,
    number: str,
    seen_revision: int,
    unit_ids: frozenset[int],
    reason: str = "",
    actor: Actor,
    at: datetime,
) -> WorkOrder:
    """
    Tell further units of a case, by itself and not with its dispatch. No clock runs for them.

    Who has a copy already gets no second one; if all have, nothing is changed.

    :raises WorkOrderNotFound: if the case is not there for this actor
    :raises ChangedMeanwhile: if the case is not the one the actor saw
    :raises UnitNotFound: if a unit is not there or closed
    :raises NotForWholeUnits: if the case is confidential or for named persons
    :raises DomainError: see rules.lifecycle.check_may_copy
    """
    case = queries.lock_case(number=number, actor=actor)
    if case.revision != seen_revision:
        raise ChangedMeanwhile
    lifecycle.check_may_copy(case.facts(), unit_ids, actor)
    if case.confidential or case.named_only:
        raise NotForWholeUnits
    people.check_units(unit_ids, localdate(at))
    new = unit_ids - set(case.copies.values_list("unit_id", flat=True))
    if new:
        copy_to(case, new, at)
        case.revision += 1
        line: dict[str, Json] = {"command": CaseCommand.COPY, "copy_unit_ids": sorted(new)}
        record(case, line, notes={NoteName.REASON: reason}, actor=actor, at=at)
    return case
