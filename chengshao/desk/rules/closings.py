"""What the forms ask of each kind of closing (F17), and by which the desk itself may close."""

from chengshao.workorders.terms import ClosingKind

CLOSING_FIELDS: dict[str, tuple[str, ...]] = {
    ClosingKind.PROMISED: ("promised_on",),
    ClosingKind.PROCEDURE: ("organ", "procedure_number", "procedure_on"),
    ClosingKind.LEDGER: ("ledger_level", "review_on"),
}
DIRECT_CLOSINGS = (ClosingKind.EXPLAINED, ClosingKind.OTHER_WAY, ClosingKind.SOLVED)
