"""What comes due by itself: said, resumed, brought back, sampled, archived. One case at a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate

from chengshao.kernel.actor import Actor
from chengshao.kernel.canonical import Json
from chengshao.kernel.clock import ClockUnit
from chengshao.people import queries as people
from chengshao.workorders import queries
from chengshao.workorders.actions import _clocks as clocks
from chengshao.workorders.actions._open_ends import awaited_on, settle_what_came_back
from chengshao.workorders.actions._store import alert, apply, decide_and_store, record
from chengshao.workorders.actions._telling import tell_ledger, tell_promises
from chengshao.workorders.models import Deadline, WorkOrder
from chengshao.workorders.queries.limits import Clockwork, clockwork
from chengshao.workorders.rules import lifecycle
from chengshao.workorders.rules.clocks import say_now, told_by
from chengshao.workorders.rules.facts import NOTHING, Given
from chengshao.workorders.rules.promises import settled_on_its_day
from chengshao.workorders.terms import AlertKind, CaseCommand

_ALERTS: Mapping[str, tuple[AlertKind, bool]] = {
    CaseCommand.REMIND: (AlertKind.REMINDER, False),
    CaseCommand.SAY_OVERDUE: (AlertKind.OVERDUE, False),
    CaseCommand.TELL_LEADER: (AlertKind.OVERDUE, True),
}


@dataclass(frozen=True, slots=True)
class Swept:
    """What one look at a case said of its deadlines."""

    deadlines: int = 0


@transaction.atomic
def say_what_is_due(*, case_id: int, actor: Actor, at: datetime) -> Swept:
    """
    Remind and say overdue for every deadline of one case that is to be looked at by now.

    Nobody waits for it: a case that is being moved this very moment is left for the next sweep.
    Where the sweep was late, everybody is told what they should have heard by now; the one line
    of the history has the last word.
    """
    case = queries.lock_free_case(case_id)
    if case is None:
        return Swept()
    due = list(
        Deadline.objects.filter(
            task__work_order=case, ended_at=None, next_at__lte=at
        ).select_related("task")
    )
    if not due:
        return Swept()
    works = clockwork(case, localdate(at))
    said: list[Json] = []
    for deadline in due:
        task, words = deadline.task, _look(deadline, works, at)
        for word in words:
            kind, for_leader = _ALERTS[word]
            alert(case, [task.unit_id], kind, task=task, for_leader=for_leader, at=at)
        if words:
            said.append({"task_id": task.pk, "authority": deadline.authority, "said": words[-1]})
    if said:
        command = max((str(line["said"]) for line in said if isinstance(line, dict)), key=_rank)
        record(case, {"command": command, "deadlines": said}, actor=actor, at=at)
    return Swept(len(said))


def _look(deadline: Deadline, works: Clockwork, at: datetime) -> tuple[str, ...]:
    """Store what is to be said of a deadline now and when to look next; return what is told."""
    if deadline.due_at is None:
        return ()
    word = say_now(
        said=deadline.said,
        now=at,
        started_at=deadline.started_at,
        due_at=deadline.due_at,
        seconds=deadline.seconds,
        unit=ClockUnit(deadline.unit),
        pace=works.pace,
        calendar=works.calendar,
    )
    told = told_by(deadline.said, word)
    deadline.said = word
    clocks.looked_at(deadline, works).save(update_fields=["said", "next_at"])
    return told


def _rank(word: str) -> int:
    return list(_ALERTS).index(word)


@transaction.atomic
def resume_case(*, case_id: int, actor: Actor, at: datetime) -> WorkOrder | None:
    """
    Let a suspended case run on when its day has come; None where it is busy or runs already.

    :raises WrongState: see rules.lifecycle.decide_resumption
    """
    case = queries.lock_free_case(case_id)
    if case is None or case.resumes_at is None or case.resumes_at > at:
        return None
    decision = lifecycle.decide_resumption(case=case.facts(), actor=actor)
    apply(case, decision, actor=actor, at=at)
    record(case, {"command": CaseCommand.RESUME}, actor=actor, at=at)
    return case


@transaction.atomic
def bring_back_promise(*, case_id: int, actor: Actor, at: datetime) -> WorkOrder | None:
    """
    Bring a case back on the day promised: it is checked, whoever leads by now (F17).

    Who follows a unit that is closed since has its promise from then on. Where the case is open
    already and nobody has answered, the promise is not kept.

    :raises DomainError: see rules.lifecycle.decide_case
    """
    case = queries.lock_free_case(case_id)
    if case is None:
        return None
    today = localdate(at)
    due = list(case.promises.filter(came_back_at=None, settled_at=None, promised_on__lte=today))
    if not due:
        return None
    line: dict[str, Json] = {"promise_ids": [promise.pk for promise in due]}
    for promise in due:
        promise.came_back_at = at
        promise.unit_id = people.who_follows(promise.unit_id, today) or promise.unit_id
        promise.save(update_fields=["came_back_at", "unit"])
    tell_promises(case, due)
    if case.outcome:
        given = Given(today=today)
        decide_and_store(case, CaseCommand.COME_BACK, given, line=line, actor=actor, at=at)
        return case
    found = settled_on_its_day(case.facts().step)
    if found is not None:
        settle_what_came_back(case, found, at)
    case.revision += 1
    record(case, {"command": CaseCommand.COME_BACK, **line}, actor=actor, at=at)
    return case


@transaction.atomic
def review_ledger(*, case_id: int, actor: Actor, at: datetime) -> WorkOrder | None:
    """
    Ask the owner of a ledger's entry, or who follows it, to look at it again, on its day; where
    there is nobody any more, the desk.

    :raises DomainError: see rules.lifecycle.decide_case
    """
    case = queries.lock_free_case(case_id)
    if case is None:
        return None
    entry = case.ledger.filter(struck_off_at=None, review_on__lte=localdate(at)).first()
    if entry is None or not case.outcome:
        return None
    owner_id = people.who_follows(entry.owner_id, localdate(at)) or case.desk_unit_id
    given = Given(owner_unit_id=owner_id, today=localdate(at))
    line: dict[str, Json] = {"owner_id": owner_id} if owner_id != entry.owner_id else {}
    if owner_id != entry.owner_id:
        entry.owner_id = owner_id
        entry.save(update_fields=["owner"])
        tell_ledger(case, [entry])
    decide_and_store(case, CaseCommand.REVIEW_LEDGER, given, line=line, actor=actor, at=at)
    return case


@transaction.atomic
def take_sample(*, case_id: int, actor: Actor, at: datetime) -> WorkOrder | None:
    """
    Have a case looked at that closed without a look (抽查).

    :raises DomainError: see rules.lifecycle.decide_case
    """
    case = queries.lock_free_case(case_id)
    if case is None or not case.outcome:
        return None
    decide_and_store(case, CaseCommand.TAKE_SAMPLE, NOTHING, actor=actor, at=at)
    return case


@transaction.atomic
def archive_case(*, case_id: int, actor: Actor, at: datetime) -> WorkOrder | None:
    """
    File a case away that ended long enough ago and waits for nothing (归档): nothing moves
    it again.

    :raises DomainError: see rules.lifecycle.decide_case
    """
    case = queries.lock_free_case(case_id)
    if case is None or case.archived_at is not None:
        return None
    given = Given(awaited=awaited_on(case, at), today=localdate(at))
    decide_and_store(case, CaseCommand.ARCHIVE, given, actor=actor, at=at)
    return case


@transaction.atomic
def recalculate_case(*, case_id: int, actor: Actor, at: datetime) -> int:
    """
    Make the running deadlines of a case anew by the calendar as it is now; return how many moved.

    One line of its history says so.
    """
    case = queries.lock_case_by_id(case_id)
    works = clockwork(case, localdate(at))
    rows = Deadline.objects.filter(
        task__work_order=case, ended_at=None, calendar_version__lt=works.calendar.version
    )
    moved = [row for row in rows if clocks.recalculate(case, row, works, at)]
    if moved:
        clocks.take_back_alerts(case)
        line: dict[str, Json] = {
            "command": CaseCommand.RECALCULATE,
            "calendar_version": works.calendar.version,
            "task_ids": sorted({row.task_id for row in moved}),
        }
        record(case, line, actor=actor, at=at)
    return len(moved)


@transaction.atomic
def adopt_calendar(*, version: int, first: date, last: date | None) -> int:
    """Note that running deadlines which no changed day touches hold by the newest calendar."""
    touched = queries.deadlines_touched(version, first, last)
    rest = Deadline.objects.filter(
        ended_at=None, calendar_version__lt=version, due_at__isnull=False
    ).exclude(pk__in=touched.values("pk"))
    return rest.update(calendar_version=version)
