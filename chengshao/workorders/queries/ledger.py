"""What is not over yet: cases on the ledger (疑难挂账) and what was promised by a date (F17)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from django.db.models import Count, Exists, Model, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from chengshao.kernel.actor import Actor
from chengshao.workorders.models import LedgerEntry, Promise, Report, Task
from chengshao.workorders.queries.scope import seen_by
from chengshao.workorders.rules.facts import OPEN_STATES
from chengshao.workorders.rules.openings import opening_of
from chengshao.workorders.terms import PromiseState, Sight, TaskKind

M = TypeVar("M", bound=Model)
_MOST_UNITS = 200  # to choose from
_STANDING = (PromiseState.DUE, PromiseState.WEEK, PromiseState.LATER)


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """A case on the ledger: whose it is, and when it is looked at again."""

    number: str
    words: str
    place: str
    territory: str
    matter: str
    level: str
    owner_id: int
    approved_by_id: int | None
    entered_at: datetime
    review_on: date
    struck_off_at: datetime | None
    repeats: int  # reports that came since it is on the ledger
    under_review: bool


@dataclass(frozen=True, slots=True)
class PromiseLine:
    """What was promised by a date, and what became of it."""

    number: str
    words: str
    place: str
    territory: str
    matter: str
    unit_id: int
    made_at: datetime
    promised_on: date
    came_back_at: datetime | None
    settled_at: datetime | None
    kept: bool | None  # settled: empty where nobody could look


def ledger_entries(
    *,
    actor: Actor,
    limit: int,
    offset: int = 0,
    unit_id: int | None = None,
    level: str = "",
    struck_off: bool = False,
) -> list[LedgerLine]:
    """
    Return the cases on the ledger that the actor sees whole, the next review first; those struck
    off by the latest. One statement.
    """
    rows = _in_full_sight(LedgerEntry.objects.filter(struck_off_at__isnull=not struck_off), actor)
    if unit_id is not None:
        rows = rows.filter(owner=unit_id)
    if level:
        rows = rows.filter(level=level)
    since = Report.objects.filter(
        work_order=OuterRef("work_order"),
        reported_at__gt=OuterRef("entered_at"),
        withdrawn_at=None,
    )
    reviews = Task.objects.filter(
        work_order=OuterRef("work_order"),
        kind=TaskKind.LEDGER_REVIEW,
        state__in=sorted(OPEN_STATES),
    )
    order = ("-struck_off_at", "-pk") if struck_off else ("review_on", "pk")
    found = rows.order_by(*order).annotate(
        words=_first_words(),
        repeats=Coalesce(
            Subquery(since.order_by().values("work_order").annotate(n=Count("pk")).values("n")), 0
        ),
        under_review=Exists(reviews),
    )
    return [
        LedgerLine(
            number=row.work_order.number,
            words=opening_of(row.words or ""),
            place=row.work_order.place,
            territory=row.work_order.territory,
            matter=row.work_order.matter,
            level=row.level,
            owner_id=row.owner_id,
            approved_by_id=row.approved_by_id,
            entered_at=row.entered_at,
            review_on=row.review_on,
            struck_off_at=row.struck_off_at,
            repeats=row.repeats,
            under_review=row.under_review,
        )
        for row in found.select_related("work_order")[offset : offset + limit]
    ]


def ledger_counts(*, actor: Actor, today: date) -> dict[int, tuple[int, int]]:
    """
    Return by owner how many cases on the ledger the actor sees, and of how many the review is
    due. One statement.
    """
    rows = _in_full_sight(LedgerEntry.objects.filter(struck_off_at=None), actor)
    due = Count("pk", filter=Q(review_on__lte=today))
    found = rows.order_by("owner").values_list("owner").annotate(Count("pk"), due=due)
    return {owner: (count, late) for owner, count, late in found[:_MOST_UNITS]}


def promises(
    *,
    actor: Actor,
    state: PromiseState,
    today: date,
    limit: int,
    offset: int = 0,
    unit_id: int | None = None,
) -> list[PromiseLine]:
    """
    Return what was promised on cases that the actor sees whole, by date; what is over by the
    latest. One statement.
    """
    rows = _in_full_sight(Promise.objects.filter(_where(state, today)), actor)
    if unit_id is not None:
        rows = rows.filter(unit=unit_id)
    over = state not in _STANDING
    order = ("-promised_on", "-pk") if over else ("promised_on", "pk")
    found = rows.order_by(*order).annotate(words=_first_words()).select_related("work_order")
    return [
        PromiseLine(
            number=row.work_order.number,
            words=opening_of(row.words or ""),
            place=row.work_order.place,
            territory=row.work_order.territory,
            matter=row.work_order.matter,
            unit_id=row.unit_id,
            made_at=row.made_at,
            promised_on=row.promised_on,
            came_back_at=row.came_back_at,
            settled_at=row.settled_at,
            kept=row.kept,
        )
        for row in found[offset : offset + limit]
    ]


def promise_counts(*, actor: Actor, today: date) -> dict[int, dict[PromiseState, int]]:
    """Return by unit how many promises in sight come due when; not what is over. One statement."""
    rows = _in_full_sight(Promise.objects.filter(settled_at=None), actor)
    counts = {state.lower(): Count("pk", filter=_where(state, today)) for state in _STANDING}
    found = rows.order_by("unit").values_list("unit").annotate(**counts)
    return {unit: dict(zip(_STANDING, n, strict=True)) for unit, *n in found[:_MOST_UNITS]}


def open_promise_counts(unit_ids: Iterable[int]) -> dict[int, int]:
    """Return how many promises of each of these units stand; units without are left out."""
    rows = Promise.objects.filter(unit__in=set(unit_ids), settled_at=None).order_by()
    return dict(rows.values_list("unit").annotate(Count("pk")))


def open_ledger_counts(unit_ids: Iterable[int]) -> dict[int, int]:
    """Return how many cases each of these units has on the ledger; units without are left out."""
    rows = LedgerEntry.objects.filter(owner__in=set(unit_ids), struck_off_at=None).order_by()
    return dict(rows.values_list("owner").annotate(Count("pk")))


def _where(state: PromiseState, today: date) -> Q:
    sunday = today + timedelta(days=6 - today.weekday())
    match state:
        case PromiseState.KEPT:
            return Q(kept=True)
        case PromiseState.BROKEN:
            return Q(kept=False)
        case PromiseState.UNKNOWN:
            return Q(settled_at__isnull=False, kept=None, came_back_at__isnull=False)
        case PromiseState.VOID:
            return Q(settled_at__isnull=False, kept=None, came_back_at=None)
        case PromiseState.DUE:
            return Q(settled_at=None, promised_on__lte=today)
        case PromiseState.WEEK:
            return Q(settled_at=None, promised_on__gt=today, promised_on__lte=sunday)
        case PromiseState.LATER:
            return Q(settled_at=None, promised_on__gt=sunday)


def _in_full_sight(rows: QuerySet[M], actor: Actor) -> QuerySet[M]:
    """Keep what hangs on cases whose citizens' words this actor may read."""
    full = seen_by(actor).filter(work_order=OuterRef("work_order"), sight=Sight.FULL)
    return rows.filter(Exists(full))


def _first_words() -> Subquery:
    told = Report.objects.filter(work_order=OuterRef("work_order"), erased_at=None).order_by("pk")
    return Subquery(told.values("words")[:1])
