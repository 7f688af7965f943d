"""What the forms ask of each kind of closing (F17)."""

from chengshao.workorders.terms import ClosingKind

CLOSING_FIELDS: dict[str, tuple[str, ...]] = {
    ClosingKind.PROMISED: ("promised_on",),
    ClosingKind.PROCEDURE: ("organ", "procedure_number", "procedure_on"),
    ClosingKind.LEDGER: ("ledger_level", "review_on"),
}
