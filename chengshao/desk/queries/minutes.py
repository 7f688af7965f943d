"""
Minutes of a meeting on a case (会议纪要), begun from what the case knows: who takes part, what each
said, who owes what by when. What was agreed is written by who was there.
"""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from chengshao.desk.queries.case import CasePage
from chengshao.desk.queries.tasks import TaskView
from chengshao.web.moments import full
from chengshao.web.texts import term
from chengshao.workorders.terms import TaskKind

_TAKES_PART = (TaskKind.LEAD, TaskKind.DOUBLE, TaskKind.CO_HANDLE, TaskKind.CONSULT)
_OWED = (TaskKind.LEAD, TaskKind.DOUBLE, TaskKind.CO_HANDLE)
_FEWEST = 2  # units: one alone doesn't meet


def may_meet(page: CasePage) -> bool:
    """Tell whether several units have to do with a case that is open, and the reader sees all."""
    return page.whole and not page.view.case.outcome and len(taking_part(page)) >= _FEWEST


def taking_part(page: CasePage) -> list[str]:
    """Return the units that are asked or owe something, each once, who leads first."""
    open_tasks = [task for task in page.tasks if task.is_open]
    asked = [task for task in page.tasks if task.kind == TaskKind.CONSULT]
    tasks = sorted(
        (task for task in [*open_tasks, *asked] if task.kind in _TAKES_PART),
        key=lambda task: _TAKES_PART.index(TaskKind(task.kind)),
    )
    return list(dict.fromkeys(task.unit.name for task in tasks if task.unit))


def facts(page: CasePage) -> Iterator[tuple[str, str]]:
    """Yield what stands in the table; what only who was there knows is left to be filled in."""
    yield _("事项"), page.matter.name if page.matter else _("未定事项")
    yield _("所在地点"), page.place_outside or _("无地点")
    yield _("会议时间"), _("〔年月日、时间〕")
    yield _("会议地点"), _("〔会议地点〕")
    yield _("主持人"), _("〔姓名、职务〕")
    yield _("参加单位"), _("、").join(taking_part(page))


def paragraphs(page: CasePage) -> Iterator[str]:
    """Yield what units said before, what is to be written, and who does what by when."""
    said = [each for each in page.opinions if each.unit and each.words]
    if said:
        yield _("一、各单位意见")
        for each in said:
            name = each.unit.name if each.unit else ""
            yield _("{name}：{words}").format(name=name, words=each.words)
        yield _("二、议定事项")
    else:
        yield _("一、议定事项")
    yield _("〔议定了什么，写明依据〕")
    yield _("三、分工和时限") if said else _("二、分工和时限")
    owed = [task for task in page.tasks if task.is_open and task.kind in _OWED]
    for nth, task in enumerate(owed, start=1):
        yield f"{nth}．{_share(task)}"
    if not owed:
        yield _("〔单位：做什么，什么时候前〕")


def _share(task: TaskView) -> str:
    name = task.unit.name if task.unit else ""
    what = task.words or _("〔做什么〕")
    kind = term("task_kind", task.kind)
    if task.due_at is None:
        return _("{unit}（{kind}）：{what}").format(unit=name, kind=kind, what=what)
    said = _("{unit}（{kind}）：{what}，{due}前")
    return said.format(unit=name, kind=kind, what=what, due=full(task.due_at))
