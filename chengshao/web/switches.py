"""The switches on every page that work without JavaScript: language, large type, theme."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from chengshao.kernel.errors import Invalid
from chengshao.web.look import CHOICES, remember_look


class LookUnknown(Invalid):
    code = "invalid_request"


_LANGUAGES = frozenset(code for code, _name in settings.LANGUAGES)


def switch_in_form(request: HttpRequest) -> tuple[str, str] | None:
    """
    Return (name, value) of the switch by which a half-filled form was sent, or None.

    It holds for the rest of this request already: the form can come back in the other language.
    """
    name, _colon, value = request.POST.get("switch", "").partition(":")
    if name == "language" and value in _LANGUAGES:
        translation.activate(value)
        request.LANGUAGE_CODE = value
        return name, value
    if name == "type" and name in CHOICES:
        request.COOKIES[name] = value
        return name, value
    return None


def remember_switch(response: HttpResponse, switch: tuple[str, str]) -> HttpResponse:
    """Keep in a cookie what was switched; return the response."""
    name, value = switch
    if name == "language":
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, value, samesite="Lax")
    else:
        remember_look(response, name, value)
    return response


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
