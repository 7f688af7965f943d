"""What a report is that its citizen couldn't say: a complaint about a unit, an informant's."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chengshao.desk.forms import QualifyForm, TakeOffForm
from chengshao.desk.pages.coming_back import comes_back_if_refused, go_on, go_on_without
from chengshao.desk.pages.refusals import check
from chengshao.web.pages import actor_of, signed_in
from chengshao.workorders import actions
from chengshao.workorders import queries as workorders
from chengshao.workorders.terms import ReportKind


@require_POST
@signed_in
@comes_back_if_refused
def qualify(request: HttpRequest, number: str, report_id: int) -> HttpResponse:
    """Note it; who may not see the case any more goes on to the next."""
    form = QualifyForm(request.POST)
    check(form)
    actor, said = actor_of(request), form.cleaned_data
    actions.qualify_report(
        number=number,
        seen_revision=said["seen_revision"],
        report_id=report_id,
        kind=ReportKind(said["kind"]) if said["kind"] else None,
        complained_about_unit_id=said["about_unit"],
        complained_about=said["about"],
        actor=actor,
        at=timezone.now(),
    )
    if workorders.visible_to(actor).filter(number=number).exists():
        return go_on(request, _("已记下：{number}").format(number=number), keep=number)
    gone = _("已记下：{number}。这个案卷现在由别人接着办，您看不到了。")
    return go_on_without(request, gone.format(number=number))


@require_POST
@signed_in
@comes_back_if_refused
def take_off(request: HttpRequest, number: str, report_id: int) -> HttpResponse:
    """Take off a unit that was not meant."""
    form = TakeOffForm(request.POST)
    check(form)
    actions.take_off_complaint(
        number=number,
        seen_revision=form.cleaned_data["seen_revision"],
        report_id=report_id,
        reason=form.cleaned_data["reason"],
        actor=actor_of(request),
        at=timezone.now(),
    )
    done = _("已撤下被投诉单位：{number}").format(number=number)
    return go_on(request, done, keep=number)
