"""Knowledge over HTTP: found by words, one item, something said of it."""

import pytest
from django.test import Client

from chengshao.knowledge import actions
from chengshao.knowledge.models import Correction, Version
from chengshao.people.terms import Role
from tests.clerks import SignIn
from tests.district import District
from tests.integration.knowledge.conftest import draft_of, keeper_of, published

pytestmark = pytest.mark.django_db
API = "/api/v1/knowledge"


@pytest.fixture
def item(district: District) -> Version:
    return published(keeper_of(district.water), draft_of(district.water))


@pytest.fixture
def client(sign_in: SignIn, district: District) -> Client:
    return sign_in(Role.HANDLER, district.roads)


def post(client: Client, **said: object) -> int:
    answer = client.post(f"{API}/corrections", said, content_type="application/json")
    return answer.status_code


def test_words_find_an_item(client: Client, item: Version) -> None:
    (found,) = client.get(API, {"words": "家里没水了"}).json()

    assert (found["code"], found["title"], found["validity"]) == (
        item.item.code,
        "停水怎么办",
        "IN_FORCE",
    )
    assert found["owner"]["name"] == "区供水公司"
    assert client.get(API, {"words": "停水", "kind": "GUIDANCE"}).json() == []
    assert client.get(API, {"unit_id": item.unit_id}).json() == [found]
    assert client.get(f"{API}/{item.item.code}").json() == found


@pytest.mark.parametrize(
    "asked", [{"words": "长" * 401}, {"words": "\0"}, {"kind": "X"}, {"limit": "101"}]
)
def test_what_can_t_be_asked_is_refused(
    client: Client, item: Version, asked: dict[str, str]
) -> None:
    assert client.get(API, asked).status_code == 422


def test_what_is_wrong_or_missing_is_said(client: Client, item: Version) -> None:
    assert post(client, code=item.item.code, words="热线换了") == 200
    assert post(client, words="电动车上牌") == 200

    assert list(Correction.objects.order_by("pk").values_list("kind", "words")) == [
        ("WRONG", "热线换了"),
        ("MISSING", "电动车上牌"),
    ]


def test_what_can_t_be_said_is_refused(client: Client, item: Version) -> None:
    assert post(client, code="none", words="错") == 404
    assert post(client, code="a b", words="错") == 422
    assert post(client, code=item.item.code, words=" ") == 422
    assert post(client, code=item.item.code, words="") == 422
    assert not Correction.objects.exists()


def test_a_withdrawn_item_says_since_when(client: Client, item: Version) -> None:
    keeper, code = keeper_of(item.unit_id), item.item.code
    actions.withdraw(code=code, seen_number=1, actor=keeper, at=item.published_at)

    assert client.get(f"{API}/{code}").json()["replaced_at"] is not None
    assert client.get(f"{API}/none").status_code == 404
