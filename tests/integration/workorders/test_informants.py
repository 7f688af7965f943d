"""An informant's and a confidential case open to nobody by themselves (举报、保密)."""

from dataclasses import replace

import pytest

from chengshao.catalog import actions as catalog
from chengshao.catalog.terms import TableKind
from chengshao.kernel.actor import Actor, ActorKind, Grant
from chengshao.people import actions as people
from chengshao.people.terms import Role
from chengshao.workorders import actions
from chengshao.workorders.models import Alert, WorkOrder
from chengshao.workorders.rules.refusals import NobodyKnows, NotForWholeUnits
from chengshao.workorders.terms import Principle, ReportKind, TaskCommand, TaskKind
from tests.district import (
    AT,
    LOADER,
    MANHOLE,
    QINGBOMEN,
    SINCE,
    District,
    dispatched,
    move,
    owed,
    registered,
    reported,
    said,
)
from tests.turns import refused

SECRET = "D0901"
_SECRET_MATTER = f"""\
事项编码,大类,事项,别名,序号,立案条件,结案条件,时限,紧急程度,佐证要求,核查方式,敏感程度,来源,生效日期
{SECRET},举报,违纪线索,,1,有线索,已移交,5工作日,一般,,答复审核,保密,测试,2020-01-01
"""


@pytest.fixture
def leaders(district: District) -> dict[str, int]:
    """One leader in each unit; at the centre who names persons."""
    people.load_role_powers(rows=people.default_role_powers(), actor=LOADER, at=AT)
    roles = dict.fromkeys(("office", "roads", "water", "parks", "qingbo"), Role.UNIT_LEADER)
    return {
        name: appointed(name, role, getattr(district, name))
        for name, role in {**roles, "centre": Role.DUTY_LEADER}.items()
    }


def appointed(name: str, role: Role, unit_id: int) -> int:
    new = people.NewAccount(username=name, display_name=f"{name}（示意）")
    user_id = people.open_account(account=new, actor=LOADER, at=AT)
    people.appoint(
        user_id=user_id, role=role, unit_id=unit_id, valid_from=SINCE, actor=LOADER, at=AT
    )
    return user_id


@pytest.fixture
def anybody(centre: Actor) -> Actor:
    """Whoever moves it in these tests, named or not."""
    return Actor(ActorKind.SYSTEM, grants=centre.grants)


def named(case: WorkOrder, leaders: dict[str, int]) -> set[str]:
    """Return which leaders know of the case; a unit as a whole is said as "all of"."""
    names = {user_id: name for name, user_id in leaders.items()}
    rows = case.audience.values_list("unit__code", "user_id")
    return {names[user_id] if user_id else f"all of {code}" for code, user_id in rows}


def informed(anybody: Actor) -> WorkOrder:
    told = replace(said(), kind=ReportKind.INFORMANT, territory=QINGBOMEN)
    case = reported(anybody, told).work_order
    return actions.register(
        number=case.number, seen_revision=case.revision, matter=MANHOLE, actor=anybody, at=AT
    )


def sent(case: WorkOrder, lead: int, actor: Actor, *helping: int, copies: int = 0) -> WorkOrder:
    return actions.dispatch(
        number=case.number,
        seen_revision=case.revision,
        lead_unit_id=lead,
        co_handle_unit_ids=frozenset(helping),
        copy_unit_ids=frozenset({copies} - {0}),
        principle=Principle.BY_AGREEMENT,
        basis="示意",
        actor=actor,
        at=AT,
    )


class TestAnInformantsCase:
    def test_is_known_at_the_desk_to_who_names_others(
        self, anybody: Actor, leaders: dict[str, int]
    ) -> None:
        assert named(informed(anybody), leaders) == {"centre"}

    def test_dispatched_it_is_known_to_who_signs_for_those_that_owe_something(
        self, anybody: Actor, district: District, leaders: dict[str, int]
    ) -> None:
        case = sent(informed(anybody), district.roads, anybody, district.water)

        assert named(case, leaders) == {"centre", "roads", "water"}

    def test_sent_to_a_sub_district_it_is_not_copied_to_the_district(
        self, anybody: Actor, district: District, leaders: dict[str, int]
    ) -> None:
        case = sent(informed(anybody), district.qingbo, anybody)

        assert named(case, leaders) == {"centre", "qingbo"}
        assert not case.copies.exists()
        assert not Alert.objects.filter(unit=district.office).exists()


class TestAUnitInWhichNobodyWouldKnow:
    """No leader there is told by itself, and nobody is named: the case would lie unseen."""

    @pytest.fixture
    def leaderless(self, district: District, leaders: dict[str, int]) -> int:
        return district.hubin

    @pytest.mark.parametrize("role", ["lead_unit_id", "double_unit_ids", "co_handle_unit_ids"])
    def test_gets_no_informant_s_case(
        self, anybody: Actor, district: District, leaderless: int, role: str
    ) -> None:
        case = informed(anybody)
        before = case.revision, case.audience.count(), case.entries.count()
        leads = leaderless if role == "lead_unit_id" else district.roads
        beside = {} if leads == leaderless else {role: frozenset({leaderless})}

        with pytest.raises(NobodyKnows) as refusal:
            actions.dispatch(
                number=case.number,
                seen_revision=case.revision,
                principle=Principle.BY_AGREEMENT,
                basis="示意",
                lead_unit_id=leads,
                double_unit_ids=beside.get("double_unit_ids", frozenset()),
                co_handle_unit_ids=beside.get("co_handle_unit_ids", frozenset()),
                actor=anybody,
                at=AT,
            )

        case.refresh_from_db()
        assert refusal.value.code == "workorder_nobody_knows"
        assert refusal.value.params == {"unit": "湖滨街道办事处"}
        assert (case.revision, case.audience.count(), case.entries.count()) == before

    def test_gets_it_once_somebody_of_it_is_named(
        self, anybody: Actor, leaders: dict[str, int], leaderless: int
    ) -> None:
        """It owes nothing yet: naming comes first."""
        handler = appointed("hubin-handler", Role.HANDLER, leaderless)
        case = informed(anybody)
        actions.name_person(
            number=case.number,
            user_id=handler,
            unit_id=leaderless,
            reason="由他办",
            actor=Actor(ActorKind.SYSTEM, grants=frozenset({Grant("NAME_PERSONS", None)})),
            at=AT,
        )
        case.refresh_from_db()

        case = sent(case, leaderless, anybody)

        assert named(case, leaders | {"handler": handler}) == {"centre", "handler"}

    @pytest.mark.parametrize("command", [TaskCommand.CALL_IN, TaskCommand.INQUIRE])
    def test_is_not_asked_by_the_lead_either(
        self, anybody: Actor, district: District, leaderless: int, command: TaskCommand
    ) -> None:
        case = sent(informed(anybody), district.roads, anybody)
        move(case, TaskKind.LEAD, TaskCommand.ACKNOWLEDGE, anybody)

        refused(
            NobodyKnows, case, TaskKind.LEAD, command, anybody, reason="请查", asked=[leaderless]
        )

    def test_gets_any_other_case(
        self, centre: Actor, leaders: dict[str, int], leaderless: int
    ) -> None:
        case = dispatched(centre, leaderless, report=said(confidential=True))

        assert owed(case, TaskKind.LEAD).unit_id == leaderless


class TestACopy:
    @pytest.mark.parametrize("kind", ["confidential", "informant"])
    def test_of_what_was_said_in_confidence_goes_to_no_unit(
        self, anybody: Actor, district: District, leaders: dict[str, int], kind: str
    ) -> None:
        told = said(confidential=True)
        case = registered(anybody, told) if kind == "confidential" else informed(anybody)
        before = (case.revision, case.audience.count())

        with pytest.raises(NotForWholeUnits) as refusal:
            sent(case, district.roads, anybody, copies=district.parks)

        case.refresh_from_db()
        assert refusal.value.code == "workorder_not_for_whole_units"
        assert (case.revision, case.audience.count(), case.copies.count()) == (*before, 0)

    def test_of_a_confidential_one_to_a_sub_district_goes_to_no_district(
        self, centre: Actor, district: District
    ) -> None:
        case = dispatched(centre, district.qingbo, report=said(confidential=True))

        assert not case.copies.exists()
        assert not case.audience.filter(unit=district.office).exists()

    def test_of_any_other_still_goes_there(self, centre: Actor, district: District) -> None:
        case = dispatched(centre, district.qingbo)

        assert [copy.unit_id for copy in case.copies.all()] == [district.office]


class TestAMatterThatIsConfidential:
    @pytest.fixture(autouse=True)
    def known(self, district: District) -> None:
        catalog.import_table(
            kind=TableKind.MATTERS, content=_SECRET_MATTER.encode(), actor=LOADER, at=AT
        )

    def named_so(self, case: WorkOrder, actor: Actor) -> WorkOrder:
        return actions.register(
            number=case.number, seen_revision=case.revision, matter=SECRET, actor=actor, at=AT
        )

    def test_takes_it_from_all_but_who_names_others_at_the_desk(
        self, anybody: Actor, leaders: dict[str, int]
    ) -> None:
        case = reported(anybody, replace(said(), territory=QINGBOMEN)).work_order
        assert named(case, leaders) == {"all of centre", "all of qingbo"}

        assert named(self.named_so(case, anybody), leaders) == {"centre"}

    def test_leaves_it_to_the_superior_where_it_is_a_complaint(
        self, anybody: Actor, district: District, leaders: dict[str, int]
    ) -> None:
        case = reported(anybody, said(about=district.parks)).work_order

        assert named(self.named_so(case, anybody), leaders) == {"centre", "office"}

    def test_nor_does_a_copy_follow_its_dispatch(
        self, anybody: Actor, district: District, leaders: dict[str, int]
    ) -> None:
        case = self.named_so(reported(anybody).work_order, anybody)

        case = sent(case, district.qingbo, anybody)

        assert named(case, leaders) == {"centre", "qingbo"}


def test_somebody_of_the_district_s_office_may_still_be_named(
    anybody: Actor, district: District, leaders: dict[str, int]
) -> None:
    case = sent(informed(anybody), district.qingbo, anybody)
    chief = Actor(ActorKind.SYSTEM, grants=frozenset({Grant("NAME_PERSONS", None)}))

    actions.name_person(
        number=case.number,
        user_id=leaders["office"],
        unit_id=district.office,
        reason="由区里督办",
        actor=chief,
        at=AT,
    )

    assert "office" in named(case, leaders)
