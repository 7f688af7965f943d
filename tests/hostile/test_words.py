"""Numbers and words as somebody types them: read, or refused in words."""

from math import isfinite

from hypothesis import given
from hypothesis import strategies as st

from chengshao.catalog.rules.codes import class_of_matter, kind_of_code, matter_line
from chengshao.evidence.rules.names import MAX_NAME, clean_name
from chengshao.kernel.clock import format_hours, format_limit, parse_hours, parse_limit
from chengshao.kernel.divisions import division_line, division_prefix
from chengshao.kernel.geo import Crs, distance_m, from_wgs84, to_wgs84
from chengshao.kernel.sayings import MAX_WORDS, asked_for, fold, sayings_of
from chengshao.kernel.tables import Faults
from chengshao.people.rules.masking import mask_name, mask_phone
from chengshao.people.rules.phones import normalise_phone
from chengshao.people.rules.roster import deputies_of
from chengshao.places.rules.fields import CHINA, Fields
from tests.hostile.broken import WORDS, named, read_or_refused, readable
from tests.hostile.portions import examples

ON_EDGES = st.sampled_from(
    [0.0, -0.0, 90.0, -90.0, 180.0, -180.0, 5e-324, 72.004, 137.8347, 55.8271]
)
NUMBERS = st.floats() | st.floats(-181, 181) | ON_EDGES
CRS = st.sampled_from(Crs)


def made_of(*parts: str, most: int = 8) -> st.SearchStrategy[str]:
    """Return texts put together of parts that belong there, and of some that don't."""
    return (
        st.lists(st.sampled_from(parts) | st.text(max_size=3), max_size=most).map("".join) | WORDS
    )


@examples("coordinates")
@given(NUMBERS, NUMBERS, CRS)
def test_coordinates_are_a_place_on_earth_or_refused(lng: float, lat: float, crs: Crs) -> None:
    with read_or_refused():
        here = to_wgs84(lng, lat, crs)
        assert all(map(isfinite, (*here, distance_m(lng, lat, *here))))
        with read_or_refused():
            assert all(map(isfinite, from_wgs84(*here, crs)))


@examples("coordinates")
@given(WORDS | NUMBERS.map(str), WORDS | NUMBERS.map(str), CRS)
def test_a_point_in_a_table_is_in_china_or_a_fault(lng: str, lat: str, crs: Crs) -> None:
    faults = Faults()
    point = Fields({"经度": lng, "纬度": lat}, 2, faults).point(crs)

    west, south, east, north = CHINA
    if point is not None:
        assert west - 0.1 <= point[0] <= east + 0.1
        assert south - 0.1 <= point[1] <= north + 0.1
    for fault in faults.found:
        named(fault)


@examples("limits")
@given(
    made_of(
        "2",
        "９",
        "48",
        "00",
        "个",
        " ",
        "紧急工作时",
        "小时",
        "工作日",
        "天",
        "自然日",
        "制止",
        "/",
    )
)
def test_a_limit_is_read_so_that_it_can_be_written(said: str) -> None:
    with read_or_refused():
        limit = parse_limit(said)
        assert limit.seconds > 0
        assert parse_limit(format_limit(limit)) == limit


@examples("hours")
@given(made_of("08:00", "12:00", "14:30", "24:00", "-", "—", "至", "~", " ", "、", ",", most=16))
def test_office_hours_are_read_so_that_they_can_be_written(said: str) -> None:
    with read_or_refused():
        spans = parse_hours(said)
        assert parse_hours(format_hours(spans)) == spans


@examples("phones")
@given(
    made_of(
        "138", "0571", "+86", "0086", "86", "-", "(", ")", " ", "转", "#", "１", "8765432", most=60
    )
)
def test_a_telephone_number_is_read_once_for_all(said: str) -> None:
    with read_or_refused():
        number = normalise_phone(said)
        assert normalise_phone(number) == number
        readable(mask_phone(number))


@examples("codes")
@given(made_of("3301", "02", "001", "000", "C", "S", "01", "-", "2", "０"))
def test_codes_lie_in_a_line_or_are_none(said: str) -> None:
    for read in (division_line, division_prefix, matter_line, kind_of_code, class_of_matter):
        with read_or_refused():
            assert read(said) is not None


@examples("sayings")
@given(
    made_of("城管", "清波", "cg", "qb", "ＱＢ", "行", "重", " ", "ﷺ"),
    made_of("城", "c", "清波街道"),
)
def test_whatever_is_looked_for_can_be_looked_for(name: str, asked: str) -> None:
    called = sayings_of([name[:400]]).lines
    wanted = asked_for(asked)
    assert wanted is None or wanted.says(called) in (True, False)

    whole = fold(name)[:MAX_WORDS]
    own = asked_for(whole)
    assert own is None or own.says(sayings_of([whole]).lines)


@examples("sayings")
@given(WORDS, WORDS)
def test_names_are_masked_and_lists_of_names_read(one: str, other: str) -> None:
    assert len(mask_name(one)) <= max(len(one), 3)
    assert deputies_of(one, other) is None or deputies_of(one, other) == deputies_of(one, other)


@examples("file names")
@given(made_of("..", "/", "\\", "con", ".jpg", ".exe", "\u202e", " ", "：", "照片", "e\u0301"))
def test_a_file_s_name_is_one_that_any_system_takes(said: str) -> None:
    name = clean_name(said, ".jpg")

    assert name.endswith(".jpg")
    assert 4 < len(name) <= MAX_NAME
    assert not set(name) & set('/\\:*?"<>|\x00\r\n\u202e')
    assert clean_name(name, ".jpg") == name
