"""What citizens say of the result, or that they let the time pass."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from chengshao.kernel.actor import Actor
from chengshao.kernel.canonical import Json
from chengshao.workorders import queries
from chengshao.workorders.actions._store import (
    apply,
    record,
)
from chengshao.workorders.models import Rating, Report
from chengshao.workorders.rules import lifecycle
from chengshao.workorders.rules.refusals import WrongState
from chengshao.workorders.terms import (
    NoteName,
    ReportCommand,
    Resolution,
    Satisfaction,
)


@transaction.atomic
def rate_report(
    *,
    report_id: int,
    resolution: Resolution,
    satisfaction: Satisfaction,
    contacted: bool | None = None,
    comment: str = "",
    actor: Actor,
    at: datetime,
) -> Report:
    """
    Store what the citizen says of the result (the three rates of domain.md §2 count these).

    :raises ReportNotFound: if it is not there for this actor
    :raises DomainError: see rules.lifecycle.decide_rating
    """
    line: dict[str, Json] = {
        "command": ReportCommand.RATE,
        "report_id": report_id,
        "resolution": resolution,
        "satisfaction": satisfaction,
        "contacted": None if contacted is None else str(contacted),
    }
    said = {"resolution": resolution, "satisfaction": satisfaction, "contacted": contacted}
    return _end_rating(report_id, said, line, comment, actor, at)


@transaction.atomic
def lapse_rating(*, report_id: int, actor: Actor, at: datetime) -> Report:
    """
    Note that the time to rate is over; nothing is assumed about what the citizen thinks.

    :raises ReportNotFound: if it is not there for this actor
    :raises DomainError: see rules.lifecycle.decide_rating
    """
    line: dict[str, Json] = {"command": ReportCommand.LAPSE, "report_id": report_id}
    return _end_rating(report_id, {}, line, "", actor, at)


def _end_rating(
    report_id: int,
    said: Mapping[str, object],
    line: Mapping[str, Json],
    comment: str,
    actor: Actor,
    at: datetime,
) -> Report:
    case = queries.lock_case_of_report(report_id=report_id, actor=actor)
    report = case.reports.get(pk=report_id)
    decision = lifecycle.decide_rating(case=case.facts(), report=report.facts(), actor=actor)
    if not Rating.objects.filter(report=report, ended_at=None).update(ended_at=at, **said):
        raise WrongState(command=ReportCommand.RATE, state=case.step)  # it joined after the end
    apply(case, decision, actor=actor, at=at)
    record(case, line, notes={NoteName.COMMENT: comment}, actor=actor, at=at)
    return queries.report_of(report_id=report_id, actor=actor)
