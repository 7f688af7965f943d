"""The mapping of a table of old cases: YAML that says where each fact stands."""

from typing import Annotated, Any, Self

from django.utils.translation import gettext as _
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from chengshao.intake.rules.case_table import OPEN, UNKNOWN, CaseTable, Cell, Moment, Point
from chengshao.intake.rules.moments import check_pattern, check_zone
from chengshao.intake.schemas.mapping_faults import fault, in_words, unreadable_in_words
from chengshao.kernel.errors import Invalid
from chengshao.kernel.geo import Crs
from chengshao.kernel.yaml_texts import YamlUnreadable, read_yaml
from chengshao.workorders.terms import Channel, ClosingKind, ReportKind

_YES_NO = {"是": "YES", "否": "NO", "1": "YES", "0": "NO", "true": "YES", "false": "NO"}


class MappingUnreadable(Invalid):
    """`faults`: all that is wrong, each with where it stands."""

    code = "import_mapping_unreadable"

    def __init__(self, faults: list[str]) -> None:
        super().__init__(count=len(faults), first=faults[0])
        self.faults = faults


def _as_text(said: Any) -> Any:
    """YAML reads 1 and yes as what they look like; a table has them as text."""
    if isinstance(said, bool):
        return "true" if said else "false"
    return str(said) if isinstance(said, int | float) else said


Name = Annotated[str, BeforeValidator(_as_text), Field(min_length=1, max_length=200)]
Word = Annotated[str, BeforeValidator(_as_text), Field(max_length=200)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Cell(_Part):
    column: Name | None = None
    constant: Word | None = None
    means: dict[Word, Word] = {}
    otherwise: Word | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.column is None) == (self.constant is None):
            raise fault("mapping_column_or_constant")
        return self

    def cell(self) -> Cell:
        return Cell(self.column or "", self.constant or "", dict(self.means), self.otherwise)


def _cell_or_column(said: Any) -> Any:
    return {"column": said} if isinstance(said, str) else said


CellIn = Annotated[_Cell, BeforeValidator(_cell_or_column)]


class _Moment(_Part):
    column: Name
    format: tuple[Name, ...] = ()
    zone: Name = "Asia/Shanghai"

    @field_validator("format", mode="before")
    @classmethod
    def _one_or_many(cls, said: Any) -> Any:
        return [said] if isinstance(said, str) else said

    @field_validator("format")
    @classmethod
    def _can_be_read(cls, said: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in said:
            try:
                check_pattern(pattern)
            except ValueError as error:
                raise fault("mapping_no_format", value=pattern) from error
        return said

    @field_validator("zone")
    @classmethod
    def _known(cls, said: str) -> str:
        try:
            check_zone(said)
        except ValueError as error:
            raise fault("mapping_no_zone", value=said) from error
        return said

    def moment(self) -> Moment:
        return Moment(self.column, self.format, self.zone)


MomentIn = Annotated[_Moment, BeforeValidator(_cell_or_column)]


class _Point(_Part):
    lng: Name
    lat: Name
    crs: Crs = Crs.WGS84


class _Table(_Part):
    source: Annotated[Name, Field(max_length=40)]
    key: Name
    words: tuple[Name, ...]
    separator: Annotated[str, Field(max_length=10)] = "\n"
    channel: CellIn
    opened_at: MomentIn
    source_number: CellIn | None = None
    kind: CellIn | None = None
    place: CellIn | None = None
    subdistrict: CellIn | None = None
    community: CellIn | None = None
    point: _Point | None = None
    matter: CellIn | None = None
    unit: CellIn | None = None
    unit_name: CellIn | None = None
    ended_at: MomentIn | None = None
    due_at: MomentIn | None = None
    closed_as: CellIn | None = None
    in_time: CellIn | None = None
    contact_name: CellIn | None = None
    contact_phone: CellIn | None = None
    confidential: CellIn | None = None
    complained_about: CellIn | None = None

    @field_validator("words", mode="before")
    @classmethod
    def _one_or_many(cls, said: Any) -> Any:
        return [said] if isinstance(said, str) else said

    @field_validator("words")
    @classmethod
    def _some(cls, said: tuple[str, ...]) -> tuple[str, ...]:
        if not said:
            raise fault("mapping_item_empty")
        return said

    @field_validator("channel", "kind", "closed_as")
    @classmethod
    def _known_words(cls, said: _Cell | None, info: Any) -> _Cell | None:
        known = _WORDS[info.field_name]
        if said is not None:
            for word in (*said.means.values(), said.constant, said.otherwise):
                if word and word not in known:
                    allowed = _("、").join(sorted(known))
                    raise fault("mapping_word_unknown", value=word, allowed=allowed)
        return said

    @field_validator("in_time", "confidential")
    @classmethod
    def _yes_or_no(cls, said: _Cell | None) -> _Cell | None:
        return said.model_copy(update={"means": _YES_NO | dict(said.means)}) if said else None

    def table(self) -> CaseTable:
        parts: dict[str, Any] = {}
        for name in type(self).model_fields:
            match getattr(self, name):
                case _Cell() as cell:
                    parts[name] = cell.cell()
                case _Moment() as moment:
                    parts[name] = moment.moment()
                case _Point() as point:
                    parts[name] = Point(point.lng, point.lat, point.crs)
                case plain:
                    parts[name] = plain
        return CaseTable(**parts)


_WORDS: dict[str, frozenset[str]] = {
    "channel": frozenset(Channel),
    "kind": frozenset(ReportKind),
    "closed_as": frozenset({OPEN, UNKNOWN, *ClosingKind}),
}


def read_mapping(text: str) -> CaseTable:
    """
    Return where the facts of a table stand, as a YAML text says.

    :raises MappingUnreadable: naming all that is wrong
    """
    try:
        said = read_yaml(text.encode(errors="surrogatepass"))
    except YamlUnreadable as error:
        raise MappingUnreadable([unreadable_in_words(error)]) from error
    try:
        return _Table.model_validate(said).table()
    except ValidationError as error:
        raise MappingUnreadable([in_words(one) for one in error.errors()]) from error
