"""The history of a case in words, unit by unit."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeAlias

from django.utils.functional import Promise
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from chengshao.people.queries import UnitLine
from chengshao.web.moments import day
from chengshao.web.texts import TERMS, term
from chengshao.workorders.queries import CaseView
from chengshao.workorders.terms import (
    CaseCommand,
    NoteName,
    OuterWhat,
    ReportCommand,
    TaskCommand,
    TaskKind,
)

Units = Mapping[int, UnitLine]
Task: TypeAlias = Any  # a row of the room below: its table is its own
Body = Mapping[str, Any]
CITIZEN = {"face": gettext_lazy("市民"), "name": gettext_lazy("诉求人")}
_UNIT_FIELDS = ("lead_unit_id", "proposed_unit_id", "unit_id", "about_unit_id")
_SAID_OF_CLOCKS = (CaseCommand.TELL_LEADER, CaseCommand.SAY_OVERDUE, CaseCommand.REMIND)
_TO_CITIZEN = {NoteName.REPLY, NoteName.MESSAGE}
_UNITS_FIELDS = ("co_handle_unit_ids", "double_unit_ids", "copy_unit_ids", "asked_unit_ids")


@dataclass(frozen=True, slots=True)
class Moment:
    """A line of the timeline: the unit in front, what it did, in words."""

    seq: int
    at: datetime
    unit: UnitLine | Mapping[str, str | Promise]
    words: str
    detail: str
    to_citizen: bool
    system: bool


def units_named(view: CaseView) -> set[int]:
    """Return every unit that the history of the case speaks of."""
    ids: set[int] = set()
    for entry in view.entries:
        ids |= {entry.body[name] for name in _UNIT_FIELDS if entry.body.get(name)}
        ids |= {unit for name in _UNITS_FIELDS for unit in entry.body.get(name) or ()}
    return ids


def users_named(view: CaseView) -> set[int]:
    """Return every user of whom the history of the case speaks."""
    return {e.body["user_id"] for e in view.entries if e.body["user_id"] is not None}


def moments(view: CaseView, units: Units, names: Mapping[int, str]) -> list[Moment]:
    """Return the history in words, the newest first."""
    tasks = {task.pk: task for task in view.tasks}
    found = []
    reply = ""
    for entry in view.entries:
        body = entry.body
        notes = entry.notes
        if body["command"] == TaskCommand.SIGN and notes.get(NoteName.REPLY) == reply:
            notes = {n: words for n, words in notes.items() if n != NoteName.REPLY}
        reply = entry.notes.get(NoteName.REPLY, reply)
        task = tasks.get(body.get("task_id") or 0)
        citizen = body["actor"] == "CITIZEN"
        hidden = task is None and body.get("task_id")  # another unit's: a third party sees no more
        unit_id = task.unit_id if task else 0 if hidden else view.case.desk_unit_id
        if body["command"] in (ReportCommand.WRITE, CaseCommand.REMARK):
            unit_id = body["unit_id"]
        what = _said(body, task, tasks, units, view.case.number)
        if "named_user_id" in body:
            person = names.get(body["named_user_id"], "")
            what = _("{deed}：{words}").format(deed=what, words=person)
        who = names.get(int(body["user_id"] or 0))
        found.append(
            Moment(
                seq=entry.seq,
                at=datetime.fromisoformat(str(body["at"])),
                unit=CITIZEN if citizen else units.get(unit_id, {}),
                words=f"{what}　{who}" if who else what,
                detail=_detail(notes),
                to_citizen=bool(entry.notes.keys() & _TO_CITIZEN),
                system=body["actor"] == "SYSTEM",
            )
        )
    return found[::-1]


@dataclass(frozen=True, slots=True)
class Strand:
    """What one unit, or the citizens, did: the newest first."""

    unit: UnitLine | Mapping[str, str | Promise]
    moments: list[Moment]


def by_unit(told: Iterable[Moment]) -> list[Strand]:
    """Return the same lines unit by unit, whose last deed is the newest first."""
    found: dict[object, Strand] = {}
    for moment in told:
        key = moment.unit.id if isinstance(moment.unit, UnitLine) else bool(moment.unit)
        found.setdefault(key, Strand(moment.unit, [])).moments.append(moment)
    return list(found.values())


def deed_of(command: str, kind: str, **said: object) -> str:
    """Return what was done, as a line of the history says it of a task of this kind."""
    own = TERMS["deed_of_kind"].get(f"{kind}.{command}")
    return str(own).format(**said) if own else term("deed", command)


def _detail(notes: Mapping[str, str]) -> str:
    """Return what stands beside a line; what was said inside is named by the line itself."""
    if set(notes) == {NoteName.REMARK}:
        return notes[NoteName.REMARK]
    return "\n".join(
        _("{name}：{words}").format(name=term("note_name", name), words=words)
        for name, words in _in_order(notes)
    )


def _in_order(notes: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    return [(name, notes[name]) for name in NoteName if name in notes]


def _said(
    body: Body, task: Task | None, tasks: Mapping[int, Task], units: Units, number: str
) -> str:
    command, kind = str(body["command"]), task.kind if task else ""
    what = OuterWhat(task.asked["what"]) if task and task.asked.get("what") else ""
    said = deed_of(command, kind, what=term("outer_what", what))
    more = _MORE.get(command)
    if more:
        said = more(said, body, units)
    elif command in (CaseCommand.MERGE, CaseCommand.UNDO_MERGE):
        said = _merged(said, body, number)
    elif body.get("deadlines"):
        said = _of_deadlines(body, tasks, units) or said
    if task and task.round > 1 and kind in (TaskKind.LEAD, TaskKind.CO_HANDLE, TaskKind.DOUBLE):
        said += _("（第{n}轮）").format(n=task.round)
    return said


def _dispatched(said: str, body: Body, units: Units) -> str:
    said = _("派给{unit}（{principle}）").format(
        unit=_name(body["lead_unit_id"], units), principle=term("principle", body["principle"])
    )
    for name, pattern in (
        ("double_unit_ids", gettext_lazy("，双派：{units}")),
        ("co_handle_unit_ids", gettext_lazy("，协办：{units}")),
        ("copy_unit_ids", gettext_lazy("，抄送：{units}")),
    ):
        if body.get(name):
            said += str(pattern).format(units=_names(body[name], units))
    return said


def _asked(said: str, body: Body, units: Units) -> str:
    return _("{deed}：{words}").format(deed=said, words=_names(body["asked_unit_ids"], units))


def _answered(said: str, body: Body, units: Units) -> str:
    closing = body.get("closing") or {}
    if not closing:
        return said
    words = [term("closing_kind", closing["kind"])]
    words += [
        _day(closing[name], body)
        for name in ("promised_on", "procedure_on", "review_on")
        if closing.get(name)
    ]
    listed = pgettext("between parts", "，").join(words)
    return _("{deed}：{words}").format(deed=said, words=listed)


def _contacted(said: str, body: Body, units: Units) -> str:
    if not body.get("result"):
        return said
    return _("{deed}：{words}").format(deed=said, words=term("contact_result", body["result"]))


def _until(said: str, body: Body, units: Units) -> str:
    if not body.get("until"):
        return said
    until = _day(body["until"], body)
    return _("{deed}，到{day}").format(deed=said, day=until)


def _returned(said: str, body: Body, units: Units) -> str:
    if not body.get("proposed_unit_id"):
        return said
    unit = _name(body["proposed_unit_id"], units)
    return _("{deed}，建议由{unit}办").format(deed=said, unit=unit)


def _replaced(said: str, body: Body, units: Units) -> str:
    if not body.get("proposed_unit_id"):
        return said
    unit = _name(body["proposed_unit_id"], units)
    return _("{deed}，改由{unit}办").format(deed=said, unit=unit)


def _granted(said: str, body: Body, units: Units) -> str:
    if body.get("too_late"):
        return _("{deed}（这项任务已结束，本单位时限不变）").format(deed=said)
    if body.get("outer_due_at"):
        at = localtime(datetime.fromisoformat(body["outer_due_at"]))
        until = f"{day(at.date(), _written_on(body))}{at:%H:%M}"
        return _("{deed}，到{day}").format(deed=said, day=until)
    return _replaced(said, body, units)


def _lapsed(said: str, body: Body, units: Units) -> str:
    return _("{deed}：{words}").format(deed=said, words=term("outer_what", body["what"]))


def _declined(said: str, body: Body, units: Units) -> str:
    if not body.get("ground"):
        return said
    return _("{deed}：{words}").format(deed=said, words=term("decline_ground", body["ground"]))


def _rated(said: str, body: Body, units: Units) -> str:
    return _("评价：{resolution}，{satisfaction}").format(
        resolution=term("resolution", body["resolution"]),
        satisfaction=term("satisfaction", body["satisfaction"]),
    )


def _qualified(said: str, body: Body, units: Units) -> str:
    parts = [term("report_kind", body["kind"])] if body.get("kind") else []
    if body.get("about_unit_id"):
        parts.append(_("投诉{unit}").format(unit=_name(body["about_unit_id"], units)))
    listed = pgettext("between parts", "，").join(parts)
    return _("{deed}：{words}").format(deed=said, words=listed) if listed else said


def _imported(said: str, body: Body, units: Units) -> str:
    from_there = _("{source}，编号{number}").format(source=body["source"], number=body["key"])
    said = _("{deed}：{words}").format(deed=said, words=from_there)
    if not body.get("unit_id"):
        return said
    return _("{deed}，由{unit}办").format(deed=said, unit=_name(body["unit_id"], units))


_MORE: Mapping[str, Callable[[str, Body, Units], str]] = {
    TaskCommand.DISPATCH: _dispatched,
    ReportCommand.QUALIFY: _qualified,
    ReportCommand.TAKE_OFF: _qualified,
    TaskCommand.CONSULT: _asked,
    TaskCommand.CALL_IN: _asked,
    TaskCommand.SUBASSIGN: _asked,
    TaskCommand.INQUIRE: _asked,
    TaskCommand.ANSWER: _answered,
    TaskCommand.ANSWER_DIRECTLY: _answered,
    TaskCommand.SIGN: _answered,
    TaskCommand.CONTACT: _contacted,
    TaskCommand.TELL: _contacted,
    TaskCommand.ASK_SUSPENSION: _until,
    TaskCommand.KEEP: _until,
    TaskCommand.ASK_RETURN: _returned,
    TaskCommand.GRANT: _granted,
    CaseCommand.REQUEST_LAPSES: _lapsed,
    CaseCommand.DECLINE: _declined,
    CaseCommand.IMPORT: _imported,
    ReportCommand.RATE: _rated,
}


def _merged(said: str, body: Body, number: str) -> str:
    source, target = body["source"], body["target"]
    if body["command"] == CaseCommand.UNDO_MERGE:
        other = target if source == number else source
        return _("{deed}：{words}").format(deed=said, words=other)
    if source == number:
        return _("并入{number}").format(number=target)
    return _("{number}并入本案").format(number=source)


def _of_deadlines(body: Body, tasks: Mapping[int, Task], units: Units) -> str:
    """Return what one look at the clocks said to whom; what is worst comes first."""
    told: dict[str, list[int]] = {}
    for line in body["deadlines"]:
        task = tasks.get(line["task_id"])
        if task is not None and task.unit_id not in told.setdefault(str(line["said"]), []):
            told[str(line["said"])].append(task.unit_id)
    parts = [
        _("{deed}：{words}").format(deed=term("deed", word), words=_names(told[word], units))
        for word in _SAID_OF_CLOCKS
        if told.get(word)
    ]
    return pgettext("between deeds", "；").join(parts)


def _day(on: str, body: Body) -> str:
    """Return a date as who wrote the line would: in every later year it says the same."""
    return day(date.fromisoformat(on), _written_on(body))


def _written_on(body: Body) -> date:
    return localdate(datetime.fromisoformat(str(body["at"])))


def _name(unit_id: int, units: Units) -> str:
    return units[unit_id].short_name if unit_id in units else ""


def _names(unit_ids: Iterable[int], units: Units) -> str:
    return _("、").join(_name(unit_id, units) for unit_id in unit_ids if unit_id in units)
