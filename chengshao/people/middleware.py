"""Who is behind a page: put on the request, before any page runs."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from chengshao.kernel.actor import Actor
from chengshao.people import queries


class ActorMiddleware:
    """Sets `request.actor`: an Actor for signed-in staff, else None."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = _actor(request)  # type: ignore[attr-defined]
        return self.get_response(request)


def _actor(request: HttpRequest) -> Actor | None:
    user = request.user
    return queries.actor_of_user(user.pk) if user.is_authenticated else None
