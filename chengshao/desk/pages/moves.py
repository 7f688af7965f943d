"""What is done with a case: read the form, call the one action, go on to the next."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import wraps
from typing import Concatenate, ParamSpec, TypeAlias

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chengshao.catalog.terms import Urgency
from chengshao.desk.forms import AnswerForm, DispatchForm, EvidenceForm, ReasonForm, RegisterForm
from chengshao.desk.pages.case import show_case
from chengshao.desk.pages.lists import show_queue
from chengshao.desk.pages.refusals import FormInvalid, check, refusal_of
from chengshao.desk.queries import QueueNotFound
from chengshao.dispatch import actions as dispatch_actions
from chengshao.evidence import actions as files
from chengshao.kernel.errors import DomainError, NotAllowed
from chengshao.web.pages import actor_of, signed_in
from chengshao.web.texts import term
from chengshao.workorders import actions
from chengshao.workorders import queries as workorders
from chengshao.workorders.actions import Place, located
from chengshao.workorders.queries import WorkOrderNotFound
from chengshao.workorders.terms import CaseCommand, Principle, TaskCommand

P = ParamSpec("P")
Move: TypeAlias = Callable[Concatenate[HttpRequest, P], HttpResponse]


def _form(deed: Move[P]) -> Move[P]:
    """Let the form come back as it was filled in where the deed is refused."""

    @wraps(deed)
    def tried(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return deed(request, *args, **kwargs)
        except DomainError as error:
            return _comes_back(request, error)

    return tried


@require_POST
@signed_in
@_form
def register(request: HttpRequest, number: str) -> HttpResponse:
    """Accept the case; with 目录直派 also send it, where the catalogue names one lead."""
    form = RegisterForm(request.POST)
    check(form)
    said = form.cleaned_data
    case = workorders.case_of(number=number, actor=actor_of(request))
    present = Place(case.place, case.territory, case.grid, case.lng, case.lat)
    act = actions.register
    if "and_dispatch" in request.POST:
        act = dispatch_actions.register_and_dispatch  # type: ignore[assignment]
    act(
        number=number,
        seen_revision=said["seen_revision"],
        matter=said["matter"],
        urgency=Urgency(said["urgency"]) if said["urgency"] else None,
        place=_place(said["place"], said["found"], present),
        actor=actor_of(request),
        at=timezone.now(),
    )
    return _on(request, _("已立案：{number}").format(number=number))


@require_POST
@signed_in
@_form
def dispatch(request: HttpRequest, number: str) -> HttpResponse:
    """Send the case to who leads and who helps."""
    helping = [int(unit) for unit in request.POST.getlist("helping") if unit.isdigit()]
    form = DispatchForm(request.POST, units=helping)
    check(form)
    said = form.cleaned_data
    lead = said["lead"]
    # Each suggestion brings its own basis; what the dispatcher writes goes before it.
    suggested = request.POST.get(f"basis-{lead}", "")[:400]
    responsibility = request.POST.get(f"responsibility-{lead}", "")
    principle = said["principle"] or request.POST.get(f"principle-{lead}", "")
    if principle not in set(Principle):
        raise FormInvalid({"principle": _("请选派单原则。")})
    actions.dispatch(
        number=number,
        seen_revision=said["seen_revision"],
        lead_unit_id=lead,
        co_handle_unit_ids=frozenset(said["helping"]) - {lead},
        principle=Principle(principle),
        basis=said["basis"] or suggested,
        responsibility_id=int(responsibility) if responsibility.isdigit() else None,
        actor=actor_of(request),
        at=timezone.now(),
    )
    return _on(request, _("已派单：{number}").format(number=number))


@require_POST
@signed_in
@_form
def decline(request: HttpRequest, number: str) -> HttpResponse:
    """End the case before it is handled."""
    form = ReasonForm(request.POST)
    check(form)
    actions.move_case(
        number=number,
        seen_revision=form.cleaned_data["seen_revision"],
        command=CaseCommand.DECLINE,
        reason=form.cleaned_data["reason"],
        actor=actor_of(request),
        at=timezone.now(),
    )
    return _on(request, _("不予立案：{number}").format(number=number))


@require_POST
@signed_in
@_form
def move(request: HttpRequest, task_id: int, command: str) -> HttpResponse:
    """Move a task of any kind by any command that its table of moves has."""
    form = AnswerForm(request.POST) if "reply" in request.POST else ReasonForm(request.POST)
    check(form)
    case = actions.move_task(
        task_id=task_id,
        seen_revision=form.cleaned_data["seen_revision"],
        command=command[:40],
        reason=form.cleaned_data["reason"],
        reply=form.cleaned_data.get("reply", ""),
        actor=actor_of(request),
        at=timezone.now(),
    )
    done = _("{command}：{number}").format(command=term("deed", command), number=case.number)
    stays = command in (TaskCommand.ACKNOWLEDGE, TaskCommand.ASK_RETURN)
    return _on(request, done, keep=case.number if stays else "")


@require_POST
@signed_in
@_form
def evidence(request: HttpRequest, task_id: int) -> HttpResponse:
    """Hand in a file that the matter asks for."""
    form = EvidenceForm(request.POST, request.FILES)
    check(form)
    actor, now = actor_of(request), timezone.now()
    kind = form.cleaned_data["evidence_kind"]
    actions.check_may_attach(task_id=task_id, evidence_kind=kind, actor=actor)
    blob_id = files.store_file(file=form.cleaned_data["file"], actor=actor, at=now)
    added = actions.attach_evidence(
        task_id=task_id,
        evidence_kind=kind,
        blob_id=blob_id,
        actor=actor,
        at=now,
    )
    return _on(request, _("佐证已收到。"), keep=added.work_order.number)


def _place(words: str, found: str, present: Place) -> Place | None:
    """
    Return the place that the registrar picked or wrote, or None to leave it as it is.

    What is picked comes as `point:lng,lat:name` or `division:code:name`, and is looked up again;
    its name stands for what was typed to find it, unless that says more. What is only written
    says it in other words and moves nothing on the map.

    :raises FormInvalid: if it is neither
    :raises PointOutside: if the point lies outside the district
    """
    kind, _sep, value = found.partition(":")
    value, _sep, name = value.partition(":")
    words = words if name in words else name
    if kind == "point":
        try:
            lng, lat = (float(part) for part in value.split(","))
        except ValueError as error:
            raise FormInvalid({"place": _("请从找到的地点里选。")}) from error
        return located(words, lng, lat)
    if kind == "division":
        return Place(words, value)
    if found:
        raise FormInvalid({"place": _("请从找到的地点里选。")})
    return None if words == present.words else replace(present, words=words)


def _on(request: HttpRequest, done: str, *, keep: str = "") -> HttpResponse:
    """Say what was done and go back to the list, to the next case or to the one that stays."""
    messages.success(request, done)
    back = _back_of(request)
    if not back:
        return redirect("desk:home")
    path, _sep, query = back.partition("?")
    list_kept = QueryDict(query, mutable=True)
    for name in ("case", "q", "unit"):
        list_kept.pop(name, None)
    if keep and "/queue/" in path:
        list_kept["case"] = keep
    return redirect(f"{path}?{list_kept.urlencode()}".removesuffix("?"))


def _comes_back(request: HttpRequest, error: DomainError) -> HttpResponse:
    """
    Show the page that the form stood on, with what was typed and why it was not taken.

    :raises NotAllowed: if the actor may not do this at all: there is nothing to correct
    :raises WorkOrderNotFound: if the case is not there for this actor
    """
    if isinstance(error, NotAllowed | WorkOrderNotFound):
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


def _back_of(request: HttpRequest) -> str:
    """Return the page of ours that the form came from, or ""."""
    back = request.POST.get("back", "")
    return back if url_has_allowed_host_and_scheme(back, {request.get_host()}) else ""


def _page_of(request: HttpRequest) -> tuple[str, QueryDict]:
    """Return the queue that the form stood in, "" for the case page, and how it was asked for."""
    path, _sep, query = _back_of(request).partition("?")
    try:
        found = resolve(path)
    except Resolver404:
        return "", QueryDict()
    name = found.kwargs.get("name", "") if found.view_name == "desk:queue" else ""
    return name, QueryDict(query)
