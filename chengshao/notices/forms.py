"""What staff fill in on the pages of this room."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from chengshao.notices.rules.composing import MOST_CHARACTERS
from chengshao.notices.rules.kinds import FOR_STAFF, OUTWARD
from chengshao.notices.terms import NoticeChannel, NoticeKind
from chengshao.web.texts import term


def wish_of(kind: NoticeKind, channel: NoticeChannel) -> str:
    """Return how the box for a kind by a channel is called."""
    return f"{kind}-{channel}"


WISHES = tuple((kind, channel) for kind in FOR_STAFF for channel in NoticeChannel)


class WishesForm(forms.Form):
    """Which notices I want by which channel, and where they are to go."""

    wanted = forms.MultipleChoiceField(
        required=False, choices=[(wish_of(*wish), wish_of(*wish)) for wish in WISHES]
    )
    MAIL = forms.CharField(
        label=_("电子邮箱"),
        required=False,
        max_length=100,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    SMS = forms.CharField(
        label=_("工作手机"),
        required=False,
        max_length=21,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )
    WECOM = forms.CharField(label=_("企业微信账号"), required=False, max_length=64)

    def wishes(self) -> dict[tuple[NoticeKind, NoticeChannel], bool]:
        """Return of every kind and channel whether it is wanted."""
        boxes = set(self.cleaned_data["wanted"])
        return {wish: wish_of(*wish) in boxes for wish in WISHES}

    def addresses(self) -> dict[NoticeChannel, str]:
        """Return where messages are to go, by channel."""
        return {channel: self.cleaned_data[channel] for channel in OUTWARD}


class TemplateForm(forms.Form):
    text = forms.CharField(
        label=_("内容"),
        max_length=MOST_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    valid_from = forms.DateField(
        label=_("自哪天起"),
        initial=localdate,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class BudgetForm(forms.Form):
    per_day = forms.IntegerField(label=_("每人每天最多几条"), min_value=1, max_value=20)
    per_week = forms.IntegerField(label=_("每人七天最多几条"), min_value=1, max_value=100)
    quiet_from = forms.TimeField(
        label=_("几点起不打扰"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    quiet_until = forms.TimeField(
        label=_("到几点"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    valid_from = forms.DateField(
        label=_("自哪天起"),
        initial=localdate,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class ResendForm(forms.Form):
    reason = forms.CharField(label=_("重发原因"), max_length=200)


class LogForm(forms.Form):
    """Which part of the log is shown; what can't be is not asked for."""

    number = forms.CharField(required=False, max_length=20, strip=True)
    state = forms.ChoiceField(required=False)

    def __init__(self, data: Mapping[str, Any], states: "list[str]") -> None:
        super().__init__(data)
        field = self.fields["state"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("全部")), *((s, term("notice_state", s)) for s in states)]
