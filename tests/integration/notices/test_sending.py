"""Sending: once for each message, within the budget, to nobody who left no number."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from chengshao.kernel.actor import Actor
from chengshao.notices import actions, queries
from chengshao.notices.actions import sending
from chengshao.notices.models import Notice, Template
from chengshao.notices.rules.gateway import Verdict
from chengshao.notices.rules.trying import LEASE, MOST_TRIES
from chengshao.notices.tasks import tell_at
from chengshao.notices.terms import NoticeChannel, NoticeKind, NoticeReason, NoticeState
from chengshao.people.models import Contact, ContactAccess
from chengshao.people.terms import Role
from chengshao.workorders import actions as cases
from chengshao.workorders.actions import NewReport
from chengshao.workorders.terms import Principle, TaskCommand, TaskKind
from tests.district import (
    AT,
    MANHOLE,
    QINGBOMEN,
    District,
    closed,
    dispatched,
    move,
    reported,
    said,
)
from tests.integration.notices.told import KEEPER, PHONE, SOON, Wire, expanded, to_citizens
from tests.staffed import Staff

NIGHT = AT + timedelta(hours=13)  # 22:00 in the city
MORNING = AT + timedelta(hours=23)  # 08:00


@pytest.fixture
def wire(district: District, monkeypatch: pytest.MonkeyPatch) -> Wire:
    actions.load_seeds(actor=KEEPER, at=AT)
    way = Wire()
    monkeypatch.setattr(sending, "adapter_for", lambda channel: way)
    return way


def only() -> Notice:
    (notice,) = to_citizens()
    return notice


def test_a_message_is_sent_once_under_one_key(centre: Actor, wire: Wire) -> None:
    report = reported(centre, said(phone=PHONE))

    tell_at(SOON)
    tell_at(SOON + timedelta(hours=1))

    (message,) = wire.sent
    assert message.to == PHONE
    assert message.masked == "138****8000"
    assert report.work_order.number in message.text
    assert only().state == NoticeState.SENT
    assert message.key == f"chengshao-notice-{only().pk}"


def test_reading_the_number_is_logged_as_for_a_notice(centre: Actor, wire: Wire) -> None:
    report = reported(centre, said(phone=PHONE))

    tell_at(SOON)

    access = ContactAccess.objects.get()
    assert (access.about, access.user_id) == (report.work_order.number, None)
    assert access.purpose == "按办理进度通知诉求人"


def test_a_channel_that_shows_only_masked_numbers_opens_none(centre: Actor, wire: Wire) -> None:
    wire.opens_addresses = False
    reported(centre, said(phone=PHONE))

    tell_at(SOON)

    assert [message.to for message in wire.sent] == ["138****8000"]
    assert not ContactAccess.objects.exists()


@pytest.mark.parametrize("told", [said(), said(phone=PHONE, confidential=True)])
def test_nothing_goes_to_who_left_no_number_or_a_confidential_one(
    centre: Actor, wire: Wire, told: NewReport
) -> None:
    reported(centre, told)

    tell_at(SOON)

    assert (wire.sent, to_citizens()) == ([], [])


def test_a_contact_erased_meanwhile_gets_nothing(centre: Actor, wire: Wire) -> None:
    reported(centre, said(phone=PHONE))
    expanded()
    Contact.objects.update(name=None, phone=None, phone_lookup="", erased_at=AT)

    tell_at(SOON)

    assert wire.sent == []
    assert (only().state, only().reason) == (NoticeState.SUPPRESSED, NoticeReason.NO_ADDRESS)


def test_no_number_name_or_word_of_a_citizen_is_stored(
    district: District, centre: Actor, wire: Wire
) -> None:
    told = said(words="张三家门口的井盖破了", phone=PHONE)
    closed(centre, district.roads, report=told)
    tell_at(SOON)

    with connection.cursor() as cursor:
        for table in ("notices_outbox", "notices_notice", "procrastinate_jobs"):
            cursor.execute(f"SELECT coalesce(string_agg(t::text, ' '), '') FROM {table} t")
            (everything,) = cursor.fetchone()
            assert PHONE not in everything
            assert "8000" not in everything.replace("138****8000", "")
            assert "张三" not in everything
    assert Notice.objects.exists()


def test_what_happens_at_night_waits_for_the_morning(centre: Actor, wire: Wire) -> None:
    reported(centre, said(phone=PHONE), NIGHT)

    tell_at(NIGHT)
    held = only()
    tell_at(MORNING)

    assert (held.state, held.reason) == (NoticeState.HELD, NoticeReason.QUIET_HOURS)
    assert held.next_at == MORNING
    assert len(wire.sent) == 1
    assert only().state == NoticeState.SENT


def test_of_what_was_held_of_one_case_only_the_latest_goes(
    district: District, centre: Actor, wire: Wire
) -> None:
    case = reported(centre, said(phone=PHONE), NIGHT).work_order
    tell_at(NIGHT)
    later = NIGHT + timedelta(hours=1)
    case.refresh_from_db()
    cases.register(
        number=case.number,
        seen_revision=case.revision,
        matter=MANHOLE,
        place=cases.Place("和平路口东侧", QINGBOMEN),
        actor=centre,
        at=later,
    )
    case.refresh_from_db()
    cases.dispatch(
        number=case.number,
        seen_revision=case.revision,
        lead_unit_id=district.roads,
        principle=Principle.BY_AGREEMENT,
        basis="条例",
        actor=centre,
        at=later,
    )
    tell_at(later)
    tell_at(MORNING)

    assert [(n.kind, n.state, n.reason) for n in to_citizens()] == [
        (NoticeKind.RECEIVED, NoticeState.SUPPRESSED, NoticeReason.COLLAPSED),
        (NoticeKind.ACCEPTED, NoticeState.SENT, ""),
    ]
    assert len(wire.sent) == 1


def test_one_number_gets_no_more_than_the_budget_whatever_the_cases(
    centre: Actor, wire: Wire
) -> None:
    for n in range(5):
        reported(centre, said(f"k-{n}", f"第{n}处井盖破损", phone=PHONE))

    tell_at(SOON)

    assert len(wire.sent) == 3
    held = Notice.objects.filter(state=NoticeState.HELD)
    assert [one.reason for one in held] == [NoticeReason.BUDGET_SPENT] * 2
    assert all(one.next_at == MORNING for one in held)

    tell_at(MORNING)
    assert len(wire.sent) == 5


def test_another_number_has_a_budget_of_its_own(centre: Actor, wire: Wire) -> None:
    for n in range(4):
        reported(centre, said(f"k-{n}", f"第{n}处井盖破损", phone=f"1380013800{n}"))

    tell_at(SOON)

    assert len(wire.sent) == 4


@pytest.mark.parametrize("verdict", [Verdict.UNREACHABLE, Verdict.GARBLED])
def test_what_brought_no_clear_answer_is_tried_again_under_the_same_key(
    centre: Actor, wire: Wire, verdict: Verdict
) -> None:
    wire.answers = [verdict, Verdict.ACCEPTED]
    reported(centre, said(phone=PHONE))

    tell_at(SOON)
    after_one = only()
    tell_at(SOON + timedelta(seconds=59))
    assert len(wire.sent) == 1
    tell_at(SOON + timedelta(minutes=1))

    assert (after_one.state, after_one.reason) == (NoticeState.QUEUED, verdict.name)
    assert only().state == NoticeState.SENT
    assert len(set(wire.keys)) == 1
    assert len(wire.keys) == 2


def test_after_the_last_try_it_has_failed_and_can_be_sent_again_by_hand(
    centre: Actor, wire: Wire
) -> None:
    wire.answers = [Verdict.UNREACHABLE] * MOST_TRIES
    reported(centre, said(phone=PHONE))
    moment = SOON
    for _ in range(MOST_TRIES + 2):
        tell_at(moment)
        moment = only().next_at or moment

    assert (only().state, only().reason) == (NoticeState.FAILED, NoticeReason.GIVEN_UP)
    assert len(wire.sent) == MOST_TRIES

    actions.resend(notice_id=only().pk, reason="网关已修好", actor=KEEPER, at=moment)
    tell_at(moment)
    assert only().state == NoticeState.SENT
    assert only().resent_reason == "网关已修好"


def test_what_the_gateway_refuses_is_not_tried_again(centre: Actor, wire: Wire) -> None:
    wire.answers = [Verdict.REFUSED]
    reported(centre, said(phone=PHONE))

    tell_at(SOON)
    tell_at(SOON + timedelta(hours=2))

    assert len(wire.sent) == 1
    assert (only().state, only().reason) == (NoticeState.FAILED, NoticeReason.REFUSED)


def test_only_what_failed_is_sent_again_and_for_a_reason(centre: Actor, wire: Wire) -> None:
    reported(centre, said(phone=PHONE))
    tell_at(SOON)

    with pytest.raises(actions.NotToResend):
        actions.resend(notice_id=only().pk, reason="再发一次", actor=KEEPER, at=SOON)
    with pytest.raises(actions.ResendReasonMissing):
        actions.resend(notice_id=only().pk, reason=".", actor=KEEPER, at=SOON)
    with pytest.raises(actions.MessagesPowerMissing):
        actions.resend(notice_id=only().pk, reason="再发一次", actor=centre, at=SOON)


def test_cut_off_between_sending_and_noting_it_goes_again_under_the_same_key(
    centre: Actor, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    reported(centre, said(phone=PHONE))
    expanded()

    def killed(*_args: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(sending, "_store_verdict", killed)
        with pytest.raises(SystemExit):
            actions.send_due(at=SOON)
    tell_at(SOON + timedelta(seconds=30))
    assert len(wire.sent) == 1  # it is somebody's still
    tell_at(SOON + LEASE)

    assert len(wire.keys) == 2
    assert len(set(wire.keys)) == 1
    assert only().state == NoticeState.SENT


def test_a_gateway_that_is_down_is_left_alone_for_a_while(centre: Actor, wire: Wire) -> None:
    wire.answers = [Verdict.UNREACHABLE] * 50
    for n in range(8):
        reported(centre, said(f"k-{n}", f"第{n}处井盖破损", phone=f"1380013800{n}"))

    tell_at(SOON)

    assert len(wire.sent) == 3
    assert list(Notice.objects.order_by("pk").values_list("tries", flat=True)) == [1] * 3 + [0] * 5


def test_a_message_that_breaks_keeps_no_other_from_going(
    centre: Actor, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = reported(centre, said("k-1", phone=PHONE)).work_order.number
    reported(centre, said("k-2", "另一处", phone="13800138001"))
    compose = queries.words_of

    def breaks(notice: Notice, *args: Any, **more: Any) -> Any:
        if notice.case_number == first:
            raise ZeroDivisionError
        return compose(notice, *args, **more)

    monkeypatch.setattr(queries, "words_of", breaks)
    for minutes in range(0, 40, 3):
        tell_at(SOON + timedelta(minutes=minutes))

    assert [message.to for message in wire.sent] == ["13800138001"]
    broken = Notice.objects.get(case_number=first, contact__isnull=False)
    assert (broken.state, broken.reason) == (NoticeState.FAILED, NoticeReason.GIVEN_UP)


def test_what_is_long_past_is_told_to_nobody_outside(centre: Actor, wire: Wire) -> None:
    reported(centre, said(phone=PHONE))

    tell_at(AT + timedelta(days=1, hours=2))

    assert (wire.sent, to_citizens()) == ([], [])


def test_without_words_for_it_nothing_is_sent(centre: Actor, wire: Wire) -> None:
    Template.objects.all().delete()
    reported(centre, said(phone=PHONE))

    tell_at(SOON)

    assert wire.sent == []
    assert only().reason == NoticeReason.NO_TEMPLATE


def test_staff_who_want_a_text_message_get_one_and_an_emergency_breaks_the_night(
    district: District, centre: Actor, staffed: Staff, wire: Wire
) -> None:
    handler = staffed.appoint("roads", Role.HANDLER)
    actions.set_wishes(
        wanted={
            (kind, NoticeChannel.SMS): True
            for kind in (NoticeKind.TASK_OPENED, NoticeKind.EMERGENCY)
        },
        addresses={NoticeChannel.SMS: "13900139000"},
        actor=handler,
    )
    case = dispatched(centre, district.roads, at=NIGHT)
    tell_at(NIGHT)
    assert wire.sent == []

    Notice.objects.filter(channel=NoticeChannel.SMS).update(
        kind=NoticeKind.EMERGENCY, next_at=NIGHT
    )
    tell_at(NIGHT)

    (message,) = wire.sent
    assert message.to == "13900139000"
    assert case.number in message.text
    assert "区城市管理局" in message.text


def test_a_chase_is_heard_by_who_works_on_it(
    district: District, centre: Actor, staffed: Staff, wire: Wire
) -> None:
    handler = staffed.appoint("roads", Role.HANDLER)
    case = dispatched(centre, district.roads, report=said(phone=PHONE))
    move(case, TaskKind.LEAD, TaskCommand.ACKNOWLEDGE, centre)
    cases.chase_report(report_id=case.reports.get().pk, words="快点", actor=centre, at=AT)

    expanded()

    told = Notice.objects.filter(user=handler.user_id).order_by("pk")
    assert [one.kind for one in told] == [NoticeKind.TASK_OPENED, NoticeKind.CHASED]
