"""
Reads: all of the catalogue that decides on a case, as it stands on a day, or as it would stand
with a plan. Which decision follows is told by the same functions that decide for real.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeVar

from chengshao.catalog.models import (
    Dated,
    DutyListRow,
    Parameter,
    Responsibility,
    TaskLimit,
    TrackRule,
)
from chengshao.catalog.queries._common import in_force
from chengshao.catalog.queries.duties import (
    ResponsibilityLine,
    candidates,
    lines_among,
    lists_among,
    places_with_lists,
    roles_asked,
)
from chengshao.catalog.queries.ground import Ground, ground
from chengshao.catalog.queries.matters import MatterNotFound, split
from chengshao.catalog.queries.plans import Plan
from chengshao.catalog.queries.settled import rows_of_tracks
from chengshao.catalog.queries.tables import (
    MODELS,
    TABLES,
    columns_of,
    dated_drafts,
    key_of,
    values_of,
)
from chengshao.catalog.rules.burden import Asks
from chengshao.catalog.rules.codes import matter_line
from chengshao.catalog.rules.delimitation import Candidate
from chengshao.catalog.rules.limits import LimitsOfMatter, limits_under
from chengshao.catalog.rules.matters import MatterDraft
from chengshao.catalog.rules.nearest import ANY, Row, track_in
from chengshao.catalog.rules.timeline import Key, Version, held_on
from chengshao.catalog.terms import CheckMode, EvidenceKind, TableKind, Track
from chengshao.kernel.divisions import division_line
from chengshao.people import queries as people

DatedRow = TypeVar("DatedRow", bound=Dated)


@dataclass(frozen=True)
class Standing:
    """What decides on a case on one day: who leads, how long it may take, which way it goes."""

    on: date
    ground: Ground
    matters: Mapping[str, MatterDraft]
    tracks: Sequence[Row[Track]]
    responsibilities: Sequence[Responsibility]
    lists: Sequence[DutyListRow]
    holders: people.Holders
    units: Mapping[int, Candidate]

    def lines(self, matter: str, territory: str) -> list[ResponsibilityLine]:
        """
        Return what `responsibilities_for` would that day; what is drafted has no id.

        :raises MatterNotFound: if it is no matter's code
        :raises DivisionCodeInvalid: if the territory is no division code
        """
        split(matter)
        line, places = matter_line(matter), {*division_line(territory), ANY}
        rows = [
            row
            for row in self.responsibilities
            if row.matter_code in line and row.territory in places
        ]
        with_lists = set(places_with_lists(territory))
        lists = lists_among(
            [row for row in self.lists if row.territory in with_lists],
            line,
            lambda: self.holders.subdistrict_unit_id(territory),
        )
        units = self.holders.units_for_roles(roles_asked(rows, lists), territory)
        return lines_among(rows, lists, units, self.units, matter=matter, territory=territory)

    def track(self, code: str, source: str, urgency: str) -> Track | None:
        """Return what `track_of` would that day; None where there is no such matter."""
        matter = self.matter(code)
        if matter is None:
            return None
        own = Track(matter.track)
        return track_in(self.tracks, own, source=source, urgency=urgency, matter_code=code)

    def asks(self, code: str) -> Asks | None:
        """Return what the matter asks of people that day; None where there is no such matter."""
        matter = self.matter(code)
        return None if matter is None else asks_of(matter)

    def matter(self, code: str) -> MatterDraft | None:
        """Return the version of a matter in force that day, also for C0101-2."""
        return self.matters.get(code.partition("-")[0])


def asks_of(matter: MatterDraft) -> Asks:
    """Return what a version of a matter asks of people."""
    return Asks(
        evidence=frozenset(EvidenceKind(kind) for kind in matter.evidence_asked),
        verify=matter.verify,
        check_mode=CheckMode(matter.check_mode),
        conditions=len(matter.conditions),
        signed=not matter.sign_off_waived,
    )


def standing(on: date) -> Standing:
    """
    Return the catalogue as it stands that day. About a dozen statements, however many cases are
    looked at with it.

    :raises CalendarMissing: before there is a calendar
    """
    held = people.holders(on)
    holding = {unit_id for rows in held.by_role.values() for _, unit_id in rows}
    matters = {
        dated.code: dated.draft
        for _, dated in dated_drafts()
        if dated.valid_from <= on and (dated.valid_until is None or on < dated.valid_until)
    }
    return Standing(
        on=on,
        ground=ground().drafted(ask_limits=_limits_in(matters)),
        matters=matters,
        tracks=rows_of_tracks(TrackRule.objects.filter(in_force(on))),
        responsibilities=list(Responsibility.objects.filter(in_force(on)).order_by("pk")),
        lists=list(DutyListRow.objects.filter(in_force(on)).order_by("pk")),
        holders=held,
        units=candidates(holding | set(held.subdistricts.values()), on),
    )


def standing_with(before: Standing, plan: Plan) -> Standing:
    """Return the same day as it would be with a plan."""
    match plan.kind:
        case TableKind.MATTERS:
            matters = dict(before.matters)
            for (code,), versions in plan.final.items():
                content = held_on(versions, before.on)
                matters.pop(code, None)
                if content is not None:
                    matters[code] = content
            drafted = before.ground.drafted(ask_limits=_limits_in(matters))
            return replace(before, matters=matters, ground=drafted)
        case TableKind.RESPONSIBILITIES:
            return replace(
                before, responsibilities=_planned(before.responsibilities, plan, before.on)
            )
        case TableKind.DUTY_LISTS:
            return replace(before, lists=_planned(before.lists, plan, before.on))
        case TableKind.TRACK_RULES:
            stored = list(TrackRule.objects.filter(in_force(before.on)).order_by("pk"))
            return replace(before, tracks=rows_of_tracks(_planned(stored, plan, before.on)))
        case TableKind.TASK_LIMITS:
            return _on_ground(before, limits=_planned(before.ground.task_limits, plan))
        case TableKind.PARAMETERS:
            return _on_ground(before, parameters=_planned(before.ground.parameter_rows, plan))
        case _:
            return before


def _on_ground(
    before: Standing,
    *,
    limits: Iterable[TaskLimit] | None = None,
    parameters: Iterable[Parameter] | None = None,
) -> Standing:
    asking = _limits_in(before.matters)
    drafted = before.ground.drafted(limits=limits, parameters=parameters, ask_limits=asking)
    return replace(before, ground=drafted)


def _planned(stored: Sequence[DatedRow], plan: Plan, on: date | None = None) -> list[DatedRow]:
    """Return rows as they would stand: those that the plan does not name, then what it says."""
    table = TABLES[plan.kind]
    kept = [row for row in stored if key_of(table, values_of(table, row)) not in plan.final]
    by_id: dict[int, Any] = {row.pk: row for row in stored}
    for key, versions in plan.final.items():
        for version in versions:
            if on is not None and not version.holds_on(on):
                continue
            known = by_id.get(plan.ids.get((key, version.valid_from), 0))
            if known is not None and known.valid_until == version.valid_until:
                kept.append(known)
            else:
                kept.append(_unstored(plan, key, version, known))
    return kept


def _unstored(plan: Plan, key: Key, version: Version[Any], known: Any) -> Any:
    table, model = TABLES[plan.kind], MODELS[plan.kind]
    fields = dict(zip(table.key, key, strict=True))
    fields |= dict(zip(table.content, version.content, strict=True))
    period = {"valid_from": version.valid_from, "valid_until": version.valid_until}
    row: Any = model(**columns_of(fields), **period)
    row.pk = None if known is None else known.pk
    return row


def _limits_in(matters: Mapping[str, MatterDraft]) -> Any:
    def ask(code: str, urgency: str, on: date) -> LimitsOfMatter:
        matter_code, serial = split(code)
        matter = matters.get(matter_code)
        found = limits_under(matter.conditions, serial, urgency) if matter else None
        if found is None:
            raise MatterNotFound(matter=code)
        return found

    return ask
