"""A district drafted from the table of its old cases: units, matters, places, and the cases."""

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils.timezone import localdate

from chengshao.catalog import queries as catalog
from chengshao.intake.models import CaseImport
from chengshao.people import queries as people
from chengshao.places import queries as places
from chengshao.workorders.models import WorkOrder
from chengshao.workorders.queries import broken_cases
from chengshao.workorders.terms import Outcome

pytestmark = pytest.mark.django_db

CASES = """编号,小类,小类名,大类,街道,社区,处置单位,处置单位名,时间,按时
1,10,井盖缺失,市政设施,东街道,一社区,u1,城市管理局,2024-02-08 15:34:40,1
2,10,井盖缺失,市政设施,东街道,二社区,u1,城市管理局,2024-02-08 16:34:40,0
3,20,乱扔垃圾,市容环卫,东街道,一社区,u2,一社区工作站,2024-02-09 08:00:00,
4,20,乱扔垃圾,市容环卫,东 街道,一社区,u3,城东供电局,2024-02-09 09:00:00,1
5,20,乱扔垃圾,市容环卫,,,,,昨天,1
"""
MAPPING = """
source: 旧系统
key: 编号
words: 小类名
channel: {constant: HOTLINE}
opened_at: 时间
subdistrict: 街道
community: 社区
matter: 小类
unit: 处置单位
unit_name: 处置单位名
in_time: 按时
"""
MAP = """
cases: cases.csv
mapping: cases.yaml
district: {code: "330199000000", name: 演示区}
valid_from: 2024-01-01
subdistricts: 街道
communities: 社区
units: {key: 处置单位, name: 处置单位名}
matters: {key: 小类, name: 小类名, of: 大类}
"""


@pytest.fixture
def drafts(tmp_path: Path) -> Path:
    (tmp_path / "cases.csv").write_text(CASES, encoding="utf-8")
    (tmp_path / "cases.yaml").write_text(MAPPING, encoding="utf-8")
    path = tmp_path / "MAP.yaml"
    path.write_text(MAP, encoding="utf-8")
    return path


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("new_district", *arguments, stdout=out)
    return out.getvalue()


def refusal(path: Path) -> str:
    with pytest.raises(CommandError) as refused:
        run("--from", str(path))
    return str(refused.value)


def test_makes_what_the_cases_name_and_takes_them_in(drafts: Path) -> None:
    said = run("--from", str(drafts))

    assert "旧案：导入4件，未导入1行" in said
    today = localdate()
    units = {code: unit.names for code, unit in people.units_by_code().items()}
    assert {"u1", "u2", "u3", "desk", "gov"} <= set(units)
    lines = {u.code: u for u in people.unit_lines(people.unit_ids_by_code(units).values()).values()}
    assert (lines["u2"].kind, lines["u2"].territory) == ("COMMUNITY", "330199001001")
    assert (lines["u1"].kind, lines["u3"].kind) == ("DEPARTMENT", "ENTERPRISE")
    names = [name for name, *_more in places.names_by_code(today).values()]
    assert names == ["演示区", "东街道", "一社区", "二社区"]
    assert "井盖缺失" in {name for name, *_aliases in catalog.names_by_code(today).values()}


def test_tells_why_rows_were_refused_and_where_all_reasons_stand(drafts: Path) -> None:
    said = run("--from", str(drafts))

    assert "第6行 · 时间" in said
    assert f"/imports/{CaseImport.objects.get().pk}/" in said


def test_tells_which_names_were_only_guessed(drafts: Path) -> None:
    slip = "6,11,井盖缺失（路面）,市政设施,东街道,一社区,u1,城市管理局,2024-02-10 09:00:00,1\n"
    drafts.with_name("cases.csv").write_text(CASES + slip, encoding="utf-8")
    by_name = MAPPING.replace("matter: 小类\n", "matter: 小类名\n")
    drafts.with_name("cases.yaml").write_text(by_name, encoding="utf-8")
    drafts.write_text(MAP + "least: 2\n", encoding="utf-8")

    said = run("--from", str(drafts))

    assert "有1种写法只是看着像" in said
    assert "井盖缺失（路面） ×1 → D6101 井盖缺失" in said


def test_its_cases_are_closed_with_unit_place_and_matter_and_no_result_made_up(
    drafts: Path,
) -> None:
    run("--from", str(drafts))

    cases = list(WorkOrder.objects.order_by("opened_at"))
    assert {(case.outcome, case.closing_kind) for case in cases} == {(Outcome.CLOSED, "")}
    assert [case.territory[-6:] for case in cases] == ["001001", "001002", "001001", "001001"]
    assert [case.old_case.in_time for case in cases] == [True, False, None, True]
    assert all(case.closed_unit_id and case.matter for case in cases)
    assert broken_cases([case.pk for case in cases]) == []


def test_what_is_named_less_often_than_asked_is_not_made(drafts: Path) -> None:
    drafts.write_text(MAP + "least: 2\n", encoding="utf-8")

    run("--from", str(drafts))

    assert not {"u2", "u3"} & set(people.units_by_code())


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (("街道\n", "乡镇\n"), "乡镇"),
        (("name: 演示区", "name: ''"), "district.name"),
        (("cases.csv", "nowhere.csv"), "nowhere.csv"),
    ],
)
def test_a_map_that_is_wrong_is_told_and_nothing_is_made(
    drafts: Path, wrong: tuple[str, str], told: str
) -> None:
    drafts.write_text(MAP.replace(*wrong), encoding="utf-8")

    assert told in refusal(drafts)
    assert not WorkOrder.objects.exists()
    assert people.units_by_code() == {}


@pytest.mark.parametrize(("classes", "matters"), [(41, 1), (1, 100)])
def test_more_than_codes_have_room_for_is_told_with_the_bounds(
    drafts: Path, classes: int, matters: int
) -> None:
    heading = CASES.splitlines()[0]
    rows = [
        f"{c}-{m},{c}-{m},事项{c}-{m},类{c},东街道,一社区,u1,城管局,2024-02-08 15:34:40,1"
        for c in range(classes)
        for m in range(matters)
    ]
    drafts.with_name("cases.csv").write_text("\n".join([heading, *rows]), encoding="utf-8")

    told = refusal(drafts)

    assert "“大类”分得太细：最多40类，每类最多99项" in told
    assert people.units_by_code() == {}


def test_a_mapping_that_is_wrong_is_told_by_its_places(drafts: Path) -> None:
    (drafts.parent / "cases.yaml").write_text("source: 旧系统\n", encoding="utf-8")

    assert "opened_at" in refusal(drafts)
