"""Writes: one public function a use case."""

from chengshao.intake.actions._imports import (
    FileChanged,
    ImportEnded,
    NamesUnsettled,
    digest_of_file,
    names_in,
    unsettled,
)
from chengshao.intake.actions.background import TAKE_IN, go_on_later, start_in_background
from chengshao.intake.actions.calls import ExpiredNotRead, NotAnsweredAtOnce, take_call
from chengshao.intake.actions.preparing import (
    MappedColumnsMissing,
    NameCodeUnknown,
    NothingInTable,
    TooManyNames,
    accept_guesses,
    drop_import,
    prepare_import,
    settle_names,
    start_import,
)
from chengshao.intake.actions.receiving import (
    ChannelNotOpen,
    Received,
    TooManyReports,
    forget_addresses,
    keep_found,
    keep_picture,
    receive,
    record_fixed,
)
from chengshao.intake.actions.tables import MOST_BYTES, forget_table, forget_tables, keep_table
from chengshao.intake.actions.taking_in import AT_ONCE, go_on, go_on_with_kept

__all__ = [
    "AT_ONCE",
    "MOST_BYTES",
    "TAKE_IN",
    "ChannelNotOpen",
    "ExpiredNotRead",
    "FileChanged",
    "ImportEnded",
    "MappedColumnsMissing",
    "NameCodeUnknown",
    "NamesUnsettled",
    "NotAnsweredAtOnce",
    "NothingInTable",
    "Received",
    "TooManyNames",
    "TooManyReports",
    "accept_guesses",
    "digest_of_file",
    "drop_import",
    "forget_addresses",
    "forget_table",
    "forget_tables",
    "go_on",
    "go_on_later",
    "go_on_with_kept",
    "keep_found",
    "keep_picture",
    "keep_table",
    "names_in",
    "prepare_import",
    "receive",
    "record_fixed",
    "settle_names",
    "start_import",
    "start_in_background",
    "take_call",
    "unsettled",
]
