"""The map of the register: each division one area, whole and inside of the sheet."""

import re

from shapely.geometry import shape

from chengshao.places.rules.drawing import WIDTH, draw
from tests.unit.places.maps import box, polygon


def test_the_parts_of_a_division_become_one_area() -> None:
    halves = [shape(polygon(box(x, 0, x + 1, 1))) for x in (0, 1)]

    (area,) = draw({"A": halves}).areas

    assert area.path.count("M") == 1
    assert area.path.count("L") >= 4


def test_a_hole_stays_a_hole() -> None:
    ring = shape(polygon(box(0, 0, 3, 3), box(1, 1, 2, 2)))

    assert draw({"A": [ring]}).areas[0].path.count("M") == 2


def test_everything_lies_on_the_sheet_with_north_at_the_top() -> None:
    north, south = shape(polygon(box(0, 4, 1, 5))), shape(polygon(box(0, 0, 1, 1)))

    drawing = draw({"S": [south], "N": [north]})

    assert [area.code for area in drawing.areas] == ["N", "S"]
    assert drawing.areas[0].y < drawing.areas[1].y
    numbers = re.findall(r"([\d.]+) ([\d.]+)", "".join(area.path for area in drawing.areas))
    assert all(0 <= float(x) <= WIDTH for x, _ in numbers)
    assert all(0 <= float(y) <= drawing.height <= WIDTH for _, y in numbers)


def test_nothing_gives_an_empty_sheet() -> None:
    assert draw({}).areas == ()
