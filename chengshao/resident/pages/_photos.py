"""A picture that comes with a form of a citizen."""

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils import timezone

from chengshao.evidence import actions as evidence
from chengshao.kernel.actor import Actor, ActorKind
from chengshao.kernel.errors import DomainError
from chengshao.web.texts import text
from chengshao.workorders import actions


def keep(file: "UploadedFile[bytes]", report_id: int) -> int:
    """
    Keep a picture for this report and return its blob's id; nothing hangs on the report yet.

    :raises DomainError: if no more may come, or it is no picture that can be kept
    """
    citizen = Actor(ActorKind.CITIZEN, report_id=report_id)
    actions.check_may_send_file(report_id=report_id, actor=citizen)
    return evidence.store_picture(file=file, actor=citizen, at=timezone.now())


def attach(request: HttpRequest, report_id: int) -> None:
    """Put the form's picture on a new report; if it can't be kept, say so: the report stands."""
    file = request.FILES.get("photo")
    if not isinstance(file, UploadedFile):
        return
    citizen = Actor(ActorKind.CITIZEN, report_id=report_id)
    try:
        blob_id = keep(file, report_id)
        actions.attach_to_report(
            report_id=report_id, blob_id=blob_id, actor=citizen, at=timezone.now()
        )
    except DomainError as error:
        messages.error(request, text(error.code, error.params))
