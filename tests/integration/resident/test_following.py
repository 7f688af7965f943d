"""The page behind a citizen's link: what became of it, and what one may still do."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from chengshao.kernel.actor import Actor
from chengshao.web.moments import moment
from chengshao.workorders import actions
from chengshao.workorders.models import (
    Alert,
    Attachment,
    Deadline,
    Entry,
    Note,
    Rating,
    Report,
    WorkOrder,
)
from chengshao.workorders.rules.facts import Closing
from chengshao.workorders.tasks import JOB
from chengshao.workorders.terms import (
    AlertKind,
    CaseCommand,
    Channel,
    ClosingKind,
    ContactResult,
    DeclineGround,
    LedgerLevel,
    Power,
    ReportKind,
    Step,
    TaskCommand,
    TaskKind,
)
from tests.district import (
    AT,
    District,
    closed,
    dispatched,
    move,
    owed,
    parted,
    registered,
    reported,
    said,
    staff,
)
from tests.integration.resident.conftest import Clock, Resident, resident_of, words_of
from tests.standing import outer
from tests.statements import count_statements
from tests.unit.evidence.files import photo

_K, _C = TaskKind, TaskCommand
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PHONE = "13800138000"
STATEMENTS = 10


@pytest.fixture(autouse=True)
def at_this_moment(clock: Clock) -> None:
    """All of this happens at AT, until a test says otherwise."""


def handling(centre: Actor, lead: int, *helping: int, phone: str = "") -> WorkOrder:
    case = dispatched(centre, lead, *helping, report=said(phone=phone))
    return move(case, _K.LEAD, _C.ACKNOWLEDGE, centre)


def closed_as(centre: Actor, lead: int, closing: Closing, phone: str = "") -> WorkOrder:
    case = handling(centre, lead, phone=phone)
    case = move(case, _K.LEAD, _C.ANSWER, centre, reply="给您的话", closing=closing)
    if closing.kind is ClosingKind.LEDGER:
        return move(case, _K.LEDGER_APPROVAL, _C.GRANT, centre)
    return move(case, _K.CHECK, _C.PASS, centre)


def holder(case: WorkOrder) -> Resident:
    return resident_of(case.reports.order_by("pk")[0])


def a_photo(seed: int = 0) -> SimpleUploadedFile:
    return SimpleUploadedFile("a.jpg", photo(image=Image.new("RGB", (64 + seed, 48))))


def standing() -> tuple[object, ...]:
    """Return what must not change where something was refused."""
    cases = [(c.step, c.revision, c.history_head) for c in WorkOrder.objects.order_by("pk")]
    return (cases, Entry.objects.count(), Note.objects.count(), Alert.objects.count(),
            Attachment.objects.count(), Rating.objects.filter(ended_at=None).count())  # fmt: skip


def test_before_a_unit_has_it_the_page_says_until_when_the_desk_looks(
    centre: Actor, district: District, clock: Clock
) -> None:
    report = reported(centre)
    phone = resident_of(report)
    due = Deadline.objects.get(task__work_order=report.work_order, task__kind=_K.REGISTER).due_at

    assert due is not None
    assert f"{moment(due, AT)}前受理" in phone.looks()

    clock(due + HOUR)
    assert "前受理" not in phone.looks()


class TestChasing:
    def test_takes_one_press_and_says_who_hears(self, centre: Actor, district: District) -> None:
        case = handling(centre, district.roads, district.water)
        me = holder(case)
        assert "区城市管理局、区供水公司和负责人会听到" in me.looks()

        page = words_of(me.does("chase"))

        assert "催过了：单位和它的负责人会看到。" in page
        assert "您今天09:00催过，区城市管理局、区供水公司和负责人已经听到。" in page
        assert "今天10:00以后可以再催" in page.replace("\n", "")
        heard = Alert.objects.filter(kind=AlertKind.CHASED).values_list("unit", "for_leader")
        assert sorted(heard) == [
            (unit, leader)
            for unit in sorted((district.roads, district.water))
            for leader in (False, True)
        ]

    def test_before_anybody_has_it_the_desk_hears(self, centre: Actor, district: District) -> None:
        me = resident_of(reported(centre))

        me.does("chase")

        assert set(Alert.objects.values_list("unit", flat=True)) == {district.centre}

    def test_a_sentence_may_come_along(self, centre: Actor, district: District) -> None:
        me = holder(handling(centre, district.roads))

        page = me.does("chase", words="老人出门要绕路")

        assert "老人出门要绕路" in words_of(page)

    def test_pressed_twice_tells_nobody_twice(
        self, centre: Actor, district: District, clock: Clock
    ) -> None:
        me = holder(handling(centre, district.roads))
        me.does("chase")
        before = standing()
        clock(AT + timedelta(minutes=20))

        page = me.does("chase")

        assert "刚催过，单位已经听到了；40分钟后可以再催" in words_of(page)
        assert standing() == before

    def test_is_open_again_after_an_hour(
        self, centre: Actor, district: District, clock: Clock
    ) -> None:
        case = handling(centre, district.roads)
        me = holder(case)
        me.does("chase")
        clock(AT + HOUR)
        assert "上次是今天09:00催的" in me.looks()

        me.does("chase")

        case.refresh_from_db()
        assert case.chases == 2

    def test_ends_with_the_case(self, centre: Actor, district: District) -> None:
        me = holder(closed(centre, district.roads))
        before = standing()

        page = words_of(me.does("chase"))

        assert "这件事刚有变化，现在不能这样做" in page
        assert "催一催" not in page
        assert standing() == before

    def test_of_a_complaint_the_unit_hears_nothing(self, centre: Actor, district: District) -> None:
        case = registered(centre, said(about=district.roads))
        me = holder(case)

        me.does("chase")
        me.does("supplement", words="他们还骂人")

        assert district.roads not in Alert.objects.values_list("unit", flat=True)
        assert "您投诉的单位看不到这条诉求。" in me.looks()
        assert "它的上级上城区人民政府办公室看得到。" in me.looks()


class TestSupplementing:
    def test_words_and_a_picture_go_together(self, centre: Actor, district: District) -> None:
        case = handling(centre, district.roads)
        me = holder(case)

        page = me.does("supplement", words="又塌了一块", photo=a_photo())

        assert "收到了，单位会看到。" in words_of(page)
        assert "又塌了一块" in words_of(page)
        assert 'alt="您发来的照片"' in page.content.decode()
        assert Alert.objects.get(kind=AlertKind.SUPPLEMENTED).unit_id == district.roads

    @pytest.mark.parametrize("said", [{"words": "还有一处"}, {"photo": 1}])
    def test_either_is_enough(
        self, centre: Actor, district: District, said: dict[str, object]
    ) -> None:
        case = handling(centre, district.roads)

        holder(case).does("supplement", **{n: a_photo() if v == 1 else v for n, v in said.items()})

        assert Alert.objects.filter(kind=AlertKind.SUPPLEMENTED).count() == 1

    @pytest.mark.parametrize("with_photo", [False, True])
    def test_sent_twice_is_taken_once(
        self, centre: Actor, district: District, with_photo: bool
    ) -> None:
        me = holder(handling(centre, district.roads))

        def send() -> int:
            more = {"photo": a_photo()} if with_photo else {}
            answer: int = me.does("supplement", words="又塌了一块", **more).status_code
            return answer

        send()
        before = standing()

        assert (send(), standing()) == (200, before)

    def test_of_nothing_is_asked_again(self, centre: Actor, district: District) -> None:
        me = holder(handling(centre, district.roads))
        before = standing()

        page = me.does("supplement", words="  ")

        assert (page.status_code, "请写一句，或者选一张照片。" in words_of(page)) == (422, True)
        assert standing() == before

    def test_what_is_no_picture_keeps_the_words_and_changes_nothing(
        self, centre: Actor, district: District
    ) -> None:
        me = holder(handling(centre, district.roads))
        before = standing()
        drawing = SimpleUploadedFile("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>")

        page = me.does("supplement", words="又塌了一块", photo=drawing)

        assert (page.status_code, "又塌了一块" in words_of(page)) == (422, True)
        assert standing() == before

    def test_a_report_has_pictures_enough(self, centre: Actor, district: District) -> None:
        me = holder(handling(centre, district.roads))
        for n in range(9):
            me.does("supplement", photo=a_photo(n + 1))
        before = standing()

        page = me.does("supplement", photo=a_photo(100))

        assert (page.status_code, "最多9张" in words_of(page)) == (409, True)
        assert standing() == before

    def test_ends_with_the_case(self, centre: Actor, district: District) -> None:
        me = holder(closed(centre, district.roads))
        before = standing()

        page = me.does("supplement", words="还有")

        assert "这件事刚有变化，现在不能这样做" in words_of(page)
        assert standing() == before


class TestReopening:
    def test_by_right_until_a_day_that_is_named(self, centre: Actor, district: District) -> None:
        case = closed(centre, district.roads)
        me = holder(case)
        assert "3月17日前都可以要求继续办，这是您的权利。" in me.looks().replace("\n", "")

        page = words_of(me.does("reopen", words="第二天又坏了"))

        assert "知道了，接着办。" in page
        assert "重新办理" in page
        assert "第二天又坏了" in page
        case.refresh_from_db()
        assert case.step == Step.REGISTERED

    def test_who_rates_it_as_not_solved_is_asked_right_there(
        self, centre: Actor, district: District
    ) -> None:
        me = holder(closed(centre, district.roads))

        page = me.does("rate", resolution="UNRESOLVED", satisfaction="SATISFIED", comment="还漏")

        body = page.content.decode()
        assert '<section id="reopen">' in body
        assert "还漏</textarea>" in body
        assert body.index('id="reopen"') < body.index("您的评价：")

    def test_who_is_content_finds_it_folded(self, centre: Actor, district: District) -> None:
        me = holder(closed(centre, district.roads))

        page = me.does("rate", resolution="RESOLVED", satisfaction="SATISFIED")

        assert '<details class="fold" id="reopen">' in page.content.decode()

    def test_asks_what_is_not_solved(self, centre: Actor, district: District) -> None:
        me = holder(closed(centre, district.roads))
        before = standing()

        page = me.does("reopen", words="")

        assert (page.status_code, "请写一句哪里没解决" in words_of(page)) == (422, True)
        assert standing() == before

    def test_pressed_twice_opens_it_once(self, centre: Actor, district: District) -> None:
        me = holder(closed(centre, district.roads))
        me.does("reopen", words="没好")
        before = standing()

        page = me.does("reopen", words="没好")

        assert (page.status_code, "下面是最新进展" in words_of(page)) == (200, True)
        assert standing() == before

    def test_is_over_after_the_period(
        self, centre: Actor, district: District, clock: Clock
    ) -> None:
        me = holder(closed(centre, district.roads))
        before = standing()
        clock(AT + 16 * DAY)

        page = words_of(me.does("reopen", words="又坏了"))

        assert "重办期限已过，请提交新的诉求" in page
        assert "没解决，请继续办" not in page
        assert standing() == before


class TestToAndFro:
    """A unit writes while the case is open, the citizen writes back (F13)."""

    def write(self, case: WorkOrder, unit_id: int, actor: Actor) -> None:
        report = case.reports.get()
        words = "灯已订货，周五前装好"
        actions.write_to_citizen(
            report_id=report.pk, words=words, unit_id=unit_id, actor=actor, at=AT
        )

    def test_it_stands_above_what_passed_with_the_unit(
        self, centre: Actor, district: District
    ) -> None:
        case = handling(centre, district.roads)
        self.write(case, district.roads, centre)

        page = holder(case).looks()

        assert "您和单位的来往" in page
        assert page.index("灯已订货，周五前装好") < page.index("经过")
        assert page.count("灯已订货，周五前装好") == 1
        assert "区城市管理局给您回了话" in page

    def test_the_citizen_writes_back(self, centre: Actor, district: District) -> None:
        case = handling(centre, district.roads)
        self.write(case, district.roads, centre)

        page = words_of(holder(case).does("supplement", words="周五我不在家"))

        assert "周五我不在家" in page[page.index("您和单位的来往") : page.index("灯已订货")]

    def test_before_a_unit_wrote_there_is_no_such_part(
        self, centre: Actor, district: District
    ) -> None:
        me = holder(handling(centre, district.roads))

        me.does("supplement", words="周五我不在家")

        assert "您和单位的来往" not in me.looks()


class TestSomebodyUrged:
    """Somebody asked for another rating (F13): one tap, and it is void."""

    def test_one_tap_voids_it_and_asks_anew(self, centre: Actor, district: District) -> None:
        me = holder(closed(centre, district.roads))
        me.does("rate", resolution="RESOLVED", satisfaction="SATISFIED")

        page = words_of(me.does("urged"))

        assert "那次评价作废了，受理中心会看到。您可以重新评价。" in page
        assert "请您评价" in page
        assert "您说有人要您改评价，那次评价作废了" in page

    def test_what_was_said_of_it_stands_on_the_own_page(
        self, centre: Actor, district: District
    ) -> None:
        me = holder(closed(centre, district.roads))
        me.does("rate", resolution="RESOLVED", satisfaction="SATISFIED")

        assert "有人打电话来" in words_of(me.does("urged", words="有人打电话来"))

    def test_it_is_not_offered_before_anything_was_said(
        self, centre: Actor, district: District
    ) -> None:
        me = holder(closed(centre, district.roads))

        assert "有人要您改评价" not in me.looks()

    def test_pressed_when_nothing_was_said_changes_nothing(
        self, centre: Actor, district: District
    ) -> None:
        me = holder(closed(centre, district.roads))
        before = standing()

        page = me.does("urged")

        assert "现在不能这样做" in words_of(page)
        assert standing() == before


class TestRead:
    """Who opens the page of what has ended has been told; looking alone changes nothing."""

    def test_ends_what_was_owed_and_the_page_no_longer_asks(
        self, centre: Actor, district: District
    ) -> None:
        case = closed_as(centre, district.roads, Closing(ClosingKind.SOLVED), phone=PHONE)
        me = holder(case)
        before = standing()
        assert "我看到了" in me.looks()
        assert standing() == before
        assert owed(case, _K.TELL)

        page = words_of(me.does("read"))

        assert "我看到了" not in page
        assert "您看到了结果" in page
        assert not case.tasks.filter(ended_at=None).exists()

    def test_said_twice_is_written_once(self, centre: Actor, district: District) -> None:
        me = holder(closed_as(centre, district.roads, Closing(ClosingKind.SOLVED), phone=PHONE))
        me.does("read")
        before = standing()

        me.does("read")

        assert standing() == before

    def test_while_it_goes_on_says_nothing(self, centre: Actor, district: District) -> None:
        me = holder(handling(centre, district.roads, phone=PHONE))
        before = standing()

        me.does("read")

        assert standing() == before

    def test_a_refusal_to_register_is_told_the_same_way(self, centre: Actor) -> None:
        case = reported(centre, said(phone=PHONE)).work_order
        case = actions.move_case(
            number=case.number,
            seen_revision=case.revision,
            command=CaseCommand.DECLINE,
            reply="请找物业公司",
            ground=DeclineGround.BEYOND_GOVERNMENT,
            actor=centre,
            at=AT,
        )
        me = holder(case)

        page = me.looks()
        me.does("read")

        assert "这件事我们不能受理" in page
        assert "这件事不归政府管。" in page
        assert "请找物业公司" in page
        assert not case.tasks.filter(ended_at=None).exists()


PROCEDURE = Closing(
    ClosingKind.PROCEDURE, organ="上城区人民法院", procedure_number="（2026）浙0102民初1号",
    procedure_on=date(2026, 3, 1),
)  # fmt: skip
LEDGER = Closing(ClosingKind.LEDGER, ledger_level=LedgerLevel.DISTRICT, review_on=date(2026, 4, 1))


class TestWhatBecameOfIt:
    @pytest.mark.parametrize(
        ("closing", "told"),
        [
            (Closing(ClosingKind.SOLVED), ["办好了"]),
            (Closing(ClosingKind.EXPLAINED), ["给您说明了情况"]),
            (
                Closing(ClosingKind.PROMISED, promised_on=date(2026, 4, 1)),
                ["答应您4月1日前办好", "区城市管理局答应的。到期我们会再告诉您。"],
            ),
            (PROCEDURE, ["转到上城区人民法院依法办理", "（2026）浙0102民初1号", "3月1日"]),
            (LEDGER, ["一时办不了，没有放下", "区城市管理局一直管着这件事，4月1日前再看一次"]),
            (Closing(ClosingKind.OTHER_WAY), ["这件事要到别处办"]),
        ],
        ids=lambda value: value.kind if isinstance(value, Closing) else "",
    )
    def test_a_closing_is_told_in_plain_words_with_the_answer(
        self, centre: Actor, district: District, closing: Closing, told: list[str]
    ) -> None:
        page = holder(closed_as(centre, district.roads, closing)).looks()

        assert [words for words in [*told, "给您的话"] if words not in page] == []

    def test_who_could_not_be_reached_is_told_so(self, centre: Actor, district: District) -> None:
        case = handling(centre, district.roads, phone=PHONE)
        report, task = case.reports.get(), owed(case, _K.CONTACT)
        results = [*[ContactResult.NOBODY] * 3, ContactResult.MESSAGE]
        for hour, result in enumerate(results):
            actions.record_contact(
                task_id=task.pk, report_id=report.pk, result=result, words="关机（内部）",
                actor=centre, at=AT + hour * HOUR,
            )  # fmt: skip
        closing = Closing(ClosingKind.UNREACHABLE)
        case = move(case, _K.LEAD, _C.ANSWER, centre, reply="请回电", closing=closing)
        move(case, _K.CHECK, _C.PASS, centre)

        page = resident_of(report).looks()

        assert "我们没能联系上您" in page
        assert "区城市管理局给您打过电话，没有打通" in page
        assert "区城市管理局给您发过信息" in page
        assert "关机（内部）" not in page

    def test_the_answer_waits_for_the_check(self, centre: Actor, district: District) -> None:
        case = handling(centre, district.roads)
        move(case, _K.LEAD, _C.ANSWER, centre, reply="给您的话")

        page = holder(case).looks()

        assert "单位有答复了，我们正在核查" in page
        assert "给您的话" not in page

    def test_a_failed_check_is_told_and_why_it_failed_is_not(
        self, centre: Actor, district: District
    ) -> None:
        case = handling(centre, district.roads)
        move(case, _K.LEAD, _C.ANSWER, centre, reply="给您的话")
        move(case, _K.CHECK, _C.FAIL, centre, reason="糊弄人（内部）")

        page = holder(case).looks()

        assert "还没办好，要区城市管理局接着办" in page
        assert "糊弄人" not in page
        assert "给您的话" not in page

    def test_what_is_late_is_said_to_be(
        self, centre: Actor, district: District, clock: Clock
    ) -> None:
        me = holder(handling(centre, district.roads))
        assert "区城市管理局去办，3月4日前给您结果。" in me.looks()

        clock(AT + 4 * DAY)

        assert "原定3月4日前给您结果，现在超期了。您可以催一催。" in me.looks()

    def test_more_time_shows_as_a_new_day(self, centre: Actor, district: District) -> None:
        case = handling(centre, district.roads)
        move(case, _K.LEAD, _C.ASK_EXTENSION, centre, reason="等配件（内部）")
        assert "3月4日前" in holder(case).looks()

        move(case, _K.CENTRE_APPROVAL, _C.GRANT, centre)

        page = holder(case).looks()
        assert "区城市管理局去办，3月6日前给您结果。" in page
        assert "办理时间延长过" in page
        assert "办理时间延长到3月6日" in page
        assert "等配件" not in page

    def test_a_pause_says_until_when(self, centre: Actor, district: District) -> None:
        case = handling(centre, district.roads)
        until = date(2026, 5, 6)
        move(case, _K.LEAD, _C.ASK_SUSPENSION, centre, reason="汛期", until=until)
        move(case, _K.CENTRE_APPROVAL, _C.GRANT, centre)

        page = holder(case).looks()

        assert "要等一段时间" in page
        assert "要等到5月6日才能接着办" in page
        assert "一时还办不了，5月6日起接着办。" in page
        assert "在办。" not in page

    def test_an_order_of_another_platform_waits_for_its_word(
        self, centre: Actor, district: District
    ) -> None:
        report = replace(said(), channel=Channel.TRANSFER, outer_due_at=AT + 9 * DAY)
        case = dispatched(centre, district.roads, report=report)
        move(case, _K.LEAD, _C.ACKNOWLEDGE, centre)
        move(case, _K.LEAD, _C.ANSWER, centre, reply="给您的话")
        move(case, _K.CHECK, _C.PASS, centre)

        page = holder(case).looks()

        assert "已查过，等来源平台同意办结" in page
        assert "已报给您最初反映的平台，正等它答复。" in page
        assert "给您的话" not in page

    def test_a_promise_comes_back_on_its_day(
        self, centre: Actor, district: District, clock: Clock
    ) -> None:
        promised = Closing(ClosingKind.PROMISED, promised_on=date(2026, 4, 1))
        case = closed_as(centre, district.roads, promised)
        clock(AT + 31 * DAY)
        actions.bring_back_promise(case_id=case.pk, actor=JOB, at=AT + 31 * DAY)

        page = holder(case).looks()

        assert "答应的日子到了，我们去核查" in page
        assert "办结：答应到期办好" in page


class TestTogether:
    """Where several ask for the same thing, nobody learns of the others."""

    @pytest.fixture
    def other(self, centre: Actor, district: District) -> WorkOrder:
        other = handling(centre, district.roads)
        report = other.reports.get()
        actions.chase_report(report_id=report.pk, words="另一个人的话", actor=centre, at=AT)
        return other

    def merged(self, centre: Actor, other: WorkOrder) -> Report:
        case = registered(centre, said("k-2", "同一个井盖"))
        actions.merge_cases(
            number=case.number, into=other.number, seen_revision=case.revision,
            reason="同一处（内部）", actor=centre, at=AT + HOUR,
        )  # fmt: skip
        return Report.objects.get(client_key="k-2")

    def test_a_merged_report_keeps_its_number_and_its_own_way(
        self, centre: Actor, other: WorkOrder, clock: Clock
    ) -> None:
        report = self.merged(centre, other)
        clock(AT + HOUR)
        number = WorkOrder.objects.exclude(pk=other.pk).get().number

        page = resident_of(report).looks()

        assert number in page
        assert other.number not in page
        assert "区城市管理局去办" in page
        assert "与同类诉求一并办理。" in page
        assert "受理了" in page
        assert "另一个人的话" not in page
        assert "您催过" not in page
        assert "内部" not in page

    def test_the_first_one_sees_nothing_of_who_came_after(
        self, centre: Actor, other: WorkOrder
    ) -> None:
        self.merged(centre, other)
        late = Report.objects.get(client_key="k-2")
        actions.supplement_report(report_id=late.pk, words="后来的话", actor=centre, at=AT + HOUR)

        page = holder(other).looks()

        assert "同类" not in page
        assert "后来的话" not in page
        assert other.number in page

    def test_who_joins_a_case_sees_what_happened_since(
        self, centre: Actor, other: WorkOrder
    ) -> None:
        report = reported(centre, said("k-3", "我也要反映", joins=other.number))

        page = resident_of(report).looks()

        assert "与同类诉求一并办理" in page
        assert "交给区城市管理局办" not in page  # that was before

    def test_apart_again_it_goes_its_own_way(self, centre: Actor, other: WorkOrder) -> None:
        report = self.merged(centre, other)
        case = WorkOrder.objects.exclude(pk=other.pk).get()
        parted(case, "两件事", centre, at=AT + 2 * HOUR)
        move(other, _K.LEAD, _C.ASK_EXTENSION, centre, reason="配件", at=AT + 3 * HOUR)
        move(other, _K.CENTRE_APPROVAL, _C.GRANT, centre, at=AT + 3 * HOUR)

        page = resident_of(report).looks()

        assert "改为单独办理" in page
        assert "与同类诉求一并办理。" not in page
        assert "办理时间延长" not in page


class TestErased:
    @pytest.fixture
    def me(self, centre: Actor, district: District) -> Resident:
        case = handling(centre, district.roads)
        me = holder(case)
        me.does("supplement", words="我家住302")
        report = case.reports.get()
        officer = staff(district.centre, Power.SEE, Power.ERASE, "ERASE_CONTACT")
        actions.erase_report(
            reason="删除申请", number=case.number, report_id=report.pk, actor=officer, at=AT
        )
        return me

    def test_shows_how_it_stands_and_takes_no_words(self, me: Resident) -> None:
        page = me.looks()

        assert "已删除" in page
        assert "正在办理" in page
        assert "您的内容已删除" in page
        assert "我家住" not in page
        assert "井盖" not in page
        assert "催一催" not in page
        assert "补充情况" not in page

    @pytest.mark.parametrize("deed", ["chase", "supplement"])
    def test_refuses_what_nobody_would_erase_again(self, me: Resident, deed: str) -> None:
        before = standing()

        page = me.does(deed, words="我家住302")

        assert "这条诉求的内容已删除" in words_of(page)
        assert standing() == before


class TestWhatAPlatformSent:
    """An order of another platform is taken back there, and the page says so."""

    def test_offers_no_withdrawal_and_refuses_it_in_plain_words(
        self, centre: Actor, district: District
    ) -> None:
        case = dispatched(centre, district.roads, report=outer(said()))
        me = holder(case)
        before = standing()

        says = "这件事由其他平台转来，请向原平台撤回。"
        assert says in me.looks()
        assert "/withdraw" not in me.looks()
        assert says in words_of(me.does("withdraw", reason="好了"))
        assert standing() == before


HOSTILE = ["有\x00字", "长" * 100_000]
DEEDS: list[tuple[str, str]] = [
    ("chase", "words"),
    ("supplement", "words"),
    ("reopen", "words"),
    ("withdraw", "reason"),
    ("rate", "comment"),
]


class TestHostile:
    @pytest.mark.parametrize("words", HOSTILE, ids=["NUL", "100,000 characters"])
    @pytest.mark.parametrize(("deed", "field"), DEEDS)
    def test_words_are_refused_and_nothing_changes(
        self, centre: Actor, district: District, deed: str, field: str, words: str
    ) -> None:
        ended = deed in ("reopen", "rate")
        case = closed(centre, district.roads) if ended else handling(centre, district.roads)
        before = standing()
        more = {"resolution": "RESOLVED", "satisfaction": "SATISFIED"} if deed == "rate" else {}

        page = holder(case).does(deed, **{field: words}, **more)

        assert (page.status_code, standing()) == (422, before)

    @pytest.mark.parametrize("deed", ["chase", "supplement", "read", "rate", "reopen", "withdraw"])
    def test_a_wrong_link_leads_nowhere(self, centre: Actor, district: District, deed: str) -> None:
        handling(centre, district.roads)
        before = standing()

        page = Client().post(f"/r/{'0' * 32}/{deed}", {"words": "x"})

        assert (page.status_code, standing()) == (404, before)

    def test_a_link_reaches_the_own_report_alone(self, centre: Actor, district: District) -> None:
        mine, theirs = handling(centre, district.roads), reported(centre, said("k-2"))

        holder(mine).does("chase", report_id=str(theirs.pk), words="我的话")

        lines = theirs.work_order.entries.count()
        assert (lines, Note.objects.get(text="我的话").entry.work_order_id) == (1, mine.pk)

    def test_what_a_citizen_wrote_is_no_markup(self, centre: Actor, district: District) -> None:
        me = holder(handling(centre, district.roads))

        page = me.does("supplement", words="<script>alert(1)</script>")

        assert "<script>alert" not in page.content.decode()


def chases(me: Resident, clock: Clock) -> None:
    for n in range(1, 6):
        clock(AT + n * 2 * HOUR)
        me.does("chase", words=f"第{n}次")


def pictures(me: Resident, clock: Clock) -> None:
    for n in range(5):
        me.does("supplement", words=f"第{n}张", photo=a_photo(n + 1))


class TestStatements:
    @pytest.mark.parametrize("grow", [chases, pictures])
    def test_the_page_asks_no_more_for_a_longer_story(
        self, centre: Actor, district: District, clock: Clock,
        grow: Callable[[Resident, Clock], None],
    ) -> None:  # fmt: skip
        report = replace(said(phone=PHONE, about=district.parks), kind=ReportKind.COMPLAINT)
        case = dispatched(centre, district.roads, district.water, report=report)
        me = holder(case)
        me.does("chase")
        me.looks()
        with count_statements() as before:
            me.looks()
        grow(me, clock)

        with count_statements() as after:
            me.looks()

        assert after.number == before.number <= STATEMENTS, after.statements

    def test_of_a_closed_case_neither(self, centre: Actor, district: District) -> None:
        case = closed_as(centre, district.roads, PROCEDURE, phone=PHONE)
        me = holder(case)
        me.looks()

        with count_statements() as counted:
            me.looks()

        assert counted.number <= STATEMENTS, counted.statements
