"""The files that come with a report."""

from datetime import datetime

from django.db import transaction

from chengshao.kernel.actor import Actor, ActorKind
from chengshao.kernel.errors import Refused
from chengshao.workorders import queries
from chengshao.workorders.actions._store import (
    attach,
)
from chengshao.workorders.models import Attachment, Report
from chengshao.workorders.rules import lifecycle
from chengshao.workorders.rules.refusals import WrongState
from chengshao.workorders.terms import (
    CaseCommand,
    Power,
)

MOST_FILES = 9  # of a report: a link is no disk


class FilesEnough(Refused):
    code = "report_files_enough"


class ReportErased(Refused):
    """What it said was erased for good: nothing may be hung on it that nobody would erase again."""

    code = "report_erased"


@transaction.atomic
def attach_to_report(*, report_id: int, blob_id: int, actor: Actor, at: datetime) -> Attachment:
    """
    Put a file that came with a report on it, always of the person's own accord.

    :raises ReportNotFound: if it is not there for this actor
    :raises PowerMissing: if it is not the actor's own report nor one the actor may speak for
    :raises ReportErased: if what it said was erased
    :raises FilesEnough: if it has as many as a report may have
    :raises WrongState: if its case is filed away
    """
    case = queries.lock_case_of_report(report_id=report_id, actor=actor)
    report = case.reports.get(pk=report_id)
    lifecycle.check_speaks_for(report.facts(), Power.REPORT, case=case.facts(), actor=actor)
    check_takes_files(report, 1)
    if case.archived_at is not None:
        raise WrongState(command=CaseCommand.ATTACH, state=case.step)
    return attach(case, blob_id, report=report, actor=actor, at=at)


def check_may_send_file(*, report_id: int, actor: Actor) -> None:
    """
    Pass if one more file may come with the report: ask before anything is kept of it.

    :raises ReportNotFound: if it is not there for this actor
    :raises PowerMissing: if the actor may not speak for its citizen
    :raises ReportErased: if what it said was erased
    :raises FilesEnough: if it has as many as a report may have
    """
    report = queries.report_of(report_id=report_id, actor=actor)
    if actor.kind is not ActorKind.CITIZEN:  # who sees no other report than the own
        case = report.work_order.facts()
        lifecycle.check_speaks_for(report.facts(), Power.REPORT, case=case, actor=actor)
    check_takes_files(report, 1)


def check_takes_files(report: Report, number: int) -> None:
    """
    Pass if so many more files may hang on the report.

    :raises ReportErased: if what it said was erased
    :raises FilesEnough: if they would be too many
    """
    if report.erased_at is not None:
        raise ReportErased
    if number:
        check_number_of_files(report.attachments.count() + number)


def check_number_of_files(number: int) -> None:
    """
    Pass if a report may have so many files.

    :raises FilesEnough: if they would be too many
    """
    if number > MOST_FILES:
        raise FilesEnough(most=MOST_FILES)
