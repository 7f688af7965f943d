"""What is not over yet: the ledger of hard cases, and what was promised by a date."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.timezone import localdate
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from chengshao.desk.queries import PAGE_SIZE
from chengshao.kernel.words import whole_number
from chengshao.people import queries as people
from chengshao.people.queries import UnitLine
from chengshao.places import queries as places
from chengshao.web.pages import actor_of, needs
from chengshao.workorders import queries
from chengshao.workorders.queries import LedgerLine, PromiseLine
from chengshao.workorders.terms import LedgerLevel, Power, PromiseState


@require_GET
@never_cache
@needs(Power.SEE)
def ledger(request: HttpRequest) -> HttpResponse:
    """Cases that can't be solved yet: level, owner, next review, who allowed it, who joined."""
    actor, today = actor_of(request), timezone.localdate()
    unit_id, offset = _number(request, "unit") or None, min(_number(request, "offset"), 10_000)
    level = request.GET.get("level", "")
    level = level if level in set(LedgerLevel) else ""
    struck_off = "struck" in request.GET
    lines = queries.ledger_entries(
        actor=actor,
        limit=PAGE_SIZE + 1,
        offset=offset,
        unit_id=unit_id,
        level=level,
        struck_off=struck_off,
    )
    owners = queries.ledger_counts(actor=actor, today=today)
    counted = [counts for owner, counts in owners.items() if unit_id in (None, owner)]
    names = people.user_names(line.approved_by_id for line in lines if line.approved_by_id)
    units = people.unit_lines({*owners, *(line.owner_id for line in lines)})
    labels = _labels(lines)
    rows = [
        {
            "line": line,
            "place": labels.get(line.territory, "") or line.place,
            "owner": units.get(line.owner_id),
            "approved_by": names.get(line.approved_by_id or 0, ""),
            "days": (today - localdate(line.entered_at)).days,
            "review_due": line.review_on <= today,
        }
        for line in lines[:PAGE_SIZE]
    ]
    context = {
        "rows": rows,
        "count": sum(count for count, _due in counted),
        "due": sum(due for _count, due in counted),
        "levels": list(LedgerLevel),
        "level": level,
        "struck_off": struck_off,
        **_paging(offset, len(lines)),
        **_choice(owners, unit_id, units),
    }
    return render(request, "desk/ledger.html", context)


@require_GET
@never_cache
@needs(Power.SEE)
def promises(request: HttpRequest) -> HttpResponse:
    """What was promised: what is due, in this week, later; what was kept and what was not."""
    actor, today = actor_of(request), timezone.localdate()
    unit_id, offset = _number(request, "unit") or None, min(_number(request, "offset"), 10_000)
    owners = queries.promise_counts(actor=actor, today=today)
    counts = {
        state: sum(of[state] for unit, of in owners.items() if unit_id in (None, unit))
        for state in (PromiseState.DUE, PromiseState.WEEK, PromiseState.LATER)
    }
    asked = request.GET.get("state", "")
    state = PromiseState(asked) if asked in set(PromiseState) else _first_of(counts)
    lines = queries.promises(
        actor=actor, state=state, today=today, limit=PAGE_SIZE + 1, offset=offset, unit_id=unit_id
    )
    units = people.unit_lines({*owners, *(line.unit_id for line in lines)})
    labels = _labels(lines)
    rows = [
        {
            "line": line,
            "place": labels.get(line.territory, "") or line.place,
            "unit": units.get(line.unit_id),
            "late": (today - line.promised_on).days,
            "left": (line.promised_on - today).days,
        }
        for line in lines[:PAGE_SIZE]
    ]
    context = {
        "rows": rows,
        "states": [(each, counts.get(each)) for each in PromiseState],
        "state": state,
        **_paging(offset, len(lines)),
        **_choice(owners, unit_id, units),
    }
    return render(request, "desk/promises.html", context)


def _first_of(counts: dict[PromiseState, int]) -> PromiseState:
    """Return the most pressing of what there is."""
    return next((state for state, count in counts.items() if count), PromiseState.DUE)


def _labels(lines: Iterable[LedgerLine | PromiseLine]) -> dict[str, str]:
    return places.division_labels({line.territory for line in lines if line.territory})


def _choice(
    owners: Iterable[int], unit_id: int | None, units: Mapping[int, UnitLine]
) -> dict[str, Any]:
    return {"units": [units[pk] for pk in owners if pk in units], "unit_id": unit_id}


def _paging(offset: int, found: int) -> dict[str, int | None]:
    """Return where the page stands; `found` is one more than a page if there are more."""
    return {
        "first": offset + 1,
        "last": offset + min(found, PAGE_SIZE),
        "newer": max(offset - PAGE_SIZE, 0) if offset else None,
        "older": offset + PAGE_SIZE if found > PAGE_SIZE else None,
    }


def _number(request: HttpRequest, name: str) -> int:
    return whole_number(request.GET.get(name, "")) or 0
