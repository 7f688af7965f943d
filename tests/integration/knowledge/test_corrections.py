"""What is wrong, missing or expired waits for its owner until it is put right."""

from datetime import timedelta

import pytest

from chengshao.kernel.errors import DomainError
from chengshao.knowledge import actions, queries
from chengshao.knowledge.models import Correction
from chengshao.knowledge.terms import CorrectionKind, CorrectionOutcome, ItemKind
from tests.district import AT, District, staff
from tests.integration.knowledge.conftest import (
    draft_of,
    everything,
    keeper_of,
    person,
    published,
)

pytestmark = pytest.mark.django_db
TOMORROW = AT + timedelta(days=1)
NIGHT = AT + timedelta(days=2)


def waiting(unit_id: int) -> list[tuple[str, str]]:
    lines = queries.corrections_waiting({unit_id}, at=NIGHT)
    return [(line.kind, line.words) for line in lines]


def test_what_is_said_to_be_wrong_waits_for_its_owner(district: District) -> None:
    code = published(keeper_of(district.water), draft_of(district.water)).item.code
    operator = staff(district.centre, "SEE", user_id=person())

    for _ in range(2):  # the same words again are the same
        actions.report_wrong(code=code, words="热线号码换了", actor=operator, at=AT)

    assert waiting(district.water) == [(CorrectionKind.WRONG, "热线号码换了")]
    assert waiting(district.roads) == []


def test_a_new_version_ends_what_was_open(district: District) -> None:
    keeper = keeper_of(district.water)
    code = published(keeper, draft_of(district.water)).item.code
    row = actions.report_wrong(code=code, words="号码换了", actor=keeper, at=AT)

    version = published(keeper, draft_of(district.water, answer="请打96106。"), code, 1, NIGHT)

    row.refresh_from_db()
    assert (row.outcome, row.ended_at, row.version) == (
        CorrectionOutcome.RENEWED,
        NIGHT,
        version,
    )


def test_what_has_expired_chases_its_owner_once(district: District) -> None:
    keeper = keeper_of(district.water)
    code = published(keeper, draft_of(district.water, valid_until=TOMORROW)).item.code
    published(keeper, draft_of(district.water, valid_until=NIGHT + timedelta(days=1)))
    line = draft_of(district.water, kind=ItemKind.TEMPORARY, valid_until=TOMORROW)
    published(keeper, line)

    assert [actions.chase_expired(at=at) for at in (AT, NIGHT, NIGHT)] == [0, 1, 0]
    assert Correction.objects.filter(item__code=code).count() == 1

    published(keeper, draft_of(district.water, answer="还这样。", valid_until=AT + timedelta(1)),
              code, 1, NIGHT)  # fmt: skip
    assert waiting(district.water) == [(CorrectionKind.EXPIRED, "")]
    published(keeper, draft_of(district.water), code, 2, NIGHT)
    assert waiting(district.water) == []


def test_what_has_expired_is_not_talked_away(district: District) -> None:
    keeper = keeper_of(district.water)
    published(keeper, draft_of(district.water, valid_until=TOMORROW))
    actions.chase_expired(at=NIGHT)
    row, before = Correction.objects.get(), everything()

    with pytest.raises(actions.ExpiredNeedsVersion):
        actions.answer_correction(correction_id=row.pk, reply="没事", actor=keeper, at=NIGHT)

    assert everything() == before


def test_what_is_missing_goes_to_the_desk_which_names_a_unit(district: District) -> None:
    operator = staff(district.centre, "SEE", user_id=person())
    row = actions.report_missing(words="电动车上牌", actor=operator, at=AT)
    assert waiting(district.centre) == [(CorrectionKind.MISSING, "电动车上牌")]

    actions.assign_missing(
        correction_id=row.pk, unit_id=district.roads, actor=keeper_of(district.centre), at=AT
    )
    assert waiting(district.roads) == [(CorrectionKind.MISSING, "电动车上牌")]

    actions.answer_correction(
        correction_id=row.pk, reply="归交警，见Z0009", actor=keeper_of(district.roads), at=NIGHT
    )
    row.refresh_from_db()
    assert (row.outcome, row.reply) == (CorrectionOutcome.ANSWERED, "归交警，见Z0009")


@pytest.mark.parametrize(
    ("unit", "reply", "code"),
    [
        ("roads", "没事", "knowledge_power_missing"),
        ("water", " ", "knowledge_correction_words_missing"),
        ("water", "长" * 401, "knowledge_correction_words_missing"),
    ],
)
def test_only_who_owes_it_answers_and_in_words(
    district: District, unit: str, reply: str, code: str
) -> None:
    item = published(keeper_of(district.water), draft_of(district.water)).item
    keeper = keeper_of(getattr(district, unit))
    row = actions.report_wrong(code=item.code, words="错", actor=keeper, at=AT)
    before = everything()

    with pytest.raises(DomainError) as error:
        actions.answer_correction(correction_id=row.pk, reply=reply, actor=keeper, at=NIGHT)

    assert (error.value.code, everything()) == (code, before)


def test_a_correction_ends_once(district: District) -> None:
    keeper = keeper_of(district.water)
    item = published(keeper, draft_of(district.water)).item
    row = actions.report_wrong(code=item.code, words="错", actor=keeper, at=AT)
    actions.answer_correction(correction_id=row.pk, reply="没错", actor=keeper, at=AT)

    with pytest.raises(actions.CorrectionEnded):
        actions.answer_correction(correction_id=row.pk, reply="没错", actor=keeper, at=NIGHT)


def test_an_item_s_error_is_its_owner_s(district: District) -> None:
    keeper = keeper_of(district.water)
    item = published(keeper, draft_of(district.water)).item
    row = actions.report_wrong(code=item.code, words="错", actor=keeper, at=AT)

    with pytest.raises(actions.OnlyMissingIsAssigned):
        actions.assign_missing(correction_id=row.pk, unit_id=district.roads, actor=keeper, at=NIGHT)
