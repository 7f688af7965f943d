"""The tree of units and one unit's page."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from chengshao.kernel.actor import Actor
from chengshao.people.models import (
    Appointment,
    DutyPattern,
    Unit,
    UnitChange,
    UnitName,
    UnitParent,
    UnitRole,
)
from chengshao.people.queries.periods import in_force
from chengshao.people.queries.roster import patterns_of
from chengshao.people.queries.units import (
    KEPT,
    UnitLine,
    UnitNotFound,
    line_of,
    open_work_of,
    unit_lines,
)
from chengshao.people.terms import ParentRelation, Power
from chengshao.web.kept import kept


@dataclass(frozen=True, slots=True)
class UnitNode:
    """A unit with those that stand under it administratively."""

    line: UnitLine
    children: "tuple[UnitNode, ...]"


@dataclass(frozen=True, slots=True)
class UnitPage:
    unit: Unit
    line: UnitLine
    names: list[UnitName]
    parents: list[tuple[UnitParent, UnitLine]]
    children: list[UnitLine]
    roles: list[UnitRole]
    roster: list[DutyPattern]
    staff: list[Appointment]
    changes: list[UnitChange]
    successors: list[tuple[UnitLine, bool]]  # and whether it took over what was open
    open_work: dict[str, int]


def unit_tree(on: date) -> tuple[UnitNode, ...]:
    """Return all units in force that day under their administrative parents. Two statements."""
    names = UnitName.objects.filter(in_force(on), in_force(on, "unit__")).select_related("unit")
    lines = {name.unit_id: line_of(name) for name in names.order_by("unit__code")}
    above = dict(
        UnitParent.objects.filter(
            in_force(on), relation=ParentRelation.ADMINISTRATIVE, parent__in=lines
        ).values_list("unit_id", "parent_id")
    )
    below: dict[int | None, list[int]] = {}
    for unit_id in lines:
        below.setdefault(above.get(unit_id), []).append(unit_id)

    def nodes(parent_id: int | None) -> tuple[UnitNode, ...]:
        return tuple(UnitNode(lines[pk], nodes(pk)) for pk in below.get(parent_id, ()))

    return nodes(None)


def unit_page(unit_id: int, on: date, actor: Actor) -> UnitPage:
    """
    Return all there is to say of a unit; its staff only to its own people and who appoints.

    :raises UnitNotFound: if it is not there
    """
    settled = kept(KEPT, ("page", unit_id, on), lambda: _settled(unit_id, on))
    if settled is None:
        raise UnitNotFound
    unit, parents, after = settled.unit, settled.parents, settled.successors
    edges = (edge.parent_id for edge in parents)
    lines = unit_lines({unit_id, *edges, *settled.children, *after}, on)
    may_see_staff = actor.may(Power.APPOINT, unit_id) or unit_id in {
        grant.unit_id for grant in actor.grants
    }
    may_see_work = may_see_staff or actor.may(Power.KEEP_UNITS, unit_id)
    held = unit.appointments.filter(_not_over(on), user__is_active=True).select_related("user")
    return UnitPage(
        unit=unit,
        line=lines[unit_id],
        names=settled.names,
        parents=[(edge, lines[edge.parent_id]) for edge in parents],
        children=[lines[pk] for pk in settled.children],
        roles=settled.roles,
        roster=settled.roster,
        staff=list(held.order_by("role", "user__username")) if may_see_staff else [],
        changes=list(unit.changes.select_related("by").order_by("-pk")[:50]),
        successors=[(lines[pk], after[pk]) for pk in sorted(after)],
        open_work=open_work_of(unit_id) if may_see_work else {},
    )


@dataclass(frozen=True, slots=True)
class _Settled:
    """What changes only with the edition of units."""

    unit: Unit
    names: list[UnitName]
    parents: list[UnitParent]
    children: list[int]
    roles: list[UnitRole]
    roster: list[DutyPattern]
    successors: dict[int, bool]  # and whether it took over what was open


def _settled(unit_id: int, on: date) -> _Settled | None:
    unit = Unit.objects.filter(pk=unit_id).first()
    if unit is None:
        return None
    children = UnitParent.objects.filter(in_force(on), in_force(on, "unit__"), parent=unit)
    return _Settled(
        unit=unit,
        names=list(unit.names.order_by("-valid_from", "-pk")),
        parents=list(unit.parents.order_by("-valid_from", "-pk")),
        children=list(children.order_by("unit__code").values_list("unit_id", flat=True).distinct()),
        roles=list(unit.roles.filter(_not_over(on)).order_by("role", "territory")),
        roster=patterns_of(unit, on),
        successors=dict(unit.successions.values_list("successor_id", "takes_over")),
    )


def _not_over(on: date) -> Q:
    return Q(valid_until=None) | Q(valid_until__gt=on)
