"""
The tables people hand in and take away: their headings, and how a row becomes a record.

Kinds are written in Chinese in the files, whatever language a page is shown in.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from hashlib import sha256
from typing import Any

import shapely

from chengshao.kernel.divisions import DivisionLevel, division_level, division_line, is_within
from chengshao.kernel.geo import Crs
from chengshao.kernel.tables import Faults
from chengshao.places.rules.fields import Fields
from chengshao.places.rules.geojson import AREA, AREA_OR_LINE, Feature, read_features
from chengshao.places.rules.periods import Dated, Overlap, holes
from chengshao.places.rules.shapes import geojson_of
from chengshao.places.terms import ObjectKind, PlaceKind, ZoneKind

LINE_BUFFER_M = 10  # to each side of a road or river that is handed in as a line

DATES = ("生效日期", "失效日期", "来源", "示意")
DIVISION_HEADINGS = ("代码", "名称", *DATES)
POINT = ("经度", "纬度", "区划代码")
OBJECT_HEADINGS = ("编码", "名称", "类型", *POINT, "地址", "权属单位", *DATES)
PLACE_HEADINGS = ("编码", "名称", "类型", "别名", "说明", *POINT, *DATES)
OUTLINE_PROPERTIES = {
    "code": "区划代码",
    "name": "名称",
    "valid_from": "生效日期",
    "valid_until": "失效日期",
    "source": "来源",
    "illustrative": "示意",
}
ZONE_PROPERTIES = OUTLINE_PROPERTIES | {
    "code": "编码",
    "kind": "类型",
    "territory": "区划代码",
    "responsible_unit": "责任单位",
    "buffer_m": "缓冲米",
}

ZONE_KINDS = {
    "道路": ZoneKind.ROAD,
    "小区": ZoneKind.ESTATE,
    "市场": ZoneKind.MARKET,
    "河道": ZoneKind.RIVER,
    "其他": ZoneKind.OTHER,
}
OBJECT_KINDS = {
    "商铺": ObjectKind.SHOP,
    "工地": ObjectKind.SITE,
    "垃圾箱": ObjectKind.BIN,
    "路灯": ObjectKind.LAMP_POST,
    "井盖": ObjectKind.MANHOLE,
    "农房": ObjectKind.RURAL_HOUSE,
    "公厕": ObjectKind.PUBLIC_TOILET,
    "其他": ObjectKind.OTHER,
}
PLACE_KINDS = {
    "道路": PlaceKind.ROAD,
    "小区": PlaceKind.ESTATE,
    "市场": PlaceKind.MARKET,
    "河道": PlaceKind.RIVER,
    "地标": PlaceKind.LANDMARK,
    "地址": PlaceKind.ADDRESS,
}


class Once:
    """Tells of a record that comes twice in one file."""

    def __init__(self) -> None:
        self._first: dict[tuple[str, date], int] = {}

    def take(self, fields: Fields, column: str, code: str, begins: date) -> bool:
        first = self._first.setdefault((code, begins), fields.row)
        if first != fields.row:
            fields.fault(column, "value_repeated", value=code, first=first)
        return first == fields.row


def read_divisions(rows: Iterable[Fields], *, valid_from: date) -> list[Dated]:
    """Return divisions; facts: name, level, parent_code, source, illustrative."""
    once, records = Once(), []
    for fields in rows:
        code = fields.division("代码")
        facts: dict[str, Any] = {
            "name": fields.text("名称", limit=120, required=True),
            "source": fields.text("来源", limit=200),
            "illustrative": fields.flag("示意"),
        }
        start, end = fields.period(valid_from)
        if code and once.take(fields, "代码", code, start):
            facts["level"] = division_level(code).value
            facts["parent_code"] = parent_of(code)
            records.append(Dated(code, start, end, facts, fields.row))
    return records


def parent_of(code: str) -> str:
    """Return the division above, "" above a province."""
    return next(iter(division_line(code)[1:]), "")


def short_names(name: str) -> list[str]:
    """Return a division's name without the committee's (清波门社区居委会 → 清波门社区)."""
    for ending in ("居民委员会", "居委会", "村民委员会", "村委会"):
        if name.endswith(ending) and len(name) > len(ending):
            return [name.removesuffix(ending)]
    return []


def check_tree(records: Sequence[Dated], faults: Faults) -> None:
    """
    Add what is wrong with all divisions together: each below the one district hangs on one that
    holds as long as it does; those above the district may be left out.
    """
    periods: dict[str, list[tuple[date, date | None]]] = {}
    for record in records:
        periods.setdefault(record.code, []).append((record.valid_from, record.valid_until))
    districts = sorted(code for code in periods if division_level(code) is DivisionLevel.DISTRICT)
    if not districts:
        faults.add(0, "代码", "district_missing")
    for record in records:
        level = division_level(record.code)
        if level is DivisionLevel.DISTRICT and record.code != districts[0]:
            faults.add(record.row, "代码", "district_second", first=districts[0])
        elif level in (DivisionLevel.SUBDISTRICT, DivisionLevel.COMMUNITY):
            parent = parent_of(record.code)
            day = holes((record.valid_from, record.valid_until), periods.get(parent, ()))
            if parent not in periods:
                faults.add(record.row, "代码", "division_parent_missing", parent=parent)
            elif day is not None:
                faults.add(
                    record.row, "代码", "division_parent_ended", parent=parent, day=day.isoformat()
                )
        elif districts and not is_within(districts[0], record.code):
            faults.add(record.row, "代码", "division_elsewhere", division=record.code)


def add_overlaps(overlaps: Iterable[Overlap], column: str, faults: Faults) -> None:
    for overlap in overlaps:
        faults.add(
            overlap.row,
            column,
            "place_record_overlaps",
            value=overlap.code,
            begins=overlap.begins.isoformat(),
            other=overlap.other_begins.isoformat(),
        )


def read_outlines(
    content: bytes, *, crs: Crs, valid_from: date, district: str, faults: Faults
) -> list[Dated]:
    """
    Return borders under their division's code; a single one without a code is the district's.
    Facts: name, source, illustrative, geometry and its box.
    """
    once, records = Once(), []
    features = read_features(content, crs=crs, asked=AREA, names=OUTLINE_PROPERTIES, faults=faults)
    for given in features:
        fields = given.fields
        code = fields.division("区划代码", required=len(features) > 1) or district
        facts = {
            "name": fields.text("名称", limit=120),
            "source": fields.text("来源", limit=200),
            "illustrative": fields.flag("示意"),
            **_shape(given),
        }
        start, end = fields.period(valid_from)
        if once.take(fields, "区划代码", code, start):
            records.append(Dated(code, start, end, facts, fields.row))
    return records


def read_zones(
    content: bytes, *, crs: Crs, valid_from: date, district: str, faults: Faults
) -> list[Dated]:
    """
    Return territories beside the grids. Facts: kind, name, territory, unit_code, buffer_m, source,
    illustrative, geometry and its box; a line reaches 缓冲米 to each side, else
    10 m; one without a code gets one from what it is called and where.
    """
    once, records = Once(), []
    for given in read_features(
        content, crs=crs, asked=AREA_OR_LINE, names=ZONE_PROPERTIES, faults=faults
    ):
        fields = given.fields
        code = fields.code("编码", required=False)
        buffer = fields.whole("缓冲米", least=1, most=250)
        is_line = given.geometry is not None and given.geometry.geom_type.endswith("LineString")
        facts = {
            "name": fields.text("名称", limit=120, required=True),
            "kind": fields.choice("类型", ZONE_KINDS, ZoneKind.OTHER).value,
            "territory": fields.division("区划代码", required=False) or district,
            "unit_code": fields.text("责任单位", limit=40),
            "buffer_m": (buffer or LINE_BUFFER_M) if is_line else None,
            "source": fields.text("来源", limit=200),
            "illustrative": fields.flag("示意"),
            **_shape(given),
        }
        code = code or _own_code("Z", facts["kind"], facts["name"], facts["territory"])
        start, end = fields.period(valid_from)
        if once.take(fields, "编码", code, start):
            records.append(Dated(code, start, end, facts, fields.row))
    return records


def read_objects(rows: Iterable[Fields], *, crs: Crs, valid_from: date) -> list[Dated]:
    """
    Return managed objects. Facts: name, kind, address, unit_code, source, illustrative, point
    (WGS84 or None) and the territory told for one without.
    """
    once, records = Once(), []
    for fields in rows:
        code = fields.code("编码")
        facts = {
            "name": fields.text("名称", limit=120, required=True),
            "kind": fields.choice("类型", OBJECT_KINDS, ObjectKind.OTHER).value,
            "address": fields.text("地址", limit=200),
            "unit_code": fields.text("权属单位", limit=40),
            **_told(fields, crs),
        }
        start, end = fields.period(valid_from)
        if code and once.take(fields, "编码", code, start):
            records.append(Dated(code, start, end, facts, fields.row))
    return records


def read_known_places(rows: Iterable[Fields], *, crs: Crs, valid_from: date) -> list[Dated]:
    """
    Return places people name. Facts: name, kind, aliases, detail, source, illustrative, point
    (WGS84 or None) and the territory told for one without. One without a code gets one from
    what it is called and where.
    """
    once, records = Once(), []
    for fields in rows:
        name = fields.text("名称", limit=120, required=True)
        kind = fields.choice("类型", PLACE_KINDS, PlaceKind.LANDMARK)
        detail = fields.text("说明", limit=200)
        told = _told(fields, crs)
        aliases = fields.text("别名", limit=400).replace(";", "、").replace("；", "、")
        facts = {
            "name": name,
            "kind": kind.value,
            "detail": detail,
            "aliases": [alias for alias in map(str.strip, aliases.split("、")) if alias],
            **told,
        }
        code = fields.code("编码", required=False)
        code = code or _own_code("P", kind.value, name, detail, told["territory"])
        start, end = fields.period(valid_from)
        if name and once.take(fields, "编码", code, start):
            records.append(Dated(code, start, end, facts, fields.row))
    return records


def word_of(words: Mapping[str, StrEnum], value: str) -> str:
    """Return the word that stands for a kind in the files."""
    return next(word for word, kind in words.items() if kind == value)


def _own_code(letter: str, *called: str) -> str:
    return f"{letter}-{sha256(chr(10).join(called).encode()).hexdigest()[:16]}"


def _told(fields: Fields, crs: Crs) -> dict[str, Any]:
    return {
        "point": fields.point(crs),
        "territory": fields.division("区划代码", required=False),
        "source": fields.text("来源", limit=200),
        "illustrative": fields.flag("示意"),
    }


def _shape(given: Feature) -> dict[str, Any]:
    if given.geometry is None:
        return {}
    west, south, east, north = (float(each) for each in shapely.bounds(given.geometry))
    return {
        "geometry": geojson_of(given.geometry),
        "west": west,
        "south": south,
        "east": east,
        "north": north,
    }
