"""A district is set up from its files as a whole, or not at all and with every fault named."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Barrier, Thread

import pytest
from django.db import connections

from chengshao.catalog import queries as catalog
from chengshao.kernel.geo import Crs, from_wgs84
from chengshao.people import queries as people
from chengshao.places import queries as places
from config.district import (
    DistrictExists,
    DistrictRefused,
    FileFault,
    Loaded,
    load_district,
    read_folder,
    read_map,
)

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SINCE = date(2024, 1, 1)
TODAY = date(2026, 3, 2)

Folder = Callable[..., Path]
pytestmark = pytest.mark.django_db


def load(place: Path) -> list[Loaded]:
    told: list[Loaded] = []
    handed_in = read_folder(place) if place.is_dir() else read_map(place)
    load_district(handed_in, valid_from=SINCE, at=AT, tell=told.append)
    return told


def refused(place: Path) -> list[FileFault]:
    with pytest.raises(DistrictRefused) as error:
        load(place)
    return list(error.value.faults)


def briefly(faults: list[FileFault]) -> set[tuple[str, int, str, str]]:
    return {(fault.file, fault.row, fault.column, fault.code) for fault in faults}


def nothing_stands() -> bool:
    try:
        places.district_code(on=TODAY)
    except places.DistrictNotFound:
        return not people.unit_ids_by_code(["gov", "centre"]) and not catalog.classes(TODAY)
    return False


class TestAFolder:
    def test_every_part_stands_together(self, folder: Folder) -> None:
        load(folder())

        units = people.unit_ids_by_code(["centre", "urban", "east"])
        assert places.district_code() == "330199000000"
        assert places.locate(120.105, 30.105).grid == "330199001001001"
        assert people.desk_unit_id() == units["centre"]
        assert people.superior_id(units["east"], TODAY) is not None
        (line,) = catalog.responsibilities_for("C0101", "330199001001", TODAY)
        assert (line.lead_unit_id, line.co_unit_ids) == (units["urban"], (units["east"],))
        assert places.find_places("ysgc")[0].name == "演示广场"

    def test_what_it_leaves_out_comes_with_the_program(self, folder: Folder) -> None:
        load(folder())

        assert catalog.matter_in_force("C0101", TODAY).name == "上水井盖"
        assert catalog.limit_of_task("REGISTER", "", "ORDINARY", TODAY).amount == 2
        assert 2026 in catalog.announced_years()
        assert catalog.calendar_for(TODAY).version

    def test_it_says_what_stands_as_it_goes(self, folder: Folder) -> None:
        told = load(folder())

        rows = {one.shown: one.rows for one in told if one.shown}
        assert rows["divisions.csv"] == 6
        assert rows["units.csv"] == 5
        assert rows["grids.geojson"] == 4

    def test_a_database_that_has_a_district_gets_no_second(self, folder: Folder) -> None:
        place = folder()
        load(place)

        with pytest.raises(DistrictExists):
            load(place)

        assert len(places.latest_imports()) == 3  # divisions, grids, places: once each


class TestFaults:
    def test_those_of_all_files_are_named_and_nothing_is_taken_in(self, folder: Folder) -> None:
        place = folder(
            divisions=lambda words: words.replace("330199002001,三", "33019900200,三"),
            units=lambda words: words.replace("urban,演示区城市管理局,职能部门", "urban,,部门"),
            staff=lambda words: words.replace("受理员", "受理").replace("2024-01-01", "2024-13-01"),
            known_places=lambda words: words.replace("120.105", "30.105"),
            responsibilities=lambda words: words.replace("C01,", "C77,"),
        )

        faults = refused(place)

        assert briefly(faults) >= {
            ("divisions.csv", 7, "代码", "division_code_invalid"),
            ("units.csv", 4, "单位名称", "value_missing"),
            ("units.csv", 4, "类型", "value_unknown"),
            ("staff.csv", 2, "岗位", "value_unknown"),
            ("staff.csv", 2, "任职日期", "value_not_a_date"),
            ("staff.csv", 3, "任职日期", "value_not_a_date"),
            ("known_places.csv", 2, "经度", "coordinates_invalid"),
            ("responsibilities.csv", 2, "事项编码", "value_unknown"),
        }
        assert nothing_stands()

    def test_a_row_that_only_names_a_faulty_one_is_not_blamed(self, folder: Folder) -> None:
        place = folder(
            units=lambda words: words.replace(
                "urban,演示区城市管理局,职能部门", "urban,演示区城市管理局,部门"
            )
        )

        faults = refused(place)

        assert briefly(faults) == {("units.csv", 4, "类型", "value_unknown")}

    def test_a_unit_nobody_handed_in_is(self, folder: Folder) -> None:
        place = folder(unit_roles=lambda words: words.replace(",urban,", ",nobody,"))

        assert briefly(refused(place)) == {("unit_roles.csv", 2, "单位代码", "value_unknown")}

    def test_a_territory_nobody_handed_in_is(self, folder: Folder) -> None:
        place = folder(
            units=lambda words: words.replace("街道级,330199002000", "街道级,330199009000")
        )

        assert briefly(refused(place)) == {("units.csv", 6, "行政区划代码", "value_unknown")}

    def test_the_city_above_the_district_need_not_be_handed_in(self, folder: Folder) -> None:
        city = "city,市城市管理局,职能部门,市级,330100000000,,,是,2024-01-01\n"

        load(folder(units=lambda words: words + city))

        assert people.unit_ids_by_code(["city"])

    def test_what_builds_on_a_lost_file_is_said_to_be_unseen(self, folder: Folder) -> None:
        place = folder(units=lambda words: words.replace("单位名称", "名字"))

        found = briefly(refused(place))

        assert ("units.csv", 1, "单位名称", "column_missing") in found
        assert ("unit_roles.csv", 0, "", "district_not_looked_at") in found
        assert not [one for one in found if one[3] == "value_unknown"]

    def test_grids_that_overlap_are_refused_with_the_rest(self, folder: Folder) -> None:
        place = folder(
            grids=lambda words: words.replace("[120.11, 30.1]", "[120.112, 30.1]", 1),
            unit_roles=lambda words: words.replace(",urban,", ",nobody,"),
        )

        files = {fault.file for fault in refused(place)}

        assert files == {"grids.geojson", "unit_roles.csv"}
        assert nothing_stands()

    def test_divisions_and_units_are_needed(self, folder: Folder) -> None:
        faults = refused(folder(divisions=None, units=None))

        missing = {fault.file for fault in faults if fault.code == "district_file_missing"}
        assert missing == {"divisions", "units"}
        assert nothing_stands()

    def test_somebody_must_dispatch(self, folder: Folder) -> None:
        place = folder(units=lambda words: words.replace("gov,是,是", "gov,,是"))

        assert briefly(refused(place)) == {("units.csv", 0, "派单台", "district_desk_missing")}
        assert nothing_stands()

    def test_a_file_that_is_no_table(self, folder: Folder) -> None:
        place = folder()
        (place / "staff.csv").write_bytes(b"\x00\x01\x02")

        assert briefly(refused(place)) == {("staff.csv", 0, "", "file_unreadable")}


class TestAMap:
    def test_other_names_headings_and_coordinates_are_read_as_ours(self, folder: Folder) -> None:
        place = folder(
            units=lambda words: (
                words.replace("单位代码,单位名称,", "编号,名称,", 1)
                .replace(",示意,启用日期", ",备注,启用", 1)
                .replace(",启用\n", ",启用\n", 1)
            ),
            grids=lambda words: words.replace("网格编码", "GRIDCODE").replace(',"示意":"是"', ""),
        )
        (place / "units.csv").rename(place / "单位.csv")
        (place / "grids.geojson").rename(place / "网格.json")
        path = place / "MAP.yaml"
        path.write_text(
            """
            divisions: {file: divisions.csv}
            units:
              file: 单位.csv
              columns: {单位代码: 编号, 单位名称: 名称, 启用日期: 启用}
              constants: {示意: 是, 联动层级: 2}
            grids:
              file: 网格.json
              columns: {网格编码: GRIDCODE}
              constants: {示意: 是}
            """,
            encoding="utf-8",
        )

        load(path)

        line = people.unit_lines(people.unit_ids_by_code(["urban"]).values(), TODAY).popitem()[1]
        assert (line.name, line.illustrative) == ("演示区城市管理局", True)
        assert places.locate(120.105, 30.095).grid == "330199002001001"
        assert all(grid.illustrative for grid in places.grids_of("330199002001"))

    def test_points_of_another_map_are_put_where_they_are(self, folder: Folder) -> None:
        lng, lat = from_wgs84(120.105, 30.105, Crs.GCJ02)
        path = (
            folder(known_places=lambda words: words.replace("120.105,30.105", f"{lng},{lat}"))
            / "MAP.yaml"
        )
        path.write_text(
            """
            divisions: {file: divisions.csv}
            units: {file: units.csv}
            known_places: {file: known_places.csv, crs: GCJ02}
            """,
            encoding="utf-8",
        )

        load(path)

        (square,) = places.find_places("演示广场")
        assert (square.lng, square.lat) == pytest.approx((120.105, 30.105), abs=1e-6)

    def test_faults_stand_where_they_are_in_the_file_handed_in(self, folder: Folder) -> None:
        place = folder(
            units=lambda words: (
                words.replace("单位代码,单位名称,类型", "编号,名称,性质", 1)
                .replace("\nurban", "\n\n\nurban")
                .replace("urban,演示区城市管理局,职能部门", "urban,演示区城市管理局,部门")
            ),
        )
        path = place / "MAP.yaml"
        path.write_text(
            """
            divisions: {file: divisions.csv}
            units: {file: units.csv, columns: {单位代码: 编号, 单位名称: 名称, 类型: 性质}}
            """,
            encoding="utf-8",
        )

        assert briefly(refused(path)) == {("units.csv", 6, "性质", "value_unknown")}

    def test_a_column_that_the_file_lacks_is_a_fault(self, folder: Folder) -> None:
        path = folder() / "MAP.yaml"
        path.write_text(
            """
            divisions: {file: divisions.csv}
            units: {file: units.csv, columns: {单位名称: 全称}}
            """,
            encoding="utf-8",
        )

        assert ("units.csv", 1, "全称", "column_missing") in briefly(refused(path))

    def test_a_file_that_is_not_there_is_a_fault(self, folder: Folder) -> None:
        path = folder() / "MAP.yaml"
        path.write_text(
            "divisions: {file: divisions.csv}\nunits: {file: nowhere.csv}", encoding="utf-8"
        )

        assert briefly(refused(path)) == {("nowhere.csv", 0, "", "district_file_missing")}


@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_one_district(folder: Folder) -> None:
    place = folder()
    both_there, ends = Barrier(2), []

    def attempt() -> None:
        try:
            both_there.wait()
            load(place)
            ends.append("made")
        except DistrictExists:
            ends.append("exists")
        finally:
            connections.close_all()

    threads = [Thread(target=attempt) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(ends) == ["exists", "made"]
