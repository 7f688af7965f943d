"""
A district drafted from a table of its old cases: who handled them, what they were about, where.

The tables it makes are those of districts/README.md: a draft to begin with, marked as such (示意).
"""

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from chengshao.intake import actions as intake
from chengshao.intake.models import CaseImport
from chengshao.intake.rules.case_table import CaseTable, Cell
from chengshao.intake.rules.names import plain, short
from chengshao.intake.schemas.case_table import read_mapping
from chengshao.intake.terms import NameKind
from chengshao.kernel.actor import Actor, ActorKind, Grant
from chengshao.kernel.errors import Invalid
from chengshao.kernel.yaml_texts import YamlUnreadable, read_yaml
from chengshao.web.sheets import Row, stream_table
from chengshao.workorders.terms import Power

_MATTERS_OF_A_CLASS = 99
_FIRST_CLASS = 60  # those before are the supplied catalogue's
_MOST_CLASSES = 40
_NAME_LENGTH = 40  # of a matter; of a unit twice that
_ENTERPRISE = ("公司", "营业中心", "供电局")
_DRAFT = "按历史案卷整理，示意"


class DraftUnreadable(Invalid):
    code = "district_draft_unreadable"


class DraftTooLarge(Invalid):
    """More classes, or matters in one of them, than codes have room for."""

    code = "district_draft_too_large"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _District(_Part):
    code: str = Field(pattern=r"^[1-9]\d{5}0{6}$")
    name: str = Field(min_length=1, max_length=40)


class _Matters(_Part):
    key: str
    name: str
    of: str  # the column of classes
    limit: str = "5工作日"


class _Units(_Part):
    key: str
    name: str
    desk: str = ""  # the key of the unit that dispatches; one is made where none is named


class Draft(_Part):
    """
    What `new-district` makes a district of: `cases` and `mapping` lie beside the map.
    """

    cases: str
    mapping: str
    district: _District
    units: _Units
    matters: _Matters
    subdistricts: str
    communities: str = ""
    valid_from: date
    least: int = Field(default=1, ge=1)  # rows that name it: what is named less is a slip


@dataclass(frozen=True, slots=True)
class Drafted:
    """Where the table and its mapping lie."""

    cases: Path
    mapping: str
    table: CaseTable


@dataclass(frozen=True, slots=True)
class Guess:
    """What a name in the table was taken to mean, as it only looks alike."""

    kind: NameKind
    told: str
    rows: int
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What became of the cases."""

    of: CaseImport
    guesses: Sequence[Guess]


def draft_in(path: Path) -> Draft | None:
    """
    Return what a map says of a district to be drafted; None where it names ready tables.

    :raises DraftUnreadable: if it means to be a draft and isn't one
    """
    try:
        said = read_yaml(path.read_bytes())
    except YamlUnreadable:
        return None
    if not isinstance(said, dict) or not isinstance(said.get("cases"), str):
        return None
    try:
        return Draft.model_validate(said)
    except ValidationError as error:
        one = error.errors()[0]
        where = ".".join(str(part) for part in one["loc"])
        raise DraftUnreadable(where=where[:80], what=one["msg"][:200]) from error


def draft_district(draft: Draft, *, beside: Path, into: Path) -> Drafted:
    """
    Write the tables of a district into a folder.

    :raises MappingUnreadable: if the mapping of the cases can't be read
    :raises FileUnreadable: if the table of cases can't be read
    :raises TableRefused: if it lacks a column that the map names
    :raises DraftTooLarge: if it names more classes, or matters of a class, than there is room for
    """
    cases = beside / draft.cases
    mapping = (beside / draft.mapping).read_text(encoding="utf-8-sig")
    table = read_mapping(mapping)
    seen = _Seen(draft, table)
    for row in stream_table(cases, required=seen.columns()):
        seen.note(row)
    divisions = _divisions(draft, seen)
    for name, rows in (
        ("divisions", divisions.rows),
        ("units", _units(draft, seen, divisions)),
        ("matters", _matters(draft, seen)),
    ):
        _write(into / f"{name}.csv", rows)
    return Drafted(cases, mapping, table)


def import_drafted(drafted: Drafted, *, at: datetime) -> TakenIn:
    """
    Take the cases in that the district was drafted from; names that are only guessed are taken
    as they were guessed, and told: the units were made of these very names.
    """
    actor = Actor(ActorKind.SYSTEM, grants=frozenset({Grant(Power.IMPORT_CASES, None)}))
    of = intake.prepare_import(
        path=drafted.cases,
        name=drafted.cases.name,
        table=drafted.table,
        mapping=drafted.mapping,
        actor=actor,
        at=at,
    )
    guesses = list(_guesses(of))
    intake.accept_guesses(import_id=of.pk, actor=actor, at=at)
    of = intake.go_on(
        import_id=of.pk, path=drafted.cases, table=drafted.table, actor=actor, now=lambda: at
    )
    return TakenIn(of, guesses)


def _guesses(of: CaseImport) -> Iterator[Guess]:
    for kind in NameKind:
        for told, name in of.names.get(kind, {}).items():
            if name["code"] and not name["certain"]:
                yield Guess(kind, told, name["count"], name["code"], name["name"])


class _Tally:
    """How often names were written, whatever their width, case and spaces."""

    def __init__(self) -> None:
        self._written: dict[str, Counter[str]] = defaultdict(Counter)

    def note(self, name: str) -> None:
        self._written[plain(name)][name] += 1

    def names(self, least: int) -> list[str]:
        """Return each name as it is mostly written, in order, that was written so often."""
        often = (each for each in self._written.values() if each.total() >= least)
        return sorted(each.most_common(1)[0][0] for each in often)


class _Seen:
    """What the rows name, and how often, as the mapping of the cases reads it."""

    def __init__(self, draft: Draft, table: CaseTable) -> None:
        self._draft = draft
        cells = (table.unit, table.unit_name, table.matter, table.subdistrict, table.community)
        self._cells = {cell.column: cell for cell in cells if cell}
        self.units: dict[str, Counter[str]] = defaultdict(Counter)
        self.matters: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
        self.subdistricts = _Tally()
        self.communities: dict[str, _Tally] = defaultdict(_Tally)

    def columns(self) -> list[str]:
        draft = self._draft
        asked = (
            *(draft.units.key, draft.units.name),
            *(draft.matters.key, draft.matters.name, draft.matters.of),
            *(draft.subdistricts, draft.communities),
        )
        return list(dict.fromkeys(filter(None, asked)))

    def note(self, row: Row) -> None:
        units, matters = self._draft.units, self._draft.matters
        key, name = self._of(row, units.key), self._of(row, units.name)
        if key:
            self.units[key][name or key] += 1
        key, name = self._of(row, matters.key), self._of(row, matters.name)
        if key:
            self.matters[self._of(row, matters.of) or "其他"][key][name or key] += 1
        subdistrict = self._of(row, self._draft.subdistricts)
        if subdistrict:
            self.subdistricts.note(subdistrict)
            if community := self._of(row, self._draft.communities):
                self.communities[plain(subdistrict)].note(community)

    def _of(self, row: Row, column: str) -> str:
        return self._cells.get(column, Cell(column)).of(row) if column else ""


@dataclass(frozen=True, slots=True)
class _Divisions:
    rows: Sequence[Mapping[str, str]]
    subdistricts: Mapping[str, str]  # code by name
    communities: Mapping[str, tuple[str, str]]  # code and that of its sub-district, by name


def _divisions(draft: Draft, seen: _Seen) -> _Divisions:
    prefix = draft.district.code[:6]
    rows = [_division(draft.district.code, draft.district.name, draft)]
    subdistricts: dict[str, str] = {}
    communities: dict[str, tuple[str, str]] = {}
    for number, name in enumerate(seen.subdistricts.names(draft.least), start=1):
        code = f"{prefix}{number:03}000"
        subdistricts[name] = code
        rows.append(_division(code, name, draft))
        below = seen.communities[plain(name)].names(draft.least)
        for serial, community in enumerate(below, start=1):
            own = f"{code[:9]}{serial:03}"
            communities.setdefault(community, (own, code))
            rows.append(_division(own, community, draft))
    return _Divisions(rows, subdistricts, communities)


def _division(code: str, name: str, draft: Draft) -> dict[str, str]:
    return {
        "代码": code,
        "名称": name,
        "生效日期": str(draft.valid_from),
        "来源": _DRAFT,
        "示意": "是",
    }


def _units(draft: Draft, seen: _Seen, divisions: _Divisions) -> Iterator[dict[str, str]]:
    district = draft.district
    yield _unit(draft, "gov", f"{district.name}人民政府", "区", "区级", district.code)
    desk = draft.units.desk
    often = {key: names for key, names in seen.units.items() if names.total() >= draft.least}
    if desk not in often:
        yield _unit(
            draft,
            "desk",
            f"{district.name}联动指挥中心",
            "联动指挥中心",
            "区级",
            above="gov",
            desk=True,
        )
    for name, code in divisions.subdistricts.items():
        yield _unit(draft, code, f"{name}办事处", "街道（镇）", "街道级", code, above="gov")
    communities_taken: set[str] = set()
    for key, names in often.items():
        name = names.most_common(1)[0][0]
        if key == desk:
            yield _unit(draft, key, name, "联动指挥中心", "区级", above="gov", desk=True)
            continue
        community = _community_of(names, divisions.communities)
        if community and community not in communities_taken:
            communities_taken.add(community)
            code, subdistrict = divisions.communities[community]
            yield _unit(draft, key, name, "社区（村）", "社区级", code, above=subdistrict)
            continue
        kind = "公共服务企业" if any(word in name for word in _ENTERPRISE) else "职能部门"
        yield _unit(draft, key, name, kind, "区级", above="gov")


def _community_of(names: Iterable[str], communities: Iterable[str]) -> str | None:
    bare = {short(name).removesuffix("工作站") for name in names}
    return next((name for name in communities if short(name) in bare), None)


def _unit(
    draft: Draft,
    code: str,
    name: str,
    kind: str,
    level: str,
    territory: str = "",
    *,
    above: str = "",
    desk: bool = False,
) -> dict[str, str]:
    return {
        "单位代码": code,
        "单位名称": name[: _NAME_LENGTH * 2],
        "类型": kind,
        "层级": level,
        "行政区划代码": territory,
        "上级单位代码": above,
        "派单台": "是" if desk else "",
        "名称出处": _DRAFT,
        "示意": "是",
        "启用日期": str(draft.valid_from),
    }


def _matters(draft: Draft, seen: _Seen) -> Iterator[dict[str, str]]:
    """Yield the matters by class; the source's own key is an alias, so that imports find them."""
    for number, (of, matters) in enumerate(sorted(seen.matters.items()), start=_FIRST_CLASS):
        if number >= _FIRST_CLASS + _MOST_CLASSES or len(matters) > _MATTERS_OF_A_CLASS:
            raise DraftTooLarge(
                where=draft.matters.of,
                of=of[:40],
                classes=_MOST_CLASSES,
                matters=_MATTERS_OF_A_CLASS,
            )
        often = ((k, names) for k, names in sorted(matters.items()) if names.total() >= draft.least)
        for serial, (key, names) in enumerate(often, start=1):
            yield {
                "事项编码": f"D{number:02}{serial:02}",
                "大类": of[:_NAME_LENGTH],
                "事项": names.most_common(1)[0][0][:_NAME_LENGTH],
                "别名": key[:_NAME_LENGTH],
                "序号": "1",
                "立案条件": _DRAFT,
                "结案条件": _DRAFT,
                "时限": draft.matters.limit,
                "紧急程度": "一般",
                "核查方式": "现场核查",
                "来源": _DRAFT,
                "生效日期": str(draft.valid_from),
            }


def _write(path: Path, rows: Iterable[Mapping[str, str]]) -> None:
    listed = list(rows)
    headings = list(dict.fromkeys(heading for row in listed for heading in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, headings, restval="")
        writer.writeheader()
        writer.writerows(listed)
