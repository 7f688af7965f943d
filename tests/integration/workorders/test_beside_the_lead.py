"""Who was dispatched beside the lead, or helps: its return, a recall, the next round."""

from datetime import date

from chengshao.kernel.actor import Actor
from chengshao.workorders import actions
from chengshao.workorders.models import Alert, Deadline, Task, WorkOrder
from chengshao.workorders.rules import refusals
from chengshao.workorders.rules.facts import Closing
from chengshao.workorders.terms import (
    AlertKind,
    ClosingKind,
    DeadlineAuthority,
    TaskCommand,
    TaskKind,
    TaskState,
)
from tests.district import AT, District, dispatched, move, owed, registered
from tests.turns import doubled, handler_of, handling, kinds, refused, sent

_K, _C = TaskKind, TaskCommand


def inner(task: Task) -> Deadline:
    return task.deadlines.get(authority=DeadlineAuthority.INNER)


def returned(case: WorkOrder, kind: str, unit_id: int, *, proposed: int | None = None) -> Task:
    """Let the unit ask to return it, proposing who should do it; return the verdict's task."""
    task = owed(case, kind)
    actions.move_task(
        task_id=task.pk,
        seen_revision=task.revision,
        command=_C.ASK_RETURN,
        reason="不归我们",
        proposed_unit_id=proposed,
        actor=handler_of(unit_id),
        at=AT,
    )
    return owed(case, _K.ADJUDICATE)


def granted(verdict: Task, actor: Actor, *, instead: int | None = None) -> None:
    actions.move_task(
        task_id=verdict.pk,
        seen_revision=verdict.revision,
        command=_C.GRANT,
        reason="铭牌为证",
        proposed_unit_id=instead,
        actor=actor,
        at=AT,
    )


class TestVerdict:
    def test_is_reasoned(self, centre: Actor, district: District) -> None:
        case = dispatched(centre, district.roads)
        returned(case, _K.LEAD, district.roads)

        missing = refused(refusals.NeedMissing, case, _K.ADJUDICATE, _C.GRANT, centre)

        assert "REASON" in missing

    def test_knows_who_was_proposed_and_so_does_who_dispatches_again(
        self, centre: Actor, district: District
    ) -> None:
        case = dispatched(centre, district.roads)

        verdict = returned(case, _K.LEAD, district.roads, proposed=district.water)
        assert verdict.facts().asked.proposed_unit_id == district.water

        granted(verdict, centre)
        assert owed(case, _K.DISPATCH).facts().asked.proposed_unit_id == district.water

    def test_may_name_who_answers_beside_instead(self, centre: Actor, district: District) -> None:
        case = doubled(centre, district.roads, district.parks)

        granted(returned(case, _K.DOUBLE, district.parks), centre, instead=district.water)

        assert kinds(case) == [_K.LEAD, _K.DOUBLE]
        assert owed(case, _K.DOUBLE).unit_id == district.water

    def test_may_name_who_helps_instead(self, centre: Actor, district: District) -> None:
        case = handling(centre, district.roads, district.water)

        granted(returned(case, _K.CO_HANDLE, district.water), centre, instead=district.parks)

        assert owed(case, _K.CO_HANDLE).unit_id == district.parks

    def test_or_nobody(self, centre: Actor, district: District) -> None:
        case = doubled(centre, district.roads, district.parks)

        granted(returned(case, _K.DOUBLE, district.parks), centre)

        assert kinds(case) == [_K.LEAD]

    def test_names_nobody_who_works_on_it(self, centre: Actor, district: District) -> None:
        case = doubled(centre, district.roads, district.parks)
        verdict = returned(case, _K.DOUBLE, district.parks)

        for unit_id in (district.roads, district.parks):
            try:
                granted(verdict, centre, instead=unit_id)
            except refusals.AlreadyWaiting:
                continue
            raise AssertionError(unit_id)
        assert owed(case, _K.ADJUDICATE).pk == verdict.pk


class TestUndecided:
    def test_a_return_that_nobody_ruled_on_counts_for_nobody(
        self, centre: Actor, district: District
    ) -> None:
        case = handling(centre, district.roads, district.water)
        part = owed(case, _K.CO_HANDLE)
        verdict = returned(case, _K.CO_HANDLE, district.water)

        move(case, _K.LEAD, _C.ANSWER, centre, reply="好了", reason="不等了")

        verdict.refresh_from_db()
        assert (verdict.state, inner(part).void) == (TaskState.CANCELLED, True)

    def test_the_limit_of_who_returned_nothing_stays(
        self, centre: Actor, district: District
    ) -> None:
        case = handling(centre, district.roads, district.water)
        part = owed(case, _K.CO_HANDLE)

        move(case, _K.LEAD, _C.ANSWER, centre, reply="好了", reason="不等了")

        assert not inner(part).void


class TestRecall:
    def told(self) -> set[int]:
        return set(Alert.objects.filter(kind=AlertKind.RECALLED).values_list("unit_id", flat=True))

    def test_everybody_hears_whose_task_goes_along(self, centre: Actor, district: District) -> None:
        case = sent(registered(centre), district.roads, centre, beside=district.parks)
        move(case, _K.DOUBLE, _C.ACKNOWLEDGE, handler_of(district.parks))

        move(case, _K.LEAD, _C.RECALL, centre, reason="派错了")

        assert self.told() == {district.roads, district.parks}
        assert kinds(case) == [_K.DISPATCH]

    def test_so_they_do_when_the_lead_s_return_is_granted(
        self, centre: Actor, district: District
    ) -> None:
        case = dispatched(centre, district.roads, district.water)

        granted(returned(case, _K.LEAD, district.roads), centre)

        assert self.told() == {district.water}

    def test_of_a_helper_s_recall_the_lead_hears_nothing(
        self, centre: Actor, district: District
    ) -> None:
        case = dispatched(centre, district.roads, district.water)

        move(case, _K.CO_HANDLE, _C.RECALL, centre, reason="不用了")

        assert self.told() == {district.water}


class TestNextRound:
    def failed(self, centre: Actor, district: District) -> WorkOrder:
        case = doubled(centre, district.roads, district.parks)
        move(case, _K.DOUBLE, _C.ANSWER, centre, reply="树移了")
        move(case, _K.LEAD, _C.ANSWER, centre, reply="路好了")
        return move(case, _K.CHECK, _C.FAIL, centre, reason="树没移")

    def test_is_both_units_(self, centre: Actor, district: District) -> None:
        case = self.failed(centre, district)

        assert kinds(case) == [_K.LEAD, _K.DOUBLE]
        again = owed(case, _K.DOUBLE)
        assert (again.unit_id, again.round) == (district.parks, 2)

    def test_what_a_part_said_in_the_first_binds_nobody(
        self, centre: Actor, district: District
    ) -> None:
        case = doubled(centre, district.roads, district.parks)
        later = Closing(ClosingKind.PROMISED, promised_on=date(2026, 4, 1))
        move(case, _K.DOUBLE, _C.ANSWER, centre, reply="四月移", closing=later)
        move(case, _K.LEAD, _C.ANSWER, centre, reply="四月办完", closing=later)
        move(case, _K.CHECK, _C.FAIL, centre, reason="太晚")
        for kind in (_K.LEAD, _K.DOUBLE):
            move(case, kind, _C.ACKNOWLEDGE, centre)

        move(case, _K.DOUBLE, _C.ANSWER, centre, reply="已移")
        move(case, _K.LEAD, _C.ANSWER, centre, reply="都好了")

        assert kinds(case) == [_K.CHECK]
