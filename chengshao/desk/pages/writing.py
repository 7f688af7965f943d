"""Words to a citizen while the case is open, and words that stay inside."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chengshao.desk.forms import RemarkForm, WriteForm
from chengshao.desk.pages.coming_back import comes_back_if_refused, go_on
from chengshao.desk.pages.refusals import check
from chengshao.web.pages import actor_of, signed_in
from chengshao.workorders import actions, queries
from chengshao.workorders.queries import ReportNotFound


@require_POST
@signed_in
@comes_back_if_refused
def write(request: HttpRequest, number: str, report_id: int) -> HttpResponse:
    """Write to whoever reported it: the words stand on the citizen's own page."""
    actor = actor_of(request)
    if queries.report_of(report_id=report_id, actor=actor).work_order.number != number:
        raise ReportNotFound
    form = WriteForm(request.POST)
    check(form)
    actions.write_to_citizen(
        report_id=report_id,
        words=form.cleaned_data["words"],
        unit_id=form.cleaned_data["unit"],
        actor=actor,
        at=timezone.now(),
    )
    done = _("已回话，诉求人在自己的页面上看得到：{number}").format(number=number)
    return go_on(request, done, keep=number)


@require_POST
@signed_in
@comes_back_if_refused
def remark(request: HttpRequest, number: str) -> HttpResponse:
    """Say something inside: no citizen reads it."""
    form = RemarkForm(request.POST)
    check(form)
    actions.remark(
        number=number,
        words=form.cleaned_data["words"],
        unit_id=form.cleaned_data["unit"],
        actor=actor_of(request),
        at=timezone.now(),
    )
    return go_on(request, _("内部意见已记下：{number}").format(number=number), keep=number)
