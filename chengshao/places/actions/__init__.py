"""Writes: each as a whole or not at all; files that are handed in, and grids redrawn on the map."""

from chengshao.places.actions._ground import (
    MayNotKeepPlaces,
    check_may_keep,
    settle_places,
)
from chengshao.places.actions.imports import (
    Imported,
    import_divisions,
    import_grids,
    import_known_places,
    import_objects,
    import_outlines,
    import_zones,
)
from chengshao.places.actions.redrawing import (
    ChangesLater,
    DayPassed,
    GridsChangedMeanwhile,
    NothingPlanned,
    check_day,
    redraw_grids,
    take_back_planned,
)

__all__ = [
    "ChangesLater",
    "DayPassed",
    "GridsChangedMeanwhile",
    "Imported",
    "MayNotKeepPlaces",
    "NothingPlanned",
    "check_day",
    "check_may_keep",
    "import_divisions",
    "import_grids",
    "import_known_places",
    "import_objects",
    "import_outlines",
    "import_zones",
    "redraw_grids",
    "settle_places",
    "take_back_planned",
]
