"""What the citizen may know of the own report, by its link."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Prefetch, Q
from django.db.models.functions import JSONObject
from django.utils.timezone import localdate

from chengshao.kernel.actor import Actor, ActorKind
from chengshao.workorders.models import (
    CLOSING,
    Attachment,
    Deadline,
    Entry,
    Note,
    Rating,
    Report,
    Task,
    WorkOrder,
)
from chengshao.workorders.queries.scope import ReportNotFound, reports_visible_to
from chengshao.workorders.queries.second_call import (
    chase_again_at,
    rating_given,
    reopening_until,
)
from chengshao.workorders.rules.book import HANDLING_KINDS
from chengshao.workorders.rules.facts import Closing
from chengshao.workorders.rules.milestones import HistoryLine, Passed, milestones, was_on
from chengshao.workorders.terms import (
    CaseCommand,
    DeadlineAuthority,
    DeclineGround,
    Milestone,
    NoteName,
    Outcome,
    ReportCommand,
    ReportKind,
    Step,
    TaskKind,
)

_WITH_PLATFORM = (TaskKind.OUTER_REQUEST, TaskKind.OUTER_CLOSING)
_SHOWN = (NoteName.COMMENT, NoteName.REASON, NoteName.URGED, NoteName.MESSAGE)
_ANSWERED_TO_CITIZEN = (Outcome.CLOSED, Outcome.DECLINED)


@dataclass(frozen=True, slots=True)
class EarlierAnswer:
    """What the citizen was told before the case went on once more."""

    at: datetime
    words: str
    disputed: bool  # its citizen said that it was not done


@dataclass(frozen=True, slots=True)
class Progress:
    """What the citizen may know of the own report: what was said, where it stands, the answer."""

    report_id: int
    number: str  # as the citizen was given it
    words: str
    erased: bool
    place: str
    reported_at: datetime
    complained_about_unit_id: int | None
    withdrawn: bool
    channel: str
    outer: bool  # an order of another platform: only there is it taken back
    step: str
    lead_unit_id: int | None  # who is on it now
    helping_unit_ids: tuple[int, ...]
    promised_by: datetime | None
    returned: bool  # the lead says that it is not its own: who handles it is settled anew
    verdict_by: datetime | None  # when it is settled whether another does
    desk_by: datetime | None  # when the desk has taken it up or sent it on; None: it is past that
    extended: bool
    suspended_until: datetime | None
    for_approval: bool  # it may go on the ledger
    with_platform: bool  # the platform that it came from is asked
    together: bool  # dealt with together with others of its kind
    reply: str  # only when the case is closed or declined
    earlier: tuple[EarlierAnswer, ...]  # before the present one, the newest first
    confidential: bool
    informant: bool
    ended_at: datetime | None
    closing: Closing | None
    closed_unit_id: int | None  # whose answer it is; None: the desk's own
    ground: DeclineGround | None
    unread: bool  # the result is still to be told
    may_rate: bool
    rate_until: datetime | None
    rating: Rating | None  # once given
    may_void_rating: bool  # somebody urged
    rating_words: str
    reopen_until: datetime | None  # None: it may not be reopened
    hears_unit_ids: tuple[int, ...]  # who hears when its citizen chases
    last_chased_at: datetime | None
    chase_again_at: datetime | None  # None: now
    photos: tuple[int, ...]  # pictures that came with the report
    has_contact: bool
    milestones: tuple[Passed, ...]

    @property
    def goes_on(self) -> bool:
        """Tell whether the citizen may still take it back."""
        return not self.withdrawn and self.step in _GOING_ON


_AT_THE_DESK = (TaskKind.REGISTER, TaskKind.DISPATCH)
_ENDS = (Milestone.CLOSED, Milestone.DECLINED)
_GOES_ON_AGAIN = (Milestone.REOPENED, Milestone.CAME_BACK)
_GOING_ON = frozenset(
    {Step.REPORTED, Step.REGISTERED, Step.DISPATCHED, Step.HANDLING, Step.ANSWERED}
)


@dataclass(frozen=True, slots=True)
class _Reply:
    """Words to the citizens of a case, as they were handed in."""

    case_id: int
    seq: int  # of the line on its case
    words: str


def progress_of(actor: Actor, now: datetime) -> Progress:
    """
    Return what becomes of the report that this citizen's link is of: six statements, however long
    its history is; two more for each case that it was merged into.

    :raises ReportNotFound: if there is no such report
    """
    report = _report(actor)
    case = report.work_order
    lines, replies = _history(report)
    tasks = _tasks({line.case_id for line in lines})
    passed = milestones(
        lines,
        report_id=report.pk,
        tasks={task.pk: task.facts() for task in tasks},
        outer=case.outer_due_at is not None,
    )
    here = [task for task in tasks if task.work_order_id == case.pk and task.ended_at is None]
    lead = next((task for task in here if task.kind == TaskKind.LEAD), None)
    verdict = next((t for t in here if lead and _is_verdict_on(t, lead)), None)
    handling = [task.unit_id for task in here if task.kind in HANDLING_KINDS]
    tell = next((task for task in here if task.kind == TaskKind.TELL), None)
    closed = case.outcome == Outcome.CLOSED
    rating = report.rating
    waits = rating is not None and rating.ended_at is None and closed and not report.withdrawn_at
    chased = _last(passed, Milestone.CHASED)
    again = chase_again_at(case, chased, on=localdate(now)) if chased and not case.outcome else None
    progress = Progress(
        report_id=report.pk,
        number=_own_number(lines, report, case),
        words=report.words,
        erased=report.erased_at is not None,
        place=report.place,
        reported_at=report.reported_at,
        complained_about_unit_id=report.complained_about_unit_id,
        withdrawn=report.withdrawn_at is not None,
        channel=report.channel,
        outer=report.outer_due_at is not None,
        step=case.step,
        lead_unit_id=lead.unit_id if lead else None,
        helping_unit_ids=tuple(unit for unit in handling if not lead or unit != lead.unit_id),
        promised_by=_inner_due(lead) if lead and not verdict else None,
        returned=verdict is not None,
        verdict_by=_inner_due(verdict) if verdict else None,
        desk_by=next((_inner_due(task) for task in here if task.kind in _AT_THE_DESK), None),
        extended=lead is not None and lead.extensions > 0,
        suspended_until=case.resumes_at,
        for_approval=any(task.kind == TaskKind.LEDGER_APPROVAL for task in here),
        with_platform=any(task.kind in _WITH_PLATFORM for task in here),
        together=_is_together(passed),
        reply=_reply_until(replies, case.pk) if case.outcome in _ANSWERED_TO_CITIZEN else "",
        earlier=_earlier(passed, replies),
        confidential=report.confidential,
        informant=report.kind == ReportKind.INFORMANT,
        ended_at=case.ended_at,
        closing=CLOSING.validate_python(case.closing) if case.closing else None,
        closed_unit_id=case.closed_unit_id,
        ground=_ground(lines, case),
        unread=tell is not None and not report.withdrawn_at and not report.told_since(tell),
        may_rate=waits,
        rate_until=rating.lapses_at if rating and waits else None,
        rating=rating if rating and rating.satisfaction else None,
        may_void_rating=bool(rating_given(case, report))
        and case.archived_at is None
        and not report.withdrawn_at,
        rating_words=_last_words(passed, Milestone.RATED),
        reopen_until=_reopen_until(report, case, now),
        hears_unit_ids=tuple(handling) or (case.desk_unit_id,),
        last_chased_at=chased,
        chase_again_at=again if again and again > now else None,
        photos=tuple(report.photo_ids),  # type: ignore[attr-defined]
        has_contact=report.contact_id is not None,
        milestones=tuple(passed),
    )
    with_platform_again = _last(passed, Milestone.RETURNED) and case.step != Step.RETURNED
    if with_platform_again and not _last(passed, Milestone.WITHDRAWN):
        return _given_back(progress)
    return progress


def _given_back(progress: Progress) -> Progress:
    """Return what there is to know of an order that its platform has back, while others wait."""
    return replace(
        progress,
        withdrawn=False,
        step=Step.RETURNED,
        suspended_until=None,
        with_platform=False,
        together=False,
        reply="",
        ended_at=_last(progress.milestones, Milestone.RETURNED),
        closing=None,
    )


def progress_of_report(*, report_id: int, actor: Actor, now: datetime) -> Progress:
    """
    Return the same to whoever sees the report, or brought it.

    :raises ReportNotFound: if it is not there for this actor
    """
    if not reports_visible_to(actor).filter(pk=report_id).exists():
        raise ReportNotFound
    return progress_of(Actor(ActorKind.CITIZEN, report_id=report_id), now)


def _report(actor: Actor) -> Report:
    if actor.kind is not ActorKind.CITIZEN or actor.report_id is None:
        raise ReportNotFound
    pictures = Attachment.objects.filter(report=OuterRef("pk"), blob__has_thumbnail=True)
    found = (
        reports_visible_to(actor)
        .annotate(photo_ids=ArraySubquery(pictures.order_by("pk").values("pk")))
        .select_related("work_order")
        .prefetch_related("ratings")
        .defer("bigrams")
        .first()
    )
    if found is None:
        raise ReportNotFound
    return found


def _history(report: Report) -> tuple[list[HistoryLine], list[_Reply]]:
    """
    Return the lines of every case that the report was ever on, the first one first, and the words
    to citizens on them, in order.
    """
    lines: list[HistoryLine] = []
    replies: list[_Reply] = []
    asked: set[int] = set()
    wanted = {report.work_order_id}
    while wanted - asked:
        found, said = _lines_of(wanted - asked)
        asked |= wanted
        lines = found + lines
        replies = said + replies
        wanted = was_on(found, report.pk)
    return lines, replies


def _lines_of(case_ids: Collection[int]) -> tuple[list[HistoryLine], list[_Reply]]:
    """Words of staff stay where they are, save those to the citizen."""
    to_citizen = Q(name__in=(NoteName.REPLY, NoteName.MESSAGE))
    to_citizen |= Q(entry__body__contains='"actor":"CITIZEN"')
    notes = Note.objects.filter(to_citizen, entry=OuterRef("pk")).values(
        told=JSONObject(name="name", text="text")
    )
    entries = Entry.objects.filter(work_order__in=sorted(case_ids)).annotate(
        said=ArraySubquery(notes)
    )
    lines: list[HistoryLine] = []
    replies: list[_Reply] = []
    for case_id, seq, text, said in entries.order_by("work_order_id", "seq").values_list(
        "work_order_id", "seq", "body", "said"
    ):
        body = json.loads(text)
        told = {note["name"]: note["text"] for note in said}
        if NoteName.REPLY in told:
            replies.append(_Reply(case_id, seq, told[NoteName.REPLY]))
        own = next((told[name] for name in _SHOWN if told.get(name)), "")
        lines.append(HistoryLine(case_id, body, own, seq))
    return lines, replies


def _reply_until(replies: Sequence[_Reply], case_id: int, seq: int | None = None) -> str:
    """Return the last words to the citizen on a case, up to a line where one is named."""
    said = [r.words for r in replies if r.case_id == case_id and (seq is None or r.seq <= seq)]
    return said[-1] if said else ""


def _earlier(passed: Sequence[Passed], replies: Sequence[_Reply]) -> tuple[EarlierAnswer, ...]:
    """Return what was answered before each time that the case went on again, the newest first."""
    found: list[EarlierAnswer] = []
    ended: Passed | None = None
    for one in passed:
        if one.what in _ENDS:
            ended = one
        elif one.what in _GOES_ON_AGAIN and ended is not None:
            said = _reply_until(replies, ended.case_id, ended.seq)
            if said:
                found.append(EarlierAnswer(ended.at, said, disputed=bool(one.words)))
            ended = None
    return tuple(reversed(found))


def _is_verdict_on(task: Task, lead: Task) -> bool:
    return task.kind == TaskKind.ADJUDICATE and task.parent_id == lead.pk


def _tasks(case_ids: Collection[int]) -> list[Task]:
    running = Deadline.objects.filter(authority=DeadlineAuthority.INNER, ended_at=None)
    limits = Prefetch("deadlines", running, to_attr="running")
    found = Task.objects.filter(work_order__in=sorted(case_ids)).prefetch_related(limits)
    return list(found.order_by("pk"))


def _inner_due(task: Task) -> datetime | None:
    running: list[Deadline] = task.running  # type: ignore[attr-defined]
    return running[0].due_at if running else None


def _own_number(lines: Sequence[HistoryLine], report: Report, case: WorkOrder) -> str:
    """Return the number under which the report came: a merge gives its case another."""
    for line in lines:
        own = line.body.get("report_id") == report.pk
        if own and line.case_id == case.pk and line.body["command"] == ReportCommand.REPORT:
            break
        if line.body["command"] == CaseCommand.MERGE and report.pk in line.body["report_ids"]:
            return str(line.body["source"])
    return case.number


def _is_together(passed: Sequence[Passed]) -> bool:
    joined = [one.what for one in passed if one.what in (Milestone.TOGETHER, Milestone.APART)]
    return bool(joined) and joined[-1] is Milestone.TOGETHER


def _ground(lines: Sequence[HistoryLine], case: WorkOrder) -> DeclineGround | None:
    if case.outcome != Outcome.DECLINED:
        return None
    grounds = (line.body.get("ground") for line in lines if line.case_id == case.pk)
    named = [ground for ground in grounds if ground]
    return DeclineGround(named[-1]) if named else None


def _reopen_until(report: Report, case: WorkOrder, now: datetime) -> datetime | None:
    over = case.outcome != Outcome.CLOSED or case.archived_at is not None
    if over or report.withdrawn_at is not None or report.erased_at is not None:
        return None
    until = reopening_until(case, on=localdate(now))
    return until if until and now <= until else None


def _last(passed: Sequence[Passed], what: Milestone) -> datetime | None:
    return max((one.at for one in passed if one.what is what), default=None)


def _last_words(passed: Sequence[Passed], what: Milestone) -> str:
    said: Mapping[Milestone, str] = {one.what: one.words for one in passed}
    return said.get(what, "")
