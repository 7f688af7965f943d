"""What staff fill in. The actions decide; these only read."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chengshao.catalog.terms import Urgency
from chengshao.web.texts import TERMS
from chengshao.workorders.terms import Principle

_MOST = 4000


def _words(label: Any, *, required: bool, rows: int = 3) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=_MOST,
        widget=forms.Textarea({"rows": rows}),
    )


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


class DispatchForm(SeenForm):
    """Name who leads, who helps, and on what the choice rests."""

    lead = forms.IntegerField(
        min_value=1, max_value=2**63 - 1, error_messages={"required": _("请选主办单位。")}
    )
    helping = forms.TypedMultipleChoiceField(coerce=int, required=False)
    principle = forms.ChoiceField(
        required=False, choices=[(p.value, TERMS["principle"][p]) for p in Principle]
    )
    basis = forms.CharField(required=False, max_length=400)

    def __init__(self, *args: Any, units: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        helping: Any = self.fields["helping"]
        helping.choices = [(unit, unit) for unit in units]


class ReasonForm(SeenForm):
    """A command with its reason; whether one is needed, the table of moves says."""

    reason = _words(_("说明"), required=False)


class AnswerForm(ReasonForm):
    """The words to the citizen; a reason only where a co-handler is not waited for."""

    reply = _words(_("给市民的答复"), required=True, rows=4)


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
