"""One case with all that hangs on it."""

import json
from dataclasses import dataclass
from typing import Any

from chengshao.kernel.actor import Actor
from chengshao.workorders.models import Attachment, Report, Task, WorkOrder
from chengshao.workorders.queries.scope import case_of, sight_of
from chengshao.workorders.rules.lifecycle import case_commands_for, commands_for
from chengshao.workorders.terms import Power, Sight


@dataclass(frozen=True, slots=True)
class EntryView:
    """One line of the history as a page shows it."""

    seq: int
    body: dict[str, Any]
    notes: dict[str, str]


@dataclass(frozen=True, slots=True)
class CaseView:
    """All that the case page shows, read in a handful of statements."""

    case: WorkOrder
    sight: Sight  # TASK: no reports, and of tasks and history only the own
    reports: list[Report]
    tasks: list[Task]  # with deadlines
    entries: list[EntryView]
    attachments: list[Attachment]
    commands: dict[int, tuple[str, ...]]  # of each open task: what this actor may try
    case_commands: tuple[str, ...]  # what the actor may try on the case as a whole


def case_view(*, number: str, actor: Actor) -> CaseView:
    """
    Return the case with everything that hangs on it: some ten statements, whatever its length.

    A third party sees the task that it owes, in the words of who asked it, and no citizen's.

    :raises WorkOrderNotFound: if it is not there for this actor
    """
    case = case_of(number=number, actor=actor)
    sight = sight_of(case, actor)
    facts = case.facts()
    tasks = list(case.tasks.prefetch_related("deadlines").order_by("pk"))
    entries = [
        EntryView(e.seq, json.loads(e.body), {note.name: note.text for note in e.notes.all()})
        for e in case.entries.prefetch_related("notes").order_by("seq")
    ]
    attachments = list(case.attachments.select_related("blob").order_by("pk"))
    reports = list(case.reports.prefetch_related("ratings").order_by("pk"))
    if sight is Sight.TASK:
        own = {task.pk for task in tasks if _owes(task, actor)}
        asked_by = {task.parent_id for task in tasks if task.pk in own}
        tasks = [task for task in tasks if task.pk in own]
        entries = [e for e in entries if _concerns(e, own, asked_by, tasks)]
        attachments = [file for file in attachments if file.task_id in own]
        reports = []
    return CaseView(
        case=case,
        sight=sight,
        reports=reports,
        tasks=tasks,
        entries=entries,
        attachments=attachments,
        commands={
            task.pk: commands_for(facts, facts.task(task.pk), actor)
            for task in tasks
            if facts.task(task.pk).is_open
        },
        case_commands=case_commands_for(facts, actor) if sight is Sight.FULL else (),
    )


def _owes(task: Task, actor: Actor) -> bool:
    return any(unit_id == task.unit_id for unit_id, _ in actor.reach(Power.SEE))


def _concerns(
    entry: EntryView, own: set[int], asked_by: set[int | None], tasks: list[Task]
) -> bool:
    """The lines on the own tasks, and the one by which they were asked."""
    task_id = entry.body.get("task_id")
    if task_id in own:
        return True
    asked = set(entry.body.get("asked_unit_ids", ()))
    return task_id in asked_by and bool(asked & {task.unit_id for task in tasks})
