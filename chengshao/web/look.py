"""How pages look to this reader: theme, size of type, density; in cookies, without an account."""

from collections.abc import Mapping
from typing import Final

from django.http import HttpRequest, HttpResponse

CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "theme": ("light", "dark"),
    "type": ("large",),
    "density": ("compact",),
}
_A_YEAR = 365 * 24 * 3600


def look_of(request: HttpRequest) -> dict[str, str]:
    """Return the choices that this reader made; what isn't one of them reads as ""."""
    cookies = request.COOKIES
    return {
        name: cookies[name] if cookies.get(name) in allowed else ""
        for name, allowed in CHOICES.items()
    }


def remember_look(response: HttpResponse, name: str, value: str) -> None:
    """
    Keep one choice for a year; "" goes back to the default (theme: that of the device).

    :raises KeyError: if there is no such choice to make
    """
    if value in CHOICES[name]:
        response.set_cookie(name, value, max_age=_A_YEAR, samesite="Lax")
    else:
        response.delete_cookie(name, samesite="Lax")
