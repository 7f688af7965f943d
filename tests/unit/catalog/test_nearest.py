"""Which row holds for a case: one at most, whatever order they come in."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengshao.catalog.rules.nearest import ANY, Row, nearest, track_in
from chengshao.catalog.terms import Track, Urgency

SOURCES, URGENCIES = ("HOTLINE", "PATROL"), tuple(Urgency)
MATTERS = ("C", "C01", "C0101", "C0101-2", "C02", "E01")
places = st.tuples(
    st.sampled_from([ANY, *SOURCES]),
    st.sampled_from([ANY, *URGENCIES]),
    st.sampled_from([ANY, *MATTERS]),
)
tables = st.dictionaries(places, st.sampled_from(Track), max_size=30)
asked = st.tuples(
    st.sampled_from([ANY, *SOURCES]),
    st.sampled_from(URGENCIES),
    st.sampled_from(["C0101", "C0101-1", "C0101-2", "C0201", "E0199"]),
)


def near(rows: Sequence[Row[str]], source: str, urgency: str, matter: str = ANY) -> str | None:
    return nearest(rows, source=source, urgency=urgency, matter_code=matter)


def rows_of(table: dict[tuple[str, str, str], Track]) -> list[Row[Track]]:
    return [Row(track, *place) for place, track in table.items()]


def test_the_urgency_counts_before_the_source() -> None:
    rows = [Row("any"), Row("source", "HOTLINE"), Row("urgency", urgency="URGENT"),
            Row("both", "HOTLINE", "URGENT")]  # fmt: skip

    assert near(rows, "HOTLINE", "URGENT") == "both"
    assert near(rows[:3], "HOTLINE", "URGENT") == "urgency"
    assert near(rows[:3], "HOTLINE", "ORDINARY") == "source"
    assert near(rows, "PORTAL", "ORDINARY") == "any"


def test_the_matter_counts_before_its_classes_and_all_else() -> None:
    rows = [Row("any", "HOTLINE", "URGENT"), Row("kind", "HOTLINE", matter_code="C"),
            Row("class", urgency="URGENT", matter_code="C01"), Row("matter", matter_code="C0101"),
            Row("condition", matter_code="C0101-2")]  # fmt: skip

    def said(matter: str) -> str | None:
        return near(rows, "HOTLINE", "URGENT", matter)

    assert said("C0101-2") == "condition"
    assert said("C0101-1") == "matter"
    assert said("C0102") == "class"
    assert said("C0201") == "kind"
    assert said("D0101") == "any"


@pytest.mark.parametrize("row", [Row("x", "HOTLINE"), Row("x", urgency="URGENT"),
                                 Row("x", matter_code="C02")])  # fmt: skip
def test_a_row_for_others_does_not_hold(row: Row[str]) -> None:
    assert near([row], "PORTAL", "ORDINARY", "C0101") is None


@given(tables, asked, st.randoms())
def test_one_row_is_nearest_whatever_the_order(
    table: dict[tuple[str, str, str], Track], ask: tuple[str, str, str], random: object
) -> None:
    source, urgency, matter = ask
    named = [Row(row, row.source, row.urgency, row.matter_code) for row in rows_of(table)]
    shuffled = list(named)
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    found = nearest(named, source=source, urgency=urgency, matter_code=matter)

    assert found == nearest(shuffled, source=source, urgency=urgency, matter_code=matter)
    assert found is None or found.source in (source, ANY)
    assert found is None or found.urgency in (urgency, ANY)
    assert (found is None) is not any(
        row.source in (source, ANY)
        and row.urgency in (urgency, ANY)
        and (not row.matter_code or matter.startswith(row.matter_code))
        for row in rows_of(table)
    )


@given(tables, asked, st.sampled_from(Track))
def test_every_demand_has_a_track_and_no_emergency_a_simple_one(
    table: dict[tuple[str, str, str], Track], ask: tuple[str, str, str], own: Track
) -> None:
    source, urgency, matter = ask

    track = track_in(rows_of(table), own, source=source, urgency=urgency, matter_code=matter)

    assert track in Track
    assert (urgency, track) != (Urgency.EMERGENCY, Track.SIMPLE)
    if not table:
        assert track is own or (own, urgency) == (Track.SIMPLE, Urgency.EMERGENCY)
