"""A demo district of very many cases: real lives, and those that ended multiplied by SQL."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

from django.contrib.postgres.indexes import GinIndex
from django.db import connection
from django.db.models import QuerySet
from django.db.models.functions import Length

from bench import crowd
from bench.crowd import NEW_ID, Copying
from chengshao.workorders.models import Report, Task, WorkOrder
from chengshao.workorders.rules.facts import OPEN_STATES
from config.simulation.habits import Habits
from config.simulation.running import quick_commits
from config.simulation.town import Town
from ops.console import Stopped, phase

FIRST = 1_000  # of the lives: what is open at their end stays so at every size
LIVES = 2_000  # at least, where there is room for them
_NOW_LIVING, _BEFORE_THEM = 1, 2  # seeds
_DAYS = 40  # in which a thousand report
_FEWEST_A_DAY = 5
_LAST_ONES = timedelta(days=45)  # without new reports nearly every case has ended by then
_EARLIER = "(k * 389) %% 1095"  # days: the copies lie in the three years before
_NUMBER = 20  # characters of a copy's number: longer than any real one's
_COPIES = Copying(
    own={
        "workorders_workorder.number": (
            f"to_char((t.opened_at - make_interval(days => ({_EARLIER})::int))"
            " AT TIME ZONE 'Asia/Shanghai', 'YYYYMMDD')"
            f" || '-' || lpad({NEW_ID}::text, {_NUMBER - 9}, '0')"
        ),
        "workorders_report.contact_id": "NULL::bigint",  # nobody has called a thousand times
    },
    earlier=_EARLIER,
)
_BATCH = 50_000  # cases in a transaction
_MANY = 20_000  # from here on the index of words is made anew rather than added to


def fill(cases: int, *, now: datetime) -> int:
    """
    Bring the demo district to so many cases; return how many are open, at every size the same.

    Some thousand live up to now, a thousand lived before them, all others are copies of what ended:
    their history is not provable, and their citizens can't be called.

    :raises Stopped: if there are more already
    """
    have = WorkOrder.objects.count()
    if have > cases:
        raise Stopped(f"已有 {have:,} 件案卷。", f"There are {have:,} cases already.")
    if not _lived(_NOW_LIVING):
        wanted = min(cases, FIRST) - have
        _live(wanted - _spread(wanted), until=now, seed=_NOW_LIVING)
    if cases > FIRST and not _lived(_BEFORE_THEM):
        have = WorkOrder.objects.count()
        lack = LIVES - _lives().count()
        wanted = min(lack + _spread(lack), cases - have - _spread(lack))
        _live(wanted, until=now, seed=_BEFORE_THEM, all_end=True)
    _multiply(cases - WorkOrder.objects.count())
    return WorkOrder.objects.filter(outcome="").count()


def _lived(seed: int) -> bool:
    return Report.objects.filter(client_key__startswith=f"sim-{seed}-").exists()


def _spread(number: int) -> int:
    """Return by how much the lives may miss a number, for who reports on a day is drawn."""
    return 3 * math.isqrt(number)


def _lives() -> QuerySet[WorkOrder]:
    return WorkOrder.objects.annotate(characters=Length("number")).filter(characters__lt=_NUMBER)


def _live(number: int, *, until: datetime, seed: int, all_end: bool = False) -> None:
    """Let the district live up to a moment; if all shall end, the last weeks nobody reports."""
    reporting_ends = until - _LAST_ONES if all_end else until
    a_day = max(math.ceil(number / _DAYS), _FEWEST_A_DAY)
    begin = reporting_ends - timedelta(days=number / a_day)
    town = Town(seed=seed, at=begin, habits=Habits(reports_a_day=a_day))
    with phase(f"{number:,} 件的一生", f"{number:,} lives"), quick_commits():
        for _moment in town.live_until(reporting_ends):
            pass
        town.habits = replace(town.habits, reports_a_day=0)
        for _moment in town.live_until(until):
            pass


def _multiply(wanted: int) -> None:
    if wanted <= 0:
        return
    owing = Task.objects.filter(state__in=sorted(OPEN_STATES)).values("work_order")
    over = _lives().exclude(outcome="").exclude(pk__in=owing)  # some citizens are yet to be told
    ended = list(over.order_by("pk").values_list("pk", flat=True))
    span = crowd.highest_id() + 1
    whole, rest = divmod(wanted, len(ended))
    at_once = max(_BATCH // len(ended), 1)
    with phase(f"复制 {wanted:,} 件", f"{wanted:,} copies"), _words_indexed_afterwards(wanted):
        for first in range(1, whole + 1, at_once):
            copies = min(at_once, whole + 1 - first)
            crowd.copy(ended, first=first, copies=copies, span=span, how=_COPIES)
        if rest:
            crowd.copy(ended[:rest], first=whole + 1, copies=1, span=span, how=_COPIES)


@contextmanager
def _words_indexed_afterwards(wanted: int) -> Iterator[None]:
    (index,) = (one for one in Report._meta.indexes if isinstance(one, GinIndex))
    if wanted < _MANY:
        yield
        return
    with connection.schema_editor() as schema:
        schema.remove_index(Report, index)
    try:
        yield
    finally:
        with connection.schema_editor() as schema:
            schema.add_index(Report, index)
