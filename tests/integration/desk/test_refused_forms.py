"""A form that is refused comes back as it was filled in, why beside its field."""

import re

import pytest
from django.test import Client

from chengshao.kernel.actor import Actor
from chengshao.people import actions as people
from chengshao.people.models import User
from chengshao.people.terms import Role
from chengshao.workorders import actions
from chengshao.workorders.models import Task, WorkOrder
from chengshao.workorders.terms import Principle, TaskCommand, TaskKind
from tests.district import (
    AT,
    LOADER,
    MANHOLE,
    SINCE,
    TREE,
    District,
    dispatched,
    move,
    owed,
    registered,
    reported,
    said,
)


def signed_in(username: str, role: Role, unit_id: int) -> Client:
    new = people.NewAccount(username=username, display_name="办的人")
    user_id = people.open_account(account=new, actor=LOADER, at=AT)
    people.appoint(
        user_id=user_id, role=role, unit_id=unit_id, valid_from=SINCE, actor=LOADER, at=AT
    )
    client = Client()
    client.force_login(User.objects.get(pk=user_id))
    return client


@pytest.fixture
def leader(district: District) -> Client:
    people.load_role_powers(rows=people.default_role_powers(), actor=LOADER, at=AT)
    return signed_in("leader", Role.DUTY_LEADER, district.centre)


@pytest.fixture
def handler(district: District) -> Client:
    people.load_role_powers(rows=people.default_role_powers(), actor=LOADER, at=AT)
    return signed_in("handler", Role.HANDLER, district.roads)


def sent(client: Client, path: str, status: int, **form: object) -> str:
    """Send the form, check that it is refused so, and return the page that comes back."""
    answer = client.post(path, form)
    assert answer.status_code == status, answer.content.decode()
    return answer.content.decode()


def control(page: str, name: str) -> str:
    """Return the field of this name with what stands in it; of several the one that is wrong."""
    named = rf'[^>]*name="{name}"[^>]*>'
    found = re.findall(rf"<textarea{named}.*?</textarea>|<select{named}|<input{named}", page, re.S)
    assert found, page
    return str(next((field for field in found if "aria-invalid" in field), found[0]))


def error_of(page: str, name: str) -> str:
    """Return the words beside a field that has the focus and points to them."""
    field = control(page, name)
    assert 'aria-invalid="true"' in field
    assert "autofocus" in field
    (named,) = re.findall(r'aria-describedby="(\S+_error)', field)
    (words,) = re.findall(rf'id="{named}">([^<]*)', page)
    return str(words)


def hidden(case: WorkOrder, task: Task | None, form: str, back: str) -> dict[str, object]:
    """Return what a page that shows the case now sends with a form."""
    case.refresh_from_db()
    return {
        "form": form,
        "seen_revision": task.revision if task else case.revision,
        "seen_seq": case.history_seq,
        "back": back,
    }


def answering(case: WorkOrder) -> tuple[str, dict[str, object]]:
    task = owed(case, TaskKind.LEAD)
    back = f"/desk/queue/work/?case={case.number}"
    return f"/desk/tasks/{task.pk}/ANSWER", hidden(case, task, f"ANSWER-{task.pk}", back)


@pytest.fixture
def taken(handler: Client, district: District, centre: Actor) -> WorkOrder:
    """A case that the handler's unit has acknowledged."""
    case = dispatched(centre, district.roads, report=said(words="井盖坏了"))
    return move(case, TaskKind.LEAD, TaskCommand.ACKNOWLEDGE, centre)


class TestAnswer:
    def test_without_words_the_field_says_so(self, handler: Client, taken: WorkOrder) -> None:
        path, form = answering(taken)

        page = sent(handler, path, 409, **form, closing="SOLVED", reply="", reason="都写了")

        assert error_of(page, "reply")
        assert 'value="SOLVED" checked' in page
        assert "<h1>我的待办</h1>" in page  # the very list that it was sent from

    def test_evidence_that_is_missing_keeps_the_words(
        self, handler: Client, district: District, centre: Actor
    ) -> None:
        case = dispatched(centre, district.parks, matter=TREE)
        move(case, TaskKind.LEAD, TaskCommand.ACKNOWLEDGE, centre)
        parks = signed_in("parks", Role.HANDLER, district.parks)
        path, form = answering(case)

        page = sent(parks, path, 409, **form, closing="SOLVED", reply="枯枝已经锯掉")

        assert "枯枝已经锯掉</textarea>" in control(page, "reply")
        assert re.search(r'role="alert" tabindex="-1" autofocus[^>]*><b>还缺少', page)
        assert owed(case, TaskKind.LEAD)

    def test_what_happened_meanwhile_is_told_and_the_words_are_kept(
        self, handler: Client, taken: WorkOrder, centre: Actor
    ) -> None:
        path, form = answering(taken)
        move(taken, TaskKind.LEAD, TaskCommand.ASK_RETURN, centre, reason="不归我们管")
        move(taken, TaskKind.ADJUDICATE, TaskCommand.DENY, centre, reason="就归你们")

        page = sent(handler, path, 409, **form, reply="已经换好了")

        assert "案卷刚被他人更新" in page
        (told,) = re.findall(r"<p>这期间：</p><ul[^>]*>(.*?)</ul>", page, re.S)
        assert "申请退单" in told
        assert "签收" not in told  # that was before
        assert "已经换好了</textarea>" in control(page, "reply")

    def test_sent_again_after_looking_it_is_taken(
        self, handler: Client, taken: WorkOrder, centre: Actor
    ) -> None:
        path, form = answering(taken)
        move(taken, TaskKind.LEAD, TaskCommand.ASK_RETURN, centre, reason="不归我们管")
        move(taken, TaskKind.ADJUDICATE, TaskCommand.DENY, centre, reason="就归你们")
        form |= {"closing": "SOLVED"}
        page = sent(handler, path, 409, **form, reply="已经换好了")
        start = page.index(f'name="form" value="{form["form"]}"')
        (revision,) = re.findall(r'name="seen_revision" value="(\d+)"', page[start:])[:1]

        answer = handler.post(path, form | {"seen_revision": revision, "reply": "已经换好了"})

        assert answer.status_code == 302
        assert owed(taken, TaskKind.SIGN_OFF)

    def test_if_the_task_is_gone_the_words_can_still_be_copied(
        self, handler: Client, taken: WorkOrder, centre: Actor
    ) -> None:
        path, form = answering(taken)
        move(taken, TaskKind.LEAD, TaskCommand.ANSWER, centre, reply="好了")

        page = sent(handler, path, 409, **form, reply="我写了很久的答复")

        assert 'name="reply"' not in page
        assert re.search(r"<blockquote[^>]*><p>我写了很久的答复</p>", page)

    def test_a_file_that_is_none_of_ours_is_told_beside_the_files(
        self, district: District, handler: Client, centre: Actor
    ) -> None:
        case = dispatched(centre, district.parks, matter=TREE)
        task = owed(case, TaskKind.LEAD)
        move(case, TaskKind.LEAD, TaskCommand.ACKNOWLEDGE, centre)
        parks = signed_in("parks", Role.HANDLER, district.parks)
        page = parks.get(f"/desk/cases/{case.number}/").content.decode()
        (kind,) = re.findall(r'name="evidence_kind" value="(\w+)"', page)
        form = {"form": f"file-{kind}-{task.pk}", "evidence_kind": kind, "back": ""}

        page = sent(parks, f"/desk/tasks/{task.pk}/evidence", 422, **form)

        assert error_of(page, "file")


class TestDesk:
    def test_a_denial_without_a_reason(
        self, leader: Client, district: District, centre: Actor
    ) -> None:
        case = dispatched(centre, district.roads)
        move(case, TaskKind.LEAD, TaskCommand.ASK_RETURN, centre, reason="不归我们管")
        task = owed(case, TaskKind.ADJUDICATE)
        form = hidden(case, task, f"ends-{task.pk}", "/desk/queue/returns/")

        page = sent(leader, f"/desk/tasks/{task.pk}/DENY", 409, **form, reason="")

        assert error_of(page, "reason")
        assert "<h1>退单裁定</h1>" in page
        assert owed(case, TaskKind.ADJUDICATE)

    def test_a_refused_check_stays_open(
        self, leader: Client, district: District, centre: Actor
    ) -> None:
        case = dispatched(centre, district.roads)
        move(case, TaskKind.LEAD, TaskCommand.ACKNOWLEDGE, centre)
        move(case, TaskKind.LEAD, TaskCommand.ANSWER, centre, reply="好了")
        task = owed(case, TaskKind.CHECK)
        form = hidden(case, task, f"ends-{task.pk}", f"/desk/cases/{case.number}/")

        page = sent(leader, f"/desk/tasks/{task.pk}/FAIL", 409, **form, reason=" ")

        assert error_of(page, "reason")

    def test_a_decline_without_words_is_unfolded(self, leader: Client, centre: Actor) -> None:
        case = reported(centre).work_order
        form = hidden(case, None, "DECLINE", f"/desk/queue/register/?case={case.number}")
        told = {"ground": "BEYOND_GOVERNMENT", "reply": ""}

        page = sent(leader, f"/desk/cases/{case.number}/moves/DECLINE", 409, **form, **told)

        assert error_of(page, "reply")
        assert 'value="BEYOND_GOVERNMENT" required checked' in page
        assert re.search(r'<details class="fold" open><summary>不予立案', page)

    def test_no_matter_keeps_urgency_and_place(self, leader: Client, centre: Actor) -> None:
        case = reported(centre).work_order
        form = hidden(case, None, "register", "/desk/queue/register/")

        page = sent(
            leader,
            f"/desk/cases/{case.number}/register",
            422,
            **form,
            urgency="URGENT",
            place="新写的地点",
            found="division:330102001000:清波街道",
        )

        assert 'id="matters_error">请先选一个事项' in page
        assert 'value="URGENT" checked' in page
        assert 'value="新写的地点"' in control(page, "place")
        assert 'value="division:330102001000:清波街道" checked' in page

    def test_no_sole_lead_keeps_the_matter_that_was_picked(
        self, leader: Client, centre: Actor
    ) -> None:
        case = reported(centre).work_order
        form = hidden(case, None, "register", "/desk/queue/register/")
        path = f"/desk/cases/{case.number}/register"

        page = sent(leader, path, 409, **form, matter="D0101", and_dispatch="1")

        assert re.search(r'name="matter" value="D0101(-1)?" checked', page)
        case.refresh_from_db()
        assert case.matter == ""

    def test_a_lead_against_the_lists(
        self, leader: Client, district: District, centre: Actor
    ) -> None:
        case = registered(centre)
        form = hidden(case, None, "dispatch", f"/desk/queue/dispatch/?case={case.number}")
        told = {
            "principle": Principle.BY_AGREEMENT,
            "basis": "商量好了",
            "lead": district.qingbomen,
        }

        page = sent(leader, f"/desk/cases/{case.number}/dispatch", 409, **form, **told)

        assert re.search(r'id="lead_error">[^<]+', page)
        assert re.search(rf'value="{district.qingbomen}"[^>]* checked autofocus', page)
        assert 'value="商量好了"' in control(page, "basis")
        assert 'value="BY_AGREEMENT" selected' in page

    def test_a_lead_that_was_looked_for_needs_a_basis(
        self, leader: Client, district: District, centre: Actor
    ) -> None:
        case = registered(centre)
        form = hidden(case, None, "dispatch", "/desk/queue/dispatch/")
        told = {"principle": Principle.BY_AGREEMENT, "basis": "", "lead": district.parks}

        page = sent(leader, f"/desk/cases/{case.number}/dispatch", 409, **form, **told)

        assert error_of(page, "basis")
        assert re.search(rf'name="lead" value="{district.parks}"[^>]* checked', page)

    def test_a_case_dispatched_by_another_is_told(
        self, leader: Client, district: District, centre: Actor
    ) -> None:
        case = registered(centre)
        form = hidden(case, None, "dispatch", "/desk/queue/dispatch/")
        actions.dispatch(
            number=case.number,
            seen_revision=case.revision,
            lead_unit_id=district.water,
            principle=Principle.BY_AGREEMENT,
            basis="条例",
            actor=centre,
            at=AT,
        )

        page = sent(
            leader,
            f"/desk/cases/{case.number}/dispatch",
            409,
            **form,
            lead=district.roads,
            principle=Principle.BY_AGREEMENT,
            basis="我写的依据",
        )

        assert "这期间：" in page
        assert "区供水公司" in page
        assert re.search(r"<blockquote[^>]*><p>我写的依据</p>", page)

    def test_another_unit_is_found_with_and_without_scripts(
        self, leader: Client, district: District, centre: Actor
    ) -> None:
        case = registered(centre)
        form = hidden(case, None, "dispatch", "/desk/queue/dispatch/")
        looked_for = {"find": "dispatch", "find_words": "园林"}

        with_scripts = leader.get("/desk/find/units?field=dispatch&unit=园林").content.decode()
        without = sent(leader, f"/desk/cases/{case.number}/dispatch", 200, **form, **looked_for)

        for page in (with_scripts, without):
            assert f'name="lead" value="{district.parks}"' in page

    def test_a_unit_that_was_found_without_scripts_stays_chosen(
        self, leader: Client, district: District, centre: Actor
    ) -> None:
        case = registered(centre)
        form = hidden(case, None, "dispatch", "/desk/queue/dispatch/")
        form |= {"lead": district.parks, "find_words": "园林"}

        page = sent(leader, f"/desk/cases/{case.number}/dispatch", 422, **form)

        assert re.search(rf'value="{district.parks}"[^>]* checked', page)
        assert error_of(page, "principle")

    def test_the_phone_shows_the_form_alone(self, leader: Client, centre: Actor) -> None:
        case = reported(centre).work_order
        form = hidden(case, None, "DECLINE", "/desk/queue/register/")

        page = sent(leader, f"/desk/cases/{case.number}/moves/DECLINE", 409, **form, reply="")

        assert re.search(
            r'<main[^>]*class="split split-detail"[^>]*>\s*<section class="pane"', page
        )


class TestWhatCannotComeBack:
    def test_a_case_that_i_do_not_see_is_not_found(self, handler: Client, centre: Actor) -> None:
        case = reported(centre).work_order
        form = hidden(case, None, "DECLINE", "/desk/queue/work/")

        assert sent(handler, f"/desk/cases/{case.number}/moves/DECLINE", 404, **form, reply="")

    def test_what_i_may_not_do_at_all_is_forbidden(self, handler: Client, taken: WorkOrder) -> None:
        form = hidden(taken, None, "register", "/desk/queue/work/")
        path = f"/desk/cases/{taken.number}/register"

        assert sent(handler, path, 409, **form, matter=MANHOLE)

    @pytest.mark.parametrize("back", ["", "//elsewhere.example/", "/nowhere", "/desk/queue/x/"])
    def test_from_nowhere_it_is_the_case_page(
        self, leader: Client, centre: Actor, back: str
    ) -> None:
        case = reported(centre).work_order
        form = hidden(case, None, "DECLINE", back)
        told = {"ground": "UNLAWFUL", "reply": " "}

        page = sent(leader, f"/desk/cases/{case.number}/moves/DECLINE", 409, **form, **told)

        assert error_of(page, "reply")


@pytest.mark.parametrize("number", ["20260302-0009", "x", "x%00"])
def test_a_queue_with_a_case_that_is_not_there_says_so(leader: Client, number: str) -> None:
    answer = leader.get(f"/desk/queue/register/?case={number}")

    assert answer.status_code == 404
    assert "没有找到此" in answer.content.decode()


def test_a_queue_with_a_case_that_i_do_not_see_says_the_same(
    handler: Client, centre: Actor
) -> None:
    case = reported(centre).work_order

    assert handler.get(f"/desk/queue/work/?case={case.number}").status_code == 404
