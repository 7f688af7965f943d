"""When a demand may hang on a case that is there: by a second report, or by a merge (并案)."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from chengshao.workorders.rules.facts import CaseFacts
from chengshao.workorders.rules.refusals import CantMerge, PlatformClockStops
from chengshao.workorders.terms import TaskCommand, TaskState


@dataclass(frozen=True, slots=True)
class Circle:
    """For whom a case is, or a report would be."""

    confidential: bool
    named_only: bool  # 举报
    about_somebody: bool = False  # a complaint of which nobody has named the unit yet


def check_same_circle(one: Circle, other: Circle) -> None:
    """
    Pass if both are for the same circle: nobody reads what was not said to them.

    :raises CantMerge: if one is confidential, for named persons, or a complaint of which nobody
        has named the unit yet, and the other is not
    """
    if one != other:
        raise CantMerge


def works_on(case: CaseFacts, unit_ids: AbstractSet[int]) -> bool:
    """
    Tell whether one of these units keeps the file, or owes or owed something on the case. What was
    recalled before the unit did anything doesn't count.
    """
    owed = {task.unit_id for task in case.tasks if task.id not in case.untouched}
    return bool(unit_ids & {case.desk_unit_id, *owed})


def recalled_untouched(bodies: Iterable[Mapping[str, Any]]) -> frozenset[int]:
    """Return the tasks that were recalled, by themselves or along, before anything was done."""
    touched: set[int] = set()
    gone: set[int] = set()
    for body in bodies:
        if body["command"] != TaskCommand.RECALL:
            touched.add(body.get("task_id") or 0)
            continue
        for told in body.get("changed", ()):
            gone |= {m["id"] for m in told.get("moved", ()) if m["state"] == TaskState.CANCELLED}
    return frozenset(gone - touched)


def check_platform_clock_runs(case: CaseFacts) -> None:
    """
    Pass if the clock of another platform's order would run on if it came to this case.

    :raises PlatformClockStops: if the case has ended, or is suspended
    """
    if case.outcome is not None or case.suspended:
        raise PlatformClockStops
