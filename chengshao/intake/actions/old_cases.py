"""Old cases of another system: a table is looked through, its names are settled, it is taken in."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from hashlib import file_digest
from itertools import islice
from pathlib import Path
from typing import TypeAlias

from django.db import transaction
from django.utils.timezone import localdate

from chengshao.catalog import queries as catalog
from chengshao.intake.models import CaseImport, ImportRefusal
from chengshao.intake.queries import ImportNotFound
from chengshao.intake.rules.case_table import CaseTable, Said, read_row
from chengshao.intake.rules.names import Names
from chengshao.intake.terms import ImportState, NameKind
from chengshao.kernel.actor import Actor
from chengshao.kernel.errors import Invalid, Refused
from chengshao.kernel.tables import Fault, Faults, TableRefused
from chengshao.people import queries as people
from chengshao.places import queries as places
from chengshao.places.queries import PointOutside
from chengshao.web.sheets import Row, stream_table
from chengshao.workorders import actions as workorders
from chengshao.workorders.actions import NewReport, OldCaseRow, Place, PowerMissing
from chengshao.workorders.terms import Power

_AT_ONCE = 500
_MOST_NAMES = 20_000  # of one kind: a column with more is no column of names
_BETWEEN = " / "  # the parts of a name that stands in two columns
_UNKNOWN = {
    NameKind.UNIT: "old_case_unit_unknown",
    NameKind.MATTER: "old_case_matter_unknown",
    NameKind.DIVISION: "old_case_division_unknown",
}
Settled: TypeAlias = dict[str, dict[str, dict[str, str | bool | int]]]


class ImportEnded(Refused):
    code = "import_ended"


class FileChanged(Refused):
    """The file is another one than that whose names were settled."""

    code = "import_file_changed"


class NamesUnsettled(Refused):
    """Names were only guessed: somebody has to look at them first."""

    code = "import_names_unsettled"


class TooManyNames(Invalid):
    code = "import_too_many_names"


@transaction.atomic
def prepare_import(
    *, path: Path, name: str, table: CaseTable, mapping: str, actor: Actor, at: datetime
) -> CaseImport:
    """
    Look a table through: how many rows it has, and which of ours the names in it mean.

    The same file of the same source that was not taken in to its end is gone on with.

    :param mapping: the text that `table` was read from
    :raises PowerMissing: if the actor may not import cases
    :raises TableRefused: if it lacks a column that the mapping names, or a heading comes twice
    :raises FileUnreadable: if it is neither Excel nor CSV
    :raises TooManyNames: if a column of names has too many different ones
    """
    _check_may_import(actor)
    digest = digest_of_file(path)
    begun = CaseImport.objects.select_for_update().filter(source=table.source, file_digest=digest)
    under_way = begun.exclude(state=ImportState.DONE).first()
    if under_way is not None and under_way.mapping == mapping:
        return under_way
    if under_way is not None and under_way.position:
        raise ImportEnded
    begun.exclude(state=ImportState.DONE).delete()
    rows, told = _looked_through(path, table)
    return CaseImport.objects.create(
        source=table.source,
        file_name=name[:200],
        file_digest=digest,
        mapping=mapping,
        names=_proposed(told, localdate(at)),
        state=ImportState.PREPARED,
        rows=rows,
        user_id=actor.user_id,
        prepared_at=at,
    )


@transaction.atomic
def settle_names(
    *, import_id: int, chosen: Mapping[NameKind, Mapping[str, str]], actor: Actor
) -> CaseImport:
    """
    Say which of ours names in the table mean: a code, or "" where nobody here is meant.

    :raises PowerMissing: if the actor may not import cases
    :raises ImportNotFound: if there is no such import
    :raises ImportEnded: if it has begun: what was taken in was read the old way
    """
    _check_may_import(actor)
    of = _locked(import_id)
    if of.state != ImportState.PREPARED:
        raise ImportEnded
    for kind, names in chosen.items():
        for told, code in names.items():
            if told in of.names.get(kind, {}):
                of.names[kind][told] |= {"code": code, "certain": True}
    of.save(update_fields=["names"])
    return of


def accept_guesses(*, import_id: int, actor: Actor) -> CaseImport:
    """
    Take all names as they were guessed.

    :raises DomainError: see settle_names
    """
    of = CaseImport.objects.filter(pk=import_id).first()
    guessed: dict[NameKind, dict[str, str]] = {
        NameKind(kind): {told: str(name["code"]) for told, name in names.items() if name["code"]}
        for kind, names in (of.names if of else {}).items()
    }
    return settle_names(import_id=import_id, chosen=guessed, actor=actor)


def go_on(
    *,
    import_id: int,
    path: Path,
    table: CaseTable,
    actor: Actor,
    at: datetime,
    tell: Callable[[CaseImport], None] = lambda _of: None,
) -> CaseImport:
    """
    Take the table in from where it stopped, some hundred rows a transaction, each of them whole
    or not at all; a row that can't be taken is kept with its faults.

    :raises PowerMissing: if the actor may not import cases
    :raises ImportNotFound: if there is no such import
    :raises FileChanged: if this is not the file that was looked through
    :raises NamesUnsettled: if names in it were only guessed
    """
    _check_may_import(actor)
    with transaction.atomic():
        of = _locked(import_id)
        if of.file_digest != digest_of_file(path):
            raise FileChanged
        if open_names := unsettled(of):
            raise NamesUnsettled(count=open_names)
        if of.state == ImportState.DONE:
            return of
        of.state = ImportState.RUNNING
        of.save(update_fields=["state"])
    reading = _Reading(table, of.names, at)
    rows = enumerate(stream_table(path), start=1)
    waiting = (each for each in rows if each[0] > of.position)
    for some in _in_batches(waiting):
        of = _take(import_id, some, reading, actor, at)
        tell(of)
    return _end(import_id, at)


def unsettled(of: CaseImport) -> int:
    """Return how many names of the table are only guessed."""
    return sum(
        bool(name["code"]) and not name["certain"]
        for names in of.names.values()
        for name in names.values()
    )


def digest_of_file(path: Path) -> str:
    """Return the sha256 of a file."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _in_batches(rows: Iterator[tuple[int, Row]]) -> Iterator[Sequence[tuple[int, Row]]]:
    """Yield some rows at a time."""
    while some := list(islice(rows, _AT_ONCE)):
        yield some


@transaction.atomic
def _take(
    import_id: int,
    rows: Sequence[tuple[int, Row]],
    reading: "_Reading",
    actor: Actor,
    at: datetime,
) -> CaseImport:
    of = _locked(import_id)
    fresh = [(place, row) for place, row in rows if place > of.position]
    faults = Faults()
    read: list[tuple[Row, OldCaseRow]] = []
    for _place, row in fresh:
        if (old := reading.read(row, faults)) is not None:
            read.append((row, old))
    result = workorders.import_cases(
        rows=[old for _, old in read], source=of.source, batch=of.pk, actor=actor, at=at
    )
    for index, error in result.refused.items():
        faults.add_error(read[index][0].number, "", error)
    ImportRefusal.objects.bulk_create(_refusal(of, fault) for fault in faults.found)
    of.position = max((place for place, _ in rows), default=of.position)
    of.taken += len(result.numbers)
    of.known += len(result.known)
    of.refused += len({fault.row for fault in faults.found})
    of.save(update_fields=["position", "taken", "known", "refused"])
    return of


def _refusal(of: CaseImport, fault: Fault) -> ImportRefusal:
    return ImportRefusal(
        of=of, row=fault.row, column=fault.column[:200], code=fault.code, params=fault.params
    )


@transaction.atomic
def _end(import_id: int, at: datetime) -> CaseImport:
    of = _locked(import_id)
    of.state, of.ended_at = ImportState.DONE, at
    of.save(update_fields=["state", "ended_at"])
    return of


def _locked(import_id: int) -> CaseImport:
    of = CaseImport.objects.select_for_update().filter(pk=import_id).first()
    if of is None:
        raise ImportNotFound
    return of


def _check_may_import(actor: Actor) -> None:
    if not actor.holds(Power.IMPORT_CASES):
        raise PowerMissing(power=Power.IMPORT_CASES)


def _looked_through(path: Path, table: CaseTable) -> tuple[int, dict[NameKind, Counter[str]]]:
    told = {kind: Counter[str]() for kind in NameKind}
    rows = 0
    for row in stream_table(path):
        if rows == 0:
            _check_columns(row, table)
        rows += 1
        for kind, name in _names_in(row, table):
            told[kind][name] += 1
            if len(told[kind]) > _MOST_NAMES:
                raise TooManyNames(kind=kind, most=_MOST_NAMES)
    return rows, told


def _check_columns(row: Row, table: CaseTable) -> None:
    lacking = [column for column in dict.fromkeys(table.columns()) if column not in set(row)]
    if lacking:
        raise TableRefused([Fault(1, name, "column_missing", {"name": name}) for name in lacking])


def _names_in(row: Row, table: CaseTable) -> Iterator[tuple[NameKind, str]]:
    cells = {
        NameKind.UNIT: (table.unit, table.unit_name),
        NameKind.MATTER: (table.matter,),
        NameKind.DIVISION: (table.subdistrict, table.community),
    }
    for kind, parts in cells.items():
        name = _joined(*(cell.of(row) if cell else "" for cell in parts))
        if name:
            yield kind, name


def _joined(*words: str) -> str:
    """Return what a row says of one thing in several columns, as one name."""
    return _BETWEEN.join(words) if any(words) else ""


def _proposed(told: Mapping[NameKind, Counter[str]], today: date) -> Settled:
    """Return for each name which of ours it means: for certain, as a guess, or nobody."""
    ours = {
        NameKind.UNIT: Names(people.names_by_code(today)),
        NameKind.MATTER: Names(catalog.names_by_code(today)),
        NameKind.DIVISION: Names(places.names_by_code(today)),
    }
    settled: Settled = {}
    for kind, counts in told.items():
        settled[kind] = {}
        for name, count in counts.most_common():
            match = ours[kind].match(*_in_order(kind, name))
            settled[kind][name] = {
                "code": match.code,
                "name": match.name,
                "certain": match.certain,
                "count": count,
            }
    return settled


def _in_order(kind: NameKind, name: str) -> list[str]:
    """Return the words of a name, the most telling first: a community before its sub-district."""
    words = [word for word in name.split(_BETWEEN) if word]
    return words[::-1] if kind is NameKind.DIVISION else words


class _Reading:
    """Rows as this district understands them."""

    def __init__(self, table: CaseTable, names: Settled, at: datetime) -> None:
        self._table = table
        self._names = names
        self._at = at
        codes = {str(name["code"]) for name in names.get(NameKind.UNIT, {}).values()}
        self._units = people.unit_ids_by_code(codes)

    def read(self, row: Row, faults: Faults) -> OldCaseRow | None:
        said = read_row(row.number, row, self._table, faults)
        if said is None:
            return None
        before = len(faults.found)
        unit = self._meant(row, faults, NameKind.UNIT, said.unit, said.unit_name)
        matter = self._meant(row, faults, NameKind.MATTER, said.matter)
        division = self._meant(row, faults, NameKind.DIVISION, said.subdistrict, said.community)
        place = self._place(row, faults, said, division)
        if len(faults.found) > before or place is None:
            return None
        return OldCaseRow(
            key=said.key,
            digest=said.digest,
            report=_report_of(said),
            place=place,
            matter=matter,
            unit_id=self._units.get(unit),
            opened_at=said.opened_at,
            ended_at=said.ended_at,
            due_at=said.due_at,
            closed_as=said.closed_as,
            in_time=said.in_time,
        )

    def _meant(self, row: Row, faults: Faults, kind: NameKind, *words: str) -> str:
        name = _joined(*words)
        known = self._names.get(kind, {}).get(name) if name else None
        if known is not None and (known["code"] or known["certain"]):
            return str(known["code"])
        if name:
            faults.add(row.number, self._column(kind), _UNKNOWN[kind], value=name[:80])
        return ""

    def _column(self, kind: NameKind) -> str:
        cells = {
            NameKind.UNIT: self._table.unit or self._table.unit_name,
            NameKind.MATTER: self._table.matter,
            NameKind.DIVISION: self._table.community or self._table.subdistrict,
        }
        cell = cells[kind]
        return cell.column if cell else ""

    def _place(self, row: Row, faults: Faults, said: Said, division: str) -> Place | None:
        if said.lng is None or said.lat is None:
            return Place(said.place, division)
        try:
            return workorders.located(said.place, said.lng, said.lat, on=localdate(self._at))
        except PointOutside as error:
            column = self._table.point.lng if self._table.point else ""
            faults.add_error(row.number, column, error)
            return None


def _report_of(said: Said) -> NewReport:
    return NewReport(
        client_key="",
        channel=said.channel,
        words=said.words,
        place=said.place,
        lng=said.lng,
        lat=said.lat,
        source_number=said.source_number,
        source_at=said.opened_at,
        contact_name=said.contact_name,
        contact_phone=said.contact_phone,
        confidential=said.confidential,
        kind=said.kind,
        complained_about=said.complained_about,
    )
