"""What is settled for a day: the words of messages, the budget, what each member of staff wants."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q, QuerySet

from chengshao.kernel.errors import Refused
from chengshao.notices.models import Address, Budget, Preference, Template
from chengshao.notices.rules.kinds import is_wanted_by_default
from chengshao.notices.terms import NoticeChannel, NoticeKind


class BudgetMissing(Refused):
    code = "notice_budget_missing"


def in_force(on: date) -> Q:
    """Return the condition that a dated row holds that day."""
    return Q(valid_from__lte=on) & (Q(valid_until=None) | Q(valid_until__gt=on))


def templates_on(on: date) -> dict[NoticeKind, Template]:
    """Return the templates in force that day by what they tell of. One statement."""
    rows = Template.objects.filter(in_force(on)).select_related("recorded_by")
    return {NoticeKind(row.kind): row for row in rows}


def versions_of(kind: NoticeKind) -> QuerySet[Template]:
    """Return every version of a template, the newest first."""
    rows = Template.objects.filter(kind=kind).select_related("recorded_by")
    return rows.order_by("-valid_from")


def budget_on(on: date) -> Budget:
    """
    Return what is settled of how often one may be written to.

    :raises BudgetMissing: if nothing is
    """
    row = Budget.objects.filter(in_force(on)).first()
    if row is None:
        raise BudgetMissing
    return row


@dataclass(frozen=True, slots=True)
class Wishes:
    """What members of staff want to get, by kind and channel."""

    said: dict[tuple[int, str, str], bool] = field(default_factory=dict)
    reachable: frozenset[tuple[int, str]] = frozenset()  # user, channel with an address

    def wants(self, user_id: int, kind: NoticeKind, channel: NoticeChannel) -> bool:
        """Tell whether somebody wants a kind by a channel; who said nothing, as is usual."""
        return self.said.get((user_id, kind, channel), is_wanted_by_default(channel))

    def channels_for(self, user_id: int, kind: NoticeKind) -> list[NoticeChannel]:
        """Return by which channels somebody gets a kind: never one without an address."""
        return [
            channel
            for channel in NoticeChannel
            if self.wants(user_id, kind, channel)
            and (channel is NoticeChannel.IN_APP or (user_id, channel) in self.reachable)
        ]


def wishes_of(user_ids: Collection[int]) -> Wishes:
    """Return what these members of staff want: two statements, none for nobody."""
    if not user_ids:
        return Wishes()
    said = Preference.objects.filter(user__in=user_ids)
    return Wishes(
        {(row.user_id, row.kind, row.channel): row.wanted for row in said},
        frozenset(Address.objects.filter(user__in=user_ids).values_list("user_id", "channel")),
    )


def addresses_of(user_id: int) -> dict[str, str]:
    """Return where somebody wants to get messages, by channel."""
    return dict(Address.objects.filter(user=user_id).values_list("channel", "address"))
