"""This room's pages: who gets in, what a form does, and how a refusal is told at the form."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from chengshao.people import actions, queries
from chengshao.people.models import Appointment, DutyPattern, SignIn, Token, Unit, User
from chengshao.people.rules import open_work
from chengshao.people.terms import Role, SignInOutcome, UnitKind
from chengshao.web.sheets import read_table
from tests.integration.people.conftest import (
    AT,
    LOADER,
    account,
    appointed,
    load_powers,
    unit,
)

pytestmark = pytest.mark.django_db

PASSWORD = "long-enough-42"
KEEPER, APPOINTER, AUDITOR, STAFF = (
    Role.SYSTEM_ADMINISTRATOR,
    Role.SECURITY_ADMINISTRATOR,
    Role.AUDITOR,
    Role.OPERATOR,
)
EVERYBODY = (STAFF, KEEPER, APPOINTER, AUDITOR)
PAGES = [
    ("preferences", EVERYBODY),
    ("password", EVERYBODY),
    ("units", EVERYBODY),
    ("unit", EVERYBODY),
    ("new_unit", (KEEPER,)),
    ("staff", (APPOINTER,)),
    ("new_account", (APPOINTER,)),
    ("account", (APPOINTER,)),
    ("machines", (KEEPER,)),
    ("contact_log", (AUDITOR,)),
    ("account_log", (AUDITOR,)),
    ("sign_in_log", (AUDITOR,)),
    ("tables", (KEEPER, APPOINTER)),
    ("table/units", (KEEPER,)),
    ("table/roster", (KEEPER,)),
    ("table/unit-roles", (KEEPER,)),
    ("table/staff", (APPOINTER,)),
    ("table/role-powers", (APPOINTER,)),
]
POSTS = [
    ("new_unit", (KEEPER,)),
    ("change_unit/rename", (KEEPER,)),
    ("end_role", (KEEPER,)),
    ("end_shift", (KEEPER,)),
    ("new_account", (APPOINTER,)),
    ("account", (APPOINTER,)),
    ("issue_password", (APPOINTER,)),
    ("close_account", (APPOINTER,)),
    ("reopen_account", (APPOINTER,)),
    ("end_appointment", (APPOINTER,)),
    ("machines", (KEEPER,)),
    ("issue_token", (KEEPER,)),
    ("revoke_token", (KEEPER,)),
    ("table/units", (KEEPER,)),
    ("table/staff", (APPOINTER,)),
]
OF_A_UNIT = {"unit", "change_unit"}
OF_A_USER = {"account", "issue_password", "close_account", "reopen_account", "issue_token"}


@pytest.fixture
def centre() -> int:
    load_powers()
    return unit("centre", UnitKind.COMMAND_CENTRE, name="联动指挥中心", is_desk=True)


def person(role: Role, centre: int) -> User:
    return appointed(role.lower(), role, centre if role is STAFF else None)


def signed_in(role: Role, centre: int) -> Client:
    client = Client()
    client.force_login(person(role, centre))
    return client


def address(name: str, centre: int) -> str:
    """Return the address of a page, about the centre, some user or something that is not there."""
    name, _, more = name.partition("/")
    if name in OF_A_UNIT:
        return reverse(f"people:{name}", args=[centre, *([more] if more else [])])
    if name in OF_A_USER:
        return reverse(f"people:{name}", args=[account("someone").pk])
    if name in {"end_role", "end_shift"}:
        return reverse(f"people:{name}", args=[centre, 0])
    if name in {"end_appointment", "revoke_token"}:
        return reverse(f"people:{name}", args=[0])
    return reverse(f"people:{name}", args=[more] if more else [])


class TestWhoGetsIn:
    @pytest.mark.parametrize("role", EVERYBODY)
    @pytest.mark.parametrize(("name", "allowed"), PAGES)
    def test_to_a_page(self, centre: int, name: str, allowed: tuple[Role, ...], role: Role) -> None:
        answer = signed_in(role, centre).get(address(name, centre))

        assert answer.status_code == (200 if role in allowed else 403)

    @pytest.mark.parametrize("role", EVERYBODY)
    @pytest.mark.parametrize(("name", "allowed"), POSTS)
    def test_to_a_deed(self, centre: int, name: str, allowed: tuple[Role, ...], role: Role) -> None:
        answer = signed_in(role, centre).post(address(name, centre), {})

        assert (answer.status_code == 403) == (role not in allowed)

    @pytest.mark.parametrize(("name", "_allowed"), [*PAGES, *POSTS])
    def test_whoever_is_not_signed_in_is_sent_there_and_back(
        self, client: Client, centre: int, name: str, _allowed: object
    ) -> None:
        where = address(name, centre)
        posts_only = (name, _allowed) in POSTS and (name, _allowed) not in PAGES

        answer = client.post(where) if posts_only else client.get(where)

        assert (answer.status_code, answer.headers.get("Location", "").partition("?")[0]) == (
            302,
            reverse("people:sign_in"),
        )

    def test_staff_names_show_to_the_units_own_people(self, centre: int) -> None:
        appointed("handler", Role.HANDLER, centre)
        other = unit("other")
        stranger = Client()
        stranger.force_login(appointed("stranger", Role.HANDLER, other))
        where = address("unit", centre)

        assert "演示人" in signed_in(STAFF, centre).get(where).content.decode().split("<main")[1]
        assert "演示人" not in stranger.get(where).content.decode().split("<main")[1]


class TestSigningIn:
    def give_password(self, user: User, *, initial: bool) -> None:
        actions.set_password(
            user_id=user.pk, password=PASSWORD, initial=initial, actor=LOADER, at=AT
        )

    def sign_in(self, client: Client, password: str = PASSWORD, onward: str = "") -> Any:
        said = {"username": "operator", "password": password, "next": onward}
        return client.post(reverse("people:sign_in"), said)

    def test_goes_on_where_one_wanted_to(self, client: Client, centre: int) -> None:
        self.give_password(person(STAFF, centre), initial=False)

        answer = self.sign_in(client, onward="/units/")

        assert (answer.status_code, answer["Location"]) == (302, "/units/")
        assert client.get("/units/").status_code == 200

    @pytest.mark.parametrize("onward", ["https://evil.example/", "//evil.example", "javascript:x"])
    def test_never_to_another_site(self, client: Client, centre: int, onward: str) -> None:
        self.give_password(person(STAFF, centre), initial=False)

        assert self.sign_in(client, onward=onward)["Location"] == reverse("desk:home")

    def test_wrong_is_told_at_the_form(self, client: Client, centre: int) -> None:
        self.give_password(person(STAFF, centre), initial=False)

        answer = self.sign_in(client, "wrong")

        assert answer.status_code == 422
        assert "用户名或密码不对" in answer.content.decode()
        assert PASSWORD not in answer.content.decode()

    def test_too_often_is_429(self, client: Client, centre: int) -> None:
        self.give_password(person(STAFF, centre), initial=False)

        answers = [self.sign_in(client, "wrong").status_code for _ in range(6)]

        assert answers == [422] * 5 + [429]

    def test_an_initial_password_opens_nothing_but_its_change(
        self, client: Client, centre: int
    ) -> None:
        self.give_password(person(STAFF, centre), initial=True)

        first = self.sign_in(client, onward="/units/")
        elsewhere = client.get("/units/", follow=True)
        changed = client.post(
            first["Location"],
            {"old": PASSWORD, "new": "mine-and-long", "again": "mine-and-long", "next": "/units/"},
        )

        assert first["Location"].startswith(reverse("people:password"))
        assert elsewhere.redirect_chain[-1][0].startswith(reverse("people:password"))
        assert changed["Location"] == "/units/"
        assert client.get("/units/").status_code == 200

    def test_signing_out_takes_a_post(self, centre: int) -> None:
        client = signed_in(STAFF, centre)

        assert client.get(reverse("people:sign_out")).status_code == 405
        client.post(reverse("people:sign_out"))

        assert client.get("/units/").status_code == 302

    def test_a_machine_with_a_session_is_nobody(self, client: Client) -> None:
        machine = account("machine", is_machine=True)
        client.force_login(machine)

        assert client.get("/units/").status_code == 302


class TestDemo:
    def test_one_click_signs_in(self, client: Client, centre: int, settings: Any) -> None:
        settings.DEMO = True
        user = person(STAFF, centre)

        shown = client.get(reverse("people:sign_in")).content.decode()
        client.post(reverse("people:sign_in_demo"), {"user": user.pk, "next": "/units/"})

        assert reverse("people:sign_in_demo") in shown
        assert client.get("/units/").status_code == 200
        assert SignIn.objects.get().outcome == SignInOutcome.SIGNED_IN

    def test_outside_the_demo_there_is_no_such_page(
        self, client: Client, centre: int, settings: Any
    ) -> None:
        settings.DEMO = False
        user = person(STAFF, centre)

        shown = client.get(reverse("people:sign_in")).content.decode()
        answer = client.post(reverse("people:sign_in_demo"), {"user": user.pk})

        assert answer.status_code == 404
        assert reverse("people:sign_in_demo") not in shown
        assert client.get("/units/").status_code == 302

    @pytest.mark.parametrize("asked", ["", "0", "x"])
    def test_nobody_else_is_let_in(
        self, client: Client, centre: int, settings: Any, asked: str
    ) -> None:
        settings.DEMO = True

        assert client.post(reverse("people:sign_in_demo"), {"user": asked}).status_code == 404


def test_preferences_are_kept_and_the_pages_speak_the_language(centre: int) -> None:
    client = signed_in(STAFF, centre)

    client.post(reverse("people:preferences"), {"language": "en", "theme": "dark", "density": ""})

    user = User.objects.get()
    assert (user.language, user.theme, user.density) == ("en", "dark", "")
    shown = client.get("/units/", headers={"Accept-Language": "zh-CN"}).content.decode()
    assert '<html lang="en"' in shown
    assert 'data-theme="dark"' in shown


class TestUnits:
    def test_a_unit_is_opened_under_its_parent(self, centre: int) -> None:
        client = signed_in(KEEPER, centre)
        said = {
            "code": "team",
            "name": "演示中队",
            "kind": "DEPARTMENT",
            "level": "DISTRICT",
            "on": "2024-01-01",
            "parent": "centre",
        }

        answer = client.post(reverse("people:new_unit"), said)

        opened = Unit.objects.get(code="team")
        assert answer["Location"] == reverse("people:unit", args=[opened.pk])
        assert opened.parents.get().parent_id == centre

    def test_a_refusal_stands_at_the_form_with_what_was_filled_in(self, centre: int) -> None:
        client = signed_in(KEEPER, centre)
        said = {
            "code": "centre",
            "name": "另一个中心",
            "kind": "DEPARTMENT",
            "level": "DISTRICT",
            "on": "2024-01-01",
        }

        answer = client.post(reverse("people:new_unit"), said)

        assert answer.status_code == 422
        assert "单位代码“centre”已被使用" in answer.content.decode()
        assert 'value="另一个中心"' in answer.content.decode()

    @pytest.mark.parametrize(
        ("command", "said"),
        [
            ("rename", {"name": "新名称"}),
            ("move", {"relation": "ADMINISTRATIVE", "parent": "centre"}),
            ("role", {"role": "城市管理", "territory": ""}),
            ("merge", {"into": "centre"}),
            ("split", {"into": "centre"}),
            ("close", {}),
            ("close", {"successor": "centre"}),
        ],
    )
    def test_what_the_keeper_does_is_done_and_written_down(
        self, centre: int, command: str, said: dict[str, str]
    ) -> None:
        pk = unit("urban")
        client = signed_in(KEEPER, centre)

        where = reverse("people:change_unit", args=[pk, command])
        answer = client.post(where, said | {"on": "2025-01-01"})

        assert answer["Location"] == reverse("people:unit", args=[pk])
        assert Unit.objects.get(pk=pk).changes.count() == 2
        assert client.get(reverse("people:unit", args=[pk])).status_code == 200

    def test_a_unit_that_owes_tasks_is_refused_beside_the_successor(
        self, centre: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        pk = unit("urban")
        monkeypatch.setitem(open_work._asked, "TASKS", lambda ids: {pk: 3} if pk in ids else {})
        client = signed_in(KEEPER, centre)
        where = reverse("people:change_unit", args=[pk, "close"])

        answer = client.post(where, {"on": "2025-01-01", "document": "示意1号"})

        assert answer.status_code == 422
        shown = answer.content.decode()
        assert 'id="close_successor_error">此单位还有3项未办结的任务，请填写承接单位' in shown
        assert 'value="示意1号"' in shown
        assert Unit.objects.get(pk=pk).valid_until is None
        client.post(where, {"on": "2025-01-01", "successor": "centre"})
        assert Unit.objects.get(pk=pk).valid_until == date(2025, 1, 1)

    SHIFT = {
        "day_kind": "HOLIDAY",
        "starts": "20:00",
        "ends": "08:00",
        "leader": "演示甲",
        "phone": "0571-00000001",
        "deputies": "演示乙、演示丙",
        "deputy_phones": "、0571-00000003",
        "on": "2024-01-01",
    }

    def test_a_shift_is_put_on_the_roster_and_taken_off(self, centre: int) -> None:
        client = signed_in(KEEPER, centre)
        page = reverse("people:unit", args=[centre])

        client.post(reverse("people:change_unit", args=[centre, "shift"]), self.SHIFT)

        (row,) = DutyPattern.objects.all()
        assert [(one.name, one.phone) for one in row.deputies.all()] == [
            ("演示乙", ""),
            ("演示丙", "0571-00000003"),
        ]
        shown = client.get(page).content.decode()
        assert all(word in shown for word in ("法定节假日", "演示乙", "tel:0571-00000003"))
        client.post(reverse("people:end_shift", args=[centre, row.pk]))
        assert "tel:0571-00000003" not in client.get(page).content.decode()

    @pytest.mark.parametrize(
        ("wrong", "field", "words"),
        [
            ({"deputy_phones": "0571-00000003"}, "deputy_phones", "一一对应"),
            ({"day_kind": "DATE"}, "on_date", "须填日期"),
            ({"starts": "25:00"}, "starts", "有效"),
        ],
    )
    def test_a_refused_shift_comes_back_with_what_was_typed(
        self, centre: int, wrong: dict[str, str], field: str, words: str
    ) -> None:
        client = signed_in(KEEPER, centre)

        where = reverse("people:change_unit", args=[centre, "shift"])
        answer = client.post(where, self.SHIFT | wrong)

        assert answer.status_code == 422
        shown = answer.content.decode()
        assert words in shown.split(f'id="shift_{field}_error">')[1].split("</p>")[0]
        assert 'value="演示乙、演示丙"' in shown
        assert not DutyPattern.objects.exists()

    def test_closing_the_desk_is_refused_at_its_form(self, centre: int) -> None:
        client = signed_in(KEEPER, centre)

        where = reverse("people:change_unit", args=[centre, "close"])
        answer = client.post(where, {"on": "2025-01-01"})

        assert answer.status_code == 422
        assert "派单台不能停用" in answer.content.decode()

    def test_an_unknown_command_is_404(self, centre: int) -> None:
        client = signed_in(KEEPER, centre)

        where = reverse("people:change_unit", args=[centre, "burn"])

        assert client.post(where, {}).status_code == 404

    def test_are_found_by_initials(self, centre: int) -> None:
        shown = signed_in(STAFF, centre).get("/units/?words=ldzhzx").content.decode()

        assert "联动指挥中心" in shown.split("<main")[1]


class TestStaff:
    def test_an_account_is_opened_appointed_and_given_a_password(self, centre: int) -> None:
        client = signed_in(APPOINTER, centre)

        client.post(reverse("people:new_account"), {"username": "new", "display_name": "演示新人"})
        user = User.objects.get(username="new")
        said = {"role": "REGISTRAR", "unit": "centre", "valid_from": "2024-01-01"}
        client.post(reverse("people:account", args=[user.pk]), said)
        shown = client.post(reverse("people:issue_password", args=[user.pk])).content.decode()

        user.refresh_from_db()
        password = shown.split("<code>")[1].split("</code>")[0]
        assert user.check_password(password)
        assert user.appointments.get().role == Role.REGISTRAR

    def test_whoever_appoints_is_told_which_roles_need_a_unit(self, centre: int) -> None:
        someone = appointed("someone", Role.HANDLER, centre)

        page = signed_in(APPOINTER, centre).get(reverse("people:account", args=[someone.pk]))

        label = page.content.decode().split('<label for="id_unit">')[1].split("</div>")[0]
        assert "其他岗位必填" in label
        assert "可以不填" not in label

    def test_oneself_is_offered_nothing(self, centre: int) -> None:
        client = signed_in(APPOINTER, centre)
        me = User.objects.get()

        shown = client.get(reverse("people:account", args=[me.pk])).content.decode()
        answer = client.post(
            reverse("people:account", args=[me.pk]),
            {"role": "AUDITOR", "valid_from": "2024-01-01"},
        )

        assert reverse("people:issue_password", args=[me.pk]) not in shown
        assert answer.status_code == 422
        assert Appointment.objects.count() == 1

    def test_a_refused_button_says_why_on_the_page_it_stands_on(self, centre: int) -> None:
        client = signed_in(APPOINTER, centre)
        last = Appointment.objects.get(role=APPOINTER)
        other = appointed("other-security", APPOINTER)
        actions.close_account(user_id=other.pk, actor=LOADER, at=AT)

        where = reverse("people:end_appointment", args=[last.pk])
        answer = client.post(where, follow=True)

        assert answer.status_code == 200
        assert "这是最后一名安全管理员" in answer.content.decode()
        last.refresh_from_db()
        assert last.valid_until is None

    def test_an_appointment_ends_today(self, centre: int) -> None:
        row = appointed("someone", Role.HANDLER, centre).appointments.get()
        client = signed_in(APPOINTER, centre)

        client.post(reverse("people:end_appointment", args=[row.pk]))

        row.refresh_from_db()
        assert row.valid_until is not None


def test_a_key_is_shown_once_and_can_be_made_void(centre: int) -> None:
    client = signed_in(KEEPER, centre)
    machine = appointed("feeder", Role.MACHINE, centre)

    where = reverse("people:issue_token", args=[machine.pk])
    given = {"label": "导入", "powers": ["REPORT"], "expires_on": "2027-03-02"}
    shown = client.post(where, given).content.decode()
    key = shown.split("<code>")[1].split("</code>")[0]
    later = client.get(reverse("people:machines")).content.decode()

    assert queries.actor_of_token(key) is not None
    assert key not in later
    client.post(reverse("people:revoke_token", args=[Token.objects.get().pk]))
    assert queries.actor_of_token(key) is None


class TestTables:
    def test_what_is_taken_away_can_be_handed_in(self, centre: int, tmp_path: Any) -> None:
        client = signed_in(KEEPER, centre)
        where = reverse("people:table", args=["units"])
        answer = client.get(where)
        handed = tmp_path / "units.xlsx"
        handed.write_bytes(answer.content)

        with handed.open("rb") as file:
            said = client.post(where, {"file": file}, follow=True)

        assert [row["单位代码"] for row in read_table(answer.content)] == ["centre"]
        assert said.status_code == 200
        assert "已导入，0行有变化" in said.content.decode()

    def test_faults_are_told_by_row_and_column(self, centre: int, tmp_path: Any) -> None:
        client = signed_in(KEEPER, centre)
        handed = tmp_path / "units.csv"
        handed.write_text("单位代码,单位名称,类型,层级,启用日期\nx,某局,王国,区级,2024-01-01\n")

        with handed.open("rb") as file:
            answer = client.post(reverse("people:table", args=["units"]), {"file": file})

        assert answer.status_code == 422
        assert "没有“王国”" in answer.content.decode()
        assert Unit.objects.count() == 1

    def test_an_unknown_table_is_404(self, centre: int) -> None:
        client = signed_in(KEEPER, centre)

        assert client.get(reverse("people:table", args=["secrets"])).status_code == 404
