"""Papers about a case: to print, for Word; and signed sheets that find their case by the code."""

import re
from collections.abc import Iterator
from typing import Final

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from chengshao.catalog.terms import EvidenceKind
from chengshao.desk import queries as desk
from chengshao.desk.queries import papers
from chengshao.desk.queries.papers import PaperKind, PaperNotFound
from chengshao.evidence import actions as files
from chengshao.kernel.actor import Actor
from chengshao.kernel.errors import DomainError
from chengshao.kernel.words import whole_number
from chengshao.people import queries as people
from chengshao.web.downloads import handed_out
from chengshao.web.pages import actor_of, needs, signed_in
from chengshao.web.qr import qr_address, read_qr
from chengshao.web.texts import text
from chengshao.web.word import Paper, write_paper
from chengshao.workorders import actions
from chengshao.workorders.queries import WorkOrderNotFound
from chengshao.workorders.terms import Power, ViewingKind

_WORD: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_NUMBER: Final = re.compile(r"(?<!\d)\d{8}-\d{4,11}(?!\d)")
MOST_SHEETS: Final = 20


@require_GET
@never_cache
@signed_in
def paper(request: HttpRequest, number: str, kind: str) -> HttpResponse:
    """A paper as it prints, with its number and code."""
    page, found = _paper(request, number, kind)
    _log(request, page, ViewingKind.PRINT)
    case_number = page.view.case.number
    context = {
        "page": page,
        "paper": found,
        "kind": kind,
        "task": request.GET.get("task", ""),
        "code": qr_address(papers.code_of(case_number)),
    }
    return render(request, "desk/paper.html", context)


@require_GET
@never_cache
@signed_in
def paper_file(request: HttpRequest, number: str, kind: str) -> HttpResponse:
    """The same for Word."""
    page, found = _paper(request, number, kind)
    _log(request, page, ViewingKind.EXPORT)
    return handed_out(write_paper(found), f"{page.view.case.number}-{kind}.docx")


@require_http_methods(["GET", "POST"])
@never_cache
@needs(Power.HANDLE)
def sheets(request: HttpRequest) -> HttpResponse:
    """Photos of signed sheets: each goes to my open task on the case that its code names."""
    done: list[tuple[str, str, str]] = []
    if request.method == "POST":
        sent = request.FILES.getlist("sheets")
        if not sent:
            messages.error(request, _("请选择照片"))
            return redirect("desk:sheets")
        done = [(sheet.name or "", *_taken(request, sheet)) for sheet in sent[:MOST_SHEETS]]
    return render(request, "desk/sheets.html", {"done": done, "most": MOST_SHEETS})


def _taken(request: HttpRequest, sheet: "UploadedFile[bytes]") -> tuple[str, str]:
    """Return the case's number and what became of the sheet."""
    actor, now = actor_of(request), timezone.now()
    number = next(_numbers_on(sheet.read()), "")
    if not number:
        return "", _("没有读出编号：请拍清右下角或左下角的二维码，或到案卷里上传")
    try:
        page = desk.case_page(number, actor, now)
    except WorkOrderNotFound:
        return "", _("编号{number}的案卷不在您的案卷里").format(number=number)
    task_id = _task_for(page, actor)
    if task_id is None:
        return number, _("您单位在这件案卷上没有在办的任务，没有存")
    try:
        actions.check_may_attach(task_id=task_id, evidence_kind=EvidenceKind.DOCUMENT, actor=actor)
        sheet.seek(0)
        blob_id = files.store_file(file=sheet, actor=actor, at=now)
        actions.attach_evidence(
            task_id=task_id,
            evidence_kind=EvidenceKind.DOCUMENT,
            blob_id=blob_id,
            actor=actor,
            at=now,
        )
    except DomainError as refused:
        return number, text(refused.code, refused.params)
    return number, _("已存入案卷")


def _task_for(page: desk.CasePage, actor: Actor) -> int | None:
    territory = page.view.case.territory
    own = (
        task
        for task in page.view.tasks
        if task.kind in papers.HANDLED
        and task.ended_at is None
        and actor.may(Power.HANDLE, task.unit_id, territory=territory)
    )
    return next((task.pk for task in own), None)


def _numbers_on(content: bytes) -> Iterator[str]:
    for said in read_qr(content):
        yield from _NUMBER.findall(said)


def _paper(request: HttpRequest, number: str, kind: str) -> tuple[desk.CasePage, Paper]:
    if kind not in set(PaperKind):
        raise PaperNotFound
    now = timezone.now()
    page = desk.case_page(number.replace("\x00", ""), actor_of(request), now)
    task_id = whole_number(request.GET.get("task", "")) or 0
    desk_unit = people.unit_lines([page.view.case.desk_unit_id])
    issuer = next((unit.name for unit in desk_unit.values()), "")
    return page, papers.paper(page, PaperKind(kind), issuer=issuer, task_id=task_id, now=now)


def _log(request: HttpRequest, page: desk.CasePage, kind: ViewingKind) -> None:
    actor = actor_of(request)
    actions.log_viewing(case=page.view.case, kind=kind, actor=actor, at=timezone.now())
