"""Sub-assignment (交办): inside the unit or to who works for it, with a shorter limit."""

import pytest

from chengshao.catalog import actions as catalog
from chengshao.catalog.queries import LeadNotByList
from chengshao.catalog.terms import TableKind
from chengshao.kernel.actor import Actor
from chengshao.people import actions as people
from chengshao.people import queries
from chengshao.people.queries import unit_ids_by_code
from chengshao.workorders.models import Deadline, Task
from chengshao.workorders.rules import refusals
from chengshao.workorders.terms import DeadlineAuthority, TaskCommand, TaskKind
from tests.district import AT, LOADER, NO_WATER, District, move, owed
from tests.turns import handler_of, handling, refused

_K, _C = TaskKind, TaskCommand
_UNITS = "单位代码,单位名称,类型,层级,上级单位代码,业务指导单位代码,启用日期\n"
_LIST = "区划代码,事项编码,清单,牵头部门角色,依据文件,文号,生效日期\n"


def unit(code: str, kind: str, *, under: str = "", guided_by: str = "") -> int:
    row = f"{code},演示{code},{kind},区级,{under},{guided_by},2020-01-01\n"
    people.import_units(content=(_UNITS + row).encode(), actor=LOADER, at=AT)
    return unit_ids_by_code([code])[code]


def inner(task: Task) -> Deadline:
    return task.deadlines.get(authority=DeadlineAuthority.INNER)


class TestToWhom:
    def assigned(self, centre: Actor, lead: int, unit_id: int) -> int:
        case = handling(centre, lead)
        handler = handler_of(lead)
        move(case, _K.LEAD, _C.SUBASSIGN, handler, reason="今天换好", asked=[unit_id])
        return owed(case, _K.SUBASSIGNED).unit_id

    def test_what_stands_below_however_deep(self, centre: Actor, district: District) -> None:
        team = unit("team", "职能部门", under="squad")

        assert self.assigned(centre, district.roads, team) == team

    @pytest.mark.parametrize("kind", ["作业单位", "物业公司"])
    def test_who_works_for_it(self, centre: Actor, district: District, kind: str) -> None:
        fixers = unit("fixers", kind, guided_by="roads")

        assert self.assigned(centre, district.roads, fixers) == fixers

    @pytest.mark.parametrize("name", ["parks", "office", "qingbo"])
    def test_nobody_else(self, centre: Actor, district: District, name: str) -> None:
        case = handling(centre, district.roads)

        handler, stranger = handler_of(district.roads), getattr(district, name)
        refused(
            refusals.SubassignedOutside, case, _K.LEAD, _C.SUBASSIGN, handler, reason="你们办",
            asked=[stranger],
        )  # fmt: skip

    @pytest.mark.parametrize("command", [_C.SUBASSIGN, _C.INQUIRE, _C.CALL_IN])
    def test_not_the_own_unit(self, centre: Actor, district: District, command: str) -> None:
        case = handling(centre, district.roads)

        refused(
            refusals.OwnUnitAsked, case, _K.LEAD, command, handler_of(district.roads),
            reason="我们自己办", asked=[district.roads],
        )  # fmt: skip

    def test_no_contractor_of_another(self, centre: Actor, district: District) -> None:
        theirs = unit("gardeners", "作业单位", guided_by="parks")
        case = handling(centre, district.roads)

        handler = handler_of(district.roads)
        refused(
            refusals.SubassignedOutside, case, _K.LEAD, _C.SUBASSIGN, handler, reason="你们办",
            asked=[district.squad, theirs],
        )  # fmt: skip

    def test_no_department_that_is_only_guided(self, district: District) -> None:
        guided = unit("branch", "派出机构", under="office", guided_by="roads")

        assert queries.may_be_assigned(district.roads, [guided], AT.date()) == set()
        assert queries.may_be_assigned(district.office, [guided], AT.date()) == {guided}


class TestCommunities:
    """A community gets only what its own list has (Beijing §17)."""

    def test_not_what_its_list_lacks(self, centre: Actor, district: District) -> None:
        case = handling(centre, district.qingbo)

        handler = handler_of(district.qingbo)
        said = refused(
            LeadNotByList, case, _K.LEAD, _C.SUBASSIGN, handler, reason="你们办",
            asked=[district.qingbomen],
        )  # fmt: skip
        assert "COMMUNITY_NOT_ON_LIST" in said

    def test_what_it_has(self, centre: Actor, district: District) -> None:
        row = "330102001051,C0101,基本履职,,清波门社区工作事项清单（测试）,,2020-01-01\n"
        catalog.import_table(
            kind=TableKind.DUTY_LISTS, content=(_LIST + row).encode(), actor=LOADER, at=AT
        )
        case = handling(centre, district.qingbo)

        move(
            case, _K.LEAD, _C.SUBASSIGN, handler_of(district.qingbo), reason="看一下",
            asked=[district.qingbomen],
        )  # fmt: skip

        assert owed(case, _K.SUBASSIGNED).unit_id == district.qingbomen


class TestLimit:
    def test_leaves_the_unit_time_to_answer(self, centre: Actor, district: District) -> None:
        case = handling(centre, district.roads, matter=NO_WATER)  # four urgent hours
        lead = inner(owed(case, _K.LEAD))

        move(case, _K.LEAD, _C.SUBASSIGN, centre, reason="抢修", asked=[district.squad])

        assigned = inner(owed(case, _K.SUBASSIGNED))
        assert assigned.due_at == lead.next_at  # when the unit itself is reminded
        assert lead.next_at is not None
        assert lead.due_at is not None
        assert lead.next_at < lead.due_at

    def test_is_never_past_the_unit_s_own(self, centre: Actor, district: District) -> None:
        case = handling(centre, district.roads, matter=NO_WATER)
        lead = inner(owed(case, _K.LEAD))
        assert lead.next_at is not None

        late = lead.next_at
        move(case, _K.LEAD, _C.SUBASSIGN, centre, reason="抢修", asked=[district.squad], at=late)

        assert inner(owed(case, _K.SUBASSIGNED)).due_at == lead.due_at
