"""Writes of this room: one public function a use case."""

from chengshao.knowledge.actions._common import KnowledgePowerMissing
from chengshao.knowledge.actions.corrections import (
    CorrectionEnded,
    CorrectionWordsMissing,
    ExpiredNeedsVersion,
    OnlyMissingIsAssigned,
    answer_correction,
    assign_missing,
    chase_expired,
    report_missing,
    report_wrong,
)
from chengshao.knowledge.actions.items import (
    CaseNamesUnit,
    CaseTellsTooMuch,
    ItemChangedMeanwhile,
    ItemCodeTaken,
    publish,
    withdraw,
)
from chengshao.knowledge.actions.readings import keep_on_report, read_aloud
from chengshao.knowledge.actions.tables import Imported, import_items

__all__ = [
    "CaseNamesUnit",
    "CaseTellsTooMuch",
    "CorrectionEnded",
    "CorrectionWordsMissing",
    "ExpiredNeedsVersion",
    "Imported",
    "ItemChangedMeanwhile",
    "ItemCodeTaken",
    "KnowledgePowerMissing",
    "OnlyMissingIsAssigned",
    "answer_correction",
    "assign_missing",
    "chase_expired",
    "import_items",
    "keep_on_report",
    "publish",
    "read_aloud",
    "report_missing",
    "report_wrong",
    "withdraw",
]
