"""What stands before who leads the district: few rows of each kind, as parts of one statement."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Exists, F, Func, OuterRef, Q, QuerySet, Subquery
from django.utils.timezone import get_default_timezone

from chengshao.catalog.terms import Urgency
from chengshao.kernel.actor import Actor
from chengshao.web.gather import told
from chengshao.workorders.models import MATTER_ITSELF, SUBDISTRICT, Note, Task, WorkOrder
from chengshao.workorders.queries.counting import Counted, counts_at, counts_of, summed
from chengshao.workorders.queries.lists import in_reach, open_in_sight
from chengshao.workorders.queries.scope import in_full, seen_by, visible_to
from chengshao.workorders.queries.search import CaseFilter, day_ends
from chengshao.workorders.rules.facts import OPEN_STATES
from chengshao.workorders.rules.wording import without_own
from chengshao.workorders.terms import (
    NoteName,
    Power,
    TaskCommand,
    TaskKind,
    TaskState,
)

WEEK = timedelta(days=7)
WEEKS_BEFORE = 4
_TIMES_RETURNED = 2
_OPINIONS = 2  # of units that were consulted: then it is for the leader to designate
_SIDES = (
    TaskCommand.ASK_RETURN,
    TaskCommand.OPINE,
    TaskCommand.ASK_EXTENSION,
    TaskCommand.ASK_SUSPENSION,
)


@dataclass(frozen=True, slots=True)
class ToDecide:
    """A case with the task on which it waits for a decision; task 0 where it waits for none."""

    case_id: int
    task_id: int = 0
    revision: int = 0
    history_seq: int = 0
    kind: str = ""
    unit_id: int | None = None  # whose request or return it is
    what: str = ""  # OuterWhat: of a request


@dataclass(frozen=True, slots=True)
class Week:
    """Demands about one matter in one sub-district: of this week and the weeks before it."""

    matter: str
    subdistrict: str  # nine digits
    now: int
    before: tuple[int, ...]  # the nearest first


@dataclass(frozen=True, slots=True)
class Pressing:
    """All of it; of each kind a few more than can be shown, the soonest first."""

    emergencies: list[ToDecide]
    stuck: list[ToDecide]
    requests: list[ToDecide]
    outer: list[ToDecide]
    weeks: list[Week]
    figures: list[Counted]


@dataclass(frozen=True, slots=True)
class Side:
    """What a unit wrote when it returned a case, was consulted or asked for time."""

    case_id: int
    unit_id: int
    words: str  # without telephone and identity numbers


def pressing(
    *,
    actor: Actor,
    now: datetime,
    today: date,
    unit_id: int,
    figures: Sequence[tuple[CaseFilter, CaseFilter]],
    least: int,
    limit: int,
) -> Pressing:
    """
    Return what waits for a decision, and figures with those of a week ago. One statement.

    :param unit_id: whose list of cases the figures and the weeks are of
    :param figures: each the list that is counted, and the one it is compared with
    :param least: demands in this week, that a matter is named at all
    """
    then = now - WEEK
    counts = [
        (counts_of(asked, actor, now), counts_at(before, actor, then)) for asked, before in figures
    ]
    lists = (
        _emergencies(actor)[:limit],
        _stuck(actor)[:limit],
        _asked_for(actor)[:limit],
        _outer(actor, now)[:limit],
    )
    parts = [part for pair in counts for side in pair for part in side]
    weeks = _weeks(actor, unit_id, today, least)
    *rows, grown = told(*lists, *parts, weeks)
    found, rest = rows[: len(lists)], iter(rows[len(lists) :])
    emergencies, stuck, requests, outer = ([_to_decide(row) for row in each] for each in found)
    return Pressing(
        emergencies=emergencies,
        stuck=stuck,
        requests=requests,
        outer=outer,
        weeks=[Week(matter, place, n, tuple(before)) for matter, place, n, *before in grown],
        figures=[
            Counted(summed([next(rest) for _ in a]), summed([next(rest) for _ in b]))
            for a, b in counts
        ],
    )


def sides_of(case_ids: Iterable[int], actor: Actor) -> list[Side]:
    """
    Return what units wrote on these cases, the newest first, one of each unit; nothing of cases
    that the actor does not see in full. One statement.
    """
    ids = sorted(set(case_ids))
    notes = (
        Note.objects.filter(entry__work_order__in=ids, name=NoteName.REASON)
        .filter(in_full(actor, "entry__work_order"))
        .order_by("-entry__work_order", "-entry__seq")
    )
    owed = Task.objects.filter(work_order__in=ids)
    lines, owners = told(
        notes.values_list("entry__work_order", "entry__body", "text"),
        owed.values_list("pk", "unit"),
    )
    unit_of: dict[Any, int] = dict(owners)
    found: dict[tuple[int, int], Side] = {}
    for case_id, text, words in lines:
        body = json.loads(text)
        unit_id = unit_of.get(body.get("task_id"))
        if body["command"] in _SIDES and unit_id is not None:
            found.setdefault((case_id, unit_id), Side(case_id, unit_id, without_own(words, ())))
    return list(found.values())


_TASK = ("work_order", "pk", "revision", "work_order__history_seq", "kind", "parent__unit")


def _to_decide(row: Sequence[Any]) -> ToDecide:
    if len(row) == 1:
        return ToDecide(*row)
    case_id, task_id, revision, seq, kind, unit_id, asked = row
    what = (asked or {}).get("what") or ""
    return ToDecide(case_id, task_id, revision, seq, kind, unit_id, what)


def _emergencies(actor: Actor) -> QuerySet[WorkOrder, Any]:
    open_cases = visible_to(actor).filter(outcome="", urgency=Urgency.EMERGENCY)
    return open_cases.order_by("-opened_at", "-pk").values_list("pk")


def _outer(actor: Actor, now: datetime) -> QuerySet[WorkOrder, Any]:
    due = visible_to(actor).filter(outcome="", outer_due_at__lt=day_ends(now))
    return due.order_by("outer_due_at", "pk").values_list("pk")


def _asked_for(actor: Actor) -> QuerySet[Task, Any]:
    asked = _mine(actor, Power.DESIGNATE, TaskKind.CENTRE_APPROVAL)
    return asked.order_by("pk").values_list(*_TASK, "asked")


def _stuck(actor: Actor) -> QuerySet[Task, Any]:
    """Return what was returned twice, and what stands undispatched after units were consulted."""
    returned = _number_of(TaskKind.ADJUDICATE, ~Q(state=TaskState.CANCELLED))
    opinions = _number_of(TaskKind.CONSULT, Q(state=TaskState.DONE))
    consulting = Task.objects.filter(
        work_order=OuterRef("work_order"), kind=TaskKind.CONSULT, state__in=sorted(OPEN_STATES)
    )
    twice = Q(kind=TaskKind.ADJUDICATE, returned__gte=_TIMES_RETURNED)
    undecided = Q(~Exists(consulting), kind=TaskKind.DISPATCH, opinions__gte=_OPINIONS)
    tasks = _mine(actor, Power.DISPATCH, TaskKind.ADJUDICATE, TaskKind.DISPATCH)
    tasks = tasks.annotate(returned=returned, opinions=opinions).filter(twice | undecided)
    return tasks.order_by("pk").values_list(*_TASK, "asked")


def _number_of(kind: TaskKind, of_state: Q) -> Subquery:
    rows = Task.objects.filter(of_state, work_order=OuterRef("work_order"), kind=kind)
    return Subquery(rows.order_by().annotate(n=Func("pk", function="count")).values("n"))


def _mine(actor: Actor, power: str, *kinds: TaskKind) -> QuerySet[Task]:
    return open_in_sight(actor).filter(in_reach(actor, power), kind__in=kinds)


def _weeks(actor: Actor, unit_id: int, today: date, least: int) -> QuerySet[WorkOrder, Any]:
    """Return what grew enough to be looked at: demands by week, this one first."""
    begins = datetime.combine(today + timedelta(days=1), time.min, tzinfo=get_default_timezone())
    edges = [begins - n * WEEK for n in range(WEEKS_BEFORE + 2)]
    in_list = seen_by(actor).filter(
        unit=unit_id, work_order=OuterRef("pk"), opened_at__gte=edges[-1]
    )
    counts = {
        f"week{n}": Count("reports", filter=_told_between(edges[n + 1], edges[n]))
        for n in range(WEEKS_BEFORE + 1)
    }
    cases = WorkOrder.objects.filter(Exists(in_list)).exclude(matter="")
    rows = cases.annotate(itself=MATTER_ITSELF, subdistrict=SUBDISTRICT).order_by()
    rows = rows.exclude(territory="")
    grouped: QuerySet[Any, Any] = rows.values("itself", "subdistrict").annotate(**counts)
    named = (F("itself"), F("subdistrict"), *(F(week) for week in counts))
    return grouped.filter(Q(("week0__gte", least))).values_list(*named)


def _told_between(begins: datetime, ends: datetime) -> Q:
    counts = Q(reports__nuisance=False, reports__withdrawn_at=None)
    return counts & Q(reports__reported_at__gte=begins, reports__reported_at__lt=ends)
