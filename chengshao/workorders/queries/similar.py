"""Open cases nearby that may be the same (B1): for the registrar, before a second order goes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Prefetch

from chengshao.kernel.actor import Actor
from chengshao.kernel.bigrams import bigrams
from chengshao.workorders.models import Report, WorkOrder
from chengshao.workorders.queries.scope import WorkOrderNotFound, case_of, seen_by, sight_of
from chengshao.workorders.terms import Sight

_BACK = timedelta(days=30)
_LOOKED_AT = 300  # open cases of the place, the newest first
_ALIKE = 35  # percent of the shorter one's pairs of characters that both have
_ALIKE_IN_MATTER = 12


@dataclass(frozen=True, slots=True)
class SimilarCase:
    """An open case that another one may have to be merged into, and what speaks for it."""

    number: str
    words: str
    place: str
    step: str
    reports: int
    opened_at: datetime
    same_matter: bool
    percent: int  # of the pairs of characters that both have


def similar_cases(
    *, case: WorkOrder, reports: Iterable[Report], actor: Actor, at: datetime, limit: int = 4
) -> list[SimilarCase]:
    """
    Return open cases of the same sub-district and the last 30 days with the same matter or words.

    Without a place the whole district is looked at, by words alone. What is confidential is only
    like what is confidential. Two statements, of at most 300 cases.
    """
    rows = seen_by(actor).filter(
        sight=Sight.FULL,
        opened_at__gte=at - _BACK,
        work_order__outcome="",
        work_order__confidential=case.confidential,
        work_order__named_only=case.named_only,
    )
    if case.territory:
        rows = rows.filter(territory__startswith=case.territory[:9])
    newest = rows.exclude(work_order=case.pk).order_by(F("opened_at").desc())
    ids = list(newest.values_list("work_order", flat=True)[:_LOOKED_AT])
    own = list(reports)
    told = Prefetch("reports", Report.objects.defer("bigrams").order_by("pk"), to_attr="told")
    found = [
        _compared(other, case, own)
        for other in WorkOrder.objects.filter(pk__in=ids).prefetch_related(told)
    ]
    near = sorted((pair for pair in found if pair), key=lambda pair: (-pair[0], pair[1].opened_at))
    return [one for _likeness, one in near[:limit]]


def similar_to(*, number: str, actor: Actor, at: datetime) -> list[SimilarCase]:
    """
    Return open cases that may be the same as this one: see `similar_cases`.

    :raises WorkOrderNotFound: if the case, whole, is not there for this actor
    """
    case = case_of(number=number, actor=actor)
    if sight_of(case, actor) is not Sight.FULL:
        raise WorkOrderNotFound
    return similar_cases(case=case, reports=case.reports.order_by("pk"), actor=actor, at=at)


def _compared(
    other: WorkOrder, case: WorkOrder, own: Sequence[Report]
) -> tuple[int, SimilarCase] | None:
    told: list[Report] = other.told  # type: ignore[attr-defined]
    shared = _shared((r.words for r in own), (r.words for r in told))
    same = bool(case.matter) and case.matter.partition("-")[0] == other.matter.partition("-")[0]
    if shared < (_ALIKE_IN_MATTER if same else _ALIKE):
        return None
    near = _shared((case.place, *(r.place for r in own)), (other.place, *(r.place for r in told)))
    found = SimilarCase(
        number=other.number,
        words=next((report.words for report in told if report.words), ""),
        place=other.place,
        step=other.step,
        reports=len(told),
        opened_at=other.opened_at,
        same_matter=same,
        percent=shared,
    )
    return shared + 40 * same + near // 2, found


def _shared(texts: Iterable[str], others: Iterable[str]) -> int:
    """Return how many percent of the pairs of the shorter stand in both."""
    one, two = ({pair for text in each for pair in bigrams(text)} for each in (texts, others))
    return 100 * len(one & two) // max(1, min(len(one), len(two)))
