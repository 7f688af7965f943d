"""Who reports in the simulated district, and what they do while and after they wait."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from chengshao.kernel.actor import Actor, ActorKind
from chengshao.workorders import actions
from chengshao.workorders.models import Rating, Report, WorkOrder
from chengshao.workorders.terms import Resolution, Satisfaction
from config.simulation.stage import Stage
from config.simulation.subjects import Subject, subjects


class Citizens:
    """
    What each said first, by case; and the moves that are a citizen's.

    :param wakes: lets those go on who sleep over a case
    """

    def __init__(self, town: Stage, *, wakes: Callable[[int], None]) -> None:
        self._town = town
        self._wakes = wakes
        self._of_case: dict[int, tuple[int, Subject]] = {}
        self._earlier: set[int] = set()

    def said(self, report: Report, subject: Subject) -> None:
        """Keep what opened a case."""
        self._of_case.setdefault(report.work_order_id, (report.pk, subject))

    def remember(self, reports: list[Report]) -> None:
        """Keep what was said to an earlier town, as far as the file still has it."""
        by_words = {subject.words: subject for subject in subjects()}
        for report in reports:
            if subject := by_words.get(report.words):
                self.said(report, subject)
                self._earlier.add(report.work_order_id)

    def subject(self, case_id: int) -> Subject | None:
        known = self._of_case.get(case_id)
        return known[1] if known else None

    def cases(self) -> list[int]:
        """Return the town's cases and those it goes on with, the oldest first."""
        return list(self._of_case)

    def own_cases(self) -> list[int]:
        """Return the cases that began in this town's time, the oldest first."""
        return [case for case in self._of_case if case not in self._earlier]

    def wait(self, report: Report) -> None:
        """Some lose patience, some take it back."""
        town, habits = self._town, self._town.habits
        if town.chance(habits.chases):
            after = timedelta(hours=town.dice.uniform(20, 120))
            town.plan(town.now + after, partial(self._chase, report.work_order_id, report.pk))
        if town.chance(habits.withdraws):
            after = timedelta(hours=town.dice.uniform(1, 40))
            town.plan(town.now + after, partial(self._withdraw, report.work_order_id, report.pk))

    def rate_later(self, case_id: int) -> None:
        """Some say afterwards what they think of it."""
        town = self._town
        report_id, _ = self._of_case.get(case_id, (0, None))
        if report_id and town.chance(town.habits.rates):
            after = timedelta(hours=town.dice.uniform(2, 100))
            town.plan(town.now + after, partial(self._rate, case_id, report_id))

    def _chase(self, case_id: int, report_id: int) -> None:
        if _is_open(case_id):
            actions.chase_report(
                report_id=report_id,
                words="还没有人来，什么时候能好？",
                actor=self._town.person("operator"),
                at=self._town.now,
            )
            self._town.did("CHASE")
            self._wakes(case_id)

    def _withdraw(self, case_id: int, report_id: int) -> None:
        if _is_open(case_id):
            citizen = Actor(ActorKind.CITIZEN, report_id=report_id)
            actions.withdraw_report(
                report_id=report_id, reason="已经好了", actor=citizen, at=self._town.now
            )
            self._town.did("WITHDRAW")

    def _rate(self, case_id: int, report_id: int) -> None:
        town, habits = self._town, self._town.habits
        if not Rating.objects.filter(report=report_id, ended_at=None).exists():
            return  # nobody asks while a promise is open, or again once it is reopened
        cross = town.chance(habits.dissatisfied)
        citizen = Actor(ActorKind.CITIZEN, report_id=report_id)
        actions.rate_report(
            report_id=report_id,
            resolution=Resolution.UNRESOLVED if cross else Resolution.RESOLVED,
            satisfaction=Satisfaction.DISSATISFIED if cross else Satisfaction.SATISFIED,
            comment="过了两天又一样。" if cross else "",
            actor=citizen,
            at=town.now,
        )
        town.did("RATE")
        if cross and town.chance(habits.goes_on_with_it):
            actions.reopen_by_citizen(
                report_id=report_id, words="过了两天又一样。", actor=citizen, at=town.now
            )
            town.did("REOPEN")
            town.look_at(case_id)


def _is_open(case_id: int) -> bool:
    return WorkOrder.objects.filter(pk=case_id, outcome="").exists()
