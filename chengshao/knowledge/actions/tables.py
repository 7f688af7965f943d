"""Items from Excel or CSV: all of a table or nothing; the same table again changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from chengshao.kernel.actor import Actor
from chengshao.kernel.errors import DomainError
from chengshao.kernel.tables import Faults
from chengshao.knowledge.actions._common import KnowledgePowerMissing
from chengshao.knowledge.actions.items import publish
from chengshao.knowledge.models import CURRENT, Version
from chengshao.knowledge.rules.tables import HEADING_OF, NEEDED, Parsed, add_refusal, read_rows
from chengshao.knowledge.terms import ItemField, Power
from chengshao.people import queries as people
from chengshao.web.sheets import read_table

MOST_ROWS = 5000


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did; all other rows stood already."""

    rows: int
    published: int


@transaction.atomic
def import_items(*, content: bytes, actor: Actor, at: datetime) -> Imported:
    """
    Take in a table of items (headings: rules.tables.HEADINGS): each row is what its item says
    from now on. Items that the table leaves out stay as they are.

    :raises KnowledgePowerMissing: if the actor keeps nobody's knowledge
    :raises TableRefused: with every fault by row and column; nothing was taken in
    :raises FileUnreadable, FileTooLarge, TableTooLarge: if it can't be read at all
    """
    if not actor.holds(Power.KEEP_KNOWLEDGE):
        raise KnowledgePowerMissing(power=Power.KEEP_KNOWLEDGE)
    faults = Faults()
    rows = read_table(content, required=NEEDED)
    if len(rows) > MOST_ROWS:
        faults.add(0, "", "table_too_long", limit=MOST_ROWS)
        faults.refuse_if_any()
    units = people.unit_ids_by_code({row[HEADING_OF[ItemField.UNIT]] for row in rows})
    parsed = read_rows(((row.number, row) for row in rows), units, faults)
    published = _publish(parsed, faults, actor, at)
    faults.refuse_if_any()
    return Imported(len(rows), published)


def _publish(parsed: Sequence[Parsed], faults: Faults, actor: Actor, at: datetime) -> int:
    """Publish what differs, in the order of codes; return how much that was."""
    codes = [row.code for row in parsed]
    last = Version.objects.filter(CURRENT, item__code__in=codes).values_list("item__code", "number")
    seen = dict(last)
    published = 0
    for row in sorted(parsed, key=lambda row: row.code):
        try:
            version = publish(
                code=row.code,
                seen_number=seen.get(row.code, 0),
                draft=row.draft,
                actor=actor,
                at=at,
            )
        except DomainError as error:
            add_refusal(row.number, error, faults)
        else:
            published += version.number != seen.get(row.code, 0)
    return published
