"""What comes due by itself, for the jobs: ids only, bounded, read without locks."""

from datetime import date, datetime, time, timedelta

from django.db.models import Exists, Min, OuterRef, QuerySet

from chengshao.kernel.clock import ZONE
from chengshao.workorders.models import Deadline, LedgerEntry, Promise, Rating, Task, WorkOrder
from chengshao.workorders.rules.facts import OPEN_STATES
from chengshao.workorders.terms import ClosingKind, DeadlineAuthority, Outcome, TaskKind

_ARCHIVED = [Outcome.CLOSED, Outcome.DECLINED, Outcome.WITHDRAWN, Outcome.RETURNED]


def ratings_to_lapse(now: datetime, *, limit: int) -> list[int]:
    """Return reports whose time to be rated is over, for the job that says so."""
    waiting = Rating.objects.filter(ended_at=None, lapses_at__lte=now, report__withdrawn_at=None)
    return list(waiting.order_by("lapses_at").values_list("report", flat=True)[:limit])


def cases_with_deadlines_to_look_at(now: datetime, *, limit: int) -> list[int]:
    """Return cases of which some deadline is to be looked at, the longest waiting first."""
    rows = Deadline.objects.filter(next_at__lte=now).order_by("next_at")
    return list(dict.fromkeys(rows.values_list("task__work_order", flat=True)[:limit]))


def cases_to_resume(now: datetime, *, limit: int) -> list[int]:
    rows = WorkOrder.objects.filter(resumes_at__lte=now, outcome="").order_by("resumes_at")
    return list(rows.values_list("pk", flat=True)[:limit])


def cases_with_promises_due(today: date, *, limit: int) -> list[int]:
    """Return cases with a promise whose day has come, the oldest first."""
    rows = Promise.objects.filter(
        came_back_at=None, settled_at=None, promised_on__lte=today
    ).filter(work_order__outcome__in=["", Outcome.CLOSED])
    return list(rows.order_by("promised_on").values_list("work_order", flat=True)[:limit])


def ledger_cases_to_review(today: date, *, limit: int) -> list[int]:
    """Return cases on the ledger whose review is due and not being done."""
    under_review = Task.objects.filter(
        work_order=OuterRef("work_order"),
        kind=TaskKind.LEDGER_REVIEW,
        state__in=sorted(OPEN_STATES),
    )
    rows = LedgerEntry.objects.filter(~Exists(under_review), struck_off_at=None)
    ended = rows.filter(review_on__lte=today, work_order__outcome=Outcome.CLOSED)
    ended = ended.order_by("review_on")
    return list(ended.values_list("work_order", flat=True)[:limit])


def cases_closed_unseen(since: datetime, until: datetime) -> list[tuple[int, str, datetime]]:
    """
    Return (id, number, end) of cases solved in a period that nobody checked (F16), for the sample.
    """
    cases = WorkOrder.objects.filter(
        ended_at__gte=since,
        ended_at__lt=until,
        outcome=Outcome.CLOSED,
        closing_kind=ClosingKind.SOLVED,
        archived_at=None,
    ).exclude(tasks__kind__in=[TaskKind.CHECK, TaskKind.SAMPLE])
    rows = cases.order_by("pk").values_list("pk", "number", "ended_at")
    return [(pk, number, ended_at) for pk, number, ended_at in rows if ended_at is not None]


def cases_to_archive(before: datetime, *, limit: int) -> list[int]:
    """Return cases that ended before a moment and wait for nothing any more."""
    cases = WorkOrder.objects.filter(ended_at__lt=before, archived_at=None, outcome__in=_ARCHIVED)
    own = OuterRef("pk")
    rested = cases.filter(
        ~Exists(Task.objects.filter(work_order=own, state__in=sorted(OPEN_STATES))),
        ~Exists(Rating.objects.filter(report__work_order=own, ended_at=None)),
        ~Exists(LedgerEntry.objects.filter(work_order=own, struck_off_at=None)),
        ~Exists(Promise.objects.filter(work_order=own, settled_at=None)),
    )
    return list(rested.order_by("ended_at").values_list("pk", flat=True)[:limit])


def oldest_running_calendar() -> int | None:
    """Return the oldest version of the calendar by which a deadline runs, or None of none."""
    running = Deadline.objects.filter(ended_at=None, due_at__isnull=False)
    oldest: int | None = running.aggregate(oldest=Min("calendar_version"))["oldest"]
    return oldest


def deadlines_touched(version: int, first: date, last: date | None) -> QuerySet[Deadline]:
    """
    Return running deadlines of ours made before a version whose span touches days from first to
    last; the end that another platform has set goes by no calendar of ours.
    """
    rows = Deadline.objects.filter(
        ended_at=None, calendar_version__lt=version, authority=DeadlineAuthority.INNER
    )
    touched = rows.filter(due_at__gte=datetime.combine(first, time(), ZONE))
    if last is None:
        return touched
    return touched.filter(started_at__lt=datetime.combine(last + timedelta(days=1), time(), ZONE))


def cases_touched(
    version: int, first: date, last: date | None, *, after_id: int, limit: int
) -> list[int]:
    """Return the next cases by id that have such deadlines."""
    rows = deadlines_touched(version, first, last).filter(task__work_order__gt=after_id)
    ids = rows.order_by("task__work_order").values_list("task__work_order", flat=True)
    return list(ids.distinct()[:limit])
