"""What is known stands beside the words; what was read stays on the call, or answers it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils.timezone import now

from chengshao.knowledge.models import Reading, Version
from chengshao.knowledge.terms import ItemKind
from chengshao.people.terms import Role
from chengshao.workorders.models import Report, Task, WorkOrder
from chengshao.workorders.terms import ClosingKind, Outcome, TaskKind
from tests.clerks import SignIn
from tests.district import NO_WATER, District
from tests.integration.knowledge.conftest import draft_of, keeper_of, published
from tests.statements import count_statements

pytestmark = pytest.mark.django_db
WORDS = "我家里没水了，从早上到现在"
READ = "计划停水会提前一天通知。不在计划内的，请打供水热线报修。"


@pytest.fixture
def item(district: District) -> Version:
    return published(keeper_of(district.water), draft_of(district.water, matter=NO_WATER))


@pytest.fixture
def registrar(sign_in: SignIn, district: District) -> Client:
    return sign_in(Role.REGISTRAR, district.centre)


@pytest.fixture
def operator(sign_in: SignIn, district: District) -> Client:
    return sign_in(Role.OPERATOR, district.centre)


def call(**more: object) -> dict[str, object]:
    return {"client_key": uuid4().hex, "channel": "HOTLINE", "words": WORDS, **more}


def open_item(client: Client, item: Version, said: dict[str, object]) -> str:
    return client.post(f"/desk/intake/known/{item.pk}", said).content.decode()


def test_what_fits_the_words_is_offered_with_a_key(operator: Client, item: Version) -> None:
    page = operator.post("/desk/intake/known", {"words": WORDS}).content.decode()

    assert "停水怎么办" in page
    assert 'data-key="Alt+4"' in page
    assert (
        "没有对得上的"
        in operator.post("/desk/intake/known", {"words": "路灯坏了"}).content.decode()
    )


def test_a_temporary_line_is_pinned(operator: Client, item: Version, district: District) -> None:
    line = {"title": "今晚检修", "kind": ItemKind.TEMPORARY, "valid_until": now() + timedelta(1)}
    published(keeper_of(district.water), draft_of(district.water, **line))

    assert "今晚检修" in operator.get("/desk/intake/").content.decode()


def test_what_was_read_stays_on_the_call(operator: Client, item: Version) -> None:
    said = call(place="和平路口")
    assert READ in open_item(operator, item, said)
    open_item(operator, item, said)
    assert Reading.objects.get().report is None

    operator.post("/desk/intake/", said)

    report = Report.objects.get()
    assert Reading.objects.get().report == report
    published(keeper_of(item.unit_id), draft_of(item.unit_id, answer="别的。"), item.item.code, 1)
    page = operator.get(f"/desk/cases/{report.work_order.number}/").content.decode()
    assert "念给来电人听过" in page
    assert READ in page


def test_another_call_has_nothing_of_it(operator: Client, item: Version) -> None:
    open_item(operator, item, call())

    operator.post("/desk/intake/", call(nowhere="1"))

    assert Reading.objects.get().report is None


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.REGISTRAR])
def test_what_was_read_answers_the_call_in_one_key(
    sign_in: SignIn, district: District, item: Version, role: Role
) -> None:
    client = sign_in(role, district.centre)
    said = call()
    assert 'data-key="Alt+R"' in open_item(client, item, said)

    answer = client.post("/desk/intake/", said | {"answers": item.pk})

    case = WorkOrder.objects.get()
    assert answer["Location"] == "/desk/intake/"
    assert (case.outcome, case.closing_kind) == (Outcome.CLOSED, ClosingKind.EXPLAINED)
    assert (case.matter, Reading.objects.get().report) == (NO_WATER, case.reports.get())
    assert READ in client.get(f"/desk/cases/{case.number}/").content.decode()
    client.post("/desk/intake/", said | {"answers": item.pk})
    assert WorkOrder.objects.count() == 1


def test_who_heard_the_answer_is_not_called_once_more(operator: Client, item: Version) -> None:
    said = call(phone="13800138000")
    open_item(operator, item, said)

    operator.post("/desk/intake/", said | {"answers": item.pk})

    assert not Task.objects.filter(kind=TaskKind.TELL, ended_at=None).exists()
    assert Report.objects.get().told_at is not None


def test_who_may_not_answer_is_not_offered_to(
    sign_in: SignIn, district: District, item: Version
) -> None:
    collector = sign_in(Role.COLLECTOR, district.centre)
    said = call()

    assert "Alt+R" not in open_item(collector, item, said)
    assert collector.post("/desk/intake/", said | {"answers": item.pk}).status_code == 403
    assert not WorkOrder.objects.exists()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"matter": ""}, "没有写明事项"),
        ({"matter": NO_WATER, "valid_until": now() - timedelta(hours=1)}, "已经过期或停用"),
    ],
)
def test_only_an_item_in_force_with_a_matter_answers(
    registrar: Client, district: District, change: dict[str, object], says: str
) -> None:
    item = published(keeper_of(district.water), draft_of(district.water, **change))

    answer = registrar.post("/desk/intake/", call(answers=item.pk))

    assert answer.status_code == 409
    assert says in answer.content.decode()
    assert WORDS in answer.content.decode()
    assert not WorkOrder.objects.exists()
    assert not Reading.objects.exists()


def test_all_of_it_works_without_scripts(registrar: Client, item: Version) -> None:
    said = call()

    looked = registrar.post("/desk/intake/", said | {"look": "1"}).content.decode()
    assert "停水怎么办" in looked
    opened = registrar.post("/desk/intake/", said | {"read": str(item.pk)}).content.decode()

    assert READ in opened
    assert WORDS in opened
    assert f'name="opened" value="{item.pk}"' in opened
    assert Reading.objects.get().call_key == said["client_key"]


@pytest.mark.parametrize("key", ["", "x", "0" * 33])
def test_without_a_call_nothing_is_read(operator: Client, item: Version, key: str) -> None:
    answer = operator.post(f"/desk/intake/known/{item.pk}", {"client_key": key})

    assert answer.status_code == 404
    assert operator.post("/desk/intake/known/999999", call()).status_code == 404
    assert not Reading.objects.exists()


def test_more_items_cost_no_more_statements(operator: Client, item: Version) -> None:
    operator.get("/desk/intake/")
    with count_statements() as few:
        operator.post("/desk/intake/known", {"words": WORDS})
    for n in range(6):
        draft = draft_of(item.unit_id, title=f"没水怎么办{n}")
        published(keeper_of(item.unit_id), draft)
    with count_statements() as more:
        operator.post("/desk/intake/known", {"words": WORDS})

    assert more.number == few.number
