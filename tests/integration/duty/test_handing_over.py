"""The hand-over writes itself; two persons confirm one text, which stands from then on."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from chengshao.catalog.terms import Urgency
from chengshao.duty import actions, queries
from chengshao.duty.models import HandOver
from chengshao.duty.queries import HandOverPage
from chengshao.duty.terms import HandedPart
from chengshao.kernel.actor import Actor
from chengshao.workorders.models import WorkOrder
from tests.district import AT, District, closed, dispatched, registered, said
from tests.integration.duty.conftest import LATER, on_duty, roster
from tests.statements import count_statements


@pytest.fixture
def leaves(district: District) -> Actor:
    return on_duty(district.centre, "白班")


@pytest.fixture
def comes(district: District) -> Actor:
    return on_duty(district.centre, "夜班")


def in_emergency(case: WorkOrder) -> WorkOrder:
    WorkOrder.objects.filter(pk=case.pk).update(urgency=Urgency.EMERGENCY)
    return case


def listed(page: HandOverPage, part: HandedPart) -> list[str]:
    (found,) = (each for each in page.parts if each.part is part)
    return [line.case or line.words for line in found.lines]


def given(actor: Actor, remarks: str = "", at: datetime = LATER) -> HandOver:
    shown = queries.draft_of(actor, at)
    return actions.give_over(seen_digest=shown.digest, remarks=remarks, actor=actor, at=at)


def taken(row: HandOver, actor: Actor) -> HandOver:
    return actions.take_over(
        hand_over_id=row.pk, seen_digest=row.digest, actor=actor, at=LATER + timedelta(minutes=5)
    )


class TestWritesItself:
    def test_it_lists_emergencies_that_are_open(
        self, leaves: Actor, centre: Actor, district: District
    ) -> None:
        pressing = in_emergency(registered(centre, said("k-1", "王奶奶家煤气味很浓")))
        registered(centre, said("k-2", "井盖响"))
        in_emergency(closed(centre, district.roads, report=said("k-3", "塌了")))

        page = queries.draft_of(leaves, LATER)

        assert listed(page, HandedPart.EMERGENCIES) == [pressing.number]
        assert "王奶奶" not in str(page.body)

    def test_it_lists_whom_somebody_owes_a_call_within_the_next_shift(
        self, leaves: Actor, centre: Actor, district: District
    ) -> None:
        case = dispatched(centre, district.roads, report=said("k-1", "井盖", phone="13800138000"))

        page = queries.draft_of(leaves, AT + timedelta(hours=20))

        assert listed(page, HandedPart.CALLS) == [case.number]
        assert listed(queries.draft_of(leaves, AT), HandedPart.CALLS) == []
        assert "13800138000" not in str(page.body)

    def test_it_lists_what_was_logged_as_open(self, leaves: Actor) -> None:
        actions.write_log(words="等供电回电", stays_open=True, actor=leaves, at=AT)
        actions.write_log(words="一切正常", actor=leaves, at=AT)

        (line,) = listed(queries.draft_of(leaves, LATER), HandedPart.LOGGED)

        assert "等供电回电" in line

    def test_cases_that_only_named_persons_know_are_not_in_it(
        self, leaves: Actor, centre: Actor
    ) -> None:
        case = in_emergency(registered(centre, said("k-1", "举报")))
        WorkOrder.objects.filter(pk=case.pk).update(named_only=True)

        assert listed(queries.draft_of(leaves, LATER), HandedPart.EMERGENCIES) == []

    def test_it_says_who_is_on_duty_now_and_next(self, leaves: Actor, district: District) -> None:
        roster(district.centre)

        page = queries.draft_of(leaves, LATER)

        assert (page.body["on_duty"], page.body["next_on_duty"]) == ("白班班长", "夜班班长")
        assert page.until == datetime(2026, 3, 3, tzinfo=UTC)  # 08:00 in the city

    def test_more_cases_are_no_more_statements(self, leaves: Actor, centre: Actor) -> None:
        def counted() -> int:
            with count_statements() as found:
                queries.draft_of(leaves, LATER)
            return found.number

        in_emergency(registered(centre, said("k-0", "塌陷")))
        counted()
        few = counted()
        for n in range(1, 8):
            in_emergency(registered(centre, said(f"k-{n}", "塌陷")))
        assert counted() == few


class TestTwoConfirm:
    def test_the_text_stands_from_the_moment_it_is_given(
        self, leaves: Actor, comes: Actor, centre: Actor
    ) -> None:
        pressing = in_emergency(registered(centre, said("k-1", "塌陷")))
        row = given(leaves, "钥匙在抽屉里")
        in_emergency(registered(centre, said("k-2", "又一处塌陷")))

        shown = queries.hand_over(row.pk, comes)
        taken(row, comes)
        after = queries.hand_over(row.pk, leaves)

        assert listed(shown, HandedPart.EMERGENCIES) == [pressing.number]
        assert (after.body, after.digest) == (shown.body, shown.digest)
        assert after.body["remarks"] == "钥匙在抽屉里"
        assert after.line is not None
        assert (after.line.given_by, after.line.taken_by) == ("白班（示意）", "夜班（示意）")

    def test_one_person_is_not_two(self, leaves: Actor) -> None:
        row = given(leaves)

        with pytest.raises(actions.SamePerson):
            taken(row, leaves)
        row.refresh_from_db()
        assert row.taken_at is None

    def test_what_changed_since_it_was_shown_is_shown_again(
        self, leaves: Actor, centre: Actor
    ) -> None:
        shown = queries.draft_of(leaves, LATER)
        in_emergency(registered(centre, said("k-1", "塌陷")))

        with pytest.raises(actions.HandOverChanged):
            actions.give_over(seen_digest=shown.digest, remarks="", actor=leaves, at=LATER)
        assert not HandOver.objects.exists()

    def test_whoever_takes_over_confirms_that_very_text(self, leaves: Actor, comes: Actor) -> None:
        row = given(leaves)

        with pytest.raises(actions.HandOverChanged):
            actions.take_over(hand_over_id=row.pk, seen_digest="0" * 64, actor=comes, at=LATER)
        row.refresh_from_db()
        assert row.taken_at is None

    def test_given_anew_the_former_is_over(self, leaves: Actor, comes: Actor) -> None:
        former, row = given(leaves), given(leaves, "还有一件")

        with pytest.raises(actions.HandOverOver):
            taken(former, comes)
        taken(row, comes)
        with pytest.raises(actions.HandOverOver):
            taken(row, comes)
        assert queries.hand_over(former.pk, comes).replaced

    @pytest.mark.parametrize(
        "change", [{"body": {}}, {"digest": "0" * 64}, {"taken_at": None, "taken_by": None}]
    )
    def test_what_was_confirmed_is_never_changed(
        self, leaves: Actor, comes: Actor, change: dict[str, object]
    ) -> None:
        row = taken(given(leaves), comes)

        with pytest.raises(IntegrityError), transaction.atomic():
            HandOver.objects.filter(pk=row.pk).update(**change)

    def test_another_unit_finds_none(self, leaves: Actor, district: District) -> None:
        row = given(leaves)

        with pytest.raises(queries.HandOverNotFound):
            taken(row, on_duty(district.qingbo, "街道值班"))
