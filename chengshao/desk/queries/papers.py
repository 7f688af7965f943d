"""What is written on paper about a case: slips for units, letters to citizens."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chengshao.desk.queries import minutes
from chengshao.desk.queries.case import CasePage
from chengshao.desk.queries.tasks import TaskView
from chengshao.kernel.errors import NotFound
from chengshao.web.moments import full
from chengshao.web.qr import qr_png
from chengshao.web.texts import term
from chengshao.web.word import Paper
from chengshao.workorders.terms import Outcome, TaskKind


class PaperNotFound(NotFound):
    """There is nothing to write yet, or nothing of it that this reader may have."""

    code = "paper_not_found"


class PaperKind(StrEnum):
    SLIP = "slip"  # 承办单
    ACCEPTED = "accepted"  # 受理告知书
    DECLINED = "declined"  # 不予受理告知书
    REPLY = "reply"  # 答复函
    MINUTES = "minutes"  # 会议纪要


NAMES = {
    PaperKind.SLIP: gettext_lazy("承办单"),
    PaperKind.ACCEPTED: gettext_lazy("受理告知书"),
    PaperKind.DECLINED: gettext_lazy("不予受理告知书"),
    PaperKind.REPLY: gettext_lazy("答复函"),
    PaperKind.MINUTES: gettext_lazy("会议纪要"),
}
_LETTERS = (PaperKind.ACCEPTED, PaperKind.DECLINED, PaperKind.REPLY)  # to a citizen
HANDLED = (TaskKind.LEAD, TaskKind.DOUBLE, TaskKind.CO_HANDLE, TaskKind.SUBASSIGNED)


@dataclass(frozen=True, slots=True)
class PaperLine:
    """A paper that can be written now; a slip is for one task."""

    kind: PaperKind
    task: TaskView | None = None

    @property
    def words(self) -> str:
        unit = self.task.unit if self.task else None
        return f"{NAMES[self.kind]}（{unit.short_name}）" if unit else str(NAMES[self.kind])


def papers_of(page: CasePage) -> list[PaperLine]:
    """Return which papers can be written now: a slip for each task that is handled, and letters."""
    slips = (task for task in page.tasks if task.kind in HANDLED and task.is_open)
    return [
        *(PaperLine(PaperKind.SLIP, task) for task in slips),
        *(PaperLine(kind) for kind in _letters(page)),
    ]


def paper(
    page: CasePage, kind: PaperKind, *, issuer: str, task_id: int = 0, now: datetime
) -> Paper:
    """
    Return what stands on this paper.

    :param issuer: whose paper it is
    :param task_id: of a slip, for which task
    :raises PaperNotFound: if there is no such paper to write now
    """
    for line in papers_of(page):
        if line.kind is kind and (line.task is None or line.task.id == task_id):
            return _paper(page, kind, line.task, issuer, now)
    raise PaperNotFound


def code_of(number: str) -> str:
    """Return what the code on a paper says: where its case is, else its number."""
    at = reverse("desk:case", args=[number])
    return f"{settings.PUBLIC_URL}{at}" if settings.PUBLIC_URL else number


def _letters(page: CasePage) -> Iterator[PaperKind]:
    if not page.whole:
        return
    outcome = page.view.case.outcome
    if minutes.may_meet(page):
        yield PaperKind.MINUTES
    if page.matter is not None and not outcome:
        yield PaperKind.ACCEPTED
    if outcome == Outcome.DECLINED:
        yield PaperKind.DECLINED
    if outcome == Outcome.CLOSED and page.last_reply:
        yield PaperKind.REPLY


def _paper(
    page: CasePage, kind: PaperKind, task: TaskView | None, issuer: str, now: datetime
) -> Paper:
    case, today = page.view.case, localdate(now)
    return Paper(
        issuer=issuer,
        title=str(NAMES[kind]),
        number=_("案卷编号：{number}").format(number=case.number),
        greeting=_greeting(kind, task),
        facts=list(_facts(page, kind, task)),
        paragraphs=list(_paragraphs(page, kind)),
        signed_by=issuer if kind in _LETTERS else "",
        day=date_format(today, _("Y年n月j日")),
        lines_to_sign=_to_sign(page, kind),
        code=qr_png(code_of(case.number)),
        code_words=_("扫码或上传签字件的照片，可找到案卷{number}").format(number=case.number),
    )


def _to_sign(page: CasePage, kind: PaperKind) -> list[str]:
    if kind is PaperKind.SLIP:
        return [_("承办人"), _("负责人"), _("日期")]
    return minutes.taking_part(page) if kind is PaperKind.MINUTES else []


def _greeting(kind: PaperKind, task: TaskView | None) -> str:
    if kind is PaperKind.MINUTES:
        return ""
    if kind in _LETTERS:
        return _("诉求人：")
    return f"{task.unit.name}：" if task and task.unit else ""


def _facts(page: CasePage, kind: PaperKind, task: TaskView | None) -> Iterator[tuple[str, str]]:
    if kind is PaperKind.MINUTES:
        yield from minutes.facts(page)
        return
    case = page.view.case
    yield _("受理时间"), full(case.opened_at)
    if page.matter:
        yield _("事项"), page.matter.name
    yield _("地点"), (page.place if page.whole else page.place_outside) or _("无地点")
    if kind is PaperKind.SLIP:
        yield from _of_task(page, task)
    elif page.reports:
        yield _("您反映的"), page.reports[0].words or _("已删除")


def _of_task(page: CasePage, task: TaskView | None) -> Iterator[tuple[str, str]]:
    if task is None:
        return
    if page.whole and page.reports:
        yield _("诉求"), "\n".join(report.words for report in page.reports if report.words)
    if task.words:
        yield _("交办要求"), task.words
    if task.due_at:
        yield _("时限"), full(task.due_at)
    if page.matter and page.matter.close_condition:
        yield _("结案条件"), page.matter.close_condition
    asked = page.view.case.evidence_asked
    yield _("佐证"), "、".join(term("evidence_kind", kind) for kind in asked) or _("不要求")


def _paragraphs(page: CasePage, kind: PaperKind) -> Iterator[str]:
    match kind:
        case PaperKind.MINUTES:
            yield from minutes.paragraphs(page)
        case PaperKind.ACCEPTED:
            leads = (t for t in page.tasks if t.kind == TaskKind.LEAD and t.is_open)
            lead = next(leads, None)
            if lead and lead.unit and lead.due_at:
                said = _("您反映的问题已受理，由{unit}办理，应在{due}前办结并答复您。")
                yield said.format(unit=lead.unit.name, due=full(lead.due_at))
            else:
                yield _("您反映的问题已受理，正在确定承办单位。")
        case PaperKind.DECLINED:
            yield _("您反映的问题不予受理。")
            yield page.last_reply or page.closing
        case PaperKind.REPLY:
            yield _("您反映的问题已办理完毕，现答复如下：")
            yield page.last_reply
            yield _("如不满意，可在评价期内通过原渠道反映，我们会再办。")
