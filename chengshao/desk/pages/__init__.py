"""Pages of the desk: lists beside details, the case, what may be done with it."""

from chengshao.desk.pages.calls import case_call
from chengshao.desk.pages.case import attachment, case, contact, photo, printed, viewings
from chengshao.desk.pages.case_list import cases, cases_file, drop_view, keep_view
from chengshao.desk.pages.circle import end_naming, find_people, name_person
from chengshao.desk.pages.lists import home, queue
from chengshao.desk.pages.moves import (
    answer_directly,
    call,
    case_move,
    dispatch,
    evidence,
    merge,
    move,
    register,
    undo_merge,
)
from chengshao.desk.pages.qualifying import qualify, take_off
from chengshao.desk.pages.search import matters, palette, places, units
from chengshao.desk.pages.writing import remark, write

__all__ = [
    "answer_directly",
    "attachment",
    "call",
    "case",
    "case_call",
    "case_move",
    "cases",
    "cases_file",
    "contact",
    "dispatch",
    "drop_view",
    "end_naming",
    "evidence",
    "find_people",
    "home",
    "keep_view",
    "matters",
    "merge",
    "move",
    "name_person",
    "palette",
    "photo",
    "places",
    "printed",
    "qualify",
    "queue",
    "register",
    "remark",
    "take_off",
    "undo_merge",
    "units",
    "viewings",
    "write",
]
