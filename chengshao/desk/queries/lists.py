"""Lines of lists, in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import islice

from django.utils.timezone import get_default_timezone, localdate
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from chengshao.catalog import queries as catalog
from chengshao.catalog.terms import Urgency
from chengshao.desk.queries._chips import chip
from chengshao.desk.queries.queues import Queue
from chengshao.desk.queries.tasks import DECIDED
from chengshao.kernel.actor import Actor
from chengshao.kernel.clock import ClockUnit, Limit, WorkCalendar
from chengshao.people import queries as people
from chengshao.people.queries import UnitLine
from chengshao.places import queries as places
from chengshao.web.due import DueChip, amount_words, finished, paused
from chengshao.web.moments import moment
from chengshao.web.texts import TERMS, term
from chengshao.workorders import queries as workorders
from chengshao.workorders.queries import CaseFilter, CaseLine
from chengshao.workorders.terms import Step

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a list, in words."""

    line: CaseLine
    place: str
    matter: str
    unit: str
    due: DueChip | None
    alerts: tuple[str, ...] = ()  # kinds that nobody of my units has opened yet
    marks: tuple[str, ...] = ()  # what it waits for meanwhile at somebody else's: 会商中
    owed_words: str = ""  # where I owe more than one thing: which
    of: str = ""  # whose answer or request waits to be decided: the unit and the kind of its task
    outer_words: str = ""  # how much of the platform's own limit is left

    @property
    def tick(self) -> str:
        """Return how a form names the case, and its task, as they were seen."""
        line = self.line
        return f"{line.number}:{line.revision}:{line.task_id or 0}:{line.task_revision}"

    @property
    def point(self) -> str:
        """Return where it is, as scripts read it: "120.1,30.2"; "" where nobody knows."""
        line = self.line
        return f"{line.lng},{line.lat}" if line.lng is not None else ""

    @property
    def presses(self) -> bool:
        """Tell whether it is more urgent than others, and not over."""
        return self.line.step != Step.CLOSED and self.line.urgency in (
            Urgency.URGENT,
            Urgency.EMERGENCY,
        )

    @property
    def words(self) -> str:
        """Return what it is about: the citizen's words for who may read them."""
        erased = _("已删除") if self.line.erased else ""
        return self.line.words or erased or self.matter or self.place


def queue_rows(
    queue: Queue,
    actor: Actor,
    now: datetime,
    *,
    kind: str = "",
    words: str = "",
    by_matter: bool = False,
    offset: int = 0,
    limit: int = PAGE_SIZE + 1,
) -> list[Row]:
    """
    Return what waits in a queue, the most pressing first, one more than a page if any.

    :param by_matter: those of one matter together
    """
    lines = workorders.tasks_owed(
        actor=actor,
        power=queue.power,
        kinds=(kind,) if kind else queue.kinds,
        limit=limit,
        offset=offset,
        words=words,
        by_matter=by_matter,
    )
    return _rows(lines, actor, now)


def rows_of(ids: Sequence[int], actor: Actor, now: datetime) -> list[Row]:
    """Return the lines of these cases, in this order; all of them stand in the actor's sight."""
    return _rows(workorders.lines_of(ids, actor), actor, now, alerted=False)


def rows_numbered(numbers: Sequence[str], actor: Actor, now: datetime) -> list[Row]:
    """Return the lines of those of these cases that are there for the actor, in this order."""
    found = dict(
        workorders.visible_to(actor).filter(number__in=numbers).values_list("number", "pk")
    )
    return rows_of([found[number] for number in numbers if number in found], actor, now)


def pressing_rows(
    queues: Iterable[Queue], actor: Actor, now: datetime, *, most_today: int, most_each: int
) -> tuple[list[Row], dict[str, list[Row]]]:
    """
    Return what runs out before the local day ends, or has, of all that waits in these queues; and
    the most pressing others of each, by its name. Asks no more for more queues.
    """
    asked = {queue.name: (queue.power, queue.kinds) for queue in queues}
    midnight = datetime.combine(localdate(now) + timedelta(days=1), time.min)
    until = midnight.replace(tzinfo=get_default_timezone())
    found = workorders.agenda(actor, asked, until, most_due=most_today, most_each=most_each)
    lines = [*found.due, *(line for name in asked for line in found.first[name])]
    rows = iter(_rows(lines, actor, now, alerted=False))  # notices stand above
    due = list(islice(rows, len(found.due)))
    return due, {name: list(islice(rows, len(found.first[name]))) for name in asked}


def sent_rows(actor: Actor, now: datetime, *, offset: int = 0) -> list[Row]:
    """Return what was dispatched and not acknowledged yet, the newest first."""
    lines = workorders.cases_to_recall(actor=actor, limit=PAGE_SIZE + 1, offset=offset)
    return _rows(lines, actor, now)


@dataclass(frozen=True, slots=True)
class RowsFound:
    """A page of the list of cases."""

    rows: list[Row]
    newer: bool
    older: bool


def case_rows(
    asked: CaseFilter,
    actor: Actor,
    now: datetime,
    *,
    after: str = "",
    before: str = "",
    limit: int,
) -> RowsFound:
    """Return the newest cases that a unit sees, or those next to a case of this number."""
    found = workorders.cases_found(
        asked, actor=actor, now=now, limit=limit, after=after, before=before
    )
    return RowsFound(_rows(found.lines, actor, now), found.newer, found.older)


def mapped_rows(
    box: workorders.Box, choice: workorders.Choice, actor: Actor, now: datetime
) -> list[Row]:
    """Return the newest cases that lie in a box of the map, a page of them at most."""
    lines = workorders.lines_mapped(box=box, choice=choice, actor=actor, now=now, limit=PAGE_SIZE)
    return _rows(lines, actor, now)


def mapped_row(number: str, actor: Actor, now: datetime) -> Row | None:
    """Return one case of the map; None if it is not on it for this actor."""
    line = workorders.line_mapped(number=number, actor=actor)
    return _rows([line], actor, now)[0] if line else None


def cases_called(words: str, actor: Actor, now: datetime, limit: int = 5) -> list[CaseLine]:
    """Return cases by the tail of their number, else by words; the newest first."""
    found = workorders.cases_numbered(words, actor=actor, on=localdate(now), limit=limit)
    return found or workorders.cases_with(words, actor=actor, limit=limit)


def _rows(
    lines: Sequence[CaseLine],
    actor: Actor,
    now: datetime,
    *,
    alerted: bool = True,
) -> list[Row]:
    labels = places.division_labels({line.territory for line in lines if line.territory})
    matters = catalog.matter_names({line.matter for line in lines if line.matter}, localdate(now))
    own = {grant.unit_id for grant in actor.grants if grant.unit_id}  # the rail names them too
    named = {line.waits_unit_id for line in lines} | {line.of_unit_id for line in lines}
    units = people.unit_lines({unit_id for unit_id in named if unit_id} | own)
    calendar = catalog.calendar_for(localdate(now)) if lines else None
    return [
        Row(
            line=line,
            place=labels.get(line.territory, "") or line.place or _("无地点"),
            matter=matters.get(line.matter, ""),
            unit=units[line.waits_unit_id].short_name if line.waits_unit_id in units else "",
            due=_chip_of_line(line, calendar, now) if calendar else None,
            alerts=line.alerts if alerted else (),
            marks=_marks(line),
            owed_words=_("、").join(term("task_kind", kind) for kind in line.owed)
            if len(line.owed) > 1
            else "",
            of=_of(line, units),
            outer_words=_outer_words(line, now),
        )
        for line in lines
    ]


def _chip_of_line(line: CaseLine, calendar: WorkCalendar, now: datetime) -> DueChip | None:
    if line.suspended_until is not None:
        until = _("{moment}恢复").format(moment=moment(line.suspended_until, now))
        return paused(title=until)
    if line.due_at is None:
        return finished() if not line.waits_for else None
    limit = Limit(line.due_amount, ClockUnit(line.due_unit))
    return chip(limit, line.due_at, calendar, now, term("due_label", line.waits_for))


def _marks(line: CaseLine) -> tuple[str, ...]:
    words = TERMS["row_mark"]
    kinds = (kind for kind in line.waiting if kind in words and kind not in line.owed)
    again = [pgettext("mark", "重办")] if line.again else []
    sent_back = [pgettext("mark", "退回修改")] if line.sent_back else []
    return tuple(dict.fromkeys([*sent_back, *again, *(str(words[kind]) for kind in kinds)]))


def _of(line: CaseLine, units: Mapping[int, UnitLine]) -> str:
    unit = units.get(line.of_unit_id or 0)
    if line.waits_for not in DECIDED or unit is None:
        return ""
    return f"{unit.short_name} {term('task_kind', line.of_kind)}"


def _outer_words(line: CaseLine, now: datetime) -> str:
    """Return the platform's own clock, which runs through: 外部剩1小时40分."""
    if line.outer_due_at is None or not line.waits_for:
        return ""
    left = int((line.outer_due_at - now).total_seconds())
    if left < 0:
        return _("外部超{amount}").format(amount=amount_words(max(-left, 60)))
    return _("外部剩{amount}").format(amount=amount_words(left))
