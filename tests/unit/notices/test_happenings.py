"""What of a line of the history somebody is told at once."""

import pytest

from chengshao.catalog.terms import Urgency
from chengshao.kernel.canonical import Json
from chengshao.notices.terms import NoticeKind
from chengshao.workorders.rules.happenings import Told, happenings
from chengshao.workorders.terms import CaseCommand, Outcome, ReportCommand, TaskCommand, TaskKind

CASE = Told(1, "20260302-0001", Urgency.ORDINARY)


def opened(
    kind: TaskKind, unit_id: int = 5, *, round: int = 1, state: str = "OPEN"
) -> dict[str, Json]:
    return {"id": 9, "kind": kind, "unit_id": unit_id, "round": round, "state": state}


def told(command: str, *tasks: dict[str, Json], case: Told = CASE, **line: Json) -> list[str]:
    changed = [{"opened": list(tasks)}] if tasks else []
    return [one.kind for one in happenings(case, {"command": command, **line}, changed)]


def test_a_report_is_told_to_its_citizen_alone() -> None:
    (one,) = happenings(
        CASE,
        {"command": ReportCommand.REPORT, "report_id": 3},
        [{"opened": [opened(TaskKind.REGISTER)]}],
    )

    assert (one.kind, one.report_id) == (NoticeKind.RECEIVED, 3)


def test_a_dispatch_tells_the_citizen_and_each_unit_once() -> None:
    lines = (opened(TaskKind.LEAD), opened(TaskKind.CONTACT), opened(TaskKind.CO_HANDLE, 6))

    assert told(TaskCommand.DISPATCH, *lines) == [
        NoticeKind.ACCEPTED,
        NoticeKind.TASK_OPENED,
        NoticeKind.TASK_OPENED,
    ]


def test_a_second_dispatch_is_not_told_to_citizens_again() -> None:
    assert told(TaskCommand.DISPATCH, opened(TaskKind.LEAD, round=2)) == [NoticeKind.TASK_OPENED]


def test_rework_is_called_so() -> None:
    assert told(TaskCommand.FAIL, opened(TaskKind.LEAD, round=2)) == [NoticeKind.REWORK]
    assert told(TaskCommand.SEND_BACK, task_id=9) == [NoticeKind.REWORK]


def test_in_an_emergency_whoever_owes_anything_is_called() -> None:
    urgent = Told(1, "20260302-0001", Urgency.EMERGENCY)

    assert told(TaskCommand.REGISTER, opened(TaskKind.DISPATCH), case=urgent) == [
        NoticeKind.EMERGENCY
    ]
    assert told(TaskCommand.REGISTER, opened(TaskKind.DISPATCH)) == []


@pytest.mark.parametrize(
    ("outcome", "kind"),
    [
        (Outcome.CLOSED, [NoticeKind.DONE]),
        (Outcome.DECLINED, [NoticeKind.DECLINED]),
        (Outcome.RETURNED, [NoticeKind.GIVEN_BACK]),
        (Outcome.WITHDRAWN, []),
        (Outcome.MERGED, []),
    ],
)
def test_an_end_is_told_unless_the_citizen_knows_it(outcome: Outcome, kind: list[str]) -> None:
    found = happenings(CASE, {"command": "X", "ground": "UNLAWFUL"}, [{"outcome": outcome}])

    assert [one.kind for one in found] == kind
    assert all(one.reason == "UNLAWFUL" for one in found)


def test_an_extension_is_told_once_it_takes_effect() -> None:
    longer: list[dict[str, Json]] = [
        {"moved": [{"id": 9, "state": "ACKNOWLEDGED", "extensions": 1}]}
    ]
    gone: list[dict[str, Json]] = [{"moved": [{"id": 9, "state": "CANCELLED", "extensions": 1}]}]
    grant = {"command": TaskCommand.GRANT}

    assert [one.kind for one in happenings(CASE, grant, longer)] == [NoticeKind.EXTENDED]
    assert happenings(CASE, grant | {"too_late": True}, longer) == []
    assert happenings(CASE, grant, gone) == []


def test_each_deadline_is_told_by_itself() -> None:
    said: list[Json] = [
        {"task_id": 9, "said": CaseCommand.REMIND},
        {"task_id": 8, "said": CaseCommand.SAY_OVERDUE},
        {"task_id": 7, "said": CaseCommand.TELL_LEADER},
    ]
    found = happenings(CASE, {"command": CaseCommand.SAY_OVERDUE, "deadlines": said}, [])

    assert [(one.kind, one.task_id, bool(one.reason)) for one in found] == [
        (NoticeKind.DUE_SOON, 9, False),
        (NoticeKind.OVERDUE, 8, False),
        (NoticeKind.OVERDUE, 7, True),
    ]


def test_old_cases_tell_nothing() -> None:
    assert happenings(CASE, {"command": CaseCommand.IMPORT}, [{"outcome": Outcome.CLOSED}]) == []
