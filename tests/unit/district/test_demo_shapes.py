"""The demo district's shapes are made, not drawn: anybody can make them again."""

import json
import runpy
from pathlib import Path

import pytest
import shapely
from shapely.geometry.base import BaseGeometry

FOLDER = Path(__file__).resolve().parents[3] / "districts" / "shangcheng_demo"
MADE = (
    "outline.geojson",
    "grids.geojson",
    "zones.geojson",
    "known_places.csv",
    "managed_objects.csv",
)


@pytest.fixture(scope="module")
def made_again(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shapes")
    (folder / "divisions.csv").write_bytes((FOLDER / "divisions.csv").read_bytes())
    runpy.run_path(str(FOLDER / "make_shapes.py"))["main"](folder)
    return folder


def codes_and_shapes() -> dict[str, BaseGeometry]:
    said = json.loads((FOLDER / "grids.geojson").read_text(encoding="utf-8"))
    return {
        one["properties"]["网格编码"]: shapely.geometry.shape(one["geometry"])
        for one in said["features"]
    }


@pytest.mark.parametrize("name", MADE)
def test_made_again_they_are_the_same(made_again: Path, name: str) -> None:
    assert (made_again / name).read_bytes() == (FOLDER / name).read_bytes()


def test_grids_meet_edge_to_edge_and_fill_the_outline() -> None:
    shapes = list(codes_and_shapes().values())
    (outline,) = json.loads((FOLDER / "outline.geojson").read_text(encoding="utf-8"))["features"]

    assert shapely.coverage_is_valid(shapes)
    assert shapely.coverage_union_all(shapes).equals(shapely.geometry.shape(outline["geometry"]))


def test_grids_of_a_community_hang_together_and_are_numbered_from_one() -> None:
    by_community: dict[str, list[str]] = {}
    shapes = codes_and_shapes()
    for code in shapes:
        by_community.setdefault(code[:12], []).append(code)

    assert len(by_community) == 203
    for codes in by_community.values():
        assert [int(code[12:]) for code in sorted(codes)] == list(range(1, len(codes) + 1))
        assert shapely.union_all([shapes[code] for code in codes]).geom_type == "Polygon"


def test_all_of_it_stays_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 1_500_000
