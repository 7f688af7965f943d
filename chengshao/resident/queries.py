"""What became of a report, in words that somebody of seventy understands. Nothing is written."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from chengshao.people import queries as people
from chengshao.people.queries import UnitLine
from chengshao.web.moments import day, moment
from chengshao.web.texts import term
from chengshao.workorders.queries import Passed, Progress
from chengshao.workorders.terms import (
    Channel,
    ClosingKind,
    Milestone,
    Resolution,
    Satisfaction,
    Step,
)

Units = Mapping[int, UnitLine]
_TO_AND_FRO = (Milestone.WRITTEN, Milestone.SUPPLEMENTED)
_CLOSED = (Step.CLOSED, Step.EVALUATED)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened."""

    at: datetime
    words: str
    own_words: str  # of the citizen


@dataclass(frozen=True, slots=True)
class Said:
    """What a unit wrote to the citizen while the case was open, or the citizen to them."""

    at: datetime
    who: str
    words: str
    own: bool  # of the citizen


@dataclass(frozen=True, slots=True)
class Told:
    """How a report stands: the page's heading, what it means, and what happened so far."""

    heading: str
    meaning: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]  # of a statutory procedure: what to name there
    hears: str  # who hears when the citizen chases
    chased: str  # when that was last done; "" never
    taken_back_there: str  # why it can't be taken back here; "" where it can
    asks_to_go_on: bool  # who says that it is not solved is asked first
    talk: tuple[Said, ...]  # what was said to and fro, the newest first; () before a unit wrote
    lines: tuple[Line, ...]  # the newest first


def told(progress: Progress, now: datetime) -> Told:
    """Return how this report stands, in words for its citizen: two statements at most."""
    about = progress.complained_about_unit_id
    superior = people.superior_id(about, localdate(now)) if about else None
    units = people.unit_lines(_units_named(progress, superior))
    rating = progress.rating
    return Told(
        heading=_heading(progress, now),
        meaning=tuple(said for said in _meaning(progress, units, superior, now) if said),
        facts=_facts(progress, now),
        hears=_names(progress.hears_unit_ids, units),
        chased=moment(progress.last_chased_at, now) if progress.last_chased_at else "",
        taken_back_there=taken_back_there(progress),
        asks_to_go_on=rating is not None
        and progress.reopen_until is not None
        and (
            rating.resolution == Resolution.UNRESOLVED
            or rating.satisfaction == Satisfaction.DISSATISFIED
        ),
        talk=_talk(progress, units),
        lines=tuple(
            _line(passed, units, now)
            for passed in reversed(_with_new_day(progress.milestones, progress))
        ),
    )


def taken_back_there(progress: Progress) -> str:
    """Return where its citizen takes back what another platform sent; "" where that is here."""
    if not progress.outer:
        return ""
    known = progress.channel != Channel.TRANSFER
    platform = term("channel", progress.channel) if known else _("其他平台")
    return _("这件事由{platform}转来，请向原平台撤回。").format(platform=platform)


def _units_named(progress: Progress, superior: int | None) -> set[int]:
    named = {progress.lead_unit_id, progress.closed_unit_id, superior}
    named |= {*progress.helping_unit_ids, *progress.hears_unit_ids}
    named |= {passed.unit_id for passed in progress.milestones}
    return {unit_id for unit_id in named if unit_id}


def _heading(progress: Progress, now: datetime) -> str:
    if progress.withdrawn:
        return _("您已撤回")
    if progress.step in _CLOSED and progress.closing is not None:
        closing = progress.closing
        back = closing.promised_on or closing.review_on
        return term("closing_told", closing.kind).format(
            organ=closing.organ, day=day(back, localdate(now)) if back else ""
        )
    if progress.suspended_until is not None:
        return _("要等一段时间")
    if progress.returned:
        return _("正在重新确定由哪个单位办")
    if progress.step == Step.ANSWERED and progress.with_platform:
        return _("已查过，等来源平台同意办结")
    if progress.for_approval:
        return _("单位说一时办不了，正等上级审批")
    return term("step_told", progress.step)


def _meaning(
    progress: Progress, units: Units, superior: int | None, now: datetime
) -> Iterable[str]:
    if progress.goes_on:
        yield from _going_on(progress, units, now)
    elif not progress.withdrawn:
        yield from _ended(progress, units, now)
    if progress.together and not progress.withdrawn:
        yield _("与同类诉求一并办理。")
    if not progress.withdrawn:
        yield _kept(progress)
    if progress.complained_about_unit_id:
        above = units.get(superior or 0)
        yield _("您投诉的单位看不到这条诉求。")
        if above and progress.goes_on:
            yield _("它的上级{unit}看得到。").format(unit=above.name)


def _kept(progress: Progress) -> str:
    """Say what is kept in confidence; "" where nothing is."""
    if progress.informant:
        return _("您的举报只有指定的几个人看得到。我们不给您打电话，结果请看这一页。")
    if progress.confidential:
        return _("已按您的要求保密：办理单位看不到您的电话。结果不打电话说，请看这一页。")
    return ""


def _going_on(progress: Progress, units: Units, now: datetime) -> Iterable[str]:
    lead, due = units.get(progress.lead_unit_id or 0), progress.promised_by
    if progress.suspended_until is not None:
        said = _("{unit}一时还办不了，{day}起接着办。") if lead else _("{day}起接着办。")
        yield said.format(
            unit=lead.name if lead else "",
            day=day(localdate(progress.suspended_until), localdate(now)),
        )
    elif progress.returned:
        yield _returned(progress, now)
    elif lead and due is None:
        yield _("{unit}在办。").format(unit=lead.name)
    elif lead and due and due < now:
        yield _("{unit}在办，原定{by}前给您结果，现在超期了。您可以催一催。").format(
            unit=lead.name, by=moment(due, now)
        )
    elif lead and due:
        yield _("{unit}去办，{by}前给您结果。").format(unit=lead.name, by=moment(due, now))
    elif progress.desk_by is not None and progress.desk_by > now:
        yield _at_the_desk(progress.step, moment(progress.desk_by, now))
    if lead and due and progress.extended:
        yield _("办理时间延长过，这是新的日期。")
    if progress.helping_unit_ids:
        yield _("{units}一起办。").format(units=_names(progress.helping_unit_ids, units))
    if progress.with_platform:
        yield _("已报给您最初反映的平台，正等它答复。")


def _at_the_desk(step: str, by: str) -> str:
    if step == Step.REPORTED:
        return _("{by}前受理；受理了，这里会写由哪个单位办、哪天前给您结果。").format(by=by)
    return _("{by}前派给负责的单位，到时这里会写哪天前给您结果。").format(by=by)


def _returned(progress: Progress, now: datetime) -> str:
    """Say what is settled anew, and by when; no day that is over, and none of the unit's own."""
    by = progress.verdict_by
    if by is None or by < now:
        return _("承办单位说不归它办，我们正在核定。")
    return _("承办单位说不归它办，换不换单位，最迟{by}定。").format(by=moment(by, now))


def _ended(progress: Progress, units: Units, now: datetime) -> Iterable[str]:
    if progress.step == Step.DECLINED and progress.ground:
        yield term("decline_told", progress.ground)
    closing = progress.closing
    if closing is None or progress.step not in _CLOSED:
        return
    unit = units.get(progress.closed_unit_id or 0)
    back = closing.promised_on or closing.review_on
    said = term("closing_meaning", closing.kind)
    if _unseen(progress):
        yield _("现场没能核查，是按单位的答复办结的。没办好，请告诉我们。")
    if said != closing.kind:
        yield said.format(
            unit=unit.name if unit else _("受理中心"), day=day(back, localdate(now)) if back else ""
        )


def _unseen(progress: Progress) -> bool:
    """Tell whether the case was last closed without anybody having been able to look."""
    last = next(
        (one for one in reversed(progress.milestones) if one.what is Milestone.CLOSED), None
    )
    unseen = (one for one in progress.milestones if one.what is Milestone.NOT_SEEN)
    return last is not None and any(one.at == last.at for one in unseen)


def _facts(progress: Progress, now: datetime) -> tuple[tuple[str, str], ...]:
    closing = progress.closing
    if closing is None or closing.kind is not ClosingKind.PROCEDURE:
        return ()
    on = day(closing.procedure_on, localdate(now)) if closing.procedure_on else ""
    return (
        (_("哪个机关"), closing.organ),
        (_("编号"), closing.procedure_number),
        (_("哪天转去"), on),
    )


def _with_new_day(milestones: Sequence[Passed], progress: Progress) -> list[Passed]:
    """Return them with the day to which the time was extended last, while that day stands."""
    found = list(milestones)
    last = max((i for i, one in enumerate(found) if one.what is Milestone.EXTENDED), default=None)
    if last is not None and progress.extended and progress.promised_by:
        found[last] = replace(found[last], day=localdate(progress.promised_by))
    return found


def _line(passed: Passed, units: Units, now: datetime) -> Line:
    unit = units.get(passed.unit_id or 0)
    until = passed.day
    if passed.what is Milestone.CLOSED and passed.closing:
        said = _("办结：{how}").format(how=term("closing_short", passed.closing))
    elif passed.what is Milestone.EXTENDED and until:
        said = _("办理时间延长到{day}").format(day=day(until, localdate(now)))
    else:
        said = term("milestone", passed.what).format(
            unit=unit.name if unit else _("受理中心"),
            day=day(until, localdate(now)) if until else "",
        )
    spoken = passed.what is Milestone.WRITTEN  # that stands above, as a letter
    return Line(passed.at, said, "" if spoken else passed.words)


def _talk(progress: Progress, units: Units) -> tuple[Said, ...]:
    spoken = [one for one in progress.milestones if one.what in _TO_AND_FRO and one.words]
    if not any(one.what is Milestone.WRITTEN for one in spoken):
        return ()
    return tuple(_said(one, units) for one in reversed(spoken))


def _said(passed: Passed, units: Units) -> Said:
    own = passed.what is not Milestone.WRITTEN
    unit = units.get(passed.unit_id or 0)
    by = unit.name if unit else _("受理中心")
    return Said(passed.at, _("您") if own else by, passed.words, own)


def _names(unit_ids: Iterable[int], units: Units) -> str:
    return _("、").join(units[unit_id].name for unit_id in unit_ids if unit_id in units)
