"""What is wrong in a table that somebody hands in: every fault with its row and column."""

from dataclasses import dataclass, field

from chengshao.kernel.errors import DomainError, Invalid


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. The row counts as a spreadsheet does: 1 is the header; 0 is the whole table."""

    row: int
    column: str
    code: str
    params: dict[str, str | int] = field(default_factory=dict)


class TableRefused(Invalid):
    """The table has faults; nothing of it was taken in."""

    code = "table_refused"

    def __init__(self, faults: "list[Fault]") -> None:
        super().__init__(count=len(faults))
        self.faults = tuple(faults)


class Faults:
    """Collects faults while a table is read, and refuses it as a whole in the end."""

    def __init__(self) -> None:
        self.found: list[Fault] = []

    def add(self, row: int, column: str, code: str, **params: str | int) -> None:
        self.found.append(Fault(row, column, code, params))

    def add_error(self, row: int, column: str, error: DomainError) -> None:
        self.found.append(Fault(row, column, error.code, dict(error.params)))

    def refuse_if_any(self) -> None:
        """:raises TableRefused: if a fault was found"""
        if self.found:
            raise TableRefused(self.found)
