"""Whom what happened is told to: notices keep ids alone and ask here, when they are made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.timezone import localdate

from chengshao.notices.terms import (
    NOBODY,
    CitizenAsked,
    Happening,
    NoticeKind,
    Reached,
    StaffAsked,
)
from chengshao.workorders.models import Audience, Deadline, Report, Task, WorkOrder
from chengshao.workorders.rules.book import HANDLING_KINDS
from chengshao.workorders.rules.jobs import JOBS
from chengshao.workorders.terms import (
    CaseCommand,
    DeadlineAuthority,
    Outcome,
    Power,
    TaskKind,
)

_POWER_OF = {kind: job.power for job in JOBS.values() for kind in job.kinds}
_TO_ALL_CITIZENS = frozenset(
    {
        NoticeKind.RECEIVED,
        NoticeKind.ACCEPTED,
        NoticeKind.DECLINED,
        NoticeKind.GIVEN_BACK,
        NoticeKind.EXTENDED,
        NoticeKind.DONE,
        NoticeKind.REOPENED,
        NoticeKind.WRITTEN,
    }
)
_WITH_DAY_OF_LEAD = frozenset({NoticeKind.ACCEPTED, NoticeKind.EXTENDED})


@dataclass(frozen=True, slots=True)
class _World:
    """What is asked of the cases at once, by id."""

    cases: Mapping[int, WorkOrder]
    tasks: Mapping[int, Sequence[Task]]  # of a case, in order
    reports: Mapping[int, Sequence[Report]]
    named: Mapping[int, frozenset[int]]
    days: Mapping[int, date]  # of a task that runs: when it is due

    def task(self, happening: Happening) -> Task | None:
        tasks = self.tasks.get(happening.case_id, ())
        return next((task for task in tasks if task.pk == happening.task_id), None)

    def lead(self, case_id: int) -> Task | None:
        open_ones = (task for task in self.tasks.get(case_id, ()) if task.ended_at is None)
        return next((task for task in open_ones if task.kind == TaskKind.LEAD), None)


def reached_by(happenings: Sequence[Happening]) -> list[Reached]:
    """
    Return whom each of these is told to, in their order: five statements, however many they are.

    Citizens hear who left a number that may be called and who wait; of what is over meanwhile, or
    merged into another case, nobody hears.
    """
    world = _world({happening.case_id for happening in happenings})
    return [_reached(happening, world) for happening in happenings]


def _world(case_ids: set[int]) -> _World:
    ids = sorted(case_ids)
    cases = {case.pk: case for case in WorkOrder.objects.filter(pk__in=ids)}
    tasks: dict[int, list[Task]] = {}
    for task in Task.objects.filter(work_order__in=ids).order_by("pk"):
        tasks.setdefault(task.work_order_id, []).append(task)
    reports: dict[int, list[Report]] = {}
    for report in (
        Report.objects.filter(work_order__in=ids).defer("bigrams", "words").order_by("pk")
    ):
        reports.setdefault(report.work_order_id, []).append(report)
    secret = [case.pk for case in cases.values() if case.named_only]
    named: dict[int, set[int]] = {case_id: set() for case_id in secret}
    for case_id, user_id in Audience.objects.filter(
        work_order__in=secret, user__isnull=False
    ).values_list("work_order_id", "user_id"):
        if user_id is not None:
            named[case_id].add(user_id)
    due = Deadline.objects.filter(
        task__work_order__in=ids, authority=DeadlineAuthority.INNER, due_at__isnull=False
    )
    days = {
        task_id: localdate(at)
        for task_id, at in due.filter(ended_at=None).values_list("task_id", "due_at")
        if at is not None
    }
    return _World(cases, tasks, reports, {pk: frozenset(ids) for pk, ids in named.items()}, days)


def _reached(happening: Happening, world: _World) -> Reached:
    case = world.cases.get(happening.case_id)
    if case is None:
        return NOBODY
    if happening.kind in _TO_ALL_CITIZENS:
        return _to_citizens(happening, case, world)
    return _to_staff(happening, case, world)


def _to_citizens(happening: Happening, case: WorkOrder, world: _World) -> Reached:
    if case.outcome == Outcome.MERGED or case.named_only:
        return NOBODY
    lead = world.lead(case.pk) if happening.kind in _WITH_DAY_OF_LEAD else None
    if happening.kind in _WITH_DAY_OF_LEAD and (lead is None or lead.pk not in world.days):
        return NOBODY  # there is no day to be told any more
    citizens = tuple(
        CitizenAsked(report.pk, report.contact_id)
        for report in world.reports.get(case.pk, ())
        if report.is_reachable and report.contact_id is not None
        if happening.report_id in (None, report.pk)
    )
    return Reached(citizens=citizens, day=world.days[lead.pk] if lead else None)


def _to_staff(happening: Happening, case: WorkOrder, world: _World) -> Reached:
    if happening.kind is NoticeKind.CHASED:
        return _who_works(case, world)
    task = world.task(happening)
    if task is None or (task.ended_at is not None and task.kind != TaskKind.SIGN_OFF):
        return NOBODY
    if happening.kind is NoticeKind.REWORK or task.kind not in _POWER_OF:
        power: str = Power.HANDLE
    elif happening.reason == CaseCommand.TELL_LEADER:
        power = Power.SIGN_OFF
    else:
        power = _POWER_OF[TaskKind(task.kind)]
    return Reached(
        staff=(StaffAsked(task.unit_id, power),),
        territory=case.territory,
        named=world.named.get(case.pk),
        day=world.days.get(task.pk),
    )


def _who_works(case: WorkOrder, world: _World) -> Reached:
    """Whoever handles it now hears that its citizen waits; the desk where nobody does yet."""
    tasks = world.tasks.get(case.pk, ())
    units = {
        task.unit_id for task in tasks if task.ended_at is None and task.kind in HANDLING_KINDS
    }
    asked = [StaffAsked(unit_id, Power.HANDLE) for unit_id in sorted(units)]
    return Reached(
        staff=tuple(asked) or (StaffAsked(case.desk_unit_id, Power.DISPATCH),),
        territory=case.territory,
        named=world.named.get(case.pk),
    )


def report_to_follow(report_id: int) -> Report | None:
    """Return a report whose citizen may still look by the secret link; None where there is none."""
    return Report.objects.filter(pk=report_id, erased_at=None).first()
