"""Old cases of another system are taken in from a table, some hundred rows at a time."""

from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path

from django.db import transaction
from django.utils.timezone import localdate

from chengshao.intake.actions._imports import (
    FileChanged,
    Settled,
    digest_of_file,
    joined,
    locked,
    refusals_of,
)
from chengshao.intake.actions._rows import (
    Locate,
    column_of_names,
    column_of_refusal,
    not_ahead,
)
from chengshao.intake.actions.preparing import start_import
from chengshao.intake.actions.tables import forget_table
from chengshao.intake.models import CaseImport, ImportRefusal
from chengshao.intake.queries import NAME_TOLD, UNKNOWN, path_of_table
from chengshao.intake.rules.case_table import CaseTable, Said, read_row
from chengshao.intake.terms import ImportState, NameKind
from chengshao.kernel.actor import Actor, ActorKind, Grant
from chengshao.kernel.tables import Faults
from chengshao.people import queries as people
from chengshao.places import queries as places
from chengshao.places.queries import PointOutside
from chengshao.web.sheets import Row, stream_table
from chengshao.workorders import actions as workorders
from chengshao.workorders.actions import NewReport, OldCaseRow, Place, Provenance
from chengshao.workorders.terms import Power

AT_ONCE = 500


def go_on(
    *,
    import_id: int,
    path: Path,
    table: CaseTable,
    actor: Actor,
    now: Callable[[], datetime],
    most: int | None = None,
    tell: Callable[[CaseImport], None] = lambda _of: None,
) -> CaseImport:
    """
    Take the table in from where it stopped, some hundred rows a transaction, each of them whole
    or not at all; a row that can't be taken is kept with its faults.

    It may be broken off anywhere, and run twice at the same time: no row is taken in twice.

    :param now: the clock: each part is entered at its own time, for the day's seal
    :param most: after how many parts to stop, though rows are left
    :param tell: hears of each part
    :raises PowerMissing: if the actor may not import cases
    :raises ImportNotFound: if there is no such import
    :raises FileChanged: if this is not the file that was looked through
    :raises NamesUnsettled: if names in it were only guessed
    """
    of = start_import(import_id=import_id, actor=actor)
    if of.state == ImportState.DONE:
        return of
    if of.file_digest != digest_of_file(path):
        raise FileChanged
    reading = _Reading(table, of.names)
    rows = enumerate(stream_table(path), start=1)
    waiting = (each for each in rows if each[0] > of.position)
    parts = 0
    while some := list(islice(waiting, AT_ONCE)):
        of = _take(import_id, some, reading, actor, now())
        tell(of)
        parts += 1
        if parts == most and of.position < of.rows:
            return of
    return _end(import_id, now())


def go_on_with_kept(
    *,
    import_id: int,
    read: Callable[[str], CaseTable],
    now: Callable[[], datetime],
    most: int,
) -> bool:
    """
    Take in some parts of a table that was handed in over a page, in the name of who started it;
    return whether rows are left. When all are in, the table is deleted.

    Where it does not lie here, or the import was not started, nothing is done.

    :param read: returns what a mapping says, as it was handed in
    """
    of = CaseImport.objects.filter(pk=import_id).exclude(state=ImportState.PREPARED).first()
    if of is None or not (path := path_of_table(of.file_digest)).exists():
        return False
    power = frozenset({Grant(Power.IMPORT_CASES, None)})
    of = go_on(
        import_id=import_id,
        path=path,
        table=read(of.mapping),
        actor=Actor(ActorKind.PERSON if of.user_id else ActorKind.SYSTEM, of.user_id, power),
        now=now,
        most=most,
    )
    if of.state == ImportState.DONE:
        forget_table(digest=of.file_digest)
    return of.state == ImportState.RUNNING


@transaction.atomic
def _take(
    import_id: int,
    rows: Sequence[tuple[int, Row]],
    reading: "_Reading",
    actor: Actor,
    at: datetime,
) -> CaseImport:
    of = locked(import_id, whole=False)
    fresh = [row for place, row in rows if place > of.position]
    faults = Faults()
    locate = places.locator(on=localdate(at))
    read = [
        (row, old) for row in fresh if (old := reading.read(row, faults, locate, at)) is not None
    ]
    result = workorders.import_cases(
        rows=[old for _, old in read],
        whence=Provenance(of.source, of.file_digest, of.pk),
        actor=actor,
        at=at,
    )
    for index, error in result.refused.items():
        column = column_of_refusal(reading.table, error)
        faults.add_error(read[index][0].number, column, error)
    ImportRefusal.objects.bulk_create(refusals_of(of, faults.found))
    of.position = max(of.position, rows[-1][0])
    of.taken += len(result.numbers)
    of.known += len(result.known)
    of.refused += len({fault.row for fault in faults.found})
    of.without_contact += result.without_contact
    of.save(update_fields=["position", "taken", "known", "refused", "without_contact"])
    return of


@transaction.atomic
def _end(import_id: int, at: datetime) -> CaseImport:
    of = locked(import_id, whole=False)
    if of.state != ImportState.DONE:
        of.state, of.ended_at = ImportState.DONE, at
        of.save(update_fields=["state", "ended_at"])
    return of


class _Reading:
    """Rows as this district understands them."""

    def __init__(self, table: CaseTable, names: Settled) -> None:
        self.table = table
        self._names = names
        codes = {str(name["code"]) for name in names.get(NameKind.UNIT, {}).values()}
        self._units = people.unit_ids_by_code(codes)

    def read(self, row: Row, faults: Faults, locate: Locate, at: datetime) -> OldCaseRow | None:
        said = read_row(row.number, row, self.table, faults)
        if said is None:
            return None
        before = len(faults.found)
        unit = self._meant(row, faults, NameKind.UNIT, said.unit, said.unit_name)
        matter = self._meant(row, faults, NameKind.MATTER, said.matter)
        division = self._meant(row, faults, NameKind.DIVISION, said.subdistrict, said.community)
        place = self._place(row, faults, said, division, locate)
        if len(faults.found) > before or place is None:
            return None
        return OldCaseRow(
            key=said.key,
            row=row.number,
            digest=said.digest,
            report=_report_of(said),
            place=place,
            matter=matter,
            matter_written=self._written(NameKind.MATTER, said.matter),
            unit_written=self._written(NameKind.UNIT, said.unit, said.unit_name),
            unit_id=self._units.get(unit),
            opened_at=said.opened_at,
            ended_at=not_ahead(said, at),
            due_at=said.due_at,
            is_open=said.is_open,
            closed_as=said.closed_as,
            in_time=said.in_time,
        )

    def _meant(self, row: Row, faults: Faults, kind: NameKind, *words: str) -> str:
        name = joined(*words)
        known = self._names.get(kind, {}).get(name) if name else None
        if known is not None and (known["code"] or known["certain"]):
            return str(known["code"])
        if name:
            column = column_of_names(self.table, kind)
            faults.add(row.number, column, UNKNOWN[kind], value=name[:NAME_TOLD])
        return ""

    def _written(self, kind: NameKind, *words: str) -> str:
        """Return what the table calls somebody whom we call otherwise, or who isn't here."""
        known = self._names.get(kind, {}).get(joined(*words), {})
        written = next(filter(None, reversed(words)), "")
        return "" if written in (known.get("code"), known.get("name")) else written

    def _place(
        self, row: Row, faults: Faults, said: Said, division: str, locate: Locate
    ) -> Place | None:
        if said.lng is None or said.lat is None:
            return Place(said.place, division)
        try:
            return workorders.place_at(said.place, locate(said.lng, said.lat))
        except PointOutside as error:
            faults.add_error(row.number, column_of_refusal(self.table, error), error)
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
        contact_name=said.contact_name,
        contact_phone=said.contact_phone,
        confidential=said.confidential,
        kind=said.kind,
        complained_about=said.complained_about,
    )
