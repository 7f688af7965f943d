"""How the people of a simulated district behave. Pure; rules are varied, never persons."""

from dataclasses import dataclass, field
from datetime import timedelta
from random import Random


@dataclass(frozen=True, slots=True)
class Delay:
    """How long somebody takes: half are faster than the median, one in twenty takes thrice it."""

    median: timedelta
    spread: float = 0.67  # of the logarithm

    def draw(self, dice: Random) -> timedelta:
        """Return one such time, never less than a minute."""
        seconds = self.median.total_seconds() * dice.lognormvariate(0, self.spread)
        return timedelta(seconds=max(60.0, seconds))


def _minutes(median: float) -> Delay:
    return Delay(timedelta(minutes=median))


def _hours(median: float) -> Delay:
    return Delay(timedelta(hours=median))


@dataclass(frozen=True, slots=True)
class Habits:
    """Shares are of all chances to do so; delays count from when somebody could begin."""

    reports_a_day: int = 25
    repeats: float = 0.08  # the same thing, told by another
    chases: float = 0.07
    withdraws: float = 0.02
    rates: float = 0.45
    dissatisfied: float = 0.2
    goes_on_with_it: float = 0.3  # of who is dissatisfied

    desk: Delay = field(default_factory=lambda: _minutes(25))
    answers_directly: float = 0.95  # of what only asks
    declines: float = 0.03
    wrong_unit: float = 0.06

    acknowledges: Delay = field(default_factory=lambda: _hours(2.5))
    calls: Delay = field(default_factory=lambda: _hours(3))
    works: float = 0.55  # of the time that the limit leaves
    late: float = 0.07
    lateness: float = 1.6  # of the time that the limit leaves
    silent: float = 0.02  # does nothing until somebody chases or it is overdue
    asks_extension: float = 0.05
    asks_suspension: float = 0.03
    explains: float = 0.12  # instead of solving, as the two below
    promises: float = 0.05
    ledgers: float = 0.02

    signs: Delay = field(default_factory=lambda: _hours(1.5))
    sends_back: float = 0.04
    checks: Delay = field(default_factory=lambda: _hours(4))
    check_fails: float = 0.08
    tells: Delay = field(default_factory=lambda: _hours(5))


# How likely somebody reports in each hour of the day.
BY_HOUR = (1, 1, 1, 1, 1, 2, 4, 8, 12, 12, 11, 9, 7, 8, 10, 10, 9, 8, 7, 7, 6, 4, 3, 2)


_AT_ANY_HOUR = (1,) * 24


def hours_of_reports(habits: Habits, dice: Random, *, sleeps: bool = True) -> list[timedelta]:
    """
    Return when on a day people report, as times since midnight, in order.

    :param sleeps: whether few of them do so by night
    """
    number = max(0, round(dice.gauss(habits.reports_a_day, habits.reports_a_day**0.5)))
    hours = dice.choices(range(24), BY_HOUR if sleeps else _AT_ANY_HOUR, k=number)
    return sorted(timedelta(hours=hour, seconds=dice.randrange(3600)) for hour in hours)


def reports_in(hour: int, habits: Habits, *, sleeps: bool = True) -> float:
    """Return how many reports to expect in this hour of the day (0-23), as above."""
    weights = BY_HOUR if sleeps else _AT_ANY_HOUR
    return habits.reports_a_day * weights[hour] / sum(weights)
