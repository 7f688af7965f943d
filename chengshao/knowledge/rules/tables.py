"""The table in which items are handed in and taken away. An export is what the import reads."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from chengshao.kernel.clock import ZONE
from chengshao.kernel.errors import DomainError
from chengshao.kernel.tables import Faults
from chengshao.knowledge.rules.drafts import CODE, Draft, check_draft
from chengshao.knowledge.terms import ItemField, ItemKind

HEADING_OF = {
    ItemField.CODE: "编号",
    ItemField.KIND: "类别",
    ItemField.TITLE: "标题",
    ItemField.CALLERS_WORDS: "来电人说法",
    ItemField.ANSWER: "答复",
    ItemField.CONDITIONS: "条件",
    ItemField.PAPERS: "材料",
    ItemField.PLACE: "办理地点",
    ItemField.SOURCE: "依据",
    ItemField.SOURCE_REF: "文号或网址",
    ItemField.MATTER: "事项编码",
    ItemField.UNIT: "单位代码",
    ItemField.VALID_FROM: "生效时间",
    ItemField.VALID_UNTIL: "失效时间",
}
HEADINGS = tuple(HEADING_OF.values())
NEEDED = tuple(
    HEADING_OF[field]
    for field in (
        ItemField.CODE,
        ItemField.KIND,
        ItemField.TITLE,
        ItemField.ANSWER,
        ItemField.SOURCE,
        ItemField.UNIT,
        ItemField.VALID_FROM,
    )
)
KINDS = {
    "答复口径": ItemKind.ANSWER,
    "临时通知": ItemKind.TEMPORARY,
    "部门指引": ItemKind.GUIDANCE,
    "好案例": ItemKind.GOOD_CASE,
    "差案例": ItemKind.BAD_CASE,
}
_WORD_OF_KIND = {kind: word for word, kind in KINDS.items()}
_MOMENT = re.compile(
    r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]+(\d{1,2})[:：](\d{2})(?:[:：]00)?)?$",
    re.ASCII,
)
_BETWEEN = re.compile(r"[、；;\n]+")
_FIELD_OF_FAULT = {
    "knowledge_too_long_to_read_aloud": ItemField.ANSWER,
    "knowledge_case_names_somebody": ItemField.ANSWER,
    "knowledge_too_many_callers_words": ItemField.CALLERS_WORDS,
    "knowledge_expiry_missing": ItemField.VALID_UNTIL,
    "knowledge_period_empty": ItemField.VALID_UNTIL,
    "matter_not_found": ItemField.MATTER,
    "unit_not_found": ItemField.UNIT,
    "knowledge_power_missing": ItemField.UNIT,
    "knowledge_case_names_unit": ItemField.ANSWER,
    "knowledge_case_tells_too_much": ItemField.ANSWER,
}


@dataclass(frozen=True, slots=True)
class Parsed:
    """A row that can be taken in as far as it alone tells."""

    number: int
    code: str
    draft: Draft


def read_rows(
    rows: Iterable[tuple[int, Mapping[str, str]]], units: Mapping[str, int], faults: Faults
) -> list[Parsed]:
    """
    Return the drafts of a table; what is wrong goes to `faults`, by row and column.

    :param units: the ids of all units named, by their codes
    """
    found: list[Parsed] = []
    first: dict[str, int] = {}
    for number, cells in rows:
        before = len(faults.found)
        code = _code(number, cells, first, faults)
        draft = _draft(number, cells, units, faults)
        if draft is None or len(faults.found) > before:
            continue
        try:
            check_draft(draft)
        except DomainError as error:
            add_refusal(number, error, faults)
            continue
        found.append(Parsed(number, code, draft))
    return found


def add_refusal(number: int, error: DomainError, faults: Faults) -> None:
    """Add what was refused of a row to its faults, beside the column that it is about."""
    faults.add_error(number, HEADING_OF[field_of(error)], error)


def field_of(error: DomainError) -> ItemField:
    """Return the part of an item that a refusal is about."""
    named = error.params.get("item_field")
    return ItemField(str(named)) if named else _FIELD_OF_FAULT.get(error.code, ItemField.CODE)


def cells_of(code: str, unit_code: str, draft: Draft) -> list[str]:
    """Return a row of the table."""
    texts = draft.texts() | {
        ItemField.CODE: code,
        ItemField.KIND: _WORD_OF_KIND[draft.kind],
        ItemField.CALLERS_WORDS: "、".join(draft.callers_words),
        ItemField.UNIT: unit_code,
        ItemField.VALID_FROM: _written(draft.valid_from),
        ItemField.VALID_UNTIL: _written(draft.valid_until),
    }
    return [texts[field] for field in HEADING_OF]


def phrases(text: str) -> tuple[str, ...]:
    """Return callers' ways to say it, as they are written between 、 or line by line."""
    return tuple(dict.fromkeys(part.strip() for part in _BETWEEN.split(text) if part.strip()))


def read_moment(text: str) -> datetime | None:
    """Return a date (its first moment) or a date with a time, in China; None if it is neither."""
    match = _MOMENT.match(text)
    if match is None:
        return None
    year, month, day, hour, minute = (int(part or 0) for part in match.groups())
    try:
        return datetime.combine(date(year, month, day), time(hour, minute), ZONE)
    except ValueError:
        return None


def _written(moment: datetime | None) -> str:
    if moment is None:
        return ""
    local = moment.astimezone(ZONE)
    return local.strftime("%Y-%m-%d" if local.time() == time(0) else "%Y-%m-%d %H:%M")


def _code(number: int, cells: Mapping[str, str], first: dict[str, int], faults: Faults) -> str:
    heading = HEADING_OF[ItemField.CODE]
    code = cells[heading]
    if not code:
        faults.add(number, heading, "value_missing")
    elif not CODE.match(code):
        faults.add(number, heading, "value_invalid", value=code[:40])
    elif first.setdefault(code, number) != number:
        faults.add(number, heading, "value_repeated", value=code, first=first[code])
    return code


def _draft(
    number: int, cells: Mapping[str, str], units: Mapping[str, int], faults: Faults
) -> Draft | None:
    said = {field: cells[heading] for field, heading in HEADING_OF.items()}
    kind = KINDS.get(said[ItemField.KIND])
    if kind is None:
        value = said[ItemField.KIND][:40]
        faults.add(number, HEADING_OF[ItemField.KIND], "value_unknown", value=value)
    unit_id = units.get(said[ItemField.UNIT])
    if unit_id is None:
        value = said[ItemField.UNIT][:40]
        faults.add(number, HEADING_OF[ItemField.UNIT], "value_unknown", value=value)
    begins, ends = (
        _moment(number, said, field, faults)
        for field in (ItemField.VALID_FROM, ItemField.VALID_UNTIL)
    )
    if kind is None or unit_id is None or begins is None:
        return None
    return Draft(
        kind=kind,
        title=said[ItemField.TITLE],
        answer=said[ItemField.ANSWER],
        unit_id=unit_id,
        source=said[ItemField.SOURCE],
        valid_from=begins,
        valid_until=ends,
        callers_words=phrases(said[ItemField.CALLERS_WORDS]),
        conditions=said[ItemField.CONDITIONS],
        papers=said[ItemField.PAPERS],
        place=said[ItemField.PLACE],
        source_ref=said[ItemField.SOURCE_REF],
        matter=said[ItemField.MATTER],
    )


def _moment(
    number: int, said: Mapping[ItemField, str], field: ItemField, faults: Faults
) -> datetime | None:
    text = said[field]
    moment = read_moment(text)
    if text and moment is None:
        faults.add(number, HEADING_OF[field], "value_not_a_date", value=text[:40])
    elif not text and field is ItemField.VALID_FROM:
        faults.add(number, HEADING_OF[field], "value_missing")
    return moment
