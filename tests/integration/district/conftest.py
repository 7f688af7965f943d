"""A small district as it is handed in: two sub-districts, a handful of units, four grids."""

from collections.abc import Callable
from pathlib import Path

import pytest

TABLES = {
    "divisions.csv": """代码,名称,生效日期
330199000000,演示区,2024-01-01
330199001000,东街道,2024-01-01
330199001001,一社区,2024-01-01
330199001002,二社区,2024-01-01
330199002000,西街道,2024-01-01
330199002001,三社区,2024-01-01
""",
    "units.csv": """单位代码,单位名称,类型,层级,行政区划代码,上级单位代码,派单台,示意,启用日期
gov,演示区人民政府,区,区级,330199000000,,,是,2024-01-01
centre,演示区联动指挥中心,联动指挥中心,区级,330199000000,gov,是,是,2024-01-01
urban,演示区城市管理局,职能部门,区级,330199000000,gov,,是,2024-01-01
east,东街道办事处,街道（镇）,街道级,330199001000,gov,,是,2024-01-01
west,西街道办事处,街道（镇）,街道级,330199002000,gov,,是,2024-01-01
""",
    "unit_roles.csv": """单位角色,行政区划代码,单位代码,文号,启用日期
城市管理,,urban,示意1号,2024-01-01
街道,330199001000,east,示意1号,2024-01-01
街道,330199002000,west,示意1号,2024-01-01
""",
    "staff.csv": """用户名,姓名,岗位,单位代码,任职日期
registrar,沈受理（演示）,受理员,centre,2024-01-01
security,严安全（演示）,安全管理员,,2024-01-01
""",
    "known_places.csv": """编码,名称,类型,说明,经度,纬度,区划代码,示意
P1,演示广场,地标,东街道,120.105,30.105,330199001001,是
""",
    "responsibilities.csv": """事项编码,主办角色,协办角色,依据文件,文号,生效日期
C01,城市管理,街道,演示清单,示意2号,2024-01-01
""",
    "duty_lists.csv": """区划代码,事项编码,清单,牵头部门角色,依据文件,生效日期
330199001000,C0101,配合履职,城市管理,演示清单,2024-01-01
""",
}


def square(code: str, west: float, south: float) -> str:
    east, north = round(west + 0.01, 5), round(south + 0.01, 5)
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return (
        f'{{"type":"Feature","properties":{{"网格编码":"{code}","名称":"{code[9:]}","示意":"是"}},'
        f'"geometry":{{"type":"Polygon","coordinates":[{ring}]}}}}'
    )


GRIDS = (
    ("330199001001001", 120.10, 30.10),
    ("330199001002001", 120.11, 30.10),
    ("330199002001001", 120.10, 30.09),
    ("330199002001002", 120.11, 30.09),
)

Folder = Callable[..., Path]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """
    Return a maker of the folder. Named files are written as told instead of as above, None
    leaves one out; `folder(units=lambda table: table.replace(…))` changes one.
    """

    def make(**changes: Callable[[str], str] | None) -> Path:
        place = tmp_path / "district"
        place.mkdir()
        shapes = ",".join(square(*grid) for grid in GRIDS)
        files = TABLES | {
            "grids.geojson": f'{{"type":"FeatureCollection","features":[{shapes}]}}',
        }
        for name, words in files.items():
            change = changes.get(name.partition(".")[0], str)
            if change is not None:
                (place / name).write_text(change(words), encoding="utf-8")
        return place

    return make
