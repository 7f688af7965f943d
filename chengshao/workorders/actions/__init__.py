"""Writes: one public function a use case. Lock, decide, store, tell; nothing else."""

from chengshao.workorders.actions._places import (
    Place,
    located,
    place_at,
)
from chengshao.workorders.actions._store import (
    ChangedMeanwhile,
)
from chengshao.workorders.actions.alerts import (
    see_alerts,
)
from chengshao.workorders.actions.calls import (
    ChasedLately,
    SupplementedOften,
    answer_progress,
    chase_report,
    check_may_hand,
    hand_link,
    read_result,
    reopen_by_citizen,
    supplement_report,
    write_to_citizen,
)
from chengshao.workorders.actions.cases import (
    answer_directly,
    dispatch,
    move_case,
    open_task,
    register,
)
from chengshao.workorders.actions.circle import (
    LastNamed,
    PersonNotNamed,
    PersonNotOfUnit,
    end_naming,
    name_person,
)
from chengshao.workorders.actions.copies import (
    copy_to,
    send_copies,
)
from chengshao.workorders.actions.erasing import (
    NothingToErase,
    erase_attachment,
    erase_notes,
    erase_report,
)
from chengshao.workorders.actions.importing import (
    MOST_AT_ONCE,
    OldCaseChanged,
    OldCaseDueTooFar,
    OldCaseOfTheFuture,
    OldCaseOpenButEnded,
    OldCaseRow,
    OldCaseTimesContradict,
    Provenance,
    Taken,
    check_old_case_times,
    import_cases,
)
from chengshao.workorders.actions.merges import (
    MergeWithItself,
    merge_cases,
    undo_merge,
)
from chengshao.workorders.actions.nuisance import (
    mark_nuisance,
    unmark_nuisance,
)
from chengshao.workorders.actions.outdoors import (
    note_seen,
    show_found,
    show_seen,
)
from chengshao.workorders.actions.qualifying import (
    qualify_report,
    take_off_complaint,
)
from chengshao.workorders.actions.ratings import (
    VoidedOften,
    lapse_rating,
    rate_report,
    void_rating,
)
from chengshao.workorders.actions.remarks import RemarkMissing, remark
from chengshao.workorders.actions.report_files import (
    MOST_FILES,
    FilesEnough,
    ReportErased,
    attach_to_report,
    check_may_send_file,
)
from chengshao.workorders.actions.reports import (
    ClientKeyReused,
    NewReport,
    OuterDueFar,
    OuterDueNotYours,
    OuterDuePast,
    WordsMissing,
    link_of,
    receive_report,
    record_fixed,
    withdraw_report,
)
from chengshao.workorders.actions.seals import (
    SealLineDiffers,
    seal_next_day,
    write_seals,
)
from chengshao.workorders.actions.sweeps import (
    Swept,
    adopt_calendar,
    archive_case,
    bring_back_promise,
    recalculate_case,
    resume_case,
    review_ledger,
    say_what_is_due,
    take_sample,
)
from chengshao.workorders.actions.tasks import (
    ContactNotTaken,
    EvidenceNotAsked,
    attach_evidence,
    check_may_attach,
    move_task,
    record_contact,
)
from chengshao.workorders.actions.viewings import (
    log_viewing,
    log_viewings,
    look_up_contact,
    look_up_phone,
)
from chengshao.workorders.rules.facts import (
    Closing,
)
from chengshao.workorders.rules.refusals import (
    AskThePlatform,
    PowerMissing,
)

__all__ = [
    "MOST_AT_ONCE",
    "MOST_FILES",
    "AskThePlatform",
    "ChangedMeanwhile",
    "ChasedLately",
    "ClientKeyReused",
    "Closing",
    "ContactNotTaken",
    "EvidenceNotAsked",
    "FilesEnough",
    "LastNamed",
    "MergeWithItself",
    "NewReport",
    "NothingToErase",
    "OldCaseChanged",
    "OldCaseDueTooFar",
    "OldCaseOfTheFuture",
    "OldCaseOpenButEnded",
    "OldCaseRow",
    "OldCaseTimesContradict",
    "OuterDueFar",
    "OuterDueNotYours",
    "OuterDuePast",
    "PersonNotNamed",
    "PersonNotOfUnit",
    "Place",
    "PowerMissing",
    "Provenance",
    "RemarkMissing",
    "ReportErased",
    "SealLineDiffers",
    "SupplementedOften",
    "Swept",
    "Taken",
    "VoidedOften",
    "WordsMissing",
    "adopt_calendar",
    "answer_directly",
    "answer_progress",
    "archive_case",
    "attach_evidence",
    "attach_to_report",
    "bring_back_promise",
    "chase_report",
    "check_may_attach",
    "check_may_hand",
    "check_may_send_file",
    "check_old_case_times",
    "copy_to",
    "dispatch",
    "end_naming",
    "erase_attachment",
    "erase_notes",
    "erase_report",
    "hand_link",
    "import_cases",
    "lapse_rating",
    "link_of",
    "located",
    "log_viewing",
    "log_viewings",
    "look_up_contact",
    "look_up_phone",
    "mark_nuisance",
    "merge_cases",
    "move_case",
    "move_task",
    "name_person",
    "note_seen",
    "open_task",
    "place_at",
    "qualify_report",
    "rate_report",
    "read_result",
    "recalculate_case",
    "receive_report",
    "record_contact",
    "record_fixed",
    "register",
    "remark",
    "reopen_by_citizen",
    "resume_case",
    "review_ledger",
    "say_what_is_due",
    "seal_next_day",
    "see_alerts",
    "send_copies",
    "show_found",
    "show_seen",
    "supplement_report",
    "take_off_complaint",
    "take_sample",
    "undo_merge",
    "unmark_nuisance",
    "void_rating",
    "withdraw_report",
    "write_seals",
    "write_to_citizen",
]
