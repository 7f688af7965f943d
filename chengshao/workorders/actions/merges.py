"""Two cases that are one (并案), and apart again."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction

from chengshao.kernel.actor import Actor
from chengshao.kernel.canonical import Json
from chengshao.kernel.errors import Invalid
from chengshao.kernel.events import publish
from chengshao.workorders import queries
from chengshao.workorders.actions import _open_ends as open_ends
from chengshao.workorders.actions import _platforms as platforms
from chengshao.workorders.actions._audience import (
    narrow_to_named,
    review_sight,
)
from chengshao.workorders.actions._contacts import end_contacts
from chengshao.workorders.actions._store import (
    ChangedMeanwhile,
    apply,
    ask_for_ratings,
    keep,
    record,
)
from chengshao.workorders.actions._telling import tell_reports
from chengshao.workorders.actions.reports import hear_of_repeat
from chengshao.workorders.events import WorkOrderEnded
from chengshao.workorders.models import Report, WorkOrder
from chengshao.workorders.rules import lifecycle
from chengshao.workorders.rules.facts import Given
from chengshao.workorders.rules.joining import Circle, check_same_circle
from chengshao.workorders.rules.refusals import WrongState
from chengshao.workorders.terms import CaseCommand, NoteName, Outcome, ReportKind


class MergeWithItself(Invalid):
    code = "workorder_merge_with_itself"


@transaction.atomic
def merge_cases(
    *, number: str, into: str, seen_revision: int, reason: str, actor: Actor, at: datetime
) -> WorkOrder:
    """
    Hang the reports of one case on another; the emptied one ends as merged (并案).

    What another platform ordered keeps its end: the other case goes by the nearest.

    :raises WorkOrderNotFound: if one of them is not there for this actor
    :raises MergeWithItself: if both are the same
    :raises ChangedMeanwhile: if the case is not the one the actor saw
    :raises CantMerge: if they are not for the same circle, or it would show a complaint to
        whom it is about
    :raises PlatformClockStops: if it is a platform's order and the other's clocks stand still
    :raises BothOnLedger: if each of them is on the ledger
    :raises DomainError: see rules.lifecycle.decide_merge
    """
    if number == into:
        raise MergeWithItself
    source, target = queries.lock_cases(number, into, actor=actor)
    if source.revision != seen_revision:
        raise ChangedMeanwhile
    one, other = source.facts(), queries.facts_with_recalls(target)
    check_same_circle(
        Circle(source.confidential, source.named_only, one.about_somebody),
        Circle(target.confidential, target.named_only, other.about_somebody),
    )
    decision = lifecycle.decide_merge(
        source=one, target=other, actor=actor, given=Given(reason=reason)
    )
    ids = list(source.reports.order_by("pk").values_list("pk", flat=True))
    open_ends.check_may_go_together(source, target)
    merge = source.merges.create(target=target, report_ids=ids, merged_at=at)
    open_ends.go_along(merge, source, target)
    apply(source, decision, actor=actor, at=at)
    source.merged_into = target
    _rehang(ids, source, target, at)
    if target.outcome:
        ask_for_ratings(target, target.reports.filter(pk__in=ids), at)
    target.revision += 1
    target.step = target.facts().step
    hear_of_repeat(target, at)
    review_sight(target, at)
    _enter_both(CaseCommand.MERGE, source, target, ids, reason, actor, at)
    publish(WorkOrderEnded(source.pk, Outcome.MERGED, at))
    return target


@transaction.atomic
def undo_merge(
    *, number: str, seen_revision: int, reason: str, actor: Actor, at: datetime
) -> WorkOrder:
    """
    Take a case's reports back out of the one it was merged into; it goes on with a new task.

    Either of the two of which every report was taken back meanwhile ends as withdrawn.

    :raises WorkOrderNotFound: if one of them is not there for this actor
    :raises ChangedMeanwhile: if the case is not the one the actor saw
    :raises WrongState: if it was merged into none
    :raises DomainError: see rules.lifecycle.decide_undo_merge
    """
    source, target = _merged(number, seen_revision, actor)
    merge = source.merges.get(undone_at=None, target=target)
    merge.undone_at = at
    merge.save(update_fields=["undone_at"])
    open_ends.come_along_back(merge, source, target)
    _rehang(merge.report_ids, target, source, at)
    apart, left = lifecycle.decide_undo_merge(
        source=source.facts(),
        target=replace(target.facts(), on_ledger=target.is_on_ledger),
        registered=bool(source.matter),
        actor=actor,
        given=Given(reason=reason),
    )
    source.merged_into, source.ended_at = None, at
    apply(source, apart, actor=actor, at=at)
    apply(target, left, actor=actor, at=at)
    _keep_shut(source, at)
    review_sight(target, at)
    _enter_both(CaseCommand.UNDO_MERGE, source, target, merge.report_ids, reason, actor, at)
    end_contacts(target, at)
    for case in (source, target):
        if case.outcome:
            publish(WorkOrderEnded(case.pk, Outcome(case.outcome), at))
    return source


def _merged(number: str, seen_revision: int, actor: Actor) -> tuple[WorkOrder, WorkOrder]:
    """Lock a merged case and the one that it was merged into."""
    into = queries.merged_into(number=number, actor=actor)
    if into:
        source, target = queries.lock_cases(number, into, actor=actor)
    else:
        source = target = queries.lock_case(number=number, actor=actor)
    if source.revision != seen_revision:
        raise ChangedMeanwhile
    if source is target:
        raise WrongState(command=CaseCommand.UNDO_MERGE, state=source.step)
    return source, target


def _rehang(report_ids: list[int], source: WorkOrder, target: WorkOrder, at: datetime) -> None:
    """Hang reports on another case; each case goes by what its own reports' platforms set."""
    ordered = (source, target) if source.outer_due_at or target.outer_due_at else ()
    for case in ordered:
        platforms.note_moved(case)
    Report.objects.filter(pk__in=report_ids, work_order=source).update(work_order=target)
    for case in ordered:
        platforms.go_by_nearest(case, at)
    tell_reports(target, target.reports.filter(pk__in=report_ids).order_by("pk"))


def _keep_shut(case: WorkOrder, at: datetime) -> None:
    """What was said of a report while it hung on another case holds where it comes back to."""
    informs = case.reports.filter(kind=ReportKind.INFORMANT).exists()
    if informs and not case.named_only:
        case.named_only = True
        keep(case, "named_only")
        narrow_to_named(case, at)
    review_sight(case, at)


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
            **platforms.line_of(case),
        }
        record(case, line, notes={NoteName.REASON: reason}, actor=actor, at=at)
