"""A few cases, and everybody who may want something of them, in any order (property tests)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

from chengshao.catalog import actions as catalog
from chengshao.catalog.terms import CalendarDayKind
from chengshao.kernel.actor import Actor, ActorKind, Grant
from chengshao.kernel.errors import DomainError
from chengshao.workorders import actions
from chengshao.workorders.actions import NewReport
from chengshao.workorders.models import WorkOrder
from chengshao.workorders.rules import registry
from chengshao.workorders.rules.book import CASE_MOVES
from chengshao.workorders.rules.facts import Closing
from chengshao.workorders.rules.taking import takes_of, takes_of_case_move
from chengshao.workorders.tasks import JOB, archive_at, recalculate_at
from chengshao.workorders.terms import (
    Channel,
    ClosingKind,
    ContactResult,
    DeclineGround,
    LedgerLevel,
    Need,
    Power,
    Principle,
    ReportKind,
    Resolution,
    Satisfaction,
    Step,
    TaskCommand,
    TaskKind,
    TaskMove,
    TaskState,
)
from tests.district import (
    AT,
    LOADER,
    MANHOLE,
    NO_WATER,
    SOLVED,
    District,
    move,
    parted,
    reported,
    said,
    staff,
)
from tests.standing import Standing

_C = TaskCommand
_MOST_CASES = 14
_ALONG: Mapping[tuple[str, TaskState], tuple[TaskCommand, ...]] = {
    (TaskKind.VERIFY, TaskState.OPEN): (TaskCommand.CONFIRM,),
    (TaskKind.LEAD, TaskState.OPEN): (TaskCommand.ACKNOWLEDGE,),
    (TaskKind.LEAD, TaskState.ACKNOWLEDGED): (TaskCommand.ANSWER,),
    (TaskKind.CHECK, TaskState.OPEN): (TaskCommand.PASS, TaskCommand.PASS, TaskCommand.FAIL),
    (TaskKind.LEDGER_APPROVAL, TaskState.OPEN): (TaskCommand.GRANT, TaskCommand.DENY),
    (TaskKind.OUTER_CLOSING, TaskState.OPEN): (
        TaskCommand.GRANT,
        TaskCommand.DENY,
        TaskCommand.UNANSWERED,
    ),
}
NEAR = timedelta(days=20)


class Town:
    """
    A few cases and everybody who may want something of them.

    :param stands: where cases stand in the beginning: the task that waits, and its state
    """

    def __init__(
        self,
        district: District,
        centre: Actor,
        seed: int,
        stands: Iterable[tuple[TaskKind, TaskState]] = (),
    ) -> None:
        self.random = Random(seed)
        self.district, self.centre = district, centre
        self.units = [district.roads, district.water, district.parks, district.qingbo]
        self.now = AT
        erasing = Grant("ERASE_CONTACT", None)
        self.officer = replace(centre, grants=centre.grants | {erasing})
        self.told = 0
        by = Standing(district, centre, district.roads, district.parks)
        for kind, state in stands:
            by.before(kind, state, said(self.key(), phone="13800001111"))
        reported(centre, said(self.key()), at=AT)
        reported(centre, self.order(), at=AT)

    def key(self) -> str:
        self.told += 1
        return f"report-{self.told}"

    def order(self) -> NewReport:
        """Return what another platform sends, with its own end."""
        of = replace(said(self.key(), phone="13800001111"), channel=Channel.TRANSFER)
        return replace(of, outer_due_at=self.now + timedelta(days=9))

    def anyone(self) -> Actor:
        """The centre mostly, else one unit with all powers, else with one."""
        chance = self.random.random()
        if chance < 0.8:
            return self.centre
        unit = self.random.choice(self.units)
        powers = tuple(Power) if chance < 0.95 else (Power.SEE, self.random.choice(list(Power)))
        return staff(unit, *powers)

    def case(self) -> WorkOrder:
        return self.random.choice(list(WorkOrder.objects.order_by("pk")))

    def case_at(self, *steps: Step) -> WorkOrder:
        """Return a case that stands there, if one does."""
        fitting = list(WorkOrder.objects.filter(step__in=steps).order_by("pk"))
        return self.random.choice(fitting) if fitting else self.case()

    def closing(self) -> Closing | None:
        day = (self.now + NEAR).date()
        return self.random.choice(
            [
                None,
                Closing(ClosingKind.SOLVED),
                Closing(ClosingKind.SOLVED),
                Closing(ClosingKind.EXPLAINED),
                Closing(ClosingKind.UNREACHABLE),
                Closing(ClosingKind.PROMISED, promised_on=day),
                Closing(ClosingKind.LEDGER, ledger_level=LedgerLevel.DISTRICT, review_on=day),
            ]
        )

    def some(self) -> frozenset[int]:
        return frozenset(self.random.sample(self.units, self.random.choice([0, 1, 1, 2])))

    def move(self) -> None:
        case = self.case()
        task = self.random.choice(list(case.tasks.filter(ended_at=None)) or [None])
        if task is None:
            return
        fitting = [
            row for row in registry.all_moves() if (row.kind, row.source) == (task.kind, task.state)
        ]
        row = self.random.choice(fitting)
        actions.move_task(
            task_id=task.pk,
            seen_revision=task.revision,
            command=row.command,
            **self.said_with(row),
            actor=self.anyone(),
            at=self.now,
        )

    def said_with(self, row: TaskMove) -> dict[str, Any]:
        """Return what may be said with a move, each mostly; now and then anything at all."""
        anything: dict[Need, tuple[str, Any]] = {
            Need.REASON: ("reason", self.random.choice(["理由", "理由", ""])),
            Need.REPLY: ("reply", self.random.choice(["答复", "答复", ""])),
            Need.CLOSING: ("closing", self.closing()),
            Need.ASKED_UNITS: ("asked_unit_ids", self.some()),
            Need.DATE: ("until", self.random.choice([None, (self.now + NEAR).date()])),
        }
        takes = takes_of(row) if self.random.random() < 0.95 else anything.keys()
        return dict(said for need, said in anything.items() if need in takes)

    def register(self, case: WorkOrder | None = None, actor: Actor | None = None) -> None:
        case = case or self.case()
        actions.register(
            number=case.number,
            seen_revision=case.revision,
            matter=self.random.choice([MANHOLE, NO_WATER]),
            actor=actor or self.anyone(),
            at=self.now,
        )

    def answer_directly(self) -> None:
        case = self.case_at(Step.REPORTED)
        actions.answer_directly(
            number=case.number,
            seen_revision=case.revision,
            matter=self.random.choice([MANHOLE, NO_WATER]),
            reply="这样办",
            closing_kind=self.random.choice([ClosingKind.EXPLAINED, *ClosingKind]),
            actor=self.anyone(),
            at=self.now,
        )

    def dispatch(
        self,
        case: WorkOrder | None = None,
        actor: Actor | None = None,
        principle: Principle | None = None,
    ) -> None:
        case = case or self.case()
        actions.dispatch(
            number=case.number,
            seen_revision=case.revision,
            lead_unit_id=self.random.choice(self.units),
            double_unit_ids=self.random.choice([frozenset(), frozenset(), self.some()]),
            co_handle_unit_ids=self.random.choice([frozenset(), frozenset(), self.some()]),
            principle=principle or self.random.choice([Principle.BY_AGREEMENT, *Principle]),
            basis="依据",
            actor=actor or self.anyone(),
            at=self.now,
        )

    def go_on(self) -> None:
        """Take a case one step along the main road, as those do who know how."""
        case = self.case()
        held = (task for task in case.facts().tasks if task.holds_case)
        task = next(held, None)
        if task is None:
            return
        match (task.kind, task.state):
            case (TaskKind.REGISTER, _):
                self.register(case, self.centre)
            case (TaskKind.DISPATCH, _):
                self.dispatch(case, self.centre, Principle.BY_AGREEMENT)
            case (kind, state) if (kind, state) in _ALONG:
                command = self.random.choice(_ALONG[kind, state])
                said: dict[str, Any] = {"reason": "已办"} if command != _C.ACKNOWLEDGE else {}
                if command == _C.ANSWER:
                    said |= {"reply": "已修好", "closing": self.closing() or SOLVED}
                move(case, kind, command, self.centre, **said, at=self.now)

    def whole_case(self) -> None:
        case = self.case()
        if all(case.step not in move.sources for move in CASE_MOVES):
            return
        row = self.random.choice([m for m in CASE_MOVES if case.step in m.sources])
        anything: dict[Need, tuple[str, Any]] = {
            Need.REASON: ("reason", "理由"),
            Need.REPLY: ("reply", "答复"),
            Need.GROUND: ("ground", self.random.choice(list(DeclineGround))),
        }
        takes = takes_of_case_move(row) if self.random.random() < 0.95 else anything.keys()
        actions.move_case(
            number=case.number,
            seen_revision=case.revision,
            command=row.command,
            **dict(said for need, said in anything.items() if need in takes),
            actor=self.anyone(),
            at=self.now,
        )

    def qualify(self) -> None:
        """It turns out whom a report is about, or that it was somebody else."""
        case = self.case_at(Step.REPORTED, Step.REGISTERED)
        report = case.reports.order_by("pk").first()
        if report is None:
            return
        if report.complained_about_unit_id is not None:
            actions.take_off_complaint(
                number=case.number,
                seen_revision=case.revision,
                report_id=report.pk,
                reason="记错了",
                actor=staff(case.desk_unit_id, *Power),
                at=self.now,
            )
            return
        actions.qualify_report(
            number=case.number,
            seen_revision=case.revision,
            report_id=report.pk,
            kind=self.random.choice([None, ReportKind.COMPLAINT, ReportKind.THANKS]),
            complained_about_unit_id=self.random.choice([None, self.district.centre, *self.units]),
            actor=self.anyone(),
            at=self.now,
        )

    def contact(self) -> None:
        case = self.case()
        task = case.tasks.filter(kind__in=["CONTACT", "TELL"], ended_at=None).first()
        report = case.reports.first()
        if task and report:
            actions.record_contact(
                task_id=task.pk,
                report_id=report.pk,
                result=self.random.choice(list(ContactResult)),
                actor=self.anyone(),
                at=self.now,
            )

    def citizen(self) -> None:
        reports = list(self.case().reports.order_by("pk"))
        if not reports:
            return
        report = self.random.choice(reports)
        own = Actor(ActorKind.CITIZEN, report_id=report.pk)
        say: list[Callable[[], object]] = [
            lambda: actions.chase_report(report_id=report.pk, actor=own, at=self.now),
            lambda: actions.supplement_report(
                report_id=report.pk, words="还有", actor=own, at=self.now
            ),
            lambda: actions.rate_report(
                report_id=report.pk,
                resolution=Resolution.UNRESOLVED,
                satisfaction=Satisfaction.DISSATISFIED,
                actor=own,
                at=self.now,
            ),
            lambda: actions.reopen_by_citizen(
                report_id=report.pk, words="没修好", actor=own, at=self.now
            ),
        ]
        if self.random.random() < 0.1:
            say.append(
                lambda: actions.withdraw_report(
                    report_id=report.pk, reason="", actor=own, at=self.now
                )
            )
        self.random.choice(say)()

    def merge(self) -> None:
        case, other = self.case_at(Step.REPORTED, Step.MERGED), self.case()
        if case.step != Step.MERGED:
            actions.merge_cases(
                number=case.number,
                into=other.number,
                seen_revision=case.revision,
                reason="同一件事",
                actor=self.anyone(),
                at=self.now,
            )
        else:
            parted(case, "是两件事", self.anyone(), at=self.now)

    def another(self) -> None:
        """One more report: of a new case, of one that is there, or another platform's."""
        joins = self.random.choice([None, self.case().number, self.case().number])
        few = WorkOrder.objects.count() < _MOST_CASES
        if joins:
            reported(self.centre, said(self.key(), joins=joins), at=self.now)
        elif few:
            new = self.random.choice([said(self.key(), phone="13800001111"), self.order()])
            reported(self.centre, new, at=self.now)

    def fixed(self) -> None:
        """Found and fixed by the same person."""
        if WorkOrder.objects.count() >= _MOST_CASES:
            return
        actions.record_fixed(
            report=replace(said(self.key()), channel=Channel.PATROL),
            unit_id=self.random.choice(self.units),
            matter=MANHOLE,
            reply="扶正了",
            actor=self.anyone(),
            at=self.now,
        )

    def erase(self) -> None:
        case = self.case()
        report = case.reports.order_by("pk").first()
        to: dict[str, object] = {"number": case.number, "reason": "来函要求", "actor": self.officer}
        if report is not None and self.random.random() < 0.3:
            actions.erase_report(report_id=report.pk, at=self.now, **to)  # type: ignore[arg-type]
        else:
            seq = self.random.randint(1, case.history_seq)
            actions.erase_notes(seq=seq, at=self.now, **to)  # type: ignore[arg-type]

    def calendar_changes(self) -> None:
        """A day soon is worked, or is not, and running deadlines are made anew."""
        day = (self.now + timedelta(days=self.random.randint(1, 10))).date()
        kind = self.random.choice([CalendarDayKind.CITY_REST, CalendarDayKind.CITY_WORK])
        catalog.set_day(day=day, kind=kind, name="调整", source="测试", actor=LOADER, at=self.now)
        recalculate_at(self.now)

    def time_passes(self) -> None:
        self.now += self.random.choice([timedelta(hours=3), timedelta(days=1), timedelta(days=25)])
        if self.random.random() < 0.1:
            self.now += timedelta(days=200)
            archive_at(self.now)
        for case in WorkOrder.objects.all():
            for act in (
                actions.say_what_is_due,
                actions.resume_case,
                actions.bring_back_promise,
                actions.review_ledger,
                self.random.choice([actions.take_sample, actions.say_what_is_due]),
            ):
                try:
                    act(case_id=case.pk, actor=JOB, at=self.now)
                except DomainError:
                    continue
