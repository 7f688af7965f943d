"""Whoever owes something in the simulated district: when they begin, and what they do then."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import cache, partial
from typing import Any

from django.utils.timezone import localdate

from chengshao.dispatch import queries as dispatch
from chengshao.kernel.actor import Actor
from chengshao.workorders import actions
from chengshao.workorders.models import Deadline, Report, Task
from chengshao.workorders.rules.facts import Closing
from chengshao.workorders.terms import (
    CaseCommand,
    ClosingKind,
    ContactResult,
    DeadlineAuthority,
    DeclineGround,
    LedgerLevel,
    Outcome,
    Power,
    Principle,
    TaskCommand,
    TaskKind,
    TaskState,
)
from config.simulation.actors import departments, of_unit
from config.simulation.citizens import Citizens
from config.simulation.stage import Stage

_K, _C = TaskKind, TaskCommand
_HANDLED = (_K.LEAD, _K.DOUBLE, _K.CO_HANDLE)
_PUT_BACK = (_C.SEND_BACK, _C.DENY)  # the unit has it still, and has to do it again
_ONE_PHONE = timedelta(minutes=20)
_DAY = timedelta(days=1)
_NONE = timedelta()
_LONG = timedelta(days=5)  # where nothing says when it is due


class Workers:
    """All who work in the town, by what they owe."""

    def __init__(self, town: Stage, citizens: Citizens) -> None:
        self._town = town
        self._citizens = citizens
        self._departments = cache(departments)
        self._acts_for = cache(of_unit)
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
            _K.LEDGER_REVIEW: self._review_later,
        }

    def begin(self, task: Task) -> None:
        """Let the one who owes a task begin with it in their own time; what nobody knows waits."""
        if begins := self._begins.get(task.kind):
            begins(task)

    def wake(self, case_id: int) -> None:
        """Let the units of a case hurry, even those that had forgotten it."""
        for task in Task.objects.filter(
            work_order=case_id, kind__in=_HANDLED, ended_at=None
        ).order_by("pk"):
            self._work_on(task, wakes=True)

    # The desk

    def _verify(self, task: Task) -> None:
        self._later(task, _C.CONFIRM, self._town.person("collector"))

    def _register_later(self, task: Task) -> None:
        self._after_the_desk(partial(self._register, task.pk))

    def _register(self, task_id: int) -> None:
        town, task = self._town, _still_open(task_id)
        subject = self._citizens.subject(task.work_order_id) if task else None
        if task is None or subject is None:
            return
        case = task.work_order
        both: dict[str, Any] = {
            "number": case.number,
            "seen_revision": case.revision,
            "actor": town.person("registrar"),
            "at": town.now,
        }
        if subject.only_asks and town.chance(town.habits.answers_directly):
            actions.answer_directly(
                **both,
                matter=subject.matter,
                reply="所需材料和办理地点已向您说明，可在网上先预约。",
            )
            town.did(_C.ANSWER_DIRECTLY)
            self._citizens.rate_later(case.pk)
        elif town.chance(town.habits.declines):
            actions.move_case(
                **both,
                command=CaseCommand.DECLINE,
                ground=DeclineGround.BEYOND_GOVERNMENT,
                reply="此事不属于政府职责，建议通过协商或诉讼解决。",
            )
            town.did(CaseCommand.DECLINE)
        else:
            actions.register(**both, matter=subject.matter)
            town.did(_C.REGISTER)
        town.look_at(case.pk)

    def _dispatch_later(self, task: Task) -> None:
        self._after_the_desk(partial(self._dispatch, task.pk))

    def _dispatch(self, task_id: int) -> None:
        town, task = self._town, _still_open(task_id)
        if task is None:
            return
        case, dispatcher = task.work_order, town.person("dispatcher")
        advice = dispatch.advice_for(
            matter=case.matter, territory=case.territory, actor=dispatcher, on=localdate(town.now)
        )
        both: dict[str, Any] = {
            "number": case.number,
            "seen_revision": case.revision,
            "at": town.now,
        }
        if not advice.suggestions and not _was_consulted(task):
            self._consult(task, dispatcher)
            return
        if not advice.suggestions:
            actions.dispatch(
                **both,
                lead_unit_id=self._some_department(),
                principle=Principle.BY_DESIGNATION,
                basis="权责清单没有指向，会商后由值班长指定（模拟）。",
                actor=town.person("duty-leader"),
            )
            town.did("DESIGNATE")
        elif town.chance(town.habits.wrong_unit):
            actions.dispatch(
                **both,
                lead_unit_id=self._some_department(),
                principle=Principle.BY_AGREEMENT,
                basis="按以往做法（模拟）",
                actor=dispatcher,
            )
            town.did(_C.DISPATCH)
        else:
            lead = advice.suggestions[0]
            actions.dispatch(
                **both,
                lead_unit_id=lead.unit_id,
                co_handle_unit_ids=frozenset(lead.co_unit_ids),
                principle=lead.principle,
                basis=lead.basis or "本区权责清单（示意）",
                responsibility_id=lead.responsibility_id,
                actor=dispatcher,
            )
            town.did(_C.DISPATCH)
        town.look_at(case.pk)

    def _consult(self, task: Task, dispatcher: Actor) -> None:
        """Ask two departments where the lists point to none; the duty leader designates then."""
        town = self._town
        asked = town.dice.sample(self._departments(self._today()), 2)
        town.plan(
            town.now + timedelta(hours=town.dice.uniform(2, 6)), partial(self._dispatch, task.pk)
        )
        self._move(
            task,
            _C.CONSULT,
            dispatcher,
            reason="这件事由哪家主办，请各说一句并写依据。",
            asked_unit_ids=frozenset(asked),
        )

    def _adjudicate_later(self, task: Task) -> None:
        granted = self._town.chance(0.75)
        self._later(
            task,
            _C.GRANT if granted else _C.DENY,
            self._town.person("duty-leader"),
            reason="理由成立，另派。" if granted else "按清单应由你单位办理。",
        )

    def _check_later(self, task: Task) -> None:
        town = self._town
        fails = town.chance(town.habits.check_fails)
        self._plan(
            self._in_time(town.habits.checks.draw(town.dice), _due(task)),
            task,
            _C.FAIL if fails else _C.PASS,
            town.person("checker"),
            reason="到现场看，还是老样子。" if fails else "",
        )

    # The units

    def _take_up(self, task: Task) -> None:
        town, habits = self._town, self._town.habits
        if town.chance(habits.silent):
            forgotten_until = (_due(task) or town.now + _LONG) + _DAY * town.dice.uniform(0.2, 4)
            town.plan(forgotten_until, partial(self._answer, task.pk))
            return
        by = self._of_unit(task, Power.HANDLE)
        wait = self._in_time(habits.acknowledges.draw(town.dice), _due(task))
        if task.kind == _K.LEAD and _is_wrong(task) and town.chance(0.8):
            self._plan(wait, task, _C.ASK_RETURN, by, reason="不属于本单位职责，清单可查。")
            return
        if task.state == TaskState.OPEN:
            self._plan(wait, task, _C.ACKNOWLEDGE, by)
        self._work_on(task, since=town.now + wait)

    def _work_on(self, task: Task, *, since: datetime | None = None, wakes: bool = False) -> None:
        town, habits = self._town, self._town.habits
        since = since or town.now
        due = _due(task)
        left = max(due - since, _ONE_PHONE) if due else _DAY
        share = habits.lateness if town.chance(habits.late) else habits.works
        takes = left * share * town.dice.uniform(0.3, 1.2)
        if wakes:
            takes = min(takes, timedelta(hours=town.dice.uniform(2, 20)))
        elif task.kind == _K.LEAD and left > _DAY * 2 and town.chance(habits.asks_suspension):
            town.plan(since + min(left, takes) * 0.5, partial(self._ask_suspension, task.pk))
            return
        if task.kind == _K.LEAD and town.chance(habits.asks_extension):
            town.plan(since + min(left, takes) * 0.8, partial(self._ask_extension, task.pk))
        town.plan(since + takes, partial(self._answer, task.pk))

    def _ask_extension(self, task_id: int) -> None:
        task = _still_open(task_id)
        if task and self._is_in_time(task):
            by = self._of_unit(task, Power.HANDLE)
            self._move(task, _C.ASK_EXTENSION, by, reason="配件要从外地调，三天后到。")

    def _ask_suspension(self, task_id: int) -> None:
        town, task = self._town, _still_open(task_id)
        if task is None:
            return
        if not self._is_in_time(task):
            self._answer(task_id)
            return
        rest = timedelta(days=town.dice.randrange(3, 20))
        town.plan(
            town.now + rest + _DAY * town.dice.uniform(0.3, 1), partial(self._answer, task_id)
        )
        self._move(
            task,
            _C.ASK_SUSPENSION,
            self._of_unit(task, Power.HANDLE),
            reason="等权属单位的鉴定结果。",
            until=localdate(town.now) + rest,
        )

    def _answer(self, task_id: int) -> None:
        task = _still_open(task_id)
        if task is None or _is_answered(task):
            return
        by = self._of_unit(task, Power.HANDLE)
        if task.state == TaskState.OPEN:
            self._move(task, _C.ACKNOWLEDGE, by)
            task = _still_open(task_id)
        if task is None:
            return
        if task.kind == _K.CO_HANDLE:
            self._move(task, _C.ANSWER, by, reason="已到现场配合处理。")
            return
        closing = self._closing()
        reply = (
            "已派人到现场处理完毕，感谢您的反映。"
            if closing.kind is ClosingKind.SOLVED
            else "现场看过，一时不能改动，原因和以后的安排已经说明。"
        )
        more = {"reason": "协办单位另行反馈。"} if task.kind == _K.LEAD else {}
        self._move(task, _C.ANSWER, by, reply=reply, closing=closing, **more)

    def _closing(self) -> Closing:
        town, habits = self._town, self._town.habits
        (kind,) = town.dice.choices(
            (
                ClosingKind.EXPLAINED,
                ClosingKind.PROMISED,
                ClosingKind.LEDGER,
                ClosingKind.SOLVED,
            ),
            (
                habits.explains,
                habits.promises,
                habits.ledgers,
                1 - habits.explains - habits.promises - habits.ledgers,
            ),
        )
        later = localdate(town.now) + timedelta(days=town.dice.randrange(5, 28))
        return Closing(
            kind,
            promised_on=later if kind is ClosingKind.PROMISED else None,
            ledger_level=LedgerLevel.DISTRICT if kind is ClosingKind.LEDGER else None,
            review_on=later if kind is ClosingKind.LEDGER else None,
        )

    def _sign_later(self, task: Task) -> None:
        town = self._town
        back = town.chance(town.habits.sends_back)
        self._plan(
            self._in_time(town.habits.signs.draw(town.dice), _due_of_lead(task)),
            task,
            _C.SEND_BACK if back else _C.SIGN,
            self._of_unit(task, Power.SIGN_OFF),
            reason="把处理的时间和办法写清楚。" if back else "",
        )

    def _grant_later(self, task: Task) -> None:
        leads = task.kind == _K.LEADER_APPROVAL
        by = self._of_unit(task, Power.SIGN_OFF) if leads else self._town.person("duty-leader")
        self._later(task, _C.GRANT, by, reason="同意。")

    def _opine_later(self, task: Task) -> None:
        self._later(task, _C.OPINE, self._of_unit(task, Power.HANDLE), reason="建议按清单办。")

    def _review_later(self, task: Task) -> None:
        by = self._of_unit(task, Power.HANDLE)
        self._later(task, _C.STRIKE_OFF, by, reason="条件已经具备，已办妥。")

    def _call_later(self, task: Task) -> None:
        town = self._town
        delay = town.habits.calls if task.kind == _K.CONTACT else town.habits.tells
        wait = self._in_time(delay.draw(town.dice), _due(task))
        town.plan(town.now + wait, partial(self._call, task.pk))

    def _call(self, task_id: int) -> None:
        town, task = self._town, _still_open(task_id)
        if task is None:
            return
        waiting = Report.objects.filter(work_order=task.work_order_id, contact__isnull=False)
        for report_id in waiting.order_by("pk").values_list("pk", flat=True):
            if not _still_open(task_id):
                break
            actions.record_contact(
                task_id=task_id,
                report_id=report_id,
                result=ContactResult.TALKED,
                words="已和诉求人说明。",
                actor=self._of_unit(task, Power.HANDLE),
                at=town.now,
            )
            town.did(task.kind)
        town.look_at(task.work_order_id)

    # What they have in common

    def _later(self, task: Task, command: str, by: Actor, **said: Any) -> None:
        self._plan(self._town.habits.desk.draw(self._town.dice), task, command, by, **said)

    def _after_the_desk(self, happening: Callable[[], None]) -> None:
        town = self._town
        town.plan(town.now + town.habits.desk.draw(town.dice), happening)

    def _plan(self, after: timedelta, task: Task, command: str, by: Actor, **said: Any) -> None:
        act = partial(self._move_if_open, task.pk, command, by, said)
        self._town.plan(self._town.now + after, act)

    def _move_if_open(self, task_id: int, command: str, by: Actor, said: dict[str, Any]) -> None:
        if task := _still_open(task_id):
            self._move(task, command, by, **said)

    def _move(self, task: Task, command: str, by: Actor, **said: Any) -> None:
        town = self._town
        case = actions.move_task(
            task_id=task.pk,
            seen_revision=task.revision,
            command=command,
            actor=by,
            at=town.now,
            **said,
        )
        town.did(command)
        town.look_at(case.pk)
        if command in _PUT_BACK:
            self.wake(case.pk)
        if case.outcome == Outcome.CLOSED and task.kind in (_K.CHECK, _K.SIGN_OFF):
            self._citizens.rate_later(case.pk)

    def _in_time(self, wait: timedelta, due: datetime | None) -> timedelta:
        """Shorten a wait where little time is left: what is urgent is taken up at once."""
        left = due - self._town.now if due else _LONG
        return min(wait, left * self._town.dice.uniform(0.1, 0.4)) if left > _NONE else wait

    def _is_in_time(self, task: Task) -> bool:
        """Tell whether there is still something to ask more time for."""
        due = _due(task)
        return due is not None and due > self._town.now

    def _of_unit(self, task: Task, power: str) -> Actor:
        return self._acts_for(task.unit_id, power, self._today())

    def _some_department(self) -> int:
        return self._town.dice.choice(self._departments(self._today()))

    def _today(self) -> date:
        return localdate(self._town.now)


def _still_open(task_id: int) -> Task | None:
    return Task.objects.select_related("work_order").filter(pk=task_id, ended_at=None).first()


def _due(task: Task) -> datetime | None:
    inner = Deadline.objects.filter(task=task, authority=DeadlineAuthority.INNER)
    return inner.values_list("due_at", flat=True).first()


def _due_of_lead(task: Task) -> datetime | None:
    """Return when the answer is due that waits for a signature: its clock runs on meanwhile."""
    lead = Task.objects.filter(work_order=task.work_order_id, kind=_K.LEAD, ended_at=None).first()
    return _due(lead) if lead else None


def _is_answered(task: Task) -> bool:
    """Tell whether an answer lies with the leader already: somebody had hurried them."""
    return Task.objects.filter(follows=task, kind=_K.SIGN_OFF, ended_at=None).exists()


def _was_consulted(task: Task) -> bool:
    return Task.objects.filter(work_order=task.work_order_id, kind=_K.CONSULT).exists()


def _is_wrong(task: Task) -> bool:
    return task.principle == Principle.BY_AGREEMENT and not task.designated
