"""
Cases nearby that may be the same (B1, F17): open ones for the registrar, before a second order
goes, and those on the ledger, to which repeats attach.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet

from chengshao.kernel.actor import Actor
from chengshao.workorders.models import Audience, LedgerEntry, Report, WorkOrder
from chengshao.workorders.queries.scope import WorkOrderNotFound, case_of, seen_by, sight_of
from chengshao.workorders.rules.likeness import percent_shared
from chengshao.workorders.rules.openings import opening_of
from chengshao.workorders.terms import Outcome, Sight

_BACK = timedelta(days=30)
_LOOKED_AT = 300  # open cases of the place, the newest first
_ALIKE = 35  # percent of the shorter one's pairs of characters that both have
_ALIKE_IN_MATTER = 12
_SAME_PLACE = 30  # percent, where only words tell the place


@dataclass(frozen=True, slots=True)
class SimilarCase:
    """A case that another one may have to be merged into, and what speaks for it."""

    number: str
    words: str
    place: str
    step: str
    reports: int
    opened_at: datetime
    same_matter: bool
    percent: int  # of the pairs of characters that both have
    on_ledger: bool
    near: int  # percent of the place's pairs that both have
    same_community: bool


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody says, to compare cases with."""

    words: tuple[str, ...]
    places: tuple[str, ...]
    territory: str = ""
    matters: frozenset[str] = frozenset()  # codes that it may be about


def similar_cases(
    *, case: WorkOrder, reports: Iterable[Report], actor: Actor, at: datetime, limit: int = 4
) -> list[SimilarCase]:
    """
    Return open cases of the same sub-district and the last 30 days with the same matter or words,
    and those on the ledger, however old.

    Without a place the whole district is looked at, by words alone. What is confidential is only
    like what is confidential. Two statements, of at most 300 cases.
    """
    own = list(reports)
    told = Told(
        words=tuple(r.words for r in own),
        places=(case.place, *(r.place for r in own)),
        territory=case.territory,
        matters=frozenset({case.matter.partition("-")[0]} - {""}),
    )
    open_lately = Q(opened_at__gte=at - _BACK, work_order__outcome="")
    rows = _seen(told, actor).filter(
        open_lately | _ON_LEDGER,
        work_order__confidential=case.confidential,
        work_order__named_only=case.named_only,
    )
    return _alike(rows.exclude(work_order=case.pk), told)[:limit]


def alike_on_the_call(
    told: Told, *, actor: Actor, at: datetime, limit: int = 3
) -> list[SimilarCase]:
    """
    Return cases that what somebody says fits, in place and in matter or words: open ones of the
    last 30 days right there, and those on the ledger.

    Never a confidential one: who takes the call reads it aloud. Two statements, none for no words.
    """
    if not any(words.strip() for words in told.words):
        return []
    open_to_all = {"work_order__confidential": False, "work_order__named_only": False}
    lately = Q(opened_at__gte=at - _BACK, work_order__outcome="")
    found = _alike(_seen(told, actor).filter(lately | _ON_LEDGER, **open_to_all), told)
    return [each for each in found if _is_there(each, told)][:limit]


def _is_there(each: SimilarCase, told: Told) -> bool:
    """Tell whether it may be the same place; what is open must be right there."""
    if each.near >= _SAME_PLACE:
        return True
    if each.on_ledger:
        return bool(told.territory) or not any(place.strip() for place in told.places)
    return each.same_community


_ON_LEDGER = Q(work_order__outcome=Outcome.CLOSED) & Exists(
    LedgerEntry.objects.filter(work_order=OuterRef("work_order"), struck_off_at=None)
)


def _seen(told: Told, actor: Actor) -> QuerySet[Audience]:
    """Return what the actor sees whole at the place that was told."""
    rows = seen_by(actor).filter(sight=Sight.FULL)
    if told.territory:
        rows = rows.filter(territory__startswith=told.territory[:9])
    return rows


def _alike(rows: QuerySet[Audience], told: Told) -> list[SimilarCase]:
    """Return those of these cases that are like what was told, the likeliest first."""
    newest = rows.order_by(F("opened_at").desc())
    ids = list(newest.values_list("work_order", flat=True)[:_LOOKED_AT])
    reports = Prefetch("reports", Report.objects.defer("bigrams").order_by("pk"), to_attr="told")
    found = [
        _compared(other, told)
        for other in WorkOrder.objects.filter(pk__in=ids).prefetch_related(reports)
    ]
    alike = sorted((pair for pair in found if pair), key=lambda pair: (-pair[0], pair[1].opened_at))
    return [one for _likeness, one in alike]


def similar_to(*, number: str, actor: Actor, at: datetime) -> list[SimilarCase]:
    """
    Return open cases that may be the same as this one: see `similar_cases`.

    :raises WorkOrderNotFound: if the case, whole, is not there for this actor
    """
    case = case_of(number=number, actor=actor)
    if sight_of(case, actor) is not Sight.FULL:
        raise WorkOrderNotFound
    return similar_cases(case=case, reports=case.reports.order_by("pk"), actor=actor, at=at)


def _compared(other: WorkOrder, own: Told) -> tuple[int, SimilarCase] | None:
    told: list[Report] = other.told  # type: ignore[attr-defined]
    shared = percent_shared(own.words, (r.words for r in told))
    same = other.matter.partition("-")[0] in own.matters
    if shared < (_ALIKE_IN_MATTER if same else _ALIKE):
        return None
    near = percent_shared(own.places, (other.place, *(r.place for r in told)))
    found = SimilarCase(
        number=other.number,
        words=opening_of(next((report.words for report in told if report.words), "")),
        place=other.place,
        step=other.step,
        reports=len(told),
        opened_at=other.opened_at,
        same_matter=same,
        percent=shared,
        on_ledger=bool(other.outcome),
        near=near,
        same_community=other.territory == own.territory and not own.territory.endswith("000"),
    )
    return shared + 40 * same + near // 2, found
