"""
Several cases with one reason: each by its own action, in its own transaction, seen as it was when
it was ticked. The result says of each what became of it.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from chengshao.desk import queries
from chengshao.desk.forms import DeclineTogether, DispatchTogether, SeveralForm, VerdictTogether
from chengshao.desk.pages.lists import SENT_TOGETHER, TOGETHER
from chengshao.desk.queries import Row
from chengshao.dispatch import queries as dispatching
from chengshao.kernel.actor import Actor
from chengshao.kernel.errors import DomainError, Invalid
from chengshao.people import queries as people
from chengshao.web.pages import actor_of, needs, signed_in
from chengshao.web.texts import text
from chengshao.workorders import actions
from chengshao.workorders import queries as workorders
from chengshao.workorders.queries import QueueNotFound
from chengshao.workorders.terms import (
    CaseCommand,
    DeclineGround,
    Power,
    Principle,
    TaskCommand,
    TaskKind,
    TaskState,
)

MOST: Final = 60
_TICK = re.compile(r"^([0-9]{8}-[0-9]{4,10}):([0-9]{1,9}):([0-9]{1,15}):([0-9]{1,9})$")


class ReplyOfAllDoubted(Invalid):
    """What many are to read says what may be one citizen's own, or nothing."""

    code = "desk_reply_of_all_doubted"


@dataclass(frozen=True, slots=True)
class Ticked:
    """A case as it was seen when it was ticked, with the task that stood in the queue."""

    value: str
    number: str
    revision: int
    task_id: int
    task_revision: int


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one case: done, or why not."""

    number: str
    refused: str = ""
    recall: str = ""  # how the recall names the order that was just sent


# What it returns is how a recall names the order that was sent, "" where nothing was.
Deed = Callable[[Ticked, Mapping[str, Any], Actor, datetime], str]


@dataclass(frozen=True, slots=True)
class Together:
    """What is done with several cases of a queue, and on which form it is said."""

    words: str | Promise
    form: type[SeveralForm]
    deed: Deed


def _dispatch(ticked: Ticked, said: Mapping[str, Any], actor: Actor, at: datetime) -> str:
    case = actions.dispatch(
        number=ticked.number,
        seen_revision=ticked.revision,
        lead_unit_id=said["lead"],
        principle=Principle(said["principle"]),
        basis=said["basis"],
        actor=actor,
        at=at,
    )
    order = case.tasks.filter(kind=TaskKind.LEAD, state=TaskState.OPEN).first()
    return f"{case.number}:{case.revision}:{order.pk}:{order.revision}" if order else ""


def _decline(case: Ticked, said: Mapping[str, Any], actor: Actor, at: datetime) -> str:
    if doubts := workorders.reply_doubts(said["reply"], number=case.number, actor=actor):
        raise ReplyOfAllDoubted(reply_doubt=next(iter(doubts)))
    actions.move_case(
        number=case.number,
        seen_revision=case.revision,
        command=CaseCommand.DECLINE,
        ground=DeclineGround(said["ground"]),
        reply=said["reply"],
        actor=actor,
        at=at,
    )
    return ""


def _decide(case: Ticked, said: Mapping[str, Any], actor: Actor, at: datetime) -> str:
    actions.move_task(
        task_id=case.task_id,
        seen_revision=case.task_revision,
        command=said["verdict"],
        reason=said["reason"],
        actor=actor,
        at=at,
    )
    return ""


def _take_back(case: Ticked, said: Mapping[str, Any], actor: Actor, at: datetime) -> str:
    actions.move_task(
        task_id=case.task_id,
        seen_revision=case.task_revision,
        command=TaskCommand.RECALL,
        reason=said["reason"],
        actor=actor,
        at=at,
    )
    return ""


DEEDS: Final[Mapping[str, Together]] = {
    "register": Together(gettext_lazy("一起不予受理"), DeclineTogether, _decline),
    "dispatch": Together(gettext_lazy("一起派单"), DispatchTogether, _dispatch),
    "returns": Together(gettext_lazy("一起裁定"), VerdictTogether, _decide),
}


@require_http_methods(["GET", "POST"])
@never_cache
@signed_in
def together(request: HttpRequest, name: str) -> HttpResponse:
    """
    The cases that were ticked with one form for all of them; sent, what became of each.

    :raises QueueNotFound: if nothing is done together in such a queue
    """
    actor, now = actor_of(request), timezone.now()
    queue = queries.queue_named(name, actor)
    if name not in TOGETHER:
        raise QueueNotFound
    asked = request.POST if request.method == "POST" else request.GET
    ticked = ticked_in(asked.getlist("case"))
    if not 0 < len(ticked) <= MOST:
        messages.error(request, _("请勾选案卷，一次最多{most}件").format(most=MOST))
        return redirect("desk:queue", name)
    deed = DEEDS[name]
    form = deed.form(request.POST) if "send" in request.POST else deed.form()
    if form.is_bound and form.is_valid():
        results = _each(deed.deed, ticked, form.cleaned_data, actor, now)
        if orders := [each.recall for each in results if each.recall]:
            request.session[SENT_TOGETHER] = orders
        return _told(request, results, queue)
    rows = queries.rows_numbered([case.number for case in ticked], actor, now)
    context = {
        "queue": queue,
        "deed": deed,
        "form": form,
        "ticked": ticked,
        "rows": rows,
        "units": _leads(rows, asked.get("find_words", ""), actor, now)
        if name == "dispatch"
        else (),
        "find_words": asked.get("find_words", "")[:80].replace("\x00", ""),
    }
    status = 422 if form.is_bound else 200
    return render(request, "desk/together.html", context, status=status)


@require_POST
@never_cache
@needs(Power.DISPATCH, Power.DIRECT_DISPATCH)
def recall(request: HttpRequest) -> HttpResponse:
    """Take back what was just sent together, as far as nobody has acknowledged it."""
    actor, now = actor_of(request), timezone.now()
    sent = ticked_in(request.POST.getlist("case"))[:MOST]
    reason = request.POST.get("reason", "")[:4000].replace("\x00", "")
    if not sent:
        return redirect("desk:queue", queries.SENT.name)
    results = _each(_take_back, sent, {"reason": reason}, actor, now)
    return _told(request, results, queries.SENT)


def ticked_in(values: Iterable[str]) -> list[Ticked]:
    """Return what was ticked, each case once; what names none is left out."""
    found = {}
    for value in values:
        if match := _TICK.match(value):
            number, *numbers = match.groups()
            found[number] = Ticked(value, number, *(int(each) for each in numbers))
    return list(found.values())


def _each(
    deed: Deed, cases: Iterable[Ticked], said: Mapping[str, Any], actor: Actor, at: datetime
) -> list[Result]:
    """Do it with each case by itself: one that is refused keeps no other back."""
    results = []
    for case in cases:
        try:
            recall = deed(case, said, actor, at)
        except DomainError as error:
            results.append(Result(case.number, refused=text(error.code, error.params)))
        else:
            results.append(Result(case.number, recall=recall))
    return results


def _told(request: HttpRequest, results: list[Result], queue: queries.Queue) -> HttpResponse:
    context = {
        "queue": queue,
        "results": results,
        "done": sum(1 for each in results if not each.refused),
        "orders": [each.recall for each in results if each.recall],
    }
    return render(request, "desk/together_done.html", context)


def _leads(rows: list[Row], words: str, actor: Actor, now: datetime) -> list[dict[str, Any]]:
    """Return who may be named: whom one looked for, else whom the law names for the first case."""
    today = localdate(now)
    if words.strip():
        return [{"unit": unit, "basis": ""} for unit in people.find_units(words, on=today)]
    if not rows:
        return []
    line = rows[0].line
    advice = dispatching.advice_for(
        matter=line.matter, territory=line.territory, actor=actor, on=today
    )
    units = people.unit_lines({each.unit_id for each in advice.suggestions}, today)
    return [
        {"unit": units[each.unit_id], "basis": each.basis, "principle": each.principle}
        for each in advice.suggestions
        if each.unit_id in units
    ]
