"""Anyone tries anything in any order, through the actions and on the database."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

import pytest

from chengshao.kernel.actor import Actor, ActorKind
from chengshao.kernel.errors import DomainError
from chengshao.workorders import actions, queries
from chengshao.workorders.models import Deadline, WorkOrder
from chengshao.workorders.rules import registry
from chengshao.workorders.rules.facts import Closing
from chengshao.workorders.tasks import JOB
from chengshao.workorders.terms import (
    CaseCommand,
    ClosingKind,
    ContactResult,
    DeadlineAuthority,
    DeclineGround,
    LedgerLevel,
    Power,
    Principle,
    Resolution,
    Satisfaction,
)
from tests.district import AT, MANHOLE, NO_WATER, District, reported, said, staff

STEPS = 150
NEAR = timedelta(days=20)


class Town:
    """A few cases and everybody who may want something of them."""

    def __init__(self, district: District, centre: Actor, seed: int) -> None:
        self.random = Random(seed)
        self.district, self.centre = district, centre
        self.units = [district.roads, district.water, district.parks, district.qingbo]
        self.now = AT
        for n in range(3):
            phone = "13800001111" if n else ""
            reported(centre, said(f"start-{n}", phone=phone), at=AT)

    def anyone(self) -> Actor:
        """The centre mostly, else one unit with all powers, else with one."""
        chance = self.random.random()
        if chance < 0.6:
            return self.centre
        unit = self.random.choice(self.units)
        powers = tuple(Power) if chance < 0.9 else (Power.SEE, self.random.choice(list(Power)))
        return staff(unit, *powers)

    def case(self) -> WorkOrder:
        return self.random.choice(list(WorkOrder.objects.order_by("pk")))

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
            row.command
            for row in registry.all_moves()
            if (row.kind, row.source) == (task.kind, task.state)
        ]
        actions.move_task(
            task_id=task.pk,
            seen_revision=task.revision,
            command=self.random.choice(fitting),
            reason=self.random.choice(["理由", "理由", ""]),
            reply=self.random.choice(["答复", "答复", ""]),
            closing=self.closing(),
            asked_unit_ids=self.some(),
            until=self.random.choice([None, (self.now + NEAR).date()]),
            actor=self.anyone(),
            at=self.now,
        )

    def register(self) -> None:
        case = self.case()
        actions.register(
            number=case.number,
            seen_revision=case.revision,
            matter=self.random.choice([MANHOLE, NO_WATER]),
            actor=self.anyone(),
            at=self.now,
        )

    def dispatch(self) -> None:
        case = self.case()
        actions.dispatch(
            number=case.number,
            seen_revision=case.revision,
            lead_unit_id=self.random.choice(self.units),
            double_unit_ids=self.random.choice([frozenset(), frozenset(), self.some()]),
            co_handle_unit_ids=self.random.choice([frozenset(), frozenset(), self.some()]),
            principle=self.random.choice([Principle.BY_AGREEMENT, *Principle]),
            basis="依据",
            actor=self.anyone(),
            at=self.now,
        )

    def whole_case(self) -> None:
        case = self.case()
        actions.move_case(
            number=case.number,
            seen_revision=case.revision,
            command=self.random.choice(list(CaseCommand)),
            reason="理由",
            reply="答复",
            ground=self.random.choice(list(DeclineGround)),
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
        report = self.case().reports.order_by("?").first()
        if report is None:
            return
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
        case, other = self.case(), self.case()
        if self.random.random() < 0.5:
            actions.merge_cases(
                number=case.number,
                into=other.number,
                seen_revision=case.revision,
                reason="同一件事",
                actor=self.anyone(),
                at=self.now,
            )
        else:
            actions.undo_merge(
                number=case.number, reason="是两件事", actor=self.anyone(), at=self.now
            )

    def another(self) -> None:
        n = self.random.randrange(10_000)
        joins = self.random.choice([None, self.case().number])
        if WorkOrder.objects.count() < 6 or joins:
            reported(self.centre, said(f"more-{n}", joins=joins), at=self.now)

    def time_passes(self) -> None:
        self.now += self.random.choice([timedelta(hours=3), timedelta(days=1), timedelta(days=25)])
        for case in WorkOrder.objects.all():
            for act in (
                actions.say_what_is_due,
                actions.resume_case,
                actions.bring_back_promise,
                actions.review_ledger,
            ):
                try:
                    act(case_id=case.pk, actor=JOB, at=self.now)
                except DomainError:
                    continue


def check(case: WorkOrder, now: datetime) -> None:
    """What must hold of every case at every moment."""
    facts = case.facts()
    assert case.step == facts.step
    held = [task for task in facts.tasks if task.holds_case]
    assert bool(held) == (case.outcome == ""), (case.number, case.step)
    if held:
        clocks = Deadline.objects.filter(
            task__in=[task.id for task in held],
            authority=DeadlineAuthority.INNER,
            ended_at=None,
        )
        assert clocks.exists()
        runs = clocks.filter(due_at__isnull=False).exists()
        assert runs or case.resumes_at is not None
    assert len(facts.open_of("LEAD")) <= 1
    assert queries.first_broken_entry(case) is None
    last = case.entries.get(seq=case.history_seq)
    assert json.loads(last.body)["step"] == case.step
    assert now >= case.opened_at


@pytest.mark.parametrize("seed", range(4))
def test_the_invariants_hold_whatever_is_tried(
    district: District, centre: Actor, seed: int
) -> None:
    town = Town(district, centre, seed)
    tries = [town.move] * 8 + [
        town.register,
        town.register,
        *[town.dispatch] * 4,
        town.whole_case,
        town.contact,
        town.citizen,
        town.merge,
        town.another,
        town.time_passes,
    ]
    taken: set[str] = set()
    for _ in range(STEPS):
        act = town.random.choice(tries)
        before = {case.pk: (case.revision, case.history_head) for case in WorkOrder.objects.all()}
        try:
            act()
        except DomainError:
            after = {
                case.pk: (case.revision, case.history_head) for case in WorkOrder.objects.all()
            }
            assert after == before
            continue
        taken.add(act.__name__)
        for case in WorkOrder.objects.all():
            check(case, town.now)
    assert {"move", "register", "dispatch", "time_passes"} <= taken
