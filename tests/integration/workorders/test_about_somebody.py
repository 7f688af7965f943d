"""A complaint about staff whose unit nobody has named yet: it may be about the sub-district."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from chengshao.kernel.actor import Actor
from chengshao.workorders import actions
from chengshao.workorders.actions import NewReport
from chengshao.workorders.models import WorkOrder
from chengshao.workorders.rules.facts import Closing
from chengshao.workorders.rules.refusals import CantMerge
from chengshao.workorders.terms import (
    ClosingKind,
    LedgerLevel,
    ReportKind,
    TaskCommand,
    TaskKind,
)
from tests.district import (
    AT,
    QINGBOMEN,
    District,
    dispatched,
    move,
    owed,
    parted,
    registered,
    reported,
    said,
)
from tests.orders import refused
from tests.standing import REVIEW_ON

_K, _C = TaskKind, TaskCommand
PHONE = "13800138000"


def complaint(key: str = "k-1", **more: Any) -> NewReport:
    """Return what a citizen says about staff, who named no unit."""
    told = replace(said(key, "窗口的人态度差", **more), territory=QINGBOMEN)
    return replace(told, complained_about="窗口穿蓝衣服的")


def ordinary(key: str = "k-1", **more: Any) -> NewReport:
    return replace(said(key, **more), territory=QINGBOMEN)


def seers(case: WorkOrder) -> set[int]:
    return set(case.audience.values_list("unit_id", flat=True))


def merge(case: WorkOrder, into: WorkOrder, actor: Actor) -> None:
    case.refresh_from_db()
    actions.merge_cases(
        number=case.number,
        into=into.number,
        seen_revision=case.revision,
        reason="同一件事",
        actor=actor,
        at=AT,
    )


def qualify(case: WorkOrder, actor: Actor, **what: Any) -> None:
    case.refresh_from_db()
    actions.qualify_report(
        number=case.number,
        seen_revision=case.revision,
        report_id=case.reports.order_by("-pk")[0].pk,
        actor=actor,
        at=AT,
        **what,
    )


class TestItIsHiddenFromTheSubdistrict:
    def test_when_its_place_is_corrected(self, centre: Actor, district: District) -> None:
        case = registered(centre, replace(complaint(), territory=""))

        assert case.territory == QINGBOMEN
        assert seers(case) == {district.centre}

    def test_when_another_one_joins_it(self, centre: Actor, district: District) -> None:
        case = reported(centre, complaint()).work_order

        reported(centre, complaint("k-2", joins=case.number))

        assert seers(case) == {district.centre}

    def test_when_another_one_is_merged_into_it_and_parted_again(
        self, centre: Actor, district: District
    ) -> None:
        case, other = (reported(centre, complaint(key)).work_order for key in ("k-1", "k-2"))

        merge(other, case, centre)
        assert seers(case) == {district.centre}
        parted(other, "两件事", centre)

        assert seers(case) == seers(other) == {district.centre}

    @pytest.mark.parametrize("what", [{"kind": ReportKind.COMPLAINT}, {"complained_about": "她"}])
    def test_from_when_it_is_noted(
        self, centre: Actor, district: District, what: dict[str, Any]
    ) -> None:
        case = reported(centre, ordinary()).work_order
        assert seers(case) == {district.centre, district.qingbo}

        qualify(case, centre, **what)

        assert seers(case) == {district.centre}

    def test_also_while_others_are_asked_who_should_do_it(
        self, centre: Actor, district: District
    ) -> None:
        case = registered(centre, complaint(phone=PHONE))

        move(case, _K.DISPATCH, _C.CONSULT, centre, reason="谁办", asked=[district.parks])

        assert not case.tasks.filter(kind=_K.CONTACT).exists()
        assert district.qingbo not in seers(case)

    def test_which_does_not_approve_it_for_its_ledger(
        self, centre: Actor, district: District
    ) -> None:
        case = dispatched(centre, district.roads, report=complaint())
        move(case, _K.LEAD, _C.ACKNOWLEDGE, centre)
        closing = Closing(
            ClosingKind.LEDGER, ledger_level=LedgerLevel.SUBDISTRICT, review_on=REVIEW_ON
        )

        move(case, _K.LEAD, _C.ANSWER, centre, reply="一时办不了", closing=closing)

        assert owed(case, _K.LEDGER_APPROVAL).unit_id == district.centre


class TestItIsSeenThereAgain:
    def test_once_another_unit_is_named(self, centre: Actor, district: District) -> None:
        case = reported(centre, complaint()).work_order

        qualify(case, centre, complained_about_unit_id=district.parks)

        assert {district.centre, district.qingbo, district.office} <= seers(case)

    def test_once_it_is_no_complaint(self, centre: Actor, district: District) -> None:
        case = reported(centre, ordinary()).work_order
        qualify(case, centre, kind=ReportKind.COMPLAINT)

        qualify(case, centre, kind=ReportKind.HELP)

        assert seers(case) == {district.centre, district.qingbo}

    def test_not_when_the_unit_is_taken_off_that_was_the_wrong_one(
        self, centre: Actor, district: District
    ) -> None:
        case = reported(centre, complaint(about=district.parks)).work_order
        case.refresh_from_db()

        actions.take_off_complaint(
            number=case.number,
            seen_revision=case.revision,
            report_id=case.reports.get().pk,
            reason="不是他们",
            actor=centre,
            at=AT,
        )

        assert district.qingbo not in seers(case)


@pytest.mark.parametrize(("first", "second"), [(complaint, ordinary), (ordinary, complaint)])
class TestACircleOfItsOwn:
    def test_is_not_joined_by_what_everybody_sees_nor_joins_it(
        self, centre: Actor, first: Callable[..., NewReport], second: Callable[..., NewReport]
    ) -> None:
        case = reported(centre, first()).work_order

        with refused(CantMerge, case):
            reported(centre, second("k-2", joins=case.number))

    def test_nor_merged(
        self, centre: Actor, first: Callable[..., NewReport], second: Callable[..., NewReport]
    ) -> None:
        case, other = reported(centre, first()).work_order, reported(centre, second("k-2"))

        with refused(CantMerge, case):
            merge(other.work_order, case, centre)
