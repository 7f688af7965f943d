"""Reads: imports of old cases, how names in them are understood, and what was refused."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from django.conf import settings

from chengshao.catalog import queries as catalog
from chengshao.intake.models import CaseImport, ImportRefusal
from chengshao.intake.rules.names import Names
from chengshao.intake.terms import ImportState, NameKind
from chengshao.kernel.actor import Actor
from chengshao.kernel.errors import NotFound
from chengshao.kernel.tables import Faults
from chengshao.people import queries as people
from chengshao.places import queries as places
from chengshao.web.sheets import read_table, write_table
from chengshao.web.texts import term, text
from chengshao.workorders.terms import Power

NAMES_HEADINGS = ("类别", "表中写法", "行数", "对应代码", "对应名称", "是否确认")
REFUSALS_HEADINGS = ("行号", "列", "原因")
_SURE = {"是": True, "否": False}


class ImportNotFound(NotFound):
    code = "import_not_found"


def folder_of_tables() -> Path:
    """Return where tables lie that were handed in over a page."""
    return Path(settings.MEDIA_ROOT) / "imports"


def path_of_table(digest: str) -> Path:
    """Return where a table of this digest lies, if it was handed in over a page."""
    return folder_of_tables() / digest


def imports_under_way() -> list[int]:
    """Return the imports that were begun, for the job that goes on with them."""
    running = CaseImport.objects.filter(state=ImportState.RUNNING)
    return list(running.order_by("pk").values_list("pk", flat=True))


def imports(*, actor: Actor, limit: int = 20) -> list[CaseImport]:
    """Return the newest imports; none for who may not import cases."""
    if not actor.holds(Power.IMPORT_CASES):
        return []
    rows = CaseImport.objects.select_related("user").defer("names", "mapping")
    return list(rows.order_by("-pk")[:limit])


def import_of(import_id: int, *, actor: Actor) -> CaseImport:
    """:raises ImportNotFound: if it is not there for this actor"""
    found = CaseImport.objects.filter(pk=import_id).first()
    if found is None or not actor.holds(Power.IMPORT_CASES):
        raise ImportNotFound
    return found


def names_by_code(kind: NameKind, on: date) -> Mapping[str, list[str]]:
    """Return all names of ours of a kind by their codes, of units also those that are closed."""
    match kind:
        case NameKind.UNIT:
            return {code: unit.names for code, unit in people.units_by_code().items()}
        case NameKind.MATTER:
            return catalog.names_by_code(on)
        case NameKind.DIVISION:
            return places.names_by_code(on)


def our_names(kind: NameKind, on: date) -> Names:
    """Return ours of a kind, to find whom a name means."""
    if kind is not NameKind.UNIT:
        return Names(names_by_code(kind, on))
    units = people.units_by_code()
    names = {code: unit.names for code, unit in units.items()}
    return Names(names, lambda code, day: units[code].holds_on(day))


def names_table(of: CaseImport) -> bytes:
    """Return how names are understood, as the table that `read_names` reads."""
    rows = [
        [
            term("name_kind", kind),
            told,
            int(name["count"]),
            str(name["code"]),
            str(name["name"]),
            "是" if name["certain"] else "否",
        ]
        for kind, names in of.names.items()
        for told, name in names.items()
    ]
    return write_table(NAMES_HEADINGS, rows)


def read_names(content: bytes) -> dict[NameKind, dict[str, str]]:
    """
    Return which names a table settles: those that it calls confirmed, a code or "" for nobody.

    :raises TableRefused: naming the rows that can't be read
    """
    kinds = {str(term("name_kind", kind)): kind for kind in NameKind}
    faults = Faults()
    chosen: dict[NameKind, dict[str, str]] = {}
    for row in read_table(content, required=(*NAMES_HEADINGS[:2], *NAMES_HEADINGS[3::2])):
        kind, sure = kinds.get(row["类别"]), _SURE.get(row["是否确认"])
        if kind is None:
            faults.add(row.number, "类别", "value_unknown", value=row["类别"])
        elif sure is None:
            faults.add(row.number, "是否确认", "value_unknown", value=row["是否确认"])
        elif sure:
            chosen.setdefault(kind, {})[row["表中写法"]] = row["对应代码"]
    faults.refuse_if_any()
    return chosen


def refusals(import_id: int, *, limit: int = 200) -> list[ImportRefusal]:
    """Return the first faults of an import, in the order of the table."""
    return list(ImportRefusal.objects.filter(of=import_id).order_by("row", "pk")[:limit])


def refusals_table(import_id: int) -> bytes:
    """Return all rows that were not taken in, with column and reason."""

    def lines() -> Iterator[list[str | int]]:
        for one in ImportRefusal.objects.filter(of=import_id).order_by("row", "pk").iterator():
            yield [one.row, one.column, text(one.code, one.params)]

    return write_table(REFUSALS_HEADINGS, lines())
