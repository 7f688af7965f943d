"""Somebody is on the line: what they say is written down, or what they said before is found."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from chengshao.kernel.actor import Actor, ActorKind
from chengshao.people.models import Contact
from chengshao.people.terms import Role
from chengshao.workorders import actions
from chengshao.workorders.models import Alert, Entry, Note, Report, WorkOrder
from chengshao.workorders.rules.facts import Closing
from chengshao.workorders.rules.refusals import PowerMissing
from chengshao.workorders.terms import (
    AlertKind,
    Channel,
    ClosingKind,
    LedgerLevel,
    TaskCommand,
    TaskKind,
)
from tests.clerks import SignIn
from tests.district import AT, MANHOLE, QINGBO, District, closed, dispatched, move, reported, said
from tests.statements import count_statements

PHONE, OTHER_PHONE = "13800138000", "13900139000"
SCREEN = "/desk/intake/"
HX = {"HX-Request": "true"}


@pytest.fixture
def operator(sign_in: SignIn, district: District) -> Client:
    return sign_in(Role.OPERATOR, district.centre)


@pytest.fixture
def registrar(sign_in: SignIn, district: District) -> Client:
    return sign_in(Role.REGISTRAR, district.centre)


def told(**more: str) -> dict[str, str]:
    """Return what an operator has written: no more than must be."""
    least = {
        "client_key": uuid4().hex,
        "channel": Channel.HOTLINE,
        "words": "路灯不亮",
        "place": "和平路口",
    }
    return least | more


def saved(client: Client, **more: str) -> Report:
    answer = client.post(SCREEN, told(**more))
    assert answer.status_code == 302, answer.content.decode()
    return Report.objects.order_by("-pk")[0]


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def look(client: Client, phone: str = PHONE, **more: str) -> str:
    """Look who calls, without scripts, and return the page."""
    answer = client.post(SCREEN, {"look": "1", "phone": phone} | more)
    assert answer.status_code == 200
    return text_of(answer)


def numbers(page: str) -> list[str]:
    return re.findall(r'<small class="muted block">(\d{8}-\d{4})', page)


def again(client: Client, report: Report, command: str, **said: str) -> HttpResponse:
    return client.post(f"/desk/intake/calls/{report.pk}/{command}", said)  # type: ignore[return-value]


def commands() -> list[str]:
    return re.findall(
        r'"command":"(\w+)"', "".join(Entry.objects.order_by("pk").values_list("body", flat=True))
    )


class TestWritingDown:
    def test_words_and_a_place_are_enough(self, operator: Client) -> None:
        report = saved(operator)

        assert (report.words, report.place, report.channel, report.kind) == (
            "路灯不亮", "和平路口", Channel.HOTLINE, "",
        )  # fmt: skip
        assert report.work_order.tasks.get().kind == TaskKind.REGISTER

    def test_all_that_is_said_is_kept(self, operator: Client, district: District) -> None:
        due = timezone.localtime() + timedelta(days=3)

        report = saved(
            operator,
            channel=Channel.TRANSFER,
            kind="COMPLAINT",
            phone=PHONE,
            name="陈女士",
            about="城市管理局的王某",
            about_unit=str(district.roads),
            source_number="T-77",
            outer_due_at=due.strftime("%Y-%m-%dT%H:%M"),
        )

        assert (report.kind, report.source_number) == ("COMPLAINT", "T-77")
        assert (report.complained_about_unit_id, report.complained_about) == (
            district.roads, "城市管理局的王某",
        )  # fmt: skip
        outer = report.work_order.outer_due_at
        assert outer == due.replace(second=0, microsecond=0)
        assert report.contact_id is not None

    def test_what_presses_stands_so_at_once_and_is_told_to_who_registers(
        self, operator: Client, registrar: Client
    ) -> None:
        case = saved(operator, urgency="EMERGENCY").work_order

        assert case.urgency == "EMERGENCY"
        page = text_of(registrar.get(f"/desk/cases/{case.number}/"))
        assert "接听时标为特急" in page

    def test_matters_fit_the_words_and_the_one_chosen_goes_before_the_registrar(
        self, operator: Client, registrar: Client
    ) -> None:
        words = {"words": "人行道的井盖破了", "matter_words": ""}
        found = text_of(operator.post("/desk/intake/matters", words))
        assert f'value="{MANHOLE}" data-key="Alt+1"' in found

        report = saved(operator, words="家里没水", matter=MANHOLE)

        page = text_of(registrar.get(f"/desk/cases/{report.work_order.number}/"))
        offered = re.findall(r'name="matter" value="([^"]+)"', page)
        assert offered[0].startswith(MANHOLE)
        assert report.work_order.matter == ""

    def test_a_matter_that_is_not_there_is_refused_and_the_words_stay(
        self, operator: Client
    ) -> None:
        answer = operator.post(SCREEN, told(matter="X9999"))

        assert answer.status_code == 404
        assert "路灯不亮" in text_of(answer)
        assert not Report.objects.exists()

    def test_the_caller_hears_the_number_and_by_when_somebody_has_it(
        self, operator: Client
    ) -> None:
        answer = operator.post(SCREEN, told(phone=PHONE), follow=True)

        page, case = text_of(answer), WorkOrder.objects.get()
        assert case.number in page
        by = r"(今天|明天|\d+月\d+日)(\d\d:\d\d)?"
        assert re.search(f"您说的我记下了。{by}前派给负责的单位。有结果给您打电话。", page)

    @pytest.mark.parametrize("secret", [{"confidential": "1"}, {"kind": "INFORMANT"}])
    def test_who_asks_for_confidence_is_promised_no_call(
        self, operator: Client, secret: dict[str, str]
    ) -> None:
        page = text_of(operator.post(SCREEN, told(phone=PHONE, **secret), follow=True))

        assert "要保密，有结果不给您打电话，您打来报编号就行。" in page
        assert "有结果给您打电话" not in page

    def test_without_words_or_place_nothing_is_kept(self, operator: Client) -> None:
        wordless = operator.post(SCREEN, told(words=" ", phone=PHONE))
        placeless = operator.post(SCREEN, told(place="", phone=PHONE))

        assert [a.status_code for a in (wordless, placeless)] == [422, 422]
        assert "请写来电人说了什么" in text_of(wordless)
        assert "请写在哪里" in text_of(placeless)
        assert "路灯不亮" in text_of(placeless)
        assert not Report.objects.exists()
        assert not Contact.objects.exists()

    def test_that_there_is_no_place_can_be_said(self, operator: Client) -> None:
        assert saved(operator, place="", nowhere="1").place == ""

    def test_the_same_form_twice_is_one_case(self, operator: Client) -> None:
        form = told(phone=PHONE)

        first, second = operator.post(SCREEN, form), operator.post(SCREEN, form)

        assert first["Location"] == second["Location"]
        assert (Report.objects.count(), WorkOrder.objects.count()) == (1, 1)

    def test_the_same_form_with_other_words_is_refused(self, operator: Client) -> None:
        form = told()
        operator.post(SCREEN, form)

        answer = operator.post(SCREEN, form | {"words": "井盖坏了"})

        assert answer.status_code == 409
        assert 'data-error="report_client_key_reused"' in text_of(answer)
        assert "井盖坏了" in text_of(answer)
        assert Report.objects.get().words == "路灯不亮"

    def test_the_channel_is_chosen_once(self, operator: Client) -> None:
        saved(operator, channel=Channel.COUNTER)

        page = text_of(operator.get(SCREEN))

        assert '<option value="COUNTER" selected>' in page

    @pytest.mark.parametrize(
        ("wrong", "status", "code", "words"),
        [
            ({"phone": "不知道"}, 422, "contact_phone_invalid", "电话"),
            ({"about_unit": "999999"}, 404, "unit_not_found", "单位"),
            ({"found": "point:1"}, 422, "call_place_unreadable", "请从找到的地点里选"),
            ({"found": "division:330102999999:x"}, 404, "division_not_found", "区划"),
            ({"outer_due_at": "2020-01-01T08:00"}, 422, "report_outer_due_past", "时限"),
            ({"outer_due_at": "2199-01-01T08:00"}, 422, "report_outer_due_far", "时限"),
            ({"channel": "PATROL"}, 422, "form_invalid", ""),
            ({"words": "a\x00b"}, 422, "form_invalid", ""),
            ({"client_key": "x"}, 422, "form_invalid", ""),
        ],
        ids=lambda value: str(value) if isinstance(value, dict) else "",
    )
    def test_what_can_t_be_is_refused_and_keeps_what_was_typed(
        self, operator: Client, wrong: dict[str, str], status: int, code: str, words: str
    ) -> None:
        answer = operator.post(SCREEN, told(name="陈女士") | wrong)

        page = text_of(answer)
        assert (answer.status_code, f'data-error="{code}"' in page) == (status, True)
        assert words in page
        assert 'value="陈女士"' in page
        assert not Report.objects.exists()
        assert not Contact.objects.exists()

    def test_who_may_not_report_gets_no_screen(self, sign_in: SignIn, district: District) -> None:
        handler = sign_in(Role.HANDLER, district.roads)

        assert handler.get(SCREEN).status_code == 403
        assert handler.post(SCREEN, told()).status_code == 403
        assert not Report.objects.exists()


class TestWhere:
    def test_a_division_that_was_picked_is_the_case_s(self, operator: Client) -> None:
        found = text_of(operator.get("/desk/intake/places", {"place": "清波街道"}))
        (value,) = re.findall(rf'value="(division:{QINGBO}:[^"]*)"', found)

        case = saved(operator, place="清波街", found=value).work_order

        assert (case.territory, case.place) == (QINGBO, "清波街道")

    def test_what_the_words_name_is_offered_and_chosen_by_nobody_else(
        self, operator: Client
    ) -> None:
        page = text_of(operator.post("/desk/intake/places", {"words": "清波街道口路灯不亮"}))

        assert f"division:{QINGBO}:清波街道" in page
        assert "checked" not in page

    @pytest.mark.parametrize("more", [{"place": "门口"}, {"found": "division:x:y"}])
    def test_who_looks_by_hand_is_left_alone(self, operator: Client, more: dict[str, str]) -> None:
        answer = operator.post("/desk/intake/places", {"words": "清波街道口路灯不亮", **more})

        assert (answer.status_code, answer.content) == (204, b"")

    def test_what_was_typed_more_exactly_stands(self, operator: Client) -> None:
        place = "清波街道和平路1号"

        case = saved(operator, place=place, found=f"division:{QINGBO}:清波街道").work_order

        assert (case.territory, case.place) == (QINGBO, place)

    def test_without_scripts_everything_is_found_at_once(self, operator: Client) -> None:
        page = look(operator, phone="", place="清波街道", about="园林", words="树倒了")

        assert f"division:{QINGBO}" in page
        assert "区园林中心" in page
        assert ">树倒了</textarea>" in page
        assert not Report.objects.exists()


class TestWhoCalls:
    def test_the_number_shows_open_cases_before_ended_ones(
        self, operator: Client, centre: Actor, district: District
    ) -> None:
        over = closed(centre, district.roads, report=said("k-1", "井盖缺了", phone=PHONE))
        open_ = dispatched(centre, district.roads, report=said("k-2", "树要倒了", phone=PHONE))

        page = look(operator)

        assert numbers(page) == [open_.number, over.number]
        assert "正由区城市管理局办理" in page
        assert "答复是：井盖已换好" in page

    def test_however_the_number_is_written(self, operator: Client, centre: Actor) -> None:
        case = reported(centre, said(phone=PHONE)).work_order

        assert numbers(look(operator, "+86 138-0013-8000")) == [case.number]

    def test_what_was_typed_meanwhile_stays(self, operator: Client, centre: Actor) -> None:
        reported(centre, said(phone=PHONE))

        page = look(operator, words="树倒了", place="和平路", name="陈女士")

        assert ">树倒了</textarea>" in page
        assert f'value="{PHONE}"' in page

    def test_no_case_of_another_caller(self, operator: Client, centre: Actor) -> None:
        reported(centre, said(phone=OTHER_PHONE))

        assert "此号码没有案卷" in look(operator)

    def test_only_cases_in_sight(
        self, operator: Client, sign_in: SignIn, centre: Actor, district: District
    ) -> None:
        about = said(phone=PHONE, about=district.centre)  # goes to the centre's superior
        reported(Actor(ActorKind.CITIZEN), about)

        assert numbers(look(operator)) == []
        assert len(numbers(look(sign_in(Role.REGISTRAR, district.office)))) == 1

    @pytest.mark.parametrize("asked", [{"confidential": "1"}, {"kind": "INFORMANT"}])
    def test_a_confidential_number_finds_nothing(
        self, operator: Client, asked: dict[str, str]
    ) -> None:
        saved(operator, phone=PHONE, **asked)

        assert numbers(look(operator)) == []

    def test_a_number_that_is_none_is_said_so(self, operator: Client) -> None:
        assert "field-error" in look(operator, "不知道")

    def test_the_fragment_is_the_same(self, operator: Client, centre: Actor) -> None:
        case = reported(centre, said(phone=PHONE)).work_order

        answer = operator.post("/desk/intake/caller", {"phone": PHONE}, headers=HX)

        assert numbers(text_of(answer)) == [case.number]
        assert "<html" not in text_of(answer)

    def test_more_cases_are_no_more_statements(self, operator: Client, centre: Actor) -> None:
        def asked() -> int:
            operator.post("/desk/intake/caller", {"phone": PHONE})
            with count_statements() as counted:
                operator.post("/desk/intake/caller", {"phone": PHONE})
            return counted.number

        reported(centre, said("k-0", phone=PHONE))
        few = asked()
        for n in range(1, 9):
            reported(centre, said(f"k-{n}", phone=PHONE))

        assert asked() == few
        assert few <= 9  # two of them note the look-up


class TestInformants:
    def test_what_they_say_is_for_named_persons(self, sign_in: SignIn, district: District) -> None:
        operator = sign_in(Role.OPERATOR, district.centre)
        colleague = sign_in(Role.REGISTRAR, district.centre)
        leader = sign_in(Role.DUTY_LEADER, district.centre)

        report = saved(operator, kind="INFORMANT", words="有人卖假药", phone=PHONE)

        case = f"/desk/cases/{report.work_order.number}/"
        seen = [client.get(case).status_code for client in (operator, colleague, leader)]
        assert seen == [404, 404, 200]

    def test_the_operator_keeps_the_number_and_nothing_else(self, operator: Client) -> None:
        report = saved(operator, kind="INFORMANT", words="有人卖假药", phone=PHONE)

        page = text_of(operator.get(f"/desk/intake/taken/{report.pk}/"))

        assert report.work_order.number in page
        assert "只有指定的几个人知道" in page
        assert "假药" not in page
        assert f"/desk/cases/{report.work_order.number}/" not in page

    def test_the_screen_says_who_will_see_it(self, sign_in: SignIn, district: District) -> None:
        operator = sign_in(Role.OPERATOR, district.centre)
        assert "没有人被指定" in text_of(operator.get(SCREEN))

        sign_in(Role.DUTY_LEADER, district.centre)

        assert "先由duty_leader" in text_of(operator.get(SCREEN))


class TestReceipt:
    def test_is_for_who_took_it_down(self, sign_in: SignIn, district: District) -> None:
        report = saved(sign_in(Role.OPERATOR, district.centre))

        other = sign_in(Role.OPERATOR, district.centre).get(f"/desk/intake/taken/{report.pk}/")

        assert other.status_code == 404

    def test_a_registrar_goes_on_from_there(self, registrar: Client, operator: Client) -> None:
        links = {}
        for name, client in (("registrar", registrar), ("operator", operator)):
            report = saved(client)
            links[name] = text_of(client.get(f"/desk/intake/taken/{report.pk}/"))
            assert f"/desk/cases/{report.work_order.number}/" in links[name]

        assert "接着受理" in links["registrar"]
        assert "接着受理" not in links["operator"]


class TestSecondCall:
    @pytest.fixture
    def report(self, centre: Actor, district: District) -> Report:
        case = dispatched(centre, district.roads, report=said(phone=PHONE), at=timezone.now())
        return case.reports.get()

    def test_a_chase_is_one_key(self, operator: Client, report: Report, district: District) -> None:
        answer = again(operator, report, "CHASE")

        assert answer["Location"] == f"{SCREEN}?report={report.pk}"
        alerts = Alert.objects.filter(kind=AlertKind.CHASED).values_list("unit", "for_leader")
        assert sorted(alerts) == [(district.roads, False), (district.roads, True)]
        assert WorkOrder.objects.get().chases == 1

    def test_the_screen_comes_back_with_the_caller_s_cases(
        self, operator: Client, report: Report
    ) -> None:
        page = text_of(operator.get(f"{SCREEN}?report={report.pk}"))

        assert numbers(page) == [report.work_order.number]
        assert "138****8000" in page
        assert PHONE not in page

    def test_what_was_read_aloud_stays_on_the_case(self, operator: Client, report: Report) -> None:
        (says,) = re.findall(r'name="says" value="([^"]+)"', look(operator))

        again(operator, report, "ASK_PROGRESS", says=says)

        assert "正由区城市管理局办理" in says
        assert Note.objects.get(name="COMMENT").text == says

    def test_what_is_added_is_kept_in_the_caller_s_words(
        self, operator: Client, report: Report, district: District
    ) -> None:
        again(operator, report, "SUPPLEMENT", words="还漏水")

        assert Note.objects.get(name="COMMENT").text == "还漏水"
        assert Alert.objects.get().kind == AlertKind.SUPPLEMENTED

    def test_taken_back_with_the_reason(self, operator: Client, report: Report) -> None:
        again(operator, report, "WITHDRAW", words="已经好了")

        assert WorkOrder.objects.get().step == "WITHDRAWN"
        assert Note.objects.get(name="REASON", text="已经好了")

    @pytest.mark.parametrize(
        ("command", "code"),
        [("SUPPLEMENT", "report_words_missing"), ("WITHDRAW", "call_reason_missing")],
    )
    def test_without_words_it_is_refused_beside_the_case(
        self, operator: Client, report: Report, command: str, code: str
    ) -> None:
        before = commands()

        whole = again(operator, report, command, words=" ")
        part = operator.post(f"/desk/intake/calls/{report.pk}/{command}", headers=HX)

        assert [a.status_code for a in (whole, part)] == [422, 422]
        assert numbers(text_of(whole)) == [report.work_order.number]
        assert all(f'data-error="{code}"' in text_of(a) for a in (whole, part))
        assert "<html" not in text_of(part)
        assert commands() == before

    def test_of_an_ended_case_only_the_progress(
        self, operator: Client, centre: Actor, district: District
    ) -> None:
        report = closed(centre, district.roads, report=said(phone=PHONE)).reports.get()

        chased = again(operator, report, "CHASE", words="怎么又坏了")
        told = again(operator, report, "ASK_PROGRESS", says="已经办结")

        assert (chased.status_code, told.status_code) == (409, 302)
        assert "workorder_wrong_state" in text_of(chased)
        assert ">怎么又坏了" in text_of(chased) or Alert.objects.count() == 0
        assert commands()[-1] == "ASK_PROGRESS"

    def test_the_card_comes_back_alone_while_one_writes_on(
        self, operator: Client, report: Report
    ) -> None:
        answer = operator.post(f"/desk/intake/calls/{report.pk}/CHASE", headers=HX)

        page = text_of(answer)
        assert f"催单：{report.work_order.number}" in page
        assert "<html" not in page

    def test_nobody_out_of_sight(self, sign_in: SignIn, report: Report, district: District) -> None:
        stranger = sign_in(Role.OPERATOR, district.parks)

        for command in ("CHASE", "SUPPLEMENT", "ASK_PROGRESS", "WITHDRAW", "MARK_NUISANCE", "RATE"):
            assert again(stranger, report, command, words="好奇").status_code == 404
        assert not Alert.objects.exists()

    def test_a_handler_may_not_speak_for_the_citizen(
        self, sign_in: SignIn, report: Report, district: District
    ) -> None:
        handler = sign_in(Role.HANDLER, district.roads)

        assert again(handler, report, "WITHDRAW", words="不想办").status_code == 403
        assert WorkOrder.objects.get().outcome == ""

    def test_no_other_command(self, registrar: Client, report: Report) -> None:
        assert again(registrar, report, "ARCHIVE").status_code == 404

    @pytest.fixture
    def over(self, centre: Actor, district: District) -> Report:
        """A report whose case was closed just now."""
        case = dispatched(centre, district.roads, report=said(phone=PHONE), at=timezone.now())
        for kind, command, reply in (
            (TaskKind.LEAD, TaskCommand.ACKNOWLEDGE, ""),
            (TaskKind.LEAD, TaskCommand.ANSWER, "好了"),
            (TaskKind.CHECK, TaskCommand.PASS, ""),
        ):
            move(case, kind, command, centre, reply=reply, at=timezone.now())
        return case.reports.get()

    def test_an_operator_has_the_case_go_on_as_is_the_citizen_s_right(
        self, operator: Client, over: Report
    ) -> None:
        assert "重办" in look(operator)

        assert again(operator, over, "REOPEN", words="没好").status_code == 302

        case = WorkOrder.objects.get()
        assert (case.step, case.outcome) == ("REGISTERED", "")
        assert Note.objects.get(name="REASON", text="没好").entry.seq == case.history_seq

    def test_but_says_what_is_not_done(self, operator: Client, over: Report) -> None:
        answer = again(operator, over, "REOPEN", words=" ")

        assert answer.status_code == 409
        assert 'data-error="workorder_need_missing"' in text_of(answer)
        assert WorkOrder.objects.get().outcome == "CLOSED"

    def test_nobody_reopens_who_does_not_speak_for_the_citizen(
        self, sign_in: SignIn, over: Report, district: District
    ) -> None:
        handler = sign_in(Role.HANDLER, district.roads)
        stranger = sign_in(Role.OPERATOR, district.parks)

        tried = [again(who, over, "REOPEN", words="没好") for who in (handler, stranger)]

        assert [answer.status_code for answer in tried] == [403, 404]
        assert WorkOrder.objects.get().outcome == "CLOSED"

    def test_the_right_is_the_citizen_s_not_the_desk_s(
        self, operator: Client, over: Report
    ) -> None:
        """The desk's own command on the case takes who registers."""
        case = WorkOrder.objects.get()

        answer = operator.post(
            f"/desk/cases/{case.number}/moves/REOPEN",
            {"seen_revision": case.revision, "reason": "我看没好"},
        )

        assert answer.status_code == 403
        assert WorkOrder.objects.get().outcome == "CLOSED"


class TestOnTheCasePage:
    """The same, where the case stands open before whoever takes the call."""

    @pytest.fixture
    def report(self, centre: Actor, district: District) -> Report:
        case = dispatched(centre, district.roads, report=said(phone=PHONE), at=timezone.now())
        return case.reports.get()

    def send(self, client: Client, report: Report, command: str, words: str = "") -> Any:
        path = f"/desk/cases/{report.work_order.number}/"
        said_ = {"words": words, "form": f"calls-{report.pk}", "back": path}
        return client.post(f"{path}calls/{report.pk}/{command}", said_)

    def test_offers_what_the_citizen_may_ask(self, operator: Client, report: Report) -> None:
        page = text_of(operator.get(f"/desk/cases/{report.work_order.number}/"))

        found = re.findall(rf'formaction="[^"]*/calls/{report.pk}/(\w+)"', page)
        assert found == ["CHASE", "SUPPLEMENT", "WITHDRAW"]

    def test_and_nothing_to_who_does_not_speak_for_them(
        self, sign_in: SignIn, report: Report, district: District
    ) -> None:
        handler = sign_in(Role.HANDLER, district.roads)

        page = text_of(handler.get(f"/desk/cases/{report.work_order.number}/"))

        assert "/calls/" not in page
        assert self.send(handler, report, "CHASE").status_code == 403
        assert not Alert.objects.filter(kind=AlertKind.CHASED).exists()

    def test_goes_back_to_the_case(self, operator: Client, report: Report) -> None:
        answer = self.send(operator, report, "CHASE")

        assert answer["Location"] == f"/desk/cases/{report.work_order.number}/"
        assert commands()[-1] == "CHASE"

    def test_refused_it_keeps_what_was_written(self, operator: Client, report: Report) -> None:
        answer = self.send(operator, report, "WITHDRAW", "\n")

        assert answer.status_code == 422
        assert f'id="calls-{report.pk}_error"' in text_of(answer)
        assert WorkOrder.objects.get().outcome == ""

    def test_the_report_of_another_case_is_not_there(
        self, operator: Client, report: Report, centre: Actor
    ) -> None:
        other = reported(centre, said("k-2"))

        answer = operator.post(f"/desk/cases/{report.work_order.number}/calls/{other.pk}/CHASE")

        assert answer.status_code == 404
        assert "CHASE" not in commands()

    def test_no_other_command(self, operator: Client, report: Report) -> None:
        assert self.send(operator, report, "RATE").status_code == 404


class TestAskedHowItWent:
    SAID = {"resolution": "RESOLVED", "satisfaction": "BASICALLY_SATISFIED"}

    @pytest.fixture
    def report(self, centre: Actor, district: District) -> Report:
        return closed(centre, district.roads, report=said(phone=PHONE)).reports.get()

    def test_the_citizen_s_word_stands_on_the_case(self, operator: Client, report: Report) -> None:
        answer = again(operator, report, "RATE", words="楼上都能开窗了", **self.SAID)

        assert answer.status_code == 302
        rating = report.ratings.get()
        assert (rating.resolution, rating.satisfaction) == tuple(self.SAID.values())
        assert WorkOrder.objects.get().step == "EVALUATED"
        assert Note.objects.get(name="COMMENT").text == "楼上都能开窗了"

    def test_is_asked_once(self, operator: Client, report: Report) -> None:
        assert "解决了没有" in look(operator)
        again(operator, report, "RATE", **self.SAID)

        second = again(operator, report, "RATE", resolution="UNRESOLVED", satisfaction="SATISFIED")

        assert second.status_code == 409
        assert report.ratings.get().resolution == "RESOLVED"
        assert "解决了没有" not in look(operator)

    def test_is_not_asked_before_the_end(
        self, operator: Client, centre: Actor, district: District
    ) -> None:
        case = dispatched(centre, district.roads, report=said(phone=OTHER_PHONE), at=timezone.now())

        refused = again(operator, case.reports.get(), "RATE", **self.SAID)

        assert "解决了没有" not in look(operator, OTHER_PHONE)
        assert refused.status_code == 409
        assert "RATE" not in commands()

    @pytest.mark.parametrize("given", [{}, {"resolution": "RESOLVED"}, {**SAID, "resolution": "X"}])
    def test_both_are_needed(self, operator: Client, report: Report, given: dict[str, str]) -> None:
        refused = again(operator, report, "RATE", **given)

        assert refused.status_code == 422
        assert 'data-error="call_rating_missing"' in text_of(refused)
        assert "RATE" not in commands()

    def test_nobody_answers_for_the_citizen_who_handled_it(
        self, sign_in: SignIn, report: Report, district: District
    ) -> None:
        handler = sign_in(Role.HANDLER, district.roads)

        assert again(handler, report, "RATE", **self.SAID).status_code == 403
        assert "RATE" not in commands()


class TestNuisance:
    def test_marks_the_call_once(self, registrar: Client) -> None:
        report = saved(registrar, phone=PHONE)

        done = again(registrar, report, "MARK_NUISANCE", words="骂人", taken="1")
        twice = again(registrar, report, "MARK_NUISANCE", words="骂人", taken="1")

        report.refresh_from_db()
        assert (done["Location"], report.nuisance) == (f"/desk/intake/taken/{report.pk}/", True)
        assert twice.status_code == 409
        assert commands().count("MARK_NUISANCE") == 1

    def test_takes_a_reason(self, registrar: Client) -> None:
        report = saved(registrar, phone=PHONE)

        assert again(registrar, report, "MARK_NUISANCE", words=" ").status_code == 422
        report.refresh_from_db()
        assert not report.nuisance

    def test_is_taken_back_on_the_same_page(self, registrar: Client) -> None:
        report = saved(registrar, phone=PHONE)
        again(registrar, report, "MARK_NUISANCE", words="骂人", taken="1")
        page = text_of(registrar.get(f"/desk/intake/taken/{report.pk}/"))
        assert "UNMARK_NUISANCE" in page

        again(registrar, report, "UNMARK_NUISANCE", taken="1")

        report.refresh_from_db()
        assert not report.nuisance
        assert commands()[-1] == "UNMARK_NUISANCE"

    def test_is_not_for_who_only_takes_the_calls(
        self, operator: Client, sign_in: SignIn, district: District
    ) -> None:
        report = saved(operator)
        assert "MARK_NUISANCE" not in text_of(operator.get(f"/desk/intake/taken/{report.pk}/"))

        for client in (operator, sign_in(Role.CHECKER, district.centre)):
            for command in ("MARK_NUISANCE", "UNMARK_NUISANCE"):
                assert again(client, report, command, words="骂人").status_code == 403
        report.refresh_from_db()
        assert not report.nuisance

    def test_is_not_the_citizen_s_own(self, operator: Client) -> None:
        report = saved(operator)
        citizen = Actor(ActorKind.CITIZEN, report_id=report.pk)

        with pytest.raises(PowerMissing):
            actions.mark_nuisance(
                report_id=report.pk, reason="骂人", actor=citizen, at=timezone.now()
            )

    def test_comes_too_late_once_the_case_has_ended(
        self, registrar: Client, centre: Actor, district: District
    ) -> None:
        report = closed(centre, district.roads, report=said(phone=PHONE)).reports.get()

        assert again(registrar, report, "MARK_NUISANCE", words="骂人").status_code == 409
        report.refresh_from_db()
        assert not report.nuisance

    def test_sticks_to_no_person(self, registrar: Client) -> None:
        again(registrar, saved(registrar, phone=PHONE), "MARK_NUISANCE", words="骂人", taken="1")

        assert not saved(registrar, phone=PHONE).nuisance


class TestOverTheApi:
    def test_a_report_has_a_kind_and_its_platform_s_limit(
        self, operator: Client, district: District
    ) -> None:
        due = timezone.now().replace(microsecond=0) + timedelta(days=5)
        body = {
            "client_key": "k-9",
            "channel": "TRANSFER",
            "words": "路灯不亮",
            "kind": "HELP",
            "outer_due_at": due.isoformat(),
            "territory": QINGBO,
        }

        answer = operator.post("/api/v1/reports", body, content_type="application/json")

        assert answer.status_code == 200, answer.content
        case = WorkOrder.objects.get()
        assert (case.outer_due_at, case.territory) == (due, QINGBO)
        assert Report.objects.get().kind == "HELP"

    def test_a_limit_that_is_over_is_refused(self, operator: Client) -> None:
        body = told() | {"outer_due_at": "2020-01-01T00:00:00Z"}

        answer = operator.post("/api/v1/reports", body, content_type="application/json")

        assert (answer.status_code, answer.json()["code"]) == (422, "report_outer_due_past")
        assert not Report.objects.exists()

    def test_the_second_call(self, registrar: Client, centre: Actor, district: District) -> None:
        case = dispatched(centre, district.roads, report=said(phone=PHONE))
        of = f"/api/v1/reports/{case.reports.get().pk}/"

        answers = [
            registrar.post(of + name, {"words": words}, content_type="application/json").json()
            for name, words in (("chase", ""), ("supplement", "还漏水"), ("progress", "在办"))
        ]

        assert [answer["number"] for answer in answers] == [case.number] * 3
        assert commands()[-3:] == ["CHASE", "SUPPLEMENT", "ASK_PROGRESS"]


class TestStatements:
    def test_the_screen(self, operator: Client) -> None:
        operator.get(SCREEN)
        with count_statements() as counted:
            operator.get(SCREEN)

        assert counted.number <= 8, "\n".join(counted.statements)


class TestSentAtOnce:
    """Whoever takes the call sends it to the one lead of the catalogue (目录直派)."""

    def sent(self, operator: Client) -> Any:
        saved(operator, found=f"division:{QINGBO}:清波街道")
        case = WorkOrder.objects.get()
        form = {"seen_revision": case.revision, "matter": MANHOLE, "place": case.place}
        return operator.post(f"/desk/cases/{case.number}/register", form | {"and_dispatch": "1"})

    def test_the_receipt_and_the_case_offer_it(self, operator: Client) -> None:
        taken = text_of(operator.post(SCREEN, told(), follow=True))
        page = text_of(operator.get(f"/desk/cases/{WorkOrder.objects.get().number}/"))

        assert "接着立案并直派" in taken
        assert "立案并直派" in page
        assert "立案，交派单台" not in page

    def test_it_goes_and_may_be_taken_back_from_the_rail(self, operator: Client) -> None:
        answer = self.sent(operator)

        case = WorkOrder.objects.get()
        assert (answer.status_code, case.step) == (302, "DISPATCHED")
        page = text_of(operator.get("/desk/queue/sent/"))
        assert case.number in page
        assert 'id="recall"' in page
        assert 'href="/desk/queue/sent/" aria-current="page"' in page
        assert "/desk/queue/dispatch/" not in page

    def test_to_register_alone_takes_another_power(self, operator: Client) -> None:
        saved(operator)
        case = WorkOrder.objects.get()

        form = {"seen_revision": case.revision, "matter": MANHOLE, "place": case.place}
        answer = operator.post(f"/desk/cases/{case.number}/register", form)

        assert (answer.status_code, WorkOrder.objects.get().step) == (403, "REPORTED")


class TestWhatIsNotDone:
    def test_a_promise_stands_apart_from_what_is_done(
        self, operator: Client, centre: Actor, district: District
    ) -> None:
        promise = Closing(ClosingKind.PROMISED, promised_on=(AT + timedelta(days=30)).date())
        case = dispatched(centre, district.roads, report=said(phone=PHONE))
        move(case, TaskKind.LEAD, TaskCommand.ACKNOWLEDGE, centre)
        move(case, TaskKind.LEAD, TaskCommand.ANSWER, centre, reply="下月办", closing=promise)
        move(case, TaskKind.CHECK, TaskCommand.PASS, centre)

        page = look(operator)

        assert "承诺到期后再办的1件" in page
        assert "已经办完的" not in page

    def test_so_does_what_is_on_the_ledger(
        self, operator: Client, centre: Actor, district: District
    ) -> None:
        ledger = Closing(
            ClosingKind.LEDGER,
            ledger_level=LedgerLevel.DISTRICT,
            review_on=(AT + timedelta(days=30)).date(),
        )
        case = dispatched(centre, district.roads, report=said(phone=PHONE))
        move(case, TaskKind.LEAD, TaskCommand.ACKNOWLEDGE, centre)
        move(case, TaskKind.LEAD, TaskCommand.ANSWER, centre, reply="办不了", closing=ledger)
        move(case, TaskKind.LEDGER_APPROVAL, TaskCommand.GRANT, centre)

        page = look(operator)

        assert "疑难挂账的1件" in page
        assert "已经办完的" not in page
