"""Dated records handed in again and again: what a table changes in what is stored."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from chengshao.places.rules.periods import Dated, Plan, holes, merge

SPRING, SUMMER, AUTUMN, WINTER = (date(2025, month, 1) for month in (3, 6, 9, 12))


def record(
    name: str, begins: date, ends: date | None = None, *, code: str = "A", id: int | None = None
) -> Dated:
    return Dated(code, begins, ends, {"name": name}, id=id, row=0 if id else 7)


def told(plan: Plan) -> dict[str, list[tuple[str, date, date | None]]]:
    return {
        kind: [(r.facts["name"], r.valid_from, r.valid_until) for r in getattr(plan, kind)]
        for kind in ("added", "corrected", "ended")
        if getattr(plan, kind)
    }


def test_what_is_new_is_added() -> None:
    assert told(merge([], [record("old", SPRING)])) == {"added": [("old", SPRING, None)]}


def test_the_same_again_changes_nothing() -> None:
    plan = merge([record("old", SPRING, id=1)], [record("old", SPRING)])

    assert (told(plan), plan.unchanged) == ({}, 1)


def test_a_later_record_ends_the_one_before() -> None:
    plan = merge([record("old", SPRING, id=1)], [record("new", SUMMER)])

    assert told(plan) == {"ended": [("old", SPRING, SUMMER)], "added": [("new", SUMMER, None)]}
    assert plan.ended[0].id == 1


def test_the_first_table_handed_in_again_after_the_second_changes_nothing() -> None:
    stored = [record("old", SPRING, SUMMER, id=1), record("new", SUMMER, id=2)]

    assert told(merge(stored, [record("old", SPRING)])) == {}


def test_a_record_between_two_fits_in() -> None:
    stored = [record("old", SPRING, AUTUMN, id=1), record("new", AUTUMN, id=2)]

    plan = merge(stored, [record("between", SUMMER, AUTUMN)])

    assert [(o.begins, o.other_begins, o.row) for o in plan.overlaps] == [(SUMMER, SPRING, 7)]


def test_the_same_start_with_other_content_corrects() -> None:
    plan = merge([record("odl", SPRING, id=1)], [record("old", SPRING)])

    assert told(plan) == {"corrected": [("old", SPRING, None)]}
    assert plan.corrected[0].id == 1


def test_an_end_can_be_told_later_and_taken_back() -> None:
    ended = merge([record("old", SPRING, id=1)], [record("old", SPRING, WINTER)])
    opened = merge([record("old", SPRING, WINTER, id=1)], [record("old", SPRING)])

    assert told(ended) == {"ended": [("old", SPRING, WINTER)]}
    assert told(opened) == {"corrected": [("old", SPRING, None)]}


def test_a_stated_end_is_not_moved_by_what_follows() -> None:
    plan = merge([], [record("old", SPRING, WINTER), record("new", SUMMER)])

    assert [(o.code, o.begins) for o in plan.overlaps] == [("A", SUMMER)]


def test_what_a_table_leaves_out_stays() -> None:
    stored = [record("kept", SPRING, id=1, code="B")]

    plan = merge(stored, [record("new", SUMMER)])

    assert told(plan) == {"added": [("new", SUMMER, None)]}
    assert [r.code for r in plan.after] == ["B", "A"]


DAYS = st.integers(0, 60).map(lambda n: date(2025, 1, 1) + timedelta(n))
TABLES = st.lists(
    st.builds(
        lambda code, begins, length, name: record(
            name, begins, begins + timedelta(length) if length else None, code=code
        ),
        st.sampled_from("AB"),
        DAYS,
        st.integers(0, 20),
        st.sampled_from("xyz"),
    ),
    unique_by=lambda r: (r.code, r.valid_from),
    max_size=6,
)


def stored_after(plan: Plan) -> list[Dated]:
    return [
        Dated(r.code, r.valid_from, r.valid_until, r.facts, id=i)
        for i, r in enumerate(plan.after, start=1)
    ]


@given(TABLES, TABLES)
def test_what_is_taken_never_overlaps_and_again_changes_nothing(
    first: list[Dated], second: list[Dated]
) -> None:
    before = merge([], first)
    if before.overlaps:
        return
    stored = stored_after(before)
    plan = merge(stored, second)
    if plan.overlaps:
        return

    for code in "AB":
        line = sorted((r for r in plan.after if r.code == code), key=lambda r: r.valid_from)
        for one, other in pairwise(line):
            assert one.valid_until is not None
            assert one.valid_until <= other.valid_from
    changed = len(plan.added) + len(plan.corrected) + len(plan.ended)
    again = merge(stored_after(plan), second)
    assert told(again) == {}
    assert (changed == 0) == (told(plan) == {})


class TestHoles:
    def test_a_period_inside_two_that_meet_has_none(self) -> None:
        assert holes((SPRING, WINTER), [(SUMMER, None), (SPRING, SUMMER)]) is None

    def test_the_first_day_that_is_not_held_is_told(self) -> None:
        assert holes((SPRING, None), [(SPRING, SUMMER), (AUTUMN, None)]) == SUMMER
        assert holes((SPRING, WINTER), [(SUMMER, None)]) == SPRING
        assert holes((SPRING, None), [(SPRING, SUMMER)]) == SUMMER
        assert holes((SPRING, None), []) == SPRING
