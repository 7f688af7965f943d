"""The arithmetic of what is measured, and the forms in which it is told."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.figures import Figure, as_line, as_table, percentile

ALONE = Figure("alone", 20.0, "ms")


class TestARatio:
    def test_is_to_a_figure_of_the_same_run(self) -> None:
        assert Figure("during", 30.0, "ms").to(ALONE) == Figure("during", 30.0, "ms", "alone", 1.5)

    @pytest.mark.parametrize("other", [Figure("rate", 20.0, "1/s"), Figure("nothing", 0.0, "ms")])
    def test_is_not_there_to_another_unit_or_to_nothing(self, other: Figure) -> None:
        with pytest.raises(ValueError, match="no ratio"):
            Figure("during", 30.0, "ms").to(other)


class TestAPercentile:
    @pytest.mark.parametrize(("percent", "value"), [(0, 1), (1, 1), (50, 5), (95, 10), (100, 10)])
    def test_is_the_nearest_rank(self, percent: int, value: int) -> None:
        assert percentile([10, 9, 8, 7, 6, 5, 4, 3, 2, 1], percent) == value

    def test_of_nothing_is_nothing(self) -> None:
        with pytest.raises(ValueError, match="no percentile"):
            percentile([], 50)

    @given(st.lists(st.floats(0, 1e6), min_size=1), st.integers(1, 100))
    def test_is_one_of_the_values_that_so_many_do_not_exceed(
        self, values: list[float], percent: int
    ) -> None:
        found = percentile(values, percent)

        assert found in values
        assert sum(value <= found for value in values) * 100 >= percent * len(values)
        assert sum(value < found for value in values) * 100 < percent * len(values)


class TestALineOfJson:
    def test_names_the_figure_and_what_it_is_a_ratio_to(self) -> None:
        line = as_line(Figure("during", 1 / 3, "ms").to(ALONE))

        assert "\n" not in line
        assert json.loads(line) == {
            "name": "during",
            "value": 0.333333,
            "unit": "ms",
            "reference": "alone",
            "ratio": 0.0166667,
        }

    def test_has_no_ratio_where_there_is_no_reference(self) -> None:
        told = json.loads(as_line(ALONE))

        assert (told["reference"], told["ratio"]) == (None, None)

    @pytest.mark.parametrize("value", [float("nan"), float("inf")])
    def test_holds_numbers_only(self, value: float) -> None:
        with pytest.raises(ValueError, match="JSON"):
            as_line(Figure("broken", value, "ms"))


class TestTheTable:
    def test_shows_each_figure_in_columns(self) -> None:
        table = as_table([ALONE, Figure("during", 1234.5, "ms").to(ALONE), Figure("n", 7, "")])

        assert [line.split() for line in table[1:]] == [
            ["alone", "20", "ms"],
            ["during", "1,234", "ms", "61.7", "alone"],
            ["n", "7"],
        ]
        ends = {
            line.index(value) + len(value)
            for line, value in zip(table[1:], ("20", "1,234", "7"), strict=True)
        }
        assert len(ends) == 1

    @pytest.mark.parametrize(
        ("value", "shown"),
        [(0.15278, "0.153"), (3.14159, "3.14"), (146.26, "146.3"), (98765.4, "98,765"), (14, "14")],
    )
    def test_shows_no_more_digits_than_mean_something(self, value: float, shown: str) -> None:
        assert as_table([Figure("x", value, "ms")])[1].split()[1] == shown
