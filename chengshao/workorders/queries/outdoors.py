"""What waits to be looked at where it lies, as somebody on a walk needs it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q

from chengshao.catalog.terms import CheckMode, EvidenceKind, Track
from chengshao.kernel.actor import Actor
from chengshao.web.gather import Asked, gathered
from chengshao.workorders.models import Attachment, Report, Task, WorkOrder
from chengshao.workorders.queries.lists import CaseLine, tasks_owed
from chengshao.workorders.queries.scope import in_full
from chengshao.workorders.rules.jobs import JOBS
from chengshao.workorders.terms import Channel, ClosingKind, Outcome, TaskKind

_AT_A_DESK = frozenset({CheckMode.PHONE, CheckMode.REPLY_REVIEW})
_SAID_LATELY = 60  # of the reports that somebody made: whence the matters are known


@dataclass(frozen=True, slots=True)
class ToCheck:
    """A check to be made outdoors: its line in the list, and what one needs in front of it."""

    line: CaseLine
    task_id: int
    is_sample: bool  # of a closed case
    is_verifying: bool  # before it is registered: is it so? (核实)
    revision: int  # of the task
    lng: float | None
    lat: float | None
    matter_version_id: int | None
    evidence_asked: tuple[str, ...]
    before_id: int | None  # the attachment that shows how it was


def checks_outdoors(*, actor: Actor, limit: int) -> list[ToCheck]:
    """
    Return what this actor is to look at, the soonest due first: whether it is done, and before it
    is registered whether it is so; not what is checked by telephone or by reading, nor what the
    actor answered: another looks at that. Four statements.
    """
    jobs = [JOBS[name] for name in ("check", "verify") if actor.holds(JOBS[name].power)]
    owed = (tasks_owed(actor=actor, power=job.power, kinds=job.kinds, limit=limit) for job in jobs)
    lines = sorted((line for some in owed for line in some), key=_soonest)[:limit]
    by_task = {line.task_id: line for line in lines if line.task_id is not None}
    if not by_task:
        return []
    tasks, cases, pictures = _stock(set(by_task), actor)
    found = []
    for task_id, line in by_task.items():
        task, case = tasks[task_id], cases[line.case_id]
        verifying = task.kind == TaskKind.VERIFY
        at_a_desk = task.asked.get("check_mode") in _AT_A_DESK
        if not verifying and (at_a_desk or _is_own(task, actor)):
            continue
        found.append(
            ToCheck(
                line=line,
                task_id=task_id,
                is_sample=task.kind == TaskKind.SAMPLE,
                is_verifying=verifying,
                revision=task.revision,
                lng=case.lng if case.in_full else None,
                lat=case.lat if case.in_full else None,
                matter_version_id=case.matter_version_id,
                evidence_asked=() if verifying else tuple(case.evidence_asked),
                before_id=pictures.get(case.pk) if case.in_full else None,
            )
        )
    return found


def _soonest(line: CaseLine) -> tuple[bool, float]:
    return line.due_at is None, line.due_at.timestamp() if line.due_at else 0


def _stock(
    task_ids: set[int], actor: Actor
) -> tuple[dict[int, Any], dict[int, Any], Mapping[int, int]]:
    tasks = Task.objects.filter(pk__in=task_ids).annotate(answered=F("parent__answer"))
    of = Task.objects.filter(pk__in=task_ids).values("work_order")
    cases = WorkOrder.objects.filter(pk__in=of).annotate(in_full=in_full(actor, "pk"))
    before = Q(evidence_kind=EvidenceKind.PHOTO_BEFORE) | Q(report__isnull=False)
    pictures = Attachment.objects.filter(
        before, work_order__in=of, blob__has_thumbnail=True
    ).order_by("-pk")
    found, there, shown = gathered(Asked(tasks), Asked(cases), Asked(pictures))
    first = {file.work_order_id: file.pk for file in shown}  # the oldest: as it was when told
    return {task.pk: task for task in found}, {case.pk: case for case in there}, first


def _is_own(task: Any, actor: Actor) -> bool:
    """Tell whether this person answered what is looked at: the move would be refused."""
    return actor.user_id in {task.opened_by_id, *(task.answered or {}).get("by", ())}


@dataclass(frozen=True, slots=True)
class OwnReport:
    """What somebody found on the way, and whether others have put it right since."""

    number: str
    matter: str
    solved_by_others: bool


def own_finds(*, actor: Actor) -> list[OwnReport]:
    """Return what this person found on the way lately, the newest first. One statement."""
    if actor.user_id is None:
        return []
    rows = Report.objects.filter(caller=actor.user_id, channel=Channel.PATROL).order_by("-pk")
    found = rows.select_related("work_order")[:_SAID_LATELY]
    cases = [report.work_order for report in found]
    return [OwnReport(case.number, case.matter, _is_solved_by_others(case)) for case in cases]


def _is_solved_by_others(case: WorkOrder) -> bool:
    solved = case.outcome == Outcome.CLOSED and case.closing_kind == ClosingKind.SOLVED
    return solved and case.track != Track.ON_THE_SPOT


def report_sent(*, client_key: str, actor: Actor) -> Report | None:
    """Return the report that this person sent under this key, if any."""
    if actor.user_id is None:
        return None
    sent = Report.objects.filter(caller=actor.user_id, client_key=client_key)
    return sent.select_related("work_order").first()
