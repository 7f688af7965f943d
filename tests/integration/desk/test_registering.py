"""The registrar's list has pages and keeps its place; no place that was found or typed is lost."""

import re

import pytest
from django.test import Client

from chengshao.desk.queries import PAGE_SIZE
from chengshao.kernel.actor import Actor, ActorKind
from chengshao.people import actions as people
from chengshao.people.models import User
from chengshao.people.terms import Role
from chengshao.workorders.models import WorkOrder
from tests.district import (
    AT,
    LOADER,
    MANHOLE,
    QINGBO,
    QINGBOMEN,
    SINCE,
    District,
    reported,
    said,
)

CITIZEN = Actor(ActorKind.CITIZEN)
LIST = "/desk/queue/register/"


@pytest.fixture
def registrar(district: District) -> Client:
    people.load_role_powers(rows=people.default_role_powers(), actor=LOADER, at=AT)
    new = people.NewAccount(username="registrar", display_name="受理员")
    user_id = people.open_account(account=new, actor=LOADER, at=AT)
    people.appoint(
        user_id=user_id,
        role=Role.REGISTRAR,
        unit_id=district.centre,
        valid_from=SINCE,
        actor=LOADER,
        at=AT,
    )
    client = Client()
    client.force_login(User.objects.get(pk=user_id))
    return client


def numbers(client: Client, query: str = "") -> list[str]:
    """Return the numbers on the list, in its order."""
    page = client.get(f"{LIST}{query}").content.decode()
    return re.findall(r'data-number="(\d{8}-\d{4})', page)


def told(words: str = "", place: str = "") -> WorkOrder:
    """Return a new case in which a citizen named this place."""
    report = said(f"k-{WorkOrder.objects.count()}", words or "井盖坏了")
    object.__setattr__(report, "place", place)
    return reported(CITIZEN, report).work_order


def register(client: Client, case: WorkOrder, **said: str) -> str:
    """Register the case with what the form says and return where the registrar gets to."""
    form = {"seen_revision": str(case.revision), "matter": MANHOLE, "place": case.place}
    answer = client.post(f"/desk/cases/{case.number}/register", form | said)
    assert answer.status_code == 302, answer.content.decode()
    case.refresh_from_db()
    return answer["Location"]


class TestPages:
    def test_every_case_stands_on_one_page_of_the_list(self, registrar: Client) -> None:
        cases = [told().number for _ in range(PAGE_SIZE + 2)]

        first, second = numbers(registrar), numbers(registrar, f"?offset={PAGE_SIZE}")

        assert (len(first), len(second)) == (PAGE_SIZE, 2)
        assert first + second == cases

    def test_a_full_page_alone_offers_no_other(self, registrar: Client) -> None:
        for _ in range(PAGE_SIZE):
            told()

        page = registrar.get(LIST).content.decode()

        assert 'rel="next"' not in page

    def test_the_count_is_of_what_was_searched(self, registrar: Client) -> None:
        told("路灯不亮")
        told("井盖坏了")

        page = registrar.get(LIST, {"words": "路灯"}).content.decode()

        assert re.search(r"<h1>.*?</h1>.*?data-count[^>]*>1件", page)


class TestWhereTheRegistrarGetsTo:
    @pytest.mark.parametrize(
        ("back", "then"),
        [
            (LIST, LIST),
            (f"{LIST}?words=%E8%B7%AF%E7%81%AF&offset=50", "words=%E8%B7%AF%E7%81%AF&offset=50"),
            (f"{LIST}?case=20260302-0001&q=jg", LIST),
            ("https://elsewhere.example/", "/desk/"),
            ("//elsewhere.example/", "/desk/"),
            ("没有这一页", "/desk/"),
        ],
    )
    def test_back_to_the_same_list_without_the_case(
        self, registrar: Client, back: str, then: str
    ) -> None:
        where = register(registrar, told(), back=back)

        assert where.endswith(then)
        assert "case=" not in where
        assert "elsewhere" not in where


class TestPlace:
    def test_left_alone_it_stays(self, registrar: Client) -> None:
        case = told(place="小店门口")

        register(registrar, case)

        assert (case.place, case.territory) == ("小店门口", "")

    def test_only_typed_it_is_kept_in_words(self, registrar: Client) -> None:
        case = told()

        register(registrar, case, place="和平路口")

        assert (case.place, case.territory) == ("和平路口", "")

    def test_said_in_other_words_it_stays_where_it_is(self, registrar: Client) -> None:
        case = told(place="小店门口")
        WorkOrder.objects.filter(pk=case.pk).update(territory=QINGBOMEN)

        register(registrar, case, place="小店后门")

        assert (case.place, case.territory) == ("小店后门", QINGBOMEN)

    def test_a_picked_subdistrict_is_not_narrowed_to_a_community(self, registrar: Client) -> None:
        case = told()
        found = registrar.get("/desk/find/places", {"place": "qbjd"}).content.decode()
        (value,) = re.findall(r'value="(division:330102001000:[^"]*)"', found)

        register(registrar, case, place="qbjd", found=value)

        assert case.territory == QINGBO
        assert case.place.endswith("清波街道")

    def test_what_was_told_more_exactly_than_picked_is_kept(self, registrar: Client) -> None:
        case = told()

        register(registrar, case, place="清波街道和平路1号", found=f"division:{QINGBO}:清波街道")

        assert (case.place, case.territory) == ("清波街道和平路1号", QINGBO)

    @pytest.mark.parametrize("found", ["point:1", "point:a,b:x", "elsewhere:1", "x"])
    def test_what_was_not_offered_is_refused(self, registrar: Client, found: str) -> None:
        case = told()
        form = {"seen_revision": str(case.revision), "matter": MANHOLE, "found": found}

        answer = registrar.post(f"/desk/cases/{case.number}/register", form)

        case.refresh_from_db()
        assert answer.status_code == 422
        assert case.matter == ""
