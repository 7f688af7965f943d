"""Load and lateness of tasks for a unit's leader."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from chengshao.desk.queries import load_page
from chengshao.web.pages import actor_of, needs
from chengshao.workorders.terms import Power


@require_GET
@never_cache
@needs(Power.SIGN_OFF)
def load(request: HttpRequest) -> HttpResponse:
    """How much the own units and those below owe and how much is late; of nobody by name."""
    actor = actor_of(request)
    handles = actor.holds(Power.HANDLE)
    context = {"load": load_page(actor, timezone.now()), "handles": handles}
    return render(request, "desk/load.html", context)
