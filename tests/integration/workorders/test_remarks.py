"""What units say to each other on a case stays inside (内部意见)."""

from datetime import timedelta

import pytest
from django.test import Client

from chengshao.kernel.actor import Actor, ActorKind
from chengshao.kernel.errors import DomainError
from chengshao.notices.models import Outbox
from chengshao.workorders import actions, queries
from chengshao.workorders.actions import RemarkMissing, link_of
from chengshao.workorders.models import Alert, Entry, Note, WorkOrder
from chengshao.workorders.queries import WorkOrderNotFound
from chengshao.workorders.rules.refusals import PowerMissing, WrongState
from chengshao.workorders.terms import AlertKind, NoteName, Power, TaskCommand, TaskKind
from tests.district import AT, District, closed, dispatched, move, said, staff
from tests.turns import PHONE, citizen_of, handler_of, third_party

SECRET = "店主说房东不同意走楼顶"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def case(centre: Actor, district: District) -> WorkOrder:
    found = dispatched(centre, district.roads, report=said(phone=PHONE))
    return move(found, TaskKind.LEAD, TaskCommand.ACKNOWLEDGE, centre)


def remark(
    case: WorkOrder, actor: Actor, words: str = SECRET, unit_id: int | None = None
) -> WorkOrder:
    return actions.remark(
        number=case.number, words=words, unit_id=unit_id, actor=actor, at=AT + MINUTE
    )


def read_by(actor: Actor, case: WorkOrder) -> list[str]:
    entries = queries.case_view(number=case.number, actor=actor).entries
    return [e.notes[NoteName.REMARK] for e in entries if NoteName.REMARK in e.notes]


def standing() -> tuple[object, ...]:
    cases = [(c.step, c.revision, c.history_head) for c in WorkOrder.objects.order_by("pk")]
    return cases, Entry.objects.count(), Note.objects.count()


def test_every_unit_that_sees_the_whole_case_reads_it(
    centre: Actor, district: District, case: WorkOrder
) -> None:
    remark(case, handler_of(district.roads))

    desk = staff(district.centre, Power.SEE, Power.DISPATCH)
    assert read_by(desk, case) == [SECRET]
    assert read_by(handler_of(district.roads), case) == [SECRET]


def test_it_is_said_for_the_own_unit(district: District, case: WorkOrder) -> None:
    remark(case, handler_of(district.roads))

    line = queries.case_view(number=case.number, actor=handler_of(district.roads)).entries[-1]
    assert line.body["unit_id"] == district.roads


def test_the_desk_and_who_owes_something_are_told_and_nobody_else(
    centre: Actor, district: District, case: WorkOrder
) -> None:
    def told() -> list[int]:
        return sorted(Alert.objects.filter(kind=AlertKind.REMARKED).values_list("unit", flat=True))

    remark(case, handler_of(district.roads))
    assert told() == [district.centre]

    remark(case, staff(district.centre, Power.SEE, Power.DISPATCH), "请今天给个说法")
    assert told() == sorted([district.centre, district.roads])


def test_a_form_that_somebody_has_open_gets_not_stale(
    centre: Actor, district: District, case: WorkOrder
) -> None:
    before = WorkOrder.objects.get(pk=case.pk).revision

    remark(case, handler_of(district.roads))

    assert WorkOrder.objects.get(pk=case.pk).revision == before


def test_who_does_not_see_the_case_says_nothing(district: District, case: WorkOrder) -> None:
    before = standing()

    with pytest.raises(WorkOrderNotFound):
        remark(case, handler_of(district.parks))

    assert standing() == before


def test_who_only_looks_on_says_nothing(district: District, case: WorkOrder) -> None:
    before = standing()

    with pytest.raises(PowerMissing):
        remark(case, staff(district.centre, Power.SEE))

    assert standing() == before


def test_nobody_speaks_for_another_unit(district: District, case: WorkOrder) -> None:
    before = standing()

    with pytest.raises(PowerMissing):
        remark(case, handler_of(district.roads), unit_id=district.centre)

    assert standing() == before


def test_a_third_party_neither_reads_nor_says_it(
    centre: Actor, district: District, case: WorkOrder
) -> None:
    unit_id = third_party()
    fixer, asked = handler_of(unit_id), [unit_id]
    move(case, TaskKind.LEAD, TaskCommand.SUBASSIGN, centre, reason="换盖", asked=asked)
    remark(case, handler_of(district.roads))
    before = standing()

    assert read_by(fixer, case) == []
    assert not Alert.objects.filter(kind=AlertKind.REMARKED, unit=unit_id).exists()
    with pytest.raises(DomainError):
        remark(case, fixer)
    assert standing() == before


@pytest.mark.parametrize("words", ["", " \n", "\u3000"])
def test_blank_words_say_nothing(district: District, case: WorkOrder, words: str) -> None:
    before = standing()

    with pytest.raises(RemarkMissing):
        remark(case, handler_of(district.roads), words)

    assert standing() == before


def test_pressed_twice_is_said_once(district: District, case: WorkOrder) -> None:
    remark(case, handler_of(district.roads))
    before = standing()

    remark(case, handler_of(district.roads))

    assert standing() == before


def test_not_once_it_is_filed_away(centre: Actor, district: District) -> None:
    case = closed(centre, district.roads)
    WorkOrder.objects.filter(pk=case.pk).update(archived_at=AT)
    before = standing()

    with pytest.raises(WrongState):
        remark(case, handler_of(district.roads))

    assert standing() == before


def test_the_history_stays_sound_and_it_can_be_erased(
    centre: Actor, district: District, case: WorkOrder
) -> None:
    remark(case, handler_of(district.roads))
    assert queries.broken_cases([case.pk]) == []

    actions.erase_notes(
        number=case.number,
        seq=case.entries.latest("seq").seq,
        reason="写了姓名",
        actor=centre,
        at=AT + MINUTE,
    )

    assert read_by(centre, case) == []
    assert queries.broken_cases([case.pk]) == []


class TestNoCitizenEverReadsIt:
    @pytest.fixture
    def told(self, centre: Actor, district: District, case: WorkOrder) -> WorkOrder:
        """A case on which something was said inside before and after it was closed."""
        remark(case, handler_of(district.roads))
        move(case, TaskKind.LEAD, TaskCommand.ANSWER, centre, reply="已换好")
        move(case, TaskKind.CHECK, TaskCommand.PASS, centre)
        return remark(case, handler_of(district.roads), f"{SECRET}！")

    def test_on_the_own_page_or_the_slip(self, client: Client, told: WorkOrder) -> None:
        token = link_of(told.reports.get())

        for path in (f"/r/{token}/", f"/api/v1/r/{token}", f"/r/{token}/slip"):
            answer = client.get(path, follow=True)
            assert SECRET not in answer.content.decode(), path

    def test_by_what_the_citizen_is_told_of_it(self, told: WorkOrder) -> None:
        assert SECRET not in repr(queries.progress_of(citizen_of(told), AT + MINUTE))

    def test_in_a_message(self, told: WorkOrder) -> None:
        assert SECRET not in repr(list(Outbox.objects.values()))

    def test_by_the_system_that_brought_the_report(self, told: WorkOrder) -> None:
        machine = Actor(ActorKind.MACHINE, 1)
        with pytest.raises(WorkOrderNotFound):
            read_by(machine, told)
