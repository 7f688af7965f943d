"""What citizens say of the result, or that they let the time pass."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from chengshao.kernel.actor import Actor
from chengshao.kernel.canonical import Json
from chengshao.kernel.errors import Refused
from chengshao.workorders import queries
from chengshao.workorders.actions._store import (
    alert,
    apply,
    ask_for_ratings,
    record,
)
from chengshao.workorders.models import Rating, Report
from chengshao.workorders.rules import lifecycle
from chengshao.workorders.rules.facts import Given
from chengshao.workorders.rules.refusals import WrongState
from chengshao.workorders.terms import (
    AlertKind,
    NoteName,
    ReportCommand,
    Resolution,
    Satisfaction,
)

_MOST_VOIDED = 5  # of one report


class VoidedOften(Refused):
    """Nobody is urged that often; the desk is called instead."""

    code = "rating_voided_often"


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


@transaction.atomic
def void_rating(*, report_id: int, words: str = "", actor: Actor, at: datetime) -> Report:
    """
    Void what the citizen said of the result, because somebody asked for another rating: it counts
    nowhere, the desk hears of it, and the citizen is asked anew.

    :param words: who asked, in the citizen's words; only by the own link none are needed. Whoever
        works on the case for a unit does not read them
    :raises ReportNotFound: if it is not there for this actor
    :raises VoidedOften: if it was voided five times
    :raises DomainError: see rules.lifecycle.decide_voiding
    """
    case = queries.lock_case_of_report(report_id=report_id, actor=actor)
    report = case.reports.prefetch_related("ratings").get(pk=report_id)
    rating = queries.rating_given(case, report)
    decision = lifecycle.decide_voiding(
        case=case.facts(),
        report=report.facts(),
        said=rating is not None,
        actor=actor,
        given=Given(reason=words),
    )
    if sum(each.voided_at is not None for each in report.ratings.all()) >= _MOST_VOIDED:
        raise VoidedOften
    if rating is not None:
        rating.voided_at = at
        rating.save(update_fields=["voided_at"])
    ask_for_ratings(case, case.reports.filter(pk=report_id), at)
    apply(case, decision, actor=actor, at=at)
    alert(case, {case.desk_unit_id}, AlertKind.RATING_URGED, at=at)
    line: dict[str, Json] = {"command": ReportCommand.VOID_RATING, "report_id": report_id}
    record(case, line, notes={NoteName.URGED: words}, actor=actor, at=at)
    return queries.report_of(report_id=report_id, actor=actor)


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
