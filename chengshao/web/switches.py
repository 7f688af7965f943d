"""The switches on every page that work without JavaScript: large type, theme."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from chengshao.kernel.errors import Invalid
from chengshao.web.look import CHOICES, remember_look


class LookUnknown(Invalid):
    code = "invalid_request"


@require_POST
def change_look(request: HttpRequest) -> HttpResponse:
    """Keep one choice of look in a cookie and go back; open to anyone."""
    name = request.POST.get("name", "")
    if name not in CHOICES:
        raise LookUnknown(field="name")
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        back, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    response = HttpResponseRedirect(back if safe else "/")
    remember_look(response, name, request.POST.get("value", ""))
    return response
