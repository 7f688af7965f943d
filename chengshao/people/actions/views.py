"""Lists as people like them: kept, shared with a unit, dropped."""

from typing import Final

from django.db import transaction

from chengshao.kernel.actor import Actor
from chengshao.kernel.errors import Invalid, NotAllowed, NotFound, Refused
from chengshao.people.actions._accounts import lock_user
from chengshao.people.actions._common import clean
from chengshao.people.models import SavedView

MOST_VIEWS: Final = 50  # of one person
_MOST_QUERY: Final = 1000  # characters


class ViewNotFound(NotFound):
    code = "view_not_found"


class ViewTooLong(Invalid):
    code = "view_too_long"


class TooManyViews(Refused):
    code = "too_many_views"


class ViewNotForThisUnit(NotAllowed):
    """It may be shared with a unit in which one works."""

    code = "view_not_for_this_unit"


@transaction.atomic
def keep_view(*, page: str, name: str, query: str, unit_id: int | None = None, actor: Actor) -> int:
    """
    Keep what stands in a list's address under a name, and return the view's id; one of the same
    name is replaced.

    :param unit_id: whose people shall find it too
    :raises PeopleTextMissing, PeopleTextInvalid: if the name is empty or beyond 40 characters
    :raises ViewTooLong: if the address is beyond 1,000 characters
    :raises ViewNotForThisUnit: if the actor does not work in that unit
    :raises TooManyViews: beyond 50
    """
    name = clean("view_name", name, 40, needed=True)
    if len(query) > _MOST_QUERY or "\x00" in query:
        raise ViewTooLong
    if actor.user_id is None or (unit_id and unit_id not in _units(actor)):
        raise ViewNotForThisUnit
    user = lock_user(actor.user_id)
    same = user.views.filter(page=page, name=name).first()
    if same is None and user.views.count() >= MOST_VIEWS:
        raise TooManyViews(limit=MOST_VIEWS)
    view, _new = SavedView.objects.update_or_create(
        user=user, page=page, name=name, defaults={"query": query, "unit_id": unit_id}
    )
    return view.pk


@transaction.atomic
def drop_view(*, view_id: int, actor: Actor) -> None:
    """
    Drop a view of one's own.

    :raises ViewNotFound: if it is not there, or another's
    """
    dropped, _of = SavedView.objects.filter(pk=view_id, user=actor.user_id).delete()
    if not dropped:
        raise ViewNotFound


def _units(actor: Actor) -> set[int | None]:
    return {grant.unit_id for grant in actor.grants}
