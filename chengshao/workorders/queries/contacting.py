"""Whom of a case's citizens there is to reach, and what was tried since it last began."""

from django.db.models import F, Q, QuerySet, Subquery

from chengshao.workorders.models import ContactAttempt, Report, WorkOrder
from chengshao.workorders.rules.contacting import Attempt
from chengshao.workorders.terms import CaseCommand, ContactResult


def reachable_reports(case: WorkOrder) -> QuerySet[Report]:
    """Return the reports whose citizens wait and can be called: `Report.is_reachable`."""
    return case.reports.filter(
        withdrawn_at=None,
        nuisance=False,
        erased_at=None,
        confidential=False,
        contact__isnull=False,
        contact__erased_at=None,
    )


def attempts_since_reopening(case: WorkOrder) -> list[Attempt]:
    """Return who was tried on the case; what was said before it was reopened counts no more."""
    reopened = case.entries.filter(body__contains=f'"command":"{CaseCommand.REOPEN}"')
    rows = ContactAttempt.objects.filter(report__work_order=case).annotate(
        reopened_at=Subquery(reopened.order_by("-seq").values("at")[:1])
    )
    since = rows.filter(Q(reopened_at=None) | Q(at__gte=F("reopened_at")))
    return [Attempt(row.report_id, row.at, ContactResult(row.result)) for row in since]
