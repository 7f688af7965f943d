"""Against real PostgreSQL: what memory cannot show, that is locks, constraints, scope."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connections, transaction

from chengshao.catalog import actions as catalog
from chengshao.catalog.terms import TableKind
from chengshao.kernel.actor import Actor
from chengshao.kernel.errors import DomainError
from chengshao.workorders import actions, queries
from chengshao.workorders.models import WorkOrder
from chengshao.workorders.rules.refusals import LeadDesignated, UnitComplainedAbout
from chengshao.workorders.terms import Power, Principle, Step, TaskCommand, TaskKind, TaskState
from tests.books import blower
from tests.district import (
    AT,
    LOADER,
    District,
    closed,
    dispatched,
    everyone,
    load_district,
    move,
    owed,
    registered,
    reported,
    said,
    staff,
)


@pytest.mark.django_db(transaction=True)
def test_only_one_of_two_handlers_at_once_acknowledges() -> None:
    district = load_district()
    case = dispatched(everyone(district), district.roads)
    lead = owed(case, TaskKind.LEAD)
    entries = case.entries.count()

    def acknowledge(_: int) -> str:
        try:
            actions.move_task(
                task_id=lead.pk,
                seen_revision=lead.revision,
                command=TaskCommand.ACKNOWLEDGE,
                actor=staff(district.roads, Power.SEE, Power.HANDLE),
                at=AT,
            )
        except DomainError as error:
            return error.code
        else:
            return "acknowledged"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(acknowledge, range(2)))

    case.refresh_from_db()
    assert outcomes == ["acknowledged", "workorder_changed_meanwhile"]
    assert case.step == Step.HANDLING
    assert case.entries.count() == entries + 1


def test_a_unit_that_was_never_asked_does_not_see_it(centre: Actor, district: District) -> None:
    case = dispatched(centre, district.roads)

    with pytest.raises(queries.WorkOrderNotFound):
        move(case, TaskKind.LEAD, TaskCommand.ACKNOWLEDGE, staff(district.parks, *Power))
    assert owed(case, TaskKind.LEAD).state == TaskState.OPEN


def test_the_database_refuses_a_second_open_lead(centre: Actor, district: District) -> None:
    case = dispatched(centre, district.roads)

    with pytest.raises(IntegrityError, match="task_one_open_lead"), transaction.atomic():
        case.tasks.create(
            kind=TaskKind.LEAD,
            unit_id=district.water,
            state=TaskState.OPEN,
            round=9,
            opened_at=AT,
        )


@pytest.mark.usefixtures("whistles")
def test_a_task_of_another_rooms_kind_is_opened_and_moved(
    centre: Actor, district: District
) -> None:
    limits = "环节,时限,依据,生效日期\nWHISTLE,1紧急工作时,测试,2020-01-01\n"
    catalog.import_table(kind=TableKind.TASK_LIMITS, content=limits.encode(), actor=LOADER, at=AT)
    case = dispatched(centre, district.roads)
    actor = blower(district.centre, district.water)

    task = actions.open_task(
        number=case.number, kind="WHISTLE", unit_id=district.water, actor=actor, at=AT
    )
    for command in ("ARRIVE", "CLEAR"):
        move(case, "WHISTLE", command, actor)

    task.refresh_from_db()
    assert task.state == TaskState.DONE
    assert queries.visible_to(staff(district.water, Power.SEE)).get() == case


def test_a_denied_return_designates_the_lead(centre: Actor, district: District) -> None:
    case = dispatched(centre, district.roads)

    move(case, TaskKind.LEAD, TaskCommand.ASK_RETURN, centre, reason="管线属供水")
    move(case, TaskKind.ADJUDICATE, TaskCommand.DENY, centre, reason="按条例由城管办理")

    assert owed(case, TaskKind.LEAD).designated
    with pytest.raises(LeadDesignated):
        move(case, TaskKind.LEAD, TaskCommand.ASK_RETURN, centre, reason="还是不属")


def test_a_granted_return_voids_the_clock_and_waits_at_the_desk_again(
    centre: Actor, district: District
) -> None:
    case = dispatched(centre, district.roads, district.water)

    move(case, TaskKind.LEAD, TaskCommand.ASK_RETURN, centre, reason="管线属供水")
    case = move(case, TaskKind.ADJUDICATE, TaskCommand.GRANT, centre, reason="铭牌为证")

    assert case.step == Step.REGISTERED
    ended = case.tasks.filter(kind__in=[TaskKind.LEAD, TaskKind.CO_HANDLE])
    assert {task.state for task in ended} == {TaskState.CANCELLED}
    assert all(task.deadlines.get().next_at is None for task in ended)
    assert [t.kind for t in case.tasks.filter(ended_at=None)] == [TaskKind.DISPATCH]


def test_a_failed_check_gives_the_lead_a_new_round_and_a_new_clock(
    centre: Actor, district: District
) -> None:
    case = dispatched(centre, district.roads)
    move(case, TaskKind.LEAD, TaskCommand.ACKNOWLEDGE, centre)
    move(case, TaskKind.LEAD, TaskCommand.ANSWER, centre, reply="换好了")

    move(case, TaskKind.CHECK, TaskCommand.FAIL, centre, reason="还是松的")

    lead = owed(case, TaskKind.LEAD)
    assert (lead.unit_id, lead.round) == (district.roads, 2)
    assert lead.deadlines.get().due_at is not None


class TestTheUnitComplainedAbout:
    def test_neither_sees_the_case_nor_is_asked(self, centre: Actor, district: District) -> None:
        case = registered(centre, said(about=district.roads))

        assert not case.audience.filter(unit=district.roads).exists()
        assert case.audience.filter(unit=district.office).exists()  # its superior
        with pytest.raises(UnitComplainedAbout):
            to(case, district.roads, centre)
        with pytest.raises(queries.WorkOrderNotFound):
            queries.case_of(number=case.number, actor=staff(district.roads, Power.SEE))

    def test_if_it_is_the_desk_its_superior_keeps_the_file(self, district: District) -> None:
        case = reported(everyone(district), said(about=district.centre)).work_order

        assert [row.unit_id for row in case.audience.all()] == [district.office]
        assert not queries.visible_to(everyone(district)).exists()

    def test_does_not_learn_of_it_by_a_case_that_it_sees(
        self, centre: Actor, district: District
    ) -> None:
        case = dispatched(centre, district.roads)

        with pytest.raises(UnitComplainedAbout):
            reported(centre, said("k-2", joins=case.number, about=district.roads))
        assert case.reports.count() == 1


def test_a_confidential_case_is_for_the_desk_and_who_owes_a_task(
    centre: Actor, district: District
) -> None:
    case = dispatched(centre, district.roads, report=said(confidential=True))

    seen = set(case.audience.values_list("unit_id", flat=True))
    assert seen == {district.centre, district.roads}


def test_a_closed_case_is_over(centre: Actor, district: District) -> None:
    case = closed(centre, district.roads)

    assert (case.step, case.ended_at) == (Step.CLOSED, AT)
    assert not case.tasks.filter(ended_at=None).exists()


def to(case: WorkOrder, unit_id: int, actor: Actor) -> None:
    actions.dispatch(
        number=case.number,
        seen_revision=case.revision,
        lead_unit_id=unit_id,
        principle=Principle.BY_AGREEMENT,
        basis="清单",
        actor=actor,
        at=AT,
    )
