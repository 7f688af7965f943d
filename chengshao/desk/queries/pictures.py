"""Pictures of a case, before and after side by side, with whose they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from chengshao.catalog.terms import EvidenceKind
from chengshao.desk.rules.pairs import sides
from chengshao.people.queries import UnitLine
from chengshao.web.texts import term
from chengshao.workorders.queries import CaseView
from chengshao.workorders.terms import TaskKind

_SAYS_WHEN = {TaskKind.CHECK, TaskKind.SAMPLE, TaskKind.LEDGER_REVIEW}
_AFTER = EvidenceKind.PHOTO_AFTER


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: what it shows, when it came, and from whom."""

    id: int
    shows: str
    at: datetime
    unit: UnitLine | None
    who: str  # the unit's name, or the channel by which a citizen sent it


@dataclass(frozen=True, slots=True)
class Pair:
    """What stands side by side; a side without a picture says why it is empty."""

    nth: int
    before: Picture | None
    after: Picture | None
    round: int  # of the task that shows it; 0 where only before is there

    @property
    def alt_before(self) -> str:
        return _("第{n}组，{what}").format(
            n=self.nth, what=self.before.shows if self.before else ""
        )

    @property
    def alt_after(self) -> str:
        return self._named(self.after)

    def _named(self, picture: Picture | None) -> str:
        what = picture.shows if picture else ""
        return _("第{n}组，{what}").format(n=self.nth, what=what)


def pairs_of(view: CaseView, units: Mapping[int, UnitLine]) -> list[Pair]:
    """Return the pictures that this reader may see, the newest round of after first."""
    files = [file for file in view.attachments if is_picture(file)]
    before = [file for file in files if file.evidence_kind != _AFTER]
    by_task: dict[int, list[Any]] = {}
    for file in files:
        if file.evidence_kind == _AFTER:
            by_task.setdefault(file.task_id or 0, []).append(file)
    tasks = {task.pk: task for task in view.tasks}
    rounds = [by_task[task_id] for task_id in sorted(by_task)]
    return [
        Pair(
            nth,
            _picture(one, view, tasks, units),
            _picture(other, view, tasks, units),
            tasks[other.task_id].round if other and other.task_id in tasks else 0,
        )
        for nth, (one, other) in enumerate(sides(before, rounds), start=1)
    ]


def other_files(view: CaseView) -> list[Any]:
    """Return the files that are no pictures, and where one was and is erased."""
    return [file for file in view.attachments if not is_picture(file)]


def is_picture(file: Any) -> bool:
    """Tell whether it can be shown: of a file that was erased nothing is left."""
    return file.erased_at is None and file.blob is not None and file.blob.has_thumbnail


def _picture(
    file: Any, view: CaseView, tasks: Mapping[int, Any], units: Mapping[int, UnitLine]
) -> Picture | None:
    if file is None:
        return None
    task = tasks.get(file.task_id or 0)
    unit = units.get(task.unit_id) if task else None
    return Picture(
        id=file.pk,
        shows=_shows(file, task),
        at=file.added_at,
        unit=unit,
        who=unit.short_name if unit else _channel(file, view.reports),
    )


def _shows(file: Any, task: Any) -> str:
    if not file.evidence_kind:
        return _("来件照片")
    if file.evidence_kind == _AFTER and task is not None and task.kind in _SAYS_WHEN:
        return _("{kind}时").format(kind=term("task_kind", task.kind))
    return term("evidence_kind", file.evidence_kind)


def _channel(file: Any, reports: Sequence[Any]) -> str:
    found = (report.channel for report in reports if report.pk == file.report_id)
    return term("channel", next(found, ""))
