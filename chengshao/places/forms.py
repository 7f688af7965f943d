"""What people fill in on this room's pages. Forms bound and read; the actions decide."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.validators import RegexValidator
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from chengshao.kernel.geo import Crs
from chengshao.places.rules.geojson import MAX_BYTES
from chengshao.places.terms import ImportKind
from chengshao.web.texts import TERMS

WITH_POINTS = frozenset(ImportKind) - {ImportKind.DIVISIONS}


def slug_of(kind: ImportKind) -> str:
    """Return how a kind of file is called in addresses."""
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
