"""What citizens fill in: one question a page, nothing that we don't need."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chengshao.evidence.terms import ACCEPT_IMAGES
from chengshao.web.texts import TERMS
from chengshao.workorders.terms import ReportKind, Resolution, Satisfaction

# What a citizen may say of it without knowing the desk's terms; most say nothing.
KINDS = (ReportKind.COMPLAINT, ReportKind.INFORMANT)


class WordsForm(forms.Form):
    """Page 1: what happened?"""

    client_key = forms.RegexField(r"^[0-9a-f]{32}$", widget=forms.HiddenInput)
    words = forms.CharField(
        label=_("出了什么事？"),
        help_text=_("说一句就够，不用填表，不用注册。"),
        max_length=4000,
        widget=forms.Textarea({"rows": 4, "autofocus": True}),
        error_messages={"required": _("请说一句出了什么事。")},
    )


class PlaceForm(WordsForm):
    """Page 2: where is it, and may we call you? The words of page 1 travel along."""

    words = forms.CharField(max_length=4000, widget=forms.HiddenInput)
    place = forms.CharField(
        label=_("在哪里？"),
        help_text=_("路名、门牌、小区，或旁边有什么。说不清也可以不填。"),
        max_length=400,
        required=False,
        widget=forms.TextInput({"autofocus": True, "autocomplete": "street-address"}),
    )
    lng = forms.FloatField(required=False, min_value=-180, max_value=180, widget=forms.HiddenInput)
    lat = forms.FloatField(required=False, min_value=-90, max_value=90, widget=forms.HiddenInput)
    photo = forms.FileField(
        label=_("照片"),
        help_text=_("可以现拍，也可以从相册选。"),
        required=False,
        widget=forms.FileInput({"accept": ACCEPT_IMAGES}),
    )
    photo_kept = forms.CharField(required=False, max_length=400, widget=forms.HiddenInput)
    phone = forms.CharField(
        label=_("您的电话"),
        help_text=_(
            "只给受理、办理这件事的工作人员，用来联系您。谁看了号码、为什么看，都留有记录。"
        ),
        max_length=30,
        required=False,
        widget=forms.TextInput({"inputmode": "tel", "autocomplete": "tel"}),
    )
    confidential = forms.BooleanField(
        label=_("请替我保密"),
        help_text=_("工作人员的页面上不显示您的电话。结果不打电话说，请用提交后的链接看。"),
        required=False,
    )

    kind = forms.ChoiceField(
        label=_("是哪一类"),
        choices=[("", _("就是反映一件事"))] + [(k.value, TERMS["kind_told"][k]) for k in KINDS],
        required=False,
        widget=forms.RadioSelect,
    )
    about = forms.CharField(
        label=_("投诉、举报的是谁"),
        help_text=_("单位、窗口、工作人员，或是谁在违法。说不清也可以不填。"),
        max_length=200,
        required=False,
        widget=forms.TextInput({"autocomplete": "off"}),
    )


class JoinForm(PlaceForm):
    """Page 3, where something like it is open nearby: join it, or send it by itself."""

    join = forms.RegexField(r"^(none|[0-9a-f]{16})$", required=False)


class RateForm(forms.Form):
    """The citizen's word on the result."""

    resolution = forms.ChoiceField(
        label=_("问题解决了吗？"),
        choices=[(r.value, TERMS["resolution"][r]) for r in Resolution],
        widget=forms.RadioSelect,
        error_messages={"required": _("请选一个。")},
    )
    satisfaction = forms.ChoiceField(
        label=_("对办理满意吗？"),
        choices=[(s.value, TERMS["satisfaction"][s]) for s in Satisfaction],
        widget=forms.RadioSelect,
        error_messages={"required": _("请选一个。")},
    )
    comment = forms.CharField(
        label=_("还想说的"),
        required=False,
        max_length=1000,
        widget=forms.Textarea({"rows": 3}),
    )


class ChaseForm(forms.Form):
    """The citizen waits; a sentence may come along."""

    words = forms.CharField(
        label=_("您的话"),
        required=False,
        max_length=500,
        widget=forms.Textarea({"rows": 2}),
    )


class SupplementForm(forms.Form):
    """What there is to add: words, a picture, or both."""

    words = forms.CharField(
        label=_("还想说什么"),
        required=False,
        max_length=4000,
        widget=forms.Textarea({"rows": 4}),
    )
    photo = forms.FileField(
        label=_("照片"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput({"accept": ACCEPT_IMAGES}),
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if not self.errors and not said.get("words") and not said.get("photo"):
            self.add_error("words", _("请写一句，或者选一张照片。"))
        return said


class ReopenForm(forms.Form):
    """The citizen says that it is not done."""

    words = forms.CharField(
        label=_("哪里没解决？"),
        max_length=2000,
        widget=forms.Textarea({"rows": 4}),
        error_messages={"required": _("请写一句哪里没解决，单位好接着办。")},
    )


class UrgedForm(forms.Form):
    """Somebody asked for another rating; who and how may be said."""

    words = forms.CharField(
        label=_("是谁、怎么说的（可以不写）"),
        help_text=_("只有受理中心看得到，被评价的单位看不到。"),
        required=False,
        max_length=500,
        widget=forms.Textarea({"rows": 2}),
    )


class WithdrawForm(forms.Form):
    reason = forms.CharField(label=_("为什么撤回"), required=False, max_length=200)
