"""Who may lead and help, by the three lists."""

import pytest

from chengshao.catalog.rules.delimitation import Candidate, Duty, may_help, nearest, obstacle
from chengshao.catalog.terms import DutyListKind, LeadObstacle

DEPARTMENT = Candidate()
STREET = Candidate(is_subdistrict=True)
COMMUNITY = Candidate(is_community=True)
BASIC = Duty(DutyListKind.BASIC, "")
ASSISTING = Duty(DutyListKind.ASSISTING, "ecology")
TAKEN_BACK = Duty(DutyListKind.TAKEN_BACK, "ecology")
DUTIES = [None, BASIC, ASSISTING, TAKEN_BACK]


@pytest.mark.parametrize("duty", DUTIES)
@pytest.mark.parametrize("named", [True, False])
class TestWhateverTheListsSay:
    def test_a_community_never_leads(self, duty: Duty | None, named: bool) -> None:
        why = obstacle(COMMUNITY, duty, has_list=True, named_by_responsibility=named)

        assert why is LeadObstacle.COMMUNITY_NEVER_LEADS

    def test_a_department_may(self, duty: Duty | None, named: bool) -> None:
        assert obstacle(DEPARTMENT, duty, has_list=True, named_by_responsibility=named) is None


@pytest.mark.parametrize(
    ("duty", "has_list", "named", "why"),
    [
        (BASIC, True, False, None),
        (ASSISTING, True, False, LeadObstacle.ASSISTING_ONLY),
        (ASSISTING, True, True, LeadObstacle.ASSISTING_ONLY),
        (TAKEN_BACK, True, True, LeadObstacle.TAKEN_BACK),
        (None, True, False, LeadObstacle.NOT_ON_LIST),
        (None, True, True, None),
        (None, False, False, None),
    ],
)
def test_a_sub_district_leads_what_its_list_gives_it(
    duty: Duty | None, has_list: bool, named: bool, why: LeadObstacle | None
) -> None:
    assert obstacle(STREET, duty, has_list=has_list, named_by_responsibility=named) is why


@pytest.mark.parametrize(
    ("candidate", "duty", "community_duty", "may"),
    [
        (DEPARTMENT, TAKEN_BACK, None, True),
        (STREET, ASSISTING, None, True),
        (STREET, None, None, True),
        (STREET, TAKEN_BACK, None, False),
        (COMMUNITY, BASIC, None, False),
        (COMMUNITY, None, BASIC, True),
        (COMMUNITY, None, ASSISTING, True),
        (COMMUNITY, None, TAKEN_BACK, False),
    ],
)
def test_who_may_help(
    candidate: Candidate, duty: Duty | None, community_duty: Duty | None, may: bool
) -> None:
    assert may_help(candidate, duty, community_duty=community_duty) is may


def test_the_nearest_row_counts() -> None:
    line = ("C0101-2", "C0101", "C01", "C")

    assert nearest(["C", "C0101"], line) == "C0101"
    assert nearest(["C0101-1", "E"], line) is None
