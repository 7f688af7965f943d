"""Reads of this room, by what they are about. All staff read all of it. No clock in here."""

from chengshao.knowledge.queries.corrections import (
    CorrectionLine,
    CorrectionNotFound,
    corrections_on,
    corrections_waiting,
    count_waiting,
)
from chengshao.knowledge.queries.items import (
    MOST_SHOWN,
    ItemLine,
    ItemNotFound,
    ItemPage,
    export_items,
    find_items,
    fitting_items,
    item_page,
    older_items,
    pinned_lines,
    version_of,
)
from chengshao.knowledge.queries.readings import ReadingLine, readings_on
from chengshao.knowledge.queries.scope import unit_ids_kept_by, units_kept_by

__all__ = [
    "MOST_SHOWN",
    "CorrectionLine",
    "CorrectionNotFound",
    "ItemLine",
    "ItemNotFound",
    "ItemPage",
    "ReadingLine",
    "corrections_on",
    "corrections_waiting",
    "count_waiting",
    "export_items",
    "find_items",
    "fitting_items",
    "item_page",
    "older_items",
    "pinned_lines",
    "readings_on",
    "unit_ids_kept_by",
    "units_kept_by",
    "version_of",
]
