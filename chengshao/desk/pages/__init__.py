"""Pages of the desk: lists beside details, the case, what may be done with it."""

from chengshao.desk.pages.case import attachment, case, contact
from chengshao.desk.pages.lists import cases, home, queue
from chengshao.desk.pages.moves import decline, dispatch, evidence, move, register
from chengshao.desk.pages.search import matters, palette, places, units

__all__ = [
    "attachment",
    "case",
    "cases",
    "contact",
    "decline",
    "dispatch",
    "evidence",
    "home",
    "matters",
    "move",
    "palette",
    "places",
    "queue",
    "register",
    "units",
]
