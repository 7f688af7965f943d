"""Reads of the duty office: its log, what it hands over, who is on duty by the roster."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from chengshao.catalog import queries as catalog
from chengshao.catalog.queries import CalendarMissing
from chengshao.duty.models import WAITS, HandOver, LogEntry
from chengshao.duty.rules.handing import Line, Part, Shifts, body_of, digest_of, parts_in
from chengshao.duty.terms import HandedPart, Power
from chengshao.kernel.actor import Actor
from chengshao.kernel.errors import NotAllowed, NotFound
from chengshao.people import queries as people
from chengshao.people.queries import OnDuty, UnitLine
from chengshao.places import queries as places
from chengshao.web import moments
from chengshao.web.gather import Asked, gathered
from chengshao.web.texts import term
from chengshao.workorders import queries as workorders
from chengshao.workorders.queries import LeftLine

MOST_LISTED = 50
_MOST_HANDED = 10
_WITHOUT_ROSTER = timedelta(hours=12)


class DutyPowerMissing(NotAllowed):
    code = "duty_power_missing"


class HandOverNotFound(NotFound):
    code = "duty_hand_over_not_found"


@dataclass(frozen=True, slots=True)
class EntryLine:
    """A line of the log as it is read."""

    id: int
    happened_at: datetime
    words: str
    case: str  # its number
    stays_open: bool
    settled: bool
    settles: str  # the words of the line that this one brought to an end
    by: str
    written_at: datetime


@dataclass(frozen=True, slots=True)
class HandOverLine:
    """A hand-over as lists show it."""

    id: int
    given_at: datetime
    given_by: str
    taken_at: datetime | None
    taken_by: str


@dataclass(frozen=True, slots=True)
class HandOverPage:
    """A hand-over with its text; a draft has no id."""

    unit: UnitLine
    body: dict[str, Any]
    parts: list[Part]
    digest: str
    until: datetime
    line: HandOverLine | None = None
    given_by_me: bool = False
    replaced: bool = False


@dataclass(frozen=True, slots=True)
class Office:
    """The duty office of a unit: who is on duty, what is open, what was written down last."""

    unit: UnitLine
    now: OnDuty | None
    next: OnDuty | None
    open: list[EntryLine]
    entries: list[EntryLine]
    waits: HandOverLine | None  # given, and nobody has taken over yet
    handed: list[HandOverLine]


def unit_of(actor: Actor) -> int:
    """
    Return the unit whose log the actor keeps; who may for all of them keeps that of the desk.

    :raises DutyPowerMissing: if the actor keeps none
    """
    if actor.may(Power.KEEP_DUTY_LOG):
        return people.desk_unit_id()
    own = sorted(unit_id for unit_id, within in actor.reach(Power.KEEP_DUTY_LOG) if not within)
    if not own:
        raise DutyPowerMissing(power=Power.KEEP_DUTY_LOG)
    return own[0]


def office_of(actor: Actor, now: datetime) -> Office:
    """
    Return what the duty office of the actor's unit shows. Two statements.

    :raises DutyPowerMissing: if the actor keeps no duty log
    """
    unit_id = unit_of(actor)
    still_open = Q(stays_open=True, settled_by=None)
    lines = _lines(LogEntry.objects.filter(unit=unit_id))
    newest, unsettled, handed = gathered(
        Asked(lines.order_by("-pk")[:MOST_LISTED]),
        Asked(lines.filter(still_open).order_by("pk")[:MOST_LISTED]),
        Asked(
            HandOver.objects.filter(unit=unit_id, replaced_at=None).order_by("-pk")[:_MOST_HANDED]
        ),
    )
    names = people.user_names(
        {row.written_by_id for row in (*newest, *unsettled)} | _persons(handed)
    )
    given = [_hand_over_line(row, names) for row in handed]
    on_duty_now, on_duty_next = _on_duty(unit_id, now)
    return Office(
        unit=people.unit_lines([unit_id])[unit_id],
        now=on_duty_now,
        next=on_duty_next,
        open=[_entry_line(row, names) for row in unsettled],
        entries=[_entry_line(row, names) for row in newest],
        waits=next((line for line in given if line.taken_at is None), None),
        handed=[line for line in given if line.taken_at is not None],
    )


def log_of(actor: Actor, *, before: int | None, limit: int) -> list[EntryLine]:
    """
    Return lines of the log of the actor's unit, the newest first. Two statements.

    :param before: only lines with smaller ids
    :raises DutyPowerMissing: if the actor keeps no duty log
    """
    rows = _lines(LogEntry.objects.filter(unit=unit_of(actor)))
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows.order_by("-pk")[:limit])
    names = people.user_names({row.written_by_id for row in found})
    return [_entry_line(row, names) for row in found]


def draft_of(actor: Actor, now: datetime, remarks: str = "") -> HandOverPage:
    """
    Return the hand-over that writes itself: what is open now and falls due in the next shift, and
    who is on duty by the roster. Two statements.

    :raises DutyPowerMissing: if the actor keeps no duty log
    """
    unit_id = unit_of(actor)
    this, following = _on_duty(unit_id, now)
    ends = this.until if this else _shift_after(now)
    until = following.until if following else ends
    left = workorders.left_open(actor=actor, until=until, limit=MOST_LISTED)
    logged = LogEntry.objects.filter(unit=unit_id, stays_open=True, settled_by=None)
    rows = list(logged.annotate(number=F("case__number")).order_by("pk")[: MOST_LISTED + 1])
    notes = [Line(f"{moments.full(row.happened_at)} {row.words}", row.number or "") for row in rows]
    told = _Telling(left)
    body = body_of(
        Shifts(_named(this), _named(following), until),
        (
            _part(HandedPart.EMERGENCIES, [told.emergency(line) for line in left.emergencies]),
            _part(HandedPart.CALLS, [told.call(line) for line in left.calls]),
            _part(HandedPart.PROMISES, [told.promise(line) for line in left.promises]),
            _part(HandedPart.LOGGED, notes),
        ),
        remarks,
    )
    return _page(unit_id, body)


def hand_over(hand_over_id: int, actor: Actor) -> HandOverPage:
    """
    Return a hand-over of the actor's unit as it was given. Two statements.

    :raises DutyPowerMissing: if the actor keeps no duty log
    :raises HandOverNotFound: if there is none of this unit
    """
    row = HandOver.objects.filter(pk=hand_over_id, unit=unit_of(actor)).first()
    if row is None:
        raise HandOverNotFound
    line = _hand_over_line(row, people.user_names(_persons([row])))
    return _page(
        row.unit_id,
        row.body,
        line=line,
        given_by_me=row.given_by_id == actor.user_id,
        replaced=row.replaced_at is not None,
    )


def hand_over_waiting(unit_id: int) -> HandOver | None:
    """Return what was given to the next shift and nobody has taken over, locked."""
    return HandOver.objects.select_for_update().filter(WAITS, unit=unit_id).first()


class _Telling:
    """Lines in words: matters, places and units by their names, never what a citizen said."""

    def __init__(self, left: workorders.LeftOpen) -> None:
        lines = [*left.emergencies, *left.calls, *left.promises]
        self._places = places.division_labels({line.territory for line in lines})
        self._matters = catalog.matter_names(
            {line.matter for line in lines if line.matter}, localdate()
        )
        self._units = people.unit_lines({line.unit_id for line in lines if line.unit_id})

    def emergency(self, line: LeftLine) -> Line:
        return self._line(line, term("step", line.step))

    def call(self, line: LeftLine) -> Line:
        due = moments.full(line.due_at) if line.due_at else ""
        by_when = _("{at}前").format(at=due)
        return self._line(line, term("task_kind", line.kind), self._unit(line), by_when)

    def promise(self, line: LeftLine) -> Line:
        on = line.promised_on.isoformat() if line.promised_on else ""
        return self._line(line, self._unit(line), _("承诺{day}").format(day=on))

    def _unit(self, line: LeftLine) -> str:
        return self._units[line.unit_id].short_name if line.unit_id in self._units else ""

    def _line(self, line: LeftLine, *more: str) -> Line:
        matter = self._matters.get(line.matter, "") or _("未定事项")
        place = self._places.get(line.territory, "") or _("无地点")
        return Line(_("，").join(each for each in (matter, place, *more) if each), line.number)


def _part(part: HandedPart, lines: list[Line]) -> Part:
    return Part(part, tuple(lines[:MOST_LISTED]), more=len(lines) > MOST_LISTED)


def _page(unit_id: int, body: dict[str, Any], **more: Any) -> HandOverPage:
    return HandOverPage(
        unit=people.unit_lines([unit_id])[unit_id],
        body=body,
        parts=parts_in(body),
        digest=digest_of(body),
        until=datetime.fromisoformat(body["until"]),
        **more,
    )


def _on_duty(unit_id: int, at: datetime) -> tuple[OnDuty | None, OnDuty | None]:
    """Return who is on duty now and who comes after; None where the roster names nobody."""
    try:
        calendar = catalog.calendar_for(localdate(at))
    except CalendarMissing:
        return None, None
    this = people.on_duty([unit_id], at, calendar).get(unit_id)
    ends = this.until if this else at
    return this, people.on_duty([unit_id], ends, calendar).get(unit_id) if this else None


def _shift_after(now: datetime) -> datetime:
    """Return the end of a shift where there is no roster: a full hour, so that a text stands."""
    return (now + _WITHOUT_ROSTER).replace(minute=0, second=0, microsecond=0)


def _named(duty: OnDuty | None) -> str:
    if duty is None:
        return ""
    return _("、").join([duty.name, *(deputy.name for deputy in duty.deputies)])


def _lines(rows: Any) -> Any:
    return rows.annotate(
        number=F("case__number"),
        over_by=F("settled_by__pk"),
        brought_to_end=F("settles__words"),
    )


def _entry_line(row: Any, names: dict[int, str]) -> EntryLine:
    return EntryLine(
        id=row.pk,
        happened_at=row.happened_at,
        words=row.words,
        case=row.number or "",
        stays_open=row.stays_open,
        settled=row.over_by is not None,
        settles=row.brought_to_end or "",
        by=names.get(row.written_by_id, ""),
        written_at=row.written_at,
    )


def _persons(rows: list[HandOver]) -> set[int]:
    return {pk for row in rows for pk in (row.given_by_id, row.taken_by_id) if pk is not None}


def _hand_over_line(row: HandOver, names: dict[int, str]) -> HandOverLine:
    return HandOverLine(
        id=row.pk,
        given_at=row.given_at,
        given_by=names.get(row.given_by_id, ""),
        taken_at=row.taken_at,
        taken_by=names.get(row.taken_by_id or 0, ""),
    )
