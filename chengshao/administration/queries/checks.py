"""What a draft of the catalogue would have done to past cases, and what it costs in minutes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import cache
from typing import Any

from django.utils.timezone import localdate

from chengshao.administration.rules.comparing import Decision, Otherwise, Tally, is_late, tallied
from chengshao.catalog import queries as catalog
from chengshao.catalog.queries import Asks, Cost, Plan, Standing
from chengshao.catalog.terms import CheckMode, ParameterName, TableKind, Track
from chengshao.kernel.errors import DomainError
from chengshao.workorders import queries as workorders
from chengshao.workorders.queries import Decided

DAYS = 365
MOST_CASES = 10_000
MOST_EXAMPLES = 50
_MOST_MOVES = 20
_MOST_COSTS = 200
_DECIDES = frozenset(
    {
        TableKind.MATTERS,
        TableKind.RESPONSIBILITIES,
        TableKind.DUTY_LISTS,
        TableKind.TRACK_RULES,
        TableKind.TASK_LIMITS,
        TableKind.PARAMETERS,
    }
)
_MOVES_CLOCKS = frozenset({TableKind.MATTERS, TableKind.TASK_LIMITS, TableKind.PARAMETERS})
_ANY = ""


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found, as it is kept with the draft."""

    found: dict[str, Any]
    edition: str


def check(plan: Plan, *, last_day: date, at: datetime) -> Checked:
    """
    Compare the catalogue of a plan's last day (of today, where that is past) without the plan and
    with it, over the cases of the last 365 days that it may touch, at most the newest 10,000.
    About twenty statements, however many cases.

    :raises CalendarMissing: before there is a calendar
    """
    edition = catalog.edition()  # before all else: what changes meanwhile makes the check stale
    if plan.kind not in _DECIDES:
        return Checked({"decides": False}, edition)
    on = max(last_day, localdate(at))
    before = catalog.standing(on)
    after = catalog.standing_with(before, plan)
    since = at - timedelta(days=DAYS)
    touched = workorders.decided_since(since, _touched(plan), most=MOST_CASES)
    by_clock = plan.kind in _MOVES_CLOCKS
    compared = _compared(touched.cases, before, after, by_clock=by_clock, at=at)
    tally, examples = tallied(compared, most_examples=MOST_EXAMPLES)
    found: dict[str, Any] = {
        "decides": True,
        "days": DAYS,
        "on": on.isoformat(),
        "more": touched.more,
        "clocks": by_clock,
        "examples": [_example(each) for each in examples],
        **_told(tally),
    }
    if plan.kind is TableKind.MATTERS:
        found["minutes"] = _minutes(plan, after, since)
    return Checked(found, edition)


def _touched(plan: Plan) -> set[str] | None:
    """Return with which codes a case's matter begins that the plan may touch; None: any."""
    table = catalog.TABLES[plan.kind]
    named = "code" if plan.kind is TableKind.MATTERS else "matter_code"
    if named not in table.key:
        return None
    codes = {key[table.key.index(named)] for key, _ in plan.changes()}
    return None if _ANY in codes else codes


def _compared(
    cases: tuple[Decided, ...],
    before: Standing,
    after: Standing,
    *,
    by_clock: bool,
    at: datetime,
) -> Iterator[Otherwise]:
    decide_before, decide_after = _deciding(before, by_clock), _deciding(after, by_clock)
    for case in cases:
        old, new = decide_before(case), decide_after(case)
        yield Otherwise(
            number=case.number,
            before=old,
            after=new,
            was_late=is_late(old.due_at, case.led_until, at),
            would_be_late=is_late(new.due_at, case.led_until, at),
        )


def _deciding(stands: Standing, by_clock: bool) -> Callable[[Decided], Decision]:
    @cache
    def lead(matter: str, territory: str) -> int | None:
        lines = _or_none(lambda: stands.lines(matter, territory)) or []
        return next((each.lead_unit_id for each in lines if each.lead_unit_id is not None), None)

    @cache
    def track(matter: str, channel: str, urgency: str) -> Any:
        return stands.track(matter, channel, urgency)

    asks = cache(stands.asks)

    def decide(case: Decided) -> Decision:
        due = None
        if by_clock:
            due = _or_none(lambda: workorders.lead_due_at(case, stands.ground, stands.on))
        return Decision(
            lead_unit_id=lead(case.matter, case.territory),
            track=track(case.matter, case.channel, case.urgency),
            asks=asks(case.matter),
            due_at=due,
        )

    return decide


def _or_none(ask: Callable[[], Any]) -> Any:
    """What an old case lacks today (its matter, its division, a limit) is nothing, not an error."""
    try:
        return ask()
    except DomainError:
        return None


def _told(tally: Tally) -> dict[str, Any]:
    return {
        "looked_at": tally.looked_at,
        "otherwise": tally.otherwise,
        "leads": [[old, new, n] for (old, new), n in tally.leads.most_common(_MOST_MOVES)],
        "lead_cases": tally.leads.total(),
        "tracks": [[old, new, n] for (old, new), n in tally.tracks.most_common(_MOST_MOVES)],
        "track_cases": tally.tracks.total(),
        "shorter": tally.shorter,
        "longer": tally.longer,
        "late_before": tally.late_before,
        "late_after": tally.late_after,
        "more_evidence": tally.more_evidence,
        "less_evidence": tally.less_evidence,
        "other_check": tally.other_check,
    }


def _example(case: Otherwise) -> dict[str, Any]:
    told: dict[str, Any] = {"number": case.number}
    if case.lead:
        told["lead"] = [case.before.lead_unit_id, case.after.lead_unit_id]
    if case.track:
        told["track"] = [case.before.track, case.after.track]
    if case.due:
        told["due"] = [_moment(case.before.due_at), _moment(case.after.due_at)]
    if case.evidence:
        told["asks"] = True
    return told


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _minutes(plan: Plan, after: Standing, since: datetime) -> dict[str, Any]:
    """Return what the plan's matters cost a year beyond before, by matter and by who bears it."""
    settled = after.ground.parameters(after.on)
    names = [name for name in ParameterName if name.startswith("MINUTES_")]
    standard = _or_none(lambda: {name: settled.number(name) for name in names})
    sample = _or_none(lambda: settled.number(ParameterName.SAMPLE_PERCENT)) or 0
    if standard is None:
        return {"settled": False, "rows": [], "sums": []}
    changed = {key[0]: change for key, change in plan.changes()}
    counted = workorders.cases_by_matter(since, changed.keys())
    found: list[tuple[str, Cost]] = []
    for code, change in changed.items():
        cost = catalog.costs(
            _asks(change.before),
            _asks(change.after),
            cases=counted.get(code, 0),
            standard=standard,
            sample_percent=sample,
        )
        found += [(code, each) for each in cost]
    found.sort(key=lambda pair: -abs(pair[1].yearly))
    return {
        "settled": True,
        "rows": [_cost(code, each) for code, each in found[:_MOST_COSTS]],
        "sums": _sums([each for _, each in found]),
    }


def _asks(content: Any) -> Asks:
    """Return what is asked of people in the end: the matter's own track may spare a check."""
    if content is None:
        return Asks(signed=False)
    own = catalog.asks_of(content)
    mode, signed = workorders.check_and_signature(
        Track(content.track), own.check_mode, waived=content.sign_off_waived
    )
    return replace(own, check_mode=mode or CheckMode.SAMPLE, signed=signed)


def _cost(code: str, cost: Cost) -> dict[str, Any]:
    return {
        "matter": code,
        "bearer": cost.bearer.value,
        "cases": cost.cases,
        "minutes": _decimal(cost.minutes),
        "yearly": _decimal(cost.yearly),
    }


def _sums(found: list[Cost]) -> list[dict[str, Any]]:
    return [
        {"bearer": bearer.value, "yearly": _decimal(minutes)}
        for bearer, minutes in catalog.summed(found).items()
    ]


def _decimal(minutes: Fraction) -> str:
    """Return minutes to a hundredth, as text: what is kept as JSON is exact."""
    return f"{round(minutes * 100) / 100:.2f}"
