"""A case as it is told to a caller: no door of the API shows more than the page does."""

from chengshao.kernel.actor import Actor
from chengshao.workorders import queries
from chengshao.workorders.queries import CaseView
from chengshao.workorders.schemas.cases import WorkOrderOut


def shown(number: str, actor: Actor) -> WorkOrderOut:
    """Return the case as this actor sees it."""
    return told(queries.case_view(number=number, actor=actor))


def told(view: CaseView) -> WorkOrderOut:
    """Return what was read of a case."""
    contacts = view.contacts
    return WorkOrderOut.from_view(view, contacts)
