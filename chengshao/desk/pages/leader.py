"""What who leads the district decides today, on one page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from chengshao.desk.queries import leader_page
from chengshao.web.pages import actor_of, needs
from chengshao.workorders.terms import Power


@require_GET
@never_cache
@needs(Power.DECIDE)
def leader(request: HttpRequest) -> HttpResponse:
    """Five decisions at most, each with what decides it; of nobody by name."""
    return show_leader(request)


def show_leader(request: HttpRequest) -> HttpResponse:
    """Return the page; only for who decides."""
    context = {
        "leader": leader_page(actor_of(request), timezone.now()),
        "back": reverse("desk:leader"),
    }
    return render(request, "desk/leader.html", context)
