"""Filing away (归档): long after the end, and only what nothing can come of any more."""

from datetime import datetime, timedelta

import pytest

from chengshao.catalog import actions as catalog
from chengshao.catalog.terms import TableKind
from chengshao.kernel.actor import Actor, ActorKind
from chengshao.kernel.errors import DomainError
from chengshao.workorders import actions, queries, tasks
from chengshao.workorders.models import WorkOrder
from chengshao.workorders.rules.facts import Closing
from chengshao.workorders.rules.refusals import (
    ComesByItself,
    ReopeningOver,
    StillAwaited,
    StillHeld,
    WrongState,
)
from chengshao.workorders.tasks import JOB
from chengshao.workorders.terms import (
    Awaited,
    CaseCommand,
    ClosingKind,
    ContactResult,
    DeclineGround,
    LedgerLevel,
    Power,
    TaskCommand,
    TaskKind,
)
from tests.district import (
    AT,
    LOADER,
    District,
    closed,
    dispatched,
    move,
    owed,
    reported,
    said,
    staff,
)

_K, _C = TaskKind, TaskCommand
DAY = timedelta(days=1)
AFTER = AT + 30 * DAY  # the catalogue's own seed
PHONE = "13800001111"


def archived(case: WorkOrder) -> bool:
    case.refresh_from_db()
    return case.archived_at is not None


def lapsed(case: WorkOrder, at: datetime = AT + 7 * DAY) -> WorkOrder:
    """Let the time be over in which its citizens rate."""
    for report in case.reports.all():
        actions.lapse_rating(report_id=report.pk, actor=JOB, at=at)
    return WorkOrder.objects.get(pk=case.pk)


def closed_as(closing: Closing, actor: Actor, unit_id: int) -> WorkOrder:
    case = dispatched(actor, unit_id)
    move(case, _K.LEAD, _C.ACKNOWLEDGE, actor)
    move(case, _K.LEAD, _C.ANSWER, actor, reply="答复", closing=closing)
    on_ledger = closing.kind is ClosingKind.LEDGER
    kind, command = (_K.LEDGER_APPROVAL, _C.GRANT) if on_ledger else (_K.CHECK, _C.PASS)
    return move(case, kind, command, actor)


def refused(error: type[DomainError], case: WorkOrder) -> DomainError:
    """Try to file a case away long after its end: it is refused, and nothing has changed."""
    case.refresh_from_db()
    before = case.history_head
    with pytest.raises(error) as caught:
        actions.archive_case(case_id=case.pk, actor=JOB, at=AFTER)
    assert not archived(case)
    assert case.history_head == before
    return caught.value


class TestTheJob:
    def test_files_away_what_ended_long_ago(self, centre: Actor, district: District) -> None:
        case = lapsed(closed(centre, district.roads))

        assert tasks.archive_at(AFTER + timedelta(seconds=1)) == 1

        assert archived(case)
        assert queries.first_broken_entry(case) is None

    def test_not_before(self, centre: Actor, district: District) -> None:
        case = lapsed(closed(centre, district.roads))

        assert tasks.archive_at(AFTER - timedelta(seconds=1)) == 0

        assert not archived(case)

    def test_once(self, centre: Actor, district: District) -> None:
        lapsed(closed(centre, district.roads))

        assert [tasks.archive_at(AFTER + DAY), tasks.archive_at(AFTER + DAY)] == [1, 0]

    def test_leaves_what_waits_and_what_was_merged_and_files_the_rest(
        self, centre: Actor, district: District, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(tasks, "BATCH", 1)
        merged = dispatched(centre, district.roads, report=said("k-2"))
        into = dispatched(centre, district.roads, report=said("k-3"))
        actions.merge_cases(
            number=merged.number, into=into.number, seen_revision=merged.revision,
            reason="同一件事", actor=centre, at=AT,
        )  # fmt: skip
        unrated = closed(centre, district.roads, report=said("k-4"))
        untold = lapsed(closed(centre, district.roads, report=said("k-5", phone=PHONE)))
        done = lapsed(closed(centre, district.roads))

        assert tasks.archive_at(AFTER + DAY) == 1

        assert [archived(case) for case in (merged, into, unrated, untold)] == [False] * 4
        assert archived(done)

    def test_files_what_was_declined(self, centre: Actor, district: District) -> None:
        case = reported(centre).work_order
        actions.move_case(
            number=case.number, seen_revision=case.revision, command=CaseCommand.DECLINE,
            ground=DeclineGround.BEYOND_GOVERNMENT, reply="请向法院提起", actor=centre, at=AT,
        )  # fmt: skip

        assert tasks.archive_at(AFTER + DAY) == 1

        assert archived(case)


class TestWhatStillWaits:
    def test_the_citizen_s_word(self, centre: Actor, district: District) -> None:
        error = refused(StillAwaited, closed(centre, district.roads))

        assert error.params == {"awaited": Awaited.RATING}

    def test_the_citizen_who_is_to_be_told(self, centre: Actor, district: District) -> None:
        case = lapsed(closed(centre, district.roads, report=said(phone=PHONE)))

        error = refused(StillHeld, case)

        assert error.params == {"task_kind": _K.TELL}
        actions.record_contact(
            task_id=owed(case, _K.TELL).pk,
            report_id=case.reports.get().pk,
            result=ContactResult.TALKED,
            actor=centre,
            at=AT,
        )
        assert actions.archive_case(case_id=case.pk, actor=JOB, at=AFTER)

    def test_a_promise(self, centre: Actor, district: District) -> None:
        later = Closing(ClosingKind.PROMISED, promised_on=(AFTER + 90 * DAY).date())

        error = refused(StillAwaited, closed_as(later, centre, district.roads))

        assert error.params == {"awaited": Awaited.PROMISE}

    def test_the_ledger(self, centre: Actor, district: District) -> None:
        hard = Closing(
            ClosingKind.LEDGER,
            ledger_level=LedgerLevel.DISTRICT,
            review_on=(AFTER + 90 * DAY).date(),
        )

        error = refused(StillAwaited, lapsed(closed_as(hard, centre, district.roads)))

        assert error.params == {"awaited": Awaited.LEDGER}

    def test_the_right_to_have_it_reopened(self, centre: Actor, district: District) -> None:
        longer = "参数,来源渠道,取值,依据,生效日期\nREOPEN_WITHIN,,60自然日,测试,2026-01-01\n"
        catalog.import_table(
            kind=TableKind.PARAMETERS, content=longer.encode(), actor=LOADER, at=AT
        )

        error = refused(StillAwaited, lapsed(closed(centre, district.roads)))

        assert error.params == {"awaited": Awaited.REOPENING}

    def test_and_nobody_does_it_by_hand(self, centre: Actor, district: District) -> None:
        case = lapsed(closed(centre, district.roads))
        checker = staff(district.centre, Power.SEE, Power.CHECK)

        with pytest.raises(ComesByItself):
            actions.move_case(
                number=case.number, seen_revision=case.revision, command=CaseCommand.ARCHIVE,
                reason="早点归档", actor=checker, at=AFTER,
            )  # fmt: skip

        assert not archived(case)


class TestWhatIsFiledAway:
    def test_moves_no_more(self, centre: Actor, district: District) -> None:
        case = lapsed(closed(centre, district.roads))
        tasks.archive_at(AFTER + DAY)
        case.refresh_from_db()
        report_id = case.reports.get().pk
        own = Actor(ActorKind.CITIZEN, report_id=report_id)

        with pytest.raises(ReopeningOver):
            actions.reopen_by_citizen(report_id=report_id, words="又坏了", actor=own, at=AFTER)
        with pytest.raises(WrongState):
            actions.attach_to_report(report_id=report_id, blob_id=1, actor=own, at=AFTER)
        with pytest.raises(WrongState):
            actions.chase_report(report_id=report_id, actor=own, at=AFTER)

        assert queries.case_view(number=case.number, actor=centre).case_commands == ()
