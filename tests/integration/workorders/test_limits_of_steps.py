"""How long a step may take: as its kind and urgency say, and never longer than the whole."""

from datetime import UTC, date, datetime, timedelta

from chengshao.catalog import actions as catalog
from chengshao.catalog.terms import TableKind, Urgency
from chengshao.kernel.actor import Actor
from chengshao.kernel.clock import ClockUnit, Limit
from chengshao.workorders import actions
from chengshao.workorders.models import WorkOrder
from chengshao.workorders.terms import (
    DeadlineAuthority,
    Power,
    Principle,
    TaskCommand,
    TaskKind,
)
from tests.district import (
    AT,
    LOADER,
    MANHOLE,
    NO_WATER,
    District,
    dispatched,
    move,
    owed,
    reported,
    said,
    staff,
)
from tests.statements import count_statements

_K, _C = TaskKind, TaskCommand
FRIDAY_EVENING = datetime(2026, 3, 6, 12, 0, tzinfo=UTC)
HEADINGS = "事项编码,大类,事项,别名,序号,立案条件,结案条件,时限,紧急程度,佐证要求,核查方式,来源"


def limit_of(case: WorkOrder, kind: str) -> Limit:
    row = owed(case, kind).deadlines.get(authority=DeadlineAuthority.INNER)
    return Limit(row.amount, ClockUnit(row.unit))


def hours(amount: int, unit: ClockUnit = ClockUnit.URGENT_HOUR) -> Limit:
    return Limit(amount, unit)


def emergency(actor: Actor, lead: int, at: datetime, matter: str = MANHOLE) -> WorkOrder:
    """Return a case that burns, in the hands of its lead."""
    case = reported(actor, said(phone="13800001111"), at).work_order
    case = actions.register(
        number=case.number,
        seen_revision=case.revision,
        matter=matter,
        urgency=Urgency.EMERGENCY,
        actor=actor,
        at=at,
    )
    case = actions.dispatch(
        number=case.number,
        seen_revision=case.revision,
        lead_unit_id=lead,
        principle=Principle.BY_AGREEMENT,
        basis="示意",
        actor=actor,
        at=at,
    )
    return move(case, _K.LEAD, _C.ACKNOWLEDGE, actor, at=at)


def test_what_burns_waits_for_no_opening_hour(centre: Actor, district: District) -> None:
    case = emergency(centre, district.roads, FRIDAY_EVENING)
    handler = staff(district.roads, Power.SEE, Power.HANDLE)

    move(case, _K.LEAD, _C.ASK_EXTENSION, handler, reason="等吊车", at=FRIDAY_EVENING)
    move(case, _K.LEAD, _C.ANSWER, handler, reply="已围好", at=FRIDAY_EVENING)

    for kind in (_K.CONTACT, _K.LEADER_APPROVAL, _K.SIGN_OFF):
        row = owed(case, kind).deadlines.get()
        assert row.due_at == FRIDAY_EVENING + timedelta(hours=1), kind


def test_a_step_is_no_longer_than_the_matter_s_own_limit(centre: Actor, district: District) -> None:
    table = (
        f"{HEADINGS},生效日期\n"
        "C0102,公用设施,雨水井盖,,1,缺失,恢复,2工作时,一般,,现场核查,测试,2020-01-01\n"
    )
    catalog.import_table(kind=TableKind.MATTERS, content=table.encode(), actor=LOADER, at=AT)
    case = dispatched(centre, district.roads, matter="C0102")
    move(case, _K.LEAD, _C.ACKNOWLEDGE, centre)
    handler = staff(district.roads, Power.SEE, Power.HANDLE)

    move(case, _K.LEAD, _C.INQUIRE, handler, reason="查管线", asked=[district.water])
    move(case, _K.LEAD, _C.ANSWER, handler, reply="已换好")

    working = ClockUnit.WORKING_HOUR
    assert [limit_of(case, kind) for kind in (_K.INQUIRY, _K.SIGN_OFF)] == [hours(2, working)] * 2


class TestAMatterThatSetsOneLimitForAll:
    """It doesn't speak of what burns: the shorter of its limit and of that of the kind holds."""

    def test_yields_where_it_burns(self, centre: Actor, district: District) -> None:
        case = emergency(centre, district.roads, FRIDAY_EVENING)

        assert limit_of(case, _K.LEAD) == hours(2)
        due = owed(case, _K.LEAD).deadlines.get().due_at
        assert due == FRIDAY_EVENING + timedelta(hours=2)

    def test_not_where_it_is_shorter(self, centre: Actor, district: District) -> None:
        case = dispatched(centre, district.roads, matter=NO_WATER)

        assert limit_of(case, _K.LEAD) == hours(4)  # of the kind: 24

    def test_nor_where_it_names_the_urgency(self, centre: Actor, district: District) -> None:
        table = (
            f"{HEADINGS},特急时限,生效日期\n"
            "C0102,公用设施,雨水井盖,,1,缺失,恢复,2工作日,一般,,现场核查,测试,6紧急工作时,2020-01-01\n"
        )
        catalog.import_table(kind=TableKind.MATTERS, content=table.encode(), actor=LOADER, at=AT)

        case = emergency(centre, district.roads, FRIDAY_EVENING, "C0102")

        assert limit_of(case, _K.LEAD) == hours(6)

    def test_nor_where_nothing_is_urgent(self, centre: Actor, district: District) -> None:
        case = dispatched(centre, district.roads)

        assert limit_of(case, _K.LEAD) == Limit(2, ClockUnit.WORKING_DAY)


def test_what_comes_after_the_end_has_its_own_limit(centre: Actor, district: District) -> None:
    case = dispatched(centre, district.roads, matter=NO_WATER, report=said(phone="13800001111"))
    move(case, _K.LEAD, _C.ACKNOWLEDGE, centre)
    move(case, _K.LEAD, _C.ANSWER, centre, reply="来水了")
    assert limit_of(case, _K.CHECK) == hours(4)  # the matter's, shorter than an urgent check's

    move(case, _K.CHECK, _C.PASS, centre)

    assert limit_of(case, _K.TELL) == hours(24)


def test_a_matter_that_is_no_more_leaves_its_cases_the_limit_of_the_kind(
    centre: Actor, district: District
) -> None:
    case = dispatched(centre, district.roads)
    move(case, _K.LEAD, _C.ACKNOWLEDGE, centre)
    table = (
        f"{HEADINGS},生效日期,失效日期\n"
        "C0101,公用设施,上水井盖,井盖,1,缺失,恢复,2工作日,一般,,现场核查,测试,2020-01-01,2026-03-03\n"
    )
    catalog.import_table(kind=TableKind.MATTERS, content=table.encode(), actor=LOADER, at=AT)
    later = AT + timedelta(days=1)
    move(case, _K.LEAD, _C.ANSWER, centre, reply="已换好", at=later)

    move(case, _K.CHECK, _C.FAIL, centre, reason="还是歪的", at=later)

    assert limit_of(case, _K.LEAD) == Limit(5, ClockUnit.WORKING_DAY)
    assert date(2026, 3, 3) <= later.date()


def test_the_limit_of_a_matter_is_asked_for_once(centre: Actor, district: District) -> None:
    dispatched(centre, district.roads)
    case = dispatched(centre, district.roads, report=said("k-2"))

    with count_statements() as counted:
        move(case, _K.LEAD, _C.RECALL, centre, reason="派错了")

    assert not [sql for sql in counted.statements if "catalog_matterlimit" in sql]
