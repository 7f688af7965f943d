"""Writes of this room, by what they are about. This is the door: import from here."""

from chengshao.catalog.actions._common import CatalogPowerMissing
from chengshao.catalog.actions.calendar import (
    OfficeHoursGap,
    YearNotKnown,
    YearOutOfRange,
    announce_year,
    clear_day,
    load_statutory_days,
    published_years,
    set_day,
    set_office_hours,
)
from chengshao.catalog.actions.drafts import (
    DraftChangesNothing,
    Drafted,
    DraftKindInvalid,
    DraftNotChecked,
    DraftNoteInvalid,
    DraftOver,
    DraftTooLarge,
    draft_rows,
    draft_table,
    drop_draft,
    keep_check,
    put_in_force,
)
from chengshao.catalog.actions.tables import SEEDS, Imported, import_table, load_seeds

__all__ = [
    "SEEDS",
    "CatalogPowerMissing",
    "DraftChangesNothing",
    "DraftKindInvalid",
    "DraftNotChecked",
    "DraftNoteInvalid",
    "DraftOver",
    "DraftTooLarge",
    "Drafted",
    "Imported",
    "OfficeHoursGap",
    "YearNotKnown",
    "YearOutOfRange",
    "announce_year",
    "clear_day",
    "draft_rows",
    "draft_table",
    "drop_draft",
    "import_table",
    "keep_check",
    "load_seeds",
    "load_statutory_days",
    "published_years",
    "put_in_force",
    "set_day",
    "set_office_hours",
]
