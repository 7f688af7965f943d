"""The one lock: the case's row, first; several in the order of their ids."""

from datetime import date, datetime

from django.db import connection
from django.db.models import QuerySet
from django.utils.timezone import localdate

from chengshao.kernel.actor import Actor
from chengshao.workorders.models import Attachment, Merge, Report, WorkOrder
from chengshao.workorders.queries.joinable import Spot, joinable, joinable_near
from chengshao.workorders.queries.scope import (
    ReportNotFound,
    WorkOrderNotFound,
    case_of,
    reports_visible_to,
    visible_to,
)
from chengshao.workorders.terms import Channel


def lock_case(*, number: str, actor: Actor) -> WorkOrder:
    """
    Return the case, locked until the transaction ends: the one lock for all that is in it.

    :raises WorkOrderNotFound: if it is not there for this actor
    """
    return _lock(visible_to(actor).filter(number=number))


def lock_joinable(number: str, spot: Spot, *, at: datetime) -> WorkOrder:
    """
    Return a case that is offered to a citizen who reports this there, locked.

    :raises WorkOrderNotFound: if it is not among what is offered
    """
    if number not in {case.number for case in joinable_near(spot, at=at)}:
        raise WorkOrderNotFound
    return _lock(joinable(at).filter(number=number))


def lock_case_of_task(*, task_id: int, actor: Actor) -> WorkOrder:
    """:raises WorkOrderNotFound: if it is not there for this actor"""
    return _lock(visible_to(actor).filter(tasks=task_id))


def lock_case_of_report(*, report_id: int, actor: Actor) -> WorkOrder:
    """
    Return the case that the report is on, also when it is being merged this very moment.

    :raises ReportNotFound: if it is not there for this actor
    """
    return _lock_case_holding(reports_visible_to(actor).filter(pk=report_id))


def lock_case_of_own_find(*, report_id: int, actor: Actor) -> WorkOrder:
    """
    Return the case of what this person found on the way, wherever it lies: who reports from the
    other side of a boundary doesn't see the case.

    :raises ReportNotFound: if somebody else found it
    """
    own = Report.objects.filter(caller=actor.user_id, caller__isnull=False, channel=Channel.PATROL)
    return _lock_case_holding(own.filter(pk=report_id))


def _lock_case_holding(report: QuerySet[Report]) -> WorkOrder:
    while True:
        found = report.values_list("work_order_id", "pk").first()
        if found is None:
            raise ReportNotFound
        case = _lock(WorkOrder.objects.filter(pk=found[0]))
        if case.reports.filter(pk=found[1]).exists():
            return case


def lock_cases(number: str, other: str, *, actor: Actor) -> tuple[WorkOrder, WorkOrder]:
    """
    Return both cases, locked in the order of their ids.

    :raises WorkOrderNotFound: if one of them is not there for this actor
    """
    cases = visible_to(actor).filter(number__in=[number, other])
    found = {case.number: case for case in cases.select_for_update(of=("self",)).order_by("pk")}
    if len(found) < 2:
        raise WorkOrderNotFound
    return found[number], found[other]


def lock_cases_of_report(*, number: str, report_id: int, actor: Actor) -> list[WorkOrder]:
    """
    Return every case that a report of this one was ever on, locked in the order of their ids.

    :raises WorkOrderNotFound: if the case is not there for this actor
    :raises ReportNotFound: if the report is not on it
    """
    case = case_of(number=number, actor=actor)
    report = reports_visible_to(actor).filter(pk=report_id)
    merges = Merge.objects.filter(report_ids__contains=[report_id])
    files = Attachment.objects.filter(report=report_id)
    was_on = {pk for pair in merges.values_list("source_id", "target_id") for pk in pair}
    was_on |= {case.pk, *files.values_list("work_order_id", flat=True)}
    cases = WorkOrder.objects.filter(pk__in=was_on).select_for_update(of=("self",))
    locked = list(cases.order_by("pk"))
    if not report.filter(work_order=case).exists():  # asked now: it can't be merged away any more
        raise ReportNotFound
    return locked


def merged_into(*, number: str, actor: Actor) -> str:
    """
    Return the number of the case into which this one was merged; "" if into none.

    :raises WorkOrderNotFound: if it is not there for this actor
    """
    found = visible_to(actor).filter(number=number).values_list("merged_into__number").first()
    if found is None:
        raise WorkOrderNotFound
    return found[0] or ""


def lock_free_case(case_id: int) -> WorkOrder | None:
    """Return the case, locked; None where somebody else moves it just now (for the sweep)."""
    cases = WorkOrder.objects.filter(pk=case_id)
    return cases.select_for_update(of=("self",), skip_locked=True).first()


def lock_case_by_id(case_id: int) -> WorkOrder:
    """:raises WorkOrderNotFound: if there is none"""
    return _lock(WorkOrder.objects.filter(pk=case_id))


def report_with_key(client_key: str, caller_id: int | None) -> Report | None:
    """Return what this key of this caller already brought; the same key again waits here."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{caller_id}:{client_key}"]
        )
        # by hand, as this is asked of every new report and almost always in vain
        cursor.execute(
            "SELECT id FROM workorders_report WHERE client_key = %s"
            " AND caller_id IS NOT DISTINCT FROM %s",
            [client_key, caller_id],
        )
        found = cursor.fetchone()
    return Report.objects.select_related("work_order").get(pk=found[0]) if found else None


def next_case(at: datetime) -> tuple[int, str]:
    """
    Return an id and a number that no case had: the local day and a serial in it.

    The serial counts ids from the day's first on, so that nobody waits for the next number until
    another's case is stored. Gaps are no loss.
    """
    day = localdate(at)
    with connection.cursor() as cursor:
        cursor.execute(_NEXT_CASE, [day])
        found = cursor.fetchone()
        if found is None:  # the day's first: ids drawn from now on lie above the last one
            cursor.execute(_BEGIN_DAY, [day])
            cursor.execute(_NEXT_CASE, [day])
            found = cursor.fetchone()
    case_id, above = found
    return case_id, _number(day, case_id - above)


def next_cases(number: int, at: datetime) -> list[tuple[int, str]]:
    """Return so many ids and numbers that no case had, as `next_case` does."""
    if not number:
        return []
    first_id, first = next_case(at)
    above = first_id - int(first.rpartition("-")[2])
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT nextval({_IDS}) FROM generate_series(2, %s)", [number])
        ids = [first_id, *(row[0] for row in cursor.fetchall())]
    return [(case_id, _number(localdate(at), case_id - above)) for case_id in ids]


def _number(day: date, serial: int) -> str:
    return f"{day:%Y%m%d}-{serial:04d}"


def wait_for_import(source: str) -> None:
    """Let one import of a source after the other pass, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 1))", [source])


_IDS = "pg_get_serial_sequence('workorders_workorder', 'id')::regclass"
_NEXT_CASE = f"SELECT nextval({_IDS}), above FROM workorders_daycount WHERE day = %s"
_BEGIN_DAY = (
    "INSERT INTO workorders_daycount (day, above)"
    f" VALUES (%s, coalesce(pg_sequence_last_value({_IDS}), 0)) ON CONFLICT DO NOTHING"
)


def _lock(cases: QuerySet[WorkOrder]) -> WorkOrder:
    case = cases.select_for_update(of=("self",)).first()
    if case is None:
        raise WorkOrderNotFound
    return case
