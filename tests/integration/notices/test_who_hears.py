"""Who is told what: the unit that owes, the citizen who left a number, nobody else."""

from dataclasses import replace
from datetime import timedelta

from django.utils.timezone import localdate

from chengshao.kernel.actor import Actor
from chengshao.notices import actions, queries
from chengshao.notices.models import Notice, Outbox
from chengshao.notices.terms import NoticeChannel, NoticeKind, NoticeState
from chengshao.people import actions as people
from chengshao.people.terms import Role
from chengshao.workorders import actions as cases
from chengshao.workorders.tasks import sweep_at
from chengshao.workorders.terms import (
    CaseCommand,
    DeclineGround,
    ReportKind,
    TaskCommand,
    TaskKind,
)
from tests.district import AT, LOADER, District, closed, dispatched, move, owed, reported, said
from tests.integration.notices.told import PHONE, expanded, inside, kinds, to_citizens
from tests.staffed import Staff
from tests.statements import count_statements

ME = people.NewAccount(username="me", display_name="我（示意）")


def test_the_unit_that_a_case_is_dispatched_to_hears_of_it(
    district: District, centre: Actor, staffed: Staff
) -> None:
    handler = staffed.appoint("roads", Role.HANDLER)
    other = staffed.appoint("parks", Role.HANDLER)
    case = dispatched(centre, district.roads)

    expanded()

    assert inside(handler.user_id) == [NoticeKind.TASK_OPENED]
    assert inside(other.user_id) == []
    notice = Notice.objects.get(user=handler.user_id)
    assert (notice.case_number, notice.unit_id) == (case.number, district.roads)
    assert notice.state == NoticeState.SENT
    assert notice.channel == NoticeChannel.IN_APP
    assert notice.day is not None
    assert not Outbox.objects.exists()


def test_a_citizen_hears_what_became_of_the_demand(
    district: District, centre: Actor, staffed: Staff
) -> None:
    closed(centre, district.roads, report=said(phone=PHONE))

    expanded()

    assert kinds(to_citizens()) == [NoticeKind.RECEIVED, NoticeKind.DONE]


def test_the_citizen_hears_the_day_that_is_promised(
    district: District, centre: Actor, staffed: Staff
) -> None:
    case = dispatched(centre, district.roads, report=said(phone=PHONE))
    due = owed(case, TaskKind.LEAD).deadlines.get().due_at
    assert due is not None

    expanded()

    accepted = Notice.objects.get(kind=NoticeKind.ACCEPTED)
    assert accepted.day == localdate(due)


def test_who_is_declined_hears_on_which_ground(centre: Actor) -> None:
    case = reported(centre, said(phone=PHONE)).work_order
    cases.move_case(
        number=case.number,
        seen_revision=case.revision,
        command=CaseCommand.DECLINE,
        ground=DeclineGround.BEYOND_GOVERNMENT,
        reply="不归我们",
        actor=centre,
        at=AT,
    )

    expanded()

    declined = Notice.objects.get(kind=NoticeKind.DECLINED)
    assert declined.reason_told == DeclineGround.BEYOND_GOVERNMENT


def test_who_joined_a_case_hears_of_it_as_the_first_does(district: District, centre: Actor) -> None:
    case = dispatched(centre, district.roads, report=said(phone=PHONE))
    reported(centre, said("k-2", "我也看见了", joins=case.number, phone="13800138001"))
    move(case, TaskKind.LEAD, TaskCommand.ACKNOWLEDGE, centre)
    move(case, TaskKind.LEAD, TaskCommand.ANSWER, centre, reply="已换好")
    move(case, TaskKind.CHECK, TaskCommand.PASS, centre)

    expanded()

    done = [notice for notice in to_citizens() if notice.kind == NoticeKind.DONE]
    assert len({notice.contact_id for notice in done}) == 2


def test_a_unit_is_reminded_and_told_when_it_is_late_and_then_its_leader(
    district: District, centre: Actor, staffed: Staff
) -> None:
    handler = staffed.appoint("roads", Role.HANDLER)
    leader = staffed.appoint("roads", Role.UNIT_LEADER)
    case = dispatched(centre, district.roads)
    move(case, TaskKind.LEAD, TaskCommand.ACKNOWLEDGE, centre)
    due = owed(case, TaskKind.LEAD).deadlines.get().due_at
    assert due is not None

    for moment in (due - timedelta(minutes=10), due + timedelta(hours=1)):
        sweep_at(moment)
        expanded(moment)
    assert inside(handler.user_id) == ["TASK_OPENED", "DUE_SOON", "OVERDUE"]

    later = due + timedelta(days=5)
    sweep_at(later)
    expanded(later)
    assert inside(leader.user_id).count("OVERDUE") == inside(handler.user_id).count("OVERDUE") + 1


def test_the_desk_hears_of_a_return_and_the_unit_of_rework(
    district: District, centre: Actor, staffed: Staff
) -> None:
    dispatcher = staffed.appoint("centre", Role.DISPATCHER)
    handler = staffed.appoint("roads", Role.HANDLER)
    case = dispatched(centre, district.roads)
    move(case, TaskKind.LEAD, TaskCommand.ASK_RETURN, centre, reason="不归我们管")
    expanded()
    assert inside(dispatcher.user_id) == [NoticeKind.RETURNED]

    other = dispatched(centre, district.roads, report=said("k-2", "另一处"))
    move(other, TaskKind.LEAD, TaskCommand.ACKNOWLEDGE, centre)
    move(other, TaskKind.LEAD, TaskCommand.ANSWER, centre, reply="已换好")
    expanded()
    move(other, TaskKind.CHECK, TaskCommand.FAIL, centre, reason="没换")
    expanded()
    assert inside(handler.user_id)[-1] == NoticeKind.REWORK


def test_what_was_done_meanwhile_is_told_to_nobody(
    district: District, centre: Actor, staffed: Staff
) -> None:
    handler = staffed.appoint("roads", Role.HANDLER)
    closed(centre, district.roads)

    expanded()

    assert inside(handler.user_id) == []


def test_of_an_informant_s_case_only_who_may_know_hears(
    district: District, centre: Actor, staffed: Staff
) -> None:
    handler = staffed.appoint("roads", Role.HANDLER)
    leader = staffed.appoint("roads", Role.UNIT_LEADER)
    staffed.appoint("centre", Role.DUTY_LEADER)
    told = replace(said(phone=PHONE), kind=ReportKind.INFORMANT)
    named = replace(centre, user_id=people.open_account(account=ME, actor=LOADER, at=AT))
    staffed.also(named.user_id or 0, "centre", Role.DUTY_LEADER)
    dispatched(named, district.roads, report=told)

    expanded()

    assert inside(handler.user_id) == []
    assert inside(leader.user_id) == [NoticeKind.TASK_OPENED]
    assert to_citizens() == []


def test_what_happened_a_week_ago_is_told_to_nobody(
    district: District, centre: Actor, staffed: Staff
) -> None:
    handler = staffed.appoint("roads", Role.HANDLER)
    dispatched(centre, district.roads)

    expanded(AT + timedelta(days=7))

    assert inside(handler.user_id) == []
    assert not Outbox.objects.exists()


def test_who_looks_at_the_case_has_read_what_was_told_of_it(
    district: District, centre: Actor, staffed: Staff
) -> None:
    handler = staffed.appoint("roads", Role.HANDLER)
    case = dispatched(centre, district.roads)
    expanded()

    assert actions.read_of_case(case_id=case.pk, actor=handler, at=AT) == 1
    assert queries.unread(handler) == 0


def test_on_the_thin_path_half_of_the_commands_store_a_line_for_the_outbox(
    district: District, centre: Actor
) -> None:
    with count_statements() as counted:
        closed(centre, district.roads, report=said(phone=PHONE))

    stored = [sql for sql in counted.statements if "notices_" in sql]
    assert [sql.split()[0] for sql in stored] == ["INSERT"] * 3  # report, dispatch, pass
