"""Lists: what waits for me, and all cases that my unit sees."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from chengshao.desk import queries
from chengshao.desk.pages.case import note_seen
from chengshao.desk.pages.leader import show_leader
from chengshao.desk.pages.refusals import Refusal, told
from chengshao.desk.queries import PAGE_SIZE
from chengshao.kernel.actor import Actor
from chengshao.kernel.words import whole_number
from chengshao.knowledge import queries as knowledge
from chengshao.knowledge.terms import Power as KnowledgePower
from chengshao.web.maps import shows_map
from chengshao.web.pages import actor_of, signed_in, stand_at
from chengshao.workorders.queries import WorkOrderNotFound
from chengshao.workorders.terms import Power

MOST_WORDS = 100
_MOST_TODAY = 8
SENT_TOGETHER: Final = "sent_together"  # in the session: how a recall names what one sent last
TOGETHER = frozenset({"register", "dispatch", "returns"})  # queues whose rows can be ticked


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What of a queue is asked for."""

    kind: str  # of the tasks, "" for all of the queue's
    words: str
    by: str  # "matter" for those of one matter together
    offset: int  # rows before this page


@require_GET
@never_cache
@signed_in
def home(request: HttpRequest) -> HttpResponse:
    """What waits for me, by job; nothing for who handles no cases, one page for a leader."""
    actor, now = actor_of(request), timezone.now()
    if actor.holds(Power.DECIDE):
        stand_at(request, reverse("desk:leader"))
        return show_leader(request)
    queues = queries.queues_of(actor)
    busy = [queue for queue, count in queues if count]
    today, rows = queries.pressing_rows(busy, actor, now, most_today=_MOST_TODAY, most_each=3)
    context = {
        "waiting": [
            {
                "queue": queue,
                "count": count,
                "rows": rows[queue.name],
            }
            for queue, count in queues
            if count
        ],
        "today": today,
        "most_today": _MOST_TODAY,
        "idle": [queue for queue, count in queues if not count],
        "notices": queries.notices(actor, now) if actor.holds(Power.SEE) else [],
        "corrections": _corrections(actor),
    }
    return render(request, "desk/home.html", context)


def _corrections(actor: Actor) -> int:
    if not actor.holds(KnowledgePower.KEEP_KNOWLEDGE):
        return 0
    return knowledge.count_waiting(knowledge.unit_ids_kept_by(actor, timezone.localdate()))


@require_GET
@never_cache
@signed_in
def queue(request: HttpRequest, name: str) -> HttpResponse:
    """A list beside the case that is being looked at."""
    return show_queue(request, name, request.GET)


@shows_map
def show_queue(
    request: HttpRequest,
    name: str,
    query: QueryDict,
    *,
    number: str = "",
    refusal: Refusal | None = None,
) -> HttpResponse:
    """
    Return a queue beside one of its cases, with a form that was refused.

    :raises QueueNotFound: if there is no such queue for this actor
    :raises WorkOrderNotFound: if the case asked for is not there for this actor
    """
    actor, now = actor_of(request), timezone.now()
    found = queries.queue_named(name, actor)
    asked_matter = said_in(query, "q")
    narrowed = narrowed_in(query, found)
    rows = rows_in(found, actor, now, narrowed)
    asked = number or said_in(query, "case")
    page = None
    if asked or rows:
        page = _case(asked or rows[0].line.number, actor, now, found.kinds, asked_matter)
    if asked and page is None:
        raise WorkOrderNotFound
    if page is not None:
        note_seen(request, page, now, opened=bool(asked))
    back = _address(name, query, asked)
    sent = name in ("dispatch", queries.SENT.name)
    dispatches = actor.holds(Power.DISPATCH)
    stand_at(
        request,
        reverse("desk:queue", args=["dispatch"]) if sent and dispatches else back,
    )
    context = {
        "queue": found,
        "sent": queries.SENT if sent and dispatches else None,
        "batch": _batch(request, rows) if name == queries.SENT.name and refusal is None else [],
        "count": queries.waiting_in(found, actor, kind=narrowed.kind, words=narrowed.words),
        "oldest": None if narrowed.words else queries.oldest_in(found, actor, kind=narrowed.kind),
        "parts": queries.parts_of(found, actor),
        "kind": narrowed.kind,
        "by": narrowed.by,
        "rows": rows[:PAGE_SIZE],
        "words": narrowed.words,
        **_paging(narrowed.offset, len(rows)),
        "number": page.view.case.number if page else "",
        "asked": asked,
        "acknowledges": bool(asked) and refusal is None,
        "asked_matter": asked_matter,
        "page": page,
        "back": back,
        "here": reverse("desk:queue", args=[name]),
        "since": now,
        "together": name in TOGETHER,
        "query": query,
        **told(refusal, page),
    }
    return render(request, "desk/queue.html", context, status=refusal.status if refusal else 200)


def _batch(request: HttpRequest, rows: Sequence[queries.Row]) -> list[str]:
    """Return what this person last sent together, as far as it stands here to be taken back."""
    here = {row.line.number for row in rows}
    orders = request.session.get(SENT_TOGETHER, [])
    return [order for order in orders if order.partition(":")[0] in here]


def rows_in(
    queue: queries.Queue, actor: Actor, now: datetime, narrowed: Narrowed
) -> list[queries.Row]:
    """Return what stands in a queue, one more than a page if there are more."""
    if queue.name == queries.SENT.name:
        return queries.sent_rows(actor, now, offset=narrowed.offset)
    return queries.queue_rows(
        queue,
        actor,
        now,
        kind=narrowed.kind,
        words=narrowed.words,
        by_matter=bool(narrowed.by),
        offset=narrowed.offset,
    )


def _case(
    number: str, actor: Actor, now: datetime, first: tuple[str, ...], matter_words: str
) -> queries.CasePage | None:
    """Return the case beside the list; None if it is not there for this actor."""
    try:
        return queries.case_page(number, actor, now, matter_words=matter_words, first=first)
    except WorkOrderNotFound:
        return None


def _address(name: str, query: QueryDict, number: str) -> str:
    """Return where this list is, with this case."""
    kept = {each: query[each] for each in ("words", "kind", "by", "offset", "q") if query.get(each)}
    asked = urlencode(({"case": number} if number else {}) | kept)
    return reverse("desk:queue", args=[name]) + (f"?{asked}" if asked else "")


def said_in(query: QueryDict, name: str) -> str:
    """Return what the address says, bounded and without NUL."""
    return query.get(name, "")[:MOST_WORDS].replace("\x00", "")


def narrowed_in(query: QueryDict, queue: queries.Queue) -> Narrowed:
    """Return what of a queue the address asks for; what it can't ask for is left out."""
    kind = query.get("kind", "")
    return Narrowed(
        kind=kind if kind in queue.kinds else "",
        words=said_in(query, "words"),
        by="matter" if queue.does_first and query.get("by") == "matter" else "",
        offset=min(whole_number(query.get("offset", "")) or 0, 10_000),
    )


def _paging(offset: int, found: int) -> dict[str, int | None]:
    """Return where the page stands; `found` is one more than a page if there are more."""
    return {
        "offset": offset,
        "first": offset + 1,
        "last": offset + min(found, PAGE_SIZE),
        "newer": max(offset - PAGE_SIZE, 0) if offset else None,
        "older": offset + PAGE_SIZE if found > PAGE_SIZE else None,
    }
