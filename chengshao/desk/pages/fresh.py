"""A queue kept fresh while one works at it: asked every few seconds, answered shortly."""

import json
import re
from datetime import datetime
from hashlib import sha256

from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_aware
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from chengshao.desk import queries
from chengshao.desk.pages.lists import TOGETHER, narrowed_in, rows_in, said_in
from chengshao.desk.queries import PAGE_SIZE, Fresh
from chengshao.kernel.actor import Actor
from chengshao.web.pages import actor_of, signed_in
from chengshao.workorders.queries import COUNT_LIMIT

_NUMBER = re.compile(r"[0-9]{8}-[0-9]{4,10}")
ASKED_AT = "X-Asked-At"


@require_GET
@never_cache
@signed_in
def queue_fresh(request: HttpRequest, name: str) -> HttpResponse:
    """
    What changed since the page was made (`since`) with these cases (`shown`): how many came,
    which went, the counts of the rail, emergencies. 304 where that is what was told last.
    """
    actor, now, query = actor_of(request), timezone.now(), request.GET
    queue = queries.queue_named(name, actor)
    narrowed = narrowed_in(query, queue)
    shown = _NUMBER.findall(query.get("shown", "")[:2_000])[: PAGE_SIZE + 1]
    fresh = queries.fresh_in(
        queue,
        actor,
        now,
        shown=shown,
        since=_since(query, now),
        kind=narrowed.kind,
        words=narrowed.words,
    )
    told = _told(fresh, actor)
    if queue.name in fresh.counts and not (query.get("kind") or query.get("words")):
        told["count"] = _count(fresh.counts[queue.name])
    tag = f'"{sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:32]}"'
    answer = JsonResponse(told)
    answer["ETag"] = tag
    return get_conditional_response(request, etag=tag, response=answer) or answer


@require_GET
@never_cache
@signed_in
def queue_rows(request: HttpRequest, name: str) -> HttpResponse:
    """The rows of the list alone, to be put in the place of the old ones; nothing is opened."""
    actor, now, query = actor_of(request), timezone.now(), request.GET
    queue = queries.queue_named(name, actor)
    narrowed = narrowed_in(query, queue)
    rows = rows_in(queue, actor, now, narrowed)
    context = {
        "queue": queue,
        "rows": rows[:PAGE_SIZE],
        "kind": narrowed.kind,
        "by": narrowed.by,
        "words": narrowed.words,
        "offset": narrowed.offset,
        "number": said_in(query, "case"),
        "together": name in TOGETHER,
        "here": reverse("desk:queue", args=[name]),
        "query": query,
    }
    answer = render(request, "desk/queue_rows.html", context)
    answer[ASKED_AT] = now.isoformat()
    return answer


def _told(fresh: Fresh, actor: Actor) -> dict[str, object]:
    n = fresh.new
    return {
        "new": ngettext("%(n)s件新到", "%(n)s件新到", n) % {"n": n} if n else "",
        "gone": fresh.gone,
        "took": fresh.took,
        "rail": {name: _short(count) for name, count in fresh.counts.items()},
        "emergencies": [
            {
                "number": row.line.number,
                "words": row.words,
                "place": row.place,
                "href": queries.where_owed(row, actor),
            }
            for row in fresh.emergencies
        ],
    }


def _count(count: int) -> str:
    if count > COUNT_LIMIT:
        return _("1000件以上")
    return ngettext("%(n)s件", "%(n)s件", count) % {"n": count}


def _short(count: int) -> str:
    return "1000+" if count > COUNT_LIMIT else f"{count:,}" if count else ""


def _since(query: QueryDict, now: datetime) -> datetime:
    try:
        since = parse_datetime(query.get("since", "")[:40])
    except ValueError:
        since = None
    return since if since is not None and is_aware(since) else now
