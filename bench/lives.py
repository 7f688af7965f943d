"""Cases of the demo district led through their moves, one move at a time, each handed out first."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.timezone import localdate

from chengshao.dispatch import actions as dispatch
from chengshao.kernel.actor import Actor, ActorKind, Grant
from chengshao.people import queries as people
from chengshao.workorders import actions
from chengshao.workorders.actions import NewReport
from chengshao.workorders.models import Task, WorkOrder
from chengshao.workorders.rules.facts import Closing
from chengshao.workorders.tasks import JOB
from chengshao.workorders.terms import (
    ClosingKind,
    ContactResult,
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
        task = self.task(TaskKind.CONTACT)
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
        return partial(
            actions.chase_report,
            report_id=self.report_id,
            words="又打来问什么时候能好。",
            actor=self.desk.operator,
            at=timezone.now(),
        )

    def merge(self, into: "Life") -> Call:
        return self._at_desk(
            actions.merge_cases, self.desk.registrar, into=into.number, reason="同一盏路灯。"
        )

    def sweep(self, at: datetime) -> Call:
        return partial(actions.say_what_is_due, case_id=self.case.pk, actor=JOB, at=at)

    def task(self, kind: str) -> Task:
        return Task.objects.get(work_order__number=self.number, kind=kind, ended_at=None)

    def _at_desk(self, action: Callable[..., object], actor: Actor, **given: object) -> Call:
        return partial(
            action,
            number=self.number,
            seen_revision=self.case.revision,
            actor=actor,
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
