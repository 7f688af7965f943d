"""The duty log is only added to: a line stands, what follows is another line."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from chengshao.duty import actions, queries
from chengshao.duty.models import LogEntry
from chengshao.duty.queries import DutyPowerMissing
from chengshao.kernel.actor import Actor
from chengshao.kernel.errors import DomainError
from chengshao.workorders.queries import WorkOrderNotFound
from tests.district import AT, District, registered, said, staff
from tests.integration.duty.conftest import LATER, on_duty


@pytest.fixture
def leader(district: District) -> Actor:
    return on_duty(district.centre, "白班")


def written(actor: Actor, words: str = "电梯困人，消防已到场", **more: object) -> LogEntry:
    return actions.write_log(words=words, actor=actor, at=AT, **more)  # type: ignore[arg-type]


def test_a_line_says_what_when_who_and_about_which_case(leader: Actor, centre: Actor) -> None:
    case = registered(centre, said("k-1", "电梯里有人"))
    written(leader, happened_at=AT - timedelta(hours=1), case_number=case.number)

    (line,) = queries.office_of(leader, LATER).entries

    assert (line.words, line.case) == ("电梯困人，消防已到场", case.number)
    assert (line.happened_at, line.written_at) == (AT - timedelta(hours=1), AT)
    assert line.by == "白班（示意）"


@pytest.mark.parametrize("attribute", ["words", "happened_at", "stays_open"])
def test_a_line_is_never_changed(leader: Actor, attribute: str) -> None:
    row = written(leader)
    other = {"words": "没有的事", "happened_at": AT - timedelta(days=1), "stays_open": True}

    with pytest.raises(IntegrityError), transaction.atomic():
        LogEntry.objects.filter(pk=row.pk).update(**{attribute: other[attribute]})
    with pytest.raises(IntegrityError), transaction.atomic():
        LogEntry.objects.filter(pk=row.pk).delete()


def test_what_stays_open_is_listed_until_another_line_settles_it(leader: Actor) -> None:
    row = written(leader, stays_open=True)
    assert [line.id for line in queries.office_of(leader, LATER).open] == [row.pk]

    settling = actions.settle_log(entry_id=row.pk, words="人已救出", actor=leader, at=LATER)

    office = queries.office_of(leader, LATER)
    assert office.open == []
    assert [(line.words, line.settles) for line in office.entries] == [
        ("人已救出", "电梯困人，消防已到场"),
        ("电梯困人，消防已到场", ""),
    ]
    assert settling.settles_id == row.pk


def test_nothing_is_settled_twice_or_without_being_open(leader: Actor) -> None:
    closed, row = written(leader), written(leader, stays_open=True)
    actions.settle_log(entry_id=row.pk, words="好了", actor=leader, at=LATER)

    for entry_id in (closed.pk, row.pk):
        with pytest.raises(actions.LogEntrySettled):
            actions.settle_log(entry_id=entry_id, words="又好了", actor=leader, at=LATER)
    assert LogEntry.objects.count() == 3


@pytest.mark.parametrize(
    ("refusal", "more"),
    [
        (actions.DutyWordsMissing, {"words": "　"}),
        (actions.DutyWordsMissing, {"words": "长" * 2001}),
        (actions.DutyWordsMissing, {"words": "\x00"}),
        (actions.DutyTimeAhead, {"happened_at": LATER}),
        (WorkOrderNotFound, {"case_number": "20260302-9999"}),
    ],
)
def test_what_can_not_be_written_leaves_no_line(
    leader: Actor, refusal: type[DomainError], more: dict[str, object]
) -> None:
    with pytest.raises(refusal):
        written(leader, **{"words": "有事", **more})  # type: ignore[arg-type]
    assert not LogEntry.objects.exists()


def test_a_unit_reads_and_settles_only_its_own_log(leader: Actor, district: District) -> None:
    row = written(leader, stays_open=True)
    other = on_duty(district.qingbo, "街道值班")

    assert queries.office_of(other, LATER).entries == []
    with pytest.raises(actions.LogEntryNotFound):
        actions.settle_log(entry_id=row.pk, words="好了", actor=other, at=LATER)
    with pytest.raises(DutyPowerMissing):
        written(staff(district.centre, "DISPATCH"))
    with pytest.raises(actions.NobodySigned):
        written(staff(district.centre, "KEEP_DUTY_LOG"))
