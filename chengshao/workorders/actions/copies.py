"""Units told of a case that owe nothing on it (抄送)."""

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate

from chengshao.kernel.actor import Actor
from chengshao.kernel.canonical import Json
from chengshao.people import queries as people
from chengshao.people.terms import UnitKind
from chengshao.workorders import queries
from chengshao.workorders.actions._audience import show_to
from chengshao.workorders.actions._store import ChangedMeanwhile, alert, record
from chengshao.workorders.models import Copy, WorkOrder
from chengshao.workorders.rules import lifecycle
from chengshao.workorders.rules.refusals import NotForWholeUnits
from chengshao.workorders.terms import AlertKind, CaseCommand, NoteName


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


def districts_of(case: WorkOrder, unit_ids: Collection[int], today: date) -> frozenset[int]:
    """
    Return the districts of the sub-districts among these units: they get a copy.

    Of a confidential or an informant's case nobody does.
    """
    if case.confidential or case.named_only:
        return frozenset()
    lines = people.unit_lines(unit_ids, today).values()
    above = (people.superior_id(u.id, today) for u in lines if u.kind == UnitKind.SUBDISTRICT)
    return frozenset(unit_id for unit_id in above if unit_id is not None)


def new_copies(case: WorkOrder, unit_ids: frozenset[int]) -> frozenset[int]:
    """Return those of these units that get to know of the case now."""
    if not unit_ids:
        return unit_ids
    told = set(case.copies.values_list("unit_id", flat=True))
    return unit_ids - told - case.facts().complained_about


def copy_to(case: WorkOrder, unit_ids: Collection[int], at: datetime) -> None:
    """
    Tell units of the case that owe nothing on it (抄送): it has no clock.

    :raises NotForWholeUnits: if the case is confidential, or for named persons
    """
    if not unit_ids:
        return
    if case.confidential or case.named_only:
        raise NotForWholeUnits
    shown = set(unit_ids) - case.facts().complained_about
    Copy.objects.bulk_create(
        [Copy(work_order=case, unit_id=unit_id, at=at) for unit_id in sorted(shown)],
        ignore_conflicts=True,
    )
    alert(case, shown, AlertKind.COPIED, at=at)
    if shown:
        show_to(case, shown, frozenset(), at=at)
