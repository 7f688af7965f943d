"""The first page of the day: what runs out today stands before what can wait."""

from datetime import timedelta

import pytest
from django.test import Client

from chengshao.kernel.actor import Actor
from chengshao.people import actions as people
from chengshao.people.models import User
from chengshao.people.terms import Role
from chengshao.workorders.models import Deadline, Report
from config.help import HELP
from tests.clerks import SignIn
from tests.district import AT, LOADER, SINCE, District, dispatched, said

pytestmark = pytest.mark.django_db
NOON = AT + timedelta(hours=3)


@pytest.fixture
def handler(district: District) -> Client:
    people.load_role_powers(rows=people.default_role_powers(), actor=LOADER, at=AT)
    new = people.NewAccount(username="handler", display_name="处置员")
    user_id = people.open_account(account=new, actor=LOADER, at=AT)
    people.appoint(
        user_id=user_id,
        role=Role.HANDLER,
        unit_id=district.roads,
        valid_from=SINCE,
        actor=LOADER,
        at=AT,
    )
    client = Client()
    client.force_login(User.objects.get(pk=user_id))
    return client


def test_what_runs_out_today_stands_first_and_nothing_of_others(
    handler: Client, centre: Actor, district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON)
    today = dispatched(centre, district.roads, report=said("a", "今天到期的"))
    later = dispatched(centre, district.roads, report=said("b", "以后到期的"))
    others = dispatched(centre, district.parks, report=said("c", "别人的"))
    for case, days in ((today, 0), (later, 9), (others, 0)):
        due = NOON + timedelta(hours=2, days=days)
        Deadline.objects.filter(task__work_order=case).update(due_at=due)

    rows = handler.get("/desk/").context["today"]

    assert [row.line.number for row in rows] == [today.number]


def test_who_handles_no_cases_finds_their_pages_and_what_each_is_for(
    sign_in: SignIn, district: District
) -> None:
    page = sign_in(Role.AUDITOR, None).get("/desk/").content.decode()

    assert "您的工作页面" in page
    main = page[page.index("您的工作页面") :]
    assert 'href="/logs/contacts"' in main
    assert str(HELP["people:contact_log"]) in main


def test_who_lost_session_and_token_signs_in_and_comes_back(district: District) -> None:
    stranger = Client(enforce_csrf_checks=True)

    answer = stranger.post(
        "/desk/intake/",
        {"words": "路灯不亮"},
        headers={"Referer": "http://testserver/desk/intake/"},
    )

    assert answer.status_code == 302
    assert answer["Location"] == "/sign-in?next=/desk/intake/"
    assert not Report.objects.exists()
