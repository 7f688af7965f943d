"""The ledger of hard cases (疑难挂账): who approves by its level, and how a case leaves it."""

from datetime import UTC, date, datetime, timedelta

import pytest

from chengshao.kernel.actor import Actor, ActorKind
from chengshao.people import actions as people
from chengshao.people.actions.units import UnitOwesWork
from chengshao.people.terms import Role
from chengshao.workorders import actions, queries, tasks
from chengshao.workorders.models import WorkOrder
from chengshao.workorders.rules.facts import Closing
from chengshao.workorders.rules.refusals import (
    BothOnLedger,
    DateOutOfReach,
    NeedMissing,
    NotYourOwn,
)
from chengshao.workorders.tasks import JOB
from chengshao.workorders.terms import (
    ClosingKind,
    LedgerLevel,
    Need,
    Power,
    Principle,
    Step,
    TaskCommand,
    TaskKind,
)
from tests.district import (
    AT,
    LOADER,
    District,
    account,
    dispatched,
    everyone,
    move,
    owed,
    parted,
    registered,
    reported,
    said,
    shown,
    staff,
)
from tests.staffed import Staff
from tests.turns import handler_of, handling, leader_of, refused

_K, _C = TaskKind, TaskCommand
REVIEW = date(2026, 6, 1)
MORNING = datetime(2026, 6, 1, 0, 5, tzinfo=UTC)
NEXT_DAY = AT + timedelta(days=1)
MOST_DAYS = 180  # the catalogue's own seed


def entry(level: LedgerLevel = LedgerLevel.DISTRICT, review_on: date = REVIEW) -> Closing:
    return Closing(ClosingKind.LEDGER, ledger_level=level, review_on=review_on)


def answered(actor: Actor, unit_id: int, closing: Closing, key: str = "k-1") -> WorkOrder:
    case = dispatched(actor, unit_id, report=said(key))
    move(case, _K.LEAD, _C.ACKNOWLEDGE, actor)
    return move(case, _K.LEAD, _C.ANSWER, actor, reply="暂时解决不了", closing=closing)


def on_the_ledger(actor: Actor, unit_id: int, key: str = "k-1") -> WorkOrder:
    case = answered(actor, unit_id, entry(), key)
    return move(case, _K.LEDGER_APPROVAL, _C.GRANT, actor)


def under_review(actor: Actor, unit_id: int) -> WorkOrder:
    case = on_the_ledger(actor, unit_id)
    actions.review_ledger(case_id=case.pk, actor=JOB, at=MORNING)
    return case


def reopen(case: WorkOrder) -> WorkOrder:
    report_id = case.reports.order_by("pk")[0].pk
    own = Actor(ActorKind.CITIZEN, report_id=report_id)
    actions.reopen_by_citizen(report_id=report_id, words="还没好", actor=own, at=NEXT_DAY)
    return WorkOrder.objects.get(pk=case.pk)


def closed_again(case: WorkOrder, closing: Closing, unit_id: int, actor: Actor) -> WorkOrder:
    """Let a case on the ledger be reopened, answered and passed."""
    case = reopen(case)
    actions.dispatch(
        number=case.number,
        seen_revision=case.revision,
        lead_unit_id=unit_id,
        principle=Principle.BY_AGREEMENT,
        basis="联席会议纪要（示意）",
        actor=actor,
        at=NEXT_DAY,
    )
    move(case, _K.LEAD, _C.ACKNOWLEDGE, actor, at=NEXT_DAY)
    move(case, _K.LEAD, _C.ANSWER, actor, reply="答复", closing=closing, at=NEXT_DAY)
    return move(case, _K.CHECK, _C.PASS, actor, at=NEXT_DAY)


class TestApproval:
    @pytest.mark.parametrize(
        ("level", "approver"),
        [(LedgerLevel.SUBDISTRICT, "qingbo"), (LedgerLevel.DISTRICT, "centre")],
    )
    def test_is_the_level_s_own(
        self, centre: Actor, district: District, level: LedgerLevel, approver: str
    ) -> None:
        case = answered(centre, district.roads, entry(level))
        leader = staff(getattr(district, approver), Power.SEE, Power.SIGN_OFF)

        assert owed(case, _K.LEDGER_APPROVAL).unit_id == getattr(district, approver)
        move(case, _K.LEDGER_APPROVAL, _C.GRANT, leader)

        assert case.ledger.get().level == level

    def test_is_the_centre_s_where_no_sub_district_is_known(
        self, centre: Actor, district: District
    ) -> None:
        case = registered(centre)
        WorkOrder.objects.filter(pk=case.pk).update(territory="")
        actions.dispatch(
            number=case.number,
            seen_revision=case.revision,
            lead_unit_id=district.roads,
            principle=Principle.BY_AGREEMENT,
            basis="联席会议纪要（示意）",
            actor=centre,
            at=AT,
        )
        move(case, _K.LEAD, _C.ACKNOWLEDGE, centre)

        level = entry(LedgerLevel.SUBDISTRICT)
        move(case, _K.LEAD, _C.ANSWER, centre, reply="暂时解决不了", closing=level)

        assert owed(case, _K.LEDGER_APPROVAL).unit_id == district.centre

    def test_is_never_that_of_the_unit_that_leads(self, centre: Actor, district: District) -> None:
        """Its leader has signed the draft: the next level decides."""
        own = leader_of(district.qingbo, account("leader"))
        case = handling(centre, district.qingbo)
        level = entry(LedgerLevel.SUBDISTRICT)

        move(case, _K.LEAD, _C.ANSWER, own, reply="暂时解决不了", closing=level)

        assert owed(case, _K.LEDGER_APPROVAL).unit_id == district.centre
        move(case, _K.LEDGER_APPROVAL, _C.GRANT, staff(district.centre, Power.SEE, Power.SIGN_OFF))
        assert case.ledger.get().owner_id == district.qingbo

    def test_nor_where_another_has_drafted_what_its_leader_signs(
        self, centre: Actor, district: District
    ) -> None:
        case = handling(centre, district.qingbo)
        level = entry(LedgerLevel.SUBDISTRICT)
        drafter = handler_of(district.qingbo)
        move(case, _K.LEAD, _C.ANSWER, drafter, reply="暂时解决不了", closing=level)

        move(case, _K.SIGN_OFF, _C.SIGN, leader_of(district.qingbo, account("leader")))

        assert owed(case, _K.LEDGER_APPROVAL).unit_id == district.centre

    def test_is_the_centre_s_where_nobody_signs_for_the_sub_district(
        self, centre: Actor, district: District, staffed: Staff
    ) -> None:
        staffed.appoint("centre", Role.DUTY_LEADER)

        case = answered(centre, district.roads, entry(LedgerLevel.SUBDISTRICT))

        assert owed(case, _K.LEDGER_APPROVAL).unit_id == district.centre


class TestWhoAnswered:
    """Nobody approves an own answer; to take it back is another thing."""

    @pytest.fixture
    def both(self, district: District) -> Actor:
        """Somebody who leads roads and signs at the centre."""
        person = leader_of(district.roads, account("both"))
        at_centre = staff(district.centre, Power.SEE, Power.SIGN_OFF, Power.CHECK)
        return Actor(person.kind, person.user_id, person.grants | at_centre.grants)

    @pytest.fixture
    def own(self, district: District, both: Actor) -> WorkOrder:
        return answered(both_and_all(district, both), district.roads, entry())

    def test_does_not_grant_it(self, both: Actor, own: WorkOrder) -> None:
        refused(NotYourOwn, own, _K.LEDGER_APPROVAL, _C.GRANT, both)
        task = owed(own, _K.LEDGER_APPROVAL)
        view = queries.case_view(number=own.number, actor=both)
        assert view.commands[task.pk] == (_C.DENY,)

    def test_may_send_it_back(self, both: Actor, own: WorkOrder, district: District) -> None:
        move(own, _K.LEDGER_APPROVAL, _C.DENY, both, reason="还能再办")

        assert owed(own, _K.LEAD).unit_id == district.roads
        assert own.tasks.get(kind=_K.LEAD, ended_at=None).round == 2


def both_and_all(district: District, person: Actor) -> Actor:
    """Return the same person, who may take the case as far as it is asked."""
    return Actor(person.kind, person.user_id, person.grants | everyone(district).grants)


class TestTheReviewAfterTheFirst:
    """One limit for both: when the case goes on the ledger, and when it is kept there."""

    def test_may_be_as_far_off_as_is_settled(self, centre: Actor, district: District) -> None:
        last = AT.date() + timedelta(days=MOST_DAYS)
        case = answered(centre, district.roads, entry(review_on=last))

        assert owed(case, _K.LEDGER_APPROVAL)

    def test_and_no_farther(self, centre: Actor, district: District) -> None:
        case = dispatched(centre, district.roads)
        move(case, _K.LEAD, _C.ACKNOWLEDGE, centre)
        too_far = entry(review_on=AT.date() + timedelta(days=MOST_DAYS + 1))

        with pytest.raises(DateOutOfReach):
            move(case, _K.LEAD, _C.ANSWER, centre, reply="暂时解决不了", closing=too_far)
        assert owed(case, _K.LEAD)

    def test_nor_when_it_is_kept(self, centre: Actor, district: District) -> None:
        case = under_review(centre, district.roads)
        last = MORNING.date() + timedelta(days=MOST_DAYS)

        with pytest.raises(DateOutOfReach):
            move(
                case, _K.LEDGER_REVIEW, _C.KEEP, centre,
                reason="资金未落实", until=last + timedelta(days=1), at=MORNING,
            )  # fmt: skip
        assert case.ledger.get().review_on == REVIEW
        move(
            case, _K.LEDGER_REVIEW, _C.KEEP, centre,
            reason="资金未落实", until=last, at=MORNING,
        )  # fmt: skip
        assert case.ledger.get().review_on == last


class TestTheNextReview:
    def test_comes_though_the_citizen_is_still_to_be_told(
        self, centre: Actor, district: District
    ) -> None:
        case = dispatched(centre, district.roads, report=said(phone="13800001111"))
        move(case, _K.LEAD, _C.ACKNOWLEDGE, centre)
        move(case, _K.LEAD, _C.ANSWER, centre, reply="暂时解决不了", closing=entry())
        case = move(case, _K.LEDGER_APPROVAL, _C.GRANT, centre)
        assert owed(case, _K.TELL)
        assert tasks.bring_back_at(MORNING) == 1
        move(
            case, _K.LEDGER_REVIEW, _C.KEEP, centre,
            reason="资金未落实", until=date(2026, 6, 2), at=MORNING,
        )  # fmt: skip

        assert tasks.bring_back_at(MORNING + timedelta(days=1)) == 1

        assert owed(case, _K.LEDGER_REVIEW)

    def test_not_while_one_is_being_done(self, centre: Actor, district: District) -> None:
        under_review(centre, district.roads)

        assert queries.ledger_cases_to_review(REVIEW, limit=9) == []


class TestStrikingOff:
    def test_takes_something_that_shows_it(self, centre: Actor, district: District) -> None:
        case = under_review(centre, district.roads)

        with pytest.raises(NeedMissing) as refused:
            move(case, _K.LEDGER_REVIEW, _C.STRIKE_OFF, centre, reason="好了", at=MORNING)

        assert refused.value.params == {"need": Need.EVIDENCE}
        assert owed(case, _K.LEDGER_REVIEW)

    def test_is_done_by_the_check_that_follows(self, centre: Actor, district: District) -> None:
        case = under_review(centre, district.roads)
        shown(case, _K.LEDGER_REVIEW, at=MORNING)
        move(case, _K.LEDGER_REVIEW, _C.STRIKE_OFF, centre, reason="好了", at=MORNING)
        assert case.ledger.get().struck_off_at is None

        case = move(case, _K.CHECK, _C.PASS, centre, at=MORNING)

        assert case.ledger.get().struck_off_at == MORNING
        assert case.closing_kind == ClosingKind.SOLVED

    def test_is_not_where_nobody_can_look(self, centre: Actor, district: District) -> None:
        case = under_review(centre, district.roads)
        shown(case, _K.LEDGER_REVIEW, at=MORNING)
        move(case, _K.LEDGER_REVIEW, _C.STRIKE_OFF, centre, reason="好了", at=MORNING)
        before = case.ledger.values("level", "owner", "approved_by", "review_on").get()

        case = move(case, _K.CHECK, _C.CANNOT_CHECK, centre, reason="停水围挡", at=MORNING)

        assert case.ledger.get().struck_off_at is None
        assert case.ledger.values("level", "owner", "approved_by", "review_on").get() == before
        assert (case.step, case.closing_kind) == (Step.CLOSED, ClosingKind.LEDGER)
        assert queries.ledger_cases_to_review(REVIEW, limit=9) == [case.pk], "it is asked again"

    def test_a_failed_check_is_rework(self, centre: Actor, district: District) -> None:
        case = under_review(centre, district.roads)
        shown(case, _K.LEDGER_REVIEW, at=MORNING)
        move(case, _K.LEDGER_REVIEW, _C.STRIKE_OFF, centre, reason="好了", at=MORNING)

        move(case, _K.CHECK, _C.FAIL, centre, reason="还是老样子", at=MORNING)

        assert owed(case, _K.LEAD).unit_id == district.roads
        assert case.ledger.get().struck_off_at is None


class TestReopened:
    def test_solved_and_seen_it_leaves_the_ledger(self, centre: Actor, district: District) -> None:
        case = on_the_ledger(centre, district.roads)

        case = closed_again(case, Closing(ClosingKind.SOLVED), district.roads, centre)

        assert case.ledger.get().struck_off_at == NEXT_DAY

    def test_explained_it_stays_on_it(self, centre: Actor, district: District) -> None:
        case = on_the_ledger(centre, district.roads)

        case = closed_again(case, Closing(ClosingKind.EXPLAINED), district.roads, centre)

        assert case.ledger.get().struck_off_at is None
        assert queries.ledger_cases_to_review(REVIEW, limit=9) == [case.pk]

    def test_explained_it_takes_in_repeats_joined_or_merged(
        self, centre: Actor, district: District
    ) -> None:
        case = on_the_ledger(centre, district.roads)
        case = closed_again(case, Closing(ClosingKind.EXPLAINED), district.roads, centre)
        other = registered(centre, said("k-2"))

        TestMerging().merge(other, case, centre)
        reported(centre, said("k-3", joins=case.number))

        assert case.reports.count() == 3
        assert parted(other, "两件事", centre, at=NEXT_DAY).reports.count() == 1

    def test_withdrawn_it_is_not_asked_of_for_ever(
        self, centre: Actor, district: District, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(tasks, "BATCH", 1)
        case = reopen(on_the_ledger(centre, district.roads))
        report_id = case.reports.get().pk
        own = Actor(ActorKind.CITIZEN, report_id=report_id)
        actions.withdraw_report(report_id=report_id, reason="不用了", actor=own, at=NEXT_DAY)
        other = on_the_ledger(centre, district.roads, "k-2")

        assert tasks.bring_back_at(MORNING) == 1

        assert owed(other, _K.LEDGER_REVIEW)


class TestItsOwner:
    def test_does_not_close_on_it(self, centre: Actor, district: District) -> None:
        on_the_ledger(centre, district.parks)

        with pytest.raises(UnitOwesWork) as refused:
            people.close_unit(unit_id=district.parks, on=REVIEW, actor=LOADER, at=AT)

        assert refused.value.params == {"open_work": "LEDGER", "count": 1}


class TestMerging:
    def merge(self, case: WorkOrder, into: WorkOrder, actor: Actor) -> None:
        actions.merge_cases(
            number=case.number,
            into=into.number,
            seen_revision=case.revision,
            reason="同一件事",
            actor=actor,
            at=NEXT_DAY,
        )

    def test_the_entry_goes_with_the_reports_and_comes_back_with_them(
        self, centre: Actor, district: District
    ) -> None:
        case = reopen(on_the_ledger(centre, district.roads))
        other = dispatched(centre, district.parks, report=said("k-2"))

        self.merge(case, other, centre)
        assert (case.ledger.count(), other.ledger.get().owner_id) == (0, district.roads)
        parted(case, "两件事", centre, at=NEXT_DAY)

        assert (case.ledger.get().owner_id, other.ledger.count()) == (district.roads, 0)

    def test_two_on_the_ledger_stay_two(self, centre: Actor, district: District) -> None:
        one = reopen(on_the_ledger(centre, district.roads))
        other = reopen(on_the_ledger(centre, district.parks, "k-2"))

        with pytest.raises(BothOnLedger):
            self.merge(one, other, centre)

        one.refresh_from_db()
        assert (one.step, one.reports.count()) == (Step.REGISTERED, 1)
