"""Items are found by what callers say, by two characters, by pinyin initials."""

from datetime import timedelta

import pytest

from chengshao.knowledge import queries
from chengshao.knowledge.terms import ItemKind, Validity
from tests.district import AT, District
from tests.integration.knowledge.conftest import draft_of, keeper_of, published
from tests.statements import count_statements

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=1)


@pytest.fixture
def known(district: District) -> District:
    keeper = keeper_of(district.water)
    published(keeper, draft_of(district.water))
    meter = draft_of(
        district.water,
        title="水表过户怎么办",
        answer="带上身份证和房产证到营业厅办。",
        callers_words=("换户名", "水费单名字不对"),
    )
    published(keeper, meter)
    old = draft_of(district.water, title="水费怎么交", callers_words=(), valid_until=LATER)
    published(keeper, old)
    line = draft_of(
        district.water,
        kind=ItemKind.TEMPORARY,
        title="凤凰山路今晚停水",
        answer="凤凰山路今晚检修停水。",
        callers_words=(),
        valid_until=LATER,
    )
    published(keeper, line)
    return district


def titles(lines: list[queries.ItemLine]) -> list[str]:
    return [line.draft.title for line in lines]


@pytest.mark.parametrize("words", ["过户", "sbghzmb", "Z0002", "换户名", "身份证 水表"])
def test_words_initials_and_code_find_an_item(known: District, words: str) -> None:
    assert titles(queries.find_items(words, at=AT)) == ["水表过户怎么办"]


def test_a_caller_s_sentence_finds_what_fits(known: District) -> None:
    said = "我是凤凰山路的，家里没水了，从早上到现在水龙头没水，什么时候来"

    assert titles(queries.fitting_items(said, at=AT)[0]) == ["停水怎么办"]


@pytest.mark.parametrize("words", ["", "水", "路灯不亮好几天了"])
def test_nothing_is_offered_where_nothing_fits(known: District, words: str) -> None:
    assert queries.fitting_items(words, at=AT) == ([], [])


def test_what_has_expired_is_found_and_grey_and_offered_to_no_caller(known: District) -> None:
    (found,) = queries.find_items("水费怎么交", at=LATER)

    assert found.validity is Validity.EXPIRED
    fitting, expired = queries.fitting_items("水费怎么交", at=LATER)
    assert (fitting, titles(expired)) == ([], ["水费怎么交"])
    fitting, expired = queries.fitting_items("水费怎么交", at=AT)
    assert (titles(fitting)[0], expired) == ("水费怎么交", [])


def test_a_temporary_line_is_pinned_until_it_expires(known: District) -> None:
    assert titles(queries.pinned_lines(AT)) == ["凤凰山路今晚停水"]
    assert queries.pinned_lines(LATER) == []
    assert titles(queries.find_items("", at=AT))[0] == "凤凰山路今晚停水"


def test_kind_and_owner_narrow_the_list(known: District) -> None:
    assert len(queries.find_items("", kind=ItemKind.ANSWER, at=AT)) == 3
    assert queries.find_items("", unit_id=known.roads, at=AT) == []


@pytest.mark.parametrize("words", ["", "水", "家里没水了从早上到现在"])
def test_more_items_cost_no_more_statements(known: District, words: str) -> None:
    with count_statements() as few:
        queries.find_items(words, at=AT)
    for n in range(8):
        draft = draft_of(known.water, title=f"水压低怎么办{n}", callers_words=(f"没水{n}",))
        published(keeper_of(known.water), draft)
    with count_statements() as more:
        queries.find_items(words, at=AT)

    assert more.number == few.number <= 3
