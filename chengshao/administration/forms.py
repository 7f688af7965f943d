"""One row of a table of the catalogue as a form, and a whole table as a file."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chengshao.catalog import queries as catalog
from chengshao.catalog.queries import Cells, Column, Holds
from chengshao.catalog.terms import TableKind
from chengshao.kernel.tables import Fault
from chengshao.web.texts import TERMS, term, text

FROM, UNTIL = "生效日期", "失效日期"
_MOST_CONDITIONS = 99
_CLOSING = ("valid_from", "valid_until", "ends", "note")
_DATE = {"type": "date"}
_HINTS = {
    Holds.TEXTS: _("多个之间用、隔开"),
    Holds.LIMIT: _("例：2紧急工作时、4工作时、2工作日、3自然日"),
    Holds.NUMBER_OR_LIMIT: _("数字、时限，或是、否；例：80、15自然日"),
    Holds.MATTER_OR_CLASS: _("大类如C01，事项如C0101，立案条件如C0101-2"),
    Holds.MATTER: _("例：C0101"),
    Holds.DIVISION: _("12位区划代码；空着是全区"),
}
Row = Mapping[str, str]  # cells by heading


class TableForm(forms.Form):
    """A whole table to draft changes from."""

    kind = forms.ChoiceField(label=_("哪张表"))
    file = forms.FileField(
        label=_("Excel或CSV文件"),
        help_text=_("有一处要改，就一条也不收；与现在相同的行不算改动"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
    )
    note = forms.CharField(
        label=_("为什么改"), max_length=400, required=False, widget=forms.Textarea({"rows": 2})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(kind.value, term("table_kind", kind)) for kind in catalog.DRAFTED]


@dataclass(frozen=True, slots=True)
class ConditionFields:
    """A condition of a matter, folded away until it is to be changed."""

    heading: str
    said: str
    fields: list[Any]
    is_open: bool


class RowForm(forms.Form):
    """
    One row of a table, of a matter one with all its conditions; what was in force ends the day
    before the new one begins.
    """

    def __init__(self, kind: TableKind, known: Sequence[Row], tomorrow: date, data: Any = None):
        super().__init__(data)
        self.kind, self.known = kind, known
        self._table = catalog.TABLES[kind]
        self._slots = _slots(kind, known)
        for column in self._table.columns:
            if column.field in catalog.OF_THE_CONDITION and kind is TableKind.MATTERS:
                continue
            self.fields[column.field] = self._field(column, known[0] if known else {}, column.field)
        self.fields["valid_from"].initial = tomorrow
        if kind is TableKind.MATTERS:
            self._add_conditions()
            if known:
                self.fields["code"].widget.attrs["readonly"] = True
        if known:
            self.fields["ends"] = forms.BooleanField(
                label=_("从这一天起取消，不再有这一条"), required=False
            )
        self.fields["note"] = forms.CharField(
            label=_("为什么改"), max_length=400, required=False, widget=forms.Textarea({"rows": 2})
        )

    @property
    def conditions(self) -> Iterator[ConditionFields]:
        """Yield each condition of a matter with its fields, the last one to be added."""
        for slot in self._slots:
            fields = [self[name] for name in self.fields if name.startswith(f"c{slot}-")]
            is_new = bool(self.known) and slot == self._slots[-1]
            heading = gettext("立案条件{n}").format(n=slot)
            yield ConditionFields(
                heading=gettext("再加一条（不加就空着）") if is_new else heading,
                said=str(fields[0].value() or ""),
                fields=fields,
                is_open=not self.known or any(field.errors for field in fields),
            )

    @property
    def shared(self) -> list[Any]:
        """Return the fields of the row as a whole, but those that close the form."""
        return [self[name] for name in self.fields if "-" not in name and name not in _CLOSING]

    @property
    def closing(self) -> list[Any]:
        """Return from when it holds, whether it ends, and why."""
        return [self[name] for name in _CLOSING if name in self.fields]

    def cells(self) -> list[Cells]:
        """Return the rows of the table that say what was filled in."""
        said = self.cleaned_data
        day = said["valid_from"].isoformat()
        ended = [dict(row) | {UNTIL: day} for row in self.known]
        if said.get("ends"):
            return _numbered(ended)
        shared = {c.heading: _cell(said.get(c.field)) for c in self._table.columns}
        if self.kind is not TableKind.MATTERS:
            moved = self.known and self._key(shared) != self._key(self.known[0])
            return _numbered([shared, *(ended if moved else [])])
        rows = [shared | self._condition(slot) for slot in self._slots if self._is_said(slot)]
        return _numbered(rows)

    def tell(self, faults: Sequence[Fault]) -> None:
        """Put each fault of the table to its field."""
        said = [slot for slot in self._slots if self._is_said(slot)]
        for fault in faults:
            column = catalog.column_called(self.kind, fault.column)
            name = column.field if column else ""
            if name not in self.fields and 0 < fault.row <= len(said):
                name = f"c{said[fault.row - 1]}-{name}"
            self.add_error(name if name in self.fields else None, text(fault.code, fault.params))

    def _add_conditions(self) -> None:
        columns = [c for c in self._table.columns if c.field in catalog.OF_THE_CONDITION]
        by_serial = {row["序号"]: row for row in self.known}
        for slot in self._slots:
            row = by_serial.get(str(slot), {})
            for column in columns:
                if column.field != "serial":
                    name = f"c{slot}-{column.field}"
                    self.fields[name] = self._field(column, row, name, required=False)
            if row:
                self.fields[f"c{slot}-gone"] = forms.BooleanField(
                    label=_("删去这一条"), required=False
                )

    def _field(
        self, column: Column, row: Row, name: str, *, required: bool | None = None
    ) -> forms.Field:
        cell = row.get(column.heading, "")
        common: dict[str, Any] = {
            "label": term("table_heading", column.heading),
            "required": column.required if required is None else required,
            "initial": cell,
            "help_text": _HINTS.get(column.holds, ""),
        }
        match column.holds:
            case Holds.WORD:
                every = common["required"] or column.otherwise
                choices: list[tuple[str, Any]] = [] if every else [("", _("不限"))]
                choices += [(v, str(w)) for v, w in TERMS[column.vocabulary].items()]
                initial = _value_of(column, cell) or column.otherwise
                if initial and initial not in dict(choices):  # another room's, without a word here
                    choices.append((initial, initial))
                common |= {"initial": initial}
                if required is None:
                    common["required"] = bool(every)
                return forms.ChoiceField(**common, choices=choices)
            case Holds.WORDS:
                chosen = [_value_of(column, each) for each in cell.split("、") if each]
                return forms.MultipleChoiceField(
                    **common | {"initial": chosen, "help_text": ""},
                    choices=[(v, str(w)) for v, w in TERMS[column.vocabulary].items()],
                    widget=forms.CheckboxSelectMultiple,
                )
            case Holds.YES_NO:
                return forms.BooleanField(
                    label=common["label"], required=False, initial=cell == "是"
                )
            case Holds.DATE:
                initial = "" if column.heading == UNTIL else cell
                return forms.DateField(
                    **common | {"initial": initial},
                    widget=forms.DateInput(attrs=_DATE, format="%Y-%m-%d"),
                )
            case _:
                long = column.longest > 100 or column.field == "aliases"
                widget: forms.Widget = forms.Textarea({"rows": 2}) if long else forms.TextInput()
                most = column.longest * (31 if column.holds is Holds.TEXTS else 1)
                if column.field in ("lead_role", "department_role"):
                    widget = forms.TextInput({"list": "roles", "autocomplete": "off"})
                return forms.CharField(**common, max_length=most, widget=widget)

    def _condition(self, slot: int) -> dict[str, str]:
        columns = (c for c in self._table.columns if c.field in catalog.OF_THE_CONDITION)
        said = {
            c.heading: _cell(self.cleaned_data.get(f"c{slot}-{c.field}"))
            for c in columns
            if c.field != "serial"
        }
        return {"序号": str(slot), **said}

    def _is_said(self, slot: int) -> bool:
        if self.cleaned_data.get(f"c{slot}-gone"):
            return False
        is_new = slot == self._slots[-1]
        names = ("register_condition", "close_condition", "limit")
        filled = any(self.cleaned_data.get(f"c{slot}-{name}") for name in names)
        first_of_new = not self.known and slot == self._slots[0]
        return not is_new or filled or first_of_new

    def _key(self, cells: Row) -> tuple[str, ...]:
        table = self._table
        found = []
        for name in table.key:
            column = next(c for c in table.columns if c.field == name)
            found.append(_value_of(column, cells.get(column.heading, "")))
        return tuple(found)


def _slots(kind: TableKind, known: Sequence[Row]) -> list[int]:
    if kind is not TableKind.MATTERS:
        return []
    serials = sorted(int(row["序号"]) for row in known)
    free = next(n for n in range(1, _MOST_CONDITIONS + 2) if n not in serials)
    return [*serials, max([free, *(n + 1 for n in serials)])]


def _value_of(column: Column, cell: str) -> str:
    """Return the value for a word of the file, or the cell itself."""
    if column.holds not in (Holds.WORD, Holds.WORDS):
        return cell
    words = catalog.words_of_tables().get(column.vocabulary, {})
    return next((value for value, word in words.items() if cell in (word, value)), cell)


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "是" if value else "否"
        case list():
            return "、".join(value)
        case date():
            return value.isoformat()
    return str(value)


def _numbered(rows: Sequence[Row]) -> list[Cells]:
    return [Cells(number, row) for number, row in enumerate(rows, start=1)]


def day_after(today: date) -> date:
    return today + timedelta(days=1)
