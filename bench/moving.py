"""What each move of a case costs: SQL statements, and CPU time of the application."""

import statistics
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from django.utils import timezone

from bench import sayings
from bench.figures import Figure
from bench.lives import MATTER, Call, Desk, Life, desk
from bench.statements import seen
from chengshao.dispatch import queries as dispatch
from chengshao.people import queries as people
from chengshao.workorders.actions import NewReport
from chengshao.workorders.rules.facts import Closing
from chengshao.workorders.terms import ClosingKind, LedgerLevel

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
    costs = _Costs()
    reports = sayings.new_reports(f"moves-{time.time_ns()}")
    start = _Start(reports, desk(), lead=_lead(), helper=_helper())
    _walk(_Costs(), start)  # what a process keeps is at hand now
    _walk(costs, start)
    costs.counting = False
    for _ in range(3 if quick else 50):
        _walk(costs, start)
    for name, number in costs.statements.items():
        yield Figure(f"move.{name}.statements", number, "")
        yield Figure(f"move.{name}.app_cpu", statistics.median(costs.cpu[name]) * _MS, "ms")


def _walk(costs: _Costs, start: "_Start") -> None:
    """Lead cases through all moves once."""
    _straight_on(costs, start)
    _not_dispatched(costs, start)
    _returned(costs, start)
    _clocks(costs, start)
    _with_others(costs, start)
    _endings(costs, start)
    _second_call(costs, start)
    _of_a_platform(costs, start)


def _straight_on(costs: _Costs, start: "_Start") -> None:
    whole = start.received()
    costs.of("register", whole.register())
    costs.of("dispatch", whole.dispatch(start.lead))
    costs.of("acknowledge", whole.acknowledge())
    costs.of("contact", whole.contact())
    costs.of("answer", whole.answer())
    costs.of("sign", whole.sign())
    costs.of("check_failed", whole.check_fail())
    whole.acknowledge()()
    whole.answer()()
    whole.sign()()
    costs.of("check_passed", whole.check_pass())
    costs.of("tell", whole.tell())
    costs.of("rate", whole.rate())
    costs.of("archive", whole.archive())
    costs.of("register_and_dispatch", start.received().register_and_dispatch())
    costs.of("sweep", start.sent().sweep(timezone.now() + timedelta(days=60)))


def _not_dispatched(costs: _Costs, start: "_Start") -> None:
    costs.of("decline", start.received().decline())
    costs.of("answer_directly", start.received().answer_directly())
    unclear = start.received()
    unclear.register()()
    costs.of("consult", unclear.consult(start.helper))
    costs.of("opine", unclear.opine())
    costs.of("designate", unclear.designate(start.lead))


def _returned(costs: _Costs, start: "_Start") -> None:
    granted, denied, recalled = start.sent(), start.sent(), start.sent()
    costs.of("return_asked", granted.ask_return())
    costs.of("return_granted", granted.grant_return())
    denied.ask_return()()
    costs.of("return_denied", denied.deny_return())
    costs.of("recall", recalled.recall())


def _clocks(costs: _Costs, start: "_Start") -> None:
    extended = start.handled()
    costs.of("extension_asked", extended.ask_extension())
    costs.of("extension_granted_in_unit", extended.grant_in_unit())
    costs.of("extension_granted", extended.grant_at_centre())

    suspended = start.handled()
    costs.of("suspension_asked", suspended.ask_suspension())
    costs.of("suspension_granted_in_unit", suspended.grant_in_unit())
    costs.of("suspension_granted", suspended.grant_at_centre())
    costs.of("suspension_over", suspended.resume())


def _with_others(costs: _Costs, start: "_Start") -> None:
    joint = start.handled()
    costs.of("call_in", joint.call_in(start.helper))
    costs.of("helper_acknowledges", joint.helper_acknowledges())
    costs.of("helper_answers", joint.helper_answers())
    costs.of("inquire", joint.inquire(start.helper))
    costs.of("inquiry_answered", joint.reply())
    costs.of("copy", joint.copy(start.helper))


def _endings(costs: _Costs, start: "_Start") -> None:
    soon = timezone.localdate() + timedelta(days=20)
    promised = start.handled()
    costs.of("answer_promised", promised.answer_as(Closing(ClosingKind.PROMISED, promised_on=soon)))
    promised.sign()()
    promised.check_pass()()
    costs.of("promise_comes_back", promised.come_back(soon))

    hard = start.handled()
    level = LedgerLevel.DISTRICT
    ledger = Closing(ClosingKind.LEDGER, ledger_level=level, review_on=soon)
    costs.of("answer_ledger", hard.answer_as(ledger))
    hard.sign()()
    costs.of("ledger_approved", hard.approve_ledger())
    costs.of("ledger_review", hard.review(soon))
    costs.of("ledger_kept", hard.keep(soon + timedelta(days=20)))

    again = start.handled()
    again.answer_as(Closing(ClosingKind.EXPLAINED))()
    again.sign()()
    again.check_pass()()
    costs.of("reopen", again.reopen())

    same, target = start.received(), start.sent()
    costs.of("merge", same.merge(into=target))
    costs.of("merge_undone", same.undo_merge())


def _second_call(costs: _Costs, start: "_Start") -> None:
    known = start.handled()
    costs.of("chase", known.chase())
    costs.of("supplement", known.supplement())
    costs.of("progress", known.progress())
    costs.of("withdraw", known.withdraw())


def _of_a_platform(costs: _Costs, start: "_Start") -> None:
    theirs = start.received(outer_due_at=timezone.now() + timedelta(days=5))
    costs.of("outer_return_asked", theirs.ask_outer_return())
    costs.of("outer_request_refused", theirs.outer_refuses())
    theirs.register_and_dispatch()()
    theirs.acknowledge()()
    theirs.contact()()
    theirs.answer()()
    theirs.sign()()
    theirs.check_pass()()
    costs.of("outer_closing_unanswered", theirs.outer_is_silent())
    costs.of("outer_closing_granted", theirs.outer_grants())


@dataclass(slots=True)
class _Start:
    """New cases, as far along as a walk wants them."""

    reports: Iterator[NewReport]
    desk: Desk
    lead: int
    helper: int

    def received(self, **more: Any) -> Life:
        life = Life(replace(next(self.reports), **more), self.desk)
        life.receive()
        return life

    def sent(self) -> Life:
        life = self.received()
        life.register_and_dispatch()()
        return life

    def handled(self) -> Life:
        life = self.sent()
        life.acknowledge()()
        life.contact()()
        return life


def _lead() -> int:
    suggestion = dispatch.sole_lead(matter=MATTER, territory="", on=timezone.localdate())
    assert suggestion is not None  # see MATTER
    return suggestion.unit_id


def _helper() -> int:
    """Return a department that the demo's lists let help with it."""
    return people.unit_ids_by_code(["dept-housing"])["dept-housing"]
