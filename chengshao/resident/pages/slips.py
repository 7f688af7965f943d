"""A slip in large print for whoever has no phone of their own: from the counter or by post."""

from datetime import datetime

import segno
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from chengshao.people import queries as people
from chengshao.resident.queries import told
from chengshao.web.moments import full
from chengshao.web.pages import actor_of, signed_in
from chengshao.workorders import actions, queries
from chengshao.workorders.queries import Progress


@require_http_methods(["GET", "POST"])
@never_cache
@signed_in
def slip(request: HttpRequest, report_id: int) -> HttpResponse:
    """Number, what, by when, whom to call; the link only if the citizen wants it (POST)."""
    actor, now = actor_of(request), timezone.now()
    actions.check_may_hand(report_id=report_id, actor=actor)
    link = ""
    if request.method == "POST":
        token = actions.hand_link(report_id=report_id, actor=actor, at=now)
        link = request.build_absolute_uri(reverse("resident:follow", args=[token]))
    progress = queries.progress_of_report(report_id=report_id, actor=actor, now=now)
    context = {
        "progress": progress,
        "told": told(progress, now),
        "by": _by(progress, now),
        "link": link,
        "code": _code_of(link) if link else "",
        "now": now,
    }
    return render(request, "resident/slip.html", context)


def _by(progress: Progress, now: datetime) -> str:
    """Return who does it by which day; paper is read later, so no day is told as seen from now."""
    due, lead = progress.promised_by, progress.lead_unit_id
    if due is None or due < now or lead is None or progress.suspended_until is not None:
        return ""
    unit = people.unit_lines({lead}).get(lead)
    return _("{unit}去办，{by}前给您结果。").format(unit=unit.name if unit else "", by=full(due))


def _code_of(link: str) -> SafeString:
    """Return the link as a code to scan; the drawing is made of an address of ours alone."""
    drawn = segno.make(link, error="m").svg_inline(scale=5, border=2)
    return mark_safe(drawn)
