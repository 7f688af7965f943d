"""Writes of this room, by what they are about. This is the door: import from here."""

from chengshao.notices.actions.announcing import announce
from chengshao.notices.actions.expanding import expand
from chengshao.notices.actions.keeping import (
    BudgetOutOfBounds,
    MessagesPowerMissing,
    NoticeDatePast,
    NoticeDateTaken,
    NotToResend,
    ResendReasonMissing,
    load_seeds,
    resend,
    set_budget,
    set_template,
)
from chengshao.notices.actions.reading import (
    AddressInvalid,
    read,
    read_all,
    read_of_case,
    set_wishes,
)
from chengshao.notices.actions.sending import send_due
from chengshao.notices.actions.tables import export_templates, import_templates

__all__ = [
    "AddressInvalid",
    "BudgetOutOfBounds",
    "MessagesPowerMissing",
    "NotToResend",
    "NoticeDatePast",
    "NoticeDateTaken",
    "ResendReasonMissing",
    "announce",
    "expand",
    "export_templates",
    "import_templates",
    "load_seeds",
    "read",
    "read_all",
    "read_of_case",
    "resend",
    "send_due",
    "set_budget",
    "set_template",
    "set_wishes",
]
