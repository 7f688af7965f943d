"""What the dispatch form asks for third parties, and what it says where nobody would know."""

from dataclasses import replace

import pytest
from django.test import Client

from chengshao.kernel.actor import Actor, ActorKind
from chengshao.people import actions as people
from chengshao.people.queries import unit_ids_by_code
from chengshao.people.terms import Role
from chengshao.workorders import actions
from chengshao.workorders.models import WorkOrder
from chengshao.workorders.terms import Power, ReportKind, TaskKind
from tests.clerks import SignIn
from tests.district import AT, LOADER, MANHOLE, District, owed, registered, reported, said, staff
from tests.integration.desk.test_refused_forms import control, error_of, hidden, sent

TASK = "更换和平路口东侧的井盖"
FIXERS = (
    "单位代码,单位名称,类型,层级,上级单位代码,启用日期\n"
    "fixers,演示养护公司,作业单位,区级,roads,2020-01-01\n"
)


@pytest.fixture
def leader(sign_in: SignIn, district: District) -> Client:
    return sign_in(Role.DUTY_LEADER, district.centre)


def form_of(case: WorkOrder, lead: int) -> dict[str, object]:
    back = f"/desk/queue/dispatch/?case={case.number}"
    asked = {"lead": lead, "principle": "BY_AGREEMENT", "basis": "会商"}
    return hidden(case, None, "dispatch", back) | asked


def test_a_task_for_a_third_party_is_asked_for_beside_its_field_and_shown_to_it(
    leader: Client, sign_in: SignIn, centre: Actor, district: District
) -> None:
    people.import_units(content=FIXERS.encode(), actor=LOADER, at=AT)
    fixers = unit_ids_by_code(["fixers"])["fixers"]
    case = registered(centre, said(words="我是对门老张，井盖又坏了"))
    path, form = f"/desk/cases/{case.number}/dispatch", form_of(case, fixers)

    page = sent(leader, path, 409, **form, task_words=" ")

    assert "给第三方的任务说明" in error_of(page, "task_words")
    assert owed(case, TaskKind.DISPATCH)
    assert leader.post(path, form | {"task_words": TASK}).status_code == 302
    worker = sign_in(Role.HANDLER, fixers)
    seen = worker.get(f"/desk/cases/{case.number}/").content.decode()
    assert TASK in seen
    assert "老张" not in seen


@pytest.fixture
def informed(leader: Client) -> WorkOrder:
    told = replace(said(), kind=ReportKind.INFORMANT)
    everyone = Actor(ActorKind.SYSTEM, grants=staff(None, *Power).grants)
    case = reported(Actor(ActorKind.CITIZEN), told).work_order
    return actions.register(
        number=case.number, seen_revision=case.revision, matter=MANHOLE, actor=everyone, at=AT
    )


def test_where_nobody_would_see_an_informant_s_case_it_says_whom_to_name(
    leader: Client, informed: WorkOrder, district: District
) -> None:
    path = f"/desk/cases/{informed.number}/dispatch"

    page = sent(leader, path, 409, **form_of(informed, district.roads))

    assert "区城市管理局没有人会看到这个案卷" in page
    assert "先指定知悉人" in page
    assert f'value="{district.roads}"' in control(page, "lead")
