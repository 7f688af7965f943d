"""Two cases that are one (并案), and apart again."""

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate

from chengshao.kernel.actor import Actor
from chengshao.kernel.canonical import Json
from chengshao.kernel.errors import Invalid
from chengshao.kernel.events import publish
from chengshao.people import queries as people
from chengshao.workorders import queries
from chengshao.workorders.actions._audience import show_to, who_looks_on
from chengshao.workorders.actions._store import (
    ChangedMeanwhile,
    apply,
    record,
)
from chengshao.workorders.actions.reports import hear_of_repeat
from chengshao.workorders.events import WorkOrderEnded
from chengshao.workorders.models import Report, WorkOrder
from chengshao.workorders.rules import lifecycle
from chengshao.workorders.rules.facts import Given
from chengshao.workorders.rules.refusals import CantMerge
from chengshao.workorders.terms import CaseCommand, NoteName, Outcome


class MergeWithItself(Invalid):
    code = "workorder_merge_with_itself"


@transaction.atomic
def merge_cases(
    *, number: str, into: str, seen_revision: int, reason: str, actor: Actor, at: datetime
) -> WorkOrder:
    """
    Hang the reports of one case on another; the emptied one ends as merged (并案).

    :raises WorkOrderNotFound: if one of them is not there for this actor
    :raises MergeWithItself: if both are the same
    :raises ChangedMeanwhile: if the case is not the one the actor saw
    :raises CantMerge: if only one of them is confidential, or it would show a complaint to
        whom it is about
    :raises DomainError: see rules.lifecycle.decide_merge
    """
    if number == into:
        raise MergeWithItself
    source, target = queries.lock_cases(number, into, actor=actor)
    if source.revision != seen_revision:
        raise ChangedMeanwhile
    if (source.confidential, source.named_only) != (target.confidential, target.named_only):
        raise CantMerge
    about = source.facts().complained_about
    if target.audience.filter(unit__in=about).exists():
        raise CantMerge
    decision = lifecycle.decide_merge(
        source=source.facts(), target=target.facts(), actor=actor, given=Given(reason=reason)
    )
    ids = list(source.reports.order_by("pk").values_list("pk", flat=True))
    source.merges.create(target=target, report_ids=ids, merged_at=at)
    Report.objects.filter(pk__in=ids).update(work_order=target)
    apply(source, decision, actor=actor, at=at)
    source.merged_into = target
    target.revision += 1
    target.step = target.facts().step
    hear_of_repeat(target, at)
    about = target.facts().complained_about
    near = people.desk_and_subdistrict(target.territory, localdate(at))
    show_to(target, (), about, onlookers=who_looks_on(target, about, near), at=at)
    _enter_both(CaseCommand.MERGE, source, target, ids, reason, actor, at)
    publish(WorkOrderEnded(source.pk, Outcome.MERGED, at))
    return target


@transaction.atomic
def undo_merge(*, number: str, reason: str, actor: Actor, at: datetime) -> WorkOrder:
    """
    Take a case's reports back out of the one it was merged into; it goes on with a new task.

    :raises WorkOrderNotFound: if it is not there for this actor
    :raises DomainError: see rules.lifecycle.decide_undo_merge
    """
    into = queries.merged_into(number=number, actor=actor)
    source, target = queries.lock_cases(number, into, actor=actor)
    merge = source.merges.filter(undone_at=None, target=target).first()
    decision = lifecycle.decide_undo_merge(
        source=source.facts(),
        target=target.facts(),
        registered=bool(source.matter),
        actor=actor,
        given=Given(reason=reason),
    )
    ids = merge.report_ids if merge else []
    Report.objects.filter(pk__in=ids, work_order=target).update(work_order=source)
    source.merges.filter(undone_at=None).update(undone_at=at)
    apply(source, decision, actor=actor, at=at)
    target.revision += 1
    target.step = target.facts().step
    _enter_both(CaseCommand.UNDO_MERGE, source, target, ids, reason, actor, at)
    return source


def _enter_both(
    command: CaseCommand,
    source: WorkOrder,
    target: WorkOrder,
    report_ids: list[int],
    reason: str,
    actor: Actor,
    at: datetime,
) -> None:
    """One line in the history of each: both must be understood alone."""
    for case, other in ((source, target), (target, source)):
        line: dict[str, Json] = {
            "command": command,
            "source": source.number,
            "target": target.number,
            "other_id": other.pk,
            "report_ids": list(report_ids),
        }
        record(case, line, notes={NoteName.REASON: reason}, actor=actor, at=at)
