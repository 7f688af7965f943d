"""What every step of an import of old cases asks first, and how names stand in a row."""

from collections.abc import Iterable, Iterator
from hashlib import file_digest
from pathlib import Path
from typing import TypeAlias

from django.db.models import QuerySet

from chengshao.intake.models import CaseImport, ImportRefusal
from chengshao.intake.queries import ImportNotFound
from chengshao.intake.rules.case_table import CaseTable
from chengshao.intake.terms import NameKind
from chengshao.kernel.actor import Actor
from chengshao.kernel.errors import Refused
from chengshao.kernel.tables import Fault
from chengshao.web.sheets import Row
from chengshao.workorders.actions import PowerMissing
from chengshao.workorders.terms import Power

BETWEEN = " / "  # the parts of a name that stands in two columns
Known: TypeAlias = dict[str, str | bool | int]
Settled: TypeAlias = dict[str, dict[str, Known]]


class ImportEnded(Refused):
    """It has begun or is over: what was taken in was read the old way."""

    code = "import_ended"


class FileChanged(Refused):
    """The file is another one than that whose names were settled."""

    code = "import_file_changed"


class NamesUnsettled(Refused):
    """Names were only guessed: somebody has to look at them first."""

    code = "import_names_unsettled"


def check_may_import(actor: Actor) -> None:
    """:raises PowerMissing: if the actor may not import cases"""
    if not actor.holds(Power.IMPORT_CASES):
        raise PowerMissing(power=Power.IMPORT_CASES)


def locked(import_id: int, *, whole: bool = True) -> CaseImport:
    """
    Return the import, locked.

    :param whole: with its names and its mapping, which may be long
    :raises ImportNotFound: if there is none
    """
    rows = CaseImport.objects.select_for_update().filter(pk=import_id)
    of = (rows if whole else rows.defer("names", "mapping")).first()
    if of is None:
        raise ImportNotFound
    return of


def unsettled(of: CaseImport) -> int:
    """Return how many names of the table are only guessed."""
    return sum(
        bool(name["code"]) and not name["certain"]
        for names in of.names.values()
        for name in names.values()
    )


def refusals_of(of: CaseImport, faults: Iterable[Fault]) -> Iterator[ImportRefusal]:
    """Yield faults as they are kept with an import."""
    for fault in faults:
        yield ImportRefusal(
            of=of, row=fault.row, column=fault.column[:200], code=fault.code, params=fault.params
        )


def forget_imports(imports: QuerySet[CaseImport]) -> None:
    """Delete imports that took nothing in, with what stood against their rows."""
    ImportRefusal.objects.filter(of__in=imports).delete()
    imports.delete()


def digest_of_file(path: Path) -> str:
    """Return the sha256 of a file."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def names_in(row: Row, table: CaseTable) -> Iterator[tuple[NameKind, str]]:
    """Yield the names that a row tells, each as one even where it stands in two columns."""
    cells = {
        NameKind.UNIT: (table.unit, table.unit_name),
        NameKind.MATTER: (table.matter,),
        NameKind.DIVISION: (table.subdistrict, table.community),
    }
    for kind, parts in cells.items():
        name = joined(*(cell.of(row) if cell else "" for cell in parts))
        if name:
            yield kind, name


def joined(*words: str) -> str:
    """Return what a row says of one thing in several columns, as one name."""
    return BETWEEN.join(word for word in words if word)
