"""
Make the synthetic shapes of the demo district (示意): outline, unit grids, zones, and the places
and objects that lie in them. Every run writes the same bytes.

    python districts/shangcheng_demo/make_shapes.py

Nothing here is surveyed. The outline roughly follows where the district lies; the areas inside
are Voronoi cells round invented points. All roads, estates, shops and objects are invented.
"""

import csv
import json
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from math import cos, radians
from pathlib import Path
from typing import Any

import shapely
from shapely import LineString, MultiPoint, Point, Polygon
from shapely.geometry.base import BaseGeometry

HERE = Path(__file__).resolve().parent
SEED = 330102
STEP = 1e-5  # degrees: about 1 m; every corner lies on this lattice, so that edges are identical
STRETCH = cos(radians(30.29))  # a degree of longitude is that much shorter here
SOURCE = "示意：程序生成，非实测"

OUTLINE = (
    (120.1580, 30.2630), (120.1700, 30.2645), (120.1810, 30.2640), (120.1805, 30.2790),
    (120.1820, 30.2960), (120.1985, 30.3010), (120.2030, 30.3170), (120.1990, 30.3310),
    (120.2065, 30.3480), (120.2130, 30.3640), (120.2300, 30.3685), (120.2420, 30.3650),
    (120.2530, 30.3570), (120.2515, 30.3400), (120.2640, 30.3355), (120.2850, 30.3370),
    (120.2990, 30.3250), (120.2975, 30.3010), (120.2800, 30.2920), (120.2620, 30.2810),
    (120.2460, 30.2680), (120.2330, 30.2530), (120.2160, 30.2390), (120.1980, 30.2260),
    (120.1790, 30.2160), (120.1590, 30.2090), (120.1390, 30.2070), (120.1400, 30.2170),
    (120.1490, 30.2240), (120.1530, 30.2340), (120.1555, 30.2450), (120.1575, 30.2550),
)  # fmt: skip
CENTRES = {
    "330102001": (120.1610, 30.2410), "330102003": (120.1635, 30.2560),
    "330102004": (120.1750, 30.2530), "330102008": (120.1530, 30.2170),
    "330102009": (120.1710, 30.2330), "330102010": (120.1880, 30.2330),
    "330102011": (120.1930, 30.2690), "330102012": (120.1960, 30.2530),
    "330102013": (120.1930, 30.2860), "330102014": (120.2160, 30.2500),
    "330102015": (120.2340, 30.2770), "330102016": (120.2250, 30.3170),
    "330102017": (120.2300, 30.3490), "330102018": (120.2740, 30.3110),
}  # fmt: skip
# Component classes of the catalogue (GB/T 30428.2) that the invented objects belong to
LAMP, BIN = "0137", "0305"


def main(folder: Path = HERE) -> None:
    """Read divisions.csv in the folder and write the shapes beside it."""
    names = {row["代码"]: row["名称"] for row in read(folder / "divisions.csv")}
    communities = sorted(code for code in names if not code.endswith("000"))
    grids = draw_grids(communities)
    areas = {
        code: shapely.union_all([shape for grid, shape in grids.items() if grid[:12] == code])
        for code in communities
    }
    dice = random.Random(SEED + 1)
    write_geojson(folder / "outline.geojson", [outline_feature(grids)])
    write_geojson(folder / "grids.geojson", list(grid_features(grids, names)))
    write_geojson(folder / "zones.geojson", list(zone_features(areas, names, dice)))
    write_table(folder / "known_places.csv", PLACE_HEADINGS, known_places(areas, names, dice))
    write_table(
        folder / "managed_objects.csv", OBJECT_HEADINGS, managed_objects(areas, names, dice)
    )


def draw_grids(communities: Sequence[str]) -> dict[str, Polygon]:
    """Return one to three unit grids per community by 15-digit code, without overlap or gap."""
    dice = random.Random(SEED)
    district = flat(Polygon(OUTLINE))
    streets = cells(district, [flat(Point(CENTRES[code])) for code in sorted(CENTRES)])
    owners: list[str] = []
    seeds: list[Point] = []
    for street, area in zip(sorted(CENTRES), streets, strict=True):
        inside = [code for code in communities if code.startswith(street)]
        places = sorted(relaxed(area, len(inside), dice), key=lambda at: (at.x, at.y))
        for code, part in zip(inside, cells(area, places), strict=True):
            count = 1 + (part.area > 0.3e-4) + (part.area > 0.9e-4)
            for seed in relaxed(part, count, dice):
                owners.append(code)
                seeds.append(seed)
    by_community = defaultdict(list)
    for code, shape in zip(owners, one_coverage(cells(district, seeds)), strict=True):
        by_community[code].append(shape)
    return {
        f"{code}{serial:03d}": shape
        for code in communities
        for serial, shape in enumerate(sorted(by_community[code], key=reading_order), start=1)
    }


def reading_order(shape: Polygon) -> tuple[float, float]:
    """Sort key of the standard: from north to south in bands of about 500 m, in them W to E."""
    centre = shape.centroid
    return (-round(centre.y / 0.0045), centre.x)


def cells(area: BaseGeometry, seeds: Sequence[Point]) -> list[BaseGeometry]:
    """Return the Voronoi cell of each seed, in their order, cut to the area."""
    if len(seeds) == 1:
        return [area]
    diagram = shapely.voronoi_polygons(MultiPoint(seeds), extend_to=area, ordered=True)
    return [cell.intersection(area) for cell in diagram.geoms]


def relaxed(area: BaseGeometry, count: int, dice: random.Random) -> list[Point]:
    """Return points spread over the area: random ones, moved to their cells' centres (Lloyd)."""
    west, south, east, north = area.bounds
    points: list[Point] = []
    while len(points) < count:
        point = Point(dice.uniform(west, east), dice.uniform(south, north))
        if area.contains(point):
            points.append(point)
    for _ in range(6):  # few rounds: evenly sized but not a honeycomb
        points = [cell.representative_point() if not area.contains(cell.centroid)
                  else cell.centroid for cell in cells(area, points)]  # fmt: skip
    return points


def one_coverage(shapes: Sequence[BaseGeometry]) -> list[Polygon]:
    """Return the shapes in degrees, all their corners on one lattice and shared by neighbours."""
    lines = [upright(shape).boundary for shape in shapes]
    faces = list(shapely.polygonize([shapely.union_all(lines, grid_size=STEP)]).geoms)
    tree = shapely.STRtree(faces)
    found = []
    for shape in shapes:
        inner = upright(shape).representative_point()
        (face,) = tree.query(inner, predicate="within")
        found.append(faces[face].normalize())
    if len({id(face) for face in found}) < len(faces) or not shapely.coverage_is_valid(found):
        raise SystemExit("shapes overlap or leave gaps: change SEED")
    return found


def flat(shape: BaseGeometry) -> Any:
    return shapely.transform(shape, lambda xy: xy * [STRETCH, 1])


def upright(shape: BaseGeometry) -> BaseGeometry:
    turned: BaseGeometry = shapely.transform(shape, lambda xy: xy / [STRETCH, 1])
    return turned


def outline_feature(grids: dict[str, Polygon]) -> dict[str, Any]:
    return feature(
        shapely.coverage_union_all(list(grids.values())),
        {"区划代码": "330102000000", "名称": "上城区（示意轮廓）", "来源": SOURCE, "示意": "是"},
    )


def grid_features(grids: dict[str, Polygon], names: dict[str, str]) -> Iterator[dict[str, Any]]:
    for code, shape in grids.items():
        village = code[9:10] == "2"
        yield feature(
            shape,
            {
                "网格编码": code,
                "名称": f"{names[code[:12]]}第{int(code[12:])}网格（示意）",
                "用地类型": "村居" if village else "居住",
                "管理等级": "二级" if village else "一级",
                "责任单位": f"com-{code[:12]}",
                "来源": SOURCE,
                "示意": "是",
            },
        )


def zone_features(
    areas: dict[str, BaseGeometry], names: dict[str, str], dice: random.Random
) -> Iterator[dict[str, Any]]:
    for street in sorted(CENTRES):
        inside = [code for code in areas if code.startswith(street)]
        road = crossing(shapely.union_all([areas[code] for code in inside]))
        name = f"{names[street + '000']}演示路"
        yield feature(road, zone("道路", f"ROAD-{street}", name, "dept-municipal", buffer=15))
        for code in inside[::4]:
            estate = square(areas[code], 0.0011, dice)
            yield feature(estate, zone("小区", f"ESTATE-{code}", f"{names[code]}演示小区", ""))
    for code in sorted(areas)[11::40]:
        market = square(areas[code], 0.0007, dice)
        yield feature(market, zone("市场", f"MARKET-{code}", f"{names[code]}演示农贸市场", ""))
    for street in ("330102004", "330102013", "330102016", "330102017"):
        inside = [code for code in areas if code.startswith(street)]
        river = crossing(shapely.union_all([areas[code] for code in inside]), upwards=True)
        name = f"{names[street + '000']}演示河段"
        yield feature(river, zone("河道", f"RIVER-{street}", name, "dept-drainage", buffer=20))


def zone(
    kind: str, code: str, name: str, unit: str, *, buffer: int | None = None
) -> dict[str, str | int]:
    facts: dict[str, str | int] = {
        "编码": code,
        "名称": f"{name}（示意）",
        "类型": kind,
        "区划代码": code.split("-")[1].ljust(12, "0"),
        "责任单位": unit,
        "来源": SOURCE,
        "示意": "是",
    }
    return facts | ({"缓冲米": buffer} if buffer else {})


def crossing(area: BaseGeometry, *, upwards: bool = False) -> LineString:
    """Return a line through the middle of the area that stays inside it."""
    west, south, east, north = area.bounds
    middle = area.representative_point()
    ends = (
        [(middle.x, south), (middle.x, north)] if upwards else [(west, middle.y), (east, middle.y)]
    )
    parts = shapely.get_parts(LineString(ends).intersection(area.buffer(-0.0004)))
    line: LineString = max(parts, key=lambda part: part.length)
    return line


def square(area: BaseGeometry, side: float, dice: random.Random) -> Polygon:
    at = spot(area.buffer(-side) if not area.buffer(-side).is_empty else area, dice)
    box: Polygon = shapely.box(at.x - side / 2, at.y - side / 2, at.x + side / 2, at.y + side / 2)
    return box


PLACE_HEADINGS = (
    "编码", "名称", "类型", "别名", "说明", "经度", "纬度", "区划代码", "来源", "示意",
)  # fmt: skip


def known_places(
    areas: dict[str, BaseGeometry], names: dict[str, str], dice: random.Random
) -> Iterator[tuple[str, ...]]:
    for code, area in areas.items():
        street, name = names[code[:9] + "000"], names[code]
        short = name.removesuffix("社区")
        number = dice.randrange(1, 300)
        for prefix, kind, called, alias, detail in (
            ("A", "地址", f"{short}演示路{number}号", f"{short}示意路{number}号", "示意地址"),
            ("E", "小区", f"{short}演示新村", f"{short}示意新村", "示意小区"),
        ):
            where = lng_lat(area, dice)
            told = f"{street}{name}，{detail}"
            yield (f"{prefix}-{code}", called, kind, alias, told, *where, code, SOURCE, "是")
    for street in sorted(CENTRES):
        name = names[street + "000"]
        short = name.removesuffix("街道")
        inside = [code for code in areas if code.startswith(street)]
        for prefix, called, alias in (
            ("SQUARE", f"{short}演示广场", f"{short}示意广场"),
            ("PARK", f"{short}演示公园", f"{short}示意公园"),
        ):
            code = dice.choice(inside)
            where = lng_lat(areas[code], dice)
            told = f"{name}{names[code]}，示意地标"
            yield (f"{prefix}-{street}", called, "地标", alias, told, *where, code, SOURCE, "是")


OBJECT_HEADINGS = (
    "编码", "名称", "类型", "经度", "纬度", "区划代码", "地址", "权属单位", "来源", "示意",
)  # fmt: skip
TRADES = ("面馆", "水果店", "便利店", "理发店", "文具店", "早餐店", "五金店", "干洗店")


def managed_objects(
    areas: dict[str, BaseGeometry], names: dict[str, str], dice: random.Random
) -> Iterator[tuple[str, ...]]:
    serial: dict[str, int] = defaultdict(int)

    def row(kind: str, prefix: str, code: str, called: str, unit: str) -> tuple[str, ...]:
        serial[prefix] += 1
        number = (
            f"330102{prefix}{serial[prefix]:06d}"
            if prefix.isdigit()
            else f"{prefix}-{serial[prefix]:04d}"
        )
        name = f"{called}{serial[prefix]}号（示意）"
        address = f"{names[code[:9] + '000']}{names[code]}（示意地址）"
        where = lng_lat(areas[code], dice)
        return (number, name, kind, *where, code, address, unit, SOURCE, "是")

    for street in sorted(CENTRES):
        inside = [code for code in areas if code.startswith(street)]
        for _ in range(4):
            trade = dice.choice(TRADES)
            yield row("商铺", "SHOP", dice.choice(inside), f"演示{trade}", "")
        for _ in range(3):
            yield row("垃圾箱", BIN, dice.choice(inside), "演示垃圾箱", "dept-sanitation")
        for _ in range(3):
            yield row("路灯", LAMP, dice.choice(inside), "演示路灯", "dept-municipal")
        yield row("工地", "SITE", dice.choice(inside), "演示工地", "")
    for code in areas:
        if code[9] == "2":
            yield row("农房", "HOUSE", code, "演示农房", "")


def spot(area: BaseGeometry, dice: random.Random) -> Point:
    west, south, east, north = area.bounds
    while True:
        point = Point(dice.uniform(west, east), dice.uniform(south, north))
        if area.contains(point):
            return point


def lng_lat(area: BaseGeometry, dice: random.Random) -> tuple[str, str]:
    """Return a spot well inside the area, as text with five decimals."""
    inner = area.buffer(-0.0002)
    at = spot(area if inner.is_empty else inner, dice)
    return f"{at.x:.5f}", f"{at.y:.5f}"


def feature(shape: BaseGeometry, properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": rounded(json.loads(shapely.to_geojson(shape))),
    }


def rounded(value: Any) -> Any:
    match value:
        case float():
            return round(value, 5)
        case list():
            return [rounded(part) for part in value]
        case dict():
            return {key: rounded(part) for key, part in value.items()}
    return value


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write_table(path: Path, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(headings)
        writer.writerows(rows)


def write_geojson(path: Path, features: list[dict[str, Any]]) -> None:
    lines = (json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in features)
    text = '{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n"
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
