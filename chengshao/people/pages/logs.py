"""What was done, for the auditor: citizens' contacts read, appointments made, sign-ins."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from chengshao.kernel.words import whole_number
from chengshao.people import queries
from chengshao.people.terms import Power
from chengshao.web.pages import needs


@require_GET
@needs(Power.READ_LOGS)
def contact_log(request: HttpRequest) -> HttpResponse:
    """Who read or erased a citizen's contact, what for, about which case."""
    about = request.GET.get("about", "").strip()[:40].replace("\x00", "")
    rows, older = queries.newest(queries.contact_log(about), before=_before(request))
    context = {"rows": rows, "older": older, "about": about, "log": "contacts"}
    return render(request, "people/contact_log.html", context)


@require_GET
@needs(Power.READ_LOGS)
def look_up_log(request: HttpRequest) -> HttpResponse:
    """Who looked a caller up by the number, and how many cases that showed."""
    rows, older = queries.newest(queries.look_up_log(), before=_before(request))
    context = {"rows": rows, "older": older, "log": "look-ups"}
    return render(request, "people/look_up_log.html", context)


@require_GET
@needs(Power.READ_LOGS)
def account_log(request: HttpRequest) -> HttpResponse:
    """Who opened, appointed, issued or ended what."""
    rows, older = queries.newest(queries.account_log(), before=_before(request))
    ids = {row.detail.get("unit_id") for row in rows} - {None}
    units = queries.unit_lines(ids)
    context = {
        "rows": [(row, units.get(row.detail.get("unit_id") or 0)) for row in rows],
        "older": older,
        "log": "accounts",
    }
    return render(request, "people/account_log.html", context)


@require_GET
@needs(Power.READ_LOGS)
def sign_in_log(request: HttpRequest) -> HttpResponse:
    """Who tried to sign in, from where, and what came of it."""
    rows, older = queries.newest(queries.sign_in_log(), before=_before(request))
    context = {"rows": rows, "older": older, "log": "sign-ins", "now": timezone.now()}
    return render(request, "people/sign_in_log.html", context)


def _before(request: HttpRequest) -> int | None:
    return whole_number(request.GET.get("before", ""))
