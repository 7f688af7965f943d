"""Found and fixed by the same person (即查即改): one screen, one save, made for the phone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from chengshao.catalog import queries as catalog
from chengshao.catalog.queries import MatterNotFound, MatterVersion
from chengshao.catalog.terms import EvidenceKind, Track
from chengshao.desk.queries import find_matters as matters_called
from chengshao.evidence import actions as evidence
from chengshao.intake import actions as intake
from chengshao.kernel.actor import Actor
from chengshao.kernel.errors import DomainError
from chengshao.people import queries as people
from chengshao.people.queries import UnitLine
from chengshao.web.http import caller_address, status_of
from chengshao.web.pages import actor_of, needs
from chengshao.web.texts import text
from chengshao.workorders.actions import NewReport
from chengshao.workorders.terms import Channel, Need, Power

MOST_OFFERED = 12
PHOTOS = {"before": EvidenceKind.PHOTO_BEFORE, "after": EvidenceKind.PHOTO_AFTER}
_FIELD_OF = {
    "matter_not_found": "matter",
    "point_outside": "place",
    "unit_not_found": "unit",
    "workorder_not_on_the_spot": "matter",
}
_FIELD_OF_NEED: Mapping[str, str] = {
    Need.EVIDENCE_AS_ASKED: "after",
    Need.MATTER: "matter",
    Need.REPLY: "reply",
}


class FixedForm(forms.Form):
    """What was seen, where, and what was done. A position is never asked for."""

    client_key = forms.RegexField(r"^[0-9a-f]{32}$", widget=forms.HiddenInput)
    unit = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    matter = forms.CharField(required=False, max_length=40)
    words = forms.CharField(required=False, max_length=4000)
    reply = forms.CharField(required=False, max_length=4000)
    place = forms.CharField(required=False, max_length=400)
    lng = forms.FloatField(required=False, min_value=-180, max_value=180, widget=forms.HiddenInput)
    lat = forms.FloatField(required=False, min_value=-90, max_value=90, widget=forms.HiddenInput)
    before = forms.FileField(required=False, max_length=200)
    after = forms.FileField(required=False, max_length=200)

    def __init__(self, *args: Any, handing_on: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.handing_on = handing_on

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        there = said.get("place") or said.get("lng") is not None
        if self.handing_on and not said.get("words"):
            self.add_error("words", _("请写看到了什么。"))
        if self.handing_on and not there:
            self.add_error("place", _("请写在哪里，或用现在的位置。"))
        if not self.handing_on and not said.get("matter"):
            self.add_error("matter", _("请选一个事项。"))
        return said


@dataclass(frozen=True, slots=True)
class Offered:
    """A matter to pick, and whether who fixes it may record it so."""

    matter: MatterVersion
    on_the_spot: bool


@never_cache
@require_http_methods(["GET", "POST"])
@needs(Power.HANDLE)
def fixed(request: HttpRequest) -> HttpResponse:
    """The record; what can't be fixed goes the way of every report."""
    actor = actor_of(request)
    if request.method == "GET":
        return _show(request, FixedForm(initial={"client_key": uuid4().hex}))
    if "look" in request.POST:
        typed = {n: v for n, v in request.POST.items() if n in FixedForm.base_fields}
        return _show(request, FixedForm(initial=typed))
    handing_on = _hands_on(request)
    form = FixedForm(request.POST, request.FILES, handing_on=handing_on)
    if not form.is_valid():
        return _show(request, form, status=422, code="form_invalid")
    try:
        keep = _hand_on if handing_on else _record
        number = keep(request, form.cleaned_data, actor)
    except DomainError as error:
        form.add_error(_field_of(error), text(error.code, error.params))
        return _show(request, form, status=status_of(error), code=error.code)
    done = _("已上报：{number}") if handing_on else _("已记录：{number}")
    messages.success(request, done.format(number=number))
    return redirect("desk:fixed")


@require_GET
@needs(Power.HANDLE)
def find_matters(request: HttpRequest) -> HttpResponse:
    """Matters to pick from, by words or pinyin initials; those recorded on the spot first."""
    offered = _offered(matters_called(_said(request.GET.get("q", "")), timezone.now(), limit=8))
    return render(request, "desk/fixed_matters.html", {"offered": offered, "searched": True})


def _record(request: HttpRequest, said: Mapping[str, Any], actor: Actor) -> str:
    """
    :raises MatterNotFound: if no such matter is in force
    :raises DomainError: see actions.record_fixed and evidence.store_upload
    """
    at = timezone.now()
    matter = catalog.matter_in_force(said["matter"], localdate(at))
    unit = _unit_of(said, actor)
    reply = said["reply"]
    if not reply:  # what the standard says is done, nobody has to type
        reply = _("已当场处置：{condition}").format(condition=matter.close_condition)
    received = intake.record_fixed(
        report=_report(said, said["words"] or matter.name, unit, actor),
        unit_id=unit,
        matter=matter.code,
        reply=reply,
        files=_files(request, actor),
        actor=actor,
        at=at,
    )
    return received.number


def _hand_on(request: HttpRequest, said: Mapping[str, Any], actor: Actor) -> str:
    """:raises DomainError: see intake.receive and evidence.store_upload"""
    received = intake.receive(
        report=_report(said, said["words"], _unit_of(said, actor), actor),
        files=[blob_id for blob_id, _kind in _files(request, actor)],
        address=caller_address(request),
        actor=actor,
        at=timezone.now(),
    )
    return received.number


def _report(said: Mapping[str, Any], words: str, unit_id: int | None, actor: Actor) -> NewReport:
    """Return it as the actions take it; without a position it lies where one is appointed."""
    return NewReport(
        client_key=said["client_key"],
        channel=Channel.PATROL,
        words=words,
        place=said["place"],
        lng=said["lng"],
        lat=said["lat"],
        territory=_territory_of(unit_id, actor),
    )


def _files(request: HttpRequest, actor: Actor) -> list[tuple[int, str]]:
    kept: list[tuple[int, str]] = []
    for name, kind in PHOTOS.items():
        file = request.FILES.get(name)
        if isinstance(file, UploadedFile):
            at = timezone.now()
            kept.append((evidence.store_file(file=file, actor=actor, at=at), kind))
    return kept


def _units_of(actor: Actor) -> list[UnitLine]:
    reach = {unit_id for unit_id, _territory in actor.reach(Power.HANDLE)}
    return list(people.unit_lines(reach).values())


def _unit_of(said: Mapping[str, Any], actor: Actor) -> int | None:
    """Return for which unit one acts: the one that was chosen, else the first."""
    own = [unit.id for unit in _units_of(actor)]
    return said["unit"] or next(iter(own), None)


def _territory_of(unit_id: int | None, actor: Actor) -> str:
    """Return the territory of one's own appointment, else that of the unit."""
    if unit_id is None:
        return ""
    own = [territory for unit, territory in actor.reach(Power.HANDLE) if unit == unit_id]
    lines = people.unit_lines([unit_id])
    unit = lines[unit_id].territory if unit_id in lines else ""
    return next((territory for territory in own if territory), unit)


def _offered(matters: Iterable[MatterVersion]) -> list[Offered]:
    matters = list(matters)
    tracks = catalog.tracks_of(matters, Channel.PATROL, timezone.localdate())
    offered = [Offered(m, tracks[m.code] is Track.ON_THE_SPOT) for m in matters]
    return sorted(offered, key=lambda each: not each.on_the_spot)


def _show(
    request: HttpRequest, form: FixedForm, *, status: int = 200, code: str = ""
) -> HttpResponse:
    actor, today = actor_of(request), timezone.localdate()
    words = _said(request.POST.get("q", ""))
    if words:
        offered = _offered(matters_called(words, timezone.now(), limit=8))
    else:
        ours = catalog.matters_on_track(
            Track.ON_THE_SPOT, Channel.PATROL, on=today, limit=MOST_OFFERED
        )
        offered = [Offered(matter, True) for matter in ours]
    chosen = str(form["matter"].value() or "")
    if chosen and chosen not in {each.matter.code for each in offered}:
        try:
            offered = [*_offered([catalog.matter_in_force(chosen, today)]), *offered]
        except MatterNotFound:
            chosen = ""
    context = {
        "form": form,
        "offered": offered,
        "searched": bool(words),
        "asked": words,
        "chosen": chosen,
        "units": _units_of(actor),
        "may_report": actor.holds(Power.REPORT),
        "handing_on": _hands_on(request),
        "code": code,
    }
    return render(request, "desk/fixed.html", context, status=status)


def _hands_on(request: HttpRequest) -> bool:
    """Tell whether it could not be fixed: by the button, or what was chosen where none is named."""
    chosen = request.POST.get("way") == "report" and "fix" not in request.POST
    return "report" in request.POST or chosen


def _field_of(error: DomainError) -> str | None:
    if error.code.startswith("upload_"):
        return "after"
    need = str(error.params.get("need", ""))
    return _FIELD_OF_NEED.get(need) or _FIELD_OF.get(error.code)


def _said(words: str) -> str:
    return words[:100].replace("\x00", "").strip()
