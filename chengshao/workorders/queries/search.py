"""All cases that a unit sees, narrowed in many ways; deep pages cost what the first costs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q, QuerySet
from django.utils.timezone import get_default_timezone, localdate

from chengshao.kernel.actor import Actor
from chengshao.kernel.divisions import division_prefix
from chengshao.workorders.models import Audience, Deadline, OldCase, Task, WorkOrder
from chengshao.workorders.queries.lists import CaseLine, lines_of
from chengshao.workorders.queries.scope import seen_by
from chengshao.workorders.queries.words import cases_saying, newest_first
from chengshao.workorders.rules.book import HANDLING_KINDS
from chengshao.workorders.rules.facts import OPEN_STATES
from chengshao.workorders.terms import DeadlineAuthority, Standing, Step

_OPEN_STEPS = (Step.REPORTED, Step.REGISTERED, Step.DISPATCHED, Step.HANDLING, Step.ANSWERED)
_CLOSED_STEPS = (Step.CLOSED, Step.EVALUATED)


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """
    Which of a unit's cases; "" and None ask for nothing.

    Words of two characters or more must all stand in a report's words or place, or begin the
    case's number, or be the number that its source gave it.
    """

    unit_id: int
    words: str = ""
    step: str = ""
    standing: str = ""  # open, closed or overdue now
    matter: str = ""  # also a class or kind: all below it
    division: str = ""  # 12 digits: all that lies in it
    handled_by: int | None = None  # a unit that handles it, or whose answer closed it
    channel: str = ""
    urgency: str = ""
    begins: date | None = None  # local days on which it came to the unit, both included
    ends: date | None = None
    batch: int = 0  # the import that brought it


@dataclass(frozen=True, slots=True)
class CasesFound:
    """A page of what was found, the newest first."""

    lines: list[CaseLine]
    newer: bool  # there are more before the first
    older: bool  # there are more after the last


def cases_found(
    asked: CaseFilter, *, actor: Actor, now: datetime, limit: int, after: str = "", before: str = ""
) -> CasesFound:
    """
    Return the newest cases, or those after (older) or before (newer) the case of this number;
    nothing where the actor may not see. An unknown number is the beginning. Three statements.
    """
    rows = narrowed(asked, actor, now)
    start = _place(after or before, asked.unit_id, actor)
    backwards = bool(before and start)
    if start is not None:
        rows = rows.filter(_newer(*start) if backwards else _older(*start))
    ids = _ids(rows, asked.words, limit + 1, backwards)
    more = len(ids) > limit
    lines = lines_of(ids[:limit], actor)
    if backwards:
        return CasesFound(lines[::-1], newer=more, older=True)
    return CasesFound(lines, newer=start is not None, older=more)


def numbers_found(asked: CaseFilter, *, actor: Actor, now: datetime, limit: int) -> list[str]:
    """Return the numbers of the newest of these cases, for the map of them. Two statements."""
    ids = _ids(narrowed(asked, actor, now), asked.words, limit)
    return list(WorkOrder.objects.filter(pk__in=ids).values_list("number", flat=True))


def cases_of_unit(
    *,
    unit_id: int,
    actor: Actor,
    limit: int,
    step: str = "",
    words: str = "",
    batch: int = 0,
    offset: int = 0,
) -> list[CaseLine]:
    """Return what the unit sees, the newest first, from an offset on: see CaseFilter."""
    asked = CaseFilter(unit_id, words=words, step=step, batch=batch)
    ids = _ids(narrowed(asked, actor), words, offset + limit)
    return lines_of(ids[offset:], actor)


def _ids(rows: QuerySet[Audience], words: str, most: int, backwards: bool = False) -> list[int]:
    if words.strip():
        return cases_saying(words, rows, limit=most, backwards=backwards)
    ordered = rows.order_by(*newest_first(backwards))
    return list(ordered.values_list("work_order_id", flat=True)[:most])


def narrowed(asked: CaseFilter, actor: Actor, now: datetime | None = None) -> QuerySet[Audience]:
    """Return the rows of the unit's list; without a moment nothing counts as overdue or due."""
    rows = seen_by(actor).filter(unit=asked.unit_id)
    for ask, narrow in _NARROWED:
        value = ask(asked)
        if value:
            rows = rows.filter(narrow(value))
    if asked.step in _OPEN_STEPS:  # so that their index is used
        rows = rows.filter(work_order__outcome="")
    if asked.standing == Standing.OVERDUE and now is not None:
        rows = rows.filter(_late_at(now), work_order__outcome="")
    if asked.standing == Standing.OUTER_DUE and now is not None:
        rows = rows.filter(work_order__outer_due_at__lt=day_ends(now))
    return rows


def day_ends(now: datetime) -> datetime:
    """Return the midnight that ends the local day of a moment."""
    return _begin_of(localdate(now) + timedelta(days=1))


def _of_import(batch: int) -> Func:
    # an array is read first: the planner would walk the newest, at whose end old cases stand
    cases = OldCase.objects.filter(batch=batch).values("work_order")
    return Func(
        F("work_order"),
        ArraySubquery(cases),
        template="%(expressions)s)",
        arg_joiner=" = ANY(",
        output_field=BooleanField(),
    )


def _standing(standing: str) -> Q:
    if standing == Standing.CLOSED:
        return Q(work_order__step__in=_CLOSED_STEPS)
    return Q(work_order__outcome="")


def _late_at(now: datetime) -> Exists:
    """Return whether something is overdue on the case that a row of a list names."""
    late = Deadline.objects.filter(
        task__work_order=OuterRef("work_order"),
        task__state__in=sorted(OPEN_STATES),
        authority=DeadlineAuthority.INNER,
        ended_at=None,
        due_at__lt=now,
    )
    return Exists(late)


def _handled_by(unit_id: int) -> Q:
    owed = Task.objects.filter(
        work_order=OuterRef("work_order"), unit=unit_id, kind__in=sorted(HANDLING_KINDS)
    )
    sees = Audience.objects.filter(work_order=OuterRef("work_order"), unit=unit_id)
    return Q(Exists(sees)) & (Q(work_order__closed_unit=unit_id) | Q(Exists(owed)))


def _begin_of(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=get_default_timezone())


_NARROWED: tuple[tuple[Callable[[CaseFilter], Any], Callable[[Any], Any]], ...] = (
    (lambda asked: asked.batch, _of_import),
    (lambda asked: asked.step, lambda step: Q(work_order__step=step)),
    (lambda asked: asked.standing, _standing),
    (lambda asked: asked.matter, lambda code: Q(work_order__matter__startswith=code)),
    (lambda asked: asked.division, lambda c: Q(territory__startswith=division_prefix(c))),
    (lambda asked: asked.handled_by, _handled_by),
    (lambda asked: asked.channel, lambda channel: Q(work_order__channel=channel)),
    (lambda asked: asked.urgency, lambda urgency: Q(work_order__urgency=urgency)),
    (lambda asked: asked.begins, lambda day: Q(opened_at__gte=_begin_of(day))),
    (lambda asked: asked.ends, lambda day: Q(opened_at__lt=_begin_of(day + timedelta(days=1)))),
)


def _place(number: str, unit_id: int, actor: Actor) -> tuple[datetime, int] | None:
    """Return where in the unit's order a case stands."""
    if not number:
        return None
    rows = seen_by(actor).filter(unit=unit_id, work_order__number=number)
    return rows.values_list("opened_at", "work_order_id").first()


def _older(at: datetime, case_id: int) -> Q:
    # both bounds, so that the index is entered where the page begins
    return Q(opened_at__lte=at) & (Q(opened_at__lt=at) | Q(work_order_id__gt=case_id))


def _newer(at: datetime, case_id: int) -> Q:
    return Q(opened_at__gte=at) & (Q(opened_at__gt=at) | Q(work_order_id__lt=case_id))
