"""Mappings of other systems' tables, and their rows: read, or refused in words."""

from datetime import UTC
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from chengshao.intake.rules.case_table import CaseTable, Said, read_row
from chengshao.intake.rules.names import Names
from chengshao.intake.schemas.case_table import MappingUnreadable
from chengshao.intake.schemas.case_table import read_mapping as read_mapping_of_cases
from chengshao.kernel.tables import Faults
from chengshao.web.sheets import Row
from chengshao.workorders.terms import Channel, ClosingKind
from config.district import DistrictMapInvalid, read_map
from config.drafting import DraftUnreadable, draft_in
from ops.report_file.mapping import MappingFaulty, ReportMapping, RowUnreadable
from ops.report_file.mapping import read_mapping as read_mapping_of_reports
from tests.hostile.broken import (
    JSON,
    TRICKS,
    WORDS,
    broken,
    cells,
    changed,
    in_words,
    named,
    readable,
)
from tests.hostile.portions import examples
from tests.unit.intake.test_case_table import ROW, TABLE

CASES: dict[str, Any] = {
    "source": "旧系统",
    "key": "编号",
    "words": ["标题", "内容"],
    "channel": {"column": "来源", "means": {"电话": "HOTLINE"}, "otherwise": "PORTAL"},
    "opened_at": {"column": "受理时间", "format": ["%Y-%m-%d", "%d.%m.%Y %H:%M"], "zone": "UTC"},
    "ended_at": "办结时间",
    "closed_as": {"column": "状态", "means": {1: "SOLVED", False: "OPEN"}},
    "point": {"lng": "经度", "lat": "纬度", "crs": "GCJ02"},
    "in_time": {"column": "按时"},
    "unit": "单位",
}
REPORTS: dict[str, Any] = {
    "channel": "MAILBOX",
    "number": {"column": "编号", "prefix": "hotline:"},
    "words": {"columns": ["标题", "内容"], "separator": "；"},
    "place": {"column": "地点"},
    "source_at": {"column": "受理时间", "format": "%d.%m.%Y", "zone": "Asia/Shanghai"},
    "contact_name": {"constant": "某人"},
    "confidential": {"column": "保密", "when": ["是"]},
}
DISTRICT: dict[str, Any] = {
    "units": {"file": "单位.xlsx", "columns": {"单位名称": "名称"}, "constants": {"层级": "区级"}},
    "grids": {"file": "网格.json", "crs": "GCJ02", "columns": {"网格编码": "GRIDCODE"}},
}
HEADINGS = [*TABLE.columns(), "来源", "状态"]
FORMATS = st.lists(
    st.sampled_from(
        [
            "%",
            "%Y",
            "%m",
            "%d",
            "%H",
            "%z",
            "%Z",
            "%p",
            "%j",
            "%U",
            "%G",
            "%u",
            "%s",
            "%e",
            "(",
            "\\",
            " ",
        ]
    ),
    max_size=4,
).map("".join)
ZONES = st.sampled_from(
    ["", "UTC", "Asia", ".", "..", "/etc/localtime", "posixrules", "Asia/Shanghai/", "a\x00", "中"]
)
VALUES = JSON | FORMATS | ZONES | st.dates() | st.datetimes() | st.binary(max_size=4)
_VALUES = """\
!!int ''
!!int '-'
!!float ''
!!bool x
!!timestamp x
!!timestamp 2026-99-99
!!binary é
!!null x
!!set {a}
!!omap [1]
!!pairs [[]]
!!merge x
!!value x
!!python/name:os.system ''
!x y
? [a]
? {a: b}
=: 1
<<: x
<<: [*x]
&x [*x]
*x
1:1:1
0b
0o9
0x
1_
._
.inf
- - -
'
%YAML 3.0
---
...
@
`
|
>-
~
"""
LINES = st.sampled_from(
    [*_VALUES.splitlines(), "\t", "\x85", "\u2028", "[" * 2000, "{a: " * 2000, "9" * 5000]
)


def yaml_of(whole: dict[str, Any]) -> st.SearchStrategy[str]:
    """Return YAML in which a value, a line or a few characters are wrong."""
    plain = yaml.safe_dump(whole, allow_unicode=True)
    values = broken(whole, VALUES).map(lambda said: yaml.safe_dump(said, allow_unicode=True))
    lines = st.builds(_with_line, st.just(plain), st.integers(0, 40), LINES | TRICKS, st.booleans())
    return values | lines | changed(plain.encode()).map(lambda said: said.decode(errors="replace"))


def _with_line(plain: str, number: int, said: str, instead: bool) -> str:
    """Return it with a line more, or with other words behind one of its names."""
    lines = plain.splitlines()
    number %= len(lines)
    name, colon, _ = lines[number].partition(":")
    lines[number : number + instead] = [f"{name}{colon} {said}" if instead else said]
    return "\n".join(lines)


@examples("mappings", among=2)
@given(yaml_of(CASES) | st.text(max_size=80))
def test_a_mapping_of_old_cases_is_read_or_refused(text: str) -> None:
    try:
        table = read_mapping_of_cases(text)
    except MappingUnreadable as refusal:
        in_words(refusal)
        readable("".join(refusal.faults))
    else:
        faults = Faults()
        read_row(2, Row(2, dict(ROW)), table, faults)
        for fault in faults.found:
            named(fault)


@examples("mappings", among=2)
@given(
    yaml_of(REPORTS).map(lambda said: said.encode(errors="replace")) | st.binary(max_size=80),
    st.data(),
)
def test_a_mapping_of_reports_is_read_or_refused(content: bytes, data: st.DataObject) -> None:
    try:
        mapping = read_mapping_of_reports(content, headings=HEADINGS)
    except MappingFaulty as refusal:
        for zh, en in refusal.faults:
            readable(zh + en)
    else:
        report_of(mapping, data.draw(cells(dict.fromkeys(HEADINGS, "") | ROW)))


def report_of(mapping: ReportMapping, row: dict[str, str]) -> None:
    try:
        assert mapping.report_of(row)["client_key"] == mapping.key_of(row)
    except RowUnreadable as refusal:
        readable(str(refusal))


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("maps") / "map.yaml"


@examples("yaml")
@given(
    (yaml_of(DISTRICT) | yaml_of({"cases": "a.csv"} | CASES)).map(
        lambda said: said.encode(errors="replace")
    )
)
def test_a_map_of_a_district_is_read_or_refused(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    try:
        assert draft_in(path) or read_map(path) is not None
    except (DraftUnreadable, DistrictMapInvalid) as refusal:
        in_words(refusal)


TOLD = dict.fromkeys(HEADINGS, "") | ROW | {"经度": "120.1", "纬度": "30.2", "期限": "2024-03-09"}


@examples("rows of old cases", among=2)
@given(cells(TOLD))
def test_a_row_of_another_system_is_understood_or_its_faults_are_named(row: dict[str, str]) -> None:
    faults = Faults()
    said = read_row(2, row, TABLE, faults)

    assert (said is None) == bool(faults.found)
    for fault in faults.found:
        named(fault)
    if said is not None:
        kept(said, TABLE)


def kept(said: Said, table: CaseTable) -> None:
    """Pass if a database takes it."""
    readable("".join((said.words, said.place, said.unit, said.matter, said.contact_name)))
    assert said.channel in Channel
    assert said.closed_as is None or said.closed_as in ClosingKind
    for moment in (said.opened_at, said.ended_at, said.due_at):
        assert moment is None or moment.tzinfo is UTC
    assert (said.lng is None) == (said.lat is None)


@examples("rows of old cases", among=2)
@given(
    st.dictionaries(WORDS, st.lists(WORDS, max_size=3), max_size=4),
    WORDS.map(lambda said: said[:200]),
)
def test_a_name_is_matched_for_certain_guessed_or_not_at_all(
    ours: dict[str, list[str]], told: str
) -> None:
    ours = {code[:40]: [name[:200] for name in names] for code, names in ours.items()}
    match = Names(ours).match(told)

    assert match.code in {*ours, ""}
    assert match.code or not match.certain or "" in ours
