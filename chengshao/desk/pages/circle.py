"""Who may know of a case that is not open to whole units: named, and taken back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from chengshao.desk import queries
from chengshao.desk.forms import PersonForm
from chengshao.desk.pages.coming_back import comes_back_if_refused, go_on
from chengshao.desk.pages.refusals import check
from chengshao.people import queries as people
from chengshao.web.pages import actor_of, needs, signed_in
from chengshao.workorders import actions
from chengshao.workorders import queries as workorders
from chengshao.workorders.terms import Power


@require_POST
@signed_in
@comes_back_if_refused
def name_person(request: HttpRequest, number: str) -> HttpResponse:
    """Let one more person know."""
    form = PersonForm(request.POST)
    check(form)
    user_id, unit_id = form.ids
    actions.name_person(
        number=number,
        user_id=user_id,
        unit_id=unit_id,
        reason=form.cleaned_data["reason"],
        actor=actor_of(request),
        at=timezone.now(),
    )
    done = _("已指定知悉人：{name}").format(name=people.user_names([user_id]).get(user_id, ""))
    return go_on(request, done, keep=number)


@require_POST
@signed_in
@comes_back_if_refused
def end_naming(request: HttpRequest, number: str) -> HttpResponse:
    """Take the case from somebody; who takes it from themselves goes home."""
    form = PersonForm(request.POST)
    check(form)
    actor, (user_id, unit_id) = actor_of(request), form.ids
    actions.end_naming(
        number=number,
        user_id=user_id,
        unit_id=unit_id,
        reason=form.cleaned_data["reason"],
        actor=actor,
        at=timezone.now(),
    )
    done = _("已取消知悉：{name}").format(name=people.user_names([user_id]).get(user_id, ""))
    if workorders.visible_to(actor).filter(number=number).exists():
        return go_on(request, done, keep=number)
    messages.success(request, done)
    return redirect("desk:home")


@require_GET
@needs(Power.NAME_PERSONS)
def find_people(request: HttpRequest) -> HttpResponse:
    """Staff to name, by their name or their unit's."""
    words = request.GET.get("find_person", "")[:40].replace("\x00", "")
    context = {"people": queries.find_people(words, timezone.now()), "searched": bool(words)}
    return render(request, "desk/do/people.html", context)
