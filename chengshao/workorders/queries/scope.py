"""Who sees what: the audience is the one source of scope. What one may not see is not there."""

from collections.abc import Iterable
from functools import reduce
from operator import or_

from django.db.models import Exists, OuterRef, Q, QuerySet

from chengshao.kernel.actor import Actor, ActorKind
from chengshao.kernel.divisions import division_prefix
from chengshao.kernel.errors import NotAllowed, NotFound
from chengshao.kernel.tokens import digest_of
from chengshao.workorders.models import Attachment, Audience, Report, Task, WorkOrder
from chengshao.workorders.rules.book import NEED_THE_NUMBER
from chengshao.workorders.rules.facts import OPEN_STATES
from chengshao.workorders.terms import WORKING, Power, Sight


class WorkOrderNotFound(NotFound):
    code = "workorder_not_found"


class ReportNotFound(NotFound):
    code = "report_not_found"


class AttachmentNotFound(NotFound):
    code = "attachment_not_found"


class AttachmentErased(NotFound):
    """It was there, and that is all that is left to know."""

    code = "attachment_erased"


def seen_by(actor: Actor) -> QuerySet[Audience]:
    """
    Return the audience rows that the actor's power to see reaches, less complaints about a unit of
    the actor's own: also one whose work theirs has taken over, before the complaint or after.
    """
    reach = actor.reach(Power.SEE)
    own = sorted({unit_id for unit_id, _territory in reach})
    everywhere = sorted({unit_id for unit_id, territory in reach if not territory})
    within = (
        Q(unit=unit_id, territory__startswith=division_prefix(territory))
        for unit_id, territory in reach
        if territory
    )
    rows = Audience.objects.filter(reduce(or_, within, Q(unit__in=everywhere)))
    rows = rows.exclude(work_order__in=_complaints_about(own))
    rows = rows.filter(Q(user=None) | Q(user=actor.user_id))
    if any(actor.may(power) for power in WORKING):  # over all units
        return rows
    works_for = {unit_id for power in WORKING for unit_id, _territory in actor.reach(power)}
    return rows.filter(Q(working_only=False) | Q(unit__in=sorted(works_for)))


def _complaints_about(unit_ids: list[int]) -> QuerySet[Report, int]:
    reports = Report.objects.filter(complained_about_unit__in=unit_ids)
    return reports.values_list("work_order", flat=True)


def visible_to(actor: Actor) -> QuerySet[WorkOrder]:
    """Return the cases that the actor may see; the system's own jobs, and only they, see all."""
    if actor.kind is ActorKind.SYSTEM:
        return WorkOrder.objects.all()
    return WorkOrder.objects.filter(Exists(seen_by(actor).filter(work_order=OuterRef("pk"))))


def in_full(actor: Actor, case: str) -> Exists:
    """Return whether the actor sees all of the case that this field of a row names."""
    return Exists(seen_by(actor).filter(work_order=OuterRef(case), sight=Sight.FULL))


def sight_of(case: WorkOrder, actor: Actor) -> Sight:
    """Return how much of a case in sight this actor sees: all of it, or only the own task."""
    if actor.kind is ActorKind.SYSTEM:
        return Sight.FULL
    full = seen_by(actor).filter(work_order=case, sight=Sight.FULL).exists()
    return Sight.FULL if full else Sight.TASK


def units_in_full(case: WorkOrder, actor: Actor) -> list[int]:
    """Return the units of the actor's that see all of a case, by when it came to them."""
    rows = seen_by(actor).filter(work_order=case, sight=Sight.FULL)
    return list(rows.order_by("opened_at", "pk").values_list("unit_id", flat=True))


def reports_visible_to(actor: Actor) -> QuerySet[Report]:
    """
    Return the reports that are there for the actor: a citizen's own, those of the cases that staff
    see in full, and for a system that may report also those that it brought itself.
    """
    if actor.kind is ActorKind.CITIZEN:
        own = Report.objects.all()
        return own.none() if actor.report_id is None else own.filter(pk=actor.report_id)
    rows = Report.objects.all()
    if actor.kind is ActorKind.SYSTEM:
        return rows
    there = Q(Exists(seen_by(actor).filter(work_order=OuterRef("work_order"), sight=Sight.FULL)))
    if actor.kind is ActorKind.MACHINE and actor.holds(Power.REPORT):
        there |= Q(caller=actor.user_id, caller__isnull=False)
    return rows.filter(there)


def citizen_of_link(token: str) -> Actor | None:
    """Return the citizen whom this secret link of a report stands for, or None."""
    found = Report.objects.filter(link_digest=digest_of(token)).values_list("pk", flat=True).first()
    return None if found is None else Actor(ActorKind.CITIZEN, report_id=found)


def case_of(*, number: str, actor: Actor) -> WorkOrder:
    """
    Return the case.

    :raises WorkOrderNotFound: if it is not there for this actor
    """
    case = visible_to(actor).filter(number=number).first()
    if case is None:
        raise WorkOrderNotFound
    return case


def number_of_task(*, task_id: int, actor: Actor) -> str:
    """
    Return the number of the case that a task is of.

    :raises WorkOrderNotFound: if it is not there for this actor
    """
    numbers = visible_to(actor).filter(tasks=task_id).values_list("number", flat=True)
    number = numbers.first()
    if number is None:
        raise WorkOrderNotFound
    return number


def report_of(*, report_id: int, actor: Actor) -> Report:
    """
    Return the report with its case and ratings.

    :raises ReportNotFound: if it is not there for this actor
    """
    reports = reports_visible_to(actor).select_related("work_order").prefetch_related("ratings")
    report = reports.filter(pk=report_id).first()
    if report is None:
        raise ReportNotFound
    return report


class ContactNotOpen(NotAllowed):
    code = "contact_not_open"


def near_the_citizen(case: WorkOrder, tasks: Iterable[Task]) -> set[int]:
    """Return the units that may need a citizen's number now: the desk and who owes such a task."""
    owing = (t.unit_id for t in tasks if t.state in OPEN_STATES and t.kind in NEED_THE_NUMBER)
    return {case.desk_unit_id, *owing}


def contact_of(*, report_id: int, number: str, power: str, actor: Actor) -> int:
    """
    Return the contact of a report for who has to do with its citizen: the desk, or a unit that
    handles, checks or tells now. Only to see the case, or to be asked for an opinion, is not
    enough (PIPL §6). A confidential one opens to nobody: so it was promised to who left it; nor
    does that of a report that was taken back.

    :raises ReportNotFound: if the report is not there for this actor, or left no contact
    :raises ContactNotOpen: if the power reaches neither the desk nor such a unit, it is secret, or
        nobody waits there any more
    """
    report = report_of(report_id=report_id, actor=actor)
    case = report.work_order
    if report.contact_id is None or case.number != number:
        raise ReportNotFound
    near = near_the_citizen(case, case.tasks.all())
    reached = any(actor.may(power, unit_id, territory=case.territory) for unit_id in near)
    if report.confidential or report.withdrawn_at is not None or not reached:
        raise ContactNotOpen
    return report.contact_id


def attachment_of(*, attachment_id: int, actor: Actor) -> Attachment:
    """
    Return a file on a case that the actor sees, or of a report on it that came from a merged one;
    a citizen sees only what came with the report.

    :raises AttachmentNotFound: if it is not there for this actor
    """
    files = Attachment.objects.filter(pk=attachment_id).select_related("work_order")
    if actor.kind is ActorKind.CITIZEN:
        files = files.filter(report=actor.report_id, report__isnull=False)
    else:
        there = Q(work_order=OuterRef("work_order")) | Q(work_order=OuterRef("report__work_order"))
        full = seen_by(actor).filter(there, sight=Sight.FULL)
        own = Exists(visible_to(actor).filter(pk=OuterRef("work_order"), tasks=OuterRef("task")))
        files = files.filter(Exists(full) | Q(task__unit__in=_units_of(actor)) & own)
    found = files.first()
    if found is None:
        raise AttachmentNotFound
    return found


def blob_id_of(*, attachment_id: int, actor: Actor) -> int:
    """
    Return the stored file of an attachment: see `attachment_of`.

    :raises AttachmentNotFound: if it is not there for this actor
    :raises AttachmentErased: if it was erased
    """
    return blob_id_on(attachment_of(attachment_id=attachment_id, actor=actor))


def blob_id_on(file: Attachment) -> int:
    """:raises AttachmentErased: if the file was erased"""
    if file.blob_id is None:
        raise AttachmentErased
    return file.blob_id


def _units_of(actor: Actor) -> list[int]:
    return sorted({unit_id for unit_id, _ in actor.reach(Power.SEE)})
