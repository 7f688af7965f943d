"""The history reproduces what was done, and shows when somebody meddled with it (X4)."""

import json

import pytest

from chengshao.kernel.actor import Actor
from chengshao.workorders import actions, queries
from chengshao.workorders.models import Note, WorkOrder
from chengshao.workorders.rules.refusals import PowerMissing
from chengshao.workorders.terms import Power, TaskCommand, TaskKind
from tests.district import AT, District, dispatched, move, reported, said, staff


@pytest.fixture
def case(centre: Actor, district: District) -> WorkOrder:
    """A dispatched case whose lead has asked for a return, with a person's name in the reason."""
    case = dispatched(centre, district.roads)
    reason = "王女士称管线属供水"
    return move(case, TaskKind.LEAD, TaskCommand.ASK_RETURN, centre, reason=reason)


def test_every_change_is_one_entry_of_an_unbroken_chain(case: WorkOrder) -> None:
    entries = case.entries.order_by("seq")

    commands = [json.loads(entry.body)["command"] for entry in entries]
    assert [entry.seq for entry in entries] == [1, 2, 3, 4]
    assert commands == ["REPORT", "REGISTER", "DISPATCH", "ASK_RETURN"]
    assert queries.first_broken_entry(case) is None


def test_a_tampered_entry_is_found(case: WorkOrder) -> None:
    second = case.entries.get(seq=2)
    second.body = second.body.replace("REGISTERED", "DECLINED")
    second.save()

    assert queries.first_broken_entry(case) == 2


def test_a_removed_last_entry_is_found(case: WorkOrder) -> None:
    last = case.entries.get(seq=4)
    last.notes.all().delete()
    last.delete()

    assert queries.first_broken_entry(case) == 4


def test_a_tampered_note_is_found(case: WorkOrder) -> None:
    Note.objects.filter(name="REASON").update(text="他们同意了")

    assert queries.first_broken_entry(case) == 4


def test_a_note_of_an_entry_that_had_none_is_found(case: WorkOrder) -> None:
    case.entries.get(seq=1).notes.create(name="REASON", salt="0", text="早已同意")

    assert queries.first_broken_entry(case) == 1


def test_erased_notes_leave_the_chain_whole(case: WorkOrder, centre: Actor) -> None:
    actions.erase_notes(number=case.number, seq=4, actor=centre, at=AT)

    case.refresh_from_db()
    assert not Note.objects.filter(name="REASON").exists()
    assert not case.entries.filter(body__contains="王女士").exists()
    assert queries.first_broken_entry(case) is None


def test_who_lacks_the_power_erases_nothing(case: WorkOrder, district: District) -> None:
    with pytest.raises(PowerMissing):
        actions.erase_notes(
            number=case.number, seq=4, actor=staff(district.centre, Power.SEE), at=AT
        )
    assert Note.objects.filter(name="REASON").exists()


def test_neither_words_nor_number_of_a_citizen_stand_in_the_chain(centre: Actor) -> None:
    case = reported(centre, said(words="我是王小明，灯坏了", phone="13800138000")).work_order

    body = case.entries.get().body
    assert "王小明" not in body
    assert "13800138000" not in body
