"""What a district settles: a number or a limit, for one source before any."""

import pytest

from chengshao.catalog.rules.nearest import Row
from chengshao.catalog.rules.parameters import ParameterMissing, Parameters, bounds, is_yes_no
from chengshao.catalog.terms import ParameterName
from chengshao.kernel.clock import ClockUnit, Limit

HALF_A_DAY, A_DAY = Limit(4, ClockUnit.WORKING_HOUR), Limit(1, ClockUnit.WORKING_DAY)
SETTLED = Parameters(
    {
        ParameterName.VERIFY_FIRST: (Row(True, "SENSOR"), Row(False)),
        ParameterName.SAMPLE_PERCENT: (Row(0),),
        ParameterName.OUTER_RESERVE: (Row(HALF_A_DAY), Row(A_DAY, "TRANSFER")),
        ParameterName.REMIND_PERCENT: (Row(80, "HOTLINE"),),
    }
)


def test_a_row_for_the_source_goes_before_that_for_any() -> None:
    assert SETTLED.limit(ParameterName.OUTER_RESERVE, "TRANSFER") == A_DAY
    assert SETTLED.limit(ParameterName.OUTER_RESERVE, "HOTLINE") == HALF_A_DAY
    assert SETTLED.limit(ParameterName.OUTER_RESERVE) == HALF_A_DAY


def test_yes_and_no_are_one_and_nothing() -> None:
    assert SETTLED.number(ParameterName.VERIFY_FIRST, "SENSOR") == 1
    assert SETTLED.number(ParameterName.VERIFY_FIRST, "HOTLINE") == 0


def test_nothing_at_all_is_a_number_too() -> None:
    assert SETTLED.number(ParameterName.SAMPLE_PERCENT, "HOTLINE") == 0


def test_what_is_not_settled_is_said() -> None:
    with pytest.raises(ParameterMissing) as missing:
        SETTLED.limit(ParameterName.ARCHIVE_AFTER)
    with pytest.raises(ParameterMissing):
        SETTLED.number(ParameterName.REMIND_PERCENT, "PORTAL")  # settled for the hotline only

    assert missing.value.params == {"parameter_name": ParameterName.ARCHIVE_AFTER}


def test_a_limit_is_no_number() -> None:
    with pytest.raises(TypeError):
        SETTLED.number(ParameterName.OUTER_RESERVE)
    with pytest.raises(TypeError):
        SETTLED.limit(ParameterName.SAMPLE_PERCENT)


@pytest.mark.parametrize("name", list(ParameterName))
def test_a_name_that_tells_a_number_has_bounds(name: ParameterName) -> None:
    tells_number = name.endswith(("PERCENT", "MOST", "MOST_DAYS")) or is_yes_no(name)
    tells_number |= name.startswith("MINUTES_")

    assert (bounds(name) is not None) is tells_number
