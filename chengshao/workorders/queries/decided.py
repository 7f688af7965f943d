"""Past cases by what was known when they were decided: for asking what other rules would do."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from operator import or_

from django.db.models import Count, Q, QuerySet

from chengshao.catalog.queries import Ground
from chengshao.catalog.terms import CheckMode, Track
from chengshao.workorders.models import MATTER_ITSELF, Task, WorkOrder
from chengshao.workorders.queries.limits import clockwork, due_by, limits_for
from chengshao.workorders.rules.closings import how_solved_is_checked, is_signed
from chengshao.workorders.terms import Outcome, TaskKind


@dataclass(frozen=True, slots=True)
class Decided:
    """A case as it was when it had its matter; without words, citizens and persons."""

    number: str
    matter: str
    territory: str
    channel: str
    urgency: str
    outer_due_at: datetime | None
    lead_unit_id: int | None  # who led first; None: it never came to a unit
    led_from: datetime | None
    led_until: datetime | None


@dataclass(frozen=True, slots=True)
class DecidedCases:
    """The newest of them, and whether there are more."""

    cases: tuple[Decided, ...]
    more: bool


def decided_since(since: datetime, matters: Collection[str] | None, *, most: int) -> DecidedCases:
    """
    Return the newest cases with a matter, of all units: for figures, never to be shown as such.
    Two statements.

    :param matters: codes of matters, classes or conditions with which theirs begins; None: any
    """
    rows = _of_matters(WorkOrder.objects.filter(opened_at__gte=since), matters)
    found = list(
        rows.order_by("-pk").values_list(
            "pk", "number", "matter", "territory", "channel", "urgency", "outer_due_at"
        )[: most + 1]
    )
    leads = _first_leads([row[0] for row in found[:most]])
    nobody = (None, None, None)
    cases = tuple(Decided(*row[1:], *leads.get(row[0], nobody)) for row in found[:most])
    return DecidedCases(cases, len(found) > most)


def cases_by_matter(since: datetime, matters: Collection[str]) -> dict[str, int]:
    """Return how many cases each of these matters had since then. One statement."""
    rows = _of_matters(WorkOrder.objects.filter(opened_at__gte=since), matters)
    counted = rows.order_by().annotate(itself=MATTER_ITSELF).values_list("itself")
    return dict(counted.annotate(cases=Count("pk")))


def lead_due_at(case: Decided, ground: Ground, on: date) -> datetime | None:
    """
    Return when the lead's clock would have been over by the catalogue of a day, without extension
    and suspension; None where nobody led.

    :raises DomainError: if the ground lacks a limit, a parameter or office hours
    """
    if case.led_from is None:
        return None
    works = clockwork(case, on, ground)
    limit = limits_for(case, {TaskKind.LEAD}, works, case.led_from)[TaskKind.LEAD]
    return due_by(case, limit, works, case.led_from)


def check_and_signature(
    track: Track, check_mode: CheckMode, *, waived: bool
) -> tuple[CheckMode | None, bool]:
    """
    Return how an answer that says solved is checked (None: at most sampled) and whether a leader
    signs it, by the rules that every case goes by.
    """
    return how_solved_is_checked(track, check_mode), is_signed(track, waived=waived)


def _of_matters(
    rows: "QuerySet[WorkOrder]", matters: Collection[str] | None
) -> "QuerySet[WorkOrder]":
    rows = rows.exclude(matter="").exclude(outcome=Outcome.MERGED)
    if matters is None:
        return rows
    begins = (Q(matter__startswith=code) for code in sorted(matters))
    return rows.filter(reduce(or_, begins, Q(pk__in=[])))


def _first_leads(
    case_ids: Sequence[int],
) -> dict[int, tuple[int, datetime, datetime | None]]:
    rows = Task.objects.filter(work_order__in=case_ids, kind=TaskKind.LEAD).order_by("-pk")
    return {
        case_id: (unit_id, opened_at, ended_at)
        for case_id, unit_id, opened_at, ended_at in rows.values_list(
            "work_order_id", "unit_id", "opened_at", "ended_at"
        )
    }
