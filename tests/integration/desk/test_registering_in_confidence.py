"""A registrar names a matter that is only for named persons: said before, and led on after."""

from dataclasses import replace

import pytest
from django.test import Client

from chengshao.catalog import actions as catalog
from chengshao.catalog.terms import TableKind
from chengshao.kernel.actor import Actor, ActorKind
from chengshao.people.models import User
from chengshao.people.terms import Role
from chengshao.workorders.models import WorkOrder
from chengshao.workorders.terms import ReportKind
from tests.clerks import SignIn
from tests.district import AT, LOADER, District, reported, said

CITIZEN = Actor(ActorKind.CITIZEN)
COMPLAINT = "D1105"
_MATTER = f"""\
事项编码,大类,事项,别名,序号,立案条件,结案条件,时限,紧急程度,佐证要求,核查方式,敏感程度,来源,生效日期
{COMPLAINT},政务服务,对工作人员的投诉,,1,反映履职问题,核查并答复,5工作日,一般,,电话核查,保密,测试,2020-01-01
"""
WORDS = "窗口的人态度很差，不作为"
SECRET = "立案以后，只有指定知悉人看得到这个案卷"


@pytest.fixture(autouse=True)
def complaints_are_confidential(district: District) -> None:
    catalog.import_table(kind=TableKind.MATTERS, content=_MATTER.encode(), actor=LOADER, at=AT)


@pytest.fixture
def registrar(sign_in: SignIn, district: District) -> Client:
    return sign_in(Role.REGISTRAR, district.centre)


@pytest.fixture
def leader(sign_in: SignIn, district: District) -> Client:
    return sign_in(Role.DUTY_LEADER, district.centre)


@pytest.fixture
def case() -> WorkOrder:
    return reported(CITIZEN, said(words=WORDS)).work_order


def name_of(client: Client) -> str:
    return User.objects.get(pk=client.session["_auth_user_id"]).display_name


def register(client: Client, case: WorkOrder, back: str) -> str:
    """Register the case as such a complaint and return the page that the registrar gets to."""
    form = {"seen_revision": str(case.revision), "matter": COMPLAINT, "place": "", "back": back}
    answer = client.post(f"/desk/cases/{case.number}/register", form, follow=True)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_it_is_said_before(registrar: Client, case: WorkOrder) -> None:
    found = registrar.get("/desk/find/matters?q=对工作人员的投诉").content.decode()
    other = registrar.get("/desk/find/matters?q=井盖").content.decode()

    assert SECRET in found
    assert SECRET not in other


@pytest.mark.parametrize("back", ["/desk/queue/register/?case={}", "/desk/cases/{}/"])
def test_the_registrar_goes_on_to_the_next(
    registrar: Client, leader: Client, case: WorkOrder, back: str
) -> None:
    following = reported(CITIZEN, said("k-2", words="路灯不亮")).work_order

    page = register(registrar, case, back.format(case.number))

    assert f"已立案：{case.number}" in page
    assert f"接着由{name_of(leader)}决定谁来办" in page
    assert WORDS not in page
    assert following.number in page


def test_where_nobody_may_decide_the_registrar_is_told(registrar: Client, case: WorkOrder) -> None:
    page = register(registrar, case, f"/desk/cases/{case.number}/")

    assert "现在没有人能接手，请马上找值班长" in page


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (None, "要保密的案卷只派给"),
        (ReportKind.COMPLAINT, "投诉案卷只派给"),
        (ReportKind.INFORMANT, "举报案卷只派给"),
    ],
)
def test_the_dispatcher_reads_what_it_is(
    leader: Client, centre: Actor, kind: ReportKind | None, words: str
) -> None:
    case = reported(centre, replace(said(words=WORDS), kind=kind)).work_order
    register(leader, case, "")

    page = leader.get(f"/desk/cases/{case.number}/").content.decode()

    assert words in page
