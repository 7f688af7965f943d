"""What a move asks and takes of what is said with it: what its row names, and nothing beyond."""

from collections.abc import Mapping

from chengshao.kernel.words import is_blank
from chengshao.workorders.rules import registry
from chengshao.workorders.rules.book import CaseMove
from chengshao.workorders.rules.closings import check_closing
from chengshao.workorders.rules.facts import CaseFacts, Given, TaskFacts
from chengshao.workorders.rules.refusals import NeedMissing, TakesNo
from chengshao.workorders.terms import (
    ClosingKind,
    Need,
    OuterWhat,
    TaskCommand,
    TaskKind,
    TaskMove,
    TaskState,
    Then,
)

# What of `Given` somebody says by each; all else in it is found out, not said.
SAID: Mapping[Need, tuple[str, ...]] = {
    Need.REASON: ("reason",),
    Need.GROUND: ("ground",),
    Need.CLOSING: ("closing",),
    Need.ASKED_UNITS: ("asked_unit_ids",),
    Need.PROPOSED_UNIT: ("proposed_unit_id",),
    Need.DATE: ("until", "outer_due_at"),
    Need.MATTER: ("matter",),
    Need.UNITS: (
        "lead_unit_id",
        "double_unit_ids",
        "co_handle_unit_ids",
        "copy_unit_ids",
        "principle",
        "responsibility_id",
    ),
    Need.REPLY: ("reply",),
    Need.BASIS: ("basis",),
    Need.TASK_WORDS: ("task_words",),
    Need.ATTEMPT: ("attempt",),
}
_BROUGHT_ALONG = {Need.PARTS_OR_REASON: Need.REASON}


def takes_of(row: TaskMove, what: OuterWhat | None = None) -> frozenset[Need]:
    """
    Return what may be said with a move of a task, needed or not.

    :param what: a platform was asked for; it names a day only where that is more time
    """
    takes = _named(row.needs, row.may)
    names_no_day = row.then is Then.OUTER_GRANTED and what is not OuterWhat.EXTENSION
    return takes - {Need.DATE} if names_no_day else takes


def takes_of_case_move(row: CaseMove) -> frozenset[Need]:
    """Return what may be said with a command on the case as a whole, needed or not."""
    return _named(row.needs, row.may)


def takes_on(row: TaskMove, task: TaskFacts, case: CaseFacts) -> frozenset[Need]:
    """Return what may be said on this very task: who signs says what who answered might."""
    takes = takes_of(row, task.asked.what)
    if row.then is Then.SIGNED and task.parent_id:
        answered = case.task(task.parent_id).kind
        answer = registry.move_for(answered, TaskState.ACKNOWLEDGED, TaskCommand.ANSWER)
        takes &= takes_of(answer) if answer else frozenset()
    return takes


def check_takes(takes: frozenset[Need], given: Given) -> None:
    """
    Pass if nothing is said beyond what the move takes; what is blank is not said.

    :raises TakesNo: with the fields that are too much
    """
    beyond = [
        name
        for need, names in SAID.items()
        if need not in takes
        for name in names
        if _is_said(getattr(given, name))
    ]
    if beyond:
        first = next(need for need, names in SAID.items() if beyond[0] in names)
        raise TakesNo(need=first, fields=", ".join(beyond))


def check_needs(needs: tuple[Need, ...], *, case: CaseFacts, given: Given) -> None:
    """
    Pass if all that a move needs is in hand.

    :raises NeedMissing: with the first that is not
    :raises ClosingIncomplete: if the closing lacks what its kind asks, or names more
    :raises DateOutOfReach: if a date of the closing can't be
    """
    in_hand = {
        Need.REASON: not is_blank(given.reason),
        Need.GROUND: given.ground is not None,
        Need.MATTER: bool(given.matter),
        Need.UNITS: given.lead_unit_id is not None,
        Need.ASKED_UNITS: bool(given.asked_unit_ids),
        Need.DATE: given.until is not None,
        Need.BASIS: not is_blank(given.basis),
        Need.REPLY: not is_blank(given.reply),
        Need.ATTEMPT: given.attempt is not None,
        Need.CLOSING: given.closing is not None,
        Need.EVIDENCE: bool(given.evidence),
        Need.EVIDENCE_AS_ASKED: case.evidence_asked <= given.evidence
        or (given.closing is not None and given.closing.kind is not ClosingKind.SOLVED),
        Need.PARTS_OR_REASON: not is_blank(given.reason) or not case.open_of(TaskKind.CO_HANDLE),
    }
    for need in needs:
        if not in_hand[need]:
            raise NeedMissing(need=need)
    if given.closing is not None:
        check_closing(given.closing, today=given.today, most_review_days=given.most_review_days)


def _named(*rows: tuple[Need, ...]) -> frozenset[Need]:
    return frozenset(_BROUGHT_ALONG.get(need, need) for needs in rows for need in needs)


def _is_said(value: object) -> bool:
    return not is_blank(value) if isinstance(value, str) else bool(value)
