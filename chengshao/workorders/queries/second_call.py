"""What there is of earlier calls on a case: who heard them, when the next one may come."""

import json
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.utils.timezone import localdate

from chengshao.catalog import queries as catalog
from chengshao.catalog.terms import ParameterName
from chengshao.kernel.clock import due_at
from chengshao.workorders.models import Entry, Note, Rating, Report, Task, WorkOrder
from chengshao.workorders.rules.book import HANDLING_KINDS
from chengshao.workorders.rules.facts import OPEN_STATES
from chengshao.workorders.terms import (
    CaseCommand,
    NoteName,
    Outcome,
    ReportCommand,
    Sight,
    TaskKind,
    TaskState,
)


def who_hears(case: WorkOrder) -> set[int]:
    """Return the units that work on the case now; the desk where none does yet."""
    tasks = case.tasks.filter(kind__in=HANDLING_KINDS, state__in=sorted(OPEN_STATES))
    return set(tasks.values_list("unit_id", flat=True)) or {case.desk_unit_id}


def who_hears_inside(case: WorkOrder) -> set[int]:
    """Return the units that see all of the case and owe something on it now, and its desk."""
    owing = case.tasks.filter(state__in=sorted(OPEN_STATES)).values("unit_id")
    near = Q(unit__in=owing) | Q(unit=case.desk_unit_id)
    rows = case.audience.filter(near, sight=Sight.FULL)
    return set(rows.values_list("unit_id", flat=True))


def task_to_tell(case_id: int) -> int | None:
    """Return the open task to tell the citizens of a case its result, if there is one."""
    open_ones = Task.objects.filter(work_order=case_id, kind=TaskKind.TELL, state=TaskState.OPEN)
    return open_ones.values_list("pk", flat=True).first()


def last_chased_at(case: WorkOrder, report_id: int) -> datetime | None:
    """Return when this report was last chased (催单), as the history says."""
    line = _last(case, report_id, ReportCommand.CHASE)
    return line.at if line else None


def rating_given(case: WorkOrder, report: Report) -> Rating | None:
    """Return what the citizen said of the result that stands, and has not been voided."""
    rating = report.rating
    if case.outcome != Outcome.CLOSED or rating is None or not rating.satisfaction:
        return None
    of_this = rating.ended_at and case.ended_at and rating.ended_at >= case.ended_at
    return rating if of_this and rating.voided_at is None else None


def times_said(
    case: WorkOrder, report_id: int, command: ReportCommand, *, after: datetime
) -> list[datetime]:
    """Return when this was said of a report since then, the first one first."""
    lines = _lines(case, report_id, command).filter(at__gt=after)
    return list(lines.order_by("seq").values_list("at", flat=True))


def last_said(
    case: WorkOrder, report_id: int, command: ReportCommand, name: NoteName = NoteName.COMMENT
) -> str | None:
    """Return the words of the last such command on a report; None where there was none."""
    line = _last(case, report_id, command)
    if line is None:
        return None
    notes = Note.objects.filter(entry=line, name=name)
    return notes.values_list("text", flat=True).first() or ""


def last_remark(case: WorkOrder) -> tuple[int | None, int, str] | None:
    """Return who said the last line, for which unit and what, where it is one said inside."""
    line = Entry.objects.filter(work_order=case).order_by("-seq").first()
    body = json.loads(line.body) if line else {}
    if line is None or body["command"] != CaseCommand.REMARK:
        return None
    said = Note.objects.filter(entry=line, name=NoteName.REMARK).values_list("text", flat=True)
    return body["user_id"], body["unit_id"], said.first() or ""


def chase_again_at(case: WorkOrder, last: datetime, *, on: date) -> datetime:
    """Return from when on a citizen may press again, by what is settled on that day."""
    return _after(last, ParameterName.CHASE_AGAIN_AFTER, case.channel, on)


def reopening_until(case: WorkOrder, *, on: date) -> datetime | None:
    """Return until when an ended case may be reopened, by what is settled on that day."""
    if case.ended_at is None:
        return None
    return _after(case.ended_at, ParameterName.REOPEN_WITHIN, case.channel, on)


def _after(start: datetime, name: ParameterName, channel: str, on: date) -> datetime:
    ground = catalog.ground()
    limit = ground.parameters(on).limit(name, channel)
    return due_at(start, limit, ground.calendar_for(localdate(start)))


def _last(case: WorkOrder, report_id: int, command: ReportCommand) -> Entry | None:
    return _lines(case, report_id, command).order_by("-seq").first()


def _lines(case: WorkOrder, report_id: int, command: ReportCommand) -> QuerySet[Entry]:
    return case.entries.filter(
        body__contains=f'"command":"{command}"', body__regex=rf'"report_id":{report_id}[,}}]'
    )
