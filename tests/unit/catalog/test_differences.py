"""What differs between two versions, cell by cell, and from which day."""

from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from chengshao.catalog.rules import tables
from chengshao.catalog.rules.differences import differences
from chengshao.catalog.rules.timeline import Change, Version, changes, held_on, place, put
from chengshao.kernel.clock import ClockUnit, Limit
from chengshao.kernel.errors import Refused

START = date(2026, 1, 1)


def responsibility(**more: Any) -> dict[str, Any]:
    return {
        "matter_code": "C0101",
        "territory": "",
        "lead_role": "城市管理",
        "co_roles": ("供水",),
        "document": "条例",
        "document_number": "",
        "article": "",
        **more,
    }


def condition(serial: int, **more: Any) -> dict[str, Any]:
    """Return a row of a matter's table as far as it matters here."""
    every: dict[str, Any] = {column.field: "" for column in tables.MATTERS.columns}
    return every | {"serial": serial, "limit": Limit(2, ClockUnit.WORKING_DAY), **more}


def told(found: Any) -> list[tuple[str, int | None, Any, Any]]:
    return [(each.column.heading, each.serial, each.old, each.new) for each in found]


def test_only_the_cells_that_differ_are_told() -> None:
    found = differences(
        tables.RESPONSIBILITIES, [responsibility()], [responsibility(co_roles=(), article="第二条")]
    )

    assert told(found) == [("协办角色", None, ("供水",), ()), ("条款", None, "", "第二条")]


def test_a_new_row_tells_what_is_filled_in_it() -> None:
    found = differences(tables.RESPONSIBILITIES, [], [responsibility()])

    assert [each[0] for each in told(found)] == ["协办角色", "依据文件"]


def test_a_condition_is_told_with_its_serial_and_what_is_shared_once() -> None:
    two_days, three_days = Limit(2, ClockUnit.WORKING_DAY), Limit(3, ClockUnit.WORKING_DAY)
    before = [condition(1, verify=False), condition(2, verify=False)]
    after = [condition(1, verify=True), condition(2, verify=True, limit=three_days)]

    found = differences(tables.MATTERS, before, after)

    assert told(found) == [
        ("立案前核实", None, False, True),
        ("时限", 2, two_days, three_days),
    ]


def test_a_condition_that_goes_is_told_cell_by_cell() -> None:
    found = differences(
        tables.MATTERS, [condition(1), condition(2, close_condition="恢复")], [condition(1)]
    )

    assert [(each.serial, each.new) for each in found] == [(2, None), (2, None)]


versions = st.tuples(
    st.sampled_from("abc"), st.integers(0, 20), st.none() | st.integers(1, 10)
).map(
    lambda drawn: Version(
        START + timedelta(days=drawn[1]),
        None if drawn[2] is None else START + timedelta(days=drawn[1] + drawn[2]),
        drawn[0],
    )
)


@given(st.lists(versions, max_size=6), versions)
def test_changes_lead_from_what_held_each_day_to_what_will(
    known_ones: list[Version[str]], new: Version[str]
) -> None:
    known: tuple[Version[str], ...] = ()
    final: tuple[Version[str], ...] | None = None
    for version in known_ones:
        try:
            known = put(known, place(known, version))
        except Refused:
            continue
    try:
        final = put(known, place(known, new))
    except Refused:
        final = known

    found: list[Change[str]] = changes(known, final)

    for day in (START + timedelta(days=n) for n in range(40)):
        before, after = held_on(known, day), held_on(final, day)
        begun = [change for change in found if change.on <= day]
        if before != after:
            assert (begun[-1].before, begun[-1].after) == (before, after)
    assert not found or final != known
