"""Reads: imports of old cases, how names in them are understood, and what was refused."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

from django.conf import settings
from django.db.models import Q, QuerySet
from django.db.models.fields.json import KT

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
UNKNOWN = {  # the reason against a row whose name means nobody known here
    NameKind.UNIT: "old_case_unit_unknown",
    NameKind.MATTER: "old_case_matter_unknown",
    NameKind.DIVISION: "old_case_division_unknown",
}
NAME_TOLD = 80  # letters of a name that a reason repeats
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


def table_named(import_id: int) -> CaseImport | None:
    """Return an import by source and name of file, which whoever sees its cases may know."""
    return CaseImport.objects.only("source", "file_name").filter(pk=import_id).first()


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


def refusals(of: CaseImport, *, limit: int = 200) -> list[ImportRefusal]:
    """Return the first faults of an import, in the order of the table; see rows_refused."""
    return list(_refusals(of).order_by("row", "pk")[:limit])


def rows_refused(of: CaseImport) -> int:
    """
    Return how many rows were not taken in; before the import begins, how many would not be, for
    what stands in them alone and for names of which nobody said or guessed whom they mean.
    """
    if of.state != ImportState.PREPARED:
        return of.refused
    return _refusals(of).order_by().values("row").distinct().count()


def refusals_table(of: CaseImport) -> bytes:
    """Return all rows that were (or would be) not taken in, with column and reason."""

    def lines() -> Iterator[list[str | int]]:
        for one in _refusals(of).order_by("row", "pk").iterator():
            yield [one.row, one.column, text(one.code, one.params)]

    return write_table(REFUSALS_HEADINGS, lines())


def _refusals(of: CaseImport) -> QuerySet[ImportRefusal]:
    rows = ImportRefusal.objects.filter(of=of)
    if of.state != ImportState.PREPARED:
        return rows
    stand = ~Q(code__in=UNKNOWN.values())
    for kind, code in UNKNOWN.items():
        names = of.names.get(kind, {}).items()
        nobody = [name[:NAME_TOLD] for name, n in names if not n["code"] and not n["certain"]]
        stand |= Q(code=code, value__in=nobody)
    return rows.alias(value=KT("params__value")).filter(stand)
