"""What became of a town's cases, in the shares that offices speak of."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, F, JSONField, Q
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from chengshao.workorders.models import Deadline, Entry, Rating, WorkOrder
from chengshao.workorders.terms import (
    CaseCommand,
    ClosingKind,
    DeadlineAuthority,
    Outcome,
    ReportCommand,
    Satisfaction,
    TaskCommand,
    TaskKind,
)
from config.simulation.town import Town


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    name: str
    part: int
    whole: int

    @property
    def percent(self) -> str:
        """Return it in hundredths, "–" of nothing."""
        return f"{100 * self.part / self.whole:.1f}%" if self.whole else "–"


def shares_of(town: Town) -> list[Share]:
    """
    Return how the cases stand that began in a town's time, as of its present. What it went on with
    is not among them: of that it saw a part only.
    """
    ids = town.citizens.own_cases()
    moves = _moves_of(ids)
    cases = WorkOrder.objects.filter(pk__in=ids)
    ended = cases.exclude(outcome="")
    closed = cases.filter(outcome=Outcome.CLOSED)
    answered = closed.exclude(closed_unit=None)
    limits = Deadline.objects.filter(
        task__work_order__in=ids,
        task__kind__in=(TaskKind.LEAD, TaskKind.DOUBLE),
        authority=DeadlineAuthority.INNER,
        void=False,
    )
    late = Q(ended_at__gt=F("due_at")) | Q(ended_at=None, due_at__lt=town.now)
    fallen_due = limits.filter(Q(due_at__lt=town.now) | Q(ended_at__isnull=False))
    given = Rating.objects.filter(report__work_order__in=ids, voided_at=None)
    rated = given.exclude(satisfaction="")
    return [
        Share(_("已结束"), ended.count(), len(ids)),
        Share(_("接诉即答"), moves[TaskCommand.ANSWER_DIRECTLY], len(ids)),
        Share(_("不予立案"), moves[CaseCommand.DECLINE], len(ids)),
        Share(
            _("真解决"), answered.filter(closing_kind=ClosingKind.SOLVED).count(), answered.count()
        ),
        Share(_("主办超期"), fallen_due.filter(late).count(), fallen_due.count()),
        Share(_("申请退单"), moves[TaskCommand.ASK_RETURN], moves[TaskCommand.DISPATCH]),
        Share(
            _("核查不通过"),
            moves[TaskCommand.FAIL],
            moves[TaskCommand.FAIL] + moves[TaskCommand.PASS],
        ),
        Share(_("已评价"), rated.count(), closed.count()),
        Share(
            _("不满意"),
            rated.filter(satisfaction=Satisfaction.DISSATISFIED).count(),
            rated.count(),
        ),
        Share(_("重办"), moves[CaseCommand.REOPEN], closed.count()),
        Share(_("催单"), moves[ReportCommand.CHASE], len(ids)),
        Share(_("暂停计时中"), cases.exclude(suspended_at=None).count(), len(ids)),
    ]


def _moves_of(ids: Collection[int]) -> Counter[str]:
    """Return how often each command stands in the histories of these cases."""
    said = KeyTextTransform("command", Cast("body", JSONField()))
    entries = Entry.objects.filter(work_order__in=ids).annotate(command=said)
    return Counter(dict(entries.values_list("command").annotate(Count("pk"))))
