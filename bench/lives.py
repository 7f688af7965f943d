"""Cases of the demo district led through their moves, one move at a time, each handed out first."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.timezone import get_default_timezone, localdate

from chengshao.dispatch import actions as dispatch
from chengshao.kernel.actor import Actor, ActorKind, Grant
from chengshao.people import queries as people
from chengshao.workorders import actions
from chengshao.workorders.actions import NewReport
from chengshao.workorders.models import Task, WorkOrder
from chengshao.workorders.rules.facts import Closing
from chengshao.workorders.tasks import JOB
from chengshao.workorders.terms import (
    CaseCommand,
    ClosingKind,
    ContactResult,
    DeclineGround,
    Power,
    Principle,
    Resolution,
    Satisfaction,
    TaskCommand,
    TaskKind,
)

MATTER = "C0137"  # 路灯: the demo's lists name one lead for it everywhere, and no helper
_LEAD = TaskKind.LEAD
Call = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Desk:
    """Who works at the joint command centre, each with the powers of the own role."""

    operator: Actor
    registrar: Actor
    dispatcher: Actor
    leader: Actor
    checker: Actor


def desk() -> Desk:
    names = ("operator", "registrar", "dispatcher", "duty-leader", "checker")
    users = dict(get_user_model().objects.filter(username__in=names).values_list("username", "pk"))
    return Desk(*(people.actor_of_user(users[name]) for name in names))


@dataclass(slots=True)
class Life:
    """
    One case. Each method looks up what the person would have on the screen and returns the move,
    ready to be made.
    """

    report: NewReport
    desk: Desk
    number: str = ""
    report_id: int = 0
    lead_unit_id: int = 0

    def receive(self) -> None:
        stored = actions.receive_report(
            report=self.report, actor=self.desk.operator, at=timezone.now()
        )
        self.number, self.report_id = stored.work_order.number, stored.pk

    @property
    def case(self) -> WorkOrder:
        return WorkOrder.objects.get(number=self.number)

    def register(self) -> Call:
        return self._at_desk(actions.register, self.desk.registrar, matter=MATTER)

    def dispatch(self, lead_unit_id: int) -> Call:
        self.lead_unit_id = lead_unit_id
        return self._at_desk(
            actions.dispatch,
            self.desk.dispatcher,
            lead_unit_id=lead_unit_id,
            principle=Principle.BY_AGREEMENT,
            basis="本区权责清单（示意）",
        )

    def register_and_dispatch(self) -> Call:
        both = self.desk.registrar.grants | self.desk.dispatcher.grants
        actor = Actor(ActorKind.PERSON, self.desk.registrar.user_id, both)
        return self._at_desk(dispatch.register_and_dispatch, actor, matter=MATTER)

    def acknowledge(self) -> Call:
        return self._move(_LEAD, TaskCommand.ACKNOWLEDGE, Power.HANDLE)

    def contact(self) -> Call:
        return self._called(TaskKind.CONTACT)

    def tell(self) -> Call:
        return self._called(TaskKind.TELL)

    def _called(self, kind: TaskKind) -> Call:
        task = self.task(kind)
        return partial(
            actions.record_contact,
            task_id=task.pk,
            report_id=self.report_id,
            result=ContactResult.TALKED,
            words="已向诉求人了解情况。",
            actor=_of_unit(task.unit_id, Power.HANDLE),
            at=timezone.now(),
        )

    def answer(self) -> Call:
        reply = "已更换光源和整流器，今晚起正常照明，感谢您的反映。"
        solved = Closing(ClosingKind.SOLVED)
        return self._move(_LEAD, TaskCommand.ANSWER, Power.HANDLE, reply=reply, closing=solved)

    def sign(self) -> Call:
        return self._move(TaskKind.SIGN_OFF, TaskCommand.SIGN, Power.SIGN_OFF)

    def check_pass(self) -> Call:
        return self._move(TaskKind.CHECK, TaskCommand.PASS, self.desk.checker)

    def rate(self) -> Call:
        return partial(
            actions.rate_report,
            report_id=self.report_id,
            resolution=Resolution.RESOLVED,
            satisfaction=Satisfaction.SATISFIED,
            comment="修得很快。",
            actor=Actor(ActorKind.CITIZEN, report_id=self.report_id),
            at=timezone.now(),
        )

    def ask_return(self) -> Call:
        reason = "灯杆产权在通信公司，铭牌可证。"
        return self._move(_LEAD, TaskCommand.ASK_RETURN, Power.HANDLE, reason=reason)

    def grant_return(self) -> Call:
        reason = "铭牌所载属实，改派产权单位。"
        return self._move(
            TaskKind.ADJUDICATE, TaskCommand.GRANT, self.desk.dispatcher, reason=reason
        )

    def ask_extension(self) -> Call:
        reason = "配件要从外地调，三天后到。"
        return self._move(_LEAD, TaskCommand.ASK_EXTENSION, Power.HANDLE, reason=reason)

    def ask_suspension(self) -> Call:
        return self._move(
            _LEAD,
            TaskCommand.ASK_SUSPENSION,
            Power.HANDLE,
            reason="道路大修，完工后才能立杆。",
            until=localdate() + timedelta(days=30),
        )

    def grant_in_unit(self) -> Call:
        return self._move(TaskKind.LEADER_APPROVAL, TaskCommand.GRANT, Power.SIGN_OFF)

    def grant_at_centre(self) -> Call:
        return self._move(TaskKind.CENTRE_APPROVAL, TaskCommand.GRANT, self.desk.leader)

    def resume(self) -> Call:
        case = self.case
        assert case.resumes_at is not None
        return partial(actions.resume_case, case_id=case.pk, actor=JOB, at=case.resumes_at)

    def chase(self) -> Call:
        return self._of_report(actions.chase_report, words="又打来问什么时候能好。")

    def merge(self, into: "Life") -> Call:
        return self._at_desk(
            actions.merge_cases, self.desk.registrar, into=into.number, reason="同一盏路灯。"
        )

    def undo_merge(self) -> Call:
        return self._at_desk(actions.undo_merge, self.desk.registrar, reason="不是同一盏。")

    def answer_as(self, closing: Closing) -> Call:
        reply = "情况已向您说明，后续安排以此为准。"
        return self._move(_LEAD, TaskCommand.ANSWER, Power.HANDLE, reply=reply, closing=closing)

    def answer_directly(self) -> Call:
        return self._at_desk(
            actions.answer_directly,
            self.desk.registrar,
            matter=MATTER,
            reply="报修电话和流程已向您说明。",
        )

    def decline(self) -> Call:
        return self._of_case(
            CaseCommand.DECLINE,
            self.desk.registrar,
            ground=DeclineGround.IN_PROCEDURE,
            reply="此事已在法院审理，请按裁判办理。",
        )

    def reopen(self) -> Call:
        return self._of_case(CaseCommand.REOPEN, self.desk.registrar, reason="第二天又不亮了。")

    def ask_outer_return(self) -> Call:
        return self._of_case(
            CaseCommand.ASK_OUTER_RETURN, self.desk.dispatcher, reason="不在本区。"
        )

    def copy(self, unit_id: int) -> Call:
        unit_ids = frozenset({unit_id})
        return self._at_desk(actions.send_copies, self.desk.dispatcher, unit_ids=unit_ids)

    def supplement(self) -> Call:
        return self._of_report(actions.supplement_report, words="灯杆编号是 A-17。")

    def progress(self) -> Call:
        return self._of_report(actions.answer_progress, words="今天下午去修。")

    def withdraw(self) -> Call:
        return self._of_report(actions.withdraw_report, reason="已经亮了。")

    def archive(self) -> Call:
        case = self.case
        assert case.ended_at is not None
        return partial(
            actions.archive_case,
            case_id=case.pk,
            actor=JOB,
            at=case.ended_at + timedelta(days=400),
        )

    def consult(self, unit_id: int) -> Call:
        return self._asks(TaskKind.DISPATCH, TaskCommand.CONSULT, self.desk.dispatcher, unit_id)

    def opine(self) -> Call:
        return self._says(TaskKind.CONSULT, TaskCommand.OPINE)

    def call_in(self, unit_id: int) -> Call:
        return self._asks(_LEAD, TaskCommand.CALL_IN, Power.HANDLE, unit_id)

    def helper_acknowledges(self) -> Call:
        return self._move(TaskKind.CO_HANDLE, TaskCommand.ACKNOWLEDGE, Power.HANDLE)

    def helper_answers(self) -> Call:
        return self._says(TaskKind.CO_HANDLE, TaskCommand.ANSWER)

    def inquire(self, unit_id: int) -> Call:
        return self._asks(_LEAD, TaskCommand.INQUIRE, Power.HANDLE, unit_id)

    def reply(self) -> Call:
        return self._says(TaskKind.INQUIRY, TaskCommand.REPLY)

    def recall(self) -> Call:
        return self._at_the_desk(_LEAD, TaskCommand.RECALL)

    def deny_return(self) -> Call:
        return self._at_the_desk(TaskKind.ADJUDICATE, TaskCommand.DENY)

    def outer_refuses(self) -> Call:
        return self._at_the_desk(TaskKind.OUTER_REQUEST, TaskCommand.DENY)

    def outer_is_silent(self) -> Call:
        return self._at_the_desk(TaskKind.OUTER_CLOSING, TaskCommand.UNANSWERED)

    def outer_grants(self) -> Call:
        return self._at_the_desk(TaskKind.OUTER_CLOSING, TaskCommand.GRANT)

    def check_fail(self) -> Call:
        return self._move(
            TaskKind.CHECK, TaskCommand.FAIL, self.desk.checker, reason="到现场看，还是不亮。"
        )

    def approve_ledger(self) -> Call:
        return self._move(TaskKind.LEDGER_APPROVAL, TaskCommand.GRANT, Power.SIGN_OFF)

    def keep(self, until: date) -> Call:
        reason = "产权移交还在办。"
        return self._move(
            TaskKind.LEDGER_REVIEW, TaskCommand.KEEP, Power.HANDLE, reason=reason, until=until
        )

    def come_back(self, on: date) -> Call:
        return self._on(actions.bring_back_promise, on)

    def review(self, on: date) -> Call:
        return self._on(actions.review_ledger, on)

    def designate(self, lead_unit_id: int) -> Call:
        return self._at_desk(
            actions.dispatch,
            self.desk.leader,
            lead_unit_id=lead_unit_id,
            principle=Principle.BY_DESIGNATION,
            basis="会商无人认领，由值班领导指定。",
        )

    def sweep(self, at: datetime) -> Call:
        return partial(actions.say_what_is_due, case_id=self.case.pk, actor=JOB, at=at)

    def task(self, kind: str) -> Task:
        there = Task.objects.filter(work_order__number=self.number, kind=kind, ended_at=None)
        return there.earliest("pk")

    def _at_desk(self, action: Callable[..., object], actor: Actor, **given: object) -> Call:
        return partial(
            action,
            number=self.number,
            seen_revision=self.case.revision,
            actor=actor,
            at=timezone.now(),
            **given,
        )

    def _asks(self, kind: str, command: str, by: Actor | str, unit_id: int) -> Call:
        asked, reason = frozenset({unit_id}), "请一起看看。"
        return self._move(kind, command, by, reason=reason, asked_unit_ids=asked)

    def _says(self, kind: str, command: str) -> Call:
        return self._move(kind, command, Power.HANDLE, reason="已到现场看过，情况属实。")

    def _at_the_desk(self, kind: str, command: str) -> Call:
        return self._move(kind, command, self.desk.dispatcher, reason="按权责清单和来文办。")

    def _on(self, action: Callable[..., object], day: date) -> Call:
        at = datetime.combine(day, time(9), get_default_timezone())
        return partial(action, case_id=self.case.pk, actor=JOB, at=at)

    def _of_case(self, command: CaseCommand, actor: Actor, **given: Any) -> Call:
        return self._at_desk(actions.move_case, actor, command=command, **given)

    def _of_report(self, action: Callable[..., object], **given: Any) -> Call:
        return partial(
            action,
            report_id=self.report_id,
            actor=self.desk.operator,
            at=timezone.now(),
            **given,
        )

    def _move(self, kind: str, command: str, by: Actor | str, **given: Any) -> Call:
        task = self.task(kind)
        actor = by if isinstance(by, Actor) else _of_unit(task.unit_id, by)
        return partial(
            actions.move_task,
            task_id=task.pk,
            seen_revision=task.revision,
            command=command,
            actor=actor,
            at=timezone.now(),
            **given,
        )


def dispatched(reports: Iterator[NewReport], number: int) -> list[Life]:
    """Return so many cases that their lead has not acknowledged yet."""
    at_desk, lives = desk(), []
    for _ in range(number):
        life = Life(next(reports), at_desk)
        life.receive()
        life.register_and_dispatch()()
        lives.append(life)
    return lives


def _of_unit(unit_id: int, power: str) -> Actor:
    """Return somebody who has this one power in the unit."""
    grants = frozenset({Grant(Power.SEE, unit_id), Grant(power, unit_id)})
    return Actor(ActorKind.PERSON, grants=grants)
