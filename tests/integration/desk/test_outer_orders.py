"""What the desk sees of an order of another platform: its silence, and what its word takes."""

from datetime import UTC, datetime, timedelta

from django.test import Client

from chengshao.kernel.actor import Actor
from chengshao.people.terms import Role
from chengshao.workorders.models import WorkOrder
from chengshao.workorders.terms import TaskCommand, TaskKind
from tests.clerks import SignIn
from tests.district import AT, District, move, owed
from tests.orders import outer_in_hand

_K, _C = TaskKind, TaskCommand


def page_of(client: Client, case: WorkOrder) -> str:
    return client.get(f"/desk/cases/{case.number}/").content.decode()


def test_the_page_says_how_often_the_platform_kept_silent(
    centre: Actor, district: District, sign_in: SignIn
) -> None:
    case = outer_in_hand(centre, district.roads)
    move(case, _K.LEAD, _C.ANSWER, centre, reply="好了")
    move(case, _K.CHECK, _C.PASS, centre)
    client = sign_in(Role.DISPATCHER, district.centre)
    assert "已报请结案，平台未答复前外部时限照走" in page_of(client, case)

    for hours in (1, 2):
        move(
            case, _K.OUTER_CLOSING, _C.UNANSWERED, centre, reason="已电话催办",
            at=AT + timedelta(hours=hours),
        )  # fmt: skip

    assert "催问2次，仍未答复" in page_of(client, case)


def test_the_form_says_that_a_grant_takes_the_platform_s_day(
    centre: Actor, district: District, sign_in: SignIn
) -> None:
    case = outer_in_hand(centre, district.roads)
    move(case, _K.LEAD, _C.ASK_EXTENSION, centre, reason="等配件")
    move(case, _K.CENTRE_APPROVAL, _C.GRANT, centre)

    page = page_of(sign_in(Role.DISPATCHER, district.centre), case)

    assert '平台给的新时限<span class="hint">同意必须写</span>' in page
    assert 'type="datetime-local" name="outer_due_at"' in page


def test_the_platform_s_end_is_taken_to_the_minute_and_told(
    centre: Actor, district: District, sign_in: SignIn
) -> None:
    case = outer_in_hand(centre, district.roads)
    move(case, _K.LEAD, _C.ASK_EXTENSION, centre, reason="等配件")
    move(case, _K.CENTRE_APPROVAL, _C.GRANT, centre)
    client, request = sign_in(Role.DISPATCHER, district.centre), owed(case, _K.OUTER_REQUEST)

    said = {"seen_revision": request.revision, "reason": "同意", "outer_due_at": "2026-03-09T15:30"}
    answer = client.post(f"/desk/tasks/{request.pk}/GRANT", said)

    case.refresh_from_db()
    assert answer.status_code == 302
    assert case.outer_due_at == datetime(2026, 3, 9, 7, 30, tzinfo=UTC)
    assert "同意延期，到" in page_of(client, case)
    assert "3月9日15:30" in page_of(client, case)
