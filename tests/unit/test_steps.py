"""The table of steps: every journey has its row, and the document has the table as it is made."""

import pytest

from ops.console import Stopped
from ops.folder import CHECKOUT
from ops.steps import BEGINS, ENDS, HEADING, JOURNEYS, table_of, with_table

COUNTED = [
    {"journey": each.name, "keys": 1, "taps": 0, "screens": 2, "seconds": 0.5}
    for each in JOURNEYS
    if each.name
]


def test_a_row_for_each_journey_with_its_budget() -> None:
    heading, _rule, *rows = table_of(COUNTED)

    assert heading == HEADING
    assert [row.split(" | ")[2] for row in rows] == [each.budget for each in JOURNEYS]
    assert rows[0].endswith("| 1 |  | 2 | 0.5 |")


def test_what_there_is_not_yet_says_so() -> None:
    assert sum("not yet" in row for row in table_of(COUNTED)) == 2


def test_a_journey_that_was_not_counted_is_missed() -> None:
    with pytest.raises(Stopped):
        table_of(COUNTED[1:])


def test_it_takes_the_place_of_the_table_before() -> None:
    document = f"above\n{BEGINS}\nold\n{ENDS}\nbelow\n"

    assert with_table(document, ["new"]) == f"above\n{BEGINS}\nnew\n{ENDS}\nbelow\n"


def test_a_document_without_a_place_is_left_alone() -> None:
    with pytest.raises(Stopped):
        with_table("nothing", ["new"])


def test_the_document_has_a_row_for_each_journey() -> None:
    said = (CHECKOUT / "docs" / "measured.md").read_text(encoding="utf-8")
    heading, _rule, *rows = said.partition(BEGINS)[2].partition(ENDS)[0].strip().splitlines()

    assert heading == HEADING
    assert [row.split(" | ")[1] for row in rows] == [each.words for each in JOURNEYS]
