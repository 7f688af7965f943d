"""After a form was sent: on to where its sender goes next, or back to it as it was filled in."""

from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Concatenate, ParamSpec, TypeAlias

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import Resolver404, resolve
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from chengshao.desk.pages.case import show_case
from chengshao.desk.pages.lists import show_queue
from chengshao.desk.pages.refusals import refusal_of
from chengshao.desk.pages.ways_back import way_back
from chengshao.kernel.errors import DomainError, NotAllowed
from chengshao.people import queries as people
from chengshao.web.pages import actor_of
from chengshao.workorders import queries as workorders
from chengshao.workorders.queries import QueueNotFound, ReportNotFound, WorkOrderNotFound
from chengshao.workorders.terms import Power

P = ParamSpec("P")
Move: TypeAlias = Callable[Concatenate[HttpRequest, P], HttpResponse]


def comes_back_if_refused(deed: Move[P]) -> Move[P]:
    """
    Let the form come back as it was filled in where the deed is refused, and where it was sent
    only to look for units (without scripts).
    """

    @wraps(deed)
    def tried(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if "find" in request.POST:
            return _comes_back(request, None)
        try:
            return deed(request, *args, **kwargs)
        except DomainError as error:
            return _comes_back(request, error)

    return tried


def go_on(request: HttpRequest, done: str, *, keep: str = "") -> HttpResponse:
    """Say what was done and go back to the list, to the next case or to the one that stays."""
    messages.success(request, done)
    back = way_back(request)
    if not back:
        return redirect("desk:home")
    path, _sep, query = back.partition("?")
    list_kept = QueryDict(query, mutable=True)
    for name in ("case", "q", "unit"):
        list_kept.pop(name, None)
    if keep and "/queue/" in path:
        list_kept["case"] = keep
    return redirect(f"{path}?{list_kept.urlencode()}".removesuffix("?"))


def go_on_if_seen(request: HttpRequest, done: str, number: str, *, offer: str = "") -> HttpResponse:
    """
    Go on as `go_on` does; from a case that is no longer there for the actor, to the queue.

    :param offer: what is said instead of `done` where the actor still has the case
    """
    if workorders.visible_to(actor_of(request)).filter(number=number).exists():
        return go_on(request, offer or done)
    return go_on_without(request, _("{done}。{why}").format(done=done, why=_who_decides()))


def go_on_without(request: HttpRequest, said: str) -> HttpResponse:
    """Say what was done with a case that is gone from sight, and go on to the next in the queue."""
    messages.success(request, said)
    return redirect("desk:queue", "register")


def _who_decides() -> str:
    """Say who goes on with a case that is only for named persons."""
    on = localdate()
    found = people.users_with(Power.NAME_PERSONS, people.desk_unit_id(), on)
    if not found:
        return _("这个案卷要保密，但现在没有人能接手，请马上找值班长。")
    names = _("、").join(people.user_names(found).values())
    return _("这个案卷要保密，您不再看得到，接着由{names}决定谁来办。").format(names=names)


def _comes_back(request: HttpRequest, error: DomainError | None) -> HttpResponse:
    """
    Show the page that the form stood on, with what was typed and why it was not taken.

    :raises NotAllowed: if the actor may not do this at all: there is nothing to correct
    :raises WorkOrderNotFound: if the case is not there for this actor
    :raises ReportNotFound: if the report is not
    """
    if isinstance(error, NotAllowed | WorkOrderNotFound | ReportNotFound):
        raise error
    named = request.resolver_match.kwargs if request.resolver_match else {}
    number = str(named.get("number", "")) or workorders.number_of_task(
        task_id=int(named["task_id"]), actor=actor_of(request)
    )
    refusal = refusal_of(request, error)
    where, query = _page_of(request)
    with suppress(QueueNotFound):
        return show_queue(request, where, query, number=number, refusal=refusal)
    return show_case(request, number, query, refusal=refusal)


def _page_of(request: HttpRequest) -> tuple[str, QueryDict]:
    """Return the queue that the form stood in, "" for the case page, and how it was asked for."""
    path, _sep, query = way_back(request).partition("?")
    try:
        found = resolve(path)
    except Resolver404:
        return "", QueryDict()
    name = found.kwargs.get("name", "") if found.view_name == "desk:queue" else ""
    return name, QueryDict(query)
