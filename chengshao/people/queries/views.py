"""Lists as people like them."""

from dataclasses import dataclass

from django.db.models import Q

from chengshao.kernel.actor import Actor
from chengshao.people.models import SavedView


@dataclass(frozen=True, slots=True)
class ViewLine:
    """A view that somebody may open; only the own one may be dropped."""

    id: int
    name: str
    query: str
    own: bool
    shared: bool


def views_of(page: str, actor: Actor) -> list[ViewLine]:
    """Return the actor's views of a page, then those that others share with his units."""
    units = {grant.unit_id for grant in actor.grants if grant.unit_id is not None}
    rows = SavedView.objects.filter(Q(user=actor.user_id) | Q(unit__in=units), page=page)
    lines = [
        ViewLine(row.pk, row.name, row.query, row.user_id == actor.user_id, row.unit_id is not None)
        for row in rows.order_by("name", "pk")
    ]
    return sorted(lines, key=lambda line: not line.own)
