"""The list of all cases: narrowed by what its address says, paged by a case, kept, taken out."""

from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from django.test import Client
from openpyxl import load_workbook

from chengshao.kernel.actor import Actor
from chengshao.people import actions as people
from chengshao.people.models import SavedView, User
from chengshao.people.terms import Role
from chengshao.workorders.models import Viewing
from chengshao.workorders.terms import Channel, ViewingKind
from tests.district import (
    AT,
    HUBIN,
    LOADER,
    MANHOLE,
    QINGBOMEN,
    SINCE,
    District,
    closed,
    dispatched,
    registered,
    reported,
    said,
)

pytestmark = pytest.mark.django_db
LIST = "/desk/cases/"


def signed_in(name: str, unit_id: int, role: Role = Role.DUTY_LEADER) -> Client:
    new = people.NewAccount(username=name, display_name=name)
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
    return signed_in("leader", district.centre)


def numbers(client: Client, query: str = "") -> list[str]:
    answer = client.get(LIST + query)
    assert answer.status_code == 200, answer.content.decode()
    return [row.line.number for row in answer.context["found"].rows]


class TestPages:
    @pytest.fixture
    def five(self, centre: Actor, district: District) -> list[str]:
        """Return five cases, the newest first; two came in the same moment."""
        days = (0, 1, 1, 2, 3)
        found = []
        for serial, day in enumerate(days):
            at = AT + timedelta(days=day)
            found.append(reported(centre, said(f"k-{serial}", "井盖"), at=at).work_order)
        order = sorted(found, key=lambda case: (-case.opened_at.timestamp(), case.pk))
        return [case.number for case in order]

    def test_go_on_after_a_case_and_back_before_one(
        self, leader: Client, five: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("chengshao.desk.pages.case_list.PAGE_SIZE", 2)
        seen, query = [], ""
        while True:
            answer = leader.get(LIST + query)
            page = [row.line.number for row in answer.context["found"].rows]
            seen.append(page)
            if not answer.context["found"].older:
                break
            query = f"?after={page[-1]}"
        assert seen == [five[:2], five[2:4], five[4:]]

        back = leader.get(f"{LIST}?before={five[4]}")
        assert [row.line.number for row in back.context["found"].rows] == five[2:4]
        assert back.context["found"].newer
        first = leader.get(f"{LIST}?before={five[2]}")
        assert [row.line.number for row in first.context["found"].rows] == five[:2]
        assert not first.context["found"].newer

    def test_stay_where_they_are_when_something_new_comes(
        self, leader: Client, five: list[str], centre: Actor
    ) -> None:
        before = numbers(leader, f"?after={five[1]}")

        reported(centre, said("new", "新来的"), at=AT + timedelta(days=9))

        assert numbers(leader, f"?after={five[1]}") == before == five[2:]

    def test_by_words_too(self, leader: Client, five: list[str]) -> None:
        assert numbers(leader, f"?words=井盖&after={five[2]}") == five[3:]
        assert numbers(leader, f"?words=井盖&before={five[2]}") == five[:2]

    @pytest.mark.parametrize("nonsense", ["after=x", "before=99999999-9999", "after=%00", "after="])
    def test_after_nothing_begin_anew(self, leader: Client, five: list[str], nonsense: str) -> None:
        assert numbers(leader, f"?{nonsense}") == five


class TestNarrowed:
    def test_by_how_it_stands(self, leader: Client, centre: Actor, district: District) -> None:
        fresh = reported(centre, said("fresh", "井盖")).work_order.number
        done = closed(centre, district.roads, report=said("done", "井盖")).number

        assert numbers(leader, "?standing=CLOSED") == [done]
        assert numbers(leader, "?standing=OPEN") == [fresh]
        # What was reported in March has been waiting since.
        assert numbers(leader, "?standing=OVERDUE") == [fresh]
        assert numbers(leader, "?step=REPORTED") == [fresh]

    def test_by_matter_class_and_initials(
        self, leader: Client, centre: Actor, district: District
    ) -> None:
        reported(centre, said("unregistered", "不知道"))
        case = registered(centre, said("k", "井盖"))
        assert case.matter.startswith(MANHOLE)

        for words in (MANHOLE, "公用设施", "上水井盖", "ssjg"):
            assert numbers(leader, f"?matter={words}") == [case.number], words

    def test_by_who_handles_it(self, leader: Client, centre: Actor, district: District) -> None:
        of_roads = dispatched(centre, district.roads, report=said("a", "井盖")).number
        of_parks = closed(centre, district.parks, report=said("b", "井盖")).number

        assert numbers(leader, "?handled_by=城市管理局") == [of_roads]
        assert numbers(leader, "?handled_by=parks") == [of_parks]

    def test_by_place_source_and_day(
        self, leader: Client, centre: Actor, district: District
    ) -> None:
        early = registered(centre, said("a", "井盖"))
        late = reported(
            centre, replace(said("b", "井盖"), channel=Channel.PORTAL), at=AT + timedelta(days=5)
        ).work_order
        assert early.territory == QINGBOMEN

        street = f"{QINGBOMEN[:9]}000"
        assert numbers(leader, f"?division={street}") == [early.number]
        assert numbers(leader, f"?division={HUBIN}") == []
        assert numbers(leader, "?channel=PORTAL") == [late.number]
        assert numbers(leader, "?begins=2026-03-03") == [late.number]
        assert numbers(leader, "?ends=2026-03-02") == [early.number]
        assert numbers(leader, "?begins=2026-03-02&ends=2026-03-07") == [late.number, early.number]

    def test_says_what_it_took_words_for(
        self, leader: Client, centre: Actor, district: District
    ) -> None:
        page = leader.get(f"{LIST}?matter=ssjg").content.decode()
        assert "按“上水井盖”" in page

    @pytest.mark.parametrize(
        ("query", "told"),
        [
            ("matter=没有这种事", "没有叫“没有这种事”的事项"),
            ("handled_by=没有这家", "没有叫“没有这家”的单位"),
            ("begins=2026-03-05&ends=2026-03-01", "结束日期早于开始日期"),
            ("begins=昨天", "日期"),
            ("step=NOWHERE", "NOWHERE"),
            ("division=1", "1"),
            ("import=abc", "条件有误"),
        ],
    )
    def test_what_is_not_understood_is_told_and_finds_nothing(
        self, leader: Client, centre: Actor, query: str, told: str
    ) -> None:
        number = reported(centre, said("k", "井盖")).work_order.number

        answer = leader.get(f"{LIST}?{query}")

        assert answer.status_code == 422
        assert told in answer.content.decode()
        assert number not in answer.content.decode()


class TestColumns:
    def test_are_those_asked_for_and_the_number(self, leader: Client, centre: Actor) -> None:
        reported(centre, said("k", "井盖"))

        answer = leader.get(f"{LIST}?columns=channel&columns=words&columns=nonsense")

        assert [c.key for c in answer.context["columns"]] == ["number", "words", "channel"]

    def test_none_asked_for_are_the_usual(self, leader: Client) -> None:
        keys = [column.key for column in leader.get(LIST).context["columns"]]
        assert keys == ["number", "words", "place", "matter", "unit", "step", "due", "opened"]


class TestExcel:
    def test_has_the_same_rows_and_columns_and_says_who_took_it(
        self, leader: Client, centre: Actor, district: District
    ) -> None:
        case = registered(centre, said("k", "=井盖"))
        other = reported(centre, said("other", "路灯")).work_order

        answer = leader.get("/desk/cases.xlsx?words=井盖&columns=words&columns=channel")

        sheet = load_workbook(BytesIO(answer.content)).active
        assert sheet is not None
        rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
        assert rows == [["编号", "诉求", "来源"], [case.number, "=井盖", "12345热线"]]
        assert sheet.cell(2, 2).data_type == "s"  # never a formula
        taken = Viewing.objects.filter(kind=ViewingKind.EXPORT)
        assert [row.work_order_id for row in taken] == [case.pk]
        assert other.pk not in {row.work_order_id for row in taken}

    def test_of_what_is_not_understood_is_none(self, leader: Client) -> None:
        answer = leader.get("/desk/cases.xlsx?begins=x")
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith(LIST)
        assert not Viewing.objects.exists()

    def test_goes_on_beyond_one_part(
        self, leader: Client, centre: Actor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("chengshao.desk.pages.case_list._AT_ONCE", 2)
        for n in range(5):
            reported(centre, said(f"k-{n}", "井盖"))

        sheet = load_workbook(BytesIO(leader.get("/desk/cases.xlsx").content)).active

        assert sheet is not None
        assert sheet.max_row == 6


class TestViews:
    def kept(self, client: Client, name: str, query: str, unit_id: int | str = "") -> str:
        answer = client.post("/desk/views/", {"name": name, "query": query, "unit": unit_id})
        assert answer.status_code == 302
        return str(answer.headers["Location"])

    @pytest.fixture
    def colleague(self, leader: Client, district: District) -> Client:
        return signed_in("colleague", district.centre)

    def test_one_kept_stands_on_the_page(self, leader: Client) -> None:
        address = self.kept(leader, "井盖在办", "standing=OPEN&after=20260302-0001&words=井盖&x=1")

        assert address == f"{LIST}?standing=OPEN&words=%E4%BA%95%E7%9B%96"  # where one was, not
        (view,) = leader.get(LIST).context["views"]
        assert (view.name, view.query, view.own) == (
            "井盖在办",
            "standing=OPEN&words=%E4%BA%95%E7%9B%96",
            True,
        )

    def test_one_shared_is_there_for_the_unit_and_nobody_else(
        self, leader: Client, colleague: Client, district: District
    ) -> None:
        stranger = signed_in("stranger", district.roads, Role.HANDLER)
        self.kept(leader, "我的", "standing=OPEN")
        self.kept(leader, "大家的", "standing=CLOSED", district.centre)

        def names(client: Client) -> list[tuple[str, bool]]:
            return [(view.name, view.own) for view in client.get(LIST).context["views"]]

        assert set(names(leader)) == {("我的", True), ("大家的", True)}
        assert names(colleague) == [("大家的", False)]
        assert names(stranger) == []

    def test_the_same_name_is_the_same_view(self, leader: Client) -> None:
        self.kept(leader, "我的", "standing=OPEN")
        self.kept(leader, "我的", "standing=CLOSED")

        assert [view.query for view in SavedView.objects.all()] == ["standing=CLOSED"]

    @pytest.mark.parametrize(("name", "unit"), [("", ""), ("x" * 41, ""), ("共用", "roads")])
    def test_what_may_not_be_kept_is_not(
        self, leader: Client, district: District, name: str, unit: str
    ) -> None:
        self.kept(leader, name, "standing=OPEN", getattr(district, unit) if unit else "")
        assert not SavedView.objects.exists()

    def test_beyond_fifty_none_is_kept(self, leader: Client) -> None:
        for n in range(people.MOST_VIEWS):
            self.kept(leader, f"第{n}个", "")

        self.kept(leader, "又一个", "")

        assert SavedView.objects.count() == people.MOST_VIEWS
        assert not SavedView.objects.filter(name="又一个").exists()

    def test_only_the_own_is_dropped(
        self, leader: Client, colleague: Client, district: District
    ) -> None:
        self.kept(leader, "大家的", "", district.centre)
        (view,) = SavedView.objects.all()

        assert colleague.post(f"/desk/views/{view.pk}/drop").status_code == 404
        assert SavedView.objects.filter(pk=view.pk).exists()
        assert leader.post(f"/desk/views/{view.pk}/drop").status_code == 302
        assert not SavedView.objects.exists()
