"""Old cases of another system: a table is looked through, and its names are settled."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache, partial
from pathlib import Path

from django.db import transaction
from django.utils.timezone import localdate

from chengshao.intake.actions._imports import (
    BETWEEN,
    ImportEnded,
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
from chengshao.kernel.tables import Faults
from chengshao.places.queries import locator
from chengshao.web.sheets import stream_table
from chengshao.workorders.queries import wait_for_import

_MOST_NAMES = 20_000  # of one kind: a column with more is no column of names
_KEPT_AT_ONCE = 1_000  # faults
_MOST_GUESSED = 1_000  # of one kind, the most frequent: the comparison takes its time


class TooManyNames(Invalid):
    code = "import_too_many_names"


class NothingInTable(Invalid):
    code = "import_table_empty"


class NameCodeUnknown(Invalid):
    """A name was said to mean something that is not there."""

    code = "import_name_code_unknown"


@transaction.atomic
def prepare_import(
    *, path: Path, name: str, table: CaseTable, mapping: str, actor: Actor, at: datetime
) -> CaseImport:
    """
    Look a table through: how many rows it has, which of ours the names in it mean, and which rows
    would be refused for what stands in them alone. What came before shows only when it is taken in.

    The same file of the same source that was not taken in to its end is gone on with.

    :param name: of the file, as people call it
    :param mapping: the text that `table` was read from
    :raises PowerMissing: if the actor may not import cases
    :raises TableRefused: if it lacks a column that the mapping names, or a heading comes twice
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
    told = _looked_through(path, table, of, ours)
    of.rows, of.names = told.rows, _proposed(told, ours, localdate(at))
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
    that isn't known, so that their rows are refused.

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
            if told in of.names.get(kind, {}):
                meant = next(iter(ours[code]), code) if code else ""
                known = {"code": code or "", "name": meant, "certain": code is not None}
                of.names[kind][told] |= known
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
    path: Path, table: CaseTable, of: CaseImport, ours: Mapping[NameKind, Names]
) -> _Told:
    told, today = _Told(), localdate(of.prepared_at)
    faults, locate = Faults(), locator(on=today)
    in_full = {kind: cache(partial(_in_full, kind, ours[kind], today)) for kind in NameKind}
    for row in stream_table(path, required=list(dict.fromkeys(table.columns()))):
        told.rows += 1
        said = read_alone(row, table, faults, locate, of.prepared_at)
        for kind, name in names_in(row, table):
            told.counts[kind][name] += 1
            if len(told.counts[kind]) > _MOST_NAMES:
                raise TooManyNames(most=_MOST_NAMES)
            if said is not None:
                last = told.last.get((kind, name), said.opened_at)
                told.last[kind, name] = max(said.opened_at, last)
            if not in_full[kind](name):
                column = column_of_names(table, kind)
                faults.add(row.number, column, UNKNOWN[kind], value=name[:NAME_TOLD])
        if len(faults.found) >= _KEPT_AT_ONCE:
            _keep(of, faults)
    if not told.rows:
        raise NothingInTable
    _keep(of, faults)
    return told


def _in_full(kind: NameKind, ours: Names, today: date, name: str) -> bool:
    return ours.match(*_in_order(kind, name), on=(today,), guess=False).certain


def _keep(of: CaseImport, faults: Faults) -> None:
    ImportRefusal.objects.bulk_create(refusals_of(of, faults.found))
    faults.found.clear()


def _proposed(told: _Told, ours: Mapping[NameKind, Names], today: date) -> Settled:
    """
    Return for each name which of ours it means: for certain, as a guess, or nobody.

    Who was there when a case of that name was last opened comes before who is there today.
    """
    settled: Settled = {}
    for kind, counts in told.counts.items():
        settled[kind] = {}
        guesses = _MOST_GUESSED
        for name, count in counts.most_common():
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
