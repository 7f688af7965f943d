"""The pages of knowledge as people meet them."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.timezone import now

from chengshao.knowledge import actions, queries
from chengshao.knowledge.models import Correction, Version
from chengshao.knowledge.terms import ItemKind
from chengshao.people.terms import Role
from tests.clerks import SignIn
from tests.district import AT, NO_WATER, District
from tests.integration.knowledge.conftest import draft_of, keeper_of, published
from tests.statements import count_statements

pytestmark = pytest.mark.django_db
FRAME = 6  # session, user, grants, and what waits for them


@pytest.fixture
def item(district: District) -> Version:
    draft = draft_of(district.water, matter=NO_WATER, papers="户号", place="营业厅")
    return published(keeper_of(district.water), draft)


@pytest.fixture
def operator(sign_in: SignIn, district: District) -> Client:
    return sign_in(Role.OPERATOR, district.centre)


@pytest.fixture
def keeper(sign_in: SignIn, district: District) -> Client:
    return sign_in(Role.HANDLER, district.water)


def said(**more: str) -> dict[str, str]:
    return {
        "seen_number": "0",
        "kind": "ANSWER",
        "title": "水费怎么交",
        "answer": "手机上就能交。",
        "source": "示意",
        "valid_from": "2026-01-01T00:00",
        **more,
    }


def test_a_few_characters_find_an_item_and_it_stands_beside_the_list(
    operator: Client, item: Version
) -> None:
    page = operator.get(f"/knowledge/?words=没水&item={item.item.code}").content.decode()

    assert page.count("停水怎么办") >= 2
    assert "不在计划内的，请打供水热线报修。" in page
    assert "区供水公司" in page


def test_a_long_list_goes_on_by_pages_and_tells_each_item_once(
    operator: Client, item: Version
) -> None:
    keeper = keeper_of(item.unit_id)
    tonight = now() + timedelta(hours=9)
    pinned = draft_of(item.unit_id, kind=ItemKind.TEMPORARY, title="今晚", valid_until=tonight)
    published(keeper, pinned)
    for n in range(queries.MOST_SHOWN):
        published(keeper, draft_of(item.unit_id, title=f"第{n}件"))

    first = operator.get("/knowledge/?kind=").context
    second = operator.get(f"/knowledge/?before={first['older']}").context

    assert first["lines"][0].draft.title == "今晚"
    told = [line.code for line in (*first["lines"], *second["lines"])]
    assert len(told) == len(set(told)) == queries.MOST_SHOWN + 2
    assert second["older"] is None


def test_who_keeps_items_reads_on_the_first_page_what_waits_for_them(
    operator: Client, keeper: Client, item: Version
) -> None:
    address = "/knowledge/waiting"
    assert address not in keeper.get("/desk/").content.decode()
    operator.post(f"/knowledge/items/{item.item.code}/wrong", {"words": "电话换了"})

    with count_statements() as counted:
        page = keeper.get("/desk/").content.decode()

    assert "知识库里等您改的" in page
    assert address in page
    assert counted.number <= 8, counted.statements
    assert address not in operator.get("/desk/").content.decode()


def test_nothing_found_offers_to_say_so(operator: Client, item: Version) -> None:
    page = operator.get("/knowledge/?words=电动车上牌").content.decode()

    assert "没有找到" in page
    operator.post("/knowledge/missing", {"words": "电动车上牌"})
    assert Correction.objects.get().words == "电动车上牌"


@pytest.mark.parametrize(
    "address", ["?kind=NONE", "?unit=x", "?unit=9" * 30, "?item=%00&words=%00"]
)
def test_a_strange_address_shows_the_list(operator: Client, item: Version, address: str) -> None:
    assert operator.get(f"/knowledge/{address}").status_code == 200


def test_an_item_shows_what_it_said_before(operator: Client, item: Version) -> None:
    code = item.item.code
    changed = draft_of(item.unit_id, answer="请打96106。")
    published(keeper_of(item.unit_id), changed, code, 1)

    page = operator.get(f"/knowledge/items/{code}/").content.decode()

    assert "请打96106。" in page
    assert "计划停水会提前一天通知" in page
    assert operator.get("/knowledge/items/none/").status_code == 404


def test_who_finds_it_wrong_says_so_in_one_field(operator: Client, item: Version) -> None:
    address = f"/knowledge/items/{item.item.code}/wrong"

    assert operator.post(address, {"words": " "}).status_code == 422
    assert operator.post(address, {"words": "热线换了"}).status_code == 302

    assert Correction.objects.get().unit_id == item.unit_id


def test_the_owner_writes_and_changes(keeper: Client, district: District) -> None:
    form = keeper.get("/knowledge/new").content.decode()
    assert f'value="{district.water}"' in form
    assert f'value="{district.roads}"' not in form

    answer = keeper.post("/knowledge/new", said(unit=str(district.water), matter="停水"))

    version = Version.objects.get()
    assert answer["Location"] == f"/knowledge/items/{version.item.code}/"
    assert version.matter == NO_WATER
    change = f"/knowledge/items/{version.item.code}/change"
    again = said(unit=str(district.water), answer="到营业厅交。", seen_number="1")
    assert keeper.post(change, again).status_code == 302
    assert Version.objects.count() == 2
    late = keeper.post(change, again | {"answer": "网上交。"})
    assert late.status_code == 409
    assert "刚有人发布了新版本" in late.content.decode()
    assert "网上交。" in late.content.decode()


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("answer", "一。二。三。四。", "最多3句"),
        ("kind", "TEMPORARY", "失效时间"),
        ("matter", "没有的事项", "没有事项"),
        ("title", "", "必填"),
        ("valid_until", "2025-01-01T00:00", "生效时间之后"),
    ],
)
def test_a_form_that_is_refused_says_why_and_keeps_what_was_written(
    keeper: Client, district: District, field: str, value: str, says: str
) -> None:
    answer = keeper.post("/knowledge/new", said(unit=str(district.water), **{field: value}))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert says in page
    assert "水费怎么交" in page or field == "title"
    assert not Version.objects.exists()


def test_nobody_changes_another_unit_s_item(sign_in: SignIn, item: Version) -> None:
    stranger = sign_in(Role.HANDLER, item.unit_id + 1)

    assert stranger.get(f"/knowledge/items/{item.item.code}/change").status_code == 403


def test_what_waits_for_the_owner_is_answered_or_given_on(
    keeper: Client, item: Version, operator: Client, district: District, sign_in: SignIn
) -> None:
    operator.post(f"/knowledge/items/{item.item.code}/wrong", {"words": "热线换了"})
    operator.post("/knowledge/missing", {"words": "电动车上牌"})
    wrong, missing = Correction.objects.order_by("pk")

    assert "热线换了" in keeper.get("/knowledge/waiting").content.decode()
    keeper.post(f"/knowledge/waiting/{wrong.pk}/answer", {"words": "没有换"})
    leader = sign_in(Role.DUTY_LEADER, district.centre)
    assert "电动车上牌" in leader.get("/knowledge/waiting").content.decode()
    leader.post(f"/knowledge/waiting/{missing.pk}/assign", {"unit": "区供水公司"})

    wrong.refresh_from_db()
    missing.refresh_from_db()
    assert (wrong.reply, missing.unit_id) == ("没有换", district.water)


def test_what_has_expired_is_marked(operator: Client, item: Version) -> None:
    past = draft_of(item.unit_id, title="旧口径", valid_until=now() - timedelta(days=1))
    code = published(keeper_of(item.unit_id), past).item.code

    assert "已过期" in operator.get("/knowledge/?words=旧口径").content.decode()
    assert "不要照着念" in operator.get(f"/knowledge/items/{code}/").content.decode()


def test_a_withdrawn_item_says_so(keeper: Client, item: Version) -> None:
    keeper.post(f"/knowledge/items/{item.item.code}/withdraw", {"seen_number": "1"})

    assert "已停用" in keeper.get(f"/knowledge/items/{item.item.code}/").content.decode()
    assert queries.find_items("停水", at=now()) == []


def test_a_table_goes_out_and_comes_in_again(keeper: Client, item: Version) -> None:
    table = keeper.get("/knowledge/table.xlsx").content
    from_file = {"file": _file(table)}

    assert keeper.post("/knowledge/table", from_file).status_code == 302
    assert Version.objects.count() == 1
    assert keeper.post("/knowledge/table", {"file": _file(b"no table")}).status_code == 422


def _file(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("t.xlsx", content)


@pytest.mark.parametrize(
    "address", ["/knowledge/", "/knowledge/items/Z0001/", "/knowledge/waiting"]
)
def test_more_rows_cost_no_more_statements(
    keeper: Client, item: Version, district: District, address: str
) -> None:
    def grow(n: int) -> None:
        water = keeper_of(district.water)
        published(water, draft_of(district.water, title=f"第{n}条"))
        published(water, draft_of(district.water, answer=f"第{n}版。"), "Z0001",
                  Version.objects.filter(item__code="Z0001").count())  # fmt: skip
        actions.report_missing(words=f"缺{n}", actor=water, at=AT)

    keeper.get(address)
    grow(0)
    with count_statements() as few:
        keeper.get(address)
    for n in range(1, 6):
        grow(n)
    with count_statements() as more:
        assert keeper.get(address).status_code == 200

    assert more.number <= few.number <= FRAME + 5


def test_a_case_kind_is_listed_by_its_kind(operator: Client, item: Version) -> None:
    case = draft_of(item.unit_id, kind=ItemKind.GOOD_CASE, title="先照明再修", answer="先装临时灯")
    published(keeper_of(item.unit_id), case)

    page = operator.get("/knowledge/?kind=GOOD_CASE").content.decode()

    assert "先照明再修" in page
    assert "停水怎么办" not in page
