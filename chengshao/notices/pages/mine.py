"""What I was told: unread first; a click goes to the case and marks it read."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from chengshao.kernel.words import whole_number
from chengshao.notices import actions, queries
from chengshao.web.pages import actor_of, signed_in


@require_GET
@signed_in
def mine(request: HttpRequest) -> HttpResponse:
    """My notices."""
    rows, older = queries.my_notices(
        actor_of(request), before=whole_number(request.GET.get("before", ""))
    )
    unread = [row for row in rows if not row.read]
    context = {
        "unread": unread,
        "seen": [row for row in rows if row.read],
        "newest": max((row.id for row in unread), default=0),
        "older": older,
    }
    return render(request, "notices/mine.html", context)


@require_POST
@signed_in
def open_notice(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Mark it read and go to its case."""
    notice = actions.read(notice_id=notice_id, actor=actor_of(request), at=timezone.now())
    return redirect("desk:case", number=notice.case_number)


@require_POST
@signed_in
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark all read that were on the page: what came meanwhile stays unread."""
    up_to = whole_number(request.POST.get("up_to", "")) or 0
    actions.read_all(actor=actor_of(request), up_to=up_to, at=timezone.now())
    messages.success(request, _("已全部标为已读"))
    return redirect("notices:mine")
