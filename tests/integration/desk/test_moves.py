"""
Every row of the tables of moves has its button for who may press it, and the form that its needs
ask. What is tried here goes through the pages as a browser without scripts would send it.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from chengshao.desk.queries import button_words
from chengshao.kernel.actor import Actor
from chengshao.kernel.errors import DomainError
from chengshao.people import actions as people
from chengshao.people.models import User
from chengshao.people.queries import unit_ids_by_code
from chengshao.people.terms import Role
from chengshao.web.texts import TERMS
from chengshao.workorders import actions
from chengshao.workorders.models import ContactAttempt, Deadline, Task, WorkOrder
from chengshao.workorders.rules.book import BOOK, CASE_MOVES
from chengshao.workorders.terms import (
    Need,
    Outcome,
    Power,
    Side,
    Step,
    TaskCommand,
    TaskKind,
    TaskMove,
    TaskState,
)
from tests.district import AT, LOADER, SINCE, TREE, District, move, owed, said, staff
from tests.standing import BY_THE_DESK, REVIEW_ON, STANDS, Standing, outer

PHONE = "13800138000"
_K, _C = TaskKind, TaskCommand
OURS = [row for row in BOOK.moves if row.side is not Side.CITIZEN and not row.if_complained_about]
ROWS = [pytest.param(row, id=f"{row.kind} {row.source} {row.command}") for row in OURS]
SOON = str((timezone.localdate() + timedelta(days=20)).isoformat())


@dataclass(frozen=True, slots=True)
class People:
    """Who signs in: all powers of the desk in one person, of the unit that owes in another."""

    desk: Client
    unit: Client
    other: Client
    above: Client  # of the unit under which the unit stands
    handler: Client  # of the unit, who may not sign


def signed_in(username: str, *held: tuple[Role, int]) -> Client:
    new = people.NewAccount(username=username, display_name=username)
    user_id = people.open_account(account=new, actor=LOADER, at=AT)
    for role, unit_id in held:
        people.appoint(
            user_id=user_id, role=role, unit_id=unit_id, valid_from=SINCE, actor=LOADER, at=AT
        )
    client = Client()
    client.force_login(User.objects.get(pk=user_id))
    return client


@pytest.fixture
def by(district: District, centre: Actor) -> Standing:
    return Standing(district, centre, owner=district.roads, other=district.water)


@pytest.fixture
def them(district: District) -> People:
    people.load_role_powers(rows=people.default_role_powers(), actor=LOADER, at=AT)
    at_desk = (Role.DUTY_LEADER, Role.REGISTRAR, Role.COLLECTOR, Role.OPERATOR)
    both = (Role.HANDLER, Role.UNIT_LEADER)
    return People(
        desk=signed_in("desk", *((role, district.centre) for role in at_desk)),
        unit=signed_in("unit", *((role, district.roads) for role in both)),
        other=signed_in("other", *((role, district.water) for role in both)),
        above=signed_in("above", *((role, district.office) for role in both)),
        handler=signed_in("handler", (Role.HANDLER, district.roads)),
    )


def who(row: TaskMove, them: People) -> Client:
    """Return the one who may press the button of this row."""
    if row.side is Side.DESK or (row.side is Side.OWNER and row.kind in BY_THE_DESK):
        return them.desk
    assigned = row.side is Side.ASKER and row.kind == TaskKind.SUBASSIGNED
    return them.above if assigned else them.unit


def page_of(client: Client, case: WorkOrder) -> str:
    answer = client.get(f"/desk/cases/{case.number}/")
    assert answer.status_code == 200
    return answer.content.decode()


@dataclass(frozen=True, slots=True)
class Form:
    """A form of the page: what it brings along, and what may be typed or chosen in it."""

    text: str
    hidden: dict[str, str]

    @property
    def names(self) -> set[str]:
        return set(re.findall(r'name="(\w+)"', self.text)) - set(self.hidden)

    @property
    def required(self) -> set[str]:
        fields = re.findall(r"<(?:input|textarea|select)[^>]*>", self.text)
        named = (re.search(r'name="(\w+)"', field) for field in fields if " required" in field)
        return {found[1] for found in named if found}


def forms_to(page: str, action: str) -> Iterator[Form]:
    """Yield the forms of the page that send to this address."""
    for form in re.findall(r"<form.*?</form>", page, re.S):
        actions_of = re.findall(r'(?:form)?action="([^"]+)"', form)
        if action in actions_of:
            hidden = re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"', form)
            yield Form(form, {name: unescape(value) for name, value in hidden})


def form_to(page: str, action: str) -> Form:
    return next(forms_to(page, action))


def send(client: Client, page: str, action: str, **typed: object) -> Any:
    """Send the first form of the page to this address, with what is typed."""
    return client.post(action, form_to(page, action).hidden | typed)


def told(client: Client) -> str:
    """Return what the next page says was done."""
    page = client.get("/desk/").content.decode()
    (said_,) = re.findall(r'<p class="said[^"]*">(.*?)</p>', page, re.S)
    return re.sub(r"<[^>]+>", "", said_)


FIELD_OF_NEED = {
    Need.REASON: "reason",
    Need.REPLY: "reply",
    Need.CLOSING: "closing",
    Need.ASKED_UNITS: "find_words",
    Need.DATE: "until",
    Need.GROUND: "ground",
    Need.MATTER: "matter",
    Need.UNITS: "lead",
    Need.BASIS: "basis",
}


@pytest.mark.parametrize("row", ROWS)
def test_every_move_has_its_form_for_who_may_and_for_nobody_else(
    by: Standing, them: People, row: TaskMove
) -> None:
    case = by.before_move(row, said(phone=PHONE))
    task, presses = owed(case, row.kind), who(row, them)
    own: dict[str, str] = {
        _C.REGISTER: "register",
        _C.DISPATCH: "dispatch",
        _C.ANSWER_DIRECTLY: "answer",
    }
    action = f"/desk/tasks/{task.pk}/{row.command}"
    if row.command in own:
        action = f"/desk/cases/{case.number}/{own[row.command]}"
    if row.command in (_C.CONTACT, _C.TELL):
        action = f"/desk/tasks/{task.pk}/call"

    form = form_to(page_of(presses, case), action)

    asked = {FIELD_OF_NEED[need] for need in row.needs if need in FIELD_OF_NEED}
    assert asked <= form.names
    if row.command not in (*own, _C.CONTACT, _C.TELL):
        assert button_words(row.kind, row.command) in form.text
    for client in {them.desk, them.unit, them.other} - {presses}:
        answer = client.get(f"/desk/cases/{case.number}/")
        assert f'action="{action}"' not in answer.content.decode()


@pytest.mark.parametrize(("kind", "state"), STANDS)
def test_one_main_button_a_screen_and_each_key_presses_one_thing(
    by: Standing, them: People, kind: TaskKind, state: TaskState
) -> None:
    case = by.before(kind, state, said(phone=PHONE))
    with_more_asked(case, by)

    for client in (them.desk, them.unit, them.other, them.handler):
        answer = client.get(f"/desk/cases/{case.number}/")
        page = answer.content.decode() if answer.status_code == 200 else ""
        keys = re.findall(r'data-key="([^"]+)"', page)
        assert sorted(set(keys)) == sorted(keys)
        assert page.count("btn-main") <= 1


def with_more_asked(case: WorkOrder, by: Standing) -> None:
    """Let more be owed on a case that is in hand: whoever decides sees several forms at once."""
    lead = case.tasks.filter(kind=_K.LEAD, state=TaskState.ACKNOWLEDGED).first()
    if lead is not None and not case.tasks.filter(kind=_K.LEADER_APPROVAL, ended_at=None):
        with suppress(DomainError):
            by.by_handler(case, _C.ASK_SUSPENSION, reason="等汛期过去", until=REVIEW_ON)


def test_every_move_has_words_of_its_own_or_of_its_command() -> None:
    wordless = [
        f"{row.kind}.{row.command}"
        for row in BOOK.moves
        if button_words(row.kind, row.command) == row.command
    ]
    assert wordless == []


def test_words_are_of_moves_that_there_are() -> None:
    commands = {row.command for row in BOOK.moves} | {row.command for row in CASE_MOVES}
    pairs = {f"{row.kind}.{row.command}" for row in BOOK.moves}
    pairs |= {f"{row.kind}.*" for row in BOOK.moves}

    for vocabulary in ("move", "move_fold", "move_hint", "move_reason", "move_date"):
        assert set(TERMS[vocabulary]) - commands - pairs == set(), vocabulary
    assert set(TERMS["deed_of_kind"]) - pairs == set()


# What each form takes beyond what it brings along; {unit} is filled with a unit's id.
GIVEN: dict[str, dict[str, object]] = {
    _C.REFUTE: {"reason": "到场没有看到"},
    _C.OPINE: {"reason": "按条例由城管办"},
    _C.ASK_RETURN: {"reason": "不归我们管"},
    _C.ASK_EXTENSION: {"reason": "等配件"},
    _C.ASK_SUSPENSION: {"reason": "等汛期过去", "until": SOON},
    _C.CALL_IN: {"reason": "请断水", "asked": "{parks}"},
    _C.SUBASSIGN: {"reason": "换一块", "asked": "{squad}"},
    _C.INQUIRE: {"reason": "查产权", "asked": "{parks}"},
    _C.CONSULT: {"reason": "归谁", "asked": "{parks}"},
    _C.HAND_UP: {"reason": "换好了"},
    _C.REPLY: {"reason": "产权是通信"},
    _C.SEND_BACK: {"reason": "写清楚"},
    _C.DENY: {"reason": "就归你们"},
    _C.ANSWER: {"reply": "换好了", "closing": "SOLVED"},
    _C.FAIL: {"reason": "还是破的"},
    _C.CANNOT_CHECK: {"reason": "门锁着"},
    _C.KEEP: {"reason": "资金没落实", "until": SOON},
    _C.STRIKE_OFF: {"reason": "修好了"},
}


def given_for(row: TaskMove, district: District) -> dict[str, str]:
    """Return what is typed and chosen for a move; all that its row needs."""
    given = GIVEN.get(row.command, {})
    if row.kind == _K.CO_HANDLE and row.command == _C.ANSWER:
        given = {"reason": "水已断好"}
    if Need.REASON in row.needs:
        given = {"reason": "说明"} | given
    return {
        name: str(value).format(parks=district.parks, squad=district.squad)
        for name, value in given.items()
    }


def in_time() -> None:
    """Let the limits of a case that was made in March not be over today."""
    Deadline.objects.filter(due_at__isnull=False).update(due_at=timezone.now() + timedelta(days=2))


MANY_FORMS = {_C.REGISTER, _C.DISPATCH, _C.ANSWER_DIRECTLY, _C.CONTACT, _C.TELL}
GENERIC = [row for row in OURS if row.command not in MANY_FORMS]


@pytest.mark.parametrize("row", GENERIC, ids=lambda row: f"{row.kind} {row.source} {row.command}")
def test_what_the_form_sends_is_done(
    by: Standing, them: People, district: District, row: TaskMove
) -> None:
    case = by.before_move(row, said(phone=PHONE))
    in_time()
    task, client = owed(case, row.kind), who(row, them)
    typed = given_for(row, district)

    answer = send(client, page_of(client, case), f"/desk/tasks/{task.pk}/{row.command}", **typed)

    assert answer.status_code == 302, re.findall(r"<b>.*?</b>", answer.content.decode())[:5]
    assert case.number in told(client)
    task.refresh_from_db()
    if row.target is not row.source:
        assert task.state == row.target


@pytest.mark.parametrize(
    "row",
    [row for row in GENERIC if Need.REASON in row.needs],
    ids=lambda row: f"{row.kind} {row.source} {row.command}",
)
def test_without_its_words_it_comes_back_and_nothing_has_changed(
    by: Standing, them: People, district: District, row: TaskMove
) -> None:
    case = by.before_move(row, said(phone=PHONE))
    task, client = owed(case, row.kind), who(row, them)
    typed = given_for(row, district)
    before = (case.tasks.count(), WorkOrder.objects.get(pk=case.pk).history_head)

    answer = send(
        client,
        page_of(client, case),
        f"/desk/tasks/{task.pk}/{row.command}",
        **typed | {"reason": " "},
    )

    page = answer.content.decode()
    assert answer.status_code == 409
    assert 'data-error="workorder_need_missing"' in page
    assert re.search(r'<textarea[^>]*name="reason"[^>]*aria-invalid="true"[^>]*autofocus', page)
    if "asked" in typed:
        assert re.search(rf'name="asked" value="{typed["asked"]}" checked', page)
    assert (case.tasks.count(), WorkOrder.objects.get(pk=case.pk).history_head) == before


class TestAFormOfSeveralCommands:
    """What is filled in for one of its buttons is not said where another is pressed."""

    def test_a_date_for_keeping_it_is_none_of_striking_off(
        self, by: Standing, them: People
    ) -> None:
        case = by.before(_K.LEDGER_REVIEW, TaskState.OPEN, said())
        task = owed(case, _K.LEDGER_REVIEW)
        path = f"/desk/tasks/{task.pk}/STRIKE_OFF"

        answer = send(them.unit, page_of(them.unit, case), path, reason="修好了", until=SOON)

        assert "workorder_takes_no" not in answer.content.decode()

    def test_what_none_of_them_takes_is_refused(self, by: Standing, them: People) -> None:
        case = by.before(_K.CHECK, TaskState.OPEN, said())
        path = f"/desk/tasks/{owed(case, _K.CHECK).pk}/PASS"
        head = WorkOrder.objects.get(pk=case.pk).history_head

        answer = send(them.desk, page_of(them.desk, case), path, reply="另一段话")

        assert answer.status_code == 422
        assert 'data-error="workorder_takes_no"' in answer.content.decode()
        assert WorkOrder.objects.get(pk=case.pk).history_head == head


class TestUnitsWithoutScripts:
    def test_looking_for_a_unit_keeps_what_was_written_and_ticked(
        self, by: Standing, them: People, district: District
    ) -> None:
        case = by.handling(said())
        path = f"/desk/tasks/{owed(case, _K.LEAD).pk}/SUBASSIGN"
        page = page_of(them.unit, case)

        found = send(
            them.unit,
            page,
            path,
            find="asked",
            find_words="养护",
            reason="换一块",
            asked=district.water,
        )

        text = found.content.decode()
        assert found.status_code == 200
        assert not case.tasks.filter(kind=_K.SUBASSIGNED).exists()
        assert f'name="asked" value="{district.water}" checked' in text
        assert f'name="asked" value="{district.squad}"' in text
        assert ">换一块</textarea>" in text
        assert "data-error" not in text

    def test_what_was_found_may_be_sent(
        self, by: Standing, them: People, district: District
    ) -> None:
        case = by.handling(said())
        path = f"/desk/tasks/{owed(case, _K.LEAD).pk}/CALL_IN"
        page = page_of(them.unit, case)

        answer = send(them.unit, page, path, reason="换", asked=[district.parks, district.water])

        assert answer.status_code == 302
        owing = case.tasks.filter(kind=_K.CO_HANDLE).values_list("unit_id", flat=True)
        assert set(owing) == {district.parks, district.water}

    @pytest.mark.parametrize("asked", ["x", "-1", "0", str(2**63), ["1"] * 41])
    def test_what_is_no_unit_is_refused(self, by: Standing, them: People, asked: object) -> None:
        case = by.handling(said())
        path = f"/desk/tasks/{owed(case, _K.LEAD).pk}/INQUIRE"

        answer = send(them.unit, page_of(them.unit, case), path, reason="查", asked=asked)

        assert answer.status_code == 422
        assert not case.tasks.filter(kind=_K.INQUIRY).exists()


class TestClosing:
    """Honest closing: each kind names what it must, and nothing else is read."""

    @pytest.mark.parametrize(
        ("typed", "kept"),
        [
            ({"closing": "SOLVED", "promised_on": SOON}, {"kind": "SOLVED"}),
            ({"closing": "SOLVED", "promised_on": "morgen"}, {"kind": "SOLVED"}),
            (
                {"closing": "PROMISED", "promised_on": SOON, "organ": "法院"},
                {"kind": "PROMISED", "promised_on": SOON},
            ),
            (
                {
                    "closing": "PROCEDURE",
                    "organ": "区法院",
                    "procedure_number": "民初1号",
                    "procedure_on": "2026-03-01",
                },
                {
                    "kind": "PROCEDURE",
                    "organ": "区法院",
                    "procedure_number": "民初1号",
                    "procedure_on": "2026-03-01",
                },
            ),
            (
                {"closing": "LEDGER", "ledger_level": "DISTRICT", "review_on": SOON},
                {"kind": "LEDGER", "ledger_level": "DISTRICT", "review_on": SOON},
            ),
        ],
    )
    def test_what_its_kind_asks_is_handed_in(
        self, by: Standing, them: People, typed: dict[str, str], kept: dict[str, str]
    ) -> None:
        case = by.handling(said())
        path = f"/desk/tasks/{owed(case, _K.LEAD).pk}/ANSWER"

        answer = send(them.handler, page_of(them.handler, case), path, reply="好了", **typed)

        assert answer.status_code == 302
        assert owed(case, _K.SIGN_OFF).asked["closing"] == kept

    @pytest.mark.parametrize(
        ("typed", "field"),
        [
            ({}, "closing"),
            ({"closing": "PROMISED"}, "promised_on"),
            ({"closing": "PROMISED", "promised_on": "2020-01-01"}, "promised_on"),
            ({"closing": "PROCEDURE", "organ": "区法院"}, "procedure_number"),
            (
                {
                    "closing": "PROCEDURE",
                    "organ": "区法院",
                    "procedure_number": "1",
                    "procedure_on": SOON,
                },
                "procedure_on",
            ),
            ({"closing": "LEDGER", "review_on": SOON}, "ledger_level"),
            ({"closing": "LEDGER", "ledger_level": "DISTRICT", "review_on": "x"}, "review_on"),
        ],
    )
    def test_what_is_missing_is_told_beside_it(
        self, by: Standing, them: People, typed: dict[str, str], field: str
    ) -> None:
        case = by.handling(said())
        path = f"/desk/tasks/{owed(case, _K.LEAD).pk}/ANSWER"

        answer = send(them.handler, page_of(them.handler, case), path, reply="写了很久", **typed)

        page = answer.content.decode()
        assert answer.status_code in (409, 422)
        assert ">写了很久</textarea>" in page
        ids = {"closing": "closing", "ledger_level": "level", "promised_on": "promised"}
        ids |= {"review_on": "review", "procedure_number": "procedure"}
        ids |= {"procedure_on": "procedure-on"}
        (words,) = re.findall(rf'class="field-error" id="{ids[field]}-[^"]*">([^<]+)', page)
        assert not re.search("[a-z]", words)
        assert not case.tasks.filter(kind=_K.SIGN_OFF).exists()

    def test_what_the_matter_asks_must_be_there_to_be_solved_and_only_then(
        self, by: Standing, them: People, district: District
    ) -> None:
        by = Standing(district, by.actor, owner=district.roads, other=district.water)
        case = by.handling(said(), matter=TREE)
        path = f"/desk/tasks/{owed(case, _K.LEAD).pk}/ANSWER"

        solved = send(them.handler, page_of(them.handler, case), path, reply="好", closing="SOLVED")
        explained = send(
            them.handler, page_of(them.handler, case), path, reply="好", closing="EXPLAINED"
        )

        assert (solved.status_code, explained.status_code) == (409, 302)

    def test_who_it_was_assigned_to_may_show_it_though_the_matter_asks_nothing(
        self, by: Standing, them: People, district: District
    ) -> None:
        case = by.handling(said())
        squad = signed_in("squad", (Role.HANDLER, district.squad))
        path = f"/desk/tasks/{owed(case, _K.LEAD).pk}/SUBASSIGN"
        send(them.unit, page_of(them.unit, case), path, reason="换盖", asked=district.squad)
        assigned = owed(case, _K.SUBASSIGNED)
        send(squad, page_of(squad, case), f"/desk/tasks/{assigned.pk}/ACKNOWLEDGE")
        upload = f"/desk/tasks/{assigned.pk}/evidence"

        form = form_to(page_of(squad, case), upload).hidden
        squad.post(upload, form | {"file": SimpleUploadedFile("p.jpg", photo())})

        assert case.attachments.get(task=assigned).evidence_kind == "PHOTO_AFTER"

    def test_only_who_may_be_assigned_is_found(
        self, by: Standing, them: People, district: District
    ) -> None:
        case = by.handling(said())
        form = form_to(page_of(them.unit, case), f"/desk/tasks/{owed(case, _K.LEAD).pk}/SUBASSIGN")

        found = them.unit.get(
            "/desk/find/units",
            {"field": "asked", "below": form.hidden["below"], "find_words": "区"},
        ).content.decode()

        assert re.findall(r'name="asked" value="(\d+)"', found) == [str(district.squad)]

    def test_a_picture_from_who_it_was_assigned_to_counts(
        self, by: Standing, them: People, district: District
    ) -> None:
        case = by.handling(said(), matter=TREE)
        squad = signed_in("squad", (Role.HANDLER, district.squad))
        lead = owed(case, _K.LEAD)
        path = f"/desk/tasks/{lead.pk}/SUBASSIGN"
        send(them.unit, page_of(them.unit, case), path, reason="锯掉", asked=district.squad)
        assigned = owed(case, _K.SUBASSIGNED)
        send(squad, page_of(squad, case), f"/desk/tasks/{assigned.pk}/ACKNOWLEDGE")
        upload = f"/desk/tasks/{assigned.pk}/evidence"
        form = form_to(page_of(squad, case), upload).hidden
        squad.post(upload, form | {"file": SimpleUploadedFile("p.jpg", photo())})

        answer = send(
            them.handler,
            page_of(them.handler, case),
            f"/desk/tasks/{lead.pk}/ANSWER",
            reply="好",
            closing="SOLVED",
        )

        assert answer.status_code == 302


def photo() -> bytes:
    buffer = BytesIO()
    Image.new("RGB", (8, 8), "red").save(buffer, "JPEG")
    return buffer.getvalue()


class TestSigning:
    def test_the_leader_sees_the_draft_and_signs_with_one_button(
        self, by: Standing, them: People
    ) -> None:
        case = by.before(_K.SIGN_OFF, TaskState.OPEN, said())
        page = page_of(them.unit, case)

        answer = send(them.unit, page, f"/desk/tasks/{owed(case, _K.SIGN_OFF).pk}/SIGN")

        assert "已修好" in page
        assert answer.status_code == 302
        assert owed(case, _K.CHECK).asked["closing"] == {"kind": "SOLVED"}

    def test_the_leader_may_change_words_and_kind(self, by: Standing, them: People) -> None:
        case = by.before(_K.SIGN_OFF, TaskState.OPEN, said())
        path = f"/desk/tasks/{owed(case, _K.SIGN_OFF).pk}/SIGN"
        page = page_of(them.unit, case)
        assert '<input type="radio" name="closing" value="SOLVED" required checked' in page

        answer = send(them.unit, page, path, reply="政策是这样的", closing="EXPLAINED")

        assert answer.status_code == 302
        assert owed(case, _K.CHECK).asked["closing"] == {"kind": "EXPLAINED"}
        assert "政策是这样的" in page_of(them.desk, case)

    def test_who_signs_for_a_helper_writes_nothing_to_the_citizen(
        self, by: Standing, them: People
    ) -> None:
        case = by.before(_K.CO_HANDLE, TaskState.ACKNOWLEDGED, said())
        helping = owed(case, _K.CO_HANDLE)
        handler = staff(by.owner, Power.SEE, Power.HANDLE)
        move(case, _K.CO_HANDLE, _C.ANSWER, handler, reason="水已断好")
        path = f"/desk/tasks/{owed(case, _K.SIGN_OFF).pk}/SIGN"

        page = page_of(them.unit, case)
        refused = send(them.unit, page, path, reply="水已断好，井盖也换了")
        signed = send(them.unit, page, path)

        assert not any("reply" in form.names for form in forms_to(page, path))
        assert (refused.status_code, signed.status_code) == (422, 302)
        helping.refresh_from_db()
        assert helping.state == TaskState.DONE

    def test_the_handler_waits_and_has_no_second_answer(self, by: Standing, them: People) -> None:
        case = by.before(_K.SIGN_OFF, TaskState.OPEN, said())

        page = page_of(them.handler, case)

        assert "等负责人审签" in page
        assert f"/desk/tasks/{owed(case, _K.LEAD).pk}/ANSWER" not in page

    def test_nobody_decides_on_the_own_request_and_is_told_so(
        self, by: Standing, them: People
    ) -> None:
        case = by.handling(said())
        task = owed(case, _K.LEAD)
        send(
            them.unit,
            page_of(them.unit, case),
            f"/desk/tasks/{task.pk}/ASK_RETURN",
            reason="不归我们",
        )

        page = page_of(them.unit, case)

        assert "退单裁定：您提出的，由他人决定" in re.sub(r"<[^>]+>", "", page)


class TestCalls:
    def test_one_tap_notes_how_the_call_went(self, by: Standing, them: People) -> None:
        case = by.dispatched(said(phone=PHONE))
        task = owed(case, _K.CONTACT)
        path = f"/desk/tasks/{task.pk}/call"

        answer = send(them.unit, page_of(them.unit, case), path, result="NOBODY", words="")

        assert answer.status_code == 302
        assert ContactAttempt.objects.get(task=task).result == "NOBODY"
        page = page_of(them.unit, case)
        assert "还要在其他钟点试2次，并发一条信息" in page
        assert "无人接听" in page

    def test_talking_ends_it(self, by: Standing, them: People) -> None:
        case = by.dispatched(said(phone=PHONE))
        task = owed(case, _K.CONTACT)

        send(
            them.unit,
            page_of(them.unit, case),
            f"/desk/tasks/{task.pk}/call",
            result="TALKED",
            words="下午到",
        )

        task.refresh_from_db()
        assert task.state == TaskState.DONE

    def test_telling_shows_the_words_to_be_told(self, by: Standing, them: People) -> None:
        case = by.closed(said(phone=PHONE))
        task = owed(case, _K.TELL)
        page = page_of(them.unit, case)

        answer = send(them.unit, page, f"/desk/tasks/{task.pk}/call", result="TALKED", words="")

        assert "把这段话告诉诉求人" in page
        assert answer.status_code == 302
        task.refresh_from_db()
        assert task.state == TaskState.DONE

    @pytest.mark.parametrize("typed", [{}, {"result": "X"}, {"result": "TALKED", "report": "9"}])
    def test_what_is_no_result_of_this_case_is_refused(
        self, by: Standing, them: People, typed: dict[str, str]
    ) -> None:
        case = by.dispatched(said(phone=PHONE))
        task = owed(case, _K.CONTACT)
        path = f"/desk/tasks/{task.pk}/call"

        answer = send(them.unit, page_of(them.unit, case), path, **typed)

        assert answer.status_code in (409, 422)
        assert not ContactAttempt.objects.exists()

    def test_a_confidential_number_is_not_offered(self, by: Standing, them: People) -> None:
        case = by.dispatched(said(phone=PHONE, confidential=True))

        page = page_of(them.unit, case)

        assert "要求保密" in page
        assert "看号码" not in page


class TestTheWholeCase:
    def test_declined_on_a_lawful_ground_with_words_to_the_citizen(
        self, by: Standing, them: People
    ) -> None:
        case = by.reported(said(phone=PHONE))
        path = f"/desk/cases/{case.number}/moves/DECLINE"

        answer = send(
            them.desk, page_of(them.desk, case), path, ground="IN_PROCEDURE", reply="已在法院"
        )

        assert answer.status_code == 302
        case.refresh_from_db()
        assert case.outcome == Outcome.DECLINED
        assert owed(case, _K.TELL)

    def test_a_decline_without_a_ground_comes_back(self, by: Standing, them: People) -> None:
        case = by.reported(said())
        path = f"/desk/cases/{case.number}/moves/DECLINE"

        answer = send(them.desk, page_of(them.desk, case), path, reply="不归我们")

        assert answer.status_code == 409
        page = answer.content.decode()
        assert re.search(r'class="field-error" id="ground-DECLINE_error">[^<]', page)
        assert ">不归我们</textarea>" in page

    def test_answered_directly(self, by: Standing, them: People) -> None:
        case = by.reported(said(phone=PHONE))
        path = f"/desk/cases/{case.number}/answer"

        answer = send(
            them.desk,
            page_of(them.desk, case),
            path,
            matter="C0101",
            reply="带身份证来",
            closing="EXPLAINED",
            form="answer-directly",
        )

        assert answer.status_code == 302
        case.refresh_from_db()
        assert (case.step, case.closing_kind) == (Step.CLOSED, "EXPLAINED")

    def test_a_direct_answer_without_words_comes_back_unfolded(
        self, by: Standing, them: People
    ) -> None:
        case = by.reported(said())
        path = f"/desk/cases/{case.number}/answer"
        page = page_of(them.desk, case)

        answer = send(
            them.desk, page, path, matter="C0101", reply="", closing="OTHER_WAY",
            form="answer-directly",
        )  # fmt: skip

        text = answer.content.decode()
        assert answer.status_code == 409
        assert re.search(r'<details class="fold" open><summary>能当场答复', text)
        assert re.search(r'name="reply"[^>]*aria-invalid="true"', text)
        assert re.search(r'name="matter" value="C0101(-1)?" checked', text)

    def test_reopened_with_a_reason(self, by: Standing, them: People) -> None:
        case = by.closed(said())
        path = f"/desk/cases/{case.number}/moves/REOPEN"
        WorkOrder.objects.filter(pk=case.pk).update(ended_at=timezone.now())

        answer = send(them.desk, page_of(them.desk, case), path, reason="又塌了")

        assert answer.status_code == 302
        assert owed(case, _K.DISPATCH)

    def test_what_comes_by_itself_has_no_button(self, by: Standing, them: People) -> None:
        case = by.closed(said())

        page = page_of(them.desk, case)

        for command in ("COME_BACK", "REVIEW_LEDGER", "ARCHIVE"):
            assert f"/moves/{command}" not in page

    def test_an_outer_order_says_whose_clock_runs(self, by: Standing, them: People) -> None:
        case = by.before(_K.OUTER_REQUEST, TaskState.OPEN, said())

        page = re.sub(r"<[^>]+>|\s", "", page_of(them.desk, case))

        assert "来源平台时限" in page
        assert "已报请退单，平台未答复前外部时限照走" in page

    def test_an_order_of_ours_says_nothing_of_a_platform(self, by: Standing, them: People) -> None:
        assert "来源平台时限" not in page_of(them.desk, by.handling(said()))


class TestMerging:
    @pytest.fixture
    def two(self, by: Standing) -> tuple[WorkOrder, WorkOrder]:
        first = by.dispatched(said("k-1", "和平路口井盖破损，老人差点踩空"))
        return first, by.reported(said("k-2", "和平路口的井盖破损了，差点踩空"))

    def test_what_is_like_it_nearby_is_offered_and_takes_it_in(
        self, them: People, two: tuple[WorkOrder, WorkOrder], by: Standing
    ) -> None:
        first, second = two
        WorkOrder.objects.update(opened_at=timezone.now())
        for case in two:
            case.audience.update(opened_at=timezone.now())
        page = page_of(them.desk, second)
        path = f"/desk/cases/{second.number}/merge"
        assert f'name="into" value="{first.number}"' in page

        answer = send(them.desk, page, path, into=first.number, reason="同一个井盖")

        assert answer.status_code == 302
        second.refresh_from_db()
        assert second.merged_into_id == first.pk
        assert first.reports.count() == 2
        assert second.number in page_of(them.desk, first)

    def test_it_can_be_undone(self, them: People, two: tuple[WorkOrder, WorkOrder]) -> None:
        first, second = two
        path = f"/desk/cases/{second.number}/merge"
        page = page_of(them.desk, second)
        send(them.desk, page, path, into=first.number, reason="同一个")

        undo = f"/desk/cases/{second.number}/undo-merge"
        answer = send(them.desk, page_of(them.desk, second), undo, reason="不是一个")

        assert answer.status_code == 302
        assert second.reports.count() == 1

    def test_on_an_old_page_it_is_not_undone(
        self, them: People, two: tuple[WorkOrder, WorkOrder]
    ) -> None:
        first, second = two
        merge, undo = (f"/desk/cases/{second.number}/{name}" for name in ("merge", "undo-merge"))
        again = {"into": first.number, "reason": "同一个"}
        send(them.desk, page_of(them.desk, second), merge, **again)
        old = page_of(them.desk, second)
        send(them.desk, old, undo, reason="不是一个")
        send(them.desk, page_of(them.desk, second), merge, **again)

        answer = send(them.desk, old, undo, reason="不是一个")

        assert answer.status_code == 409
        assert (first.reports.count(), second.reports.count()) == (2, 0)

    @pytest.mark.parametrize("into", ["", "20200101-0001", "own"])
    def test_into_nothing_or_itself_it_comes_back(
        self, them: People, two: tuple[WorkOrder, WorkOrder], into: str
    ) -> None:
        _first, second = two
        page = page_of(them.desk, second)
        path = f"/desk/cases/{second.number}/merge"
        into = second.number if into == "own" else into

        answer = send(them.desk, page, path, into=into, reason="同一个")

        assert answer.status_code in (404, 422)
        second.refresh_from_db()
        assert second.outcome == ""

    def test_words_far_away_are_not_alike(self, by: Standing, them: People) -> None:
        other = by.reported(said("k-1", "小区电梯坏了三天"))
        case = by.reported(said("k-2", "公园晚上跳舞太吵"))
        for one in (other, case):
            one.audience.update(opened_at=timezone.now())

        assert other.number not in page_of(them.desk, case)


class TestRecall:
    def test_what_was_just_sent_is_listed_and_taken_back(self, by: Standing, them: People) -> None:
        case = by.dispatched(said())
        page = them.desk.get("/desk/queue/sent/").content.decode()
        path = f"/desk/tasks/{owed(case, _K.LEAD).pk}/RECALL"
        assert case.number in page

        answer = send(them.desk, page, path, reason="派错了")

        assert answer.status_code == 302
        assert owed(case, _K.DISPATCH)
        assert case.number in told(them.desk)
        assert case.number not in them.desk.get("/desk/queue/sent/").content.decode()

    def test_once_acknowledged_it_is_no_longer_there(self, by: Standing, them: People) -> None:
        case = by.handling(said())

        assert case.number not in them.desk.get("/desk/queue/sent/").content.decode()
        assert "RECALL" not in page_of(them.desk, case)


class TestDispatch:
    def test_lead_double_helping_and_copies_in_one_form(
        self, by: Standing, them: People, district: District
    ) -> None:
        case = by.registered(said())
        path = f"/desk/cases/{case.number}/dispatch"

        answer = send(
            them.desk,
            page_of(them.desk, case),
            path,
            lead=district.roads,
            double=district.parks,
            helping=district.water,
            copy=district.qingbo,
            principle="BY_LAW",
            basis="条例",
        )

        assert answer.status_code == 302
        owing = set(case.tasks.filter(ended_at=None).values_list("kind", "unit_id"))
        assert owing >= {
            (_K.LEAD, district.roads),
            (_K.DOUBLE, district.parks),
            (_K.CO_HANDLE, district.water),
        }
        assert list(case.copies.values_list("unit_id", flat=True)) == [district.qingbo]

    def test_the_suggested_lead_brings_its_helpers_and_another_does_not(
        self, by: Standing, them: People, district: District
    ) -> None:
        case = by.registered(said())
        path = f"/desk/cases/{case.number}/dispatch"
        page = page_of(them.desk, case)
        assert f'name="helping-{district.roads}" value="{district.water}" checked' in page
        along = {f"helping-{district.roads}": district.water}

        send(
            them.desk, page, path, lead=district.parks, principle="BY_AGREEMENT", basis="商定",
            **along,
        )  # fmt: skip

        assert not case.tasks.filter(kind=_K.CO_HANDLE).exists()

    def test_only_the_duty_leader_designates_and_only_after_asking(
        self, by: Standing, them: People, district: District
    ) -> None:
        case = by.registered(said())
        path = f"/desk/cases/{case.number}/dispatch"
        typed = {"lead": district.parks, "principle": "BY_DESIGNATION", "basis": "会商后"}

        refused = send(them.desk, page_of(them.desk, case), path, **typed)

        page = refused.content.decode()
        assert refused.status_code == 409
        assert re.search(r'id="principle_error">指定主办前，请先会商', page)
        assert 'value="BY_DESIGNATION" selected' in page
        assert owed(case, _K.DISPATCH)

    def test_a_dispatcher_can_t_choose_designation(
        self, by: Standing, them: People, district: District
    ) -> None:
        case = by.registered(said())
        dispatcher = signed_in("dispatcher", (Role.DISPATCHER, district.centre))

        page = page_of(dispatcher, case)

        assert re.search(r'<option value="BY_DESIGNATION" disabled', page)
        assert "指定主办由值班长办" in page

    def test_opinions_stand_beside_the_suggestions(self, by: Standing, them: People) -> None:
        case = by.before(_K.CONSULT, TaskState.OPEN, said())
        task = owed(case, _K.CONSULT)
        assert "还没有答复" in page_of(them.desk, case)

        send(
            them.unit,
            page_of(them.unit, case),
            f"/desk/tasks/{task.pk}/OPINE",
            reason="按条例由城管主办",
        )

        _before, page = page_of(them.desk, case).split("您现在可以")
        assert page.index("会商意见") < page.index("按条例由城管主办") < page.index("建议主办")

    def test_what_was_sent_says_where_it_is_taken_back(
        self, by: Standing, them: People, district: District
    ) -> None:
        case = by.registered(said())
        path = f"/desk/cases/{case.number}/dispatch"
        typed = {"lead": district.roads, "principle": "BY_LAW", "basis": "条例"}

        send(them.desk, page_of(them.desk, case), path, **typed)

        page = them.desk.get("/desk/").content.decode()
        assert f'<a href="/desk/cases/{case.number}/#recall">派错了，撤回</a>' in page


class TestAlerts:
    def test_a_chased_case_is_marked_until_somebody_of_the_unit_opens_it(
        self, by: Standing, them: People
    ) -> None:
        case = by.handling(said(phone=PHONE))
        speaks = staff(by.district.centre, Power.SEE, Power.REPORT)
        chase(case, speaks)

        home = them.handler.get("/desk/").content.decode()
        assert "新提醒" in home
        assert "市民催单" in home
        assert "市民催单" in them.handler.get("/desk/queue/work/").content.decode()

        page = page_of(them.handler, case)
        assert "市民催单" in page
        assert "市民催单" not in them.handler.get("/desk/queue/work/").content.decode()

    def test_the_leaders_alert_waits_for_the_leader(self, by: Standing, them: People) -> None:
        case = by.handling(said(phone=PHONE))
        chase(case, staff(by.district.centre, Power.SEE, Power.REPORT))

        page_of(them.handler, case)

        assert "市民催单" in them.unit.get("/desk/").content.decode()

    def test_another_unit_s_opening_leaves_it(self, by: Standing, them: People) -> None:
        case = by.handling(said(phone=PHONE))
        chase(case, staff(by.district.centre, Power.SEE, Power.REPORT))

        page_of(them.desk, case)

        assert "市民催单" in them.handler.get("/desk/queue/work/").content.decode()

    def test_seeing_it_is_no_line_of_the_history(self, by: Standing, them: People) -> None:
        case = by.handling(said(phone=PHONE))
        chase(case, staff(by.district.centre, Power.SEE, Power.REPORT))
        before = case.entries.count()

        page_of(them.handler, case)

        assert case.entries.count() == before


def chase(case: WorkOrder, actor: Actor) -> None:
    from_phone = case.reports.get()
    actions.chase_report(report_id=from_phone.pk, words="快点", actor=actor, at=timezone.now())


class TestWhoHasSeen:
    def test_is_one_click_from_the_case(self, by: Standing, them: People) -> None:
        case = by.handling(said())
        page = page_of(them.handler, case)
        assert f'href="/desk/cases/{case.number}/viewings"' in page

        seen = them.desk.get(f"/desk/cases/{case.number}/viewings").content.decode()

        assert "handler" in seen
        assert "查看" in seen

    def test_a_print_is_noted(self, by: Standing, them: People) -> None:
        case = by.handling(said())

        printed = them.handler.get(f"/desk/cases/{case.number}/print")

        assert printed.status_code == 200
        seen = them.desk.get(f"/desk/cases/{case.number}/viewings").content.decode()
        assert "打印" in seen

    def test_a_list_that_shows_a_case_beside_it_shows_who_saw_it(
        self, by: Standing, them: People
    ) -> None:
        case = by.handling(said())

        them.handler.get("/desk/queue/work/")

        assert case.viewings.count() == 1


def test_a_case_owed_twice_stands_once_in_the_list(by: Standing, them: People) -> None:
    case = by.dispatched(said(phone=PHONE))  # lead and first contact

    page = them.unit.get("/desk/queue/work/").content.decode()

    assert page.count(f'data-number="{case.number}"') == 1
    assert re.search(r"<h1>我的待办</h1>.*?data-count[^>]*>1件", page)
    assert len(Task.objects.filter(unit=by.owner, ended_at=None)) == 2


def test_the_history_has_words_for_every_deed(by: Standing, them: People) -> None:
    """No code, no English word in the Chinese timeline of a case that took many turns."""
    case = by.before(_K.LEDGER_REVIEW, TaskState.OPEN, outer(said(phone=PHONE)))

    page = page_of(them.desk, case)
    (timeline,) = re.findall(r'<ol class="time">(.*?)</ol>', page, re.S)
    words = re.sub(r"<[^>]+>", " ", timeline)

    assert not re.search(r"[A-Z_]{4,}", words)


class TestThirdParties:
    """A contractor sees what it owes, in the words of who asked it, and no citizen's."""

    WORDS = "和平路口井盖坏了，家住三号楼的王奶奶摔过"

    @pytest.fixture
    def contractor(self, them: People) -> tuple[Client, int]:
        table = (
            "单位代码,单位名称,类型,层级,上级单位代码,启用日期\n"
            "fixers,演示市政维修公司,作业单位,区级,roads,2020-01-01\n"
        )
        people.import_units(content=table.encode(), actor=LOADER, at=AT)
        unit_id = unit_ids_by_code(["fixers"])["fixers"]
        return signed_in("fixer", (Role.HANDLER, unit_id)), unit_id

    @pytest.fixture
    def case(self, by: Standing, them: People, contractor: tuple[Client, int]) -> WorkOrder:
        case = by.handling(said(words=self.WORDS, phone=PHONE))
        path = f"/desk/tasks/{owed(case, _K.LEAD).pk}/SUBASSIGN"
        page = page_of(them.unit, case)
        send(them.unit, page, path, reason="换一块五百的井盖", asked=contractor[1])
        return case

    @pytest.mark.parametrize(
        "path",
        ["/desk/", "/desk/queue/work/", "/desk/cases/{number}/", "/desk/cases/{number}/print"],
    )
    def test_no_page_shows_the_citizens_words_or_who_else_works(
        self, contractor: tuple[Client, int], case: WorkOrder, path: str
    ) -> None:
        page = contractor[0].get(path.format(number=case.number)).content.decode()

        assert case.number in page
        hidden = ("王奶奶", "家住", "138****", "看号码", "谁看过", "区城市管理局主办", "受理立案")
        assert [words for words in hidden if words in page] == []

    def test_it_sees_what_it_is_asked_and_does_it(
        self, contractor: tuple[Client, int], case: WorkOrder
    ) -> None:
        client, _unit_id = contractor
        task = owed(case, _K.SUBASSIGNED)

        page = page_of(client, case)
        send(client, page, f"/desk/tasks/{task.pk}/ACKNOWLEDGE")
        send(client, page_of(client, case), f"/desk/tasks/{task.pk}/HAND_UP", reason="换好了")

        assert "换一块五百的井盖" in page
        task.refresh_from_db()
        assert task.state == TaskState.DONE

    def test_words_that_it_may_not_read_find_nothing(
        self, contractor: tuple[Client, int], case: WorkOrder
    ) -> None:
        client, unit_id = contractor

        for path in ("/desk/queue/work/", "/desk/cases/", "/desk/palette"):
            found = client.get(path, {"words": "王奶奶", "q": "王奶奶"}).content.decode()
            assert case.number not in found
        listed = client.get(f"/api/v1/workorders?unit_id={unit_id}").json()
        assert [(row["number"], row["words"]) for row in listed] == [(case.number, "")]

    def test_who_has_seen_it_is_not_told(
        self, contractor: tuple[Client, int], case: WorkOrder
    ) -> None:
        answer = contractor[0].get(f"/desk/cases/{case.number}/viewings")

        assert answer.status_code == 404
