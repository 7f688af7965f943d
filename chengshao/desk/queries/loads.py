"""Load and lateness of tasks for a leader: three tables of the same tasks."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.utils.timezone import localdate, make_aware
from django.utils.translation import gettext as _

from chengshao.catalog import queries as catalog
from chengshao.kernel.actor import Actor
from chengshao.people import queries as people
from chengshao.web.texts import term
from chengshao.workorders import queries as workorders
from chengshao.workorders.queries import Load
from chengshao.workorders.terms import Power, TaskKind


@dataclass(frozen=True, slots=True)
class LoadRow:
    """What waits under one heading."""

    words: str
    open: int
    due: int
    late: int
    kind: str = ""  # of the task, where my work lists it by itself


@dataclass(frozen=True, slots=True)
class LoadPage:
    """The same tasks by step, by unit and by matter, the latest first; and all of them."""

    whole: LoadRow
    kinds: list[LoadRow]
    units: list[LoadRow]
    matters: list[LoadRow]


def load_page(actor: Actor, now: datetime) -> LoadPage:
    """Return what the actor's units and those below them owe. Four statements."""
    own = {unit_id for unit_id, _territory in actor.reach(Power.SIGN_OFF)}
    today = localdate(now)
    ends = make_aware(datetime.combine(today + timedelta(days=1), time.min))
    loads = workorders.load_of(people.units_under(own), actor, at=now, day_ends_at=ends)
    units = people.unit_lines({load.unit_id for load in loads})
    matters = catalog.matter_names({load.matter for load in loads if load.matter}, today)
    listed = workorders.JOBS["work"].kinds

    def unit_words(load: Load) -> str:
        return units[load.unit_id].short_name if load.unit_id in units else ""

    def matter_words(load: Load) -> str:
        return matters.get(load.matter, "") or _("未定事项")

    return LoadPage(
        whole=_sum("", loads),
        kinds=_by(loads, lambda load: str(term("task_kind", load.kind)), listed),
        units=_by(loads, unit_words),
        matters=_by(loads, matter_words),
    )


def _by(
    loads: Iterable[Load], words: Callable[[Load], str], listed: Iterable[str] = ()
) -> list[LoadRow]:
    groups: dict[str, list[Load]] = {}
    for load in loads:
        groups.setdefault(words(load), []).append(load)
    kinds = frozenset(listed)
    rows = [_sum(each, group, kinds) for each, group in groups.items()]
    return sorted(rows, key=lambda row: (-row.late, -row.due, -row.open, row.words))


def _sum(words: str, loads: Iterable[Load], listed: frozenset[str] = frozenset()) -> LoadRow:
    loads = list(loads)
    kind = next((TaskKind(load.kind) for load in loads if load.kind in listed), "")
    return LoadRow(
        words=words,
        open=sum(load.open for load in loads),
        due=sum(load.due for load in loads),
        late=sum(load.late for load in loads),
        kind=kind,
    )
