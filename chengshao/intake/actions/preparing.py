"""Old cases of another system: a table is looked through, and its names are settled."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache, partial
from pathlib import Path

from django.db import transaction
from django.utils.timezone import localdate

from chengshao.intake.actions._imports import (
    BETWEEN,
    ImportEnded,
    Known,
    NamesUnsettled,
    Settled,
    check_may_import,
    digest_of_file,
    forget_imports,
    locked,
    names_in,
    refusals_of,
    unsettled,
)
from chengshao.intake.actions._rows import column_of_names, read_alone
from chengshao.intake.actions.tables import forget_table
from chengshao.intake.models import CaseImport, ImportRefusal
from chengshao.intake.queries import NAME_TOLD, UNKNOWN, import_of, names_by_code, our_names
from chengshao.intake.rules.case_table import CaseTable
from chengshao.intake.rules.names import Names
from chengshao.intake.terms import ImportState, NameKind
from chengshao.kernel.actor import Actor
from chengshao.kernel.errors import Invalid
from chengshao.kernel.tables import Faults, TableRefused
from chengshao.places.queries import locator
from chengshao.web.sheets import Row, stream_table
from chengshao.workorders.queries import wait_for_import

_MOST_NAMES = 20_000  # of one kind: a column with more is no column of names
_KEPT_AT_ONCE = 1_000  # faults
_MOST_GUESSED = 1_000  # of one kind, the most frequent: the comparison takes its time


class TooManyNames(Invalid):
    code = "import_too_many_names"


class NothingInTable(Invalid):
    code = "import_table_empty"


class MappedColumnsMissing(Invalid):
    """The mapping names columns that the table has not: the mapping is at fault, no row is."""

    code = "import_columns_missing"

    def __init__(self, columns: Sequence[str]) -> None:
        super().__init__(columns="、".join(f"“{column}”" for column in columns))


class NameCodeUnknown(Invalid):
    """A name was said to mean something that is not there."""

    code = "import_name_code_unknown"


@transaction.atomic
def prepare_import(
    *, path: Path, name: str, table: CaseTable, mapping: str, actor: Actor, at: datetime
) -> CaseImport:
    """
    Look a table through: how many rows it has, which of ours the names in it mean, and which rows
    would be refused for what stands in them alone. What came before shows only when it is taken in;
    what somebody said of a name at an earlier table of the source is not asked again.

    The same file of the same source that was not taken in to its end is gone on with.

    :param name: of the file, as people call it
    :param mapping: the text that `table` was read from
    :raises PowerMissing: if the actor may not import cases
    :raises MappedColumnsMissing: if it lacks a column that the mapping names
    :raises TableRefused: if a heading comes twice
    :raises FileUnreadable: if it is neither Excel nor CSV
    :raises NothingInTable: if no row follows its headings
    :raises TooManyNames: if a column of names has too many different ones
    :raises ImportEnded: if a part of it was taken in by another mapping
    """
    check_may_import(actor)
    digest = digest_of_file(path)
    wait_for_import(table.source)
    begun = CaseImport.objects.select_for_update().filter(source=table.source, file_digest=digest)
    begun = begun.exclude(state=ImportState.DONE)
    under_way = begun.first()
    if under_way is not None and under_way.mapping == mapping:
        return under_way
    if under_way is not None and under_way.position:
        raise ImportEnded
    before = _said_before(table.source, localdate(at))
    forget_imports(begun)
    of = CaseImport.objects.create(
        source=table.source,
        file_name=name[:200],
        file_digest=digest,
        mapping=mapping,
        state=ImportState.PREPARED,
        rows=0,
        user_id=actor.user_id,
        prepared_at=at,
    )
    ours = {kind: our_names(kind, localdate(at)) for kind in NameKind}
    told = _looked_through(path, table, of, ours, before)
    of.rows, of.names = told.rows, _proposed(told, ours, before, localdate(at))
    of.save(update_fields=["rows", "names"])
    return of


@transaction.atomic
def settle_names(
    *,
    import_id: int,
    chosen: Mapping[NameKind, Mapping[str, str | None]],
    actor: Actor,
    at: datetime,
) -> CaseImport:
    """
    Say which of ours names in the table mean: a code, "" where nobody here is meant, or None where
    that isn't known, so that their rows are refused. It holds for later tables of the source, too;
    what is certain anyhow, and is said once more, stays what it is.

    :raises PowerMissing: if the actor may not import cases
    :raises ImportNotFound: if there is no such import
    :raises ImportEnded: if it has begun
    :raises NameCodeUnknown: if nothing here has such a code
    """
    check_may_import(actor)
    of = locked(import_id)
    if of.state != ImportState.PREPARED:
        raise ImportEnded
    today = localdate(at)
    for kind, names in chosen.items():
        ours = names_by_code(kind, today)
        for told, code in names.items():
            if code and code not in ours:
                raise NameCodeUnknown(value=code[:80])
            known = of.names.get(kind, {}).get(told)
            if known is None or (known["certain"] and known["code"] == code):
                continue
            meant = next(iter(ours[code]), code) if code else ""
            is_said = code is not None
            known |= {"code": code or "", "name": meant, "certain": is_said, "said": is_said}
    of.save(update_fields=["names"])
    return of


def accept_guesses(*, import_id: int, actor: Actor, at: datetime) -> CaseImport:
    """
    Take all names as they were guessed.

    :raises DomainError: see settle_names
    """
    of = import_of(import_id, actor=actor)
    guessed: dict[NameKind, dict[str, str]] = {
        NameKind(kind): {told: str(name["code"]) for told, name in names.items() if name["code"]}
        for kind, names in of.names.items()
    }
    return settle_names(import_id=import_id, chosen=guessed, actor=actor, at=at)


@transaction.atomic
def start_import(*, import_id: int, actor: Actor) -> CaseImport:
    """
    Let the table be taken in: from now on names stay as they are, and what it will refuse is told
    by what it refuses. Again, it changes nothing.

    :raises PowerMissing: if the actor may not import cases
    :raises ImportNotFound: if there is no such import
    :raises NamesUnsettled: if names in it were only guessed
    """
    check_may_import(actor)
    of = locked(import_id)
    if open_names := unsettled(of):
        raise NamesUnsettled(count=open_names)
    if of.state == ImportState.PREPARED:
        of.state, of.user_id = ImportState.RUNNING, actor.user_id
        of.save(update_fields=["state", "user"])
        of.refusals.all().delete()
    return of


@transaction.atomic
def drop_import(*, import_id: int, actor: Actor) -> None:
    """
    Forget a table that was only looked through.

    :raises PowerMissing: if the actor may not import cases
    :raises ImportNotFound: if there is no such import
    :raises ImportEnded: if it has begun
    """
    check_may_import(actor)
    of = locked(import_id, whole=False)
    if of.state != ImportState.PREPARED:
        raise ImportEnded
    forget_imports(CaseImport.objects.filter(pk=of.pk))
    transaction.on_commit(partial(forget_table, digest=of.file_digest))


@dataclass(slots=True)
class _Told:
    """How many rows a table has, how often it names whom, and until when."""

    rows: int = 0
    counts: dict[NameKind, Counter[str]] = field(
        default_factory=lambda: {kind: Counter() for kind in NameKind}
    )
    last: dict[tuple[NameKind, str], datetime] = field(default_factory=dict)


def _looked_through(
    path: Path,
    table: CaseTable,
    of: CaseImport,
    ours: Mapping[NameKind, Names],
    before: Mapping[NameKind, Mapping[str, Known]],
) -> _Told:
    told, today = _Told(), localdate(of.prepared_at)
    faults, locate = Faults(), locator(on=today)
    in_full = {kind: cache(partial(_in_full, kind, ours[kind], today)) for kind in NameKind}
    for row in _rows_of(path, table):
        told.rows += 1
        said = read_alone(row, table, faults, locate, of.prepared_at)
        for kind, name in names_in(row, table):
            told.counts[kind][name] += 1
            if len(told.counts[kind]) > _MOST_NAMES:
                raise TooManyNames(most=_MOST_NAMES)
            if said is not None:
                last = told.last.get((kind, name), said.opened_at)
                told.last[kind, name] = max(said.opened_at, last)
            if name not in before[kind] and not in_full[kind](name):
                column = column_of_names(table, kind)
                faults.add(row.number, column, UNKNOWN[kind], value=name[:NAME_TOLD])
        if len(faults.found) >= _KEPT_AT_ONCE:
            _keep(of, faults)
    if not told.rows:
        raise NothingInTable
    _keep(of, faults)
    return told


def _rows_of(path: Path, table: CaseTable) -> Iterator[Row]:
    try:
        yield from stream_table(path, required=list(dict.fromkeys(table.columns())))
    except TableRefused as refused:
        missing = [each.column for each in refused.faults if each.code == "column_missing"]
        if missing:
            raise MappedColumnsMissing(missing) from refused
        raise


def _said_before(source: str, today: date) -> dict[NameKind, dict[str, Known]]:
    """
    Return what names of a source mean as somebody said last, at whichever of its tables, as far as
    that is still there.
    """
    said: dict[NameKind, dict[str, Known]] = {kind: {} for kind in NameKind}
    earlier = CaseImport.objects.filter(source=source).order_by("pk")
    for settled in earlier.values_list("names", flat=True).iterator():
        for kind, names in settled.items():
            said[NameKind(kind)] |= {n: known for n, known in names.items() if "said" in known}
    for kind, names in said.items():
        ours = names_by_code(kind, today) if names else {}
        said[kind] = {
            name: known
            for name, known in names.items()
            if known["said"] and (not known["code"] or known["code"] in ours)
        }
    return said


def _in_full(kind: NameKind, ours: Names, today: date, name: str) -> bool:
    return ours.match(*_in_order(kind, name), on=(today,), guess=False).certain


def _keep(of: CaseImport, faults: Faults) -> None:
    ImportRefusal.objects.bulk_create(refusals_of(of, faults.found))
    faults.found.clear()


def _proposed(
    told: _Told,
    ours: Mapping[NameKind, Names],
    before: Mapping[NameKind, Mapping[str, Known]],
    today: date,
) -> Settled:
    """
    Return for each name which of ours it means: for certain, as a guess, or nobody.

    What was said of it before goes first; then who was there when a case of that name was last
    opened, then who is there today.
    """
    settled: Settled = {}
    for kind, counts in told.counts.items():
        settled[kind] = {}
        guesses = _MOST_GUESSED
        for name, count in counts.most_common():
            if known := before[kind].get(name):
                settled[kind][name] = known | {"count": count}
                continue
            last = told.last.get((kind, name))
            days = (localdate(last), today) if last else (today,)
            match = ours[kind].match(*_in_order(kind, name), on=days, guess=guesses > 0)
            guesses -= not match.certain
            settled[kind][name] = {
                "code": match.code,
                "name": match.name,
                "certain": match.certain,
                "count": count,
            }
    return settled


def _in_order(kind: NameKind, name: str) -> list[str]:
    """Return the words of a name, the most telling first: a community before its sub-district."""
    words = [word for word in name.split(BETWEEN) if word]
    return words[::-1] if kind is NameKind.DIVISION else words
