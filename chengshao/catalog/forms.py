"""What the keeper of the catalogue fills in."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chengshao.catalog.terms import CalendarDayKind
from chengshao.kernel.clock import FIRST_YEAR, LAST_YEAR
from chengshao.web.texts import term

_DATE = {"type": "date"}


class DayForm(forms.Form):
    day = forms.DateField(label=_("日期"), widget=forms.DateInput(attrs=_DATE))
    kind = forms.ChoiceField(label=_("类别"))
    name = forms.CharField(label=_("名称"), max_length=40)
    source = forms.CharField(label=_("依据"), max_length=120)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(kind.value, term("calendar_day_kind", kind)) for kind in CalendarDayKind]


class ClearDayForm(forms.Form):
    day = forms.DateField(widget=forms.HiddenInput)
    city = forms.BooleanField(required=False, widget=forms.HiddenInput)


class HoursForm(forms.Form):
    spans = forms.CharField(
        label=_("办公时间"), help_text=_("例：08:00-12:00 14:00-18:00"), max_length=100
    )
    valid_from = forms.DateField(label=_("生效日期"), widget=forms.DateInput(attrs=_DATE))
    source = forms.CharField(label=_("依据"), max_length=120)


class YearForm(forms.Form):
    year = forms.IntegerField(
        label=_("年份"), min_value=FIRST_YEAR, max_value=LAST_YEAR, widget=forms.HiddenInput
    )
    source = forms.CharField(
        label=_("依据"), max_length=120, help_text=_("这一年的节假日已全部核对录入后再确认")
    )
