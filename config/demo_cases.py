"""
A handful of invented cases, so that every list of the demo has something in it. They go through
the same actions as real ones, at times that lie a little back.
"""

import csv
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from django.contrib.auth import get_user_model
from django.utils.timezone import localdate

from chengshao.dispatch import queries as dispatch
from chengshao.kernel.actor import Actor, ActorKind, Grant
from chengshao.people import queries as people
from chengshao.workorders import actions
from chengshao.workorders.actions import NewReport, Place
from chengshao.workorders.models import Report, Task, WorkOrder
from chengshao.workorders.rules.facts import Closing
from chengshao.workorders.terms import (
    Channel,
    ClosingKind,
    ContactResult,
    DeclineGround,
    LedgerLevel,
    Power,
    Principle,
    Resolution,
    Satisfaction,
    TaskCommand,
    TaskKind,
)
from config.simulation.ground import Ground

FILE = Path(__file__).resolve().parent.parent / "districts" / "shangcheng_demo_cases.csv"
_CLOSINGS = {
    "": ClosingKind.SOLVED,
    "解释说明": ClosingKind.EXPLAINED,
    "承诺限期解决": ClosingKind.PROMISED,
    "疑难挂账": ClosingKind.LEDGER,
}
_LEAD = TaskKind.LEAD
_CONSULTED = ("dept-urban", "dept-housing")


@dataclass(slots=True)
class _Walk:
    """One row of the file on its way, a step of time between two moves."""

    row: dict[str, str]
    now: datetime
    step: timedelta
    report: Report
    lead: int = 0
    taken: list[str] = field(default_factory=list)

    @property
    def number(self) -> str:
        return self.report.work_order.number

    def at(self) -> datetime:
        """Return the moment of the next move."""
        self.now += self.step
        return self.now

    def case(self) -> WorkOrder:
        return WorkOrder.objects.get(number=self.number)

    def task(self, kind: str) -> Task | None:
        return self.case().tasks.filter(kind=kind, ended_at=None).first()

    def move(self, kind: str, command: str, actor: Actor, **given: object) -> None:
        """Move the open task of a kind; where none is, the case went a shorter way (F16)."""
        task = self.task(kind)
        if task is not None:
            actions.move_task(
                task_id=task.pk,
                seen_revision=task.revision,
                command=command,
                actor=actor,
                at=self.at(),
                **given,  # type: ignore[arg-type]
            )


def make_demo_cases(now: datetime) -> int:
    """Walk every row of the file as far as it says and return how many there are."""
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for serial, row in enumerate(rows, start=1):
        _walk(serial, row, now)
    return len(rows)


def _walk(serial: int, row: dict[str, str], now: datetime) -> None:
    steps = WAYS[row["办到"]]
    ago = timedelta(minutes=int(row["分钟前"]))
    outer = row["平台时限（小时后）"]
    report = actions.receive_report(
        report=NewReport(
            client_key=f"demo-{serial}",
            channel=Channel(row["渠道"]),
            words=row["原话"],
            place="" if row["地点"] == "无地点" else row["地点"],
            contact_name="演示市民" if row["电话"] else "",
            contact_phone=row["电话"],
            outer_due_at=now + timedelta(hours=int(outer)) if outer else None,
        ),
        actor=_person("operator"),
        at=now - ago,
    )
    walk = _Walk(row, now - ago, ago / (2 * len(steps) + 2), report)
    for step in steps:
        step(walk)


def _register(walk: _Walk) -> None:
    walk.move(TaskKind.VERIFY, TaskCommand.CONFIRM, _person("collector"))
    case = walk.case()
    actions.register(
        number=walk.number,
        seen_revision=case.revision,
        matter=walk.row["事项编码"],
        place=_place(walk),
        actor=_person("registrar"),
        at=walk.at(),
    )


def _place(walk: _Walk) -> Place | None:
    words, division = walk.row["地点"], walk.row["区划代码"]
    if not division:
        return None
    lng, lat = Ground().point_in(division, walk.row["原话"]) or (None, None)
    return Place(words, division, lng=lng, lat=lat)


def _answer_directly(walk: _Walk) -> None:
    actions.answer_directly(
        number=walk.number,
        seen_revision=walk.case().revision,
        matter=walk.row["事项编码"],
        reply=walk.row["答复"],
        actor=_person("registrar"),
        at=walk.at(),
    )


def _decline(walk: _Walk) -> None:
    actions.move_case(
        number=walk.number,
        seen_revision=walk.case().revision,
        command="DECLINE",
        ground=DeclineGround.BEYOND_GOVERNMENT,
        reply=walk.row["答复"],
        actor=_person("registrar"),
        at=walk.at(),
    )


def _consult(walk: _Walk) -> None:
    asked = people.unit_ids_by_code(_CONSULTED)
    walk.move(
        TaskKind.DISPATCH,
        TaskCommand.CONSULT,
        _person("dispatcher"),
        reason="这件事由哪家主办，请各说一句并写依据。",
        asked_unit_ids=frozenset(asked.values()),
    )
    one = walk.case().tasks.filter(kind=TaskKind.CONSULT).order_by("pk")[0]
    actions.move_task(
        task_id=one.pk,
        seen_revision=one.revision,
        command=TaskCommand.OPINE,
        reason="施工许可由住建部门核发，建议住建主办，我们协办。",
        actor=_of_unit(one.unit_id, Power.HANDLE),
        at=walk.at(),
    )


def _dispatch(walk: _Walk) -> None:
    case, dispatcher = walk.case(), _person("dispatcher")
    advice = dispatch.advice_for(
        matter=case.matter,
        territory=case.territory,
        actor=dispatcher,
        on=localdate(walk.now),
    )
    lead = advice.suggestions[0]
    walk.lead = lead.unit_id
    actions.dispatch(
        number=walk.number,
        seen_revision=case.revision,
        lead_unit_id=lead.unit_id,
        co_handle_unit_ids=frozenset(lead.co_unit_ids),
        principle=lead.principle,
        basis=lead.basis or "本区权责清单（示意）",
        responsibility_id=lead.responsibility_id,
        actor=dispatcher,
        at=walk.at(),
    )


def _acknowledge(walk: _Walk) -> None:
    walk.move(_LEAD, TaskCommand.ACKNOWLEDGE, _of_unit(walk.lead, Power.HANDLE))


def _call(walk: _Walk) -> None:
    task = walk.task(TaskKind.CONTACT)
    if task is not None:
        actions.record_contact(
            task_id=task.pk,
            report_id=walk.report.pk,
            result=ContactResult.TALKED,
            actor=_of_unit(task.unit_id, Power.HANDLE),
            at=walk.at(),
        )


def _try_to_call(walk: _Walk) -> None:
    task = walk.task(TaskKind.CONTACT)
    if task is not None:
        actions.record_contact(
            task_id=task.pk,
            report_id=walk.report.pk,
            result=ContactResult.NOBODY,
            actor=_of_unit(task.unit_id, Power.HANDLE),
            at=walk.at(),
        )


def _answer(walk: _Walk) -> None:
    kind, today = _CLOSINGS[walk.row["结果"]], localdate(walk.now)
    later = today + timedelta(days=30)
    closing = Closing(
        kind,
        promised_on=later if kind is ClosingKind.PROMISED else None,
        ledger_level=LedgerLevel.DISTRICT if kind is ClosingKind.LEDGER else None,
        review_on=later if kind is ClosingKind.LEDGER else None,
    )
    walk.move(
        _LEAD,
        TaskCommand.ANSWER,
        _of_unit(walk.lead, Power.HANDLE),
        reply=walk.row["答复"],
        reason="协办部分已一并处理",
        closing=closing,
    )


def _sign(walk: _Walk) -> None:
    _by_leader(walk, TaskKind.SIGN_OFF, TaskCommand.SIGN)


def _by_leader(walk: _Walk, kind: str, command: str) -> None:
    """Let the leader decide to whom it came: the unit's own, or the nearest above it."""
    task = walk.task(kind)
    if task is not None:
        walk.move(kind, command, _of_unit(task.unit_id, Power.SIGN_OFF))


def _check(walk: _Walk) -> None:
    walk.move(TaskKind.CHECK, TaskCommand.PASS, _person("checker"))
    walk.move(TaskKind.LEDGER_APPROVAL, TaskCommand.GRANT, _person("duty-leader"))


def _rate(walk: _Walk) -> None:
    actions.rate_report(
        report_id=walk.report.pk,
        resolution=Resolution.RESOLVED,
        satisfaction=Satisfaction.SATISFIED,
        actor=Actor(ActorKind.CITIZEN, report_id=walk.report.pk),
        at=walk.at(),
    )


def _ask_return(walk: _Walk) -> None:
    walk.move(
        _LEAD,
        TaskCommand.ASK_RETURN,
        _of_unit(walk.lead, Power.HANDLE),
        reason="设施产权不在我们，铭牌上是通信公司。",
    )


def _pass_on(walk: _Walk) -> None:
    """Let the desk grant a return and send the case to another department, which returns it too."""
    dispatcher = _person("dispatcher")
    said = "权属不清，请住建先到现场看。"
    walk.move(TaskKind.ADJUDICATE, TaskCommand.GRANT, dispatcher, reason=said)
    walk.lead = people.unit_ids_by_code(["dept-housing"]).popitem()[1]
    actions.dispatch(
        number=walk.number,
        seen_revision=walk.case().revision,
        lead_unit_id=walk.lead,
        principle=Principle.BY_AGREEMENT,
        basis="道路尚未移交（示意）",
        actor=dispatcher,
        at=walk.at(),
    )
    walk.move(
        _LEAD,
        TaskCommand.ASK_RETURN,
        _of_unit(walk.lead, Power.HANDLE),
        reason="道路去年已移交市政，灯杆井不在我局台账上，请市政主办。",
    )


def _ask_extension(walk: _Walk) -> None:
    walk.move(
        _LEAD,
        TaskCommand.ASK_EXTENSION,
        _of_unit(walk.lead, Power.HANDLE),
        reason="配件要从外地调，三天后到。",
    )


def _grant_in_unit(walk: _Walk) -> None:
    _by_leader(walk, TaskKind.LEADER_APPROVAL, TaskCommand.GRANT)


def _subassign(walk: _Walk) -> None:
    asked = people.unit_ids_by_code(["contractor-3"])
    walk.move(
        _LEAD,
        TaskCommand.SUBASSIGN,
        _of_unit(walk.lead, Power.HANDLE),
        reason="换灯头和整流器，换好拍一张照片回来。",
        asked_unit_ids=frozenset(asked.values()),
    )


def _chase(walk: _Walk) -> None:
    actions.chase_report(
        report_id=walk.report.pk,
        words="又打来问什么时候能好。",
        actor=_person("operator"),
        at=walk.at(),
    )


_Step = Callable[[_Walk], None]
_TO_LEAD: tuple[_Step, ...] = (_register, _dispatch)
_HANDLING = (*_TO_LEAD, _acknowledge, _call)
_ANSWERED = (*_HANDLING, _answer, _sign)
WAYS: dict[str, tuple[_Step, ...]] = {  # how far a row of the file goes
    "收集": (),
    "直接答复": (_answer_directly,),
    "不予立案": (_decline,),
    "立案": (_register,),
    "会商": (_register, _consult),
    "派单": _TO_LEAD,
    "申请退单": (*_TO_LEAD, _ask_return),
    "处置": _HANDLING,
    "联系不上": (*_TO_LEAD, _acknowledge, _try_to_call),
    "交办": (*_HANDLING, _subassign),
    "催单": (*_HANDLING, _chase),
    "两次退单": (*_TO_LEAD, _ask_return, _pass_on),
    "申请延期": (*_HANDLING, _ask_extension),
    "延期待中心批": (*_HANDLING, _ask_extension, _grant_in_unit),
    "待审签": (*_HANDLING, _answer),
    "反馈": _ANSWERED,
    "核查结案": (*_ANSWERED, _check),
    "评价": (*_ANSWERED, _check, _rate),
}


def _person(username: str) -> Actor:
    return people.actor_of_user(get_user_model().objects.get(username=username).pk)


def _of_unit(unit_id: int, power: str) -> Actor:
    """Return who acts for the unit: its own person, or somebody invented without a sign-in."""
    known = people.users_with(power, unit_id, localdate())
    own = [user_id for user_id in known if _may(user_id, power, unit_id)]
    if own:
        return people.actor_of_user(own[0])
    return Actor(
        ActorKind.PERSON, grants=frozenset({Grant(Power.SEE, unit_id), Grant(power, unit_id)})
    )


def _may(user_id: int, power: str, unit_id: int) -> bool:
    return Grant(power, unit_id) in people.actor_of_user(user_id).grants
