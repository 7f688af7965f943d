"""The duty office: its log, the hand-over that writes itself, and its two confirmations."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from chengshao.duty import actions, queries
from chengshao.duty.forms import GiveForm, LogForm, SettleForm, TakeForm
from chengshao.duty.terms import Power
from chengshao.kernel.errors import DomainError
from chengshao.web.http import status_of
from chengshao.web.pages import actor_of, needs
from chengshao.web.texts import text

_FIELD_OF = {"workorder_not_found": "case", "duty_time_ahead": "happened_at"}


@require_http_methods(["GET", "POST"])
@never_cache
@needs(Power.KEEP_DUTY_LOG)
def office(request: HttpRequest) -> HttpResponse:
    """Who is on duty, what is open, the log; and a line for it."""
    if request.method != "POST":
        return _show(request, LogForm())
    form = LogForm(request.POST)
    if not form.is_valid():
        return _show(request, form, 422)
    said = form.cleaned_data
    try:
        actions.write_log(
            words=said["words"],
            happened_at=said["happened_at"],
            case_number=said["case"].strip(),
            stays_open=said["stays_open"],
            actor=actor_of(request),
            at=timezone.now(),
        )
    except DomainError as error:
        form.add_error(_FIELD_OF.get(error.code, "words"), text(error.code, error.params))
        return _show(request, form, status_of(error))
    messages.success(request, _("已记入值班日志"))
    return redirect("duty:office")


@require_POST
@needs(Power.KEEP_DUTY_LOG)
def settle(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Say how something that was left open came to an end."""
    form = SettleForm(request.POST)
    try:
        actions.settle_log(
            entry_id=entry_id,
            words=form.cleaned_data["words"] if form.is_valid() else "",
            actor=actor_of(request),
            at=timezone.now(),
        )
    except (actions.DutyWordsMissing, actions.LogEntrySettled) as error:
        messages.error(request, text(error.code, error.params))
    else:
        messages.success(request, _("已了结"))
    return redirect("duty:office")


@require_http_methods(["GET", "POST"])
@never_cache
@needs(Power.KEEP_DUTY_LOG)
def give(request: HttpRequest) -> HttpResponse:
    """What would be handed over now; confirmed, it stands."""
    actor, now = actor_of(request), timezone.now()
    if request.method != "POST":
        return render(request, "duty/give.html", {"page": queries.draft_of(actor, now)})
    form = GiveForm(request.POST)
    valid = form.is_valid()
    try:
        given = actions.give_over(
            seen_digest=form.cleaned_data["digest"] if valid else "",
            remarks=form.cleaned_data["remarks"] if valid else request.POST.get("remarks", ""),
            actor=actor,
            at=now,
        )
    except (actions.HandOverChanged, actions.DutyWordsMissing) as error:
        context = {
            "page": queries.draft_of(actor, now),
            "remarks": request.POST.get("remarks", "")[: 2 * actions.LONGEST_WORDS],
            "refused": text(error.code, error.params),
        }
        return render(request, "duty/give.html", context, status=status_of(error))
    messages.success(request, _("已交班，等接班人确认"))
    return redirect("duty:hand_over", given.pk)


@require_GET
@never_cache
@needs(Power.KEEP_DUTY_LOG)
def hand_over(request: HttpRequest, hand_over_id: int) -> HttpResponse:
    """A hand-over as it was given, to be taken over, or printed."""
    page = queries.hand_over(hand_over_id, actor_of(request))
    return render(request, "duty/hand_over.html", {"page": page})


@require_GET
@never_cache
@needs(Power.KEEP_DUTY_LOG)
def printed(request: HttpRequest, hand_over_id: int) -> HttpResponse:
    """The same on paper, with lines to sign on."""
    page = queries.hand_over(hand_over_id, actor_of(request))
    return render(request, "duty/print.html", {"page": page, "now": timezone.now()})


@require_POST
@needs(Power.KEEP_DUTY_LOG)
def take(request: HttpRequest, hand_over_id: int) -> HttpResponse:
    """Take over, having read the text."""
    form = TakeForm(request.POST)
    try:
        actions.take_over(
            hand_over_id=hand_over_id,
            seen_digest=form.cleaned_data["digest"] if form.is_valid() else "",
            actor=actor_of(request),
            at=timezone.now(),
        )
    except (actions.HandOverChanged, actions.HandOverOver, actions.SamePerson) as error:
        messages.error(request, text(error.code, error.params))
    else:
        messages.success(request, _("已接班"))
    return redirect("duty:hand_over", hand_over_id)


def _show(request: HttpRequest, form: LogForm, status: int = 200) -> HttpResponse:
    page = queries.office_of(actor_of(request), timezone.now())
    return render(request, "duty/office.html", {"page": page, "form": form}, status=status)
