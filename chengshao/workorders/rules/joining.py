"""When a demand may hang on a case that is there: by a second report, or by a merge (并案)."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from chengshao.workorders.rules.facts import CaseFacts
from chengshao.workorders.rules.refusals import CantMerge, PlatformClockStops


@dataclass(frozen=True, slots=True)
class Circle:
    """For whom a case is, or a report would be."""

    confidential: bool
    named_only: bool  # 举报


def check_same_circle(one: Circle, other: Circle) -> None:
    """
    Pass if both are for the same circle: nobody reads what was not said to them.

    :raises CantMerge: if one is confidential, or for named persons, and the other is not
    """
    if one != other:
        raise CantMerge


def works_on(case: CaseFacts, unit_ids: AbstractSet[int]) -> bool:
    """Tell whether one of these units keeps the file, or owes or owed something on the case."""
    return bool(unit_ids & {case.desk_unit_id, *(task.unit_id for task in case.tasks)})


def check_platform_clock_runs(case: CaseFacts) -> None:
    """
    Pass if the clock of another platform's order would run on if it came to this case.

    :raises PlatformClockStops: if the case has ended, or is suspended
    """
    if case.outcome is not None or case.suspended:
        raise PlatformClockStops
