"""What of a history its citizen may know, by lines alone."""

from typing import Any

import pytest

from chengshao.workorders.rules.facts import Asked, TaskFacts
from chengshao.workorders.rules.milestones import HistoryLine, milestones, was_on
from chengshao.workorders.terms import (
    CaseCommand,
    ClosingKind,
    Milestone,
    OuterWhat,
    ReportCommand,
    Step,
    TaskCommand,
    TaskKind,
)

MINE, OTHER, ROADS = 7, 8, 30
M, C, R = Milestone, TaskCommand, ReportCommand
# Lines that every case has and no citizen learns of.
INTERNAL = (
    C.CONSULT, C.OPINE, C.RECALL, C.ACKNOWLEDGE, C.CALL_IN, C.SUBASSIGN, C.HAND_UP, C.INQUIRE,
    C.REPLY, C.ASK_RETURN, C.ASK_EXTENSION, C.ASK_SUSPENSION, C.ANSWER, C.SIGN, C.SEND_BACK,
    C.CONFIRM, C.REFUTE, C.CANNOT_CHECK, CaseCommand.COPY, CaseCommand.REMIND,
    CaseCommand.SAY_OVERDUE, CaseCommand.TELL_LEADER, CaseCommand.RECALCULATE,
    CaseCommand.NAME_PERSON, CaseCommand.ATTACH, CaseCommand.NOTE_SEEN, CaseCommand.OPEN,
    CaseCommand.ARCHIVE,
    CaseCommand.REVIEW_LEDGER, CaseCommand.TAKE_SAMPLE, CaseCommand.ASK_OUTER_RETURN,
    R.MARK_NUISANCE, R.UNMARK_NUISANCE, R.LAPSE, R.HAND_LINK,
)  # fmt: skip


class Story:
    """A history as it grows: story.then(command, step, …)."""

    def __init__(self) -> None:
        self.lines: list[HistoryLine] = []

    def then(self, command: str, step: str = "", words: str = "", **more: Any) -> "Story":
        last = self.lines[-1].body["step"] if self.lines else Step.REPORTED
        at = f"2026-03-02T01:{len(self.lines):02}:00+00:00"
        body = {"command": command, "step": step or last, "at": at, **more}
        self.lines.append(HistoryLine(1, body, words))
        return self

    def told(self, *tasks: TaskFacts, outer: bool = False) -> list[Milestone]:
        found = milestones(
            self.lines, report_id=MINE, tasks={task.id: task for task in tasks}, outer=outer
        )
        return [passed.what for passed in found]


def begun() -> Story:
    return Story().then(R.REPORT, report_id=MINE)


def sent() -> Story:
    story = begun().then(C.REGISTER, Step.REGISTERED)
    return story.then(C.DISPATCH, Step.DISPATCHED, lead_unit_id=ROADS)


@pytest.mark.parametrize("command", INTERNAL)
def test_what_is_between_offices_is_no_milestone(command: str) -> None:
    assert sent().then(command, report_id=OTHER).told() == [M.RECEIVED, M.ACCEPTED, M.SENT]


@pytest.mark.parametrize(
    "command",
    [
        R.CHASE,
        R.SUPPLEMENT,
        R.ASK_PROGRESS,
        R.RATE,
        R.VOID_RATING,
        R.WITHDRAW,
        C.READ,
        CaseCommand.ERASE,
    ],
)
def test_what_another_citizen_does_is_no_milestone_and_the_own_is(command: str) -> None:
    assert begun().then(command, report_id=OTHER, words="别人的").told() == [M.RECEIVED]
    assert len(begun().then(command, report_id=MINE).told()) == 2


def test_another_s_reopening_is_told_without_the_words() -> None:
    story = begun().then(C.ANSWER_DIRECTLY, Step.CLOSED)
    story.then(CaseCommand.REOPEN, Step.REGISTERED, words="别人的话", report_id=OTHER)

    found = milestones(story.lines, report_id=MINE, tasks={}, outer=False)

    assert (found[-1].what, found[-1].words) == (M.REOPENED, "")


def test_a_closing_is_that_of_the_answer_before() -> None:
    story = sent().then(C.ANSWER, Step.ANSWERED, closing={"kind": ClosingKind.EXPLAINED})
    story.then(C.PASS, Step.CLOSED)

    found = milestones(story.lines, report_id=MINE, tasks={}, outer=False)

    assert [p.what for p in found[-2:]] == [M.ANSWERED, M.CLOSED]
    assert (found[-1].closing, found[-1].unit_id) == (ClosingKind.EXPLAINED, ROADS)


@pytest.mark.parametrize(("kind", "told"), [(TaskKind.CHECK, [M.NOT_SEEN]), (TaskKind.SAMPLE, [])])
def test_that_nobody_could_look_is_told_of_the_check(kind: TaskKind, told: list[Milestone]) -> None:
    story = sent().then(C.ANSWER, Step.ANSWERED, closing={"kind": ClosingKind.SOLVED})
    story.then(C.CANNOT_CHECK, Step.CLOSED, task_id=5)

    assert story.told(TaskFacts(kind, ROADS, id=5))[4:] == [*told, M.CLOSED]


def test_what_goes_on_the_ledger_waits_for_approval_and_for_no_check() -> None:
    story = sent().then(C.ANSWER, Step.ANSWERED, closing={"kind": ClosingKind.LEDGER})

    assert story.told()[-1] == M.FOR_APPROVAL


@pytest.mark.parametrize(
    ("kind", "outer", "effect"),
    [
        (TaskKind.LEADER_APPROVAL, False, []),
        (TaskKind.CENTRE_APPROVAL, False, [M.EXTENDED]),
        (TaskKind.CENTRE_APPROVAL, True, []),
        (TaskKind.OUTER_REQUEST, True, [M.EXTENDED]),
    ],
)
def test_more_time_is_told_once_it_is_granted(
    kind: TaskKind, outer: bool, effect: list[Milestone]
) -> None:
    approval = TaskFacts(kind, ROADS, id=5, asked=Asked(what=OuterWhat.EXTENSION))

    told = sent().then(C.GRANT, task_id=5).told(approval, outer=outer)

    assert told[3:] == effect


def test_only_while_the_report_is_there() -> None:
    merge: dict[str, Any] = {"report_ids": [MINE], "other_id": 2, "source": "a", "target": "b"}
    story = begun().then(CaseCommand.MERGE, Step.MERGED, **merge)
    story.then(C.REGISTER).then(C.DISPATCH, lead_unit_id=ROADS)

    assert story.told() == [M.RECEIVED]
    assert was_on(story.lines, MINE) == {2}
    assert was_on(story.lines, OTHER) == set()
