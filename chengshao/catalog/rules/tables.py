"""
The tables that keepers hand in and take away, described once for both ways.

A row is read into plain values by the names of the model's fields; what is wrong is collected
with row and column. Words of a vocabulary stand in the file in Chinese (its value is read too).
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Any, Protocol, TypeAlias

from chengshao.catalog.rules.codes import matter_line, split_code
from chengshao.catalog.rules.parameters import bounds, is_yes_no
from chengshao.catalog.terms import (
    CheckMode,
    DutyListKind,
    ParameterName,
    Sensitivity,
    TableKind,
    Track,
    Urgency,
)
from chengshao.kernel.clock import (
    Limit,
    LimitUnreadable,
    format_hours,
    format_limit,
    parse_hours,
    parse_limit,
)
from chengshao.kernel.divisions import DivisionLevel, division_level
from chengshao.kernel.errors import DomainError, Invalid
from chengshao.kernel.tables import Faults

MAX_ROWS = 50_000
MAX_LISTED = 30

Words: TypeAlias = Mapping[str, Mapping[str, str]]  # vocabulary → value → the word in the file
Values: TypeAlias = dict[str, Any]


class TableTooLong(Invalid):
    code = "table_too_long"


class TableRow(Protocol):
    number: int

    def __getitem__(self, heading: str) -> str: ...


class Holds(Enum):
    """What a column's cells hold."""

    TEXT = "TEXT"
    TEXTS = "TEXTS"  # several, with 、 between
    WORD = "WORD"  # of a vocabulary
    WORDS = "WORDS"
    YES_NO = "YES_NO"
    DATE = "DATE"
    SERIAL = "SERIAL"
    MATTER = "MATTER"  # the code of a matter, without a condition
    MATTER_OR_CLASS = "MATTER_OR_CLASS"
    DIVISION = "DIVISION"
    LIMIT = "LIMIT"
    NUMBER_OR_LIMIT = "NUMBER_OR_LIMIT"  # 80, 15自然日, or 是 and 否
    HOURS = "HOURS"


@dataclass(frozen=True, slots=True)
class Column:
    heading: str
    field: str
    holds: Holds = Holds.TEXT
    longest: int = 40
    vocabulary: str = ""
    required: bool = True
    otherwise: Any = ""  # where the cell is empty and need not be filled
    open_vocabulary: bool = False  # a value of another room, in capitals, passes unread


@dataclass(frozen=True, slots=True)
class Parsed:
    number: int  # as a spreadsheet counts
    values: Values


@dataclass(frozen=True, slots=True)
class Table:
    kind: TableKind
    columns: tuple[Column, ...]
    key: tuple[str, ...]  # rows alike in these are versions of one thing
    check: Callable[[Parsed, Faults], None] = field(default=lambda parsed, faults: None)

    @property
    def headings(self) -> list[str]:
        return [column.heading for column in self.columns]

    @property
    def required(self) -> list[str]:
        return [column.heading for column in self.columns if column.required]

    @property
    def content(self) -> tuple[str, ...]:
        """The fields of a version apart from its key and period."""
        apart = {*self.key, "valid_from", "valid_until"}
        return tuple(column.field for column in self.columns if column.field not in apart)

    def heading_of(self, name: str) -> str:
        return next(column.heading for column in self.columns if column.field == name)


def read(table: Table, rows: Sequence[TableRow], words: Words, faults: Faults) -> list[Parsed]:
    """
    Return the rows that are without fault, and add the faults of the others.

    :raises TableTooLong: beyond 50,000 rows
    """
    if len(rows) > MAX_ROWS:
        raise TableTooLong(limit=MAX_ROWS)
    sound = []
    for row in rows:
        before = len(faults.found)
        values: Values = {}
        for column in table.columns:
            try:
                values[column.field] = _read_cell(column, row[column.heading], words)
            except _Wrong as wrong:
                faults.add(row.number, column.heading, wrong.code, **wrong.params)
            except DomainError as error:
                faults.add_error(row.number, column.heading, error)
        parsed = Parsed(row.number, values)
        if len(faults.found) == before:
            _check_period(table, parsed, faults)
            table.check(parsed, faults)
        if len(faults.found) == before:
            sound.append(parsed)
    _check_repeats(table, sound, faults)
    return sound


def write(table: Table, values: Mapping[str, Any], words: Words) -> list[str | int | date | None]:
    """Return a row's cells in the order of the columns, so that `read` gives the same values."""
    return [_write_cell(column, values[column.field], words) for column in table.columns]


class _Wrong(Exception):
    def __init__(self, code: str, **params: str | int) -> None:
        self.code, self.params = code, params


def _read_cell(column: Column, cell: str, words: Words) -> Any:
    text = " ".join(cell.split())
    if not text:
        if column.required:
            raise _Wrong("value_missing")
        return column.otherwise
    if "\x00" in text:
        raise _Wrong("value_invalid", value=text.replace("\x00", "")[:40])
    return _READERS[column.holds](column, text, words)


def _text(column: Column, text: str, words: Words) -> str:
    if len(text) > column.longest:
        raise _Wrong("value_too_long", limit=column.longest)
    return text


def _texts(column: Column, text: str, words: Words) -> tuple[str, ...]:
    parts = [part.strip() for part in re.split(r"[、;；]", text)]
    if len(parts) > MAX_LISTED:
        raise _Wrong("value_too_long", limit=column.longest)
    return tuple(dict.fromkeys(_text(column, part, words) for part in parts if part))


def _word(column: Column, text: str, words: Words) -> str:
    known = words.get(column.vocabulary, {})
    for value, word in known.items():
        if text in (word, value):
            return value
    if column.open_vocabulary and re.fullmatch(r"[A-Z][A-Z_]{1,23}", text):
        return text
    raise _Wrong("value_unknown", value=text[:40])


def _words(column: Column, text: str, words: Words) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_word(column, part, words) for part in _texts(column, text, words)))


def _yes_no(column: Column, text: str, words: Words) -> bool:
    if text not in ("是", "否"):
        raise _Wrong("value_unknown", value=text[:40])
    return text == "是"


def _date(column: Column, text: str, words: Words) -> date:
    match = re.fullmatch(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})(?: 00:00:00)?", text)
    try:
        if match is None:
            raise ValueError
        day = date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        raise _Wrong("value_not_a_date", value=text[:40]) from None
    if not 1949 <= day.year <= 2199:
        raise _Wrong("value_not_a_date", value=text)
    return day


def _serial(column: Column, text: str, words: Words) -> int:
    if not re.fullmatch(r"[0-9]{1,3}", text):
        raise _Wrong("value_not_a_number", value=text[:40])
    if not 1 <= int(text) <= 99:
        raise _Wrong("value_invalid", value=text)
    return int(text)


def _matter(column: Column, text: str, words: Words) -> str:
    code, serial = split_code(text)
    if serial is not None or len(code) > 11:
        raise _Wrong("value_invalid", value=text[:40])
    return code


def _matter_or_class(column: Column, text: str, words: Words) -> str:
    return matter_line(text)[0]


def _division(column: Column, text: str, words: Words) -> str:
    division_level(text)
    return text


def _limit(column: Column, text: str, words: Words) -> Limit:
    return parse_limit(text)


def _number_or_limit(column: Column, text: str, words: Words) -> bool | int | Limit:
    if text in ("是", "否"):
        return text == "是"
    if re.fullmatch(r"[0-9]{1,5}", text):
        return int(text)
    try:
        return parse_limit(text)
    except LimitUnreadable:
        raise _Wrong("parameter_unreadable", value=text[:40]) from None


def _hours(column: Column, text: str, words: Words) -> str:
    return format_hours(parse_hours(text))


_READERS: dict[Holds, Callable[[Column, str, Words], Any]] = {
    Holds.TEXT: _text,
    Holds.TEXTS: _texts,
    Holds.WORD: _word,
    Holds.WORDS: _words,
    Holds.YES_NO: _yes_no,
    Holds.DATE: _date,
    Holds.SERIAL: _serial,
    Holds.MATTER: _matter,
    Holds.MATTER_OR_CLASS: _matter_or_class,
    Holds.DIVISION: _division,
    Holds.LIMIT: _limit,
    Holds.NUMBER_OR_LIMIT: _number_or_limit,
    Holds.HOURS: _hours,
}


def _write_cell(column: Column, value: Any, words: Words) -> str | int | date | None:
    known = words.get(column.vocabulary, {})
    match column.holds:
        case Holds.TEXTS:
            return "、".join(value)
        case Holds.WORD:
            return str(known.get(value, value))
        case Holds.WORDS:
            return "、".join(known.get(one, one) for one in value)
        case Holds.YES_NO:
            return "是" if value else "否"
        case Holds.LIMIT:
            return format_limit(value) if value else None
        case Holds.NUMBER_OR_LIMIT if isinstance(value, bool):
            return "是" if value else "否"
        case Holds.NUMBER_OR_LIMIT if isinstance(value, Limit):
            return format_limit(value)
        case _:
            shown: str | int | date | None = value
            return shown


def _check_period(table: Table, parsed: Parsed, faults: Faults) -> None:
    until = parsed.values.get("valid_until")
    if until is not None and until <= parsed.values["valid_from"]:
        heading = table.heading_of("valid_until")
        faults.add(parsed.number, heading, "value_invalid", value=until.isoformat())


def _check_repeats(table: Table, rows: Iterable[Parsed], faults: Faults) -> None:
    first: dict[tuple[Any, ...], int] = {}
    for row in rows:
        key = tuple(row.values[name] for name in (*table.key, "valid_from") if name in row.values)
        if key in first:
            filled = (c for c in table.columns if c.field in table.key and row.values[c.field])
            column = next(filled, table.columns[0])
            shown = str(row.values[column.field])
            faults.add(row.number, column.heading, "value_repeated", value=shown, first=first[key])
        first.setdefault(key, row.number)


def _duty_row_is_whole(parsed: Parsed, faults: Faults) -> None:
    values = parsed.values
    leads = values["list_kind"] != DutyListKind.BASIC
    if leads and not values["department_role"]:
        faults.add(parsed.number, "牵头部门角色", "value_missing")
    if not leads and values["department_role"]:
        faults.add(parsed.number, "牵头部门角色", "value_invalid", value=values["department_role"])
    if division_level(values["territory"]) not in (
        DivisionLevel.SUBDISTRICT,
        DivisionLevel.COMMUNITY,
    ):
        faults.add(parsed.number, "区划代码", "value_invalid", value=values["territory"])


def _power_has_one_holder(parsed: Parsed, faults: Faults) -> None:
    kind, role = parsed.values["unit_kind"], parsed.values["unit_role"]
    if bool(kind) == bool(role):
        code, params = ("value_invalid", {"value": role}) if kind else ("value_missing", {})
        faults.add(parsed.number, "单位角色", code, **params)


def _parameter_fits_its_name(parsed: Parsed, faults: Faults) -> None:
    name, value = ParameterName(parsed.values["name"]), parsed.values["value"]
    range_ = bounds(name)
    number, column = parsed.number, "取值"
    if range_ is None:
        if not isinstance(value, Limit):
            faults.add(number, column, "limit_unreadable", value=_shown(value))
    elif is_yes_no(name):
        if value not in (False, True):
            faults.add(number, column, "parameter_not_yes_or_no", value=_shown(value))
    elif isinstance(value, bool | Limit):
        faults.add(number, column, "value_not_a_number", value=_shown(value))
    elif not range_[0] <= value <= range_[1]:
        faults.add(number, column, "parameter_out_of_range", least=range_[0], most=range_[1])


def _shown(value: bool | int | Limit) -> str:
    return str(_write_cell(_VALUE, value, {}))


def _emergency_is_not_simple(parsed: Parsed, faults: Faults) -> None:
    if (parsed.values["urgency"], parsed.values["track"]) == (Urgency.EMERGENCY, Track.SIMPLE):
        faults.add(parsed.number, "办理方式", "emergency_not_simple")


_VALID_FROM = Column("生效日期", "valid_from", Holds.DATE)
_VALID_UNTIL = Column("失效日期", "valid_until", Holds.DATE, required=False, otherwise=None)
_DOCUMENT = (
    Column("依据文件", "document", longest=120),
    Column("文号", "document_number", longest=60, required=False),
)
_VALUE = Column("取值", "value", Holds.NUMBER_OR_LIMIT)
_BASIS = Column("依据", "basis", longest=200)
_ARTICLE = Column("条款", "article", longest=60, required=False)


def _may(heading: str, name: str, holds: Holds = Holds.TEXT, **more: Any) -> Column:
    return Column(heading, name, holds, required=False, **more)


_SOURCE = _may("来源渠道", "source", Holds.WORD, vocabulary="channel", open_vocabulary=True)
_URGENCY = _may("紧急程度", "urgency", Holds.WORD, vocabulary="urgency")

# One row a condition; what belongs to the matter as a whole stands in each of its rows.
MATTERS = Table(
    TableKind.MATTERS,
    (
        Column("事项编码", "code", Holds.MATTER),
        Column("大类", "class_name"),
        Column("事项", "name"),
        _may("别名", "aliases", Holds.TEXTS, otherwise=()),
        Column("序号", "serial", Holds.SERIAL),
        _may("立案条件", "register_condition", longest=400),
        _may("结案条件", "close_condition", longest=400),
        _may("时限", "limit", Holds.LIMIT, otherwise=None),
        _may("紧急时限", "limit_urgent", Holds.LIMIT, otherwise=None),
        _may("特急时限", "limit_emergency", Holds.LIMIT, otherwise=None),
        _may("紧急程度", "default_urgency", Holds.WORD, vocabulary="urgency",
             otherwise=Urgency.ORDINARY.value),
        _may("佐证要求", "evidence_asked", Holds.WORDS, vocabulary="evidence_kind", otherwise=()),
        _may("立案前核实", "verify", Holds.YES_NO, otherwise=False),
        _may("核查方式", "check_mode", Holds.WORD, vocabulary="check_mode",
             otherwise=CheckMode.REPLY_REVIEW.value),
        _may("免审签", "sign_off_waived", Holds.YES_NO, otherwise=False),
        _may("弹性", "flexible", Holds.YES_NO, otherwise=False),
        _may("敏感程度", "sensitivity", Holds.WORD, vocabulary="sensitivity",
             otherwise=Sensitivity.ORDINARY.value),
        _may("办理方式", "track", Holds.WORD, vocabulary="track", otherwise=Track.ORDINARY.value),
        Column("来源", "source", longest=80),
        _VALID_FROM,
        _VALID_UNTIL,
    ),
    key=("code", "serial"),
)  # fmt: skip
OF_THE_CONDITION = (
    "serial",
    "register_condition",
    "close_condition",
    "limit",
    "limit_urgent",
    "limit_emergency",
    "default_urgency",
)
CODE_MAP = Table(
    TableKind.CODE_MAP,
    (
        Column("外部系统", "system"),
        Column("外部编码", "foreign_code"),
        Column("事项编码", "matter_code", Holds.MATTER_OR_CLASS),
        _VALID_FROM,
        _VALID_UNTIL,
    ),
    key=("system", "foreign_code"),
)
TASK_LIMITS = Table(
    TableKind.TASK_LIMITS,
    (
        Column("环节", "kind", Holds.WORD, vocabulary="task_kind", open_vocabulary=True),
        _SOURCE,
        _URGENCY,
        Column("时限", "limit", Holds.LIMIT),
        _BASIS,
        _VALID_FROM,
        _VALID_UNTIL,
    ),
    key=("kind", "source", "urgency"),
)
PARAMETERS = Table(
    TableKind.PARAMETERS,
    (
        Column("参数", "name", Holds.WORD, vocabulary="parameter_name"),
        _SOURCE,
        _VALUE,
        _BASIS,
        _VALID_FROM,
        _VALID_UNTIL,
    ),
    key=("name", "source"),
    check=_parameter_fits_its_name,
)
TRACK_RULES = Table(
    TableKind.TRACK_RULES,
    (
        _may("事项编码", "matter_code", Holds.MATTER_OR_CLASS),
        _SOURCE,
        _URGENCY,
        Column("办理方式", "track", Holds.WORD, vocabulary="track"),
        _BASIS,
        _VALID_FROM,
        _VALID_UNTIL,
    ),
    key=("matter_code", "source", "urgency"),
    check=_emergency_is_not_simple,
)
RESPONSIBILITIES = Table(
    TableKind.RESPONSIBILITIES,
    (
        Column("事项编码", "matter_code", Holds.MATTER_OR_CLASS),
        _may("区划代码", "territory", Holds.DIVISION),
        Column("主办角色", "lead_role"),
        _may("协办角色", "co_roles", Holds.TEXTS, otherwise=()),
        *_DOCUMENT,
        _ARTICLE,
        _VALID_FROM,
        _VALID_UNTIL,
    ),
    key=("matter_code", "territory", "lead_role"),
)
DUTY_LISTS = Table(
    TableKind.DUTY_LISTS,
    (
        Column("区划代码", "territory", Holds.DIVISION),
        Column("事项编码", "matter_code", Holds.MATTER_OR_CLASS),
        Column("清单", "list_kind", Holds.WORD, vocabulary="duty_list_kind"),
        _may("牵头部门角色", "department_role"),
        *_DOCUMENT,
        _VALID_FROM,
        _VALID_UNTIL,
    ),
    key=("territory", "matter_code"),
    check=_duty_row_is_whole,
)
UNIT_POWERS = Table(
    TableKind.UNIT_POWERS,
    (
        _may("单位类别", "unit_kind", Holds.WORD, vocabulary="unit_kind", open_vocabulary=True),
        _may("单位角色", "unit_role"),
        Column("职权", "name", longest=80),
        _may("内容", "content", longest=400),
        *_DOCUMENT,
        _ARTICLE,
        _VALID_FROM,
        _VALID_UNTIL,
    ),
    key=("unit_kind", "unit_role", "name"),
    check=_power_has_one_holder,
)
CALENDAR_DAYS = Table(
    TableKind.CALENDAR_DAYS,
    (
        Column("日期", "day", Holds.DATE),
        Column("类别", "kind", Holds.WORD, vocabulary="calendar_day_kind"),
        Column("名称", "name"),
        Column("依据", "source", longest=120),
    ),
    key=("day", "kind"),
)
OFFICE_HOURS = Table(
    TableKind.OFFICE_HOURS,
    (
        Column("办公时间", "spans", Holds.HOURS),
        Column("依据", "source", longest=120),
        _VALID_FROM,
        _VALID_UNTIL,
    ),
    key=(),
)
