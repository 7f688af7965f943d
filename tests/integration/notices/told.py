"""What the tests of messages speak of: people who hear, what was made, and what was sent."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from chengshao.kernel.actor import Actor, ActorKind, Grant
from chengshao.notices import actions
from chengshao.notices.models import Notice
from chengshao.notices.rules.gateway import Message, Verdict
from chengshao.notices.terms import NoticeChannel, Power
from tests.district import AT

KEEPER = Actor(ActorKind.SYSTEM, grants=frozenset({Grant(Power.KEEP_MESSAGES, None)}))
PHONE = "13800138000"
SOON = AT + timedelta(seconds=20)


@dataclass
class Wire:
    """A way out that keeps what goes through it, and answers as it is told."""

    opens_addresses: bool = True
    answers: list[Verdict] = field(default_factory=list)
    sent: list[Message] = field(default_factory=list)

    def send(self, message: Message, at: datetime) -> Verdict:
        self.sent.append(message)
        return self.answers.pop(0) if self.answers else Verdict.ACCEPTED

    @property
    def keys(self) -> list[str]:
        return [message.key for message in self.sent]


def expanded(at: datetime = SOON) -> int:
    total = 0
    while done := actions.expand(at=at):
        total += done
    return total


def kinds(notices: Iterable[Notice] | None = None) -> list[str]:
    rows = Notice.objects.order_by("pk") if notices is None else notices
    return [notice.kind for notice in rows]


def inside(user_id: int | None) -> list[str]:
    """Return of what somebody was told inside the system, in order."""
    rows = Notice.objects.filter(user=user_id, channel=NoticeChannel.IN_APP)
    return kinds(rows.order_by("pk"))


def to_citizens() -> list[Notice]:
    return list(Notice.objects.filter(contact__isnull=False).order_by("pk"))
