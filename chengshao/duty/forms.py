"""What people fill in on this room's pages. Forms bound and read; the actions decide."""

from django import forms
from django.utils.translation import gettext_lazy as _

from chengshao.duty.actions import LONGEST_WORDS


class LogForm(forms.Form):
    """A line of the log."""

    words = forms.CharField(
        label=_("什么事"),
        max_length=LONGEST_WORDS,
        help_text=_("写事情和怎么处理的；不写诉求人的姓名和电话，这里写了就不能改、不能删"),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("请写是什么事。")},
    )
    happened_at = forms.DateTimeField(
        label=_("什么时候"),
        required=False,
        help_text=_("不填就是现在"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    case = forms.CharField(label=_("有关案卷的编号"), required=False, max_length=20, empty_value="")
    stays_open = forms.BooleanField(label=_("没有了结，交给下一班"), required=False)


class SettleForm(forms.Form):
    """How something that was left open came to an end."""

    words = forms.CharField(max_length=LONGEST_WORDS)


class GiveForm(forms.Form):
    """The text that was shown, and what is to be said besides."""

    digest = forms.RegexField(r"^[0-9a-f]{64}$")
    remarks = forms.CharField(required=False, max_length=LONGEST_WORDS)


class TakeForm(forms.Form):
    """The text that was shown."""

    digest = forms.RegexField(r"^[0-9a-f]{64}$")
