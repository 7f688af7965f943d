"""What each move of a case costs: SQL statements, and CPU time of the application."""

import statistics
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from django.utils import timezone

from bench import sayings
from bench.figures import Figure
from bench.lives import MATTER, Call, Desk, Life, desk
from bench.statements import seen
from chengshao.dispatch import queries as dispatch
from chengshao.workorders.actions import NewReport

_MS = 1000


@dataclass(slots=True)
class _Costs:
    """What the moves made so far cost, by their names. Counting costs time: either or."""

    counting: bool = True
    cpu: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    statements: dict[str, int] = field(default_factory=dict)

    def of(self, name: str, move: Call) -> None:
        if self.counting:
            with seen() as found:
                move()
            self.statements[name] = len(found)
            return
        begun = time.process_time()
        move()
        self.cpu[name].append(time.process_time() - begun)


def each_move(*, quick: bool) -> Iterator[Figure]:
    """Measure every move on cases of its own, each move a transaction."""
    costs, at_desk = _Costs(), desk()
    reports = sayings.new_reports(f"moves-{time.time_ns()}")
    lead_unit_id = _lead()
    _walk(_Costs(), at_desk, reports, lead_unit_id)  # what a process keeps is at hand now
    _walk(costs, at_desk, reports, lead_unit_id)
    costs.counting = False
    for _ in range(3 if quick else 100):
        _walk(costs, at_desk, reports, lead_unit_id)
    for name, number in costs.statements.items():
        yield Figure(f"move.{name}.statements", number, "")
        yield Figure(f"move.{name}.app_cpu", statistics.median(costs.cpu[name]) * _MS, "ms")


def _walk(costs: _Costs, at_desk: Desk, reports: Iterator[NewReport], lead_unit_id: int) -> None:
    """Lead cases through all moves once."""

    def received() -> Life:
        life = Life(next(reports), at_desk)
        life.receive()
        return life

    def sent() -> Life:
        life = received()
        life.register_and_dispatch()()
        return life

    def handled() -> Life:
        life = sent()
        life.acknowledge()()
        life.contact()()
        return life

    whole = received()
    costs.of("register", whole.register())
    costs.of("dispatch", whole.dispatch(lead_unit_id))
    costs.of("acknowledge", whole.acknowledge())
    costs.of("contact", whole.contact())
    costs.of("chase", whole.chase())
    costs.of("answer", whole.answer())
    costs.of("sign", whole.sign())
    costs.of("check_pass", whole.check_pass())
    costs.of("rate", whole.rate())

    returned = received()
    costs.of("register_and_dispatch", returned.register_and_dispatch())
    costs.of("return_asked", returned.ask_return())
    costs.of("return_granted", returned.grant_return())

    extended = handled()
    costs.of("extension_asked", extended.ask_extension())
    costs.of("extension_granted_in_unit", extended.grant_in_unit())
    costs.of("extension_granted", extended.grant_at_centre())

    suspended = handled()
    costs.of("suspension_asked", suspended.ask_suspension())
    costs.of("suspension_granted_in_unit", suspended.grant_in_unit())
    costs.of("suspension_granted", suspended.grant_at_centre())
    costs.of("suspension_over", suspended.resume())

    costs.of("merge", received().merge(into=sent()))
    costs.of("sweep", sent().sweep(timezone.now() + timedelta(days=60)))


def _lead() -> int:
    suggestion = dispatch.sole_lead(matter=MATTER, territory="", on=timezone.localdate())
    assert suggestion is not None  # see MATTER
    return suggestion.unit_id
