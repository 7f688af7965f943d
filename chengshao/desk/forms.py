"""What staff fill in. The actions decide; these only read."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from chengshao.catalog import queries as catalog
from chengshao.catalog.terms import Urgency
from chengshao.desk.rules.closings import CLOSING_FIELDS
from chengshao.kernel.words import whole_number
from chengshao.people import queries as people
from chengshao.people.queries import UnitLine
from chengshao.places import queries as places
from chengshao.places.queries import DivisionLine
from chengshao.web.texts import TERMS
from chengshao.workorders.actions import Closing
from chengshao.workorders.queries import CaseFilter
from chengshao.workorders.terms import (
    DIRECT_CLOSINGS,
    ClosingKind,
    ContactResult,
    DeclineGround,
    LedgerLevel,
    Principle,
    ReportKind,
    TaskCommand,
)

_MOST = 4000


class _DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


_MOST_ID = 2**63 - 1
_MOST_UNITS = 40


def _words(label: Any = None, *, required: bool = False, rows: int = 3) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=_MOST,
        widget=forms.Textarea({"rows": rows}),
    )


def _choice(vocabulary: str, values: Iterable[str]) -> forms.ChoiceField:
    return forms.ChoiceField(
        required=False, choices=[(value, TERMS[vocabulary][value]) for value in values]
    )


class UnitsField(forms.Field):
    """Units that were ticked; which there are, the actions check."""

    widget = forms.SelectMultiple

    def clean(self, value: Any) -> frozenset[int]:
        """:raises ValidationError: if they are too many or no units"""
        texts = value or []
        numbers = [text for text in texts if str(text).isascii() and str(text).isdigit()]
        if (
            len(numbers) < len(texts)
            or len(texts) > _MOST_UNITS
            or any(not 0 < int(text) <= _MOST_ID for text in numbers)
        ):
            raise forms.ValidationError(_("请重新选单位。"))
        return frozenset(int(text) for text in numbers)


class SeenForm(forms.Form):
    """Every command carries the revision that its page showed."""

    seen_revision = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)


class RegisterForm(SeenForm):
    """Name the matter; correct urgency and place where the caller's words say otherwise."""

    matter = forms.CharField(max_length=40, error_messages={"required": _("请先选一个事项。")})
    urgency = forms.ChoiceField(
        required=False,
        choices=[("", _("按事项"))] + [(u.value, TERMS["urgency"][u]) for u in Urgency],
    )
    place = forms.CharField(required=False, max_length=400)
    found = forms.CharField(required=False, max_length=300)  # a place that was picked


class QualifyForm(SeenForm):
    """What a report is that its citizen couldn't say; what is left empty stays."""

    kind = _choice("report_kind", ReportKind)
    about_unit = forms.IntegerField(required=False, min_value=1, max_value=_MOST_ID)
    about = forms.CharField(required=False, max_length=200)


class TakeOffForm(SeenForm):
    reason = _words(required=True)


class ClosingForm(SeenForm):
    """What becomes of the demand; of what its kind does not ask, nothing is read."""

    closing = _choice("closing_kind", ClosingKind)
    promised_on = forms.DateField(required=False)
    organ = forms.CharField(required=False, max_length=120)
    procedure_number = forms.CharField(required=False, max_length=60)
    procedure_on = forms.DateField(required=False)
    ledger_level = _choice("ledger_level", LedgerLevel)
    review_on = forms.DateField(required=False)

    def closing_said(self) -> Closing | None:
        """Return the closing as it was chosen; None where none was."""
        said = self.cleaned_data
        if not said["closing"]:
            return None
        kind = ClosingKind(said["closing"])
        named = {name: said[name] for name in CLOSING_FIELDS.get(kind, ()) if said[name]}
        if "ledger_level" in named:
            named["ledger_level"] = LedgerLevel(named["ledger_level"])
        return Closing(kind, **named)

    def clean(self) -> dict[str, Any]:
        """Let nothing be wrong with a field that the chosen kind does not ask."""
        asked = CLOSING_FIELDS.get(self.cleaned_data.get("closing", ""), ())
        for name in {name for names in CLOSING_FIELDS.values() for name in names} - set(asked):
            self.errors.pop(name, None)
            self.cleaned_data.setdefault(name, None)
        return self.cleaned_data


class DirectAnswerForm(SeenForm):
    """A demand that the desk answers itself; what takes longer goes to a unit."""

    matter = forms.CharField(max_length=40, error_messages={"required": _("请先选一个事项。")})
    reply = _words()
    closing = _choice("closing_kind", DIRECT_CLOSINGS)


class DispatchForm(SeenForm):
    """Name who leads, who helps, who hears of it, and on what the choice rests."""

    lead = forms.IntegerField(
        min_value=1, max_value=_MOST_ID, error_messages={"required": _("请选主办单位。")}
    )
    helping = UnitsField(required=False)
    suggested_helping = UnitsField(required=False)  # that go with the suggested lead
    double = UnitsField(required=False)
    copy = UnitsField(required=False)
    principle = _choice("principle", Principle)
    basis = forms.CharField(required=False, max_length=400)
    task_words = _words()


class DeedForm(ClosingForm):
    """Any command of the tables: which of these it needs, its row says."""

    reason = _words()
    reply = _words()
    solved = forms.BooleanField(required=False)  # by its own button
    until = forms.DateField(required=False)
    outer_due_at = forms.DateTimeField(required=False)
    asked = UnitsField(required=False)
    proposed = forms.IntegerField(required=False, min_value=1, max_value=_MOST_ID)
    ground = _choice("decline_ground", DeclineGround)

    def clean(self) -> dict[str, Any]:
        """Take the button of what is really solved for the choice, if it doesn't contradict."""
        said = super().clean()
        chosen = said.get("closing", "")
        if not said.get("solved"):
            return said
        if chosen not in ("", ClosingKind.SOLVED):
            self.add_error("closing", _("选了别的结果，又按了“真解决了”，请定一个。"))
        said["closing"] = ClosingKind.SOLVED
        return said


class SeveralForm(forms.Form):
    """What is said once of several cases."""


class DispatchTogether(SeveralForm):
    lead = forms.IntegerField(
        min_value=1, max_value=_MOST_ID, error_messages={"required": _("请选主办单位。")}
    )
    principle = forms.ChoiceField(
        choices=[(each.value, TERMS["principle"][each]) for each in Principle]
    )
    basis = forms.CharField(max_length=400, error_messages={"required": _("请写依据。")})


class DeclineTogether(SeveralForm):
    ground = forms.ChoiceField(
        choices=[(each.value, TERMS["decline_ground"][each]) for each in DeclineGround],
        error_messages={"required": _("请选法定情形。")},
    )
    reply = forms.CharField(max_length=_MOST, error_messages={"required": _("请写给诉求人的话。")})


class VerdictTogether(SeveralForm):
    verdict = forms.ChoiceField(
        choices=[
            (each.value, TERMS["move"][f"ADJUDICATE.{each}"])
            for each in (TaskCommand.GRANT, TaskCommand.DENY)
        ],
        error_messages={"required": _("请选同意还是驳回。")},
    )
    reason = forms.CharField(max_length=_MOST, error_messages={"required": _("请写理由。")})


class CallForm(forms.Form):
    """How an attempt to get in touch went."""

    report = forms.IntegerField(min_value=1, max_value=_MOST_ID)
    result = forms.ChoiceField(
        choices=[(r.value, TERMS["contact_result"][r]) for r in ContactResult],
        error_messages={"required": _("请选联系结果。")},
    )
    words = _words()


class SecondCallForm(forms.Form):
    """What a citizen says who calls again."""

    words = _words()


class WriteForm(forms.Form):
    """What is written to a citizen while the case is open, and for which unit."""

    words = forms.CharField(
        max_length=2000, error_messages={"required": _("请写一句给诉求人的话。")}
    )
    unit = forms.IntegerField(min_value=1, max_value=10**15)


class RemarkForm(forms.Form):
    """What is said inside, and for which unit; the own one where none is named."""

    words = forms.CharField(max_length=2000, error_messages={"required": _("请写一句内部意见")})
    unit = forms.IntegerField(required=False, min_value=1, max_value=10**15)


class PersonForm(forms.Form):
    """Who is to know of a case, or to know no more, and for which unit: `user-unit`."""

    person = forms.RegexField(
        r"^[1-9][0-9]{0,14}-[1-9][0-9]{0,14}$",
        error_messages={"required": _("请选一个人。"), "invalid": _("请选一个人。")},
    )
    reason = _words()

    @property
    def ids(self) -> tuple[int, int]:
        """Return the ids of the user and the unit."""
        user_id, _sep, unit_id = self.cleaned_data["person"].partition("-")
        return int(user_id), int(unit_id)


class MergeForm(SeenForm):
    """Into which case, and why they are the same."""

    into = forms.CharField(max_length=20, error_messages={"required": _("请选要并入的案卷。")})
    reason = _words()


class UndoMergeForm(SeenForm):
    reason = _words()


class ErasureForm(forms.Form):
    reason = _words(required=True)


class EvidenceForm(forms.Form):
    evidence_kind = forms.CharField(max_length=40)
    file = forms.FileField(max_length=200)


class PurposeForm(forms.Form):
    """Reading a citizen's number asks what for, and is logged."""

    purpose = forms.CharField(
        label=_("用途"),
        max_length=100,
        error_messages={"required": _("请写明用途，例：联系诉求人核实位置。")},
    )


class CaseFilterForm(forms.Form):
    """What the list of cases is narrowed to; it stands in the address."""

    NAMES = (
        *("unit", "words", "standing", "step", "matter", "division", "handled_by", "channel"),
        *("urgency", "begins", "ends", "import", "columns"),
    )

    unit = forms.TypedChoiceField(required=False, coerce=int, label=_("单位"))
    words = forms.CharField(required=False, max_length=100, label=_("找"))
    standing = forms.ChoiceField(required=False, label=_("办理情况"))
    step = forms.ChoiceField(required=False, label=_("环节"))
    matter = forms.CharField(required=False, max_length=40, label=_("事项"))
    division = forms.ChoiceField(required=False, label=_("街道"))
    handled_by = forms.CharField(required=False, max_length=40, label=_("承办单位"))
    channel = forms.ChoiceField(required=False, label=_("来源"))
    urgency = forms.ChoiceField(required=False, label=_("紧急程度"))
    begins = forms.DateField(required=False, widget=_DayInput(), label=_("受理日期从"))
    ends = forms.DateField(required=False, widget=_DayInput(), label=_("到"))

    def __init__(self, query: QueryDict, *, units: Sequence[UnitLine]) -> None:
        super().__init__(query, auto_id="filter-%s")
        self._units = units
        fields: Any = self.fields
        fields["unit"].choices = [(unit.id, unit.short_name or unit.name) for unit in units]
        for name in ("standing", "step", "channel", "urgency"):
            fields[name].choices = [("", _("不限")), *TERMS[name].items()]
        streets = [(line.code, line.name) for line in _subdistricts()]
        fields["division"].choices = [("", _("不限")), *streets]
        for field in fields.values():
            field.widget.attrs["class"] = "input"
        self.meant: dict[str, str] = {}  # what typed words were taken for

    def clean_matter(self) -> str:
        """:raises ValidationError: if nothing is called so"""
        words = self._told("matter")
        if not words:
            return ""
        found = catalog.code_called(words, localdate())
        if found is None:
            raise forms.ValidationError(_("没有叫“%(words)s”的事项"), params={"words": words})
        self.meant["matter"] = found[1]
        return found[0]

    def clean_handled_by(self) -> int | None:
        """:raises ValidationError: if no unit is called so"""
        words = self._told("handled_by")
        if not words:
            return None
        found = next(iter(people.find_units(words, on=localdate(), limit=1)), None)
        if found is None:
            raise forms.ValidationError(_("没有叫“%(words)s”的单位"), params={"words": words})
        self.meant["handled_by"] = found.name
        return found.id

    def clean(self) -> dict[str, Any]:
        """:raises ValidationError: if the days run backwards"""
        said = super().clean() or {}
        begins, ends = said.get("begins"), said.get("ends")
        if begins and ends and ends < begins:
            self.add_error("ends", _("结束日期早于开始日期"))
        if self.data.get("import") and not self._batch():
            self.add_error(None, _("没有这次导入"))
        return said

    def _batch(self) -> int:
        return whole_number(self.data.get("import", "")) or 0

    def asked(self) -> CaseFilter:
        """Return what to look for; of several own units the first where none is named."""
        said = self.cleaned_data
        first = min((unit.id for unit in self._units), default=0)
        return CaseFilter(
            unit_id=said["unit"] or first,
            words=said["words"],
            step=said["step"],
            standing=said["standing"],
            matter=said["matter"],
            division=said["division"],
            handled_by=said["handled_by"],
            channel=said["channel"],
            urgency=said["urgency"],
            begins=said["begins"],
            ends=said["ends"],
            batch=self._batch(),
        )

    def narrowed(self) -> int:
        """Return how many of the further conditions are set."""
        further = (name for name in self.fields if name not in ("unit", "words"))
        return sum(1 for name in further if self.data.get(name))

    def _told(self, name: str) -> str:
        return str(self.cleaned_data[name]).replace("\x00", "").strip()


class ViewForm(forms.Form):
    """A name for the list as it stands, and whether one's unit shall find it too."""

    name = forms.CharField(max_length=40)
    query = forms.CharField(required=False, max_length=1000)
    unit = forms.TypedChoiceField(required=False, coerce=int, empty_value=None)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        unit: Any = self.fields["unit"]
        told = data.get("unit", "")
        unit.choices = [] if whole_number(told) is None else [(told, told)]


def _subdistricts() -> Sequence[DivisionLine]:
    try:
        return places.divisions_below(places.district_code())
    except places.DistrictNotFound:
        return []
