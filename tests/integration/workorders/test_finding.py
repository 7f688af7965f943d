"""Cases are found by two characters of what was said, by where they lie, by their numbers (S8)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chengshao.kernel.actor import Actor
from chengshao.workorders import queries
from chengshao.workorders.models import WorkOrder
from tests.district import AT, District, registered, reported, said

LATER = AT + timedelta(hours=1)
pytestmark = pytest.mark.django_db


@pytest.fixture
def lamp(centre: Actor) -> WorkOrder:
    """A case at 清波街道清波门社区, 和平路口东侧."""
    return registered(centre, said(words="路灯不亮，晚上很黑"))


@pytest.fixture
def elsewhere(centre: Actor) -> WorkOrder:
    """Another one, whose place nobody has looked up yet."""
    return reported(centre, said("k-2", "晚上灯太亮，路黑时照进卧室"), LATER).work_order


def found(words: str, actor: Actor, unit_id: int, *, limit: int = 9, offset: int = 0) -> list[str]:
    lines = queries.cases_of_unit(
        unit_id=unit_id, actor=actor, limit=limit, offset=offset, words=words
    )
    return [line.number for line in lines]


class TestWords:
    @pytest.mark.parametrize("words", ["路灯", "不亮", "路灯 很黑", " 路灯不亮 ", "灯不亮"])
    def test_all_of_them_stand_in_what_was_said(
        self, centre: Actor, district: District, lamp: WorkOrder, elsewhere: WorkOrder, words: str
    ) -> None:
        assert found(words, centre, district.centre) == [lamp.number]

    def test_their_pairs_alone_are_not_enough(
        self, centre: Actor, district: District, lamp: WorkOrder
    ) -> None:
        assert found("路灯不亮晚上", centre, district.centre) == []

    def test_one_character_will_do_too(
        self, centre: Actor, district: District, lamp: WorkOrder, elsewhere: WorkOrder
    ) -> None:
        assert found("黑", centre, district.centre) == [elsewhere.number, lamp.number]

    def test_pages_follow_on_each_other(
        self, centre: Actor, district: District, lamp: WorkOrder, elsewhere: WorkOrder
    ) -> None:
        first = found("晚上", centre, district.centre, limit=1)
        second = found("晚上", centre, district.centre, limit=1, offset=1)

        assert [*first, *second] == [elsewhere.number, lamp.number]


class TestPlaces:
    @pytest.mark.parametrize(
        "words", ["清波街道", "清波门社区", "清波", "清波街道 路灯", "路灯 清波门"]
    )
    def test_the_division_in_which_a_case_lies(
        self, centre: Actor, district: District, lamp: WorkOrder, elsewhere: WorkOrder, words: str
    ) -> None:
        assert found(words, centre, district.centre) == [lamp.number]

    @pytest.mark.parametrize("words", ["湖滨街道", "清波街道 井盖"])
    def test_not_another_one(
        self, centre: Actor, district: District, lamp: WorkOrder, words: str
    ) -> None:
        assert found(words, centre, district.centre) == []


class TestNumbers:
    def test_how_the_number_begins(
        self, centre: Actor, district: District, lamp: WorkOrder
    ) -> None:
        assert found(lamp.number[:8], centre, district.centre) == [lamp.number]
        assert found(lamp.number, centre, district.centre) == [lamp.number]

    def test_the_number_that_its_source_gave_it(self, centre: Actor, district: District) -> None:
        case = registered(centre, replace(said(), source_number="HZ-2026-77"))

        assert found("HZ-2026-77", centre, district.centre) == [case.number]
        assert found("HZ-2026", centre, district.centre) == []


def test_the_palette_finds_the_same(
    centre: Actor, district: District, lamp: WorkOrder, elsewhere: WorkOrder
) -> None:
    for words in ("晚上", "清波街道", "黑", lamp.number):
        lines = queries.cases_with(words, actor=centre, limit=9)
        assert [line.number for line in lines] == found(words, centre, district.centre)
