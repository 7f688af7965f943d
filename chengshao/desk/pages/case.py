"""The case page, its files, and the one place where a citizen's number is read."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from chengshao.desk import queries as desk
from chengshao.desk.forms import PurposeForm
from chengshao.evidence import queries as blobs
from chengshao.people import actions as people
from chengshao.people.terms import Power
from chengshao.web.pages import actor_of, signed_in
from chengshao.workorders import queries


@require_GET
@never_cache
@signed_in
def case(request: HttpRequest, number: str) -> HttpResponse:
    """What it is, where it stands, who owes what by when, and what I may do."""
    asked = request.GET.get("q", "")[:100].replace("\x00", "")
    page = desk.case_page(number, actor_of(request), timezone.now(), matter_words=asked)
    context = {"page": page, "back": request.path, "asked_matter": asked, "acknowledges": True}
    return render(request, "desk/case.html", context)


@require_GET
@signed_in
def attachment(request: HttpRequest, attachment_id: int) -> HttpResponseBase:
    """A file of a case that I see, to be saved; its small picture for the page."""
    found = queries.attachment_of(attachment_id=attachment_id, actor=actor_of(request))
    return blobs.as_attachment(found.blob, thumbnail="small" in request.GET)


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
    context = {"form": form, "revealed": revealed, "number": number, "report_id": report_id}
    return render(request, "desk/contact.html", context)
