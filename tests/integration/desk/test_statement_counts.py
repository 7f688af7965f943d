"""
No page asks the database more because it shows more. How often it asks at most stands beside it,
so that a page that gets dearer is noticed.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.timezone import localdate

from chengshao.administration import actions as administration
from chengshao.catalog import actions as catalog
from chengshao.catalog.terms import TableKind
from chengshao.evidence import actions as evidence
from chengshao.kernel.actor import Actor, ActorKind, Grant
from chengshao.people import actions as people
from chengshao.people.models import User
from chengshao.people.terms import Power, Role
from chengshao.places import actions as places
from chengshao.places.queries.redrawing import grids_ever
from chengshao.places.rules.redrawing import Redrawing
from chengshao.places.terms import RedrawKind
from chengshao.workorders import actions
from chengshao.workorders.models import Attachment, Report, WorkOrder
from chengshao.workorders.terms import ContactResult, TaskCommand, TaskKind, ViewingKind
from tests.district import (
    AT,
    LOADER,
    MANHOLE,
    QINGBOMEN,
    SINCE,
    District,
    closed,
    dispatched,
    move,
    registered,
    reported,
    said,
)
from tests.statements import count_statements
from tests.unit.evidence.files import photo

FEW, MORE = 2, 10  # rows before, and how many come
MOST = 8  # that any page asks, with whoever signed in, what they may, and what waits for them


@dataclass(frozen=True, slots=True)
class World:
    district: District
    everyone: Actor

    def say(self, number: int) -> actions.NewReport:
        return said(f"k-{number}", f"人行道井盖破损，第{number}处", phone="13800138000")


Grow = Callable[[World, int], object]


def a_report(world: World, n: int) -> Report:
    return reported(world.everyone, world.say(n))


def a_registered_case(world: World, n: int) -> WorkOrder:
    return registered(world.everyone, world.say(n))


def a_dispatched_case(world: World, n: int) -> WorkOrder:
    here = world.district
    return dispatched(world.everyone, here.roads, here.water, report=world.say(n))


def a_case_that_is_returned(world: World, n: int) -> None:
    case = dispatched(world.everyone, world.district.roads, report=world.say(n))
    move(case, TaskKind.LEAD, TaskCommand.ASK_RETURN, world.everyone, reason="不归我们管")


def an_answered_case(world: World, n: int) -> WorkOrder:
    case = dispatched(world.everyone, world.district.roads, report=world.say(n))
    move(case, TaskKind.LEAD, TaskCommand.ACKNOWLEDGE, world.everyone)
    return move(case, TaskKind.LEAD, TaskCommand.ANSWER, world.everyone, reply="已换好")


def a_closed_case(world: World, n: int) -> None:
    closed(world.everyone, world.district.roads, report=world.say(n))


def a_report_that_joins(world: World, n: int) -> None:
    """One more voice, attachment and round on the first case."""
    first = WorkOrder.objects.order_by("pk").first()
    if first is None:
        first = a_dispatched_case(world, n)
        move(first, TaskKind.LEAD, TaskCommand.ACKNOWLEDGE, world.everyone)
    else:
        more = said(f"k-{n}", "还是破的", joins=first.number, phone="13800138000")
        reported(world.everyone, more)
        move(first, TaskKind.LEAD, TaskCommand.ANSWER, world.everyone, reply="好了", reason="-")
        move(first, TaskKind.CHECK, TaskCommand.FAIL, world.everyone, reason="没好")
        move(first, TaskKind.LEAD, TaskCommand.ACKNOWLEDGE, world.everyone)


def a_turn_of_the_first_case(world: World, n: int) -> None:
    """One more attempt to call, with its line in the history."""
    first = WorkOrder.objects.order_by("pk").first()
    if first is None:
        first = a_dispatched_case(world, n)
        move(first, TaskKind.LEAD, TaskCommand.ACKNOWLEDGE, world.everyone)
    actions.record_contact(
        task_id=first.tasks.get(kind=TaskKind.CONTACT).pk,
        report_id=first.reports.get().pk,
        result=ContactResult.NOBODY,
        actor=world.everyone,
        at=AT,
    )


def a_picture_of_the_first_case(world: World, n: int) -> None:
    """One more picture of its citizen, so one more pair."""
    first = WorkOrder.objects.order_by("pk").first() or a_dispatched_case(world, n)
    report = first.reports.get()
    citizen = Actor(ActorKind.CITIZEN, report_id=report.pk)
    blob = evidence.store_upload(content=photo(), name="p.jpg", actor=citizen, at=AT)
    Attachment.objects.create(work_order=first, report=report, blob_id=blob, added_at=AT)


def somebody_looks_at_the_first_case(world: World, n: int) -> None:
    first = WorkOrder.objects.order_by("pk").first() or a_dispatched_case(world, n)
    looker = Actor(ActorKind.PERSON, an_appointment(world, n))
    actions.log_viewing(case=first, kind=ViewingKind.VIEW, actor=looker, at=AT)


def a_unit(world: World, n: int) -> None:
    headings = "单位代码,单位名称,类型,层级,上级单位代码,启用日期"
    table = f"{headings}\nu{n},第{n}所,职能部门,区级,roads,2020-01-01\n"
    people.import_units(content=table.encode(), actor=LOADER, at=AT)
    roles = f"单位角色,行政区划代码,单位代码,启用日期\n角色{n},,centre,2020-01-01\n"
    people.import_unit_roles(content=roles.encode(), actor=LOADER, at=AT)


def an_appointment(world: World, n: int) -> int:
    new = people.NewAccount(username=f"user-{n}", display_name=f"第{n}人")
    user_id = people.open_account(account=new, actor=LOADER, at=AT)
    units = [getattr(world.district, name) for name in District.__dataclass_fields__]
    people.appoint(
        user_id=user_id,
        role=Role.OPERATOR,
        unit_id=units[n % len(units)],
        valid_from=SINCE,
        actor=LOADER,
        at=AT,
    )
    return user_id


def a_machine(world: World, n: int) -> None:
    new = people.NewAccount(username=f"machine-{n}", display_name=f"第{n}台", is_machine=True)
    user_id = people.open_account(account=new, actor=LOADER, at=AT)
    people.appoint(user_id=user_id, role=Role.MACHINE, valid_from=SINCE, actor=LOADER, at=AT)
    people.issue_token(user_id=user_id, label="test", powers=["REPORT"], actor=LOADER, at=AT)


def a_number_read(world: World, n: int) -> None:
    reader = an_appointment(world, n)
    report = a_report(world, n)
    assert report.contact_id is not None
    revealing = Actor(ActorKind.PERSON, reader, frozenset({Grant(Power.REVEAL_CONTACT, None)}))
    people.reveal_contact(
        contact_id=report.contact_id,
        purpose="核实",
        about=report.work_order.number,
        actor=revealing,
        at=AT,
    )


def a_sign_in(world: World, n: int) -> None:
    user = User.objects.get(pk=an_appointment(world, n))
    people.note_sign_in(user=user, address="192.0.2.1", at=AT)


def a_matter(world: World, n: int) -> None:
    code = f"C01{n + 10}"
    matters = (
        "事项编码,大类,事项,序号,立案条件,结案条件,时限,紧急程度,核查方式,来源,生效日期\n"
        f"{code},公用设施,第{n}种,1,缺失,恢复,2工作日,一般,现场核查,测试,2020-01-01\n"
    )
    duties = (
        "事项编码,主办角色,协办角色,依据文件,文号,条款,生效日期\n"
        f"{code},城市管理,供水,条例,第{n}号,第一条,2020-01-01\n"
    )
    lists = (
        "区划代码,事项编码,清单,牵头部门角色,依据文件,生效日期\n"
        f"330102001000,{code},配合履职,城市管理,清单（测试）,2020-01-01\n"
    )
    for kind, table in (
        (TableKind.MATTERS, matters),
        (TableKind.RESPONSIBILITIES, duties),
        (TableKind.DUTY_LISTS, lists),
    ):
        catalog.import_table(kind=kind, content=table.encode(), actor=LOADER, at=AT)


def a_basis(world: World, n: int) -> None:
    """One more document by which somebody leads a matter."""
    roles = f"单位角色,行政区划代码,单位代码,启用日期\n角色{n},,centre,2020-01-01\n"
    people.import_unit_roles(content=roles.encode(), actor=LOADER, at=AT)
    table = (
        "事项编码,主办角色,协办角色,依据文件,文号,条款,生效日期\n"
        f"{MANHOLE},角色{n},供水,办法之{n},第{n}号,第一条,2020-01-01\n"
    )
    content = table.encode()
    catalog.import_table(kind=TableKind.RESPONSIBILITIES, content=content, actor=LOADER, at=AT)


def a_limit(world: World, n: int) -> None:
    head = "环节,来源渠道,紧急程度,时限,依据,生效日期"
    table = f"{head}\nSTEP{'X' * n},,,{n + 1}工作时,测试,2020-01-01\n"
    catalog.import_table(kind=TableKind.TASK_LIMITS, content=table.encode(), actor=LOADER, at=AT)


def a_draft(world: World, n: int) -> None:
    head = "事项编码,主办角色,依据文件,生效日期\n"
    content = f"{head}{MANHOLE},角色{n},办法（测试）,2099-01-01\n".encode()
    administration.draft_table(
        kind=TableKind.RESPONSIBILITIES, content=content, actor=LOADER, at=AT
    )


def an_announced_day(world: World, n: int) -> None:
    catalog.import_table(
        kind=TableKind.CALENDAR_DAYS,
        content=f"日期,类别,名称,依据\n2026-06-{n + 1:02},本市休息,停工,示意\n".encode(),
        actor=LOADER,
        at=AT,
    )


def a_place(world: World, n: int) -> None:
    divisions = f"代码,名称\n3301020010{n + 60:02},第{n}社区\n"
    objects = f"编码,名称,类型,区划代码\nS-{n},第{n}店,商铺,{QINGBOMEN}\n"
    places.import_divisions(content=divisions.encode(), valid_from=SINCE, actor=LOADER, at=AT)
    places.import_objects(content=objects.encode(), valid_from=SINCE, actor=LOADER, at=AT)


def a_registered_case_with_precedents(world: World, n: int) -> None:
    for each in range(3):
        closed(world.everyone, world.district.roads, report=world.say(1000 * (n + 1) + each))
    a_registered_case(world, n)


def a_grid(world: World, n: int) -> None:
    """One more grid, drawn beside those before."""
    west, east = 120.15 + n / 1000, 120.151 + n / 1000
    ring = [[west, 30.24], [east, 30.24], [east, 30.241], [west, 30.241], [west, 30.24]]
    drawn = json.dumps({"type": "Polygon", "coordinates": [ring]})
    asked = Redrawing(QINGBOMEN, RedrawKind.DRAW, (), drawn, localdate(), "纪要（示意）")
    places.redraw_grids(
        asked=asked, mark=grids_ever(QINGBOMEN).mark, actor=LOADER, at=timezone.now()
    )


_LEADER, _HANDLER, _KEEPER = Role.DUTY_LEADER, Role.HANDLER, Role.CATALOGUE_KEEPER
PAGES: list[tuple[str, Role, Grow]] = [
    ("/desk/", _LEADER, a_report),
    ("/desk/queue/register/", _LEADER, a_report),
    ("/desk/queue/dispatch/", _LEADER, a_registered_case),
    ("/desk/queue/dispatch/", _LEADER, a_registered_case_with_precedents),
    ("/desk/queue/sent/", _LEADER, a_dispatched_case),
    ("/desk/queue/returns/", _LEADER, a_case_that_is_returned),
    ("/desk/queue/check/", _LEADER, an_answered_case),
    ("/desk/queue/work/", _HANDLER, a_dispatched_case),
    ("/desk/cases/", _LEADER, a_dispatched_case),
    ("/desk/cases/?words=井盖", _LEADER, a_closed_case),
    ("/desk/cases/20260302-0001/", _LEADER, a_report_that_joins),
    ("/desk/cases/20260302-0001/", _HANDLER, a_report_that_joins),
    ("/desk/cases/20260302-0001/", _LEADER, a_turn_of_the_first_case),
    ("/desk/cases/20260302-0001/?by=unit", _LEADER, a_turn_of_the_first_case),
    ("/desk/cases/20260302-0001/print", _LEADER, a_turn_of_the_first_case),
    ("/desk/cases/20260302-0001/photos/1/", _LEADER, a_picture_of_the_first_case),
    ("/desk/cases/20260302-0001/", _LEADER, a_picture_of_the_first_case),
    ("/desk/cases/20260302-0001/viewings", _LEADER, somebody_looks_at_the_first_case),
    ("/desk/palette?q=井盖", _LEADER, a_report),
    ("/desk/find/matters?q=种", _LEADER, a_matter),
    ("/desk/find/units?q=所", _LEADER, a_unit),
    ("/desk/find/places?q=社区", _LEADER, a_place),
    ("/api/v1/workorders?unit_id={centre}", _LEADER, a_dispatched_case),
    ("/api/v1/workorders/20260302-0001", _LEADER, a_report_that_joins),
    ("/api/v1/catalog/matters?q=种", _LEADER, a_matter),
    (f"/api/v1/catalog/matters/{MANHOLE}/responsibilities", _LEADER, a_basis),
    ("/api/v1/places/search?q=社区", _LEADER, a_place),
    ("/units/", _LEADER, a_unit),
    ("/units/?words=所", _LEADER, a_unit),
    ("/units/{centre}/", _LEADER, a_unit),
    ("/staff/", Role.SECURITY_ADMINISTRATOR, an_appointment),
    ("/machines/", Role.SYSTEM_ADMINISTRATOR, a_machine),
    ("/logs/contacts", Role.AUDITOR, a_number_read),
    ("/logs/accounts", Role.AUDITOR, an_appointment),
    ("/logs/sign-ins", Role.AUDITOR, a_sign_in),
    ("/catalog/", _LEADER, a_matter),
    ("/catalog/?words=种", _LEADER, a_matter),
    (f"/catalog/matters/{MANHOLE}", _LEADER, a_basis),
    ("/catalog/responsibilities", _LEADER, a_matter),
    ("/catalog/duties", _LEADER, a_matter),
    ("/catalog/units/{roads}", _LEADER, a_matter),
    ("/catalog/limits", _LEADER, a_limit),
    ("/catalog/calendar?year=2026", _LEADER, an_announced_day),
    ("/administration/", Role.CATALOGUE_KEEPER, a_draft),
    ("/places/", _LEADER, a_place),
    ("/places/330102001000/", _LEADER, a_place),
    (f"/places/{QINGBOMEN}/", _LEADER, a_place),
    (f"/places/{QINGBOMEN}/grids/", _KEEPER, a_grid),
    (f"/places/{QINGBOMEN}/grids/split", _KEEPER, a_grid),
]


@pytest.fixture
def world(district: District, centre: Actor) -> World:
    people.load_role_powers(rows=people.default_role_powers(), actor=LOADER, at=AT)
    return World(district, centre)


def signed_in(world: World, role: Role) -> Client:
    new = people.NewAccount(username="looks", display_name="看的人")
    user_id = people.open_account(account=new, actor=LOADER, at=AT)
    of_unit = {
        Role.DUTY_LEADER: world.district.centre,
        Role.HANDLER: world.district.roads,
        Role.CATALOGUE_KEEPER: world.district.centre,
    }
    people.appoint(
        user_id=user_id,
        role=role,
        unit_id=of_unit.get(role),
        valid_from=SINCE,
        actor=LOADER,
        at=AT,
    )
    client = Client()
    client.force_login(User.objects.get(pk=user_id))
    return client


@pytest.mark.parametrize(
    ("path", "role", "grow"), PAGES, ids=[f"{path} {role}" for path, role, *_ in PAGES]
)
def test_more_rows_are_no_more_statements(world: World, path: str, role: Role, grow: Grow) -> None:
    client = signed_in(world, role)
    path = path.format(centre=world.district.centre, roads=world.district.roads)

    def asked() -> tuple[int, list[str], int]:
        client.get(path)  # what is read once and kept
        with count_statements() as counted:
            answer = client.get(path)
        assert answer.status_code == 200
        return counted.number, counted.statements, len(answer.content)

    for number in range(FEW):
        grow(world, number)
    few, before, small = asked()
    for number in range(FEW, FEW + MORE):
        grow(world, number)
    many, after, large = asked()

    assert large > small  # what came is on the page
    assert many == few, "\n".join(sorted(after)) + "\n---\n" + "\n".join(sorted(before))
    assert many <= MOST, "\n".join(sorted(after))
