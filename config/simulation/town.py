"""The simulated district: what happens when. Everything goes through the actions."""

import heapq
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from itertools import count
from random import Random

from django.utils.timezone import get_default_timezone, localdate

from chengshao.kernel.errors import DomainError
from chengshao.places import queries as places
from chengshao.workorders import actions, tasks
from chengshao.workorders.actions import NewReport
from chengshao.workorders.models import Task
from chengshao.workorders.terms import Channel
from config.simulation.habits import Habits, hours_of_reports
from config.simulation.subjects import Subject, subjects
from config.simulation.workers import Workers

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

    :param at: the moment from which it lives
    """

    def __init__(self, *, seed: int, at: datetime, habits: Habits | None = None) -> None:
        self.now = at
        self.tally = Tally()
        self.habits = habits or Habits()
        self.dice = Random(seed)
        self._seed = seed
        self._order = count()
        self._ahead: list[tuple[datetime, int, Happening]] = []
        self._seen: set[int] = set()
        self._workers = Workers(self)
        self.plan(at, self._day_begins)
        self.plan(at + _HOUR, self._hour_passes)

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

    def plan(self, at: datetime, happening: Happening) -> None:
        """Let something happen then, or at once where that is past."""
        heapq.heappush(self._ahead, (max(at, self.now), next(self._order), happening))

    def chance(self, share: float) -> bool:
        return self.dice.random() < share

    def look_at(self, case_id: int) -> None:
        """Let whoever owes something new on a case begin with it in their own time."""
        waiting = Task.objects.filter(work_order=case_id, ended_at=None).exclude(pk__in=self._seen)
        for task in waiting.select_related("work_order").order_by("pk"):
            self._seen.add(task.pk)
            self._workers.begin(task)

    def _let(self, happening: Happening) -> None:
        try:
            happening()
        except DomainError as refused:
            self.tally.refused[refused.code] += 1

    def _day_begins(self) -> None:
        midnight = self.now.astimezone(get_default_timezone()).replace(
            hour=0, minute=0, second=0, microsecond=0
        )
        for since in hours_of_reports(self.habits, self.dice):
            if midnight + since > self.now:
                self.plan(midnight + since, self._somebody_reports)
        self.plan(midnight + _AFTER_DARK, self._day_begins)

    def _hour_passes(self) -> None:
        """Do what the jobs do, by the town's own clock."""
        self.plan(self.now + _HOUR, self._hour_passes)
        tasks.sweep_at(self.now)
        local = self.now.astimezone(get_default_timezone())
        if local.hour == 8:
            tasks.bring_back_at(self.now)
            tasks.sample_at(self.now)
            tasks.lapse_at(self.now)
            tasks.archive_at(self.now)
            for case_id in self._workers.came_back():
                self.look_at(case_id)

    def _somebody_reports(self) -> None:
        (subject,) = self.dice.choices(self._subjects, self._weights)
        self.tally.reports += 1
        stored = actions.receive_report(
            report=self._said(subject),
            actor=self._workers.who_takes(subject.channel),
            at=self.now,
        )
        self._workers.knows(stored.work_order_id, stored.pk, subject)
        self._workers.citizen_waits(stored.work_order_id, stored.pk)
        self.look_at(stored.work_order_id)

    def _said(self, subject: Subject) -> NewReport:
        community = self.dice.choice(self._communities)
        building = self.dice.randrange(1, 40)
        phone = f"139{self.dice.randrange(10**8):08d}" if self.chance(0.9) else ""
        return NewReport(
            client_key=f"sim-{self._seed}-{self.now.isoformat()}-{self.tally.reports}",
            channel=subject.channel,
            words=subject.words,
            place=f"{community.name}演示路{building}号附近",
            territory=community.code if subject.channel is not Channel.PORTAL else "",
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
