"""A picture that comes with a form of a citizen."""

from typing import Final

from django.contrib import messages
from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from chengshao.evidence import actions as evidence
from chengshao.intake import actions as intake
from chengshao.kernel.actor import Actor, ActorKind
from chengshao.kernel.errors import DomainError
from chengshao.web.http import caller_address
from chengshao.web.texts import text
from chengshao.workorders import actions

_KEPT: Final = "resident.photo"  # what the signature is for
_MOST_SECONDS: Final = 20 * 3600  # less than a picture stays that nothing refers to


def keep(file: "UploadedFile[bytes]", report_id: int) -> int:
    """
    Keep a picture for this report and return its blob's id; nothing hangs on the report yet.

    :raises DomainError: if no more may come, or it is no picture that can be kept
    """
    citizen = Actor(ActorKind.CITIZEN, report_id=report_id)
    actions.check_may_send_file(report_id=report_id, actor=citizen)
    return evidence.store_picture(file=file, actor=citizen, at=timezone.now())


def keep_meanwhile(request: HttpRequest, key: str = "") -> str:
    """
    Keep the form's picture until the report is sent and return what the form then says of it: of
    one that came before, where none comes now; "" where there is none at all.

    :param key: of the form that brings it in the end; this one's own where it is the same
    :raises DomainError: if it is no picture that can be kept, or too many came from this address
    """
    file, own_key = request.FILES.get("photo"), request.POST.get("client_key", "")
    if isinstance(file, UploadedFile):
        address = caller_address(request)
        blob_id = intake.keep_picture(file=file, address=address, at=timezone.now())
    else:
        before = _kept_before(request)
        if before is None or key in ("", own_key):
            return "" if before is None else request.POST["photo_kept"]
        blob_id = before
    return signing.dumps([blob_id, key or own_key], salt=_KEPT)


def _kept_before(request: HttpRequest) -> int | None:
    """Return the blob of the picture that came before with this very form, less than a day ago."""
    try:
        blob_id, of_form = signing.loads(
            request.POST.get("photo_kept", ""), salt=_KEPT, max_age=_MOST_SECONDS
        )
    except signing.BadSignature:
        return None
    return int(blob_id) if of_form == request.POST.get("client_key") else None


def attach(request: HttpRequest, report_id: int) -> None:
    """Put the form's picture on a new report; if it can't be kept, say so: the report stands."""
    file, kept = request.FILES.get("photo"), _kept_before(request)
    if not isinstance(file, UploadedFile) and kept is None:
        return
    citizen = Actor(ActorKind.CITIZEN, report_id=report_id)
    try:
        blob_id = keep(file, report_id) if isinstance(file, UploadedFile) else kept
        assert blob_id is not None
        actions.attach_to_report(
            report_id=report_id, blob_id=blob_id, actor=citizen, at=timezone.now()
        )
    except DomainError as error:
        said = text(error.code, error.params)
        more = _("您反映的事已经收到，照片没有收到：{said}。可以在下面“写给单位”里换一张再传。")
        messages.error(request, more.format(said=said))
