"""A move takes what its row of the table names, and refuses what else is said with it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from chengshao.kernel.actor import Actor, ActorKind, Grant
from chengshao.workorders.rules.book import BOOK, CASE_MOVES, CaseMove
from chengshao.workorders.rules.facts import (
    NOTHING,
    Asked,
    CaseFacts,
    Closing,
    ReportFacts,
    TaskFacts,
)
from chengshao.workorders.rules.lifecycle import decide_case, decide_task
from chengshao.workorders.rules.refusals import TakesNo
from chengshao.workorders.rules.taking import (
    SAID,
    check_takes,
    takes_of,
    takes_of_case_move,
    takes_on,
)
from chengshao.workorders.terms import (
    CaseCommand,
    ClosingKind,
    ContactResult,
    DeclineGround,
    Need,
    Outcome,
    OuterWhat,
    Power,
    Principle,
    Side,
    Step,
    TaskCommand,
    TaskKind,
    TaskMove,
    TaskState,
)

DESK, ROADS, PARKS = 1, 7, 8
EVERYTHING = frozenset(Grant(power, None) for power in Power)
ANYONE = Actor(ActorKind.PERSON, None, EVERYTHING)
SOMETHING: Mapping[str, Any] = {
    "reason": "理由",
    "ground": DeclineGround.UNLAWFUL,
    "closing": Closing(ClosingKind.SOLVED),
    "asked_unit_ids": frozenset({PARKS}),
    "proposed_unit_id": PARKS,
    "until": date(2026, 3, 20),
    "matter": "C0101",
    "lead_unit_id": PARKS,
    "double_unit_ids": frozenset({PARKS}),
    "co_handle_unit_ids": frozenset({PARKS}),
    "copy_unit_ids": frozenset({PARKS}),
    "principle": Principle.BY_LAW,
    "responsibility_id": 3,
    "reply": "已修好",
    "basis": "依据",
    "task_words": "换一块井盖",
    "attempt": ContactResult.TALKED,
}
FIELDS = [(need, name) for need, names in SAID.items() for name in names]
BEYOND = [
    pytest.param(row, name, id=f"{row.kind}-{row.source}-{row.command}-{name}")
    for row in BOOK.moves
    for need, name in FIELDS
    if need not in takes_of(row)
]
BEYOND_ON_A_CASE = [
    pytest.param(row, name, id=f"{row.command}-{name}")
    for row in CASE_MOVES
    for need, name in FIELDS
    if need not in takes_of_case_move(row)
]
TO_CITIZEN = {
    (TaskKind.REGISTER, TaskCommand.ANSWER_DIRECTLY),
    (TaskKind.LEAD, TaskCommand.ANSWER),
    (TaskKind.DOUBLE, TaskCommand.ANSWER),
    (TaskKind.SIGN_OFF, TaskCommand.SIGN),
}


def before(row: TaskMove) -> tuple[CaseFacts, TaskFacts]:
    """Return a case on which a task waits for this row, below a lead's."""
    lead = TaskFacts(TaskKind.LEAD, ROADS, TaskState.ACKNOWLEDGED, id=1)
    task = TaskFacts(row.kind, ROADS, row.source, id=2, parent_id=1)
    about = frozenset({ROADS}) if row.if_complained_about else frozenset[int]()
    reports = (ReportFacts(1),)
    return CaseFacts(DESK, (lead, task), reports, complained_about=about), task


def mover(row: TaskMove) -> Actor:
    if row.side is Side.CITIZEN:
        return Actor(ActorKind.CITIZEN, report_id=1)
    return ANYONE


def standing(row: CaseMove) -> CaseFacts:
    """Return a case that stands where the command may be tried."""
    if row.sources[0] is Step.REPORTED:
        task = TaskFacts(TaskKind.REGISTER, DESK, id=1)
        return CaseFacts(DESK, (task,), (ReportFacts(1),), outer=bool(row.outer))
    ended = CaseFacts(DESK, (), (ReportFacts(1),), outcome=Outcome.CLOSED)
    return replace(ended, track=row.by_hand_on[0]) if row.by_hand_on else ended


def test_everything_that_somebody_may_say_is_tried_here() -> None:
    assert SOMETHING.keys() == {name for _need, name in FIELDS}


@pytest.mark.parametrize(("row", "name"), BEYOND)
def test_a_move_refuses_what_its_row_does_not_name(row: TaskMove, name: str) -> None:
    case, task = before(row)
    said = replace(NOTHING, **{name: SOMETHING[name]})

    with pytest.raises(TakesNo) as refused:
        decide_task(case=case, task=task, command=row.command, actor=mover(row), given=said)

    assert refused.value.params["fields"] == name


@pytest.mark.parametrize(("row", "name"), BEYOND_ON_A_CASE)
def test_so_does_a_command_on_the_case(row: CaseMove, name: str) -> None:
    said = replace(NOTHING, **{name: SOMETHING[name]})
    actor = replace(ANYONE, kind=ActorKind.SYSTEM)

    with pytest.raises(TakesNo) as refused:
        decide_case(case=standing(row), command=row.command, actor=actor, given=said)

    assert refused.value.params["fields"] == name


@pytest.mark.parametrize("row", BOOK.moves, ids=lambda r: f"{r.kind}-{r.source}-{r.command}")
def test_what_a_row_names_may_be_said(row: TaskMove) -> None:
    takes = takes_of(row, OuterWhat.EXTENSION)
    named = {name: SOMETHING[name] for need, name in FIELDS if need in takes}

    check_takes(takes, replace(NOTHING, **named))


def test_all_that_is_too_much_is_named() -> None:
    said = replace(NOTHING, until=SOMETHING["until"], reply="已修好", reason="看过了")

    with pytest.raises(TakesNo) as refused:
        check_takes(frozenset({Need.REASON}), said)

    assert refused.value.params == {"need": Need.DATE, "fields": "until, reply"}


def test_what_is_blank_is_not_said() -> None:
    check_takes(frozenset(), replace(NOTHING, reply=" \u200b", asked_unit_ids=frozenset()))


def test_words_to_the_citizen_are_only_those_of_who_answers() -> None:
    speak = {(row.kind, row.command) for row in BOOK.moves if Need.REPLY in takes_of(row)}
    on_cases = {row.command for row in CASE_MOVES if Need.REPLY in takes_of_case_move(row)}

    assert (speak, on_cases) == (TO_CITIZEN, {CaseCommand.DECLINE})


@pytest.mark.parametrize(
    ("kind", "needs"),
    [
        (TaskKind.LEAD, {Need.REPLY, Need.CLOSING, Need.REASON}),
        (TaskKind.DOUBLE, {Need.REPLY, Need.CLOSING}),
        (TaskKind.CO_HANDLE, {Need.REASON}),
    ],
)
def test_who_signs_says_what_who_answered_might(kind: TaskKind, needs: set[Need]) -> None:
    answered = TaskFacts(kind, ROADS, TaskState.ACKNOWLEDGED, id=1)
    waits = TaskFacts(TaskKind.SIGN_OFF, ROADS, id=2, parent_id=1)
    sign = next(row for row in BOOK.moves if row.command == TaskCommand.SIGN)

    assert takes_on(sign, waits, CaseFacts(DESK, (answered, waits))) == needs


@pytest.mark.parametrize("what", OuterWhat)
def test_a_platform_names_a_day_only_of_more_time(what: OuterWhat) -> None:
    lead = TaskFacts(TaskKind.LEAD, ROADS, TaskState.ACKNOWLEDGED, id=1)
    request = TaskFacts(TaskKind.OUTER_REQUEST, DESK, id=2, parent_id=1, asked=Asked(what=what))
    grant = next(
        row
        for row in BOOK.moves
        if (row.kind, row.command) == (TaskKind.OUTER_REQUEST, TaskCommand.GRANT)
    )

    takes = takes_on(grant, request, CaseFacts(DESK, (lead, request), outer=True))

    assert (Need.DATE in takes) == (what is OuterWhat.EXTENSION)
