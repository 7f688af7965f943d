"""Who is still to be called on a case, and by which unit."""

from collections.abc import Collection
from datetime import date, datetime

from chengshao.kernel.actor import Actor, ActorKind
from chengshao.kernel.canonical import Json
from chengshao.people import queries as people
from chengshao.workorders.actions._store import all_told, apply, contacted, record
from chengshao.workorders.models import WorkOrder
from chengshao.workorders.rules import lifecycle
from chengshao.workorders.terms import CaseCommand, TaskKind

_BY_ITSELF = Actor(ActorKind.SYSTEM)


def end_contacts(case: WorkOrder, at: datetime) -> None:
    """
    End the calls that are owed to nobody any more: taken back, nuisance, erased or gone elsewhere.

    The case says so in a line of its own.
    """
    waiting = case.tasks.filter(kind__in=[TaskKind.CONTACT, TaskKind.TELL], ended_at=None)
    met = {
        task.pk
        for task in waiting
        if (all_told(case, task) if task.kind == TaskKind.TELL else contacted(case))
    }
    if not waiting:
        return
    decision = lifecycle.decide_contacts_over(case=case.facts(), met=met)
    if decision is None:
        return
    apply(case, decision, actor=_BY_ITSELF, at=at)
    ended: list[Json] = [task.id for task in decision.moved]
    line: dict[str, Json] = {"command": CaseCommand.NOBODY_WAITS, "task_ids": ended}
    record(case, line, actor=_BY_ITSELF, at=at)


def voices_of(case: WorkOrder, unit_ids: Collection[int], today: date) -> dict[int, int]:
    """
    Return who talks to the citizen for those of these units that may not: no public body does.

    That is the unit under which it stands, else the desk.
    """
    voices = {}
    for unit_id in people.third_parties(unit_ids, today):
        above = people.superior_id(unit_id, today)
        hidden = case.facts().complained_about | people.third_parties({above or 0}, today)
        voices[unit_id] = above if above and above not in hidden else case.desk_unit_id
    return voices
