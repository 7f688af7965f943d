"""What a queue's page tells without being loaded again: what came, what went, what presses."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from chengshao.desk.queries.lists import Row, rows_of
from chengshao.desk.queries.queues import QUEUES, Queue, asked_of
from chengshao.kernel.actor import Actor
from chengshao.people import queries as people
from chengshao.workorders import queries as workorders

_MOST_EMERGENCIES = 3


@dataclass(frozen=True, slots=True)
class Fresh:
    """What changed in a queue since its page was made, and how much waits in all of them."""

    new: int
    gone: tuple[str, ...]  # numbers of cases shown that wait there no more
    took: Mapping[str, str]  # of these, which unit did it, in words; never which person
    counts: dict[str, int]  # by the name of the queue
    emergencies: tuple[Row, ...]


def fresh_in(
    queue: Queue,
    actor: Actor,
    now: datetime,
    *,
    shown: Collection[str],
    since: datetime,
    kind: str = "",
    words: str = "",
) -> Fresh:
    """
    Return what changed for who saw these cases then. Two statements, and more only where there
    is an emergency, or something is gone.
    """
    owed = workorders.owed_now(actor, asked_of(actor))
    changes = workorders.changes_in(
        queue.name,
        actor=actor,
        power=queue.power,
        kinds=(kind,) if kind else queue.kinds,
        shown=shown,
        since=since,
        words=words,
    )
    pressing = owed.emergencies[:_MOST_EMERGENCIES]
    return Fresh(
        new=len(changes.new),
        gone=changes.gone,
        took=_took(queue, changes.gone, actor) if changes.gone else {},
        counts={each.name: owed.counts[each.name] for each in QUEUES if each.name in owed.counts},
        emergencies=tuple(rows_of(pressing, actor, now)) if pressing else (),
    )


def _took(queue: Queue, gone: Collection[str], actor: Actor) -> dict[str, str]:
    units = workorders.who_took(gone, queue.kinds, actor)
    lines = people.unit_lines(set(units.values()))
    said = {"dispatch": _("已由{unit}派出"), "sent": _("{unit}已签收")}
    words = said.get(queue.name, _("已由{unit}办理"))
    return {
        number: words.format(unit=lines[unit_id].short_name)
        for number, unit_id in units.items()
        if unit_id in lines
    }


def where_owed(row: Row, actor: Actor) -> str:
    """Return the address where this actor works on the case: its queue, else its page."""
    for queue in QUEUES:
        if row.line.waits_for in queue.kinds and queue.is_for(actor):
            return f"{reverse('desk:queue', args=[queue.name])}?case={row.line.number}"
    return reverse("desk:case", args=[row.line.number])
