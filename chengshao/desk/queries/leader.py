"""The page of who leads the district: what is to be decided, and six figures with their change."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from chengshao.catalog import queries as catalog
from chengshao.catalog.terms import Urgency
from chengshao.desk.queries.lists import Row, rows_of
from chengshao.desk.rules.decisions import Ask, chosen
from chengshao.desk.rules.growth import LEAST, steepest, tenths, usual
from chengshao.kernel.actor import Actor
from chengshao.people import queries as people
from chengshao.people.queries import OnDuty, UnitLine
from chengshao.places import queries as places
from chengshao.web.due import DueChip
from chengshao.web.texts import term
from chengshao.workorders import queries as workorders
from chengshao.workorders.queries import CaseFilter, Counted, Pressing, Side, ToDecide, Week
from chengshao.workorders.terms import OuterWhat, Power, Standing, TaskCommand, TaskKind

_DAYS = 7
_OF_EACH = 6  # that are looked for: one more than fits on the page
_SIDES = 2
_LEFT_OUT = frozenset({TaskKind.DISPATCH})


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure that opens the list of the very cases it counts."""

    words: str | Promise
    against: str | Promise  # what it is compared with
    now: int
    then: int
    href: str

    @property
    def change(self) -> str:
        """Return by how much it changed, with its sign: +3, −3; "" where it did not."""
        by = self.now - self.then
        return f"+{by:,}" if by > 0 else f"−{-by:,}" if by < 0 else ""


@dataclass(frozen=True, slots=True)
class Deed:
    """What one tap does, by an action that stands on the case page too."""

    words: str
    action: str
    reason: str  # begun, to be changed before


@dataclass(frozen=True, slots=True)
class Position:
    unit: UnitLine
    words: str


@dataclass(frozen=True, slots=True)
class Call:
    """Who is on duty where the case waits."""

    unit: UnitLine
    duty: OnDuty


@dataclass(frozen=True, slots=True)
class Decision:
    """One thing to decide. What no action decides opens where it can be looked at."""

    ask: Ask
    title: str
    href: str
    open_words: str
    number: str = ""
    due: DueChip | None = None
    outer_words: str = ""
    facts: str = ""
    positions: tuple[Position, ...] = ()
    deeds: tuple[Deed, ...] = ()
    call: Call | None = None
    task: ToDecide | None = None


@dataclass(frozen=True, slots=True)
class LeaderPage:
    decisions: list[Decision]
    left_out: int  # found and not on the page
    figures: list[Figure]
    now: datetime


@dataclass(frozen=True, slots=True)
class _Asked:
    words: str | Promise
    against: str | Promise
    counted: CaseFilter
    compared: CaseFilter
    query: Mapping[str, str]


def leader_page(actor: Actor, now: datetime) -> LeaderPage:
    """Return what waits for who leads the district. Three statements."""
    today, unit_id = localdate(now), _unit_of(actor)
    figures = _figures(unit_id, today)
    found = workorders.pressing(
        actor=actor,
        now=now,
        today=today,
        unit_id=unit_id,
        figures=[(each.counted, each.compared) for each in figures],
        least=LEAST,
        limit=_OF_EACH,
    )
    things = _things(found)
    kept = chosen(things)
    cases = [thing for _ask, thing in kept if isinstance(thing, int)]
    tasks = {task.case_id: task for task in (*found.stuck, *found.requests)}
    sides = workorders.sides_of(tasks.keys() & set(cases), actor) if tasks else []
    compose = _Composing(rows_of(cases, actor, now), tasks, sides, now)
    everything = {thing for each in things.values() for thing in each}
    return LeaderPage(
        decisions=[
            compose.grown(thing) if isinstance(thing, Week) else compose.case(ask, thing)
            for ask, thing in kept
        ],
        left_out=len(everything) - len(kept),
        figures=[
            _figure(each, counted) for each, counted in zip(figures, found.figures, strict=True)
        ],
        now=now,
    )


def _unit_of(actor: Actor) -> int:
    """Return whose list of cases opens where none is named: see CaseFilterForm.asked."""
    return min((unit_id for unit_id, _territory in actor.reach(Power.SEE)), default=0)


def _things(found: Pressing) -> dict[Ask, Sequence[int | Week]]:
    places_of = steepest((week.now, week.before) for week in found.weeks)
    return {
        Ask.EMERGENCY: [each.case_id for each in found.emergencies],
        Ask.STUCK: [each.case_id for each in found.stuck],
        Ask.GROWTH: [found.weeks[place] for place in places_of],
        Ask.OUTER: [each.case_id for each in found.outer],
        Ask.REQUEST: [each.case_id for each in found.requests],
    }


def _figures(unit_id: int, today: date) -> list[_Asked]:
    begins = today - timedelta(days=_DAYS - 1)
    in_week = CaseFilter(unit_id, begins=begins)
    week_before = replace(in_week, begins=begins - timedelta(days=_DAYS))
    of_week = {"begins": begins.isoformat()}

    def week(words: str | Promise, standing: str) -> _Asked:
        return _Asked(
            words,
            gettext_lazy("比前7天同期"),
            replace(in_week, standing=standing),
            replace(week_before, standing=standing),
            of_week | ({"standing": standing} if standing else {}),
        )

    def standing(words: str | Promise, standing: str, urgency: str = "") -> _Asked:
        asked = CaseFilter(unit_id, standing=standing, urgency=urgency)
        query = {"standing": standing} | ({"urgency": urgency} if urgency else {})
        return _Asked(words, gettext_lazy("比7天前"), asked, asked, query)

    return [
        week(gettext_lazy("近7天新收"), ""),
        week(gettext_lazy("其中已结案"), Standing.CLOSED),
        standing(gettext_lazy("现在在办"), Standing.OPEN),
        standing(gettext_lazy("在办已超期"), Standing.OVERDUE),
        standing(gettext_lazy("在办特急"), Standing.OPEN, Urgency.EMERGENCY),
        standing(gettext_lazy("外部时限今天到"), Standing.OUTER_DUE),
    ]


def _figure(asked: _Asked, counted: Counted) -> Figure:
    href = f"{reverse('desk:cases')}?{urlencode(asked.query)}"
    return Figure(asked.words, asked.against, counted.now, counted.then, href)


class _Composing:
    """Puts decisions into words, out of what was read for all of them."""

    def __init__(
        self,
        rows: Sequence[Row],
        tasks: Mapping[int, ToDecide],
        sides: Sequence[Side],
        now: datetime,
    ) -> None:
        self._rows = {row.line.case_id: row for row in rows}
        self._tasks = tasks
        self._sides = sides
        self._now, self._today = now, localdate(now)
        waiting = {row.line.waits_unit_id for row in rows}
        named = waiting | {side.unit_id for side in sides} | {t.unit_id for t in tasks.values()}
        self._units = people.unit_lines({unit_id for unit_id in named if unit_id})
        calendar = catalog.calendar_for(self._today)
        self._duties = people.on_duty({unit_id for unit_id in waiting if unit_id}, now, calendar)

    def case(self, ask: Ask, case_id: int) -> Decision:
        row = self._rows[case_id]
        task = self._tasks.get(case_id) if ask in (Ask.STUCK, Ask.REQUEST) else None
        deeds = tuple(self._deeds(ask, task)) if task else ()
        href, open_words = self._way(row, task)
        return Decision(
            ask=ask,
            title=pgettext("between parts", "，").join(part for part in _about(row) if part),
            href=href,
            open_words=open_words,
            number=row.line.number,
            due=row.due,
            outer_words=row.outer_words if ask is Ask.OUTER else "",
            facts=self._facts(ask, row, task),
            positions=tuple(self._positions(case_id)) if task else (),
            deeds=deeds,
            call=None if deeds else self._call(row),
            task=task,
        )

    def grown(self, week: Week) -> Decision:
        place = f"{week.subdistrict}000"
        names = catalog.matter_names({week.matter}, self._today)
        matter = names.get(week.matter, "") or _("未定事项")
        where = places.division_labels({place}).get(place, "")
        begins = self._today - timedelta(days=_DAYS - 1)
        query = {"matter": week.matter, "division": place, "begins": begins.isoformat()}
        return Decision(
            ask=Ask.GROWTH,
            title=pgettext("between parts", "，").join(part for part in (where, matter) if part),
            href=f"{reverse('desk:cases')}?{urlencode(query)}",
            open_words=_("看是哪些"),
            facts=_("近7天反映{now}次，前四周平均每周{usual}次，最多的一周{most}次。").format(
                now=week.now, usual=tenths(usual(week.before)), most=max(week.before, default=0)
            ),
        )

    def _facts(self, ask: Ask, row: Row, task: ToDecide | None) -> str:
        unit = self._units.get((task.unit_id if task else row.line.waits_unit_id) or 0)
        name = unit.short_name if unit else ""
        if ask is Ask.REQUEST and task:
            return _("{unit}申请{what}。").format(unit=name, what=term("outer_what", task.what))
        if ask is Ask.STUCK and task and task.kind == TaskKind.DISPATCH:
            return _("会商过，仍不明确由谁主办。")
        if ask is Ask.STUCK:
            return _("已不止一次退单，现在是{unit}退回。").format(unit=name)
        if row.line.waits_for and name:
            return _("现在等{unit}{kind}。").format(
                unit=name, kind=term("task_kind", row.line.waits_for)
            )
        return ""

    def _way(self, row: Row, task: ToDecide | None) -> tuple[str, str]:
        number = row.line.number
        if task is not None and task.kind == TaskKind.DISPATCH:
            queue = reverse("desk:queue", args=["dispatch"])
            return f"{queue}?{urlencode({'case': number})}", _("指定主办")
        return reverse("desk:case", args=[number]), _("看案卷")

    def _positions(self, case_id: int) -> Iterator[Position]:
        own = [side for side in self._sides if side.case_id == case_id]
        for side in own[:_SIDES]:
            if side.unit_id in self._units:
                yield Position(self._units[side.unit_id], side.words)

    def _deeds(self, ask: Ask, task: ToDecide) -> Iterator[Deed]:
        if task.kind in _LEFT_OUT:
            return
        unit = self._units.get(task.unit_id or 0)
        name = unit.short_name if unit else _("原单位")
        if ask is Ask.STUCK:
            yield _deed(
                task,
                TaskCommand.DENY,
                _("由{unit}办").format(unit=name),
                _("区领导裁定：由{unit}办理。").format(unit=name),
            )
            said = _("区领导裁定：准予退单，另行派单。")
            yield _deed(task, TaskCommand.GRANT, _("准退，另派"), said)
            return
        what = term("outer_what", task.what)
        grant = _("同意{what}").format(what=what)
        yield _deed(task, TaskCommand.GRANT, grant, _("区领导：同意。"))
        refuse = _("不同意，按原时限办") if task.what == OuterWhat.EXTENSION else _("不同意")
        yield _deed(task, TaskCommand.DENY, refuse, _("区领导：不同意，按原时限办结。"))

    def _call(self, row: Row) -> Call | None:
        unit_id = row.line.waits_unit_id or 0
        if unit_id not in self._duties or unit_id not in self._units:
            return None
        return Call(self._units[unit_id], self._duties[unit_id])


def _about(row: Row) -> tuple[str, str]:
    """Return where and what it is; no words of a citizen, for the page is printed."""
    return row.place if row.line.territory else _("无地点"), row.matter or _("未定事项")


def _deed(task: ToDecide, command: str, words: str, reason: str) -> Deed:
    return Deed(words, reverse("desk:move", args=[task.task_id, command]), reason)
