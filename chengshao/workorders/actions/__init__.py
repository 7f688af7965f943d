"""Writes: one public function a use case. Lock, decide, store, tell; nothing else."""

from chengshao.workorders.actions._places import Place, located
from chengshao.workorders.actions._store import ChangedMeanwhile
from chengshao.workorders.actions.cases import dispatch, end_case, erase_notes, open_task, register
from chengshao.workorders.actions.reports import (
    ClientKeyReused,
    FilesEnough,
    NewReport,
    WordsMissing,
    attach_to_report,
    check_may_send_file,
    lapse_rating,
    link_of,
    rate_report,
    receive_report,
    withdraw_report,
)
from chengshao.workorders.actions.tasks import (
    EvidenceNotAsked,
    attach_evidence,
    check_may_attach,
    move_task,
)

__all__ = [
    "ChangedMeanwhile",
    "ClientKeyReused",
    "EvidenceNotAsked",
    "FilesEnough",
    "NewReport",
    "Place",
    "WordsMissing",
    "attach_evidence",
    "attach_to_report",
    "check_may_attach",
    "check_may_send_file",
    "dispatch",
    "end_case",
    "erase_notes",
    "lapse_rating",
    "link_of",
    "located",
    "move_task",
    "open_task",
    "rate_report",
    "receive_report",
    "register",
    "withdraw_report",
]
