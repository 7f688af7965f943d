"""A form that was refused comes back as it was filled in, the reason beside its field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.forms import Form
from django.http import HttpRequest
from django.utils import timezone

from chengshao.catalog import queries as catalog
from chengshao.catalog.queries import MatterNotFound, MatterVersion
from chengshao.desk.queries import CasePage
from chengshao.kernel.errors import DomainError, Invalid
from chengshao.people import queries as people
from chengshao.people.queries import UnitLine
from chengshao.web.http import status_of
from chengshao.web.texts import text
from chengshao.workorders.actions import ChangedMeanwhile
from chengshao.workorders.terms import Need

_MOST = 4000
_FIELDS: Mapping[str, str] = {
    "dispatch_no_sole_lead": "and_dispatch",
    "division_not_found": "place",
    "lead_not_by_list": "lead",
    "matter_not_found": "matter",
    "point_outside": "place",
    "unit_not_found": "lead",
    "workorder_lead_designated": "reason",
    "workorder_unit_complained_about": "lead",
    "workorder_unit_named_twice": "helping",
}
_FIELD_OF_NEED: Mapping[str, str] = {
    Need.BASIS: "basis",
    Need.EVIDENCE_AS_ASKED: "file",
    Need.MATTER: "matter",
    Need.PARTS_OR_REASON: "reason",
    Need.REASON: "reason",
    Need.REPLY: "reply",
    Need.UNITS: "lead",
}


class FormInvalid(Invalid):
    """
    Fields that can't be read, each with why.

    :param errors: by the field's name
    """

    code = "form_invalid"

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(field="，".join(errors.values()))
        self.errors = dict(errors)


@dataclass(frozen=True, slots=True)
class Refusal:
    """What was refused and why; `errors` stand beside their fields, `message` above the form."""

    form: str  # its name on the page
    said: Mapping[str, str]
    ticked: Sequence[str]  # the co-handlers
    errors: Mapping[str, str]
    message: str
    code: str
    status: int
    stale: bool
    seen_seq: int  # the last line of the history that the form's page showed
    units: Sequence[UnitLine]  # a lead that was looked for
    matters: Sequence[MatterVersion]  # a matter that was looked for

    @property
    def lead_elsewhere(self) -> bool:
        """Tell whether the lead was looked for: what is suggested brings its own principle."""
        lead = self.said.get("lead", "")
        return bool(lead) and f"principle-{lead}" not in self.said

    @property
    def found_name(self) -> str:
        """Return the name of the place that was picked."""
        return self.said.get("found", "").partition(":")[2].partition(":")[2]

    @property
    def words(self) -> str:
        """Return what was written, for when its form is gone."""
        kept = (self.said.get(name, "") for name in ("reply", "reason", "basis"))
        return "\n".join(words for words in kept if words)


def check(form: Form) -> None:
    """:raises FormInvalid: naming each field that can't be read"""
    if not form.is_valid():
        raise FormInvalid({name: str(errors[0]) for name, errors in form.errors.items()})


def told(refusal: Refusal | None, page: CasePage | None) -> dict[str, object]:
    """Return what a page says of a refused form: if it still stands, what happened meanwhile."""
    if refusal is None or page is None:
        return {}
    return {
        "refusal": refusal,
        "stands": refusal.form in page.forms,
        "meanwhile": page.since(refusal.seen_seq) if refusal.stale else [],
    }


def refusal_of(request: HttpRequest, error: DomainError) -> Refusal:
    """Return what is said of this error beside the form that was sent."""
    said = {
        name: value[:_MOST].replace("\x00", "")
        for name, value in request.POST.items()
        if isinstance(value, str)
    }
    errors = dict(error.errors) if isinstance(error, FormInvalid) else {}
    message = "" if errors else text(error.code, error.params)
    field = _FIELD_OF_NEED.get(str(error.params.get("need", ""))) or _FIELDS.get(error.code, "")
    if error.code.startswith("upload_"):
        field = "file"
    there = {*said, *request.FILES, "matter", "lead", "helping", "and_dispatch"}
    if not errors and field in there:
        errors, message = {field: message}, ""
    if "seen_revision" in errors:
        message = text("page_too_old", {})
    lead, seq = said.get("lead", ""), said.get("seen_seq", "")
    return Refusal(
        form=said.get("form", "")[:80],
        said=said,
        ticked=request.POST.getlist("helping")[:50],
        errors=errors,
        message=message,
        code=error.code,
        status=status_of(error),
        stale=isinstance(error, ChangedMeanwhile),
        seen_seq=int(seq) if _is_number(seq) else 0,
        units=list(people.unit_lines([int(lead)]).values()) if _is_number(lead) else (),
        matters=_matter(said.get("matter", "")),
    )


def _matter(code: str) -> Sequence[MatterVersion]:
    try:
        return [catalog.matter_in_force(code.partition("-")[0], timezone.localdate())]
    except MatterNotFound:
        return ()


def _is_number(words: str) -> bool:
    return words.isascii() and words.isdigit() and len(words) < 16
