"""
A district as it is handed in: a folder of tables and shapes, or a map that says where they lie
and what their columns are called. The rooms' own imports read them, all in one transaction.
"""

import csv
import json
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from io import StringIO
from pathlib import Path
from typing import Any, TypeAlias

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.utils.functional import Promise
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chengshao.catalog import actions as catalog
from chengshao.catalog.terms import Power as CatalogPower
from chengshao.catalog.terms import TableKind
from chengshao.kernel.actor import Actor, ActorKind, Grant
from chengshao.kernel.divisions import DivisionCodeInvalid, is_within
from chengshao.kernel.errors import DomainError, Invalid, Refused
from chengshao.kernel.geo import Crs
from chengshao.kernel.tables import Fault, Faults, TableRefused
from chengshao.kernel.yaml_texts import YamlUnreadable, read_yaml
from chengshao.knowledge import actions as knowledge
from chengshao.knowledge.terms import Power as KnowledgePower
from chengshao.notices import actions as notices
from chengshao.notices.terms import Power as NoticesPower
from chengshao.people import actions as people
from chengshao.people import queries as people_queries
from chengshao.people.terms import Power as PeoplePower
from chengshao.people.terms import Role
from chengshao.places import actions as places
from chengshao.places import queries as place_queries
from chengshao.places.terms import Power as PlacesPower
from chengshao.web.sheets import read_table

MAX_BYTES = 40 * 1024 * 1024  # no import takes more
MAX_MAP_BYTES = 256 * 1024
TABLE_ENDINGS = (".xlsx", ".csv")
SHAPE_ENDING = ".geojson"

Headings: TypeAlias = Mapping[str, str]
Result: TypeAlias = "places.Imported | catalog.Imported | knowledge.Imported | int"


class DistrictExists(Refused):
    code = "district_exists"


class DistrictHasAdministrator(Refused):
    code = "district_has_administrator"


class DistrictFileMissing(Invalid):
    code = "district_file_missing"


class DistrictFileTooLarge(Invalid):
    code = "district_file_too_large"


class DistrictFileUnknown(Invalid):
    code = "district_file_unknown"


class DistrictFileTwice(Invalid):
    code = "district_file_twice"


class DistrictMapInvalid(Invalid):
    code = "district_map_invalid"


class DistrictRefused(Invalid):
    """Nothing of it was taken in; `faults` holds every fault of every file."""

    code = "district_refused"

    def __init__(self, faults: "Sequence[FileFault]") -> None:
        super().__init__(count=len(faults), files=len({fault.file for fault in faults}))
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class FileFault:
    """
    What is wrong where: the row counts as in a spreadsheet (1 is the header), in GeoJSON as the
    features come (from 1); 0 is the whole file. The column is called as in that very file.
    """

    file: str
    row: int
    column: str
    code: str
    params: Mapping[str, str | int] = field(default_factory=dict)
    is_feature: bool = False  # the row counts features


@dataclass(frozen=True, slots=True)
class HandedIn:
    """One file. `columns` says what our headings are called in it; `constants` fill a column."""

    path: Path
    shown: str  # the path as the one who handed it in wrote it
    columns: Headings = field(default_factory=dict)
    constants: Headings = field(default_factory=dict)
    crs: Crs = Crs.WGS84


@dataclass(frozen=True, slots=True)
class Load:
    """What every import is told."""

    content: bytes
    crs: Crs
    valid_from: date  # of what names no first day
    actor: Actor
    at: datetime


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a district, in the order in which they build on each other."""

    name: str  # of the file, without its ending, and in a map
    title: str | Promise
    load: Callable[[Load], Result]
    is_shape: bool = False
    is_needed: bool = False
    builds_on: tuple[str, ...] = ()
    territory: str = ""  # the column whose divisions nobody else checks


@dataclass(frozen=True, slots=True)
class Loaded:
    """One part that stands now."""

    title: str | Promise
    shown: str  # "": came with the program
    rows: int
    seconds: float


def _place(door: Callable[..., places.Imported], *, crs: bool = True) -> Callable[[Load], Result]:
    def load(given: Load) -> Result:
        told: dict[str, Any] = {"crs": given.crs} if crs else {}
        return door(
            content=given.content,
            valid_from=given.valid_from,
            actor=given.actor,
            at=given.at,
            **told,
        )

    return load


def _person(door: Callable[..., int]) -> Callable[[Load], Result]:
    return lambda given: door(content=given.content, actor=given.actor, at=given.at)


def _table(kind: TableKind) -> Callable[[Load], Result]:
    return lambda given: catalog.import_table(
        kind=kind, content=given.content, actor=given.actor, at=given.at
    )


def _answers(given: Load) -> Result:
    return knowledge.import_items(content=given.content, actor=given.actor, at=given.at)


_GROUND, _UNITS, _MATTERS = ("divisions",), ("units",), ("divisions", "matters")
PARTS = (
    Part("divisions", _("行政区划"), _place(places.import_divisions, crs=False), is_needed=True),
    Part("role_powers", _("岗位权限"), _person(people.import_role_powers)),
    Part("units", pgettext_lazy("several", "单位"), _person(people.import_units), is_needed=True,
         builds_on=_GROUND, territory="行政区划代码"),
    Part("unit_roles", pgettext_lazy("several", "单位角色"), _person(people.import_unit_roles),
         builds_on=_UNITS, territory="行政区划代码"),
    Part("staff", _("人员与任职"), _person(people.import_staff), builds_on=_UNITS,
         territory="行政区划代码"),
    Part("duty_roster", _("值班表"), _person(people.import_roster), builds_on=_UNITS),
    Part("outline", _("边界"), _place(places.import_outlines), is_shape=True, builds_on=_GROUND),
    Part("grids", _("单元网格"), _place(places.import_grids), is_shape=True,
         builds_on=("divisions", "units", "outline")),
    Part("zones", _("其他责任区"), _place(places.import_zones), is_shape=True,
         builds_on=("divisions", "units")),
    Part("known_places", _("地名地址"), _place(places.import_known_places), builds_on=_GROUND),
    Part("managed_objects", _("管理对象"), _place(places.import_objects),
         builds_on=("divisions", "units")),
    Part("office_hours", _("办公时间"), _table(TableKind.OFFICE_HOURS)),
    Part("calendar_days", _("工作日历"), _table(TableKind.CALENDAR_DAYS)),
    Part("matters", pgettext_lazy("several", "事项"), _table(TableKind.MATTERS)),
    Part("code_map", _("外部编码对照"), _table(TableKind.CODE_MAP), builds_on=("matters",)),
    Part("task_limits", _("环节时限"), _table(TableKind.TASK_LIMITS)),
    Part("parameters", _("业务参数"), _table(TableKind.PARAMETERS)),
    Part("track_rules", _("办理方式规则"), _table(TableKind.TRACK_RULES), builds_on=("matters",)),
    Part("responsibilities", _("权责"), _table(TableKind.RESPONSIBILITIES), builds_on=_MATTERS),
    Part("duty_lists", _("履职清单"), _table(TableKind.DUTY_LISTS), builds_on=_MATTERS),
    Part("unit_powers", _("职权"), _table(TableKind.UNIT_POWERS)),
    Part("knowledge", _("知识条目"), _answers, builds_on=("units", "matters")),
)  # fmt: skip
_PARTS = {part.name: part for part in PARTS}
_ROUNDS = 3  # a table may show new faults when the rows with the first ones are out


# What is handed in


def read_folder(folder: Path) -> dict[str, HandedIn]:
    """
    Return the files of a folder by the part they are; they are named after the parts (PARTS).

    :raises DistrictRefused: if a table or shape has another name, or a part comes twice
    """
    found: dict[str, HandedIn] = {}
    faults: list[FileFault] = []
    for path in sorted(folder.iterdir()):
        ending = path.suffix.lower()
        if ending not in (*TABLE_ENDINGS, SHAPE_ENDING) or path.name.startswith((".", "~$")):
            continue
        part = _PARTS.get(path.stem)
        if part is None or part.is_shape != (ending == SHAPE_ENDING):
            faults.append(FileFault(path.name, 0, "", DistrictFileUnknown.code))
        elif part.name in found:
            told = {"other": found[part.name].shown}
            faults.append(FileFault(path.name, 0, "", DistrictFileTwice.code, told))
        else:
            found[part.name] = HandedIn(path, path.name)
    if faults:
        raise DistrictRefused(faults)
    return found


def read_map(path: Path) -> dict[str, HandedIn]:
    """
    Return the files that a map names. A map is YAML:

        units:
          file: 单位.xlsx            # beside the map, or an absolute path
          columns: {单位名称: 名称}   # our heading: what it is called in the file
          constants: {层级: 区级}     # our heading: what stands in every row
        grids: {file: 网格.json, crs: GCJ02, columns: {网格编码: GRIDCODE}}

    :raises DistrictMapInvalid: if it is not such a map
    """
    content = _read(path, str(path), limit=MAX_MAP_BYTES)
    try:
        said = read_yaml(content, limit=MAX_MAP_BYTES)
    except YamlUnreadable as error:
        raise DistrictMapInvalid(part="", key="", value=error.why) from error
    if not isinstance(said, dict):
        raise DistrictMapInvalid(part="", key="", value=str(said)[:40])
    return {name: _of_map(name, one, path.parent) for name, one in said.items()}


def _of_map(name: object, said: object, folder: Path) -> HandedIn:
    if name not in _PARTS:
        raise DistrictMapInvalid(part="", key=str(name)[:40], value="")
    if not isinstance(said, dict):
        raise DistrictMapInvalid(part=str(name), key="", value=str(said)[:40])
    if unknown := [key for key in said if key not in ("file", "columns", "constants", "crs")]:
        raise DistrictMapInvalid(part=str(name), key=str(unknown[0])[:40], value="")
    file = said.get("file")
    if not isinstance(file, str) or not file or "\x00" in file:
        raise DistrictMapInvalid(part=str(name), key="file", value=str(file)[:40])
    crs = said.get("crs", Crs.WGS84.value)
    if crs not in list(Crs):
        raise DistrictMapInvalid(part=str(name), key="crs", value=str(crs)[:40])
    columns, constants = (_texts(str(name), key, said.get(key)) for key in ("columns", "constants"))
    return HandedIn(folder / file, file, columns, constants, Crs(crs))


def _texts(part: str, key: str, said: object) -> dict[str, str]:
    if said is None:
        return {}
    if not isinstance(said, dict) or len(said) > 100:
        raise DistrictMapInvalid(part=part, key=key, value=str(said)[:40])
    texts = {}
    for heading, value in said.items():
        plain = isinstance(value, str | int | date) and not isinstance(value, bool)
        if not isinstance(heading, str) or not plain:
            raise DistrictMapInvalid(part=part, key=key, value=str(heading)[:40])
        texts[heading] = str(value)
    return texts


def _read(path: Path, shown: str, *, limit: int = MAX_BYTES) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(limit + 1)
    except (OSError, ValueError) as error:
        raise DistrictFileMissing(file=shown) from error
    if len(content) > limit:
        raise DistrictFileTooLarge(file=shown, limit=limit // 1024)
    return content


# Taking it in


def setting_up() -> Actor:
    """Return who sets a district up: nobody is there yet who could."""
    powers = (
        PlacesPower.KEEP_PLACES,
        PeoplePower.KEEP_UNITS,
        PeoplePower.APPOINT,
        PeoplePower.ISSUE_TOKENS,
        CatalogPower.KEEP_CATALOG,
        KnowledgePower.KEEP_KNOWLEDGE,
        NoticesPower.KEEP_MESSAGES,
    )
    return Actor(ActorKind.SYSTEM, grants=frozenset(Grant(power, None) for power in powers))


@transaction.atomic
def load_district(
    handed_in: Mapping[str, HandedIn],
    *,
    valid_from: date,
    at: datetime,
    tell: Callable[[Loaded], None] = lambda loaded: None,
) -> None:
    """
    Set up an empty district from its files; what it leaves out of role powers, office hours,
    calendar, matters, limits, parameters and tracks comes with the program.

    :param valid_from: first day of rows that name none
    :raises DistrictExists: if there is one already
    :raises DistrictRefused: with every fault of every file; nothing was taken in
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('district', 0))")
    _refuse_second_district()
    _Loading(handed_in, valid_from, at, tell).run()


def _refuse_second_district() -> None:
    try:
        raise DistrictExists(district=place_queries.district_code())
    except place_queries.DistrictNotFound:
        if place_queries.latest_imports(limit=1):
            raise DistrictExists(district="") from None


class _Loading:
    """
    One go over all parts. A part with faults is taken in again without the rows that have them,
    so that what builds on it is looked at too; in the end everything is rolled back.
    """

    def __init__(
        self,
        handed_in: Mapping[str, HandedIn],
        valid_from: date,
        at: datetime,
        tell: Callable[[Loaded], None],
    ) -> None:
        self._handed_in = handed_in
        self._valid_from = valid_from
        self._at = at
        self._tell = tell
        self._actor = setting_up()
        self._faults: list[FileFault] = []
        self._lost: set[str] = set()  # parts of which nothing could be taken in
        self._left_out: set[str] = set()  # codes of rows with faults: others may name them

    def run(self) -> None:
        for part in PARTS:
            if part.name == "office_hours":
                self._load_own()
            given = self._handed_in.get(part.name)
            if given is not None:
                self._load(part, given)
            elif part.name == "role_powers":
                self._load_default_powers()
            elif part.is_needed:
                self._lose(part, FileFault(part.name, 0, "", DistrictFileMissing.code,
                                           {"file": part.name}))  # fmt: skip
        self._check_desk()
        if self._faults:
            raise DistrictRefused(self._faults)

    def _load_own(self) -> None:
        begun = time.monotonic()
        catalog.load_seeds(actor=self._actor, at=self._at)
        notices.load_seeds(actor=self._actor, at=self._at)
        self._tell(Loaded(_("随系统提供的事项、时限和日历"), "", 0, time.monotonic() - begun))

    def _load_default_powers(self) -> None:
        begun = time.monotonic()
        rows = people.default_role_powers()
        people.load_role_powers(rows=rows, actor=self._actor, at=self._at)
        seconds = time.monotonic() - begun
        self._tell(Loaded(_PARTS["role_powers"].title, "", len(rows), seconds))

    def _load(self, part: Part, given: HandedIn) -> None:
        if missing := [name for name in part.builds_on if name in self._lost]:
            told = {"other": str(_PARTS[missing[0]].title)}
            self._lose(part, FileFault(given.shown, 0, "", "district_not_looked_at", told))
            return
        begun = time.monotonic()
        try:
            content = _in_our_words(_read(given.path, given.shown), given, part)
        except TableRefused as refused:
            self._lose(part, *_of_file(given, refused.faults, ours=False))
            return
        except DomainError as error:
            self._lose(part, FileFault(given.shown, 0, "", error.code, error.params))
            return
        before = len(self._faults)
        rows = self._take_in(part, given, content)
        if rows is not None and len(self._faults) == before:
            self._tell(Loaded(part.title, given.shown, rows, time.monotonic() - begun))

    def _take_in(self, part: Part, given: HandedIn, content: bytes) -> int | None:
        """Return how many rows were taken in, maybe without some; None: none could be."""
        for _round in range(_ROUNDS):
            found: list[Fault] = []
            try:
                with transaction.atomic():
                    found += self._strange_territories(part, content)
                    rows = _rows_of(part.load(self._told(given, content)))
                    if not found:
                        return rows
                    raise TableRefused(found)
            except TableRefused as refused:
                faults = [*found, *(f for f in refused.faults if f not in found)]
                own = [fault for fault in faults if not self._is_echo(fault)]
                self._faults += _of_file(given, own, ours=True, is_shape=part.is_shape)
                numbers = {fault.row for fault in faults}
                if part.is_shape or min(numbers) < 2:
                    break
                content = self._without(numbers, content)
            except DomainError as error:
                self._faults.append(FileFault(given.shown, 0, "", error.code, error.params))
                break
        self._lost.add(part.name)
        return None

    def _told(self, given: HandedIn, content: bytes) -> Load:
        return Load(content, given.crs, self._valid_from, self._actor, self._at)

    def _lose(self, part: Part, *faults: FileFault) -> None:
        self._lost.add(part.name)
        self._faults += faults

    def _strange_territories(self, part: Part, content: bytes) -> Iterator[Fault]:
        """Find divisions that nobody handed in; those above the district need not be."""
        if not part.territory:
            return
        rows = read_table(content)
        named = {row[part.territory] for row in rows} - {""}
        known = place_queries.division_names(named)
        district = place_queries.district_code()
        for row in rows:
            code = row[part.territory]
            if code not in known and _is_division_elsewhere(code, district):
                yield Fault(row.number, part.territory, "value_unknown", {"value": code})

    def _is_echo(self, fault: Fault) -> bool:
        """Tell whether a fault only names what is missing because its own row has a fault."""
        return any(
            isinstance(value, str) and value in self._left_out for value in fault.params.values()
        )

    def _without(self, numbers: Collection[int], content: bytes) -> bytes:
        rows = {row.number: dict(row) for row in read_table(content)}
        for number in numbers:
            row = rows.pop(number, {})
            self._left_out |= {row[key] for key in _KEYS if row.get(key)}
        return _as_csv(rows)

    def _check_desk(self) -> None:
        units = self._handed_in.get("units")
        if units is None or any(fault.file == units.shown for fault in self._faults):
            return
        try:
            people_queries.desk_unit_id()
        except people_queries.UnitNotFound:
            self._faults += _of_file(
                units, [Fault(0, "派单台", "district_desk_missing")], ours=True
            )


_KEYS = ("代码", "单位代码", "事项编码")  # by which rows of other files name a row


def _is_division_elsewhere(code: str, district: str) -> bool:
    try:
        return bool(code) and not is_within(district, code)
    except DivisionCodeInvalid:
        return False  # the import says so better


def _rows_of(result: Result) -> int:
    match result:
        case places.Imported():
            return result.added
        case catalog.Imported() | knowledge.Imported():
            return result.rows
    return result


def _of_file(
    given: HandedIn, faults: Iterable[Fault], *, ours: bool, is_shape: bool = False
) -> list[FileFault]:
    """Return faults as those of a file; `ours`: their columns are called in our words."""
    theirs = given.columns if ours else {}
    return [
        FileFault(given.shown, f.row, theirs.get(f.column, f.column), f.code, f.params, is_shape)
        for f in faults
    ]


def _in_our_words(content: bytes, given: HandedIn, part: Part) -> bytes:
    """
    Return the file with the headings that the imports know; its row numbers stay.

    :raises TableRefused: if it lacks a column that the map names
    """
    if not given.columns and not given.constants:
        return content
    if part.is_shape:
        return _shape_in_our_words(content, given)
    rows = {row.number: dict(row) for row in read_table(content)}
    faults = Faults()
    there = {heading for row in rows.values() for heading in row}
    for theirs in given.columns.values():
        if rows and theirs not in there:
            faults.add(1, theirs, "column_missing", name=theirs)
    faults.refuse_if_any()
    return _as_csv({number: _renamed(row, given) for number, row in rows.items()})


def _renamed(row: Mapping[str, Any], given: HandedIn) -> dict[str, Any]:
    taken = set(given.columns.values()) | given.columns.keys()
    kept = {heading: cell for heading, cell in row.items() if heading not in taken}
    named = {ours: row[theirs] for ours, theirs in given.columns.items() if theirs in row}
    return kept | named | dict(given.constants)


def _shape_in_our_words(content: bytes, given: HandedIn) -> bytes:
    try:
        said = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return content  # the import says so better
    features = said.get("features") if isinstance(said, dict) else None
    for feature in features if isinstance(features, list) else [said]:
        if isinstance(feature, dict) and isinstance(feature.get("properties") or {}, dict):
            feature["properties"] = _renamed(feature.get("properties") or {}, given)
    return json.dumps(said, ensure_ascii=False).encode()


def _as_csv(rows: Mapping[int, Mapping[str, str]]) -> bytes:
    """Return a table whose rows keep their numbers: between them lie empty lines."""
    headings = list(dict.fromkeys(heading for row in rows.values() for heading in row))
    text = StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(headings)
    for number in range(2, max(rows, default=1) + 1):
        row = rows.get(number)
        writer.writerow([row.get(heading, "") for heading in headings] if row else [])
    return text.getvalue().encode()


# The first person


@transaction.atomic
def make_first_administrator(
    *, username: str, display_name: str, password: str, at: datetime
) -> None:
    """
    Let the first security administrator in, who then appoints all others and gives them their
    first passwords. One whom the staff table names gets the password.

    :raises DistrictHasAdministrator: if a security administrator can sign in already
    :raises DomainError: as people's open_account, appoint and set_password
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('district', 0))")
    today = localdate(at)
    appointed = get_user_model().objects.filter(
        people_queries.in_force(today, "appointments__"),
        appointments__role=Role.SECURITY_ADMINISTRATOR,
        is_active=True,
    )
    if any(user.has_usable_password() for user in appointed):
        raise DistrictHasAdministrator
    actor = setting_up()
    named = appointed.filter(username=username).first()
    if named is None:
        account = people.NewAccount(username=username, display_name=display_name)
        user_id = people.open_account(account=account, actor=actor, at=at)
        people.appoint(
            user_id=user_id,
            role=Role.SECURITY_ADMINISTRATOR,
            valid_from=today,
            actor=actor,
            at=at,
        )
    else:
        user_id = named.pk
    people.set_password(user_id=user_id, password=password, initial=False, actor=actor, at=at)
