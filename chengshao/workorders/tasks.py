"""Jobs of this room. Each may run twice or be cut off: the actions make that harmless."""

import hashlib
import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.timezone import localdate
from procrastinate.contrib.django import app

from chengshao.catalog import queries as catalog
from chengshao.catalog.terms import ParameterName
from chengshao.kernel.actor import Actor, ActorKind, Grant
from chengshao.kernel.errors import DomainError
from chengshao.workorders import actions, queries
from chengshao.workorders.terms import Power

BATCH = 200
JOB = Actor(
    ActorKind.SYSTEM,
    grants=frozenset(Grant(power, None) for power in (Power.SPEAK_FOR, Power.CHECK)),
)
_SAMPLED_BACK = timedelta(days=7)
_LOG = logging.getLogger(__name__)


def _each(ids: Iterable[int], act: Callable[[int], object]) -> int:
    """Act on each; what is refused was done by somebody else in this very moment."""
    done = 0
    for one in ids:
        try:
            done += bool(act(one))
        except DomainError as refused:
            _LOG.info("left alone: %s %s", one, refused.code)
    return done


def _until_empty(waiting: Callable[[], list[int]], act: Callable[[int], object]) -> int:
    """Take batch after batch; stop when one brings nothing, what is busy waits for the next run."""
    total = 0
    while ids := waiting():
        done = _each(ids, act)
        total += done
        if not done:
            break
    return total


@app.periodic(cron="7 * * * *")
@app.task(queueing_lock="workorders.lapse_ratings")
def lapse_ratings(timestamp: int) -> int:
    """Say of every report whose time to be rated is over that it is; return how many."""
    now = timezone.now()
    return _until_empty(
        lambda: queries.ratings_to_lapse(now, limit=BATCH),
        lambda report_id: actions.lapse_rating(report_id=report_id, actor=JOB, at=now),
    )


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="workorders.sweep")
def sweep(timestamp: int) -> int:
    """Remind, say overdue, let suspended cases run on; return how many cases were touched."""
    return sweep_at(timezone.now())


def sweep_at(now: datetime) -> int:
    """Do what is due by a moment."""
    said = _until_empty(
        lambda: queries.cases_with_deadlines_to_look_at(now, limit=BATCH),
        lambda case_id: actions.say_what_is_due(case_id=case_id, actor=JOB, at=now),
    )
    return said + _until_empty(
        lambda: queries.cases_to_resume(now, limit=BATCH),
        lambda case_id: actions.resume_case(case_id=case_id, actor=JOB, at=now),
    )


@app.periodic(cron="5 0 * * *")
@app.task(queueing_lock="workorders.bring_back")
def bring_back(timestamp: int) -> int:
    """Bring back what was promised for today, and ask for the ledger's reviews (08:05 in China)."""
    return bring_back_at(timezone.now())


def bring_back_at(now: datetime) -> int:
    """Bring back what is due by a moment's local day."""
    today = localdate(now)
    promises = _until_empty(
        lambda: queries.cases_with_promises_due(today, limit=BATCH),
        lambda case_id: actions.bring_back_promise(case_id=case_id, actor=JOB, at=now),
    )
    return promises + _until_empty(
        lambda: queries.ledger_cases_to_review(today, limit=BATCH),
        lambda case_id: actions.review_ledger(case_id=case_id, actor=JOB, at=now),
    )


@app.periodic(cron="35 0 * * *")
@app.task(queueing_lock="workorders.sample")
def sample(timestamp: int) -> int:
    """Have a share of the cases looked at that closed without a look; return how many."""
    return sample_at(timezone.now())


def sample_at(now: datetime) -> int:
    """
    Draw from the week before a moment, in case that a run was missed: by the number, so that nobody
    chooses, and by the share settled for the day of its end, so that each draw finds the same.
    """
    ground = catalog.ground()

    def share(ended_at: datetime) -> int:
        return ground.parameters(localdate(ended_at)).number(ParameterName.SAMPLE_PERCENT)

    unseen = queries.cases_closed_unseen(now - _SAMPLED_BACK, now)
    drawn = [pk for pk, number, ended_at in unseen if _lot(number) < share(ended_at)]
    return _each(drawn, lambda case_id: actions.take_sample(case_id=case_id, actor=JOB, at=now))


def _lot(number: str) -> int:
    return int.from_bytes(hashlib.sha256(number.encode()).digest()[:4]) % 100


@app.periodic(cron="11 19 * * *")
@app.task(queueing_lock="workorders.archive")
def archive(timestamp: int) -> int:
    """File away what ended long enough ago and waits for nothing (03:11 in China)."""
    return archive_at(timezone.now())


def archive_at(now: datetime) -> int:
    """File away by the limit in force at a moment."""
    limit = catalog.parameters(localdate(now)).limit(ParameterName.ARCHIVE_AFTER)
    before = now - timedelta(seconds=limit.seconds)
    return _until_empty(
        lambda: queries.cases_to_archive(before, limit=BATCH),
        lambda case_id: actions.archive_case(case_id=case_id, actor=JOB, at=now),
    )


@app.periodic(cron="20 * * * *")
@app.task(queueing_lock="workorders.seal")
def seal(timestamp: int) -> int:
    """Seal what days are over, from 02:20 in China on; every hour, in case that one was missed."""
    return seal_at(timezone.now())


def seal_at(now: datetime) -> int:
    """Seal every day that has settled by a moment, the oldest first; return how many."""
    days = 0
    while actions.seal_next_day(at=now):
        days += 1
    actions.write_seals()
    return days


@app.periodic(cron="*/10 * * * *")
@app.task(queueing_lock="workorders.recalculate")
def recalculate(timestamp: int) -> int:
    """Make deadlines anew that an older calendar made, where its change touches them."""
    return recalculate_at(timezone.now())


def recalculate_at(now: datetime) -> int:
    """Go through the cases in the order of their ids; each is one transaction."""
    newest, oldest = catalog.newest_calendar(), queries.oldest_running_calendar()
    if newest is None or oldest is None or oldest >= newest.version:
        return 0
    changed = catalog.days_changed_since(oldest)
    if changed is None:
        return 0
    moved, after, version = 0, 0, newest.version
    while ids := queries.cases_touched(version, *changed, after_id=after, limit=BATCH):
        after = ids[-1]
        moved += _each(
            ids, lambda case_id: actions.recalculate_case(case_id=case_id, actor=JOB, at=now)
        )
    actions.adopt_calendar(version=version, first=changed[0], last=changed[1])
    return moved
