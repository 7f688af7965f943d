"""Search over known addresses, communities, landmarks; one statement, the best first."""

import pytest

from chengshao.places import queries
from tests.integration.places.conftest import take_divisions, take_places, take_zones
from tests.statements import count_statements
from tests.unit.places.maps import SUBDISTRICT, at, box, code_of, community, feature, polygon

pytestmark = pytest.mark.usefixtures("district")

PLACES = "名称,类型,别名,说明,经度,纬度,区划代码\n"


def place(name: str, kind: str = "地标", other: str = "", detail: str = "", x: float = 0.5) -> str:
    lng, lat = at(x, 0.5)
    return f"{name},{kind},{other},{detail},{lng},{lat},\n"


def names(words: str, limit: int = 10) -> list[str]:
    return [found.name for found in queries.find_places(words, limit=limit)]


def test_divisions_are_known_without_being_handed_in() -> None:
    assert names("qbm") == ["清波门社区居委会"]
    (found,) = queries.find_places("清波门")
    assert (found.kind, found.detail, found.territory) == ("COMMUNITY", "清波街道", community(0))
    assert found.grid == ""  # its point is only somewhere in its middle
    assert queries.locate(found.lng or 0, found.lat or 0).grid == code_of(0, 1)


def test_exact_comes_before_beginning_before_containing() -> None:
    take_places(
        PLACES + place("旧柳浪闻莺") + place("柳浪") + place("柳浪闻莺公园") + place("柳浪新苑")
    )

    assert names("柳浪") == ["柳浪", "柳浪新苑", "柳浪闻莺公园", "旧柳浪闻莺"]
    assert names("ll") == ["柳浪", "柳浪新苑", "柳浪闻莺公园", "旧柳浪闻莺"]


def test_one_character_finds_by_beginning() -> None:
    take_places(PLACES + place("湖边茶室") + place("西湖茶室"))

    assert names("湖") == ["湖边茶室"]


def test_letters_and_characters_mixed() -> None:
    take_places(PLACES + place("长庆街88号", "地址") + place("重庆火锅"))

    assert names("长q街") == ["长庆街88号"]
    assert names("cqj") == ["长庆街88号"]
    assert names("cqhg") == ["重庆火锅"]
    assert names("长庆 88") == ["长庆街88号"]


def test_another_name_finds_the_place_under_its_own() -> None:
    take_places(PLACES + place("杭州站", other="城站、城站火车站"))

    assert names("城站火车") == ["杭州站"]


@pytest.mark.parametrize("words", ["", "   ", "%", "_", "100%", "\\", "'", "不存在的地方", "\x00"])
def test_what_is_not_there_is_not_found(words: str) -> None:
    assert names(words) == []


def test_signs_of_the_database_s_language_are_plain_letters() -> None:
    take_places(PLACES + place("a_b广场") + place("aXb广场"))

    assert names("ab广") == ["a_b广场"]


def test_takes_one_statement_and_gives_no_more_than_asked() -> None:
    take_places(PLACES + "".join(place(f"柳浪{i}号", "地址") for i in range(30)))

    with count_statements() as counted:
        found = names("柳浪", limit=7)
    assert (len(found), counted.number) == (7, 1)
    assert len(names("柳浪", limit=10_000)) == 30
    assert names("柳浪", limit=-1) == []


def test_a_zone_is_a_known_place() -> None:
    take_zones([feature(polygon(box(1, 1, 2, 2)), 编码="E1", 名称="演示新村", 类型="小区")])

    (found,) = queries.find_places("ysxc")
    assert (found.kind, found.grid) == ("ESTATE", code_of(1, 1))


def test_a_community_that_gets_a_new_name_is_found_by_that() -> None:
    take_divisions(f"代码,名称,生效日期\n{community(1)},涌金门社区,2025-07-01\n")

    assert names("涌金门") == ["涌金门社区"]
    assert names("柳翠") == []


def test_a_place_without_a_point_lies_where_it_is_told() -> None:
    take_places(PLACES + f"某某大厦,地标,,,,,{SUBDISTRICT}\n")

    (found,) = queries.find_places("某某大厦")
    assert (found.lng, found.territory, found.grid) == (None, SUBDISTRICT, "")


class TestMentioned:
    @pytest.mark.parametrize(
        ("words", "named"),
        [
            ("清波门那边的路灯三天不亮了", ["清波门社区居委会"]),
            ("柳浪闻莺公园里有人唱歌，清波门都听得见", ["柳浪闻莺公园", "清波门社区居委会"]),
            ("路灯不亮", []),
            ("", []),
        ],
    )
    def test_a_sentence_names_places_the_longest_first(self, words: str, named: list[str]) -> None:
        take_places(PLACES + place("柳浪闻莺公园") + place("柳浪"))

        assert [found.name for found in queries.places_mentioned(words)] == named

    def test_in_one_statement(self) -> None:
        with count_statements() as counted:
            queries.places_mentioned("清波门的路灯")

        assert counted.number == 1, counted.statements
