"""What people fill in on this room's pages. Forms bound and read; the actions decide."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files import File
from django.utils.translation import gettext_lazy as _

from chengshao.intake.actions import MOST_BYTES

MOST_OF_MAPPING = 256 * 1024  # what is longer than a mapping may be is refused when it is read


class ImportForm(forms.Form):
    """A table of old cases, and the mapping that says where each fact stands in it."""

    file = forms.FileField(
        label=_("旧案表格"),
        help_text=_("Excel或CSV（UTF-8、GBK），最大64MB"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
    )
    mapping = forms.FileField(
        label=_("映射文件"),
        help_text=_("YAML，写明哪一列是什么；没有的，下载示例按您的表头改"),
        widget=forms.FileInput(attrs={"accept": ".yaml,.yml"}),
    )

    def clean_file(self) -> "File[Any]":
        file: File[Any] = self.cleaned_data["file"]
        if (file.size or 0) > MOST_BYTES:
            raise ValidationError(
                _("文件太大，最多%(limit)sMB"), params={"limit": MOST_BYTES // 1024**2}
            )
        return file

    def clean_mapping(self) -> str:
        file: File[Any] = self.cleaned_data["mapping"]
        try:
            return str(file.read(MOST_OF_MAPPING).decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            raise ValidationError(_("映射文件要用UTF-8保存")) from error


class NamesForm(forms.Form):
    """The names of a table as somebody settled them in Excel."""

    file = forms.FileField(
        label=_("改好的名称表"), widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"})
    )
