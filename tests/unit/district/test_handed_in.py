"""What a district hands in: a folder whose files have our names, or a map that translates."""

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from chengshao.catalog import queries as catalog
from chengshao.catalog.terms import TableKind
from chengshao.kernel.geo import Crs
from chengshao.knowledge.rules.tables import HEADINGS as KNOWLEDGE
from chengshao.people import actions as people
from chengshao.places.rules import grids, tables
from config.district import (
    PARTS,
    DistrictFileMissing,
    DistrictFileTooLarge,
    DistrictMapInvalid,
    DistrictRefused,
    HandedIn,
    read_folder,
    read_map,
)


def a_map(folder: Path, words: str) -> Path:
    path = folder / "MAP.yaml"
    path.write_text(words, encoding="utf-8")
    return path


class TestFolder:
    def test_files_are_known_by_their_names_whatever_kind_of_table(self, tmp_path: Path) -> None:
        for name in ("units.xlsx", "divisions.csv", "grids.geojson"):
            (tmp_path / name).touch()

        found = read_folder(tmp_path)

        assert {name: given.shown for name, given in found.items()} == {
            "units": "units.xlsx",
            "divisions": "divisions.csv",
            "grids": "grids.geojson",
        }

    def test_what_is_no_table_and_no_shape_is_left_alone(self, tmp_path: Path) -> None:
        for name in ("README.md", "说明.docx", "~$units.xlsx", ".units.csv", "make.py"):
            (tmp_path / name).touch()

        assert read_folder(tmp_path) == {}

    @pytest.mark.parametrize("name", ["unit.csv", "单位.xlsx", "grids.csv", "units.geojson"])
    def test_a_table_or_shape_nobody_knows_is_refused(self, tmp_path: Path, name: str) -> None:
        (tmp_path / name).touch()

        with pytest.raises(DistrictRefused) as refused:
            read_folder(tmp_path)

        assert [(f.file, f.code) for f in refused.value.faults] == [(name, "district_file_unknown")]

    def test_the_same_part_twice_is_refused(self, tmp_path: Path) -> None:
        for name in ("units.csv", "units.xlsx"):
            (tmp_path / name).touch()

        with pytest.raises(DistrictRefused) as refused:
            read_folder(tmp_path)

        (fault,) = refused.value.faults
        assert (fault.file, fault.code) == ("units.xlsx", "district_file_twice")
        assert fault.params == {"other": "units.csv"}


class TestMap:
    def test_it_names_files_beside_it_and_translates_their_headings(self, tmp_path: Path) -> None:
        path = a_map(
            tmp_path,
            """
            units:
              file: 单位.xlsx
              columns: {单位名称: 名称, 单位代码: 编号}
              constants: {启用日期: 2026-01-01, 联动层级: 2}
            grids: {file: 网格.json, crs: GCJ02}
            """,
        )

        assert read_map(path) == {
            "units": HandedIn(
                tmp_path / "单位.xlsx",
                "单位.xlsx",
                {"单位名称": "名称", "单位代码": "编号"},
                {"启用日期": "2026-01-01", "联动层级": "2"},
            ),
            "grids": HandedIn(tmp_path / "网格.json", "网格.json", crs=Crs.GCJ02),
        }

    @pytest.mark.parametrize(
        ("words", "part", "key"),
        [
            ("", "", ""),
            ("[units]", "", ""),
            ("units: [", "", ""),
            ("units: !!python/object/apply:os.system ['true']", "", ""),
            ("people: {file: a.csv}", "", "people"),
            ("units: 单位.xlsx", "units", ""),
            ("units: {}", "units", "file"),
            ("units: {file: 7}", "units", "file"),
            ('units: {file: "a\\0.csv"}', "", ""),
            ("units: {file: a.csv, sheet: 2}", "units", "sheet"),
            ("units: {file: a.csv, columns: [名称]}", "units", "columns"),
            ("units: {file: a.csv, columns: {名称: [a]}}", "units", "columns"),
            ("units: {file: a.csv, constants: {示意: true}}", "units", "constants"),
            ("grids: {file: a.json, crs: UTM}", "grids", "crs"),
        ],
    )
    def test_what_is_no_map_is_refused(
        self, tmp_path: Path, words: str, part: str, key: str
    ) -> None:
        with pytest.raises(DistrictMapInvalid) as refused:
            read_map(a_map(tmp_path, words))

        assert (refused.value.params["part"], refused.value.params["key"]) == (part, key)

    def test_a_map_in_another_encoding_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "MAP.yaml"
        path.write_bytes("units: {file: 单位.xlsx}".encode("gb18030"))

        with pytest.raises(DistrictMapInvalid):
            read_map(path)

    def test_a_boundless_map_is_not_read(self, tmp_path: Path) -> None:
        with pytest.raises(DistrictFileTooLarge):
            read_map(a_map(tmp_path, "# " + "x" * 300_000))

    def test_a_map_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(DistrictFileMissing):
            read_map(tmp_path / "MAP.yaml")


def test_every_part_stands_after_what_it_builds_on() -> None:
    names = [part.name for part in PARTS]

    for part in PARTS:
        assert all(names.index(other) < names.index(part.name) for other in part.builds_on)


HEADINGS: dict[str, Sequence[str]] = {
    "divisions": tables.DIVISION_HEADINGS,
    "known_places": tables.PLACE_HEADINGS,
    "managed_objects": tables.OBJECT_HEADINGS,
    "outline": [*tables.OUTLINE_PROPERTIES.values()],
    "zones": [*tables.ZONE_PROPERTIES.values()],
    "grids": [*grids.PROPERTY_NAMES.values()],
    "role_powers": people.ROLE_POWERS,
    "units": people.UNITS,
    "unit_roles": people.UNIT_ROLES,
    "staff": people.STAFF,
    "duty_roster": people.ROSTER,
    "matters": (),  # "as its export"
    "knowledge": KNOWLEDGE,
    **{
        kind.lower(): catalog.TABLES[kind].headings
        for kind in TableKind
        if kind is not TableKind.MATTERS
    },
}


@pytest.mark.parametrize("part", [part.name for part in PARTS])
def test_the_readme_tells_of_every_file_and_its_headings(part: str) -> None:
    readme = Path(__file__).resolve().parents[3] / "districts" / "README.md"
    lines = readme.read_text(encoding="utf-8").splitlines()

    (line,) = (line for line in lines if re.match(rf"\| (\*\*)?`{part}(\.geojson)?`", line))

    told = line.rsplit("|", 2)[1].replace("**", "").split(",")
    assert {one.strip() for one in told} >= set(HEADINGS[part])
