"""The pages: what I was told, what I want to be told, what was sent to whom, what messages say."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.timezone import localdate

from chengshao.kernel.actor import Actor
from chengshao.notices import actions
from chengshao.notices.actions import sending
from chengshao.notices.actions.tables import HEADINGS
from chengshao.notices.models import Address, Budget, Notice, Preference, Template
from chengshao.notices.rules.gateway import Verdict
from chengshao.notices.tasks import tell_at
from chengshao.notices.terms import NoticeKind, NoticeState
from chengshao.people import actions as people
from chengshao.people.models import User
from chengshao.people.terms import Role
from chengshao.web.sheets import read_table, write_table
from tests.district import AT, LOADER, SINCE, District, dispatched, reported, said
from tests.integration.notices.told import KEEPER, PHONE, SOON, Wire, expanded
from tests.staffed import Staff
from tests.statements import count_statements

MINE = "消息<span>1</span>"


@pytest.fixture
def handler(staffed: Staff) -> Actor:
    return staffed.appoint("roads", Role.HANDLER)


def browser(actor: Actor) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id or 0))
    return client


def keeper(staffed: Staff, role: Role = Role.SYSTEM_ADMINISTRATOR) -> Client:
    new = people.NewAccount(username="keeper", display_name="管消息的人（示意）")
    user_id = people.open_account(account=new, actor=LOADER, at=AT)
    people.appoint(user_id=user_id, role=role, valid_from=SINCE, actor=LOADER, at=AT)
    client = Client()
    client.force_login(User.objects.get(pk=user_id))
    return client


def test_a_click_goes_to_the_case_and_marks_it_read(
    district: District, centre: Actor, handler: Actor
) -> None:
    case = dispatched(centre, district.roads)
    expanded()
    client = browser(handler)

    page = client.get("/notices/").content.decode()
    assert case.number in page
    assert "新任务" in page
    assert MINE in page  # beside the entry of the rail
    notice = Notice.objects.get(user=handler.user_id)
    answer = client.post(f"/notices/{notice.pk}/open")

    assert answer.headers["Location"] == f"/desk/cases/{case.number}/"
    notice.refresh_from_db()
    assert notice.read_at is not None
    assert MINE not in client.get("/notices/").content.decode()


def test_nobody_opens_another_s_notice(
    district: District, centre: Actor, handler: Actor, staffed: Staff
) -> None:
    dispatched(centre, district.roads)
    expanded()
    notice = Notice.objects.get(user=handler.user_id)
    other = browser(staffed.appoint("parks", Role.HANDLER))

    assert other.post(f"/notices/{notice.pk}/open").status_code == 404
    assert other.post(f"/api/v1/notices/{notice.pk}/read").status_code in (403, 404)
    notice.refresh_from_db()
    assert notice.read_at is None


def test_all_that_was_shown_is_marked_read_and_what_came_meanwhile_is_not(
    district: District, centre: Actor, handler: Actor
) -> None:
    for n in range(3):
        dispatched(centre, district.roads, report=said(f"k-{n}", f"第{n}处"))
    expanded()
    first, second, third = Notice.objects.filter(user=handler.user_id).order_by("pk")

    browser(handler).post("/notices/read", {"up_to": second.pk})

    unread = Notice.objects.filter(user=handler.user_id, read_at=None)
    assert list(unread) == [third]
    assert first.pk < second.pk


def test_more_notices_are_no_more_statements(
    district: District, centre: Actor, handler: Actor
) -> None:
    client = browser(handler)

    def asked() -> int:
        expanded()
        client.get("/notices/")
        with count_statements() as counted:
            client.get("/notices/")
        return counted.number

    dispatched(centre, district.roads, report=said("k-0"))
    few = asked()
    for n in range(1, 7):
        dispatched(centre, district.roads, report=said(f"k-{n}", f"第{n}处"))

    assert asked() == few
    assert few <= 9


def test_old_notices_come_page_by_page(district: District, centre: Actor, handler: Actor) -> None:
    dispatched(centre, district.roads)
    expanded()
    pattern = Notice.objects.get(user=handler.user_id)
    for n in range(60):
        pattern.pk, pattern.happening, pattern.read_at = None, 10_000 + n, SOON
        pattern.save(force_insert=True)
    client = browser(handler)

    first = client.get("/notices/").content.decode()
    assert first.count("/open") == 51
    before = first.partition("before=")[2].partition('"')[0]
    assert client.get(f"/notices/?before={before}").content.decode().count("/open") == 10


def test_i_say_what_i_want_and_where(handler: Actor) -> None:
    client = browser(handler)
    page = client.get("/notices/preferences").content.decode()
    assert page.count("checked") == 7  # inside the system only

    answer = client.post(
        "/notices/preferences", {"wanted": ["EMERGENCY-SMS"], "SMS": "13900139000"}
    )

    assert answer.status_code == 302
    assert Address.objects.get().address == "13900139000"
    wanted = Preference.objects.filter(user=handler.user_id, wanted=True)
    assert [(row.kind, row.channel) for row in wanted] == [("EMERGENCY", "SMS")]


@pytest.mark.parametrize(
    ("channel", "address"),
    [("SMS", "call me"), ("MAIL", "nobody"), ("WECOM", "a b"), ("MAIL", "a@b.c\nBcc: d@e.f")],
)
def test_an_address_that_can_t_be_one_is_refused(
    handler: Actor, channel: str, address: str
) -> None:
    answer = browser(handler).post(
        "/notices/preferences", {"wanted": ["OVERDUE-MAIL"], channel: address}
    )

    assert answer.status_code == 422
    assert not Address.objects.exists()
    assert 'value="OVERDUE-MAIL" aria-label="已超期 邮件" checked' in answer.content.decode()


def test_who_switched_it_off_hears_nothing_inside(
    district: District, centre: Actor, handler: Actor
) -> None:
    browser(handler).post("/notices/preferences", {"wanted": []})
    dispatched(centre, district.roads)

    expanded()

    assert not Notice.objects.filter(user=handler.user_id).exists()


def sent_one(centre: Actor, monkeypatch: pytest.MonkeyPatch, verdict: Verdict) -> Notice:
    actions.load_seeds(actor=KEEPER, at=AT)
    wire = Wire(answers=[verdict])
    monkeypatch.setattr(sending, "adapter_for", lambda channel: wire)
    reported(centre, said(phone=PHONE))
    tell_at(SOON)
    return Notice.objects.get(contact__isnull=False)


@pytest.mark.parametrize("role", [Role.SYSTEM_ADMINISTRATOR, Role.AUDITOR])
def test_the_log_shows_what_was_sent_and_no_number(
    centre: Actor, staffed: Staff, monkeypatch: pytest.MonkeyPatch, role: Role
) -> None:
    notice = sent_one(centre, monkeypatch, Verdict.ACCEPTED)

    page = keeper(staffed, role).get(f"/notices/out?number={notice.case_number}")
    shown = page.content.decode()

    assert "138****8000" in shown
    assert PHONE not in shown
    assert f"编号{notice.case_number}" in shown
    assert "/r/" not in shown  # the citizen's link


def test_the_log_can_be_narrowed(
    centre: Actor, staffed: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    notice = sent_one(centre, monkeypatch, Verdict.ACCEPTED)
    client = keeper(staffed)

    for query, there in (
        (f"number={notice.case_number}&state=SENT", True),
        ("state=FAILED", False),
        ("number=20000101-0001", False),
        ("state=NONSENSE", True),
    ):
        assert ("138****8000" in client.get(f"/notices/out?{query}").content.decode()) is there


def test_what_failed_is_sent_again_from_the_log(
    centre: Actor, staffed: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    notice = sent_one(centre, monkeypatch, Verdict.REFUSED)
    client = keeper(staffed)
    assert "重发这一条" in client.get("/notices/out").content.decode()

    client.post(f"/notices/out/{notice.pk}/resend", {"reason": "号码已核对"})

    notice.refresh_from_db()
    assert notice.state == NoticeState.QUEUED
    tell_at((notice.next_at or SOON) + timedelta(minutes=1))
    assert "号码已核对" in client.get("/notices/out").content.decode()


def test_a_message_says_something_else_from_today_on(staffed: Staff) -> None:
    actions.load_seeds(actor=KEEPER, at=AT)
    client = keeper(staffed)
    words = "编号{number}有结果了：{link}"
    today = localdate()
    client.post("/notices/out/messages/DONE", {"text": words, "valid_from": today})

    versions = Template.objects.filter(kind=NoticeKind.DONE).order_by("valid_from")
    assert [row.text for row in versions][1:] == [words]
    assert versions[0].valid_until == today
    assert words in client.get("/notices/out/messages").content.decode()


@pytest.mark.parametrize(
    ("text", "said_so"),
    [("打{phone}", "填不进去"), ("编号{number", "大括号"), (" ", "")],
)
def test_words_that_ask_for_more_are_refused(staffed: Staff, text: str, said_so: str) -> None:
    actions.load_seeds(actor=KEEPER, at=AT)

    answer = keeper(staffed).post(
        "/notices/out/messages/DONE", {"text": text, "valid_from": localdate()}
    )

    assert answer.status_code == 422
    assert said_so in answer.content.decode()
    assert Template.objects.filter(kind=NoticeKind.DONE).count() == 1


def test_the_past_is_not_rewritten(staffed: Staff) -> None:
    actions.load_seeds(actor=KEEPER, at=AT)
    answer = keeper(staffed).post(
        "/notices/out/messages/DONE", {"text": "编号{number}", "valid_from": "2020-05-01"}
    )

    assert answer.status_code == 422
    assert Template.objects.filter(kind=NoticeKind.DONE).count() == 1


def test_the_budget_is_settled_on_its_page(staffed: Staff) -> None:
    actions.load_seeds(actor=KEEPER, at=AT)
    client = keeper(staffed)
    asked = {"per_day": 2, "per_week": 4, "quiet_from": "20:00", "quiet_until": "09:00"}

    assert client.post("/notices/out/budget", asked | {"per_day": 0}).status_code == 422
    client.post("/notices/out/budget", asked | {"valid_from": str(localdate())})

    assert Budget.objects.get(valid_until=None).per_day == 2
    assert "最多2条" in client.get("/notices/out/messages").content.decode()


def test_seeds_come_once(db: None) -> None:
    actions.load_seeds(actor=KEEPER, at=AT)
    actions.load_seeds(actor=KEEPER, at=SOON)

    assert Template.objects.count() == len(NoticeKind)


def test_over_the_api_one_reads_the_own_and_the_log_takes_a_power(
    district: District, centre: Actor, handler: Actor, staffed: Staff
) -> None:
    case = dispatched(centre, district.roads)
    expanded()
    client = browser(handler)

    log = keeper(staffed)

    def shown(number: str) -> list[str]:
        lines = log.get("/api/v1/notices/log", {"number": number}).json()["lines"]
        return [line["kind"] for line in lines]

    told = client.get("/api/v1/notices").json()
    assert [row["case_number"] for row in told["notices"]] == [case.number]
    assert client.get("/api/v1/notices/log").status_code == 403
    assert shown(case.number) == ["TASK_OPENED"]
    assert shown("") == []  # what stays inside is shown with its case


def test_a_command_asks_the_database_once_more_at_most(district: District, centre: Actor) -> None:
    def statements() -> list[str]:
        with count_statements() as counted:
            dispatched(centre, district.roads, report=said("k-2", "另一处"))
        return counted.statements

    dispatched(centre, district.roads)  # what is read once and kept
    told = [sql for sql in statements() if "notices_" in sql]

    assert [sql.split()[0] for sql in told] == ["INSERT"] * 2  # reported, dispatched


def sheet(*rows: tuple[str, str, str]) -> dict[str, SimpleUploadedFile]:
    cells = write_table(HEADINGS, [(*row, "") for row in rows])
    return {"file": SimpleUploadedFile("messages.xlsx", cells)}


@pytest.fixture
def settled(staffed: Staff) -> None:
    actions.load_seeds(actor=KEEPER, at=AT)


@pytest.mark.usefixtures("settled")
class TestTheTableOfMessages:
    def test_what_is_taken_away_changes_nothing_when_it_comes_back(self, staffed: Staff) -> None:
        client = keeper(staffed)
        before = list(Template.objects.order_by("pk").values())
        taken = client.get("/notices/out/table")
        rows = read_table(taken.content)

        client.post("/notices/out/table", {"file": SimpleUploadedFile("t.xlsx", taken.content)})

        assert [row["消息"] for row in rows][:2] == ["收到诉求", "已受理"]
        assert rows[0]["可以填进去的"] == "{number}、{link}"
        assert list(Template.objects.order_by("pk").values()) == before

    def test_new_words_are_sent_from_their_day_on(self, staffed: Staff) -> None:
        tomorrow = localdate() + timedelta(days=1)
        words = ("有了结果", "编号{number}办好了，请看{link}", str(tomorrow))

        answer = keeper(staffed).post("/notices/out/table", sheet(words, ("特急", "", "")))

        assert answer.status_code == 302
        newest = Template.objects.filter(kind=NoticeKind.DONE).latest("valid_from")
        assert (newest.text, newest.valid_from) == (words[1], tomorrow)
        assert Template.objects.filter(recorded_by=newest.recorded_by).count() == 1

    def test_every_fault_is_told_by_row_and_column_and_nothing_is_taken_in(
        self, staffed: Staff
    ) -> None:
        before = list(Template.objects.order_by("pk").values())
        table = sheet(
            ("收到诉求", "收到了，编号{number}", ""),
            ("收到诉求", "又一次", ""),
            ("没有这种", "词", ""),
            ("已受理", "给{unit}", ""),
            ("已延期", "编号{number}", "2020-01-01"),
            ("有了结果", "编号{number}", "明天"),
        )

        answer = keeper(staffed).post("/notices/out/table", table)

        assert answer.status_code == 422
        told = {(f["row"], f["column"]) for f in answer.context["error"]["faults"]}
        assert told == {(3, "消息"), (4, "消息"), (5, "内容"), (6, "自哪天起"), (7, "自哪天起")}
        assert list(Template.objects.order_by("pk").values()) == before
