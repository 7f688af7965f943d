"""Writes: one public function a use case."""

from chengshao.intake.actions.old_cases import (
    ImportEnded,
    NamesUnsettled,
    accept_guesses,
    go_on,
    prepare_import,
    settle_names,
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

__all__ = [
    "ChannelNotOpen",
    "ImportEnded",
    "NamesUnsettled",
    "Received",
    "TooManyReports",
    "accept_guesses",
    "forget_addresses",
    "go_on",
    "keep_found",
    "prepare_import",
    "receive",
    "record_fixed",
    "settle_names",
]
