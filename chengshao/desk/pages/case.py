"""The case page, its files, who has seen it, and where a citizen's number is read."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from chengshao.desk import queries as desk
from chengshao.desk.forms import PurposeForm
from chengshao.desk.pages.refusals import Refusal, told
from chengshao.desk.pages.ways_back import way_back
from chengshao.desk.queries.papers import papers_of
from chengshao.evidence import queries as blobs
from chengshao.knowledge import queries as knowledge
from chengshao.knowledge.queries import ReadingLine
from chengshao.notices import actions as notices
from chengshao.notices.queries import UNREAD
from chengshao.people import actions as people
from chengshao.people import queries as staff
from chengshao.people.terms import Power
from chengshao.web.maps import shows_map
from chengshao.web.pages import actor_of, signed_in, stand_at
from chengshao.workorders import actions, queries
from chengshao.workorders.terms import ViewingKind


@require_GET
@never_cache
@signed_in
def case(request: HttpRequest, number: str) -> HttpResponse:
    """What it is, where it stands, who owes what by when, and what I may do."""
    return show_case(request, number, request.GET)


@shows_map
def show_case(
    request: HttpRequest, number: str, query: QueryDict, refusal: Refusal | None = None
) -> HttpResponse:
    """
    Return the case page, with a form that was refused.

    :raises WorkOrderNotFound: if it is not there for this actor
    """
    asked = query.get("q", "")[:100].replace("\x00", "")
    actor, now = actor_of(request), timezone.now()
    page = desk.case_page(number.replace("\x00", ""), actor, now, matter_words=asked)
    note_seen(request, page, now)
    here = reverse("desk:case", args=[number])
    stand_at(request, here)
    context = {
        "page": page,
        "back": here,
        "here": here,
        "asked_matter": asked,
        "by_unit": query.get("by") == "unit",
        "acknowledges": refusal is None,
        "readings": _readings(page),
        "papers": papers_of(page),
        "packs": page.whole and bool(page.view.case.outcome),
        **told(refusal, page),
    }
    return render(request, "desk/case.html", context, status=refusal.status if refusal else 200)


def note_seen(
    request: HttpRequest, page: desk.CasePage, at: datetime, *, opened: bool = True
) -> None:
    """
    Note that somebody saw the case; and, if it was opened and not only stood beside a list, that
    the unit has seen what it was told of it, and who opened it has read the notices of it.
    """
    actor = actor_of(request)
    actions.log_viewing(case=page.view.case, kind=ViewingKind.VIEW, actor=actor, at=at)
    if opened and page.view.alerts:
        actions.see_alerts(page.view.case, actor, at)
    unread = getattr(request.user, "beside", {}).get(UNREAD) or ()
    if opened and page.view.case.pk in unread:
        notices.read_of_case(case_id=page.view.case.pk, actor=actor, at=at)


@require_GET
@never_cache
@signed_in
def photo(request: HttpRequest, number: str, nth: int) -> HttpResponse:
    """
    One pair of pictures, large, with the pair before and after it a key away.

    :raises AttachmentNotFound: if there is no such pair for this reader
    """
    now = timezone.now()
    page = desk.case_page(number.replace("\x00", ""), actor_of(request), now)
    if not 1 <= nth <= len(page.pairs):
        raise queries.AttachmentNotFound
    note_seen(request, page, now)
    context = {
        "page": page,
        "pair": page.pairs[nth - 1],
        "previous": nth - 1,
        "next": nth + 1 if nth < len(page.pairs) else 0,
    }
    return render(request, "desk/photo.html", context)


@require_GET
@never_cache
@signed_in
def printed(request: HttpRequest, number: str) -> HttpResponse:
    """The case on paper: all of it unfolded, without what may be done."""
    actor, now = actor_of(request), timezone.now()
    page = desk.case_page(number.replace("\x00", ""), actor, now)
    actions.log_viewing(case=page.view.case, kind=ViewingKind.PRINT, actor=actor, at=now)
    context = {
        "page": page,
        "now": now,
        "moments": page.moments[::-1],
        "readings": _readings(page),
    }
    return render(request, "desk/case_print.html", context)


def _readings(page: desk.CasePage) -> list[ReadingLine]:
    """Return what was read to whoever called; where nobody took a call down, nothing is asked."""
    called = {report.pk for report in page.view.reports if report.caller_id is not None}
    return knowledge.readings_on(called)


@require_GET
@never_cache
@signed_in
def viewings(request: HttpRequest, number: str) -> HttpResponse:
    """Who has seen this case, printed it, or read a number in it."""
    number = number.replace("\x00", "")
    found = queries.viewings_of(number=number, actor=actor_of(request))
    names = staff.user_names(row.user_id for row in found)
    rows = [{"who": names.get(row.user_id, ""), "row": row} for row in found]
    return render(request, "desk/viewings.html", {"number": number, "rows": rows})


@require_GET
@signed_in
def attachment(request: HttpRequest, attachment_id: int) -> HttpResponseBase:
    """A file of a case that I see, to be saved; its picture for the page, small or large."""
    actor, small, large = actor_of(request), "small" in request.GET, "large" in request.GET
    file = queries.attachment_of(attachment_id=attachment_id, actor=actor)
    stored = blobs.blob(queries.blob_id_on(file))
    answer = blobs.as_attachment(stored, inline_image=large, thumbnail=small)
    kind = ViewingKind.VIEW if small or large else ViewingKind.EXPORT
    actions.log_viewing(case=file.work_order, kind=kind, actor=actor, at=timezone.now())
    return answer


@require_POST
@never_cache
@signed_in
def contact(request: HttpRequest, number: str, report_id: int) -> HttpResponse:
    """Show how the citizen is reached, for a purpose that is written down first."""
    actor = actor_of(request)
    contact_id = queries.contact_of(
        report_id=report_id, number=number, power=Power.REVEAL_CONTACT, actor=actor
    )
    form = PurposeForm(request.POST)
    revealed = None
    if form.is_valid():
        revealed = people.reveal_contact(
            contact_id=contact_id,
            purpose=form.cleaned_data["purpose"],
            about=number,
            actor=actor,
            at=timezone.now(),
        )
    back = way_back(request) or reverse("desk:case", args=[number])
    context = {"form": form, "revealed": revealed, "back": back}
    return render(request, "desk/contact.html", context)
