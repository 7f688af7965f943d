"""The simulated district: what happens when. Everything goes through the actions."""

import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property, partial
from itertools import count
from random import Random

from django.db.models import Max
from django.utils.timezone import get_default_timezone, localdate

from chengshao.kernel.actor import Actor, ActorKind
from chengshao.kernel.errors import DomainError
from chengshao.places import queries as places
from chengshao.workorders import actions, tasks
from chengshao.workorders.actions import NewReport
from chengshao.workorders.models import Report, Task, WorkOrder
from chengshao.workorders.terms import Channel
from config.simulation.actors import person
from config.simulation.citizens import Citizens
from config.simulation.ground import Ground
from config.simulation.habits import Habits, hours_of_reports, reports_in
from config.simulation.subjects import Subject, subjects
from config.simulation.workers import Workers

KEYS = "sim-"  # with what the keys of all simulated reports begin
_HOUR = timedelta(hours=1)
_AFTER_DARK = timedelta(days=1)
Happening = Callable[[], None]


@dataclass(slots=True)
class Tally:
    """What happened so far."""

    reports: int = 0
    moves: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)


class Town:
    """
    Lives from one moment to another. The same seed on the same ground gives the same history.

    What an earlier town left behind at that moment, this one goes on with; what visitors reported
    is left to visitors.

    :param at: the moment from which it lives
    :param haste: how many times as fast as their habits people act; limits run as ever, and
        reports come by night as by day where it is more than 1
    """

    def __init__(
        self, *, seed: int, at: datetime, habits: Habits | None = None, haste: float = 1.0
    ) -> None:
        self.now = at
        self.tally = Tally()
        self.habits = habits or Habits()
        self.dice = Random(seed)
        self.person: Callable[[str], Actor] = cache(person)
        # Never twice the same, lest a later town with this seed repeats the keys of this one.
        self._keys = f"{KEYS}{seed}-{at.astimezone(UTC):%y%m%d%H%M%S%f}-"
        self._haste = haste
        self._sleeps = haste <= 1  # who hurries a town looks at it, and that may be at midnight
        self._order = count()
        self._ground = Ground()
        self._ahead: list[tuple[datetime, int, Happening]] = []
        self._seen: set[int] = set()
        self.citizens = Citizens(self, wakes=lambda case_id: self.workers.wake(case_id))
        self.workers = Workers(self, self.citizens)
        self._take_over()
        self._plan_unhurried(at, self._day_begins)
        self._plan_unhurried(at + _HOUR, self._hour_passes)

    def live_until(self, end: datetime) -> Iterator[datetime]:
        """Let happen all that lies before a moment; yield the clock now and then."""
        while self._ahead and self._ahead[0][0] <= end:
            self.now, _, happening = heapq.heappop(self._ahead)
            self._let(happening)
            yield self.now
        self.now = end

    def next_at(self) -> datetime | None:
        """Return when the next thing happens."""
        return self._ahead[0][0] if self._ahead else None

    def reports_an_hour(self) -> float:
        """Return how many reports to expect in the present hour."""
        hour = self.now.astimezone(get_default_timezone()).hour
        return reports_in(hour, self.habits, sleeps=self._sleeps)

    def plan(self, at: datetime, happening: Happening) -> None:
        """Let somebody do something then, or at once where that is past."""
        self._plan_unhurried(self.now + (at - self.now) / self._haste, happening)

    def chance(self, share: float) -> bool:
        return self.dice.random() < share

    def did(self, what: str) -> None:
        self.tally.moves[str(what)] += 1

    def look_at(self, case_id: int) -> None:
        """Let whoever owes something new on a case begin with it in their own time."""
        self._begin(Task.objects.filter(work_order=case_id, ended_at=None).order_by("pk"))

    def _begin(self, waiting: Iterable[Task]) -> None:
        for task in waiting:
            if task.pk not in self._seen:
                self._seen.add(task.pk)
                self.workers.begin(task)

    def _plan_unhurried(self, at: datetime, happening: Happening) -> None:
        heapq.heappush(self._ahead, (max(at, self.now), next(self._order), happening))

    def _take_over(self) -> None:
        """Go on with what earlier towns left, unless it has gone on since by another clock."""
        theirs = Report.objects.filter(client_key__startswith=KEYS)
        stood = theirs.alias(moved_at=Max("work_order__entries__at")).filter(moved_at__lte=self.now)
        self.citizens.remember(list(stood.order_by("pk")))
        self._look_around()

    def _look_around(self) -> None:
        """Look at all that is owed on the town's cases: some of it was not opened by its people."""
        mine = self.citizens.cases()
        waiting = Task.objects.filter(work_order__in=mine, ended_at=None).order_by("pk")
        new = [pk for pk in waiting.values_list("pk", flat=True) if pk not in self._seen]
        if new:
            self._begin(Task.objects.filter(pk__in=new).order_by("pk"))

    def _let(self, happening: Happening) -> None:
        try:
            happening()
        except DomainError as refused:
            self.tally.refused[refused.code] += 1

    def _day_begins(self) -> None:
        midnight = self.now.astimezone(get_default_timezone()).replace(
            hour=0, minute=0, second=0, microsecond=0
        )
        for since in hours_of_reports(self.habits, self.dice, sleeps=self._sleeps):
            if midnight + since > self.now:
                self._plan_unhurried(midnight + since, self._somebody_reports)
        self._plan_unhurried(midnight + _AFTER_DARK, self._day_begins)

    def _hour_passes(self) -> None:
        """Do what the jobs do, by the town's own clock."""
        self._plan_unhurried(self.now + _HOUR, self._hour_passes)
        tasks.sweep_at(self.now)
        local = self.now.astimezone(get_default_timezone())
        if local.hour == 8:
            tasks.bring_back_at(self.now)
            tasks.sample_at(self.now)
            tasks.lapse_at(self.now)
            tasks.archive_at(self.now)
        self._look_around()

    def _somebody_reports(self) -> None:
        (subject,) = self.dice.choices(self._subjects, self._weights)
        self.tally.reports += 1
        stored = actions.receive_report(
            report=self._said(subject), actor=self._who_takes(subject.channel), at=self.now
        )
        self.citizens.said(stored, subject)
        self.citizens.wait(stored)
        self.look_at(stored.work_order_id)
        if self.chance(self.habits.repeats):
            after = timedelta(hours=self.dice.uniform(0.5, 30))
            self.plan(
                self.now + after, partial(self._another_reports, stored.work_order_id, subject)
            )

    def _another_reports(self, case_id: int, subject: Subject) -> None:
        """Somebody else tells the operator the same, who sees that it is known."""
        case = WorkOrder.objects.get(pk=case_id)
        if case.outcome:
            return
        self.tally.reports += 1
        told = replace(self._said(subject), channel=Channel.HOTLINE, joins=case.number)
        actions.receive_report(report=told, actor=self.person("operator"), at=self.now)
        self.did("JOIN")
        self.look_at(case_id)

    def _who_takes(self, channel: Channel) -> Actor:
        if channel is Channel.PORTAL:
            return Actor(ActorKind.CITIZEN)
        return self.person("collector" if channel is Channel.PATROL else "operator")

    def _said(self, subject: Subject) -> NewReport:
        community = self.dice.choice(self._communities)
        building = self.dice.randrange(1, 40)
        phone = f"139{self.dice.randrange(10**8):08d}" if self.chance(0.9) else ""
        key = f"{self._keys}{self.tally.reports}"
        by_staff = subject.channel is not Channel.PORTAL
        pointed = by_staff and not subject.only_asks
        point = self._ground.point_in(community.code, key) if pointed else None
        return NewReport(
            client_key=key,
            channel=subject.channel,
            words=subject.words,
            place="" if subject.only_asks else f"{community.name}演示路{building}号附近",
            territory=community.code if by_staff else "",
            lng=point[0] if point else None,
            lat=point[1] if point else None,
            contact_name="演示市民" if phone else "",
            contact_phone=phone,
        )

    @cached_property
    def _subjects(self) -> Sequence[Subject]:
        return subjects()

    @cached_property
    def _weights(self) -> list[int]:
        return [subject.weight for subject in self._subjects]

    @cached_property
    def _communities(self) -> Sequence[places.DivisionLine]:
        on = localdate(self.now)
        district = places.district_code(on=on)
        below = places.divisions_below(district, on=on)
        found = [each for one in below for each in places.divisions_below(one.code, on=on)]
        return found or below
