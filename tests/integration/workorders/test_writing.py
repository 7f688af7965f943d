"""Words to and fro while the case is open (F13): the citizen adds, the lead or the desk writes."""

from datetime import timedelta

import pytest

from chengshao.kernel.actor import Actor, ActorKind
from chengshao.kernel.errors import DomainError
from chengshao.notices.models import Outbox
from chengshao.notices.terms import NoticeKind
from chengshao.workorders import actions, queries
from chengshao.workorders.actions import SupplementedOften, WordsMissing
from chengshao.workorders.models import Entry, Note, Report, WorkOrder
from chengshao.workorders.rules.refusals import PowerMissing, WrongState
from chengshao.workorders.terms import Milestone, NoteName, Power, TaskCommand, TaskKind
from tests.district import AT, District, closed, dispatched, move, reported, said, staff

MINUTE = timedelta(minutes=1)
WORDS = "灯已订货，周五前装好"


@pytest.fixture
def handled(centre: Actor, district: District) -> Report:
    case = dispatched(centre, district.roads, district.water)
    return move(case, TaskKind.LEAD, TaskCommand.ACKNOWLEDGE, centre).reports.get()


def handler(unit_id: int) -> Actor:
    return staff(unit_id, Power.SEE, Power.HANDLE)


def citizen(report: Report) -> Actor:
    return Actor(ActorKind.CITIZEN, report_id=report.pk)


def write(report: Report, unit_id: int, actor: Actor, words: str = WORDS) -> None:
    actions.write_to_citizen(
        report_id=report.pk, words=words, unit_id=unit_id, actor=actor, at=AT + MINUTE
    )


def standing() -> tuple[object, ...]:
    cases = [(c.step, c.revision, c.history_head) for c in WorkOrder.objects.order_by("pk")]
    return cases, Entry.objects.count(), Note.objects.count()


def test_the_lead_writes_and_its_citizen_reads_it(district: District, handled: Report) -> None:
    write(handled, district.roads, handler(district.roads))

    told = queries.progress_of(citizen(handled), AT + MINUTE).milestones[-1]
    assert (told.what, told.words, told.unit_id) == (Milestone.WRITTEN, WORDS, district.roads)
    assert Outbox.objects.filter(kind=NoticeKind.WRITTEN).count() == 1


def test_the_desk_writes_whoever_leads(centre: Actor, district: District, handled: Report) -> None:
    write(handled, district.centre, staff(district.centre, Power.SEE, Power.REGISTER))

    told = queries.progress_of(citizen(handled), AT + MINUTE).milestones[-1]
    assert (told.words, told.unit_id) == (WORDS, district.centre)


def test_it_is_no_answer_to_the_demand(district: District, handled: Report) -> None:
    write(handled, district.roads, handler(district.roads))

    progress = queries.progress_of(citizen(handled), AT + MINUTE)
    assert progress.reply == ""
    assert progress.goes_on


@pytest.mark.parametrize("of", ["water", "parks"])
def test_nobody_else_writes(district: District, handled: Report, of: str) -> None:
    before = standing()

    with pytest.raises(DomainError) as refused:
        write(handled, getattr(district, of), handler(getattr(district, of)))

    assert refused.value.code in (PowerMissing.code, queries.ReportNotFound.code)
    assert standing() == before


def test_nobody_writes_for_another_unit(district: District, handled: Report) -> None:
    before = standing()

    with pytest.raises(PowerMissing):
        write(handled, district.centre, handler(district.roads))

    assert standing() == before


def test_another_citizen_of_the_case_reads_none_of_it(
    centre: Actor, district: District, handled: Report
) -> None:
    other = reported(centre, said("k-other", "我也看到", joins=handled.work_order.number))

    write(handled, district.roads, handler(district.roads))

    told = queries.progress_of(citizen(other), AT + MINUTE).milestones
    assert Milestone.WRITTEN not in [one.what for one in told]


def test_pressed_twice_is_written_once(district: District, handled: Report) -> None:
    write(handled, district.roads, handler(district.roads))
    before = standing()

    write(handled, district.roads, handler(district.roads))

    assert standing() == before


def test_blank_words_say_nothing(district: District, handled: Report) -> None:
    before = standing()

    with pytest.raises(WordsMissing):
        write(handled, district.roads, handler(district.roads), words=" \n")

    assert standing() == before


def test_not_once_the_case_is_closed(centre: Actor, district: District) -> None:
    report = closed(centre, district.roads).reports.get()
    before = standing()

    with pytest.raises(WrongState):
        write(report, district.centre, centre)

    assert standing() == before


def test_what_was_written_can_be_erased(centre: Actor, district: District, handled: Report) -> None:
    write(handled, district.roads, handler(district.roads))
    seq = handled.work_order.entries.latest("seq").seq

    actions.erase_notes(
        number=handled.work_order.number,
        seq=seq,
        reason="写了姓名",
        actor=centre,
        at=AT + MINUTE,
    )

    assert not Note.objects.filter(name=NoteName.MESSAGE).exists()
    assert queries.broken_cases([handled.work_order_id]) == []


def add(report: Report, words: str, at: timedelta) -> None:
    actions.supplement_report(report_id=report.pk, words=words, actor=citizen(report), at=AT + at)


def test_its_citizen_adds_ten_times_an_hour_and_no_more(handled: Report) -> None:
    for n in range(10):
        add(handled, f"第{n}句", n * MINUTE)
    before = standing()

    with pytest.raises(SupplementedOften) as refused:
        add(handled, "再一句", 20 * MINUTE)

    assert refused.value.params["retry_after"] == 40 * 60
    assert standing() == before
    add(handled, "再一句", 61 * MINUTE)


def test_who_calls_is_heard_each_time(centre: Actor, handled: Report) -> None:
    for n in range(12):
        actions.supplement_report(
            report_id=handled.pk, words=f"第{n}句", actor=centre, at=AT + MINUTE
        )

    assert handled.work_order.entries.filter(body__contains='"SUPPLEMENT"').count() == 12
