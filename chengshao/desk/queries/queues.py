"""What waits for whom, by job: the queues of the rail and what the home page tells."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy

from chengshao.catalog import queries as catalog
from chengshao.kernel.actor import Actor
from chengshao.web.once import once
from chengshao.workorders import queries as workorders
from chengshao.workorders.queries import QueueNotFound, Waits
from chengshao.workorders.terms import Power

_MOST_ALERTS = 8


@dataclass(frozen=True, slots=True)
class Queue:
    """Cases that wait for one kind of work. The list is what the power reaches, no more."""

    name: str
    words: str | Promise
    power: str
    kinds: tuple[str, ...]
    empty: str | Promise
    also: tuple[str, ...] = ()  # what people call it too
    own_power: str = ""  # opens it to who finds only the own cases there
    does_first: bool = False  # what can be done stands before the facts: in a hand, on the way

    def is_for(self, actor: Actor) -> bool:
        """Tell whether the actor has such work anywhere."""
        return any(actor.holds(power) for power in (self.power, self.own_power) if power)

    @property
    def parts(self) -> list[tuple[str, str]]:
        """Return each kind with the name of its count, where there are several."""
        kinds = self.kinds if len(self.kinds) > 1 else ()
        return [(kind, f"{self.name}_{kind.lower()}") for kind in kinds]


def _queue(
    name: str,
    words: Promise,
    empty: Promise,
    *,
    also: tuple[str, ...] = (),
    does_first: bool = False,
) -> Queue:
    job = workorders.JOBS[name]
    return Queue(name, words, job.power, job.kinds, empty, also, does_first=does_first)


QUEUES = (
    _queue(
        "verify",
        gettext_lazy("立案前核实"),
        gettext_lazy("现在没有要先核实的诉求。"),
        also=("核实", "verify"),
    ),
    _queue(
        "register",
        gettext_lazy("受理立案"),
        gettext_lazy("现在没有待受理的诉求。新来的会排在这里。"),
        also=("受理台", "立案", "register"),
    ),
    _queue(
        "dispatch",
        gettext_lazy("派单台"),
        gettext_lazy("现在没有待派的案卷。"),
        also=("派单", "派遣", "dispatch"),
    ),
    _queue(
        "returns",
        gettext_lazy("退单裁定"),
        gettext_lazy("现在没有要裁定的退单。"),
    ),
    _queue(
        "outer",
        gettext_lazy("来源平台"),
        gettext_lazy("现在没有要报请来源平台的事。"),
        also=("报请", "平台", "platform"),
    ),
    _queue(
        "approvals",
        gettext_lazy("中心审批"),
        gettext_lazy("现在没有要审批的延期、暂停计时。"),
        also=("延期审批", "approvals"),
    ),
    _queue(
        "sign",
        gettext_lazy("审签审批"),
        gettext_lazy("现在没有等您审签的答复和申请。"),
        also=("审签", "签字", "sign off"),
    ),
    _queue(
        "work",
        gettext_lazy("我的待办"),
        gettext_lazy("现在没有派给您单位的任务。"),
        also=("待办", "主办", "协办", "my tasks"),
        does_first=True,
    ),
    _queue(
        "check",
        gettext_lazy("核查"),
        gettext_lazy("现在没有待核查的案卷。"),
        also=("抽查", "check"),
    ),
)

SENT = Queue(  # not on the rail: beside the dispatch desk
    workorders.SENT.name,
    gettext_lazy("刚派出"),
    workorders.SENT.power,
    workorders.SENT.kinds,
    gettext_lazy("派出的都已签收，没有可撤回的。"),
    own_power=Power.DIRECT_DISPATCH,
)


def queue_named(name: str, actor: Actor) -> Queue:
    """
    Return the queue, if the actor has its power anywhere.

    :raises QueueNotFound: if there is none, or none for this actor
    """
    found = next((q for q in (*QUEUES, SENT) if q.name == name and q.is_for(actor)), None)
    if found is None:
        raise QueueNotFound
    return found


def queues_of(actor: Actor) -> list[tuple[Queue, int]]:
    """Return the actor's queues, each with how much waits there."""
    counts = waiting(actor)
    return [(queue, counts[queue.name]) for queue in QUEUES if queue.name in counts]


def waiting(actor: Actor) -> dict[str, int]:
    """
    Return how much waits in each of the actor's queues, by the queue's name, and in those of
    several kinds also of each kind (`work_lead`). One statement.
    """
    return {name: waits.number for name, waits in _at_a_glance(actor).items()}


def oldest_in(queue: Queue, actor: Actor, *, kind: str = "") -> datetime | None:
    """Return since when what waits there longest does; the rail has asked for it."""
    waits = _at_a_glance(actor).get(dict(queue.parts)[kind] if kind else queue.name)
    return waits.oldest if waits else None


def _at_a_glance(actor: Actor) -> dict[str, Waits]:
    return once(("waiting", actor), lambda: workorders.owed_at_a_glance(actor, asked_of(actor)))


def asked_of(actor: Actor) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return the power and the kinds of each of the actor's queues and of their parts, by name."""
    asked = {}
    for queue in QUEUES:
        if actor.holds(queue.power):
            asked[queue.name] = (queue.power, queue.kinds)
            asked |= {name: (queue.power, (kind,)) for kind, name in queue.parts}
    return asked


def parts_of(queue: Queue, actor: Actor) -> list[tuple[str, int]]:
    """Return how much of each kind waits in a queue of several kinds, if anything does."""
    counts = waiting(actor)
    return [(kind, counts[name]) for kind, name in queue.parts if counts[name]]


def waiting_in(queue: Queue, actor: Actor, *, kind: str = "", words: str = "") -> int:
    """Return how much waits in a queue; the rail has counted it where no words narrow it."""
    if queue.name == SENT.name:
        return workorders.count_to_recall(actor=actor)
    if not words.strip():
        counts = waiting(actor)
        return counts[dict(queue.parts)[kind] if kind else queue.name]
    kinds = (kind,) if kind else queue.kinds
    return workorders.count_owed(actor=actor, power=queue.power, kinds=kinds, words=words)


@dataclass(frozen=True, slots=True)
class Notice:
    """What a unit of mine was told of a case and nobody of it has opened since."""

    kind: str
    number: str
    what: str  # matter, else place
    for_leader: bool
    at: datetime


def notices(actor: Actor, now: datetime) -> list[Notice]:
    """Return the newest of these, for the home page. Two statements."""
    lines = workorders.alerts_of(actor, limit=_MOST_ALERTS)
    matters = catalog.matter_names({line.matter for line in lines if line.matter}, localdate(now))
    return [
        Notice(
            kind=line.kind,
            number=line.number,
            what=matters.get(line.matter, "") or line.place,
            for_leader=line.for_leader,
            at=line.at,
        )
        for line in lines
    ]
