"""Writes: one public function a use case."""

from chengshao.intake.actions._imports import (
    FileChanged,
    ImportEnded,
    NamesUnsettled,
    digest_of_file,
    unsettled,
)
from chengshao.intake.actions.preparing import (
    NameCodeUnknown,
    NothingInTable,
    TooManyNames,
    accept_guesses,
    drop_import,
    names_of_ours,
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
    receive,
    record_fixed,
)
from chengshao.intake.actions.taking_in import AT_ONCE, go_on

__all__ = [
    "AT_ONCE",
    "ChannelNotOpen",
    "FileChanged",
    "ImportEnded",
    "NameCodeUnknown",
    "NamesUnsettled",
    "NothingInTable",
    "Received",
    "TooManyNames",
    "TooManyReports",
    "accept_guesses",
    "digest_of_file",
    "drop_import",
    "forget_addresses",
    "go_on",
    "keep_found",
    "names_of_ours",
    "prepare_import",
    "receive",
    "record_fixed",
    "settle_names",
    "start_import",
    "unsettled",
]
