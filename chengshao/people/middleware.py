"""Who is behind a page: put on the request, before any page runs."""

from collections.abc import Callable

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from chengshao.kernel.actor import Actor, ActorKind
from chengshao.people import queries
from chengshao.people.models import User


class StaffBackend(ModelBackend):
    """Who is signed in, read together with what they may do."""

    def get_user(self, user_id: int) -> User | None:
        user = queries.user_who_acts(user_id)
        return user if user is not None and self.user_can_authenticate(user) else None


class ActorMiddleware:
    """
    Sets `request.actor`: an Actor for signed-in staff, else None; and the language that they
    like. Whoever still has an initial password is nobody until it is changed; a machine has a
    token and no session.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if isinstance(user, User) and user.language:
            translation.activate(user.language)
            request.LANGUAGE_CODE = user.language
        request.actor = _actor(user)  # type: ignore[attr-defined]
        return self.get_response(request)


def _actor(user: object) -> Actor | None:
    if not isinstance(user, User) or user.password_is_initial or user.is_machine:
        return None
    if user.grants is None:
        return queries.actor_of_user(user.pk)
    return Actor(ActorKind.PERSON, user.pk, user.grants)
