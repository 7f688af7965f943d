"""A nuisance call (骚扰): marked by the desk with a reason, and taken back with all it cost."""

import pytest

from chengshao.kernel.actor import Actor
from chengshao.workorders import actions
from chengshao.workorders.models import Note, Rating, Report, WorkOrder
from chengshao.workorders.rules.refusals import NeedMissing, PowerMissing, WrongState
from chengshao.workorders.terms import NoteName, Power, Step, TaskCommand, TaskKind
from tests.district import AT, District, dispatched, move, owed, registered, said, staff
from tests.orders import kinds, refused

_K, _C = TaskKind, TaskCommand
PHONE = "13800138000"


def mark(case: WorkOrder, actor: Actor, reason: str = "反复骂人") -> None:
    report_id = case.reports.get().pk
    actions.mark_nuisance(report_id=report_id, reason=reason, actor=actor, at=AT)
    case.refresh_from_db()


def unmark(case: WorkOrder, actor: Actor) -> None:
    report_id = case.reports.get().pk
    actions.unmark_nuisance(report_id=report_id, reason="说的是真事", actor=actor, at=AT)
    case.refresh_from_db()


def closed_while_marked(centre: Actor, district: District) -> WorkOrder:
    case = dispatched(centre, district.roads, report=said(phone=PHONE))
    mark(case, centre)
    move(case, _K.LEAD, _C.ACKNOWLEDGE, centre)
    move(case, _K.LEAD, _C.ANSWER, centre, reply="好了")
    return move(case, _K.CHECK, _C.PASS, centre)


class TestMarking:
    def test_takes_a_reason(self, centre: Actor) -> None:
        case = registered(centre)

        with refused(NeedMissing, case):
            mark(case, centre, " ")
        mark(case, centre, "反复骂人")

        assert Note.objects.get(name=NoteName.REASON).text == "反复骂人"

    @pytest.mark.parametrize("power", [Power.REGISTER, Power.DISPATCH])
    def test_is_for_who_registers_or_dispatches(
        self, centre: Actor, district: District, power: str
    ) -> None:
        case = registered(centre)

        mark(case, staff(district.centre, Power.SEE, power))

        assert case.reports.get().nuisance

    def test_is_not_for_who_only_takes_calls(self, centre: Actor, district: District) -> None:
        case = registered(centre)
        powers = set(Power) - {Power.REGISTER, Power.DISPATCH}

        with refused(PowerMissing, case):
            mark(case, staff(district.centre, *powers))


class TestTakenBack:
    def test_by_the_same_power(self, centre: Actor, district: District) -> None:
        case = registered(centre)
        mark(case, centre)

        with refused(PowerMissing, case):
            unmark(case, staff(district.centre, Power.SEE, Power.REPORT))

    def test_only_where_it_is_marked(self, centre: Actor) -> None:
        case = registered(centre)

        with refused(WrongState, case):
            unmark(case, centre)

    def test_says_so_in_the_history(self, centre: Actor) -> None:
        case = registered(centre)
        mark(case, centre)

        unmark(case, centre)

        assert '"command":"UNMARK_NUISANCE"' in case.entries.order_by("-seq")[0].body

    def test_its_citizen_is_called_after_all(self, centre: Actor, district: District) -> None:
        case = dispatched(centre, district.roads, report=said(phone=PHONE))
        mark(case, centre)
        assert _K.CONTACT not in kinds(case)

        unmark(case, centre)

        assert owed(case, _K.CONTACT).unit_id == district.roads

    def test_and_told_and_asked_though_it_is_closed(
        self, centre: Actor, district: District
    ) -> None:
        case = closed_while_marked(centre, district)
        assert (kinds(case), Rating.objects.count()) == ([], 0)

        unmark(case, centre)

        assert case.step == Step.CLOSED
        assert owed(case, _K.TELL).unit_id == district.roads
        assert Rating.objects.get(ended_at=None).report == Report.objects.get()

    def test_nobody_is_called_who_left_no_number(self, centre: Actor, district: District) -> None:
        case = dispatched(centre, district.roads)
        mark(case, centre)

        unmark(case, centre)

        assert kinds(case) == [_K.LEAD]
