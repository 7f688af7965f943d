"""Words made out of a case: an answer begun from its facts, and what is copied elsewhere."""

from collections import Counter

from django.utils.timezone import localdate, localtime
from django.utils.translation import override

from chengshao.catalog.terms import EvidenceKind
from chengshao.desk.queries.case import CasePage
from chengshao.desk.rules.copies import Line, copied
from chengshao.desk.rules.drafting import AnswerFacts, Shown, answer_draft
from chengshao.kernel.actor import Actor
from chengshao.web.moments import full
from chengshao.web.texts import term
from chengshao.workorders import queries as workorders
from chengshao.workorders.terms import ContactResult, TaskKind

_SHOWN = (EvidenceKind.PHOTO_AFTER, EvidenceKind.DOCUMENT, EvidenceKind.TEST_REPORT)
_IN_VAIN = (ContactResult.NOBODY, ContactResult.UNAVAILABLE, ContactResult.WRONG_NUMBER)
_CHINESE = "zh-hans"  # what leaves the house is read by citizens, groups and platforms


def draft_of(page: CasePage) -> str:
    """Return an answer begun from what the case knows; blanks stand where it knows nothing."""
    attempts = page.view.attempts
    spoke = [a.at for a in attempts if a.result == ContactResult.TALKED]
    handed_in = Counter(
        file.evidence_kind for file in page.view.attachments if file.erased_at is None
    )
    with override(_CHINESE):
        shown = [Shown(str(term("evidence_kind", kind)), handed_in[kind]) for kind in _SHOWN]
    facts = AnswerFacts(
        asked_on=localdate(page.view.case.opened_at),
        where=page.division,
        what=page.matter.name if page.matter else "",
        citizens=max(len(page.reports), 1),
        spoke_at=localtime(max(spoke)) if spoke else None,
        tried=sum(a.result in _IN_VAIN for a in attempts),
        shown=shown,
        close_condition=page.matter.close_condition if page.matter else "",
        today=page.today,
    )
    return answer_draft(facts)


def group_words(page: CasePage, link: str) -> str:
    """
    Return what a work group may read of a case: no words of a citizen, no name, number or house.

    :param link: to the case, for who may open it
    """
    due = min((task.due_at for task in page.mine if task.due_at), default=None)
    with override(_CHINESE):
        return copied(
            [
                Line("事项", page.matter.name if page.matter else ""),
                Line("地点", page.division),
                Line("结案条件", page.matter.close_condition if page.matter else ""),
                Line("时限", f"{full(due)}前" if due else ""),
                Line("案卷", link),
            ]
        )


def platform_words(page: CasePage, actor: Actor) -> str:
    """
    Return the answer as the platform gets it whose order this is: without what is somebody's own.
    "" while nobody is to report it there, and of a case that is no platform's order.
    """
    orders = [report for report in page.reports if report.source_number or report.outer_due_at]
    reported = [task for task in page.tasks if task.kind == TaskKind.OUTER_CLOSING]
    if not (orders and page.last_reply and (page.closing or reported)):
        return ""
    number = page.view.case.number
    leads = [task.unit for task in page.tasks if task.kind == TaskKind.LEAD and task.unit]
    unit = page.closed_unit or next(reversed(leads), None)
    with override(_CHINESE):
        return copied(
            [
                Line("来源编号", "、".join(order.source_number for order in orders)),
                Line("事项", page.matter.name if page.matter else ""),
                Line("承办单位", unit.name if unit else ""),
                Line("办理结果", page.closing or reported[-1].closing),
                Line("答复", workorders.reply_without_own(page.last_reply, number, actor)),
                Line("办理时间", full(page.view.case.ended_at) if page.view.case.ended_at else ""),
            ]
        )
