"""What is done with a case: read the form, call the one action, go on to the next."""

from dataclasses import replace
from functools import partial
from typing import TypeVar

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chengshao.catalog.terms import Urgency
from chengshao.desk.forms import (
    CallForm,
    DeedForm,
    DirectAnswerForm,
    DispatchForm,
    EvidenceForm,
    MergeForm,
    RegisterForm,
    UndoMergeForm,
)
from chengshao.desk.pages.coming_back import comes_back_if_refused, go_on, go_on_if_seen
from chengshao.desk.pages.refusals import FormInvalid, check, check_reply
from chengshao.desk.queries import deed_of
from chengshao.dispatch import actions as dispatch_actions
from chengshao.evidence import actions as files
from chengshao.kernel.words import whole_number
from chengshao.people import queries as people
from chengshao.web.pages import actor_of, signed_in
from chengshao.web.texts import term
from chengshao.workorders import actions
from chengshao.workorders import queries as workorders
from chengshao.workorders.actions import Place, located
from chengshao.workorders.terms import (
    ClosingKind,
    ContactResult,
    DeclineGround,
    Need,
    Principle,
    TaskCommand,
    TaskKind,
)

# After these the case is still on one's hands.
_STAYS = frozenset(
    {
        TaskCommand.ACKNOWLEDGE,
        TaskCommand.ASK_RETURN,
        TaskCommand.ASK_EXTENSION,
        TaskCommand.ASK_SUSPENSION,
        TaskCommand.CALL_IN,
        TaskCommand.SUBASSIGN,
        TaskCommand.INQUIRE,
        TaskCommand.CONSULT,
        TaskCommand.UNANSWERED,
    }
)


_T = TypeVar("_T")


@require_POST
@signed_in
@comes_back_if_refused
def register(request: HttpRequest, number: str) -> HttpResponse:
    """Accept the case; with 目录直派 also send it, where the catalogue names one lead."""
    form = RegisterForm(request.POST)
    check(form)
    said = form.cleaned_data
    case = workorders.case_of(number=number, actor=actor_of(request))
    present = Place(case.place, case.territory, case.grid, case.lng, case.lat)
    directly = "and_dispatch" in request.POST
    act = actions.register
    if directly:
        act = dispatch_actions.register_and_dispatch  # type: ignore[assignment]
    act(
        number=number,
        seen_revision=said["seen_revision"],
        matter=said["matter"],
        urgency=Urgency(said["urgency"]) if said["urgency"] else None,
        place=_place(said["place"], said["found"], present),
        actor=actor_of(request),
        at=timezone.now(),
    )
    if not directly:
        return go_on_if_seen(request, _("已立案：{number}").format(number=number), number)
    done = _("已立案并直派：{number}").format(number=number)
    return go_on_if_seen(request, done, number, offer=_may_take_back(done, number))


@require_POST
@signed_in
@comes_back_if_refused
def answer_directly(request: HttpRequest, number: str) -> HttpResponse:
    """Close a demand that the desk answers at once."""
    form = DirectAnswerForm(request.POST)
    check(form)
    said = form.cleaned_data
    check_reply(request, said["reply"], number)
    actions.answer_directly(
        number=number,
        seen_revision=said["seen_revision"],
        matter=said["matter"],
        reply=said["reply"],
        closing_kind=ClosingKind(said["closing"] or ClosingKind.EXPLAINED),
        actor=actor_of(request),
        at=timezone.now(),
    )
    return go_on_if_seen(request, _("已直接答复：{number}").format(number=number), number)


@require_POST
@signed_in
@comes_back_if_refused
def dispatch(request: HttpRequest, number: str) -> HttpResponse:
    """Send the case to who leads, who is sent beside it, who helps and who hears of it."""
    lead_said = request.POST.get("lead", "")
    data = request.POST.copy()
    data.setlist("suggested_helping", request.POST.getlist(f"helping-{lead_said}"))
    form = DispatchForm(data)
    check(form)
    said = form.cleaned_data
    lead = said["lead"]
    # Each suggestion brings its own basis; what the dispatcher writes goes before it.
    suggested = request.POST.get(f"basis-{lead}", "")[:400]
    responsibility = request.POST.get(f"responsibility-{lead}", "")
    principle = said["principle"] or request.POST.get(f"principle-{lead}", "")
    if principle not in set(Principle):
        raise FormInvalid({"principle": _("请选派单原则。")})
    double = said["double"] - {lead}
    actions.dispatch(
        number=number,
        seen_revision=said["seen_revision"],
        lead_unit_id=lead,
        double_unit_ids=double,
        co_handle_unit_ids=(said["helping"] | said["suggested_helping"]) - {lead} - double,
        copy_unit_ids=said["copy"],
        principle=Principle(principle),
        basis=said["basis"] or suggested,
        task_words=said["task_words"],
        responsibility_id=whole_number(responsibility),
        actor=actor_of(request),
        at=timezone.now(),
    )
    unit = people.unit_lines([lead])[lead].short_name
    done = _("已派单：{number}，主办：{unit}").format(number=number, unit=unit)
    return go_on(request, _may_take_back(done, number))


@require_POST
@signed_in
@comes_back_if_refused
def case_move(request: HttpRequest, number: str, command: str) -> HttpResponse:
    """Move the case as a whole: decline it, reopen it, ask its platform to take it back."""
    form = DeedForm(request.POST)
    check(form)
    said = form.cleaned_data
    check_reply(request, said["reply"], number)
    actions.move_case(
        number=number,
        seen_revision=said["seen_revision"],
        command=command[:40],
        reason=said["reason"],
        reply=said["reply"],
        ground=DeclineGround(said["ground"]) if said["ground"] else None,
        actor=actor_of(request),
        at=timezone.now(),
    )
    done = _("{command}：{number}").format(command=term("deed", command), number=number)
    return go_on(request, done)


@require_POST
@signed_in
@comes_back_if_refused
def merge(request: HttpRequest, number: str) -> HttpResponse:
    """Hang the reports of this case on another one that is the same."""
    form = MergeForm(request.POST)
    check(form)
    said = form.cleaned_data
    into = said["into"].strip()
    actions.merge_cases(
        number=number,
        into=into,
        seen_revision=said["seen_revision"],
        reason=said["reason"],
        actor=actor_of(request),
        at=timezone.now(),
    )
    done = _("已并案：{number}并入{into}").format(number=number, into=into)
    address = reverse("desk:case", args=[number])
    link = format_html('{} <a href="{}">{}</a>', done, address, _("看原案卷，可撤销"))
    return go_on(request, link)


@require_POST
@signed_in
@comes_back_if_refused
def undo_merge(request: HttpRequest, number: str) -> HttpResponse:
    """Take the reports of a merged case back."""
    form = UndoMergeForm(request.POST)
    check(form)
    actions.undo_merge(
        number=number,
        seen_revision=form.cleaned_data["seen_revision"],
        reason=form.cleaned_data["reason"],
        actor=actor_of(request),
        at=timezone.now(),
    )
    return go_on(request, _("已撤销并案：{number}").format(number=number))


@require_POST
@signed_in
@comes_back_if_refused
def move(request: HttpRequest, task_id: int, command: str) -> HttpResponse:
    """Move a task of any kind by any command that its table of moves has."""
    form = DeedForm(request.POST)
    check(form)
    said, actor = form.cleaned_data, actor_of(request)
    if said["reply"]:
        number = workorders.number_of_task(task_id=task_id, actor=actor)
        check_reply(request, said["reply"], number)
    meant = partial(_meant_for, command)
    case = actions.move_task(
        task_id=task_id,
        seen_revision=said["seen_revision"],
        command=command[:40],
        reason=said["reason"],
        reply=said["reply"],
        closing=form.closing_said(),
        asked_unit_ids=said["asked"],
        proposed_unit_id=meant(Need.PROPOSED_UNIT, said["proposed"]),
        until=meant(Need.DATE, said["until"]),
        outer_due_at=meant(Need.OUTER_DUE, said["outer_due_at"]),
        actor=actor,
        at=timezone.now(),
    )
    task = case.tasks.get(pk=task_id)
    done = _("{command}：{number}").format(
        command=deed_of(command, task.kind, what=term("outer_what", task.asked.get("what", ""))),
        number=case.number,
    )
    if command == TaskCommand.ANSWER and task.ended_at is None:
        done = _("已提交，等负责人审签：{number}").format(number=case.number)
    return go_on(request, done, keep=case.number if command in _STAYS else "")


@require_POST
@signed_in
@comes_back_if_refused
def call(request: HttpRequest, task_id: int) -> HttpResponse:
    """Note an attempt to get in touch with a citizen, by one tap."""
    form = CallForm(request.POST)
    check(form)
    said = form.cleaned_data
    case = actions.record_contact(
        task_id=task_id,
        report_id=said["report"],
        result=ContactResult(said["result"]),
        words=said["words"],
        actor=actor_of(request),
        at=timezone.now(),
    )
    task = case.tasks.get(pk=task_id)
    done = _("已记下：{result}（{number}）").format(
        result=term("contact_result", said["result"]), number=case.number
    )
    goes_on = task.ended_at is None or task.kind == TaskKind.CONTACT
    return go_on(request, done, keep=case.number if goes_on else "")


@require_POST
@signed_in
@comes_back_if_refused
def evidence(request: HttpRequest, task_id: int) -> HttpResponse:
    """Hand in a file that the matter asks for."""
    form = EvidenceForm(request.POST, request.FILES)
    check(form)
    actor, now = actor_of(request), timezone.now()
    kind = form.cleaned_data["evidence_kind"]
    actions.check_may_attach(task_id=task_id, evidence_kind=kind, actor=actor)
    blob_id = files.store_file(file=form.cleaned_data["file"], actor=actor, at=now)
    added = actions.attach_evidence(
        task_id=task_id,
        evidence_kind=kind,
        blob_id=blob_id,
        actor=actor,
        at=now,
    )
    return go_on(request, _("佐证已收到。"), keep=added.work_order.number)


def _meant_for(command: str, need: Need, value: _T) -> _T | None:
    """Return what a form says that several commands share, for the command that takes it."""
    return value if workorders.takes_sometimes(command, need) else None


def _place(words: str, found: str, present: Place) -> Place | None:
    """
    Return the place that the registrar picked or wrote, or None to leave it as it is.

    What is picked comes as `point:lng,lat:name` or `division:code:name`, and is looked up again;
    its name stands for what was typed to find it, unless that says more. What is only written
    says it in other words and moves nothing on the map.

    :raises FormInvalid: if it is neither
    :raises PointOutside: if the point lies outside the district
    """
    kind, _sep, value = found.partition(":")
    value, _sep, name = value.partition(":")
    words = words if name in words else name
    if kind == "point":
        try:
            lng, lat = (float(part) for part in value.split(","))
        except ValueError as error:
            raise FormInvalid({"place": _("请从找到的地点里选。")}) from error
        return located(words, lng, lat)
    if kind == "division":
        return Place(words, value)
    if found:
        raise FormInvalid({"place": _("请从找到的地点里选。")})
    return None if words == present.words else replace(present, words=words)


def _may_take_back(done: str, number: str) -> str:
    """Say where an order that was just sent can be recalled, until it is acknowledged."""
    address = reverse("desk:case", args=[number]) + "#recall"
    return format_html('{} <a href="{}">{}</a>', done, address, _("派错了，撤回"))
