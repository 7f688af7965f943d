"""Reads. Every one of them starts from `visible_to`, so no page can forget the scope."""

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet
from django.utils.timezone import localdate

from chengshao.kernel.actor import Actor, ActorKind
from chengshao.kernel.bigrams import bigrams
from chengshao.kernel.canonical import first_break, salted_digest
from chengshao.kernel.divisions import division_prefix
from chengshao.kernel.errors import NotAllowed, NotFound
from chengshao.kernel.tokens import digest_of
from chengshao.workorders.models import (
    Attachment,
    Audience,
    Entry,
    Note,
    Rating,
    Report,
    Task,
    WorkOrder,
)
from chengshao.workorders.rules.lifecycle import OPEN_STATES, commands_for
from chengshao.workorders.terms import (
    WORKING,
    DeadlineAuthority,
    NoteName,
    Outcome,
    Power,
    TaskKind,
)

COUNT_LIMIT = 1000  # totals stop here and say "1,000+"


class WorkOrderNotFound(NotFound):
    code = "workorder_not_found"


class ReportNotFound(NotFound):
    code = "report_not_found"


class AttachmentNotFound(NotFound):
    code = "attachment_not_found"


def seen_by(actor: Actor) -> QuerySet[Audience]:
    """Return the audience rows that the actor's power to see reaches."""
    reach = actor.reach(Power.SEE)
    everywhere = sorted({unit_id for unit_id, territory in reach if not territory})
    within = (
        Q(unit=unit_id, territory__startswith=division_prefix(territory))
        for unit_id, territory in reach
        if territory
    )
    rows = Audience.objects.filter(reduce(or_, within, Q(unit__in=everywhere)))
    if any(actor.may(power) for power in WORKING):  # over all units
        return rows
    works_for = {unit_id for power in WORKING for unit_id, _territory in actor.reach(power)}
    return rows.filter(Q(working_only=False) | Q(unit__in=sorted(works_for)))


def visible_to(actor: Actor) -> QuerySet[WorkOrder]:
    """Return the cases that the actor may see; the system's own jobs, and only they, see all."""
    if actor.kind is ActorKind.SYSTEM:
        return WorkOrder.objects.all()
    return WorkOrder.objects.filter(Exists(seen_by(actor).filter(work_order=OuterRef("pk"))))


def reports_visible_to(actor: Actor) -> QuerySet[Report]:
    if actor.kind is ActorKind.CITIZEN:
        own = Report.objects.all()
        return own.none() if actor.report_id is None else own.filter(pk=actor.report_id)
    return Report.objects.filter(work_order__in=visible_to(actor))


def citizen_of_link(token: str) -> Actor | None:
    """Return the citizen whom this secret link of a report stands for, or None."""
    found = Report.objects.filter(link_digest=digest_of(token)).values_list("pk", flat=True).first()
    return None if found is None else Actor(ActorKind.CITIZEN, report_id=found)


def case_of(*, number: str, actor: Actor) -> WorkOrder:
    """
    Return the case.

    :raises WorkOrderNotFound: if it is not there for this actor
    """
    case = visible_to(actor).filter(number=number).first()
    if case is None:
        raise WorkOrderNotFound
    return case


def report_of(*, report_id: int, actor: Actor) -> Report:
    """
    Return the report with its case and rating.

    :raises ReportNotFound: if it is not there for this actor
    """
    reports = reports_visible_to(actor).select_related("work_order", "rating")
    report = reports.filter(pk=report_id).first()
    if report is None:
        raise ReportNotFound
    return report


class ContactNotOpen(NotAllowed):
    code = "contact_not_open"


def contact_of(*, report_id: int, number: str, power: str, actor: Actor) -> int:
    """
    Return the contact of a report for who has to do with its case: the desk, or a unit that owes
    a task on it now. Only to see the case is not enough (PIPL §6). A confidential one opens to
    nobody: so it was promised to who left it.

    :raises ReportNotFound: if the report is not there for this actor, or left no contact
    :raises ContactNotOpen: if the power reaches neither the desk nor such a unit, or it is secret
    """
    report = report_of(report_id=report_id, actor=actor)
    case = report.work_order
    if report.contact_id is None or case.number != number:
        raise ReportNotFound
    owing = case.tasks.filter(state__in=sorted(OPEN_STATES)).values_list("unit_id", flat=True)
    near = {case.desk_unit_id, *owing}
    reached = any(actor.may(power, unit_id, territory=case.territory) for unit_id in near)
    if report.confidential or not reached:
        raise ContactNotOpen
    return report.contact_id


def attachment_of(*, attachment_id: int, actor: Actor) -> Attachment:
    """
    Return a file on a case that the actor sees; a citizen sees only what came with the report.

    :raises AttachmentNotFound: if it is not there for this actor
    """
    files = Attachment.objects.filter(pk=attachment_id)
    if actor.kind is ActorKind.CITIZEN:
        files = files.filter(report=actor.report_id, report__isnull=False)
    else:
        files = files.filter(work_order__in=visible_to(actor))
    found = files.first()
    if found is None:
        raise AttachmentNotFound
    return found


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case as a list shows it: the words of the first report, and the nearest deadline."""

    number: str
    words: str
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


def cases_of_unit(
    *, unit_id: int, actor: Actor, limit: int, step: str = "", words: str = "", offset: int = 0
) -> list[CaseLine]:
    """
    Return what the unit sees, the newest first; nothing where the actor may not see.

    Words of two characters or more must all stand in a report's words or place, or begin the
    case's number.
    """
    rows = seen_by(actor).filter(unit=unit_id)
    if step:
        rows = rows.filter(work_order__step=step)
    if words.strip():
        rows = rows.filter(work_order__in=_cases_with(words))
    rows = rows.order_by(F("opened_at").desc(), "work_order_id")
    return _lines(list(rows.values_list("work_order_id", flat=True)[offset : offset + limit]))


def count_of_unit(*, unit_id: int, actor: Actor, step: str = "", words: str = "") -> int:
    """Return how many cases such a list has, COUNT_LIMIT + 1 for any more than COUNT_LIMIT."""
    rows = seen_by(actor).filter(unit=unit_id)
    if step:
        rows = rows.filter(work_order__step=step)
    if words.strip():
        rows = rows.filter(work_order__in=_cases_with(words))
    return rows.order_by()[: COUNT_LIMIT + 1].count()


def tasks_owed(
    *,
    actor: Actor,
    power: str,
    kinds: Sequence[str],
    limit: int,
    offset: int = 0,
    words: str = "",
    territory: str = "",
) -> list[CaseLine]:
    """Return cases with an open task of these kinds that this power reaches, soonest due first."""
    tasks = _owed(actor, power, kinds, words, territory)
    due = Q(deadlines__authority=DeadlineAuthority.INNER) | Q(deadlines=None)
    rows = tasks.filter(due).order_by(F("deadlines__due_at").asc(nulls_last=True), "pk")
    found = list(rows.values_list("pk", "work_order_id")[offset : offset + limit])
    return _lines([case_id for _, case_id in found], {case: task for task, case in found})


def count_owed(
    *, actor: Actor, power: str, kinds: Sequence[str], words: str = "", territory: str = ""
) -> int:
    """Return how many such tasks are open, COUNT_LIMIT + 1 for any more than COUNT_LIMIT."""
    return _owed(actor, power, kinds, words, territory)[: COUNT_LIMIT + 1].count()


def counts_owed(actor: Actor, asked: Mapping[str, tuple[str, Sequence[str]]]) -> dict[str, int]:
    """
    Return, by name, how many open tasks of these kinds each power reaches. One statement.

    COUNT_LIMIT + 1 stands for any more than COUNT_LIMIT.
    """
    counts = {
        name: Count("pk", filter=_reached(actor, power) & Q(kind__in=kinds))
        for name, (power, kinds) in asked.items()
    }
    if not counts:
        return {}
    kinds = {kind for _power, kinds in asked.values() for kind in kinds}
    found = _open_in_sight(actor).filter(kind__in=kinds).aggregate(**counts)
    return {name: min(number, COUNT_LIMIT + 1) for name, number in found.items()}


def precedents(
    *, matter: str, territory: str, actor: Actor, limit: int = 3
) -> list[tuple[WorkOrder, Task]]:
    """
    Return the last closed cases of this matter that the actor sees, those nearby first (X5).

    The condition behind the matter's code (C0101-2) does not count.
    """
    same = Q(matter__startswith=matter.partition("-")[0])
    cases = visible_to(actor).filter(same, outcome=Outcome.CLOSED)
    near = (
        cases.filter(territory__startswith=division_prefix(territory)[:9]) if territory else cases
    )
    leads = Task.objects.filter(kind=TaskKind.LEAD).order_by("-round")
    found: list[WorkOrder] = []
    for rows in (near, cases):
        more = rows.exclude(pk__in=[case.pk for case in found]).order_by("-ended_at")
        found += more.prefetch_related(Prefetch("tasks", leads))[: limit - len(found)]
        if len(found) >= limit:
            break
    return [(case, case.tasks.all()[0]) for case in found if case.tasks.all()]


@dataclass(frozen=True, slots=True)
class EntryView:
    """One line of the history as a page shows it."""

    seq: int
    body: dict[str, Any]
    notes: dict[str, str]


@dataclass(frozen=True, slots=True)
class CaseView:
    """All that the case page shows, read in a handful of statements."""

    case: WorkOrder
    reports: list[Report]
    tasks: list[Task]  # with deadlines
    entries: list[EntryView]
    attachments: list[Attachment]
    commands: dict[int, tuple[str, ...]]  # of each open task: what this actor may try


def case_view(*, number: str, actor: Actor) -> CaseView:
    """
    Return the case with everything that hangs on it: seven statements, whatever its length.

    :raises WorkOrderNotFound: if it is not there for this actor
    """
    case = case_of(number=number, actor=actor)
    tasks = list(case.tasks.prefetch_related("deadlines").order_by("pk"))
    entries = [
        EntryView(e.seq, json.loads(e.body), {note.name: note.text for note in e.notes.all()})
        for e in case.entries.prefetch_related("notes").order_by("seq")
    ]
    facts = (task.facts() for task in tasks)
    return CaseView(
        case=case,
        reports=list(case.reports.select_related("rating").order_by("pk")),
        tasks=tasks,
        entries=entries,
        attachments=list(case.attachments.select_related("blob").order_by("pk")),
        commands={
            t.id: commands_for(t, actor, territory=case.territory) for t in facts if t.is_open
        },
    )


@dataclass(frozen=True, slots=True)
class Progress:
    """What the citizen may know of the own report: what was said, where it stands, the answer."""

    report_id: int
    number: str
    words: str
    place: str
    reported_at: datetime
    withdrawn: bool
    step: str
    lead_unit_id: int | None  # who is on it now
    promised_by: datetime | None
    reply: str  # only when the case is closed
    ended_at: datetime | None
    may_rate: bool
    rate_until: datetime | None
    rating: Rating | None  # once given
    photos: tuple[int, ...]  # pictures that came with the report
    has_contact: bool


def progress_of(actor: Actor) -> Progress:
    """
    Return what becomes of the report that this citizen's link is of: four statements.

    :raises ReportNotFound: if there is no such report
    """
    if actor.kind is not ActorKind.CITIZEN or actor.report_id is None:
        raise ReportNotFound
    report = report_of(report_id=actor.report_id, actor=actor)
    case = report.work_order
    leads = case.tasks.filter(kind=TaskKind.LEAD, state__in=sorted(OPEN_STATES))
    lead = leads.prefetch_related("deadlines").first()
    inner = (
        [d.due_at for d in lead.deadlines.all() if d.authority == DeadlineAuthority.INNER]
        if lead
        else []
    )
    rating: Rating | None = getattr(report, "rating", None)
    closed = case.outcome == Outcome.CLOSED
    waits = rating is not None and rating.ended_at is None and closed and not report.withdrawn_at
    return Progress(
        report_id=report.pk,
        number=case.number,
        words=report.words,
        place=report.place,
        reported_at=report.reported_at,
        withdrawn=report.withdrawn_at is not None,
        step=case.step,
        lead_unit_id=lead.unit_id if lead else None,
        promised_by=inner[0] if inner else None,
        reply=_last_reply(case) if closed else "",
        ended_at=case.ended_at,
        may_rate=waits,
        rate_until=rating.lapses_at if rating and waits else None,
        rating=rating if rating and rating.satisfaction else None,
        photos=tuple(
            report.attachments.filter(blob__has_thumbnail=True).values_list("pk", flat=True)
        ),
        has_contact=report.contact_id is not None,
    )


def _last_reply(case: WorkOrder) -> str:
    replies = Note.objects.filter(entry__work_order=case, name=NoteName.REPLY)
    return replies.order_by("-entry__seq").values_list("text", flat=True).first() or ""


def lock_case(*, number: str, actor: Actor) -> WorkOrder:
    """
    Return the case, locked until the transaction ends: the one lock for all that is in it.

    :raises WorkOrderNotFound: if it is not there for this actor
    """
    return _lock(visible_to(actor).filter(number=number))


def lock_case_of_task(*, task_id: int, actor: Actor) -> WorkOrder:
    """:raises WorkOrderNotFound: if it is not there for this actor"""
    return _lock(visible_to(actor).filter(tasks=task_id))


def lock_case_of_report(*, report_id: int, actor: Actor) -> WorkOrder:
    """:raises ReportNotFound: if it is not there for this actor"""
    report = reports_visible_to(actor).filter(pk=report_id).first()
    if report is None:
        raise ReportNotFound
    return _lock(WorkOrder.objects.filter(pk=report.work_order_id))


def report_with_key(client_key: str, caller_id: int | None) -> Report | None:
    """Return what this key of this caller already brought; the same key again waits here."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{caller_id}:{client_key}"]
        )
    reports = Report.objects.select_related("work_order")
    return reports.filter(client_key=client_key, caller=caller_id).first()


def next_number(at: datetime) -> str:
    """Return a number that no case had: the local day and a serial in it."""
    day = localdate(at)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO workorders_daycount AS c (day, last) VALUES (%s, 1)"
            " ON CONFLICT (day) DO UPDATE SET last = c.last + 1 RETURNING last",
            [day],
        )
        (serial,) = cursor.fetchone()
    return f"{day:%Y%m%d}-{serial:04d}"


def ratings_to_lapse(now: datetime, *, limit: int) -> list[int]:
    """Return reports whose time to be rated is over, for the job that says so."""
    waiting = Report.objects.filter(
        rating__isnull=False,
        rating__ended_at=None,
        rating__lapses_at__lte=now,
        withdrawn_at=None,
    )
    return list(waiting.order_by("rating__lapses_at").values_list("pk", flat=True)[:limit])


def first_broken_entry(work_order: WorkOrder) -> int | None:
    """Return the seq of the first entry or note that was changed or removed, or None."""
    entries = list(work_order.entries.prefetch_related("notes").order_by("seq"))
    links = [(entry.body, entry.hash) for entry in entries]
    broken = first_break(links, head=work_order.history_head)
    false_notes = [entry.seq for entry in entries if not _notes_are_true(entry)]
    return min([seq for seq in (broken, *false_notes) if seq is not None], default=None)


def _notes_are_true(entry: Entry) -> bool:
    said = json.loads(entry.body).get("notes", {})
    return all(said.get(n.name) == salted_digest(n.salt, n.text) for n in entry.notes.all())


def _lock(cases: QuerySet[WorkOrder]) -> WorkOrder:
    case = cases.select_for_update(of=("self",)).first()
    if case is None:
        raise WorkOrderNotFound
    return case


def _cases_with(words: str) -> QuerySet[WorkOrder]:
    """Return cases whose number begins so, or one of whose reports has all these words."""
    words = words.strip()
    reports = Report.objects.all()
    for word in words.split():
        pairs = [pair for pair in bigrams(word) if len(pair) == 2]
        if pairs:  # the index first, then the very words
            reports = reports.filter(bigrams__contains=pairs)
        reports = reports.filter(Q(words__icontains=word) | Q(place__icontains=word))
    from_source = Report.objects.filter(source_number=words).values("work_order")
    return WorkOrder.objects.filter(
        Q(pk__in=reports.values("work_order")) | Q(pk__in=from_source) | Q(number__startswith=words)
    )


def _owed(
    actor: Actor, power: str, kinds: Sequence[str], words: str, territory: str
) -> QuerySet[Task]:
    tasks = _open_in_sight(actor).filter(_reached(actor, power), kind__in=kinds)
    if words.strip():
        tasks = tasks.filter(work_order__in=_cases_with(words))
    if territory:
        tasks = tasks.filter(work_order__territory__startswith=division_prefix(territory))
    return tasks


def _open_in_sight(actor: Actor) -> QuerySet[Task]:
    return Task.objects.filter(state__in=sorted(OPEN_STATES), work_order__in=visible_to(actor))


def _reached(actor: Actor, power: str) -> Q:
    reach = (
        Q(unit=unit_id, work_order__territory__startswith=division_prefix(within))
        for unit_id, within in actor.reach(power)
    )
    return reduce(or_, reach, Q(pk__in=[]))


def _lines(ids: Iterable[int], task_of_case: dict[int, int] | None = None) -> list[CaseLine]:
    """Return the lines in this order: three statements for any number of cases."""
    ids = list(ids)
    open_tasks = Task.objects.filter(state__in=sorted(OPEN_STATES)).prefetch_related("deadlines")
    cases = WorkOrder.objects.filter(pk__in=ids).prefetch_related(
        Prefetch("tasks", open_tasks, to_attr="open_tasks"),
        Prefetch("reports", Report.objects.defer("bigrams").order_by("pk"), to_attr="told"),
    )
    by_id = {case.pk: case for case in cases}
    return [_line(by_id[pk], (task_of_case or {}).get(pk)) for pk in ids]


def _line(case: WorkOrder, task_id: int | None) -> CaseLine:
    owed = [
        (task, deadline)
        for task in case.open_tasks  # type: ignore[attr-defined]
        for deadline in task.deadlines.all()
        if task_id in (None, task.pk) and deadline.authority == DeadlineAuthority.INNER
    ]
    latest = datetime.max.replace(tzinfo=case.opened_at.tzinfo)
    task, deadline = min(owed, key=lambda pair: pair[1].due_at or latest, default=(None, None))
    told: list[Report] = case.told  # type: ignore[attr-defined]
    return CaseLine(
        number=case.number,
        words=told[0].words if told else "",
        place=case.place,
        territory=case.territory,
        matter=case.matter,
        channel=case.channel,
        urgency=case.urgency,
        step=case.step,
        reports=len(told),
        opened_at=case.opened_at,
        due_at=deadline.due_at if deadline else None,
        due_amount=deadline.amount if deadline else 0,
        due_unit=deadline.unit if deadline else "",
        waits_for=task.kind if task else "",
        waits_state=task.state if task else "",
        waits_unit_id=task.unit_id if task else None,
        task_id=task.pk if task else task_id,
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
    serial alone means those of the last 400 days, with month and day those of ten years. Three
    statements; none if it can't be the tail of a number.
    """
    numbers = _numbers_ending(unicodedata.normalize("NFKC", words).strip(), on)
    if not numbers:
        return []
    rows = visible_to(actor).filter(number__in=numbers).order_by("-number")
    found = list(rows.values_list("pk", flat=True)[:limit])
    return _lines(found) if found else []


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


def number_of_task(*, task_id: int, actor: Actor) -> str:
    """
    Return the number of the case that a task is of.

    :raises WorkOrderNotFound: if it is not there for this actor
    """
    numbers = visible_to(actor).filter(tasks=task_id).values_list("number", flat=True)
    number = numbers.first()
    if number is None:
        raise WorkOrderNotFound
    return number
