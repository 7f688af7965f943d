"""
A table of old cases as another system hands it out: where each fact stands, and one row read.

Names of units, matters and divisions stay words here; whoever knows the district resolves them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from chengshao.intake.rules.moments import is_day, moment_of
from chengshao.kernel.canonical import canonical
from chengshao.kernel.errors import DomainError
from chengshao.kernel.geo import Crs, to_wgs84
from chengshao.kernel.tables import Faults
from chengshao.kernel.words import is_blank
from chengshao.workorders.terms import Channel, ClosingKind, ReportKind

# Beside the closing kinds: not closed yet, and closed as nobody says.
OPEN, UNKNOWN = "OPEN", "UNKNOWN"
LONGEST_WORDS = 10_000  # as the API takes them
_YES, _NO = "YES", "NO"
_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)
_EARLIEST = datetime(1980, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Cell:
    """
    What a column says, or the same for every row.

    `means` translates words; what it lacks is `otherwise`, or where that is None either the word
    itself or, where only certain words make sense, a fault.
    """

    column: str = ""
    constant: str = ""
    means: Mapping[str, str] = field(default_factory=dict)
    otherwise: str | None = None
    nothing: frozenset[str] = frozenset({"-", "—", "/", "无", "NULL", "null"})

    def told(self, row: Mapping[str, str]) -> str:
        """Return the words as they stand there."""
        said = row[self.column].strip() if self.column else self.constant
        return "" if said in self.nothing else said

    def of(self, row: Mapping[str, str]) -> str:
        said = self.told(row)
        if not self.means and self.otherwise is None:
            return said
        return self.means.get(said, said if self.otherwise is None else self.otherwise)


@dataclass(frozen=True, slots=True)
class Moment:
    """A column of times. Formats as strptime has them; ISO 8601 is understood besides."""

    column: str
    formats: tuple[str, ...] = ()
    zone: str = "Asia/Shanghai"

    def of(self, told: str) -> datetime | None:
        """Return when that is, of a mere day its begin, or None if it is no time."""
        moment = moment_of(told, self.formats, self.zone)
        try:
            return moment.astimezone(UTC) if moment else None
        except OverflowError:  # at the end of all years
            return None

    def is_day(self, told: str) -> bool:
        """Tell whether a time says the day and nothing of the hour."""
        return is_day(told, self.formats)


@dataclass(frozen=True, slots=True)
class Point:
    lng: str
    lat: str
    crs: Crs = Crs.WGS84


@dataclass(frozen=True, slots=True)
class CaseTable:
    """Where each fact of an old case stands in a table."""

    source: str  # the system, as people call it
    key: str
    words: tuple[str, ...]
    opened_at: Moment
    channel: Cell
    separator: str = "\n"
    source_number: Cell | None = None
    kind: Cell | None = None
    place: Cell | None = None
    subdistrict: Cell | None = None
    community: Cell | None = None
    point: Point | None = None
    matter: Cell | None = None
    unit: Cell | None = None  # by its code here, or by any of its names
    unit_name: Cell | None = None  # where `unit` is the source's own key
    ended_at: Moment | None = None
    due_at: Moment | None = None
    closed_as: Cell | None = None  # a closing kind, OPEN or UNKNOWN; without it all are UNKNOWN
    in_time: Cell | None = None
    contact_name: Cell | None = None
    contact_phone: Cell | None = None
    confidential: Cell | None = None
    complained_about: Cell | None = None

    def columns(self) -> Iterator[str]:
        """Yield every column that it reads, some of them twice."""
        yield self.key
        yield from self.words
        for each in fields(self):
            match getattr(self, each.name):
                case Cell(column=column) | Moment(column=column) if column:
                    yield column
                case Point(lng, lat):
                    yield lng
                    yield lat


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One row as it was understood."""

    key: str
    digest: str
    words: str
    channel: Channel
    source_number: str
    kind: ReportKind | None
    place: str
    subdistrict: str
    community: str
    lng: float | None
    lat: float | None
    matter: str
    unit: str
    unit_name: str
    opened_at: datetime
    ended_at: datetime | None
    ended_some_time: bool  # on that day: its last second stands for it
    due_at: datetime | None
    is_open: bool
    closed_as: ClosingKind | None  # None: still open, or nobody says
    in_time: bool | None
    contact_name: str
    contact_phone: str
    confidential: bool
    complained_about: str


def digest_of_row(row: Mapping[str, str]) -> str:
    """Return the sha256 of all that a row says, also in columns that are not read."""
    said = canonical({name: row[name] for name in row})
    return sha256(said.encode(errors="surrogatepass")).hexdigest()


def read_row(number: int, row: Mapping[str, str], table: CaseTable, faults: Faults) -> Said | None:
    """Return what a row says, or None after naming all its faults by column."""
    reading = _Reading(number, row, faults)
    before = len(faults.found)
    key = row[table.key].strip()
    if not 0 < len(key) <= 64 or not _can_be_kept(key):
        reading.fault(table.key, "old_case_key_wrong")
    words = table.separator.join(filter(None, (Cell(name).told(row) for name in table.words)))
    if is_blank(words) or len(words) > LONGEST_WORDS or not _can_be_kept(words):
        reading.fault(table.words[0], "old_case_words_wrong", most=LONGEST_WORDS)
    opened_at = reading.moment(table.opened_at, needed=True)
    lng, lat = reading.point(table.point)
    closing = reading.closing(table.closed_as)
    said = Said(
        key=key,
        digest=digest_of_row(row),
        words=words,
        channel=Channel(reading.one_of(table.channel, Channel) or Channel.TRANSFER),
        source_number=reading.text(table.source_number, 40) or key[:40],
        kind=_kind(reading.one_of(table.kind, ReportKind)),
        place=reading.text(table.place, 500),
        subdistrict=reading.text(table.subdistrict, 80),
        community=reading.text(table.community, 80),
        lng=lng,
        lat=lat,
        matter=reading.text(table.matter, 200),
        unit=reading.text(table.unit, 200),
        unit_name=reading.text(table.unit_name, 200),
        opened_at=opened_at or _EARLIEST,
        ended_at=reading.end(table.ended_at),
        ended_some_time=reading.is_day(table.ended_at),
        due_at=reading.end(table.due_at),
        is_open=closing == OPEN,
        closed_as=ClosingKind(closing) if closing in set(ClosingKind) else None,
        in_time=reading.yes_or_no(table.in_time),
        contact_name=reading.text(table.contact_name, 40),
        contact_phone=reading.text(table.contact_phone, 40),
        confidential=bool(reading.yes_or_no(table.confidential)),
        complained_about=reading.text(table.complained_about, 200),
    )
    return said if len(faults.found) == before else None


@dataclass(frozen=True, slots=True)
class _Reading:
    number: int
    row: Mapping[str, str]
    faults: Faults

    def fault(self, column: str, code: str, **params: str | int) -> None:
        self.faults.add(self.number, column, code, **params)

    def text(self, cell: Cell | None, most: int) -> str:
        said = cell.of(self.row) if cell else ""
        if cell and (len(said) > most or not _can_be_kept(said)):
            self.fault(cell.column, "old_case_text_long", most=most)
            return ""
        return said

    def one_of(self, cell: Cell | None, words: type[Channel] | type[ReportKind]) -> str:
        said = cell.of(self.row) if cell else ""
        if cell and said and said not in set(words):
            self.fault(cell.column, "old_case_word_unknown", value=cell.told(self.row)[:40])
            return ""
        return said

    def moment(self, moment: Moment | None, *, needed: bool = False) -> datetime | None:
        if moment is None:
            return None
        told = Cell(moment.column).told(self.row)
        if not told and not needed:
            return None
        found = moment.of(told)
        if found is None or found < _EARLIEST:
            self.fault(moment.column, "old_case_time_unreadable", value=told[:40])
        return found

    def end(self, moment: Moment | None) -> datetime | None:
        """Return a time by which something was over: of a mere day its last second."""
        found = self.moment(moment)
        return found + _DAY - _SECOND if found and self.is_day(moment) else found

    def is_day(self, moment: Moment | None) -> bool:
        return moment is not None and moment.is_day(Cell(moment.column).told(self.row))

    def closing(self, cell: Cell | None) -> str:
        """Return a closing kind, OPEN or UNKNOWN."""
        said = cell.of(self.row) if cell else UNKNOWN
        if cell and said not in {OPEN, UNKNOWN, *ClosingKind}:
            self.fault(cell.column, "old_case_word_unknown", value=cell.told(self.row)[:40])
        return said

    def yes_or_no(self, cell: Cell | None) -> bool | None:
        said = cell.of(self.row) if cell else ""
        if cell and said not in ("", _YES, _NO):
            self.fault(cell.column, "old_case_word_unknown", value=cell.told(self.row)[:40])
        return {_YES: True, _NO: False}.get(said)

    def point(self, point: Point | None) -> tuple[float | None, float | None]:
        if point is None:
            return None, None
        lng, lat = (Cell(name).told(self.row) for name in (point.lng, point.lat))
        if not lng and not lat:
            return None, None
        try:
            return to_wgs84(float(lng), float(lat), point.crs)
        except (ValueError, DomainError):
            self.fault(point.lng, "old_case_point_unreadable", value=f"{lng},{lat}"[:40])
            return None, None


def _can_be_kept(said: str) -> bool:
    """Tell whether a database takes it: no NUL, no half of a character."""
    return "\x00" not in said and not any("\ud800" <= char <= "\udfff" for char in said)


def _kind(said: str) -> ReportKind | None:
    return ReportKind(said) if said else None
