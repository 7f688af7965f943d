"""A small district for tests, handed in the way a real one is: as tables, through the actions."""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from chengshao.catalog import actions as catalog
from chengshao.catalog.terms import EvidenceKind, TableKind, Urgency
from chengshao.evidence import actions as evidence
from chengshao.kernel.actor import Actor, ActorKind, Grant
from chengshao.people import actions as people
from chengshao.people.queries import unit_ids_by_code
from chengshao.places import actions as places
from chengshao.workorders import actions
from chengshao.workorders.actions import NewReport, Place
from chengshao.workorders.models import Report, Task, WorkOrder
from chengshao.workorders.rules.facts import Closing
from chengshao.workorders.terms import Channel, ClosingKind, Power, Principle, TaskCommand, TaskKind
from tests.unit.evidence.files import photo

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # Monday, 09:00 in the city
SINCE = date(2020, 1, 1)
SEEDS = Path("chengshao/catalog/seeds")
LOADER = Actor(
    ActorKind.SYSTEM,
    grants=frozenset(
        Grant(power, None)
        for power in (
            "KEEP_UNITS",
            "APPOINT",
            "ISSUE_TOKENS",
            "KEEP_PLACES",
            "KEEP_CATALOG",
            "KEEP_KNOWLEDGE",
        )
    ),
)

DIVISIONS = """代码,名称
330100000000,杭州市
330102000000,上城区
330102001000,清波街道
330102001051,清波门社区
330102003000,湖滨街道
330102003050,涌金门社区
"""
QINGBO, QINGBOMEN, HUBIN = "330102001000", "330102001051", "330102003000"

UNITS = """单位代码,单位名称,类型,层级,行政区划代码,上级单位代码,派单台,启用日期
office,上城区人民政府办公室,职能部门,区级,,,,2020-01-01
centre,上城区联动指挥中心,联动指挥中心,区级,,office,是,2020-01-01
roads,区城市管理局,职能部门,区级,,office,,2020-01-01
squad,区市政养护中队,职能部门,区级,,roads,,2020-01-01
water,区供水公司,公共服务企业,区级,,office,,2020-01-01
parks,区园林中心,职能部门,区级,,office,,2020-01-01
qingbo,清波街道办事处,街道（镇）,街道级,330102001000,office,,2020-01-01
qingbomen,清波门社区,社区（村）,社区级,330102001051,qingbo,,2020-01-01
hubin,湖滨街道办事处,街道（镇）,街道级,330102003000,office,,2020-01-01
"""
UNIT_ROLES = """单位角色,行政区划代码,单位代码,启用日期
城市管理,,roads,2020-01-01
供水,,water,2020-01-01
园林绿化,,parks,2020-01-01
街道,330102001000,qingbo,2020-01-01
"""
_MATTER_HEADINGS = (
    "事项编码,大类,事项,别名,序号,立案条件,结案条件,时限,紧急程度,佐证要求,核查方式,来源,生效日期"
)
MATTERS = f"""{_MATTER_HEADINGS}
C0101,公用设施,上水井盖,井盖,1,缺失,恢复,2工作日,一般,,现场核查,测试,2020-01-01
C0401,园林绿化,古树名木,大树,1,枯死,处置,3工作日,一般,处置后照片,现场核查,测试,2020-01-01
D0101,公用事业,停水,没水,1,用水中断,恢复,4紧急工作时,紧急,,电话核查,测试,2020-01-01
"""
RESPONSIBILITIES = """事项编码,主办角色,协办角色,依据文件,文号,条款,生效日期
C0101,城市管理,供水,城市道路管理条例,国务院令第198号,第二十三条,2020-01-01
C0401,园林绿化,,本区权责清单（测试）,,,2020-01-01
"""
MANHOLE, TREE, NO_WATER = "C0101", "C0401", "D0101"
SOLVED = Closing(ClosingKind.SOLVED)


@dataclass(frozen=True, slots=True)
class District:
    """Ids of the units that tests speak of."""

    office: int
    centre: int
    roads: int
    water: int
    parks: int
    qingbo: int
    qingbomen: int
    hubin: int
    squad: int  # stands below roads


def load_district() -> District:
    """Hand in the tables above and the catalogue's own seeds."""
    places.import_divisions(content=DIVISIONS.encode(), valid_from=SINCE, actor=LOADER, at=AT)
    people.import_units(content=UNITS.encode(), actor=LOADER, at=AT)
    people.import_unit_roles(content=UNIT_ROLES.encode(), actor=LOADER, at=AT)
    tables = (
        (TableKind.OFFICE_HOURS, (SEEDS / "office_hours.csv").read_bytes()),
        (TableKind.TASK_LIMITS, (SEEDS / "task_limits.csv").read_bytes()),
        (TableKind.PARAMETERS, (SEEDS / "parameters.csv").read_bytes()),
        (TableKind.MATTERS, MATTERS.encode()),
        (TableKind.RESPONSIBILITIES, RESPONSIBILITIES.encode()),
    )
    for kind, content in tables:
        catalog.import_table(kind=kind, content=content, actor=LOADER, at=AT)
    catalog.load_statutory_days(actor=LOADER, at=AT)
    names = District.__dataclass_fields__
    return District(**unit_ids_by_code(names))


def staff(
    unit_id: int | None, *powers: str, user_id: int | None = None, territory: str = ""
) -> Actor:
    """Return a person with these powers over one unit; None: over all, seeing the case of none."""
    grants = frozenset(Grant(power, unit_id, territory) for power in powers)
    return Actor(ActorKind.PERSON, user_id, grants)


def everyone(district: District) -> Actor:
    """Return somebody who may do anything with any case that the centre sees."""
    see = Grant(Power.SEE, district.centre)
    return Actor(ActorKind.PERSON, None, frozenset({see, *(Grant(p, None) for p in Power)}))


def account(username: str) -> int:
    """Open an account of a machine and return its id."""
    new = people.NewAccount(username=username, display_name=username, is_machine=True)
    return people.open_account(account=new, actor=LOADER, at=AT)


class CommonGround:
    """
    A district handed in once for all tests that follow each other on it, in a transaction around
    theirs: what a test stores is taken back, the district stands. Before a test that wants
    another ground, or commits, it is taken back too.
    """

    def __init__(self, blocker: DjangoDbBlocker) -> None:
        self.district: District | None = None
        self._blocker = blocker
        self._around = ExitStack()

    def prepare(self) -> None:
        if self.district is None:
            self._around.enter_context(self._blocker.unblock())
            self._around.enter_context(transaction.atomic())
            self.district = load_district()

    def clear(self) -> None:
        if self.district is not None:
            self._around.callback(transaction.set_rollback, True)
            self._around.close()
            self.district = None


_GROUND = pytest.StashKey[CommonGround]()


@pytest.fixture(scope="session")
def common_ground(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[CommonGround]:
    ground = request.config.stash[_GROUND] = CommonGround(django_db_blocker)
    yield ground
    ground.clear()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Lay or clear the ground before the test's own transaction begins."""
    ground = item.config.stash.get(_GROUND, None)
    if ground is not None:
        if "on_common_ground" in getattr(item, "fixturenames", ()):
            ground.prepare()
        else:
            ground.clear()


@pytest.fixture
def on_common_ground(common_ground: CommonGround, db: None) -> District:
    """Return the district that stands; the very first test has one of its own."""
    return common_ground.district or load_district()


@pytest.fixture
def district(on_common_ground: District) -> District:
    return on_common_ground


@pytest.fixture
def centre(district: District) -> Actor:
    return everyone(district)


def said(
    client_key: str = "k-1",
    words: str = "人行道井盖破损",
    *,
    joins: str | None = None,
    about: int | None = None,
    confidential: bool = False,
    phone: str = "",
    urgency: Urgency | None = None,
) -> NewReport:
    """Return a report as a caller makes it."""
    return NewReport(
        client_key=client_key,
        channel=Channel.HOTLINE,
        words=words,
        place="和平路口东侧",
        contact_phone=phone,
        confidential=confidential,
        joins=joins,
        complained_about_unit_id=about,
        urgency=urgency,
    )


def reported(actor: Actor, report: NewReport | None = None, at: datetime = AT) -> Report:
    return actions.receive_report(report=report or said(), actor=actor, at=at)


def registered(
    actor: Actor, report: NewReport | None = None, *, matter: str = MANHOLE, at: datetime = AT
) -> WorkOrder:
    case = reported(actor, report, at).work_order
    return actions.register(
        number=case.number,
        seen_revision=case.revision,
        matter=matter,
        place=Place("和平路口东侧", QINGBOMEN),
        actor=actor,
        at=at,
    )


def dispatched(
    actor: Actor,
    lead: int,
    *helping: int,
    report: NewReport | None = None,
    matter: str = MANHOLE,
    task_words: str = "",
    at: datetime = AT,
) -> WorkOrder:
    case = registered(actor, report, matter=matter, at=at)
    return actions.dispatch(
        number=case.number,
        seen_revision=case.revision,
        lead_unit_id=lead,
        co_handle_unit_ids=frozenset(helping),
        principle=Principle.BY_AGREEMENT,
        basis="城市道路管理条例第二十三条",
        task_words=task_words,
        actor=actor,
        at=at,
    )


def owed(case: WorkOrder, kind: str) -> Task:
    """Return the open task of this kind."""
    return case.tasks.get(kind=kind, ended_at=None)


def move(
    case: WorkOrder,
    kind: str,
    command: str,
    actor: Actor,
    *,
    reason: str = "",
    reply: str = "",
    closing: Closing | None = None,
    asked: Iterable[int] = (),
    until: date | None = None,
    at: datetime = AT,
) -> WorkOrder:
    """Move the open task of this kind; an answer says solved where nothing else is said."""
    task = owed(case, kind)
    if command == TaskCommand.ANSWER and closing is None and kind != TaskKind.CO_HANDLE:
        closing = SOLVED
    return actions.move_task(
        task_id=task.pk,
        seen_revision=task.revision,
        command=command,
        reason=reason,
        reply=reply,
        closing=closing,
        asked_unit_ids=frozenset(asked),
        until=until,
        actor=actor,
        at=at,
    )


def parted(source: WorkOrder, reason: str, actor: Actor, *, at: datetime = AT) -> WorkOrder:
    """Take the reports of a merged case back, by who sees it as it stands."""
    seen = WorkOrder.objects.get(pk=source.pk).revision
    return actions.undo_merge(
        number=source.number, seen_revision=seen, reason=reason, actor=actor, at=at
    )


def shown(
    case: WorkOrder, kind: str, *, actor_kind: ActorKind = ActorKind.PERSON, at: datetime = AT
) -> None:
    """Let somebody put a photograph on the open task of this kind, to show how it is now."""
    task = owed(case, kind)
    powers = (Power.SEE, Power.HANDLE, Power.CHECK)
    photographer = staff(task.unit_id, *powers, user_id=account(f"shows-{task.pk}"))
    photographer = replace(photographer, kind=actor_kind)
    blob_id = evidence.store_upload(content=photo(), name="现场.jpg", actor=photographer, at=at)
    actions.attach_evidence(
        task_id=task.pk,
        evidence_kind=EvidenceKind.PHOTO_AFTER,
        blob_id=blob_id,
        actor=photographer,
        at=at,
    )


def closed(
    actor: Actor, lead: int, *, report: NewReport | None = None, task_words: str = ""
) -> WorkOrder:
    case = dispatched(actor, lead, report=report, task_words=task_words)
    move(case, TaskKind.LEAD, TaskCommand.ACKNOWLEDGE, actor)
    move(case, TaskKind.LEAD, TaskCommand.ANSWER, actor, reply="井盖已换好")
    return move(case, TaskKind.CHECK, TaskCommand.PASS, actor)
