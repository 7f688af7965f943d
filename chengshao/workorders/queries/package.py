"""A closed case as it goes into an archive: its history with what proves it, and its files."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from chengshao.kernel.actor import Actor
from chengshao.workorders.models import Attachment, WorkOrder
from chengshao.workorders.queries.scope import WorkOrderNotFound, in_full, visible_to


@dataclass(frozen=True, slots=True)
class Package:
    """
    What goes into the archive beside the sheet: lines of the history as they are chained (each
    with the texts that stand beside it and their salts), and the files that are still there.
    """

    case: WorkOrder
    history: list[str]  # JSON, one a line
    files: list[Attachment]


def package_of(*, number: str, actor: Actor) -> Package:
    """
    Return a case that has ended for who sees all of it. Four statements.

    :raises WorkOrderNotFound: if it is not there for this actor, or not ended
    """
    seen = visible_to(actor).filter(in_full(actor, "pk"), number=number)
    case = seen.exclude(outcome="").first()
    if case is None:
        raise WorkOrderNotFound
    files = Attachment.objects.filter(work_order=case, blob__isnull=False)
    return Package(
        case=case,
        history=list(_history(case)),
        files=list(files.select_related("blob").order_by("pk")),
    )


def _history(case: WorkOrder) -> Iterator[str]:
    for entry in case.entries.order_by("seq").prefetch_related("notes"):
        notes = [
            {"name": note.name, "salt": note.salt, "text": note.text} for note in entry.notes.all()
        ]
        line = {"seq": entry.seq, "body": entry.body, "hash": entry.hash, "notes": notes}
        yield json.dumps(line, ensure_ascii=False)
