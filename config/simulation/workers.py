"""Whoever owes something in the simulated district: when they begin, and what they do then."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.utils.timezone import localdate

from chengshao.dispatch import queries as dispatch
from chengshao.kernel.actor import Actor, ActorKind, Grant
from chengshao.people import queries as people
from chengshao.people.terms import UnitKind
from chengshao.workorders import actions
from chengshao.workorders.models import Deadline, Task, WorkOrder
from chengshao.workorders.rules.facts import Closing
from chengshao.workorders.terms import (
    CaseCommand,
    Channel,
    ClosingKind,
    ContactResult,
    DeadlineAuthority,
    DeclineGround,
    Outcome,
    Power,
    Principle,
    Resolution,
    Satisfaction,
    TaskCommand,
    TaskKind,
)
from config.simulation.subjects import Subject

if TYPE_CHECKING:
    from config.simulation.town import Town

_K, _C = TaskKind, TaskCommand
_HANDLED = (_K.LEAD, _K.DOUBLE, _K.CO_HANDLE)
_ONE_PHONE = timedelta(minutes=20)


class Workers:
    """All who work in the town, by what they owe."""

    def __init__(self, town: "Town") -> None:
        self._town = town
        self._of_case: dict[int, tuple[int, Subject]] = {}
        self._person = cache(_person)
        self._of_unit = cache(_of_unit)
        self._begins: dict[str, Callable[[Task], None]] = {
            _K.VERIFY: self._verify,
            _K.REGISTER: self._register_later,
            _K.DISPATCH: self._dispatch_later,
            _K.LEAD: self._take_up,
            _K.DOUBLE: self._take_up,
            _K.CO_HANDLE: self._take_up,
            _K.CONTACT: self._call_later,
            _K.TELL: self._call_later,
            _K.SIGN_OFF: self._sign_later,
            _K.LEADER_APPROVAL: self._grant_later,
            _K.CENTRE_APPROVAL: self._grant_later,
            _K.LEDGER_APPROVAL: self._grant_later,
            _K.ADJUDICATE: self._adjudicate_later,
            _K.CONSULT: self._opine_later,
            _K.CHECK: self._check_later,
            _K.SAMPLE: self._check_later,
        }

    def begin(self, task: Task) -> None:
        """Let the one who owes a task begin with it in their own time; what nobody knows waits."""
        if begins := self._begins.get(task.kind):
            begins(task)

    def knows(self, case_id: int, report_id: int, subject: Subject) -> None:
        self._of_case[case_id] = (report_id, subject)

    def came_back(self) -> list[int]:
        """Return the town's cases on which something is owed."""
        mine = self._of_case.keys()
        waiting = Task.objects.filter(work_order__in=mine, ended_at=None)
        return sorted(set(waiting.values_list("work_order_id", flat=True)))

    def who_takes(self, channel: Channel) -> Actor:
        """Return who brings a report in by this channel."""
        if channel is Channel.PORTAL:
            return Actor(ActorKind.CITIZEN)
        return self._person("collector" if channel is Channel.PATROL else "operator")

    # The citizen

    def citizen_waits(self, case_id: int, report_id: int) -> None:
        """Some lose patience, some take it back."""
        town, habits = self._town, self._town.habits
        if town.chance(habits.chases):
            after = timedelta(hours=town.dice.uniform(20, 120))
            town.plan(town.now + after, partial(self._chase, case_id, report_id))
        if town.chance(habits.withdraws):
            after = timedelta(hours=town.dice.uniform(1, 40))
            town.plan(town.now + after, partial(self._withdraw, case_id, report_id))

    def _chase(self, case_id: int, report_id: int) -> None:
        if self._is_open(case_id):
            self._did("CHASE")
            actions.chase_report(
                report_id=report_id,
                words="还没有人来，什么时候能好？",
                actor=self._person("operator"),
                at=self._town.now,
            )
            for task in self._open(case_id, *_HANDLED):
                self._work_on(task, wakes=True)

    def _withdraw(self, case_id: int, report_id: int) -> None:
        if self._is_open(case_id):
            self._did("WITHDRAW")
            citizen = Actor(ActorKind.CITIZEN, report_id=report_id)
            actions.withdraw_report(
                report_id=report_id, reason="已经好了", actor=citizen, at=self._town.now
            )

    def _rate_later(self, case_id: int) -> None:
        town, habits = self._town, self._town.habits
        report_id, _ = self._of_case.get(case_id, (0, None))
        if report_id and town.chance(habits.rates):
            after = timedelta(hours=town.dice.uniform(2, 100))
            town.plan(town.now + after, partial(self._rate, case_id, report_id))

    def _rate(self, case_id: int, report_id: int) -> None:
        town, habits = self._town, self._town.habits
        cross = town.chance(habits.dissatisfied)
        citizen = Actor(ActorKind.CITIZEN, report_id=report_id)
        self._did("RATE")
        actions.rate_report(
            report_id=report_id,
            resolution=Resolution.UNRESOLVED if cross else Resolution.RESOLVED,
            satisfaction=Satisfaction.DISSATISFIED if cross else Satisfaction.SATISFIED,
            comment="过了两天又一样。" if cross else "",
            actor=citizen,
            at=town.now,
        )
        if cross and town.chance(habits.goes_on_with_it):
            self._did("REOPEN")
            actions.reopen_by_citizen(
                report_id=report_id, words="过了两天又一样。", actor=citizen, at=town.now
            )
            town.look_at(case_id)

    # The desk

    def _verify(self, task: Task) -> None:
        self._later(task, _C.CONFIRM, self._person("collector"))

    def _register_later(self, task: Task) -> None:
        self._after_the_desk(partial(self._register, task))

    def _register(self, task: Task) -> None:
        case, town = self._case(task), self._town
        _, subject = self._of_case.get(case.pk, (0, None))
        if subject is None or self._is_over(task):
            return
        both: dict[str, Any] = {
            "number": case.number,
            "seen_revision": case.revision,
            "at": town.now,
        }
        registrar = self._person("registrar")
        if town.chance(town.habits.declines):
            self._did(CaseCommand.DECLINE)
            actions.move_case(
                **both,
                command=CaseCommand.DECLINE,
                ground=DeclineGround.BEYOND_GOVERNMENT,
                reply="此事不属于政府职责，建议通过协商或诉讼解决。",
                actor=registrar,
            )
        elif subject.matter.startswith("D11") or subject.matter == "D0607":
            self._did(_C.ANSWER_DIRECTLY)
            actions.answer_directly(
                **both,
                matter=subject.matter,
                reply="所需材料和办理地点已向您说明，可在网上先预约。",
                actor=registrar,
            )
        else:
            self._did(_C.REGISTER)
            actions.register(**both, matter=subject.matter, actor=registrar)
        town.look_at(case.pk)

    def _dispatch_later(self, task: Task) -> None:
        self._after_the_desk(partial(self._dispatch, task))

    def _dispatch(self, task: Task) -> None:
        case, town = self._case(task), self._town
        if self._is_over(task):
            return
        dispatcher = self._person("dispatcher")
        advice = dispatch.advice_for(
            matter=case.matter,
            territory=case.territory,
            actor=dispatcher,
            on=localdate(town.now),
        )
        before: dict[str, Any] = {
            "number": case.number,
            "seen_revision": case.revision,
            "at": town.now,
        }
        if not advice.suggestions:
            self._did("DESIGNATE")
            actions.dispatch(
                **before,
                lead_unit_id=self._some_department(),
                principle=Principle.BY_DESIGNATION,
                basis="权责清单没有指向，由值班长指定（模拟）。",
                actor=self._person("duty-leader"),
            )
            town.look_at(case.pk)
            return
        lead = advice.suggestions[0]
        wrong = town.chance(town.habits.wrong_unit)
        self._did(_C.DISPATCH)
        actions.dispatch(
            **before,
            lead_unit_id=self._some_department() if wrong else lead.unit_id,
            co_handle_unit_ids=frozenset() if wrong else frozenset(lead.co_unit_ids),
            principle=Principle.BY_AGREEMENT if wrong else lead.principle,
            basis="按以往做法（模拟）" if wrong else lead.basis or "本区权责清单（示意）",
            responsibility_id=None if wrong else lead.responsibility_id,
            actor=dispatcher,
        )
        town.look_at(case.pk)

    def _adjudicate_later(self, task: Task) -> None:
        granted = self._town.chance(0.75)
        self._later(
            task,
            _C.GRANT if granted else _C.DENY,
            self._person("duty-leader"),
            reason="理由成立，另派。" if granted else "按清单应由你单位办理。",
        )

    def _check_later(self, task: Task) -> None:
        town = self._town
        fails = town.chance(town.habits.check_fails)
        self._plan(
            town.habits.checks.draw(town.dice),
            task,
            _C.FAIL if fails else _C.PASS,
            self._person("checker"),
            reason="到现场看，还是老样子。" if fails else "",
        )

    # The units

    def _take_up(self, task: Task) -> None:
        town, habits = self._town, self._town.habits
        if town.chance(habits.silent):
            return
        by = self._of_unit(task.unit_id, Power.HANDLE, localdate(town.now))
        wait = habits.acknowledges.draw(town.dice)
        if task.kind == _K.LEAD and self._is_wrong(task) and town.chance(0.8):
            self._plan(wait, task, _C.ASK_RETURN, by, reason="不属于本单位职责，清单可查。")
            return
        self._plan(wait, task, _C.ACKNOWLEDGE, by)
        self._work_on(task, since=town.now + wait)

    def _work_on(self, task: Task, *, since: datetime | None = None, wakes: bool = False) -> None:
        town, habits = self._town, self._town.habits
        since = since or town.now
        due = (
            Deadline.objects.filter(task=task, authority=DeadlineAuthority.INNER)
            .values_list("due_at", flat=True)
            .first()
        )
        left = max(due - since, _ONE_PHONE) if due else timedelta(days=1)
        share = habits.lateness if town.chance(habits.late) else habits.works
        takes = left * share * town.dice.uniform(0.3, 1.2)
        if wakes:
            takes = min(takes, timedelta(hours=town.dice.uniform(2, 20)))
        if task.kind == _K.LEAD and town.chance(habits.asks_extension):
            asks = partial(self._ask_extension, task)
            town.plan(since + min(left, takes) * 0.8, asks)
        town.plan(since + takes, partial(self._answer, task))

    def _ask_extension(self, task: Task) -> None:
        if not self._is_over(task):
            by = self._of_unit(task.unit_id, Power.HANDLE, localdate(self._town.now))
            self._move(task, _C.ASK_EXTENSION, by, reason="配件要从外地调，三天后到。")

    def _answer(self, task: Task) -> None:
        town = self._town
        if self._is_over(task):
            return
        by = self._of_unit(task.unit_id, Power.HANDLE, localdate(town.now))
        task.refresh_from_db()
        if task.state == "OPEN":
            self._move(task, _C.ACKNOWLEDGE, by)
            task.refresh_from_db()
        if task.kind == _K.CO_HANDLE:
            self._move(task, _C.ANSWER, by, reason="已到现场配合处理。")
            return
        explains = town.chance(town.habits.explains)
        reply = (
            "现场看过，按规定暂不能改动，原因已经说明。"
            if explains
            else "已派人到现场处理完毕，感谢您的反映。"
        )
        more = {"reason": "协办单位另行反馈。"} if task.kind == _K.LEAD else {}
        closing = Closing(ClosingKind.EXPLAINED if explains else ClosingKind.SOLVED)
        self._move(task, _C.ANSWER, by, reply=reply, closing=closing, **more)

    def _sign_later(self, task: Task) -> None:
        town = self._town
        by = self._of_unit(task.unit_id, Power.SIGN_OFF, localdate(town.now))
        back = town.chance(town.habits.sends_back)
        self._plan(
            town.habits.signs.draw(town.dice),
            task,
            _C.SEND_BACK if back else _C.SIGN,
            by,
            reason="把处理的时间和办法写清楚。" if back else "",
        )
        if back:
            again = town.habits.works
            wait = timedelta(hours=8 * again)
            for one in self._open(task.work_order_id, *_HANDLED):
                town.plan(town.now + wait, partial(self._answer, one))

    def _grant_later(self, task: Task) -> None:
        today = localdate(self._town.now)
        leader = self._person("duty-leader")
        own = self._of_unit(task.unit_id, Power.SIGN_OFF, today)
        by = own if task.kind == _K.LEADER_APPROVAL else leader
        self._later(task, _C.GRANT, by, reason="同意。")

    def _opine_later(self, task: Task) -> None:
        by = self._of_unit(task.unit_id, Power.HANDLE, localdate(self._town.now))
        self._later(task, _C.OPINE, by, reason="建议按清单办。")

    def _call_later(self, task: Task) -> None:
        town = self._town
        delay = town.habits.calls if task.kind == _K.CONTACT else town.habits.tells
        town.plan(town.now + delay.draw(town.dice), partial(self._call, task))

    def _call(self, task: Task) -> None:
        report_id, _ = self._of_case.get(task.work_order_id, (0, None))
        if self._is_over(task) or not report_id:
            return
        self._did(task.kind)
        actions.record_contact(
            task_id=task.pk,
            report_id=report_id,
            result=ContactResult.TALKED,
            words="已和诉求人说明。",
            actor=self._of_unit(task.unit_id, Power.HANDLE, localdate(self._town.now)),
            at=self._town.now,
        )
        self._town.look_at(task.work_order_id)

    # What they have in common

    def _later(self, task: Task, command: str, by: Actor, **said: Any) -> None:
        self._plan(self._town.habits.desk.draw(self._town.dice), task, command, by, **said)

    def _after_the_desk(self, happening: Callable[[], None]) -> None:
        town = self._town
        town.plan(town.now + town.habits.desk.draw(town.dice), happening)

    def _plan(self, after: timedelta, task: Task, command: str, by: Actor, **said: Any) -> None:
        act = partial(self._move_if_open, task, command, by, said)
        self._town.plan(self._town.now + after, act)

    def _move_if_open(self, task: Task, command: str, by: Actor, said: dict[str, Any]) -> None:
        if not self._is_over(task):
            self._move(task, command, by, **said)

    def _move(self, task: Task, command: str, by: Actor, **said: Any) -> None:
        task.refresh_from_db()
        case = actions.move_task(
            task_id=task.pk,
            seen_revision=task.revision,
            command=command,
            actor=by,
            at=self._town.now,
            **said,
        )
        self._did(command)
        self._town.look_at(case.pk)
        if case.outcome == Outcome.CLOSED and task.kind in (_K.CHECK, _K.SIGN_OFF):
            self._rate_later(case.pk)

    def _did(self, what: str) -> None:
        self._town.tally.moves[str(what)] += 1

    def _case(self, task: Task) -> WorkOrder:
        return WorkOrder.objects.get(pk=task.work_order_id)

    def _is_over(self, task: Task) -> bool:
        return not Task.objects.filter(pk=task.pk, ended_at=None).exists()

    def _is_open(self, case_id: int) -> bool:
        return WorkOrder.objects.filter(pk=case_id, outcome="").exists()

    def _open(self, case_id: int, *kinds: str) -> list[Task]:
        return list(Task.objects.filter(work_order=case_id, kind__in=kinds, ended_at=None))

    def _is_wrong(self, task: Task) -> bool:
        return task.principle == Principle.BY_AGREEMENT and not task.designated

    def _some_department(self) -> int:
        found = people.find_units("局", on=localdate(self._town.now), limit=40)
        own = [unit.id for unit in found if unit.kind == UnitKind.DEPARTMENT]
        return self._town.dice.choice(own)


def _person(username: str) -> Actor:
    return people.actor_of_user(get_user_model().objects.get(username=username).pk)


def _of_unit(unit_id: int, power: str, on: date) -> Actor:
    """Return who acts for a unit: its own person, or where it has none somebody invented."""
    for user_id in people.users_with(power, unit_id, on):
        actor = people.actor_of_user(user_id)
        if Grant(power, unit_id) in actor.grants:
            return actor
    return Actor(
        ActorKind.PERSON, grants=frozenset({Grant(Power.SEE, unit_id), Grant(power, unit_id)})
    )
