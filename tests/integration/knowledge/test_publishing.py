"""Versions are dated and never overwritten; only the owner of an item publishes them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from chengshao.kernel.actor import Actor, ActorKind, Grant
from chengshao.kernel.errors import DomainError
from chengshao.knowledge import actions, queries
from chengshao.knowledge.models import Reading, Version
from chengshao.knowledge.terms import ItemKind, Power
from tests.district import AT, MANHOLE, NO_WATER, District, staff
from tests.integration.knowledge.conftest import draft_of, everything, keeper_of, published

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=1)


def refused(actor: Actor, draft: Any, code: str = "", seen: int = 0) -> str:
    before = everything()
    with pytest.raises(DomainError) as error:
        published(actor, draft, code, seen, at=LATER)
    assert everything() == before
    return error.value.code


def test_a_new_version_ends_the_one_before_it(district: District) -> None:
    keeper = keeper_of(district.water)
    first = published(keeper, draft_of(district.water))

    second = published(
        keeper, draft_of(district.water, answer="请打96106。"), first.item.code, 1, at=LATER
    )

    first.refresh_from_db()
    assert (first.replaced_at, second.number, second.replaced_at) == (LATER, 2, None)
    assert first.answer.startswith("计划停水")
    page = queries.item_page(first.item.code, actor=keeper, at=LATER)
    assert [line.number for line, _publisher in page.versions] == [2, 1]


def test_the_same_words_again_are_no_new_version(district: District) -> None:
    keeper = keeper_of(district.water)
    first = published(keeper, draft_of(district.water))

    again = published(keeper, draft_of(district.water), first.item.code, 1, at=LATER)

    assert again.pk == first.pk
    assert Version.objects.count() == 1


def test_items_are_numbered_one_after_the_other(district: District) -> None:
    keeper = keeper_of(district.water)

    codes = [published(keeper, draft_of(district.water)).item.code for _ in range(2)]

    assert codes == ["Z0001", "Z0002"]


def test_who_saw_an_older_version_overwrites_nothing(district: District) -> None:
    keeper = keeper_of(district.water)
    code = published(keeper, draft_of(district.water)).item.code
    published(keeper, draft_of(district.water, answer="请打96106。"), code, 1)

    changed = draft_of(district.water, answer="请稍等。")

    assert refused(keeper, changed, code, 1) == "knowledge_item_changed_meanwhile"
    assert refused(keeper, changed, code) == "knowledge_item_code_taken"


@pytest.mark.parametrize("other", ["roads", "parks"])
def test_only_the_owner_publishes(district: District, other: str) -> None:
    stranger = keeper_of(getattr(district, other))
    code = published(keeper_of(district.water), draft_of(district.water)).item.code

    taken = draft_of(getattr(district, other))

    assert refused(stranger, draft_of(district.water)) == "knowledge_power_missing"
    assert refused(stranger, taken, code, 1) == "knowledge_power_missing"
    assert refused(staff(district.water, "SEE"), draft_of(district.water)) == (
        "knowledge_power_missing"
    )


def test_owner_and_matter_are_in_force(district: District) -> None:
    everywhere = Actor(ActorKind.SYSTEM, grants=frozenset({Grant(Power.KEEP_KNOWLEDGE, None)}))

    published(everywhere, draft_of(district.water, matter=NO_WATER))

    assert refused(everywhere, draft_of(district.water, matter="D9999")) == "matter_not_found"
    assert refused(everywhere, draft_of(10**9)) == "unit_not_found"


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ("来电人13800138000反映井盖破损", "knowledge_case_tells_too_much"),
        ("区供水公司拖了三天", "knowledge_case_names_unit"),
        ("陈女士来电三次", "knowledge_case_names_somebody"),
    ],
)
def test_a_case_to_learn_from_tells_neither_person_nor_unit(
    district: District, told: str, code: str
) -> None:
    keeper = keeper_of(district.water)
    case = draft_of(district.water, kind=ItemKind.BAD_CASE, title="井盖拖延", answer=told)

    assert refused(keeper, case) == code
    assert published(keeper, replace(case, answer="主办单位三天没有到场。")).number == 1


def test_what_is_withdrawn_is_not_found_and_stays_provable(district: District) -> None:
    keeper = keeper_of(district.water)
    version = published(keeper, draft_of(district.water))

    actions.withdraw(code=version.item.code, seen_number=1, actor=keeper, at=LATER)

    assert queries.find_items("停水", at=LATER) == []
    assert queries.version_of(version.pk, LATER).replaced_at == LATER
    back = published(keeper, draft_of(district.water), version.item.code, at=LATER)
    assert (back.number, back.replaced_at) == (2, None)


def test_a_version_and_a_reading_are_not_rewritten(district: District) -> None:
    version = published(keeper_of(district.water), draft_of(district.water))

    for change in ({"answer": "别的"}, {"replaced_at": AT, "title": "别的"}):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            Version.objects.filter(pk=version.pk).update(**change)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        version.delete()
    assert Reading.objects.count() == 0


def test_a_direct_answer_names_its_matter(district: District) -> None:
    version = published(keeper_of(district.roads), draft_of(district.roads, matter=MANHOLE))

    assert queries.version_of(version.pk, AT).draft.matter == MANHOLE
