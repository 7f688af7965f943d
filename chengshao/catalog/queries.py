"""Reads: what is in force on a day. Nothing here looks at the clock."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from threading import Lock

from django.db.models import Prefetch, Q, QuerySet

from chengshao.catalog.models import (
    ANY,
    CalendarDay,
    CalendarVersion,
    CalendarYear,
    CodeMap,
    DutyListRow,
    Matter,
    MatterClass,
    MatterCondition,
    OfficeHours,
    Responsibility,
    TaskLimit,
    UnitPower,
)
from chengshao.catalog.rules import finding
from chengshao.catalog.rules.codes import MatterCodeInvalid, matter_line, split_code
from chengshao.catalog.rules.delimitation import Candidate, Duty, may_help, nearest, obstacle
from chengshao.catalog.terms import (
    CheckMode,
    DayKind,
    DutyListKind,
    EvidenceKind,
    LeadObstacle,
    MatterKind,
    Sensitivity,
    Track,
    Urgency,
)
from chengshao.kernel import clock
from chengshao.kernel.bigrams import bigrams
from chengshao.kernel.clock import ClockUnit, Limit, WorkCalendar, parse_hours
from chengshao.kernel.divisions import division_line
from chengshao.kernel.errors import Invalid, NotFound, Refused
from chengshao.people import queries as people
from chengshao.people.terms import UnitKind

_URGENCIES = list(Urgency)


class MatterNotFound(NotFound):
    code = "matter_not_found"


class TaskLimitMissing(Refused):
    code = "task_limit_missing"


class CalendarMissing(Refused):
    code = "calendar_missing"


class LeadNotByList(Refused):
    code = "lead_not_by_list"


class WordsTooLong(Invalid):
    code = "words_too_long"


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition of a matter with its limits; the limit at urgency "" holds at any."""

    serial: int
    code: str  # with the matter: C0101-2
    register_condition: str
    close_condition: str
    default_urgency: Urgency
    limits: tuple[tuple[str, Limit], ...]

    def limit_at(self, urgency: str) -> Limit | None:
        limits = dict(self.limits)
        return limits.get(urgency) or limits.get(ANY)


@dataclass(frozen=True, slots=True)
class MatterVersion:
    """
    A matter as it is in force, seen through the condition that its code names.

    Where the code names none of several, the register and closing conditions are all of them and
    the default urgency is the calmest: a person raises it who knows more.
    """

    id: int  # of the version
    code: str  # as asked: C0101 or C0101-2
    matter_code: str
    name: str
    kind: MatterKind
    class_code: str
    class_names: tuple[str, ...]  # from the highest class down
    aliases: tuple[str, ...]
    register_condition: str
    close_condition: str
    conditions: tuple[Condition, ...]  # all, whichever the code names
    default_urgency: Urgency
    evidence_asked: tuple[EvidenceKind, ...]
    verify: bool
    check_mode: CheckMode
    flexible: bool
    sensitivity: Sensitivity
    track: Track
    source: str
    valid_from: date
    valid_until: date | None

    @property
    def pk(self) -> int:
        return self.id

    @property
    def is_narrowed(self) -> bool:
        """Tell whether it stands under one condition, so that its limit is the right one."""
        return len(self.conditions) == 1 or self.code != self.matter_code


@dataclass(frozen=True, slots=True)
class ResponsibilityLine:
    """
    Who would lead a matter at a place by one document, or why nobody does by it.

    `id` is that of the responsibility; None where the sub-district's list alone says so.
    """

    id: int | None
    lead_unit_id: int | None
    lead_role: str
    co_unit_ids: tuple[int, ...]
    document: str
    document_number: str
    article: str
    territory: str
    list_kind: DutyListKind | None
    reason: str  # a LeadObstacle, or ""


def in_force(on: date, prefix: str = "") -> Q:
    """Return the condition that a dated row (or the one at `prefix`) is in force that day."""
    ends = Q(**{f"{prefix}valid_until": None}) | Q(**{f"{prefix}valid_until__gt": on})
    return ends & Q(**{f"{prefix}valid_from__lte": on})


# Matters


def matter_in_force(code: str, on: date) -> MatterVersion:
    """
    Return the version of a matter in force that day; the code may name one condition (C0101-2).

    :raises MatterNotFound: if none is, or it has no such condition
    """
    matter_code, serial = _split(code)
    row = _with_conditions(Matter.objects.filter(in_force(on), code=matter_code)).first()
    if row is None:
        raise MatterNotFound(matter=code)
    found = _versions([row], on)[0]
    return found if serial is None else _narrowed(found, code, serial)


def matter_versions(code: str) -> list[MatterVersion]:
    """
    Return all versions of a matter, the newest first; class names are those of its first day.

    :raises MatterNotFound: if there was never one
    """
    matter_code, _ = _split(code)
    rows = _with_conditions(Matter.objects.filter(code=matter_code)).order_by("-valid_from")
    found = [_versions([row], row.valid_from)[0] for row in rows]
    if not found:
        raise MatterNotFound(matter=code)
    return found


def find_matters(words: str, *, on: date, limit: int = 10) -> list[MatterVersion]:
    """
    Return matters for the words of a caller or a registrar, the closest first.

    A name, alias, class, condition, code or pinyin initials that hold all the words come first;
    where none does, the matters whose name or aliases a longer sentence mentions.

    :raises WordsTooLong: beyond 400 characters
    """
    if len(words) > finding.MAX_WORDS:
        raise WordsTooLong(limit=finding.MAX_WORDS)
    asked = finding.fold(words.replace("\x00", " "))
    if not asked:
        return []
    current = Matter.objects.filter(in_force(on))
    holding = current
    for part in asked.split():
        pairs = [pair for pair in bigrams(part) if len(pair) == 2]
        text = Q(bigrams__contains=pairs, words__contains=part) if pairs else Q()
        text = text or Q(words__contains=part)
        if part.isascii():
            text |= Q(initials__contains=part) | Q(code__iexact=part)
        holding = holding.filter(text)
    rows = list(_with_conditions(holding)[:_MOST_RANKED])
    rank = finding.rank
    if not rows:
        pairs = bigrams(asked)
        rows = list(_with_conditions(current.filter(bigrams__overlap=pairs))[:_MOST_RANKED])
        rank = finding.mention
    ranked = [(rank(asked, row.code, row.name, row.aliases, row.initials), row) for row in rows]
    best = sorted((r for r in ranked if r[0]), key=lambda r: (-r[0], r[1].code))
    return _versions([row for _, row in best[:limit]], on)


def matters_of_class(code: str, *, on: date) -> list[MatterVersion]:
    """
    Return the matters in force under a class (`C01`) or kind (`C`), by code.

    :raises MatterCodeInvalid: if it is no code
    """
    matter_line(code)
    rows = Matter.objects.filter(in_force(on), code__startswith=code).order_by("code")
    return _versions(list(_with_conditions(rows)), on)


def classes(on: date) -> dict[str, str]:
    """Return the names of all classes in force that day, by code, in order."""
    rows = MatterClass.objects.filter(in_force(on)).order_by("code")
    return dict(rows.values_list("code", "name"))


def matter_names(codes: Iterable[str], on: date) -> dict[str, str]:
    """
    Return the names of matters by their codes (also C0101-2), for lists. One statement.

    A matter no longer in force keeps its last name; an unknown code is left out.
    """
    plain = {code: code.partition("-")[0] for code in codes}
    rows = Matter.objects.filter(code__in=set(plain.values()), valid_from__lte=on)
    names = dict(rows.order_by("valid_from").values_list("code", "name"))
    return {code: names[matter] for code, matter in plain.items() if matter in names}


def limit_of_matter(code: str, urgency: str, on: date) -> Limit | None:
    """
    Return how long handling the matter may take, or None if the catalogue sets nothing.

    A limit for this urgency goes before one for any. Where the code names none of several
    conditions, the strictest of their limits holds until somebody narrows it down.

    :raises MatterNotFound: if no such matter or condition is in force
    """
    matter_code, serial = _split(code)
    conditions = MatterCondition.objects.filter(
        in_force(on, "matter__"), matter__code=matter_code
    ).prefetch_related("limits")
    chosen = [row for row in conditions if serial in (None, row.serial)]
    if not chosen:
        raise MatterNotFound(matter=code)
    limits = [_condition(matter_code, row).limit_at(urgency) for row in chosen]
    set_ones = [limit for limit in limits if limit is not None]
    return min(set_ones, key=_strictness, default=None)


def limit_of_task(kind: str, source: str, urgency: str, on: date) -> Limit:
    """
    Return how long a task of a kind may take: the nearest row, urgency before source.

    :raises TaskLimitMissing: if the catalogue has no row for this kind
    """
    rows = TaskLimit.objects.filter(
        in_force(on), kind=kind, source__in=[source, ANY], urgency__in=[urgency, ANY]
    )
    near = max(rows, key=lambda row: (row.urgency != ANY, row.source != ANY), default=None)
    if near is None:
        raise TaskLimitMissing(task_kind=kind)
    return Limit(near.amount, ClockUnit(near.unit), near.note)


def task_limits(on: date) -> QuerySet[TaskLimit]:
    """Return the limits of all kinds of tasks in force that day."""
    return TaskLimit.objects.filter(in_force(on)).order_by("kind", "source", "urgency")


def matter_of_foreign_code(system: str, foreign_code: str, on: date) -> str | None:
    """Return the matter's code here for the one that another system uses, or None."""
    rows = CodeMap.objects.filter(in_force(on), system=system, foreign_code=foreign_code)
    return rows.values_list("matter_code", flat=True).first()


_MOST_RANKED = 500


def _split(code: str) -> tuple[str, int | None]:
    try:
        return split_code(code)
    except MatterCodeInvalid as error:
        raise MatterNotFound(matter=code[:40]) from error


def _with_conditions(rows: QuerySet[Matter]) -> QuerySet[Matter]:
    conditions = MatterCondition.objects.order_by("serial").prefetch_related("limits")
    return rows.prefetch_related(Prefetch("conditions", conditions))


def _versions(rows: Sequence[Matter], on: date) -> list[MatterVersion]:
    above = {code for row in rows for code in matter_line(row.code)[1:]}
    names = dict(
        MatterClass.objects.filter(in_force(on), code__in=above).values_list("code", "name")
    )
    return [_version(row, names) for row in rows]


def _version(row: Matter, class_names: dict[str, str]) -> MatterVersion:
    conditions = tuple(_condition(row.code, c) for c in row.conditions.all())
    urgencies = [condition.default_urgency for condition in conditions]
    return MatterVersion(
        id=row.pk,
        code=row.code,
        matter_code=row.code,
        name=row.name,
        kind=MatterKind(row.kind),
        class_code=row.class_code,
        class_names=tuple(
            class_names[code] for code in reversed(matter_line(row.code)[1:]) if code in class_names
        ),
        aliases=tuple(row.aliases),
        register_condition=_joined(c.register_condition for c in conditions),
        close_condition=_joined(c.close_condition for c in conditions),
        conditions=conditions,
        default_urgency=min(urgencies, key=_URGENCIES.index, default=Urgency.ORDINARY),
        evidence_asked=tuple(EvidenceKind(kind) for kind in row.evidence_asked),
        verify=row.verify,
        check_mode=CheckMode(row.check_mode),
        flexible=row.flexible,
        sensitivity=Sensitivity(row.sensitivity),
        track=Track(row.track),
        source=row.source,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
    )


def _condition(matter_code: str, row: MatterCondition) -> Condition:
    limits = [
        (limit.urgency, Limit(limit.amount, ClockUnit(limit.unit), limit.note))
        for limit in row.limits.all()
    ]
    return Condition(
        serial=row.serial,
        code=f"{matter_code}-{row.serial}",
        register_condition=row.register_condition,
        close_condition=row.close_condition,
        default_urgency=Urgency(row.default_urgency),
        limits=tuple(sorted(limits)),
    )


def _narrowed(matter: MatterVersion, code: str, serial: int) -> MatterVersion:
    one = next((c for c in matter.conditions if c.serial == serial), None)
    if one is None:
        raise MatterNotFound(matter=code)
    return replace(
        matter,
        code=code,
        register_condition=one.register_condition,
        close_condition=one.close_condition,
        default_urgency=one.default_urgency,
    )


def _joined(texts: Iterable[str]) -> str:
    return "；".join(dict.fromkeys(text for text in texts if text))


def _strictness(limit: Limit) -> int:
    """The least real time it can take: a working day is a day and its night."""
    return limit.amount * 86_400 if limit.unit is ClockUnit.WORKING_DAY else limit.seconds


# Calendar


_calendars: dict[str, WorkCalendar] = {}
_calendars_lock = Lock()


def calendar_for(start: date) -> WorkCalendar:
    """
    Return the calendar by which a clock that starts that day runs. One statement when known.

    :raises CalendarMissing: if no office hours are in force on that day
    """
    newest = CalendarVersion.objects.order_by("-version").values_list("version", "token").first()
    if newest is None:
        raise CalendarMissing(day=start.isoformat())
    version, token = newest
    calendar = _calendars.get(token)
    if calendar is None:
        calendar = _build_calendar(version)
        with _calendars_lock:
            _calendars.clear()  # an older version is never asked for again
            _calendars[token] = calendar
    if not any(hours.holds_on(start) for hours in calendar.office_hours):
        raise CalendarMissing(day=start.isoformat())
    return calendar


def days_changed_since(version: int) -> tuple[date, date | None] | None:
    """
    Return from which to which day (None: on and on) working time may have moved since a version.

    None where the calendar is still the same: for recomputing open deadlines.
    """
    rows = list(CalendarVersion.objects.filter(version__gt=version))
    if not rows:
        return None
    last_days = [row.last_day for row in rows]
    ends = [day for day in last_days if day is not None]
    last = max(ends) if len(ends) == len(last_days) else None
    return min(row.first_day for row in rows), last


def special_days(year: int) -> QuerySet[CalendarDay]:
    """Return the days of a year unlike the week, as the calendar now stands."""
    return CalendarDay.objects.filter(day__year=year, until=None).order_by("day", "is_city")


def announced_years() -> dict[int, str]:
    """Return the years whose holidays are announced, with the source; others are provisional."""
    return dict(CalendarYear.objects.order_by("year").values_list("year", "source"))


def office_hours() -> QuerySet[OfficeHours]:
    """Return the office hours of all times, the newest first."""
    return OfficeHours.objects.order_by("-valid_from")


def calendar_versions() -> QuerySet[CalendarVersion]:
    """Return every change of the calendar, the newest first."""
    return CalendarVersion.objects.select_related("by").order_by("-version")


def _build_calendar(version: int) -> WorkCalendar:
    # The statutory first, so that the city's own stands above it.
    rows = CalendarDay.objects.filter(
        Q(until=None) | Q(until__gt=version), since__lte=version
    ).order_by("is_city")
    worked = (DayKind.MAKE_UP_WORKDAY, DayKind.CITY_WORK)
    exceptions = {day: kind in worked for day, kind in rows.values_list("day", "kind")}
    years = CalendarYear.objects.filter(since__lte=version).values_list("year", flat=True)
    hours = (
        clock.OfficeHours(row.valid_from, row.valid_until, parse_hours(row.spans))
        for row in OfficeHours.objects.order_by("valid_from")
    )
    return WorkCalendar(version, tuple(hours), exceptions, frozenset(years))


# Responsibilities


def responsibilities_for(matter: str, territory: str, on: date) -> list[ResponsibilityLine]:
    """
    Return who leads a matter at a place and who helps, the nearest document first.

    What names the matter itself goes before its class, the place's own before the district's. The
    sub-district's lists bend it: what was taken back or is only assisted is led by the department
    that the list names; a line that a list forbids stays visible with its reason.

    :param territory: any 12-digit division code, or "" where the place is not known
    :raises MatterNotFound: if it is no matter's code
    :raises DivisionCodeInvalid: if the territory is no division code
    """
    line = _line_of(matter)
    places = (*division_line(territory), ANY)
    rows = list(
        Responsibility.objects.filter(in_force(on), matter_code__in=line, territory__in=places)
    )
    rows.sort(key=lambda r: (line.index(r.matter_code), places.index(r.territory), r.pk))
    lists = _lists_at(territory, line, on)
    asked = {role for row in rows for role in (row.lead_role, *row.co_roles)}
    if lists.duty_row is not None:
        asked.add(lists.duty_row.department_role)
    units = people.units_for_roles(asked - {ANY}, territory, on)
    kinds = _candidates({*units.values(), *({lists.unit_id} if lists.unit_id else ())}, on)

    found = [_by_responsibility(row, units, kinds, lists) for row in rows]
    own = _by_list(lists, units)
    if own is None:
        return found
    if any(line.lead_unit_id == own.lead_unit_id is not None for line in found):
        return found  # a responsibility says so already, with an article
    return [own, *found]


def check_may_lead(unit_id: int, matter: str, territory: str, on: date) -> None:
    """
    Check that the lists of duties let a unit lead a matter at a place.

    :raises LeadNotByList: if it is a community; or a sub-district, and the matter was taken back,
        is only assisted, or is on none of its lists and no responsibility names it
    :raises MatterNotFound: if it is no matter's code
    :raises DivisionCodeInvalid: if the territory is no division code
    """
    candidate = _candidates({unit_id}, on).get(unit_id, Candidate())
    if not (candidate.is_community or candidate.is_subdistrict):
        return
    where = _territory_of(unit_id) or territory
    line = _line_of(matter)
    lists = _lists_at(where, line, on)
    why = obstacle(
        candidate,
        lists.duty,
        has_list=lists.exists,
        named_by_responsibility=any(
            row.lead_unit_id == unit_id for row in responsibilities_for(matter, where, on)
        )
        if lists.exists and lists.duty is None
        else False,
    )
    if why is not None:
        raise LeadNotByList(lead_obstacle=why.value)


def check_may_help(unit_ids: Collection[int], matter: str, territory: str, on: date) -> None:
    """
    Check that the lists of duties let units co-handle a matter at a place.

    :raises LeadNotByList: if one is a community whose list lacks it (Beijing §17), or the
        sub-district although it was taken back
    :raises MatterNotFound: if it is no matter's code
    :raises DivisionCodeInvalid: if the territory is no division code
    """
    kinds = _candidates(set(unit_ids), on)
    lists = _lists_at(territory, _line_of(matter), on)
    for unit_id in sorted(unit_ids):
        candidate = kinds.get(unit_id, Candidate())
        if not may_help(candidate, lists.duty, community_duty=lists.community_duty):
            why = LeadObstacle.NOT_ON_LIST if candidate.is_community else LeadObstacle.TAKEN_BACK
            raise LeadNotByList(lead_obstacle=why.value)


def responsibilities(on: date, *, matter_code: str = "") -> QuerySet[Responsibility]:
    """Return the responsibilities in force that day, of one class or matter or of all."""
    rows = Responsibility.objects.filter(in_force(on), matter_code__startswith=matter_code)
    return rows.order_by("matter_code", "territory", "lead_role")


def duty_list(territory: str, on: date) -> QuerySet[DutyListRow]:
    """Return the lines of a sub-district's or community's lists in force that day."""
    rows = DutyListRow.objects.filter(in_force(on), territory=territory)
    return rows.order_by("list_kind", "matter_code")


def territories_with_lists(on: date) -> list[str]:
    """Return the codes of the sub-districts and communities that keep lists."""
    rows = DutyListRow.objects.filter(in_force(on)).order_by("territory")
    return list(rows.values_list("territory", flat=True).distinct())


def unit_powers(*, kind: str, roles: Collection[str], on: date) -> QuerySet[UnitPower]:
    """Return the powers in force of a unit of this kind that has these roles (B4, B5)."""
    rows = UnitPower.objects.filter(in_force(on))
    return rows.filter(Q(unit_kind=kind) | Q(unit_role__in=set(roles))).order_by("name")


@dataclass(frozen=True, slots=True)
class _Lists:
    """What the lists at a place say on a matter."""

    unit_id: int | None  # of the sub-district
    exists: bool
    duty_row: DutyListRow | None
    community_duty: Duty | None

    @property
    def duty(self) -> Duty | None:
        return _duty(self.duty_row)


def _line_of(matter: str) -> tuple[str, ...]:
    _split(matter)
    return matter_line(matter)


def _lists_at(territory: str, line: Sequence[str], on: date) -> _Lists:
    places = [code for code in division_line(territory) if not code.endswith("000000")]
    rows = list(DutyListRow.objects.filter(in_force(on), territory__in=places))
    own = [row for row in rows if row.territory.endswith("000")]
    communal = [row for row in rows if not row.territory.endswith("000")]
    return _Lists(
        unit_id=people.subdistrict_unit_id(territory, on) if own else None,
        exists=bool(own),
        duty_row=_nearest_row(own, line),
        community_duty=_duty(_nearest_row(communal, line)),
    )


def _nearest_row(rows: Sequence[DutyListRow], line: Sequence[str]) -> DutyListRow | None:
    by_code = {row.matter_code: row for row in rows}
    code = nearest(list(by_code), line)
    return by_code[code] if code else None


def _duty(row: DutyListRow | None) -> Duty | None:
    return Duty(DutyListKind(row.list_kind), row.department_role) if row else None


def _candidates(unit_ids: set[int], on: date) -> dict[int, Candidate]:
    return {
        line.id: Candidate(line.kind == UnitKind.COMMUNITY, line.kind == UnitKind.SUBDISTRICT)
        for line in people.unit_lines(unit_ids, on).values()
    }


def _territory_of(unit_id: int) -> str:
    line = people.unit_lines([unit_id]).get(unit_id)
    return line.territory if line else ANY


def _by_responsibility(
    row: Responsibility, units: dict[str, int], kinds: dict[int, Candidate], lists: _Lists
) -> ResponsibilityLine:
    lead = units.get(row.lead_role)
    if lead is None:
        why: LeadObstacle | None = LeadObstacle.ROLE_WITHOUT_UNIT
    else:
        candidate = kinds.get(lead, Candidate())
        why = obstacle(candidate, lists.duty, has_list=lists.exists, named_by_responsibility=True)
    helpers = dict.fromkeys(units[role] for role in row.co_roles if role in units)
    return ResponsibilityLine(
        id=row.pk,
        lead_unit_id=lead if why is None else None,
        lead_role=row.lead_role,
        co_unit_ids=tuple(
            unit_id
            for unit_id in helpers
            if unit_id != lead
            and may_help(
                kinds.get(unit_id, Candidate()), lists.duty, community_duty=lists.community_duty
            )
        ),
        document=row.document,
        document_number=row.document_number,
        article=row.article,
        territory=row.territory,
        list_kind=lists.duty.list_kind if lists.duty else None,
        reason=why.value if why else "",
    )


def _by_list(lists: _Lists, units: dict[str, int]) -> ResponsibilityLine | None:
    """Return what the sub-district's own list says, where it says who leads."""
    row = lists.duty_row
    if row is None:
        return None
    kind = DutyListKind(row.list_kind)
    lead = lists.unit_id if kind is DutyListKind.BASIC else units.get(row.department_role)
    helps = kind is DutyListKind.ASSISTING and lists.unit_id is not None
    return ResponsibilityLine(
        id=None,
        lead_unit_id=lead,
        lead_role=row.department_role,
        co_unit_ids=(lists.unit_id,) if helps and lists.unit_id else (),
        document=row.document,
        document_number=row.document_number,
        article="",
        territory=row.territory,
        list_kind=kind,
        reason="" if lead else LeadObstacle.ROLE_WITHOUT_UNIT.value,
    )
