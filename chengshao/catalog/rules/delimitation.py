"""
Who may lead, by responsibilities and the sub-district's three lists (权责清单、履职事项清单).

Taken back: a department does it. Assisting: a department leads, the sub-district helps. A
community never leads (Beijing's regulation on swift response, §17), nor gets what its list lacks.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from chengshao.catalog.terms import DutyListKind, LeadObstacle


@dataclass(frozen=True, slots=True)
class Duty:
    """The row of a sub-district's or community's lists that stands nearest to the matter."""

    list_kind: DutyListKind
    department_role: str  # who leads what is assisted or taken back; "" for BASIC


@dataclass(frozen=True, slots=True)
class Candidate:
    """A unit that would lead, as the lists look at it."""

    is_community: bool = False
    is_subdistrict: bool = False


def obstacle(
    candidate: Candidate,
    duty: Duty | None,
    *,
    has_list: bool,
    named_by_responsibility: bool = False,
) -> LeadObstacle | None:
    """
    Return why a unit can't lead, or None.

    A department may always lead: what it owes is not in these lists. A sub-district that keeps
    lists leads what is on the basic one, or what a responsibility names it for.

    :param duty: of the sub-district where the case lies, nearest to the matter
    :param has_list: whether that sub-district keeps lists at all
    :param named_by_responsibility: a dated responsibility names this unit's role as the lead
    """
    if candidate.is_community:
        return LeadObstacle.COMMUNITY_NEVER_LEADS
    if not candidate.is_subdistrict:
        return None
    if duty is None:
        missing = has_list and not named_by_responsibility
        return LeadObstacle.NOT_ON_LIST if missing else None
    return {
        DutyListKind.BASIC: None,
        DutyListKind.ASSISTING: LeadObstacle.ASSISTING_ONLY,
        DutyListKind.TAKEN_BACK: LeadObstacle.TAKEN_BACK,
    }[duty.list_kind]


def may_help(candidate: Candidate, duty: Duty | None, *, community_duty: Duty | None) -> bool:
    """
    Tell whether a unit may co-handle.

    A community only what its own list has; a sub-district not what was taken back.
    """
    if candidate.is_community:
        kinds = (DutyListKind.BASIC, DutyListKind.ASSISTING)
        return community_duty is not None and community_duty.list_kind in kinds
    if candidate.is_subdistrict and duty is not None:
        return duty.list_kind is not DutyListKind.TAKEN_BACK
    return True


def nearest(codes: Sequence[str], line: Sequence[str]) -> str | None:
    """Return the one of these codes that comes first in a line from near to far."""
    return next((code for code in line if code in codes), None)
