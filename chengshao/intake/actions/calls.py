"""A call is saved with what was read on it, and answered at once where that is enough."""

import contextlib
from datetime import datetime

from django.db import transaction

from chengshao.intake.actions.receiving import Received, received
from chengshao.kernel.actor import Actor
from chengshao.kernel.errors import NotAllowed, Refused
from chengshao.knowledge import actions as knowledge
from chengshao.knowledge.queries import ItemLine
from chengshao.knowledge.terms import Validity
from chengshao.workorders import actions as workorders
from chengshao.workorders import queries
from chengshao.workorders.actions import NewReport
from chengshao.workorders.terms import Channel, ContactResult

_FACE_TO_FACE = (Channel.HOTLINE, Channel.COUNTER)


class NotAnsweredAtOnce(Refused):
    """An item without a matter: the case that it closed would be of none."""

    code = "knowledge_not_answered_at_once"


class ExpiredNotRead(Refused):
    code = "knowledge_expired_not_read"


@transaction.atomic
def take_call(
    *, report: NewReport, answers: int | None = None, actor: Actor, at: datetime
) -> Received:
    """
    Take down what a caller says, with what was read to them under the report's key. Where that
    answered it (直接答复), the case is closed with those words, told there and then. The same
    call again changes nothing.

    :param answers: the version of the item that answered it
    :raises ItemNotFound: if there is no such version
    :raises NotAnsweredAtOnce: if it names no matter
    :raises ExpiredNotRead: if it is replaced or not in force
    :raises DomainError: see workorders.actions.receive_report and answer_directly
    """
    key = report.client_key
    line = None
    if answers is not None:
        line = knowledge.read_aloud(version_id=answers, call_key=key, actor=actor, at=at)
        _check_answers(line)
    stored = workorders.receive_report(report=report, actor=actor, at=at)
    knowledge.keep_on_report(call_key=key, report_id=stored.pk, actor=actor)
    if line is not None and stored.is_new:
        case = stored.work_order
        workorders.answer_directly(
            number=case.number,
            seen_revision=case.revision,
            matter=line.draft.matter,
            reply=line.draft.answer,
            actor=actor,
            at=at,
        )
        if report.channel in _FACE_TO_FACE:
            _note_that_it_was_told(case.pk, stored.pk, actor, at)
    return received(stored)


def _note_that_it_was_told(case_id: int, report_id: int, actor: Actor, at: datetime) -> None:
    """Who asked heard the answer there and then: nobody calls them once more for it."""
    task_id = queries.task_to_tell(case_id)
    if task_id is None:
        return
    with contextlib.suppress(NotAllowed):  # who answers need not be who may end a call
        workorders.record_contact(
            task_id=task_id,
            report_id=report_id,
            result=ContactResult.TALKED,
            actor=actor,
            at=at,
        )


def _check_answers(line: ItemLine) -> None:
    if not line.draft.matter:
        raise NotAnsweredAtOnce
    if not line.is_current or line.validity is not Validity.IN_FORCE:
        raise ExpiredNotRead
