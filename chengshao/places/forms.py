"""What people fill in on this room's pages. Forms bound and read; the actions decide."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.validators import RegexValidator
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from chengshao.kernel.geo import Crs
from chengshao.places.rules.geojson import MAX_BYTES
from chengshao.places.rules.redrawing import Redrawing
from chengshao.places.terms import ImportKind, RedrawKind
from chengshao.web.texts import TERMS

WITH_POINTS = frozenset(ImportKind) - {ImportKind.DIVISIONS}
DRAWN = frozenset({RedrawKind.SPLIT, RedrawKind.MOVE_BORDER, RedrawKind.DRAW})


def slug_of(kind: ImportKind | RedrawKind) -> str:
    """Return how a kind of file, or of deed, is called in addresses."""
    return kind.lower().replace("_", "-")


class ImportForm(forms.Form):
    """A file of ground data. `within` is asked for grids only, `crs` where there are points."""

    file = forms.FileField(label=_("文件"))
    valid_from = forms.DateField(
        label=_("生效日期"),
        help_text=_("表内没有写生效日期的，从这一天起生效"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        initial=localdate,
    )
    crs = forms.ChoiceField(label=_("坐标系"), choices=list(TERMS["crs"].items()))
    within = forms.CharField(
        label=_("范围"),
        help_text=_("12位区划代码，这一范围内的网格全部以文件为准；不填为全区"),
        required=False,
        validators=[RegexValidator(r"^[0-9]{12}\Z", _("应为12位数字"))],
    )

    def __init__(self, kind: ImportKind, data: Any = None, files: Any = None) -> None:
        self.slug = slug_of(kind)
        super().__init__(data, files, auto_id=f"{self.slug}-%s")
        if kind not in WITH_POINTS:
            del self.fields["crs"]
        if kind is not ImportKind.GRIDS:
            del self.fields["within"]

    def clean_file(self) -> "File[Any]":
        file: File[Any] = self.cleaned_data["file"]
        if (file.size or 0) > MAX_BYTES:
            raise ValidationError(
                _("文件太大，最多%(limit)sMB"), params={"limit": MAX_BYTES // 1024**2}
            )
        return file

    def facts(self) -> dict[str, Any]:
        """Return what an import action takes: content, valid_from and, where asked, the rest."""
        told = dict(self.cleaned_data)
        file = told.pop("file")
        if "crs" in told:
            told["crs"] = Crs(told["crs"])
        return {"content": file.read(), **told}


class DrawnField(forms.CharField):
    """What is drawn on the map; whether it must be, the deed says."""

    depends = True


class RedrawForm(forms.Form):
    """What is to be done to which grids of a community, drawn as GeoJSON, from which day."""

    codes = forms.MultipleChoiceField(label=_("网格"), widget=forms.CheckboxSelectMultiple)
    drawn = DrawnField(
        label=_("坐标"),
        required=False,
        max_length=200_000,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "class": "code"}),
    )
    illustrative = forms.BooleanField(
        label=_("示意"), help_text=_("没有经过测绘确认的请勾上"), required=False
    )
    valid_from = forms.DateField(
        label=_("生效日期"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    basis = forms.CharField(
        label=_("依据"),
        help_text=_("文件、会议纪要或别的理由，留在网格的来源里"),
        max_length=200,
    )
    mark = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(
        self, kind: RedrawKind, grids: Sequence[tuple[str, str]], data: Any = None, **more: Any
    ) -> None:
        super().__init__(data, auto_id="redraw-%s", **more)
        codes = self.fields["codes"]
        if kind is RedrawKind.DRAW:
            del self.fields["codes"]
        elif kind not in (RedrawKind.MERGE, RedrawKind.DESCRIBE, RedrawKind.END):
            codes = self.fields["codes"] = OneGrid(label=codes.label)
        if isinstance(codes, forms.MultipleChoiceField):
            codes.choices = list(grids)
        if kind not in DRAWN:
            del self.fields["drawn"]
        if kind is not RedrawKind.DRAW:
            del self.fields["illustrative"]

    def deed(self, community: str, kind: RedrawKind, told: Mapping[str, Any]) -> Redrawing:
        """Return what is asked for; `told` of the new grids, by their codes."""
        said = self.cleaned_data
        return Redrawing(
            community,
            kind,
            tuple(said.get("codes", ())),
            said.get("drawn", ""),
            said["valid_from"],
            said["basis"],
            said.get("illustrative", False),
            told,
        )


class OneGrid(forms.MultipleChoiceField):
    """One grid, chosen from a list; a list of one, as the others have several."""

    widget = forms.Select
    hidden_widget = forms.HiddenInput

    def to_python(self, value: Any) -> list[str]:
        return [value] if isinstance(value, str) and value else super().to_python(value)


class PlotForm(forms.Form):
    """What a redrawn grid is called and who answers for it."""

    name = forms.CharField(label=_("名称"), max_length=120, required=False)
    unit_id = forms.TypedChoiceField(
        label=_("责任单位"), required=False, coerce=int, empty_value=None
    )
    land_use = forms.CharField(label=_("用地类型"), max_length=40, required=False)
    management_grade = forms.CharField(label=_("管理等级"), max_length=20, required=False)

    def __init__(self, units: Sequence[tuple[int, str]], *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        choices = [("", _("属地")), *units]
        self.fields["unit_id"].choices = choices  # type: ignore[attr-defined]


class TakeBackForm(forms.Form):
    """Why a planned change is taken back."""

    basis = forms.CharField(label=_("为什么撤销"), max_length=200)
    mark = forms.CharField(max_length=64, widget=forms.HiddenInput)
