"""A form that was refused comes back as it was filled in, the reason beside its field."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from django.forms import Form
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from chengshao.catalog import queries as catalog
from chengshao.catalog.queries import MatterNotFound, MatterVersion
from chengshao.desk.queries import (
    CasePage,
    PersonChoice,
    UnitChoice,
    find_people,
    unit_choices,
    with_obstacles,
)
from chengshao.kernel.errors import DomainError, Invalid
from chengshao.kernel.words import whole_number
from chengshao.web.http import status_of
from chengshao.web.pages import actor_of
from chengshao.web.texts import term, text
from chengshao.workorders import queries as workorders
from chengshao.workorders.actions import ChangedMeanwhile
from chengshao.workorders.terms import ClosingKind, Need

_MOST = 4000
_MOST_UNITS = 40
_FIELDS: Mapping[str, str] = {
    "call_reason_missing": "words",
    "dispatch_no_sole_lead": "and_dispatch",
    "division_not_found": "place",
    "lead_not_by_law": "principle",
    "lead_not_by_list": "lead",
    "responsibility_not_in_force": "lead",
    "matter_not_found": "matter",
    "point_outside": "place",
    "unit_not_found": "lead",
    "report_words_missing": "words",
    "dispatch_place_not_confirmed": "place",
    "workorder_cant_merge": "into",
    "workorder_citizen_reached": "closing",
    "workorder_consult_first": "principle",
    "workorder_contact_not_taken": "report",
    "workorder_contact_owed": "closing",
    "workorder_lead_designated": "reason",
    "workorder_merge_with_itself": "into",
    "workorder_last_named": "person",
    "workorder_nobody_knows": "lead",
    "workorder_not_directly": "closing",
    "workorder_not_refuted": "ground",
    "workorder_not_for_whole_units": "copy",
    "workorder_part_not_solved": "closing",
    "workorder_person_not_named": "person",
    "workorder_person_not_of_unit": "person",
    "workorder_platform_clock_stops": "into",
    "workorder_subassigned_outside": "asked",
    "workorder_unit_complained_about": "lead",
    "workorder_unit_named_twice": "helping",
}
_FIELD_OF_NEED: Mapping[str, str] = {
    Need.ASKED_UNITS: "asked",
    Need.ATTEMPT: "result",
    Need.BASIS: "basis",
    Need.CLOSING: "closing",
    Need.DATE: "until",
    Need.OUTER_DUE: "outer_due_at",
    Need.EVIDENCE: "file",
    Need.EVIDENCE_AS_ASKED: "file",
    Need.GROUND: "ground",
    Need.MATTER: "matter",
    Need.PARTS_OR_REASON: "reason",
    Need.PROPOSED_UNIT: "proposed",
    Need.REASON: "reason",
    Need.REPLY: "reply",
    Need.TASK_WORDS: "task_words",
    Need.UNITS: "lead",
}
_DATE_OF_CLOSING: Mapping[str, str] = {
    ClosingKind.PROMISED: "promised_on",
    ClosingKind.LEDGER: "review_on",
}
_UNIT_FIELDS = ("lead", "double", "helping", "copy", "asked", "proposed", "about_unit")
_DATES = ("workorder_date_out_of_reach", "workorder_day_not_ahead")
_ABOUT_A_UNIT = ("report_nothing_to_note", "unit_not_found", "workorder_unit_complained_about")
_CLOSING = ("promised_on", "organ", "procedure_number", "procedure_on", "ledger_level", "review_on")
# What a browser sends nothing of where nothing is chosen, or what may stand in no form at all.
_UNSAID = (
    *_UNIT_FIELDS,
    *_CLOSING,
    "person",
    "matter",
    "and_dispatch",
    "closing",
    "ground",
    "into",
    "kind",
)


class FormInvalid(Invalid):
    """
    Fields that can't be read, each with why.

    :param errors: by the field's name
    """

    code = "form_invalid"

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(field="，".join(errors.values()))
        self.errors = dict(errors)


class ReplyDoubted(FormInvalid):
    """
    An answer says what may be somebody's own, or says nothing: it comes back once, and goes if sent
    as it is.

    :param phrases: that say nothing, as they stand there
    :param mark: of these very words, by which they are known when they come again
    """

    code = "reply_doubted"

    def __init__(self, doubts: Iterable[str], phrases: Iterable[str], mark: str) -> None:
        own = (term("reply_doubt", doubt) for doubt in doubts)
        empty = (_("套话“{phrase}”").format(phrase=phrase) for phrase in phrases)
        said = _("、").join([*own, *empty])
        again = _("答复里有{doubts}，请看是否合适。不改就再按一次，照样发出。")
        super().__init__({"reply": again.format(doubts=said)})
        self.mark = mark


def check_reply(request: HttpRequest, reply: str, number: str) -> None:
    """
    Pass if an answer says what was done and nothing that may be somebody's own, or comes again as
    it was.

    :raises ReplyDoubted: the first time that it comes
    """
    mark = sha256("".join(reply.split()).encode()).hexdigest()[:16]
    if not reply.strip() or request.POST.get("knows") == mark:
        return
    doubts = workorders.reply_doubts(reply, number=number, actor=actor_of(request))
    phrases = workorders.empty_phrases(reply)
    if doubts or phrases:
        raise ReplyDoubted(doubts, phrases, mark)


@dataclass(frozen=True, slots=True)
class Refusal:
    """
    What was refused and why; `errors` stand beside their fields, `message` above the form.

    Where somebody only looked for units, nothing was refused: there is neither.
    """

    form: str  # its name on the page
    said: Mapping[str, str]
    named: Mapping[str, frozenset[str]]  # the units that each field names
    errors: Mapping[str, str]
    message: str
    code: str
    status: int
    stale: bool
    seen_seq: int  # the last line of the history that the form's page showed
    asked_units: str  # the words by which units were looked for
    units: Sequence[UnitChoice]  # what was found, after what is named already
    matters: Sequence[MatterVersion]  # a matter that was looked for
    people: Sequence[PersonChoice]  # somebody who was looked for
    knows: str = ""  # sent along, these words go as they are

    @property
    def found_name(self) -> str:
        """Return the name of the place that was picked."""
        return self.said.get("found", "").partition(":")[2].partition(":")[2]

    @property
    def words(self) -> str:
        """Return what was written, for when its form is gone."""
        written = ("reply", "reason", "basis", "task_words", "words")
        kept = (self.said.get(name, "") for name in written)
        return "\n".join(words for words in kept if words)


def check(form: Form) -> None:
    """:raises FormInvalid: naming each field that can't be read"""
    if not form.is_valid():
        raise FormInvalid({name: str(errors[0]) for name, errors in form.errors.items()})


def told(refusal: Refusal | None, page: CasePage | None) -> dict[str, object]:
    """Return what a page says of a refused form: if it still stands, what happened meanwhile."""
    if refusal is None or page is None:
        return {}
    suggested = {choice.unit.id for choice in page.choices}  # their own card names them as lead
    units: Sequence[UnitChoice] = refusal.units
    if refusal.form == "dispatch":
        case = page.view.case
        units = with_obstacles(
            units,
            matter=case.matter,
            territory=case.territory,
            on=page.today,
            designates=page.may_designate,
        )
    return {
        "refusal": refusal,
        "found_units": [
            choice
            for choice in units
            if choice.roles != {"lead"} or choice.unit.id not in suggested
        ],
        "stands": refusal.form in page.forms,
        "meanwhile": page.since(refusal.seen_seq) if refusal.stale else [],
    }


def refusal_of(request: HttpRequest, error: DomainError | None) -> Refusal:
    """Return what is said of this error beside the form that was sent; None: units were sought."""
    said = {
        name: value[:_MOST].replace("\x00", "")
        for name, value in request.POST.items()
        if isinstance(value, str)
    }
    errors: dict[str, str] = {}
    message = ""
    if error is not None:
        errors, message = _told_where(error, said, set(request.FILES))
    asked, named = said.get("find_words", "")[:100], _named(request)
    person = said.get("find_person", "")[:40]
    seq = said.get("seen_seq", "")
    return Refusal(
        form=said.get("form", "")[:80],
        said=said,
        named=named,
        errors=errors,
        message=message,
        code=error.code if error else "",
        status=status_of(error) if error else 200,
        stale=isinstance(error, ChangedMeanwhile),
        seen_seq=whole_number(seq) or 0,
        asked_units=asked,
        units=_units(asked, named, said.get("below", "")),
        matters=_matter(said.get("matter", "")),
        people=find_people(person, timezone.now()) if person else (),
        knows=error.mark if isinstance(error, ReplyDoubted) else "",
    )


def _told_where(
    error: DomainError, said: Mapping[str, str], files: set[str]
) -> tuple[dict[str, str], str]:
    """Return what stands beside which field, else what stands above the form."""
    errors = dict(error.errors) if isinstance(error, FormInvalid) else {}
    if "seen_revision" in errors:
        return errors, text("page_too_old", {})
    if errors:
        return errors, ""
    message = text(error.code, error.params)
    field = _field_of(error, said)
    if field in {*said, *files, *_UNSAID}:
        return {field: message}, ""
    return {}, message


def _field_of(error: DomainError, said: Mapping[str, str]) -> str:
    named = str(error.params.get("field", ""))
    if error.code.startswith("upload_"):
        return "file"
    if error.code in _DATES and named != "procedure_on":
        date_field = "outer_due_at" if "outer_due_at" in said else "until"
        return _DATE_OF_CLOSING.get(said.get("closing", ""), date_field)
    if error.code in (*_DATES, "workorder_closing_incomplete"):
        return named
    if error.code == "workorder_unit_complained_about" and "find_person" in said:
        return "person"
    if error.code == "report_said_already":
        return named
    if "find_about" in said and error.code in _ABOUT_A_UNIT:
        return "about_unit"
    if error.code == "workorder_nobody_knows" and "and_dispatch" in said:
        return "and_dispatch"
    need = _FIELD_OF_NEED.get(str(error.params.get("need", "")))
    if need == "until" and "outer_due_at" in said:
        return "outer_due_at"
    field = need or _FIELDS.get(error.code, "")
    # Where units are asked, and none leads, it is about those.
    return "asked" if field in ("lead", "helping") and "lead" not in said and not need else field


def _named(request: HttpRequest) -> dict[str, frozenset[str]]:
    fields = (n for n in request.POST if n in _UNIT_FIELDS or n.startswith("helping-"))
    return {
        field: frozenset(v for v in request.POST.getlist(field)[:_MOST_UNITS] if whole_number(v))
        for field in fields
    }


def _units(asked: str, named: Mapping[str, frozenset[str]], below: str) -> list[UnitChoice]:
    chosen = {field: map(int, named[field]) for field in _UNIT_FIELDS if named.get(field)}
    if not asked and not chosen:
        return []
    only = whole_number(below) or 0
    return unit_choices(asked, chosen, timezone.now(), below=only)


def _matter(code: str) -> Sequence[MatterVersion]:
    try:
        return [catalog.matter_in_force(code.partition("-")[0], timezone.localdate())]
    except MatterNotFound:
        return ()
