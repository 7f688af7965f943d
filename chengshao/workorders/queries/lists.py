"""Lists of cases and of what waits, as pages show them: bounded, in sight, in a useful order."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import (
    Count,
    Exists,
    F,
    Func,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce

from chengshao.kernel.actor import Actor
from chengshao.kernel.divisions import division_prefix
from chengshao.web.gather import Asked, gathered, hang
from chengshao.workorders.models import (
    Alert,
    Deadline,
    Merge,
    Note,
    OldCase,
    Report,
    Task,
    WorkOrder,
)
from chengshao.workorders.queries.alerts import alerts_for
from chengshao.workorders.queries.scope import in_full, seen_by, visible_to
from chengshao.workorders.queries.words import cases_saying, tasks_saying
from chengshao.workorders.rules.facts import OPEN_STATES
from chengshao.workorders.rules.openings import opening_of
from chengshao.workorders.terms import (
    AlertKind,
    DeadlineAuthority,
    NoteName,
    Power,
    TaskKind,
    TaskState,
)

_ANEW = (TaskKind.DISPATCH, TaskKind.LEAD, TaskKind.DOUBLE, TaskKind.CO_HANDLE)
COUNT_LIMIT = 1000  # totals stop here and say "1,000+"


@dataclass(frozen=True, slots=True)
class DraftView:
    """An answer that waits to be signed, and the state of the case that shows it."""

    revision: int
    history_seq: int
    closing: Mapping[str, Any]  # as kept
    reply: str


@dataclass(frozen=True, slots=True)
class CaseLine:
    """
    A case as a list shows it: how the first report begins, and the nearest deadline.

    Where somebody asks what is owed, the nearest is that of the own tasks. A third party gets no
    citizen's words, and of what waits only the own.
    """

    case_id: int
    number: str
    words: str
    erased: bool  # all that citizens said is gone
    place: str
    territory: str
    matter: str
    channel: str
    urgency: str
    step: str
    reports: int
    opened_at: datetime
    due_at: datetime | None
    due_amount: int
    due_unit: str
    waits_for: str  # kind of the task that the nearest deadline belongs to
    waits_state: str
    waits_unit_id: int | None
    task_id: int | None
    owed: tuple[str, ...] = ()  # the kinds of the own open tasks, the nearest first
    waiting: tuple[str, ...] = ()  # the kinds of all open tasks
    outer_due_at: datetime | None = None  # of the platform that the order came from
    of_kind: str = ""  # of the task on which the nearest decides: whose answer or request it is
    of_unit_id: int | None = None
    sent_back: bool = False  # the leader sent the answer to the nearest back
    again: bool = False  # it was answered once: the check failed, or it was reopened
    suspended_until: datetime | None = None
    chases: int = 0
    old: bool = False  # it was imported: another system had received it
    alerts: tuple[str, ...] = ()  # kinds of those that nobody of the actor's units has seen
    revision: int = 0
    task_revision: int = 0
    lng: float | None = None  # where it is, for who may read the place
    lat: float | None = None
    draft: DraftView | None = None  # that the nearest is to sign, in a list of such


def cases_with(words: str, *, actor: Actor, limit: int) -> list[CaseLine]:
    """Return cases in sight of any of the actor's units with these words, the newest first."""
    rows_of_units = len(actor.reach(Power.SEE))
    ids = cases_saying(words, seen_by(actor), limit=limit * max(rows_of_units, 1))
    return lines_of(ids[:limit], actor)


def tasks_owed(
    *,
    actor: Actor,
    power: str,
    kinds: Sequence[str],
    limit: int,
    offset: int = 0,
    words: str = "",
    territory: str = "",
    by_matter: bool = False,
) -> list[CaseLine]:
    """
    Return cases with open tasks of these kinds that this power reaches, soonest due first.

    A case stands there once, however much is owed on it. Two statements.

    :param by_matter: those of one matter together, by its code
    """
    rows = _soonest(rows_owed(actor, power, kinds, words, territory))
    if by_matter:
        rows = rows.order_by("work_order__matter", F("due").asc(nulls_last=True), "work_order")
    ids = list(rows.values_list("work_order", flat=True)[offset : offset + limit])
    return lines_of(ids, actor, power, kinds)


@dataclass(frozen=True, slots=True)
class Agenda:
    """What presses most of several lists: what runs out by a moment, and the first of each."""

    due: list[CaseLine]
    first: dict[str, list[CaseLine]]  # by the name of the list, without what is due


def agenda(
    actor: Actor,
    asked: Mapping[str, tuple[str, Sequence[str]]],
    until: datetime,
    *,
    most_due: int,
    most_each: int,
) -> Agenda:
    """
    Return the cases on which one of these tasks runs out by a moment or has, and the first others
    of each list, the soonest first. Three statements for any number of lists.

    :param asked: by name, the power and the kinds, as for `counts_owed`
    """
    if not asked:
        return Agenda([], {})
    mine = (in_reach(actor, power) & Q(kind__in=kinds) for power, kinds in asked.values())
    soon = _soonest(open_in_sight(actor).filter(reduce(or_, mine))).filter(due__lt=until)
    due = list(soon.values_list("work_order", flat=True)[:most_due])
    lists = [
        _soonest(rows_owed(actor, power, kinds, "", ""))
        .annotate(name=Value(name))
        .values_list("name", "work_order", "due")[:most_each]
        for name, (power, kinds) in asked.items()
    ]
    rows = lists[0].union(*lists[1:], all=True) if len(lists) > 1 else lists[0]
    never = datetime.max.replace(tzinfo=UTC)
    in_turn = sorted(rows, key=lambda row: (row[2] or never, row[1]))
    found = [(name, case) for name, case, _due in in_turn if case not in due]
    stock = _stock({*due, *(case for _name, case in found)}, actor)
    return Agenda(
        [_line(stock[case], actor) for case in due],
        {
            name: [_line(stock[case], actor, *asked[name]) for of, case in found if of == name]
            for name in asked
        },
    )


def _soonest(tasks: QuerySet[Task]) -> QuerySet[Any, Any]:
    """Return the cases of these tasks, each once, the soonest due first."""
    due = Min("deadlines__due_at", filter=Q(deadlines__authority=DeadlineAuthority.INNER))
    rows = tasks.order_by().values("work_order").annotate(due=due)
    return rows.order_by(F("due").asc(nulls_last=True), "work_order")


def count_owed(
    *, actor: Actor, power: str, kinds: Sequence[str], words: str = "", territory: str = ""
) -> int:
    """Return how many such cases there are, COUNT_LIMIT + 1 for any more than COUNT_LIMIT."""
    rows = rows_owed(actor, power, kinds, words, territory).order_by().values("work_order")
    return rows.distinct()[: COUNT_LIMIT + 1].count()


def cases_to_recall(
    *,
    actor: Actor,
    limit: int,
    offset: int = 0,
    words: str = "",
    territory: str = "",
) -> list[CaseLine]:
    """
    Return cases that the actor's desks dispatched and the lead did not acknowledge; to who sends by
    the catalogue alone, the own ones.

    The newest first: what was just sent can still be taken back. Two statements.
    """
    rows = _narrowed(rows_to_recall(actor), actor, words, territory)
    rows = rows.order_by("-opened_at", "-pk")
    ids = list(rows.values_list("work_order", flat=True)[offset : offset + limit])
    return lines_of(ids, actor)


def count_to_recall(*, actor: Actor) -> int:
    """Return how many such cases there are, COUNT_LIMIT + 1 for any more than COUNT_LIMIT."""
    return rows_to_recall(actor)[: COUNT_LIMIT + 1].count()


def rows_to_recall(actor: Actor) -> QuerySet[Task]:
    own = Q(opened_by=actor.user_id, opened_by__isnull=False)
    ours = _of_desks(actor, Power.DISPATCH) | _of_desks(actor, Power.DIRECT_DISPATCH) & own
    leads = Task.objects.filter(kind=TaskKind.LEAD, state=TaskState.OPEN)
    return leads.filter(ours, Exists(seen_by(actor).filter(work_order=OuterRef("work_order"))))


def _of_desks(actor: Actor, power: str) -> Q:
    reach = (
        Q(work_order__desk_unit=unit_id, work_order__territory__startswith=division_prefix(within))
        for unit_id, within in actor.reach(power)
    )
    return reduce(or_, reach, Q(pk__in=[]))


def counts_owed(actor: Actor, asked: Mapping[str, tuple[str, Sequence[str]]]) -> dict[str, int]:
    """
    Return, by name, on how many cases each power reaches open tasks of these kinds. One statement.

    COUNT_LIMIT + 1 stands for any more than COUNT_LIMIT.
    """
    return {name: waits.number for name, waits in owed_at_a_glance(actor, asked).items()}


@dataclass(frozen=True, slots=True)
class Waits:
    """How many cases wait somewhere, and since when the oldest does."""

    number: int  # COUNT_LIMIT + 1 stands for any more than COUNT_LIMIT
    oldest: datetime | None


def owed_at_a_glance(
    actor: Actor, asked: Mapping[str, tuple[str, Sequence[str]]]
) -> dict[str, Waits]:
    """Return, by name, what waits for each power in open tasks of these kinds. One statement."""
    if not asked:
        return {}
    each = {
        name: in_reach(actor, power) & Q(kind__in=kinds) for name, (power, kinds) in asked.items()
    }
    counts: dict[str, Any] = {
        f"n_{name}": Count("work_order", filter=q, distinct=True) for name, q in each.items()
    }
    counts |= {f"since_{name}": Min("opened_at", filter=q) for name, q in each.items()}
    found = open_in_sight(actor).filter(reduce(or_, each.values())).aggregate(**counts)
    return {
        name: Waits(min(found[f"n_{name}"], COUNT_LIMIT + 1), found[f"since_{name}"])
        for name in asked
    }


def rows_owed(
    actor: Actor, power: str, kinds: Sequence[str], words: str, territory: str
) -> QuerySet[Task]:
    tasks = open_in_sight(actor).filter(in_reach(actor, power), kind__in=kinds)
    return _narrowed(tasks, actor, words, territory)


def _narrowed(tasks: QuerySet[Task], actor: Actor, words: str, territory: str) -> QuerySet[Task]:
    if words.strip():
        tasks = tasks_saying(words, tasks, actor)
    if territory:
        tasks = tasks.filter(work_order__territory__startswith=division_prefix(territory))
    return tasks


def open_in_sight(actor: Actor) -> QuerySet[Task]:
    in_sight = Exists(seen_by(actor).filter(work_order=OuterRef("work_order")))
    return Task.objects.filter(in_sight, state__in=sorted(OPEN_STATES))


def in_reach(actor: Actor, power: str) -> Q:
    reach = actor.reach(power)
    everywhere = sorted({unit_id for unit_id, within in reach if not within})
    within = (
        Q(unit=unit_id, work_order__territory__startswith=division_prefix(territory))
        for unit_id, territory in reach
        if territory
    )
    return reduce(or_, within, Q(unit__in=everywhere))


def lines_of(
    ids: Sequence[int], actor: Actor, power: str = "", kinds: Collection[str] = ()
) -> list[CaseLine]:
    """
    Return the lines in this order: one statement for any number of cases.

    :param power: with the kinds, whose tasks are the own ones
    """
    stock = _stock(ids, actor, drafts_told=TaskKind.SIGN_OFF in kinds)
    return [_line(stock[pk], actor, power, kinds) for pk in ids]


@dataclass(frozen=True, slots=True)
class _Stock:
    """What a line is made of: the case with what was told, and what waits on it."""

    case: Any
    waiting: list[Deadline]  # each with its task
    alerts: set[str]


def _stock(ids: Collection[int], actor: Actor, *, drafts_told: bool = False) -> dict[int, _Stock]:
    if not ids:
        return {}
    told = Report.objects.filter(work_order=OuterRef("pk")).order_by("pk")
    reports = told.order_by().annotate(n=Func("pk", function="count")).values("n")
    went = Merge.objects.filter(source=OuterRef(OuterRef("pk")), undone_at=None)
    gone = Report.objects.filter(pk=Subquery(went.values("report_ids__0")[:1]))
    answered = Task.objects.filter(
        work_order=OuterRef("pk"), kind=TaskKind.LEAD, state=TaskState.DONE
    )
    cases = WorkOrder.objects.filter(
        pk__in=ids
    ).annotate(
        in_full=in_full(actor, "pk"),
        told=Coalesce(  # of a merged case what went to the other
            Subquery(told.filter(erased_at=None).values("words")[:1]),
            Subquery(gone.filter(erased_at=None).values("words")[:1]),
        ),
        reports_told=Subquery(reports),
        answered=Exists(answered),
        old=Exists(OldCase.objects.filter(work_order=OuterRef("pk"))),
    )
    drafts = Task.objects.filter(  # by the case: parents have no index
        work_order=OuterRef("task__work_order"), parent=OuterRef("task"), kind=TaskKind.SIGN_OFF
    )
    waits = Task.objects.filter(work_order__in=ids, state__in=sorted(OPEN_STATES))
    told_of = waits.annotate(of_kind=F("parent__kind"), of_unit_id=F("parent__unit"))
    if drafts_told:
        told_of = told_of.annotate(draft=Subquery(_drafted().values("text")[:1]))
    rows = Deadline.objects.filter(
        task__in=waits.values("pk"), authority=DeadlineAuthority.INNER
    ).annotate(last_draft=Subquery(drafts.order_by("-pk").values("state")[:1]))
    found, limits, tasks, alerts = gathered(
        Asked(cases),
        Asked(rows),
        Asked(told_of),
        Asked(alerts_for(actor, Alert.objects.filter(work_order__in=ids))),
    )
    hang(tasks, "deadlines", limits)
    stock = {case.pk: _Stock(case, [], set()) for case in found}
    for row in limits:
        stock[row.task.work_order_id].waiting.append(row)
    for alert in alerts:
        stock[alert.work_order_id].alerts.add(alert.kind)
    return stock


def _drafted() -> QuerySet[Note]:
    """Return the answer by which a signature was opened: its line has the same time."""
    replies = Note.objects.filter(
        name=NoteName.REPLY,
        entry__work_order=OuterRef("work_order"),
        entry__at=OuterRef("opened_at"),
    )
    return replies.order_by("-entry__seq")


def _draft_of(task: Any, case: Any) -> DraftView | None:
    if task is None or task.kind != TaskKind.SIGN_OFF or not getattr(task, "draft", ""):
        return None
    closing = task.asked.get("closing") or {}
    return DraftView(task.revision, case.history_seq, closing, task.draft) if closing else None


def _line(stock: _Stock, actor: Actor, power: str = "", kinds: Collection[str] = ()) -> CaseLine:
    case, waiting = stock.case, stock.waiting
    latest = datetime.max.replace(tzinfo=case.opened_at.tzinfo)
    waiting = sorted(waiting, key=lambda row: (row.due_at or latest, row.task_id))
    if not case.in_full:
        units = {unit_id for unit_id, _territory in actor.reach(Power.SEE)}
        waiting = [row for row in waiting if row.task.unit_id in units]
    own = [
        row
        for row in waiting
        if row.task.kind in kinds and actor.may(power, row.task.unit_id, territory=case.territory)
    ]
    deadline = next(iter(own if power else waiting), None)
    task = deadline.task if deadline else None
    of: Any = task if case.in_full else None  # with what the statement told of its parent
    returned = getattr(deadline, "last_draft", None) == TaskState.DONE
    return CaseLine(
        case_id=case.pk,
        number=case.number,
        words=opening_of(case.told or "") if case.in_full else "",
        erased=case.in_full and case.told is None and bool(case.reports_told),
        place=case.place_told(whole=case.in_full),
        territory=case.territory,
        matter=case.matter,
        channel=case.channel,
        urgency=case.urgency,
        step=case.step,
        reports=(case.reports_told or 0) if case.in_full else 0,
        opened_at=case.opened_at,
        due_at=deadline.due_at if deadline else None,
        due_amount=deadline.amount if deadline else 0,
        due_unit=deadline.unit if deadline else "",
        waits_for=task.kind if task else "",
        waits_state=task.state if task else "",
        waits_unit_id=task.unit_id if task else None,
        task_id=task.pk if task else None,
        owed=tuple(dict.fromkeys(row.task.kind for row in own)),
        waiting=tuple(dict.fromkeys(row.task.kind for row in waiting)) if case.in_full else (),
        outer_due_at=case.outer_due_at if case.in_full else None,
        of_kind=(of and of.of_kind) or "",
        of_unit_id=of.of_unit_id if of else None,
        sent_back=returned,
        again=case.in_full and case.answered and task is not None and task.kind in _ANEW,
        suspended_until=case.resumes_at,
        chases=case.chases if case.in_full else 0,
        old=case.in_full and case.old,
        alerts=tuple(kind for kind in AlertKind if kind in stock.alerts),
        revision=case.revision,
        task_revision=task.revision if task else 0,
        draft=_draft_of(of, case),
        lng=case.lng if case.in_full or case.place_confirmed else None,
        lat=case.lat if case.in_full or case.place_confirmed else None,
    )


def open_task_counts(unit_ids: Iterable[int]) -> dict[int, int]:
    """Return how many open tasks each of these units owes; those that owe none are left out."""
    owed = Task.objects.filter(unit__in=set(unit_ids), state__in=sorted(OPEN_STATES))
    return dict(owed.order_by().values_list("unit").annotate(Count("pk")))


_NUMBER_TAIL = re.compile(r"(?:(?P<day>[0-9]{1,8})-)?(?P<serial>[0-9]{1,6})|[0-9]{12}")
_DAYS_OF_TAILS = 400  # that a serial alone looks back
_YEARS_OF_TAILS = 10  # that a month and day look back


def cases_numbered(words: str, *, actor: Actor, on: date, limit: int) -> list[CaseLine]:
    """
    Return the cases whose number ends so ("11", "0011", "1120-0011"), the newest first.

    The numbers that it may mean are named one by one, so that the unique index finds them: a
    serial alone means those of the last 400 days, with month and day those of ten years. Two
    statements; none if it can't be the tail of a number.
    """
    numbers = _numbers_ending(unicodedata.normalize("NFKC", words).strip(), on)
    if not numbers:
        return []
    rows = visible_to(actor).filter(number__in=numbers).order_by("-number")
    found = list(rows.values_list("pk", flat=True)[:limit])
    return lines_of(found, actor)


def _numbers_ending(tail: str, on: date) -> list[str]:
    found = _NUMBER_TAIL.fullmatch(tail)
    if found is None:
        return []
    if found["serial"] is None:
        return [f"{tail[:8]}-{tail[8:]}"]
    day, serial = found["day"] or "", found["serial"].zfill(4)
    if len(day) == 8:
        return [f"{day}-{serial}"]
    back = _DAYS_OF_TAILS if len(day) < 4 else _YEARS_OF_TAILS * 366
    days = (f"{on - timedelta(days=n):%Y%m%d}" for n in range(back))
    return [f"{each}-{serial}" for each in days if each.endswith(day)]
