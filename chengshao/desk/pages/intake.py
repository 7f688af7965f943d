"""Call intake: one screen while somebody speaks, and what is done with the caller's open cases."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chengshao.catalog.terms import Urgency
from chengshao.desk.pages import spoken
from chengshao.desk.pages.calls import Heard, deal
from chengshao.desk.pages.known import known_on
from chengshao.desk.queries import chip_of
from chengshao.desk.queries import find_matters as matters_called
from chengshao.intake import actions as intake
from chengshao.kernel.actor import Actor
from chengshao.kernel.errors import DomainError, Invalid, NotAllowed, NotFound
from chengshao.kernel.words import whole_number
from chengshao.people import queries as people
from chengshao.people.queries import MaskedContact, UnitLine
from chengshao.places import queries as place_queries
from chengshao.places.queries import PlaceLine, PointOutside
from chengshao.web.due import DueChip
from chengshao.web.http import status_of
from chengshao.web.maps import shows_map
from chengshao.web.pages import actor_of, needs, signed_in
from chengshao.web.texts import TERMS, term, text
from chengshao.workorders import actions, queries
from chengshao.workorders.actions import NewReport, located
from chengshao.workorders.queries import CallLine, SimilarCase, Told
from chengshao.workorders.terms import Channel, ClosingKind, Power, ReportKind, ViewingKind

CHANNELS = (Channel.HOTLINE, Channel.COUNTER, Channel.MAILBOX, Channel.TRANSFER)
MOST_MATTERS = 3  # Alt+1 to 3
MATTER_FIELDS = ("matter", "matter_words", "words")
PRESSING = (Urgency.URGENT, Urgency.EMERGENCY)
MOST_CALLS, MOST_FOUND = 12, 6
LEAST_WORDS = 4  # below that anything is like it
_KEPT_CHANNEL = "intake_channel"  # in the session: chosen once
_FIELD_OF = {
    "call_place_unreadable": "place",
    "contact_phone_invalid": "phone",
    "division_not_found": "place",
    "matter_not_found": "matter",
    "people_text_invalid": "name",
    "point_outside": "place",
    "report_outer_due_far": "outer_due_at",
    "report_outer_due_past": "outer_due_at",
    "report_words_missing": "words",
    "unit_not_found": "about",
    "workorder_cant_merge": "joins",
    "workorder_not_found": "joins",
    "workorder_unit_complained_about": "joins",
    "workorder_wrong_state": "joins",
}


class PlaceUnreadable(Invalid):
    code = "call_place_unreadable"


class CallForm(forms.Form):
    """What an operator writes down: only the words and a place, or that there is none."""

    client_key = forms.RegexField(r"^[0-9a-f]{32}$", widget=forms.HiddenInput)
    channel = forms.ChoiceField(choices=[(c.value, TERMS["channel"][c]) for c in CHANNELS])
    phone = forms.CharField(required=False, max_length=40)
    name = forms.CharField(required=False, max_length=40)
    words = forms.CharField(
        max_length=4000, error_messages={"required": gettext_lazy("请写来电人说了什么。")}
    )
    place = forms.CharField(required=False, max_length=400)
    nowhere = forms.BooleanField(required=False)
    found = forms.CharField(required=False, max_length=500)
    kind = forms.ChoiceField(
        required=False, choices=[(k.value, TERMS["report_kind"][k]) for k in ReportKind]
    )
    matter = forms.CharField(required=False, max_length=40)
    matter_words = forms.CharField(required=False, max_length=100)
    urgency = forms.ChoiceField(
        required=False, choices=[(u.value, TERMS["urgency"][u]) for u in PRESSING]
    )
    confidential = forms.BooleanField(required=False)
    about = forms.CharField(required=False, max_length=200)
    about_unit = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    source_number = forms.CharField(required=False, max_length=40)
    outer_due_at = forms.DateTimeField(required=False)
    joins = forms.CharField(required=False, max_length=20)  # an open case, or one on the ledger
    answers = forms.IntegerField(
        required=False, min_value=1, max_value=2**63 - 1
    )  # by what is read

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        said["nowhere"] = said.get("nowhere") or self._is_answered_nowhere(said)
        if not said.get("place") and not said.get("found") and not said.get("nowhere"):
            self.add_error("place", _("请写在哪里，或勾“无地点”。"))
        return said

    def _is_answered_nowhere(self, said: Mapping[str, Any]) -> bool:
        """Tell whether it is over with an answer, so that a place that was not told is none."""
        return bool(said.get("answers") and not said.get("place") and not said.get("found"))


@dataclass(frozen=True, slots=True)
class Call:
    """One of the caller's reports, with the sentence to read aloud."""

    line: CallLine
    says: str
    due: DueChip | None

    @property
    def is_open(self) -> bool:
        return not self.line.outcome and not self.line.withdrawn

    @property
    def comes_back(self) -> bool:
        """Tell whether it is answered and yet not done: promised by a day, or on the ledger."""
        return not self.is_open and not self.line.withdrawn and bool(self.line.comes_back_on)

    @property
    def on_ledger(self) -> bool:
        return self.line.closing_kind == ClosingKind.LEDGER


@dataclass(frozen=True, slots=True)
class Caller:
    """What is known of who calls."""

    asked: bool = False
    contact: MaskedContact | None = None
    calls: Sequence[Call] = ()
    wrong: str = ""  # with the number
    refused: Mapping[str, object] = field(
        default_factory=dict
    )  # what was tried on one of the calls
    focus: bool = False  # go to the first of them, where single keys work

    @property
    def open_calls(self) -> list[Call]:
        return [call for call in self.calls if call.is_open]

    @property
    def promised_calls(self) -> list[Call]:
        return [call for call in self.calls if call.comes_back and not call.on_ledger]

    @property
    def ledger_calls(self) -> list[Call]:
        return [call for call in self.calls if call.comes_back and call.on_ledger]

    @property
    def ended_calls(self) -> list[Call]:
        return [call for call in self.calls if not call.is_open and not call.comes_back]


@dataclass(frozen=True, slots=True)
class Found:
    """What was looked for without scripts; None where nothing was."""

    places: Sequence[PlaceLine] | None = None
    units: Sequence[UnitLine] | None = None
    alike: Sequence[SimilarCase] = ()  # open there, or on the ledger


NOBODY, NOTHING = Caller(), Found()


@never_cache
@require_http_methods(["GET", "POST"])
@needs(Power.REPORT)
@shows_map
def call(request: HttpRequest) -> HttpResponse:
    """The screen; saving leads to what is said to the caller."""
    actor = actor_of(request)
    if request.method == "GET":
        asked = whole_number(request.GET.get("report", ""))
        caller = NOBODY if asked is None else _caller_of(asked, actor)
        return _show(request, _fresh(request), caller)
    if "look" in request.POST or "read" in request.POST:
        return _look(request)
    form = CallForm(request.POST)
    found = Found(alike=_alike(request.POST, actor)) if form["joins"].value() else NOTHING
    if not form.is_valid():
        return _show(request, form, found=found, status=422, code="form_invalid")
    said = form.cleaned_data
    if said["channel"] != Channel.TRANSFER:  # one order of a platform says nothing of the next call
        request.session[_KEPT_CHANNEL] = said["channel"]
    try:
        received = intake.take_call(
            report=_report(said), answers=said["answers"], actor=actor, at=timezone.now()
        )
    except NotAllowed:
        raise
    except DomainError as error:
        form.add_error(_FIELD_OF.get(error.code), text(error.code, error.params))
        return _show(request, form, found=found, status=status_of(error), code=error.code)
    if said["answers"]:
        messages.success(request, _("已直接答复办结：{number}").format(number=received.number))
        return redirect("desk:intake")
    return redirect("desk:taken", received.id)


@require_POST
@never_cache
@needs(Power.REPORT)
def caller(request: HttpRequest) -> HttpResponse:
    """The caller's reports in sight, beside the form, while one goes on writing."""
    actor, phone = actor_of(request), request.POST.get("phone", "")
    found = _caller_called(phone, actor, focus="look" in request.POST)
    return render(request, "desk/intake_caller.html", {"caller": found, **_powers(actor)})


@require_POST
@signed_in
def again(request: HttpRequest, report_id: int, command: str) -> HttpResponse:
    """The second call: told how it stands, chased, added to, taken back, asked how it went."""
    heard = _heard(request.POST)
    actor = actor_of(request)
    from_receipt, fragment = "taken" in request.POST, "HX-Request" in request.headers
    try:
        deal(report_id, command, heard, actor=actor, at=timezone.now())
    except (NotAllowed, NotFound):
        raise
    except DomainError as error:
        if fragment or from_receipt:
            raise
        refused = {"report_id": report_id, "words": heard.words, "error": error.code}
        refused["message"] = text(error.code, error.params)
        caller = _caller_of(report_id, actor, refused=refused)
        return _show(request, _fresh(request), caller, status=status_of(error))
    now = _calls([_heard_again(report_id, actor)])[0]
    done = _("{command}：{number}").format(command=term("deed", command), number=now.line.number)
    if fragment:
        context = {"call": now, "done": done, "focus": True, **_powers(actor)}
        return render(request, "desk/intake_again.html", context)
    messages.success(request, done)
    if from_receipt:
        return redirect("desk:taken", report_id)
    return redirect(f"{reverse('desk:intake')}?report={report_id}")


def _heard(said: QueryDict) -> Heard:
    names = ("words", "says", "resolution", "satisfaction")
    return Heard(*(_said(said.get(name, ""), 4000) for name in names))


@require_GET
@never_cache
@needs(Power.REPORT)
def taken(request: HttpRequest, report_id: int) -> HttpResponse:
    """What is said to the caller: the number, and by when somebody has it."""
    actor = actor_of(request)
    receipt = queries.receipt_of(report_id=report_id, actor=actor)
    may_register, may_direct, may_dispatch = (
        receipt.in_sight and actor.may(power, receipt.desk_unit_id, territory=receipt.territory)
        for power in (Power.REGISTER, Power.DIRECT_DISPATCH, Power.DISPATCH)
    )
    context = {
        "receipt": receipt,
        "says": spoken.receipt_of(receipt, timezone.now()),
        "may_register": may_register,
        "may_direct": may_direct,
        "may_judge": may_register or may_dispatch,
        "on_the_line": receipt.channel == Channel.HOTLINE,
    }
    return render(request, "desk/intake_taken.html", context)


@require_POST
@never_cache
@needs(Power.REPORT)
def alike(request: HttpRequest) -> HttpResponse:
    """Cases that fit what is written down so far, open or on the ledger: a repeat joins one."""
    found = _alike(request.POST, actor_of(request))
    context = {"alike": found, "joins": _said(request.POST.get("joins", ""), 20)}
    return render(request, "desk/intake_alike.html", context)


@require_POST
@never_cache
@needs(Power.REPORT)
def find_matters(request: HttpRequest) -> HttpResponse:
    """Matters that the words, or what was typed to find one, may mean; each by one key."""
    return render(request, "desk/intake_matters.html", matters_for(request.POST))


def matters_for(said: Mapping[str, str]) -> dict[str, Any]:
    """Return what stands for choice, the one chosen already among it."""
    words = _said(said.get("matter_words", "")) or _said(said.get("words", ""), 400)
    chosen = _said(said.get("matter", ""), 40)
    now = timezone.now()
    found = matters_called(words, now, limit=MOST_MATTERS, first=chosen) if words or chosen else []
    keyed = list(enumerate(found, start=1))
    return {"keyed_matters": keyed, "chosen_matter": chosen, "matter_words": words}


@require_http_methods(["GET", "POST"])
@needs(Power.REPORT)
def find_places(request: HttpRequest) -> HttpResponse:
    """Known places to pick from, by words or pinyin initials; or what the caller's words name."""
    if request.method == "POST":
        if _said(request.POST.get("place", "")) or request.POST.get("found"):
            return HttpResponse(status=204)  # who looks for a place by hand is left alone
        mentioned = place_queries.places_mentioned(_said(request.POST.get("words", ""), 4000))
        return render(request, "desk/intake_places.html", {"places": mentioned, "mentioned": True})
    found = place_queries.find_places(_said(request.GET.get("place", "")), limit=MOST_FOUND)
    return render(request, "desk/intake_places.html", {"places": found})


@require_GET
@needs(Power.REPORT)
def find_units(request: HttpRequest) -> HttpResponse:
    """Units that somebody may complain about."""
    words = _said(request.GET.get("about", ""))
    found = people.find_units(words, on=timezone.localdate(), limit=MOST_FOUND)
    return render(request, "desk/intake_units.html", {"units": found})


def _show(
    request: HttpRequest,
    form: CallForm,
    caller: Caller = NOBODY,
    *,
    found: Found = NOTHING,
    status: int = 200,
    code: str = "",
) -> HttpResponse:
    named = people.users_with(Power.NAME_PERSONS, people.desk_unit_id(), timezone.localdate())
    context = {
        "form": form,
        "caller": caller,
        "found": found,
        "picked": _picked(form),
        "channels": CHANNELS,
        "kinds": list(ReportKind),
        "urgencies": PRESSING,
        **matters_for({name: str(form[name].value() or "") for name in MATTER_FIELDS}),
        **_powers(actor_of(request)),
        "known": known_on(_typed(form, request), actor_of(request), timezone.now()),
        "informed": list(people.user_names(named).values()) if named else [],
        "code": code,
    }
    return render(request, "desk/intake.html", context, status=status)


def _typed(form: CallForm, request: HttpRequest) -> dict[str, str]:
    """Return what the form says, with what is or was opened to be read."""
    said = {name: request.POST.get(name, "") for name in ("read", "opened")}
    return said | {name: str(form[name].value() or "") for name in ("words", "client_key")}


def _look(request: HttpRequest) -> HttpResponse:
    """Show at once, without scripts, what the page else finds while one types."""
    typed = {n: value for n, value in request.POST.items() if n in CallForm.base_fields}
    place, about = (_said(request.POST.get(n, "")) for n in ("place", "about"))
    found = Found(
        place_queries.find_places(place, limit=MOST_FOUND) if place else None,
        people.find_units(about, on=timezone.localdate(), limit=MOST_FOUND) if about else None,
        _alike(request.POST, actor_of(request)),
    )
    caller = _caller_called(request.POST.get("phone", ""), actor_of(request), focus=True)
    return _show(request, CallForm(initial=typed), caller, found=found)


def _alike(said: Mapping[str, str], actor: Actor) -> Sequence[SimilarCase]:
    """Return open cases there and those on the ledger that fit; none for what is confidential."""
    if said.get("confidential") or said.get("kind") == ReportKind.INFORMANT:
        return ()
    words, place = _said(said.get("words", ""), 4000), _said(said.get("place", ""), 400)
    if len(words) < LEAST_WORDS:
        return ()
    kind, _sep, rest = said.get("found", "").partition(":")
    nowhere = bool(said.get("nowhere"))
    matters = matters_called(words, timezone.now(), limit=MOST_FOUND)
    told = Told(
        words=(words,),
        places=() if nowhere else (place, rest.rpartition(":")[2]),
        territory=_territory(kind, rest) if not nowhere else "",
        matters=frozenset(matter.matter_code for matter in matters),
    )
    return queries.alike_on_the_call(told, actor=actor, at=timezone.now())


def _territory(kind: str, value: str) -> str:
    """Return the division of a place that was picked; "" where it can't be told."""
    value = value.partition(":")[0]
    if kind == "division" and re.fullmatch(r"[1-9]\d{11}", value):
        return value
    try:
        lng, lat = (float(part) for part in value.split(","))
        return located("", lng, lat).territory if kind == "point" else ""
    except (ValueError, PointOutside):
        return ""


def _caller_called(phone: str, actor: Actor, *, focus: bool) -> Caller:
    phone = _said(phone, 40)
    if not phone:
        return NOBODY
    try:
        lines = actions.look_up_phone(phone=phone, actor=actor, at=timezone.now(), limit=MOST_CALLS)
    except Invalid as error:
        return Caller(asked=True, wrong=text(error.code, error.params))
    return Caller(asked=True, calls=_calls(lines), focus=focus)


def _caller_of(
    report_id: int, actor: Actor, *, refused: Mapping[str, object] = MappingProxyType({})
) -> Caller:
    """Return whose report this is; the number itself is not kept."""
    line = _heard_again(report_id, actor)
    if line.contact_id is None:
        return Caller(asked=True, calls=_calls([line]), refused=refused)
    contact = people.masked_contacts([line.contact_id]).get(line.contact_id)
    lines = actions.look_up_contact(
        contact_id=line.contact_id, actor=actor, at=timezone.now(), limit=MOST_CALLS
    )
    return Caller(asked=True, contact=contact, calls=_calls(lines), refused=refused)


def _heard_again(report_id: int, actor: Actor) -> CallLine:
    """Return one report of a caller, whose case is seen with it."""
    line = queries.call_line(report_id=report_id, actor=actor)
    actions.log_viewings(
        numbers=[line.number], kind=ViewingKind.VIEW, actor=actor, at=timezone.now()
    )
    return line


def _calls(lines: Sequence[CallLine]) -> list[Call]:
    units = people.unit_lines({line.lead_unit_id for line in lines if line.lead_unit_id})
    now = timezone.now()
    return [Call(line, spoken.progress_of(line, units, now), _due(line, now)) for line in lines]


def _due(line: CallLine, now: datetime) -> DueChip | None:
    if line.due_at is None or line.lead_unit_id is None or line.outcome:
        return None
    return chip_of(line.due_amount, line.due_unit, line.due_at, now)


def _fresh(request: HttpRequest) -> CallForm:
    kept = request.session.get(_KEPT_CHANNEL, "")
    channel = kept if kept in set(CHANNELS) else CHANNELS[0]
    return CallForm(initial={"client_key": uuid4().hex, "channel": channel})


def _report(said: Mapping[str, Any]) -> NewReport:
    """
    Return what was written down as the action takes it.

    A place that was picked comes as `point:lng,lat:name` or `division:code:name`; its name stands
    for what was typed to find it, unless that says more.

    :raises PlaceUnreadable: if what was picked can't be read
    """
    kind, _sep, value = said["found"].partition(":")
    value, _sep, name = value.partition(":")
    lng, lat, territory = None, None, ""
    if kind == "point":
        try:
            lng, lat = (float(part) for part in value.split(","))
        except ValueError as error:
            raise PlaceUnreadable from error
    elif kind == "division":
        territory = value
    elif kind:
        raise PlaceUnreadable
    about_unit = said["about_unit"]
    return NewReport(
        client_key=said["client_key"],
        channel=Channel(said["channel"]),
        words=said["words"],
        place="" if said["nowhere"] else said["place"] if name in said["place"] else name,
        lng=None if said["nowhere"] else lng,
        lat=None if said["nowhere"] else lat,
        territory="" if said["nowhere"] else territory,
        matter=said["matter"],
        urgency=Urgency(said["urgency"]) if said["urgency"] else None,
        source_number=said["source_number"],
        contact_name=said["name"],
        contact_phone=said["phone"],
        confidential=said["confidential"],
        complained_about_unit_id=about_unit,
        complained_about=said["about"],
        kind=ReportKind(said["kind"]) if said["kind"] else None,
        outer_due_at=said["outer_due_at"],
        joins=said["joins"] or None,
    )


def _picked(form: CallForm) -> dict[str, str]:
    """Return what was picked before the form came back: the place and the unit, by name."""
    found = str(form["found"].value() or "")
    about = str(form["about_unit"].value() or "")
    unit_id = whole_number(about)
    units = people.unit_lines([unit_id]) if unit_id else {}
    return {
        "found": found,
        "place": found.partition(":")[2].partition(":")[2],
        "about_unit": about if units else "",
        "unit": next((unit.name for unit in units.values()), ""),
    }


def _powers(actor: Actor) -> dict[str, bool]:
    judges = actor.holds(Power.REGISTER) or actor.holds(Power.DISPATCH)
    return {"speaks_for": actor.holds(Power.SPEAK_FOR), "judges": judges}


def _said(words: str, most: int = 100) -> str:
    return words[:most].replace("\x00", "").strip()
