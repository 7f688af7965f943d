"""Nobody stands above himself on any day."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from chengshao.people.rules.periods import Period
from chengshao.people.rules.tree import Edge, closes_a_ring

START = date(2026, 1, 1)


def day(n: int) -> date:
    return START + timedelta(days=n)


def edge(unit: int, parent: int, begins: int = 0, ends: int | None = None) -> Edge:
    return Edge(unit, parent, Period(day(begins), None if ends is None else day(ends)))


def test_a_chain_is_no_ring() -> None:
    assert not closes_a_ring([edge(3, 2), edge(2, 1)], edge(4, 3))


def test_a_ring_of_any_length_is_found() -> None:
    assert closes_a_ring([edge(3, 2), edge(2, 1)], edge(1, 3))
    assert closes_a_ring([edge(2, 1)], edge(1, 2))


def test_it_must_hold_on_one_and_the_same_day() -> None:
    assert not closes_a_ring([edge(2, 1, 0, 10)], edge(1, 2, 10))
    assert closes_a_ring([edge(2, 1, 0, 11)], edge(1, 2, 10))
    assert not closes_a_ring([edge(3, 2, 0, 5), edge(2, 1, 5)], edge(1, 3))


edges = st.builds(
    lambda unit, parent, begins, length: edge(unit, parent, begins, begins + length),
    st.integers(1, 5),
    st.integers(1, 5),
    st.integers(0, 6),
    st.integers(0, 4),
)


@given(st.lists(edges, max_size=10))
def test_if_every_ring_is_refused_there_is_none_on_any_day(asked: list[Edge]) -> None:
    kept: list[Edge] = []
    for new in asked:
        if new.unit_id != new.parent_id and not closes_a_ring(kept, new):
            kept.append(new)

    for n in range(11):
        today = Period(day(n), day(n + 1))
        above: dict[int, set[int]] = {}
        for one in kept:
            if one.period.overlaps(today):
                above.setdefault(one.unit_id, set()).add(one.parent_id)
        for unit in above:
            assert unit not in _all_above(unit, above)


def _all_above(unit: int, above: dict[int, set[int]]) -> set[int]:
    seen: set[int] = set()
    waiting = set(above.get(unit, ()))
    while waiting:
        seen |= waiting
        waiting = {parent for one in waiting for parent in above.get(one, ())} - seen
    return seen
