"""What units say to each other on a case (内部意见): never to its citizens."""

from datetime import datetime

from django.db import transaction

from chengshao.kernel.actor import Actor
from chengshao.kernel.canonical import Json
from chengshao.kernel.errors import Invalid
from chengshao.kernel.words import is_blank
from chengshao.workorders import queries
from chengshao.workorders.actions._store import alert, record
from chengshao.workorders.models import WorkOrder
from chengshao.workorders.rules.remarking import check_may_remark
from chengshao.workorders.terms import AlertKind, CaseCommand, NoteName


class RemarkMissing(Invalid):
    code = "workorder_remark_missing"


@transaction.atomic
def remark(
    *, number: str, words: str, unit_id: int | None = None, actor: Actor, at: datetime
) -> WorkOrder:
    """
    Say something inside: whoever sees the whole case reads it, no citizen and no third party does.
    The desk and the other units that owe something now are told. Nothing waits on it and no form
    that somebody has open gets stale by it.

    What comes twice, because a button was pressed twice, is taken once.

    :param unit_id: for whom it is said; the actor's first unit that sees the whole case else
    :raises WorkOrderNotFound: if the case is not there for this actor
    :raises PowerMissing: if the actor may not speak for this unit
    :raises RemarkMissing: if it says nothing
    :raises WrongState: if the case is filed away
    """
    case = queries.lock_case(number=number, actor=actor)
    seeing = queries.units_in_full(case, actor)
    speaks_for = check_may_remark(case.facts(), unit_id, seeing, actor)
    if is_blank(words):
        raise RemarkMissing
    if queries.last_remark(case) == (actor.user_id, speaks_for, words):
        return case
    line: dict[str, Json] = {"command": CaseCommand.REMARK, "unit_id": speaks_for}
    record(case, line, notes={NoteName.REMARK: words}, actor=actor, at=at)
    alert(case, queries.who_hears_inside(case) - {speaks_for}, AlertKind.REMARKED, at=at)
    return case
