"""Lists: what waits for me, and all cases that my unit sees."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from chengshao.desk import queries
from chengshao.desk.queries import PAGE_SIZE
from chengshao.kernel.actor import Actor
from chengshao.people import queries as people
from chengshao.web.pages import actor_of, needs, signed_in
from chengshao.workorders.queries import WorkOrderNotFound
from chengshao.workorders.terms import Power, Step

MOST_WORDS = 100


@require_GET
@never_cache
@signed_in
def home(request: HttpRequest) -> HttpResponse:
    """What waits for me, by job; nothing to see for who handles no cases."""
    actor, now = actor_of(request), timezone.now()
    waiting = [
        {"queue": queue, "count": count, "rows": queries.queue_rows(queue, actor, now, limit=3)}
        for queue, count in queries.queues_of(actor)
    ]
    return render(request, "desk/home.html", {"waiting": waiting})


@require_GET
@never_cache
@signed_in
def queue(request: HttpRequest, name: str) -> HttpResponse:
    """A list beside the case that is being looked at."""
    actor, now = actor_of(request), timezone.now()
    found = queries.queue_named(name, actor)
    words = request.GET.get("words", "")[:MOST_WORDS].replace("\x00", "")
    offset = _offset(request)
    rows = queries.queue_rows(found, actor, now, words=words, offset=offset)
    asked = request.GET.get("case", "")
    asked_matter = request.GET.get("q", "")[:MOST_WORDS].replace("\x00", "")
    number = asked or (rows[0].line.number if rows else "")
    context = {
        "queue": found,
        "count": queries.waiting_in(found, actor, words=words),
        "rows": rows[:PAGE_SIZE],
        "words": words,
        **_paging(offset, len(rows)),
        "number": number,
        "asked": asked,
        "acknowledges": bool(asked),
        "asked_matter": asked_matter,
        "page": _case(number, actor, now, asked_matter) if number else None,
        "back": request.get_full_path(),
    }
    return render(request, "desk/queue.html", context)


@require_GET
@never_cache
@needs(Power.SEE)
def cases(request: HttpRequest) -> HttpResponse:
    """Every case that a unit of mine sees, the newest first, found by two characters."""
    actor, now = actor_of(request), timezone.now()
    units = people.unit_lines({unit_id for unit_id, _ in actor.reach(Power.SEE)})
    unit_id = _number(request.GET.get("unit", "")) or min(units, default=0)
    step = request.GET.get("step", "")
    step = step if step in set(Step) else ""
    words = request.GET.get("words", "")[:MOST_WORDS].replace("\x00", "")
    offset = _offset(request)
    rows = queries.case_rows(unit_id, actor, now, step=step, words=words, offset=offset)
    context = {
        "units": units.values(),
        "unit_id": unit_id,
        "steps": list(Step),
        "step": step,
        "words": words,
        "rows": rows[:PAGE_SIZE],
        **_paging(offset, len(rows)),
    }
    return render(request, "desk/cases.html", context)


def _case(number: str, actor: Actor, now: datetime, words: str) -> queries.CasePage | None:
    """Return the case beside the list; None once another took it away."""
    try:
        return queries.case_page(number, actor, now, matter_words=words)
    except WorkOrderNotFound:
        return None


def _offset(request: HttpRequest) -> int:
    return min(_number(request.GET.get("offset", "")), 10_000)


def _paging(offset: int, found: int) -> dict[str, int | None]:
    """Return where the page stands; `found` is one more than a page if there are more."""
    return {
        "offset": offset,
        "first": offset + 1,
        "last": offset + min(found, PAGE_SIZE),
        "newer": max(offset - PAGE_SIZE, 0) if offset else None,
        "older": offset + PAGE_SIZE if found > PAGE_SIZE else None,
    }


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0
