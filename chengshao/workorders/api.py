"""HTTP doors of this room: translate, make one call, translate back."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from ninja import File, Form, Path, Query, Router
from ninja.files import UploadedFile

from chengshao.evidence import actions as evidence
from chengshao.evidence import queries as blobs
from chengshao.kernel.actor import Actor
from chengshao.web.http import ERRORS, Id, Key, actor_from_request
from chengshao.workorders import actions, queries
from chengshao.workorders.models import Attachment, Report
from chengshao.workorders.queries import CaseLine, LedgerLine, PromiseLine
from chengshao.workorders.schemas import (
    AnswerDirectlyIn,
    AttachmentOut,
    CaseMoveIn,
    CasesIn,
    ContactIn,
    DispatchIn,
    LedgerIn,
    LedgerRowOut,
    MergeIn,
    PersonIn,
    PromiseRowOut,
    PromisesIn,
    RateIn,
    ReasonIn,
    RegisterIn,
    ReportOut,
    TaskMoveIn,
    WithdrawIn,
    WordsIn,
    WorkOrderOut,
    WorkOrderRowOut,
)
from chengshao.workorders.terms import ViewingKind

router = Router(tags=["workorders"])


def shown(number: str, actor: Actor) -> WorkOrderOut:
    """Return the case as this actor sees it: no API shows more than the page does."""
    return WorkOrderOut.from_view(queries.case_view(number=number, actor=actor))


@router.post("/reports/{report_id}/withdraw", response={200: ReportOut, **ERRORS})
def withdraw_report(request: HttpRequest, report_id: Path[Id], payload: WithdrawIn) -> Report:
    """Take a report back on the citizen's behalf."""
    return actions.withdraw_report(
        report_id=report_id,
        **payload.dict(),
        actor=actor_from_request(request),
        at=timezone.now(),
    )


@router.post("/reports/{report_id}/rating", response={200: ReportOut, **ERRORS})
def rate_report(request: HttpRequest, report_id: Path[Id], payload: RateIn) -> Report:
    """Note what the citizen says of the result."""
    return actions.rate_report(
        report_id=report_id,
        **payload.dict(),
        actor=actor_from_request(request),
        at=timezone.now(),
    )


@router.post("/reports/{report_id}/chase", response={200: ReportOut, **ERRORS})
def chase_report(request: HttpRequest, report_id: Path[Id], payload: WordsIn) -> Report:
    """Pass on that the citizen waits."""
    return actions.chase_report(
        report_id=report_id,
        words=payload.words,
        actor=actor_from_request(request),
        at=timezone.now(),
    )


@router.post("/reports/{report_id}/supplement", response={200: ReportOut, **ERRORS})
def supplement_report(request: HttpRequest, report_id: Path[Id], payload: WordsIn) -> Report:
    """Add what the citizen says further."""
    return actions.supplement_report(
        report_id=report_id,
        words=payload.words,
        actor=actor_from_request(request),
        at=timezone.now(),
    )


@router.post("/reports/{report_id}/progress", response={200: ReportOut, **ERRORS})
def answer_progress(request: HttpRequest, report_id: Path[Id], payload: WordsIn) -> Report:
    """Note that the citizen asked how it stands, and what was said."""
    return actions.answer_progress(
        report_id=report_id,
        words=payload.words,
        actor=actor_from_request(request),
        at=timezone.now(),
    )


@router.post("/reports/{report_id}/nuisance", response={200: ReportOut, **ERRORS})
def mark_nuisance(request: HttpRequest, report_id: Path[Id]) -> Report:
    """Mark a call as nuisance: it is not called back nor rated."""
    return actions.mark_nuisance(
        report_id=report_id, actor=actor_from_request(request), at=timezone.now()
    )


@router.post("/reports/{report_id}/reopen", response={200: ReportOut, **ERRORS})
def reopen_report(request: HttpRequest, report_id: Path[Id], payload: WordsIn) -> Report:
    """Let an ended case go on because its citizen says that it is not done."""
    return actions.reopen_by_citizen(
        report_id=report_id,
        words=payload.words,
        actor=actor_from_request(request),
        at=timezone.now(),
    )


@router.get("/ledger", response={200: list[LedgerRowOut], **ERRORS})
def list_ledger(request: HttpRequest, asked: Query[LedgerIn]) -> list[LedgerLine]:
    """Return 50 cases on the ledger that the caller sees, the next review first."""
    return queries.ledger_entries(
        actor=actor_from_request(request),
        limit=50,
        offset=asked.offset,
        unit_id=asked.unit_id,
        level=asked.level or "",
        struck_off=asked.struck_off,
    )


@router.get("/promises", response={200: list[PromiseRowOut], **ERRORS})
def list_promises(request: HttpRequest, asked: Query[PromisesIn]) -> list[PromiseLine]:
    """Return 50 promises on cases that the caller sees, by their date."""
    return queries.promises(
        actor=actor_from_request(request),
        state=asked.state,
        today=timezone.localdate(),
        limit=50,
        offset=asked.offset,
        unit_id=asked.unit_id,
    )


@router.get("/workorders", response={200: list[WorkOrderRowOut], **ERRORS})
def list_cases(request: HttpRequest, asked: Query[CasesIn]) -> list[CaseLine]:
    """Return the newest 50 cases that this unit of the caller's sees, from the offset on."""
    return queries.cases_of_unit(
        unit_id=asked.unit_id,
        actor=actor_from_request(request),
        limit=50,
        step=asked.step or "",
        words=asked.words,
        offset=asked.offset,
    )


@router.get("/workorders/{number}", response={200: WorkOrderOut, **ERRORS})
def show_case(request: HttpRequest, number: Path[Key]) -> WorkOrderOut:
    """Return the case with its tasks; third parties see their own alone."""
    actor = actor_from_request(request)
    view = queries.case_view(number=number, actor=actor)
    actions.log_viewing(case=view.case, kind=ViewingKind.VIEW, actor=actor, at=timezone.now())
    return WorkOrderOut.from_view(view)


@router.post("/workorders/{number}/register", response={200: WorkOrderOut, **ERRORS})
def register(request: HttpRequest, number: Path[Key], payload: RegisterIn) -> WorkOrderOut:
    """Accept the case and name its matter."""
    actor = actor_from_request(request)
    actions.register(
        number=number,
        seen_revision=payload.seen_revision,
        matter=payload.matter,
        urgency=payload.urgency,
        place=payload.place.place() if payload.place else None,
        actor=actor,
        at=timezone.now(),
    )
    return shown(number, actor)


@router.post("/workorders/{number}/dispatch", response={200: WorkOrderOut, **ERRORS})
def dispatch(request: HttpRequest, number: Path[Key], payload: DispatchIn) -> WorkOrderOut:
    """Name who leads and who helps, and why."""
    actor = actor_from_request(request)
    actions.dispatch(number=number, **payload.dict(), actor=actor, at=timezone.now())
    return shown(number, actor)


@router.post("/workorders/{number}/direct-answer", response={200: WorkOrderOut, **ERRORS})
def answer_directly(
    request: HttpRequest, number: Path[Key], payload: AnswerDirectlyIn
) -> WorkOrderOut:
    """Close a demand that the desk answers at once."""
    actor = actor_from_request(request)
    actions.answer_directly(number=number, **payload.dict(), actor=actor, at=timezone.now())
    return shown(number, actor)


@router.post("/workorders/{number}/moves", response={200: WorkOrderOut, **ERRORS})
def move_case(request: HttpRequest, number: Path[Key], payload: CaseMoveIn) -> WorkOrderOut:
    """Move the case as a whole: decline it, reopen it, ask its platform to take it back."""
    actor = actor_from_request(request)
    actions.move_case(number=number, **payload.dict(), actor=actor, at=timezone.now())
    return shown(number, actor)


@router.post("/workorders/{number}/merge", response={200: WorkOrderOut, **ERRORS})
def merge(request: HttpRequest, number: Path[Key], payload: MergeIn) -> WorkOrderOut:
    """Hang the reports of this case on another, and return that one."""
    actor = actor_from_request(request)
    actions.merge_cases(number=number, **payload.dict(), actor=actor, at=timezone.now())
    return shown(payload.into, actor)


@router.post("/workorders/{number}/undo-merge", response={200: WorkOrderOut, **ERRORS})
def undo_merge(request: HttpRequest, number: Path[Key], payload: ReasonIn) -> WorkOrderOut:
    """Take the reports of a merged case back."""
    actor = actor_from_request(request)
    actions.undo_merge(number=number, reason=payload.reason, actor=actor, at=timezone.now())
    return shown(number, actor)


@router.post("/workorders/{number}/persons", response={200: WorkOrderOut, **ERRORS})
def name_person(request: HttpRequest, number: Path[Key], payload: PersonIn) -> WorkOrderOut:
    """Let one more person know of a case that is not open to whole units."""
    actor = actor_from_request(request)
    actions.name_person(number=number, **payload.dict(), actor=actor, at=timezone.now())
    return shown(number, actor)


@router.post("/workorders/{number}/persons/end", response={204: None, **ERRORS})
def end_naming(request: HttpRequest, number: Path[Key], payload: PersonIn) -> tuple[int, None]:
    """Take the case from a person who was named, be it the caller."""
    actor = actor_from_request(request)
    actions.end_naming(number=number, **payload.dict(), actor=actor, at=timezone.now())
    return 204, None


@router.post("/tasks/{task_id}/moves", response={200: WorkOrderOut, **ERRORS})
def move_task(request: HttpRequest, task_id: Path[Id], payload: TaskMoveIn) -> WorkOrderOut:
    """Move a task and, with it, the case."""
    actor = actor_from_request(request)
    given = payload.dict() | {"closing": payload.closing.closing() if payload.closing else None}
    case = actions.move_task(task_id=task_id, **given, actor=actor, at=timezone.now())
    return shown(case.number, actor)


@router.post("/tasks/{task_id}/contacts", response={200: WorkOrderOut, **ERRORS})
def record_contact(request: HttpRequest, task_id: Path[Id], payload: ContactIn) -> WorkOrderOut:
    """Note an attempt to get in touch with a citizen."""
    actor = actor_from_request(request)
    case = actions.record_contact(task_id=task_id, **payload.dict(), actor=actor, at=timezone.now())
    return shown(case.number, actor)


@router.post("/tasks/{task_id}/evidence", response={200: AttachmentOut, **ERRORS})
def attach_evidence(
    request: HttpRequest, task_id: Path[Id], evidence_kind: Form[Key], file: File[UploadedFile]
) -> Attachment:
    """Hand in a file that the matter asks for."""
    actor, at = actor_from_request(request), timezone.now()
    actions.check_may_attach(task_id=task_id, evidence_kind=evidence_kind, actor=actor)
    blob_id = evidence.store_file(file=file, actor=actor, at=at)
    return actions.attach_evidence(
        task_id=task_id, evidence_kind=evidence_kind, blob_id=blob_id, actor=actor, at=at
    )


@router.get("/attachments/{attachment_id}", response={200: bytes, **ERRORS})
def show_attachment(request: HttpRequest, attachment_id: Path[Id]) -> HttpResponseBase:
    """Return the file as an attachment."""
    actor = actor_from_request(request)
    file = queries.attachment_of(attachment_id=attachment_id, actor=actor)
    answer = blobs.as_attachment(blobs.blob(queries.blob_id_on(file)))
    actions.log_viewing(
        case=file.work_order, kind=ViewingKind.EXPORT, actor=actor, at=timezone.now()
    )
    return answer
