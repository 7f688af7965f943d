"""
What the columns of a table say: the mapping, and a row as the API takes it. Pure.

The API judges what a report may be; a fault here is only what can't be read as the mapping says.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from chengshao.intake.rules.moments import check_pattern, check_zone, moment_of
from chengshao.kernel.yaml_texts import YamlUnreadable, read_yaml
from chengshao.workorders.terms import Channel

NO_PLACE = "无地点"
_NO = frozenset({"", "否", "不", "不保密", "公开", "0", "n", "no", "false"})
_FAULTS = {  # pydantic's kinds of fault in Chinese; the rest in general words
    "missing": "缺少这一项",
    "extra_forbidden": "没有这一项",
    "string_type": "应是文字（数字和日期请加引号）",
    "enum": "不是规定的值",
    "list_type": "应是列表",
    "too_short": "至少要有一列",
    "model_type": "应写成 {column: 列名} 或 {constant: 内容}",
}

Json = str | bool | None
Name = Annotated[str, Field(min_length=1)]


class MappingFaulty(Exception):
    """The mapping can't be used: every fault in Chinese and in English."""

    def __init__(self, faults: list[tuple[str, str]]) -> None:
        super().__init__(faults)
        self.faults = faults


class RowUnreadable(Exception):
    """A cell does not say what the mapping expects there: which, in words."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Number(_Part):
    """The source's own number. With the prefix it is the key by which a repetition is known."""

    column: Name
    prefix: str = ""


class Words(_Part):
    """What the citizen says: several columns become one text."""

    columns: Annotated[list[Name], Field(min_length=1)]
    separator: str = "\n"

    @model_validator(mode="before")
    @classmethod
    def _plain_list(cls, said: Any) -> Any:
        return {"columns": said} if isinstance(said, list) else said

    def of(self, row: Mapping[str, str]) -> str:
        return self.separator.join(row[name] for name in self.columns if row[name])


class Value(_Part):
    """A column, or the same words for every row."""

    column: Name | None = None
    constant: Name | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if (self.column is None) == (self.constant is None):
            raise _fault("应写 column 或 constant 之一", "either column or constant")
        return self

    def of(self, row: Mapping[str, str]) -> str:
        return row[self.column] if self.column else self.constant or ""


class Moment(_Part):
    """A column of times: formats as strptime has them; ISO 8601 is understood besides."""

    column: Name
    format: list[Name] = []
    zone: str = "Asia/Shanghai"

    @field_validator("format", mode="before")
    @classmethod
    def _one_or_many(cls, said: Any) -> Any:
        return [said] if isinstance(said, str) else said

    @field_validator("format")
    @classmethod
    def _can_be_read(cls, said: list[str]) -> list[str]:
        for pattern in said:
            try:
                check_pattern(pattern)
            except ValueError as error:
                raise _fault(f"“{pattern}”不是时间格式", str(error)) from error
        return said

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, said: str) -> str:
        try:
            check_zone(said)
        except ValueError as error:
            raise _fault(f"没有“{said}”这个时区", "no such time zone") from error
        return said

    def of(self, row: Mapping[str, str]) -> datetime | None:
        """:raises RowUnreadable: if the cell is no time"""
        told = row[self.column]
        if not told:
            return None
        moment = moment_of(told, self.format, self.zone)
        if moment is None:
            raise RowUnreadable(f"{self.column}：“{told[:40]}”读不成时间")
        return moment


class Confidential(_Part):
    """A column in which some words ask for confidence. Any word not known is a fault."""

    column: Name
    when: Annotated[list[Name], Field(min_length=1)] = ["是"]

    def of(self, row: Mapping[str, str]) -> bool:
        """:raises RowUnreadable: if the cell says neither yes nor no"""
        told = row[self.column].casefold()
        if told in {word.casefold() for word in self.when}:
            return True
        if told in _NO:
            return False
        raise RowUnreadable(f"{self.column}：不知道“{told[:40]}”是否要求保密")


class ReportMapping(_Part):
    """Where each part of a report stands in the table."""

    channel: Annotated[Channel, Field(strict=False)] = Channel.MAILBOX
    number: Number
    words: Words
    place: Value | None
    source_at: Moment | None = None
    contact_name: Value | None = None
    contact_phone: Value | None = None
    confidential: Confidential | bool = False

    @field_validator("place", mode="before")
    @classmethod
    def _no_place(cls, said: Any) -> Any:
        if said is None:
            raise _fault("请写清楚，没有地点写“无地点”", "say 无地点 where there is none")
        return None if said == NO_PLACE else said

    def columns(self) -> Iterator[str]:
        """Return every column that is asked for."""
        yield from self.words.columns
        parts = (self.number, self.place, self.source_at, self.contact_name, self.contact_phone)
        for part in (*parts, self.confidential):
            column = getattr(part, "column", None)
            if column:
                yield column

    def key_of(self, row: Mapping[str, str]) -> str:
        """Return by which key the API knows this row again; only the prefix if it has none."""
        return self.number.prefix + row[self.number.column]

    def report_of(self, row: Mapping[str, str]) -> dict[str, Json]:
        """
        Return the row as the body of POST /api/v1/reports.

        :raises RowUnreadable: if a cell does not say what the mapping expects there
        """
        number = row[self.number.column]
        if not number:
            raise RowUnreadable(f"{self.number.column}：没有编号")
        source_at = self.source_at.of(row) if self.source_at else None
        asked = self.confidential
        place = self.place.of(row) if self.place else ""
        return {
            "client_key": self.key_of(row),
            "channel": self.channel.value,
            "words": self.words.of(row),
            "place": "" if place == NO_PLACE else place,
            "source_number": number,
            "source_at": source_at.isoformat() if source_at else None,
            "contact_name": self.contact_name.of(row) if self.contact_name else "",
            "contact_phone": self.contact_phone.of(row) if self.contact_phone else "",
            "confidential": asked if isinstance(asked, bool) else asked.of(row),
        }


def read_mapping(content: bytes, *, headings: Collection[str]) -> ReportMapping:
    """
    Return the mapping that a YAML file holds, checked against the table it is for.

    :raises MappingFaulty: naming all that is wrong
    """
    try:
        said = read_yaml(content)
    except YamlUnreadable as error:
        raise MappingFaulty([(f"不能读成 YAML：{error.why}", f"no YAML: {error.why}")]) from error
    if not isinstance(said, dict):
        raise MappingFaulty([("是空的，或不是“名称: 内容”", "it is empty or no mapping")])
    try:
        mapping = ReportMapping.model_validate(said)
    except ValidationError as error:
        raise MappingFaulty([_in_words(one) for one in error.errors()]) from error
    lacking = [name for name in dict.fromkeys(mapping.columns()) if name not in headings]
    if lacking:
        there = "、".join(headings)[:400]
        raise MappingFaulty(
            [(f"表里没有“{name}”这一列", f"the table has no column {name!r}") for name in lacking]
            + [(f"表里有：{there}", f"it has: {there}")]
        )
    return mapping


def _fault(zh: str, en: str) -> PydanticCustomError:
    return PydanticCustomError("said", "{en}", {"zh": zh, "en": en})


def _in_words(error: ErrorDetails) -> tuple[str, str]:
    # Inside a union pydantic adds the name of the alternative that was tried.
    path = [str(part) for part in error["loc"]]
    where = ".".join(part for part in path if part.islower() or part.isdigit()) or "-"
    context = error.get("ctx", {})
    zh = str(context.get("zh") or _FAULTS.get(error["type"], "不正确"))
    if error["type"] == "enum":
        zh += f"（{'、'.join(Channel)}）"
    return f"{where}：{zh}", f"{where}: {error['msg']}"
