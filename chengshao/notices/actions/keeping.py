"""What an administrator settles: the words of messages, the contact budget, what goes again."""

import csv
from datetime import date, datetime, time
from pathlib import Path

from django.db import transaction
from django.utils.timezone import localdate

from chengshao.kernel.actor import Actor
from chengshao.kernel.errors import Invalid, NotAllowed, Refused
from chengshao.kernel.words import letters_in
from chengshao.notices import queries
from chengshao.notices.models import Budget, Dated, Notice, Template
from chengshao.notices.rules.composing import check_template
from chengshao.notices.rules.kinds import parameters_of
from chengshao.notices.terms import NoticeKind, NoticeState, Power

SEEDS = Path(__file__).resolve().parent.parent / "seeds"
_LEAST_OF_A_REASON = 2  # letters: a dot says nothing
_MOST_OF_A_REASON = 200


class MessagesPowerMissing(NotAllowed):
    code = "notice_power_missing"


class NoticeDateTaken(Refused):
    """Something else is in force from that day on, or from a later one."""

    code = "notice_date_taken"


class NoticeDatePast(Invalid):
    """What was in force is not rewritten."""

    code = "notice_date_past"


class BudgetOutOfBounds(Invalid):
    code = "notice_budget_out_of_bounds"


class ResendReasonMissing(Invalid):
    code = "notice_resend_reason_missing"


class NotToResend(Refused):
    """Only what failed is sent again."""

    code = "notice_not_to_resend"


@transaction.atomic
def set_template(
    *, kind: NoticeKind, text: str, valid_from: date, actor: Actor, at: datetime
) -> bool:
    """
    Settle what messages of a kind say from a day on; return whether that is anything new.

    :raises MessagesPowerMissing: without KEEP_MESSAGES
    :raises NoticeDatePast: if the day is over
    :raises NoticeDateTaken: if other words begin on that day or later
    :raises DomainError: see rules.composing.check_template
    """
    check_keeper(actor)
    text = check_template(text, parameters_of(kind))
    running = Template.objects.filter(kind=kind).order_by("-valid_from").first()
    if running is not None and running.text == text and running.valid_until is None:
        return False
    _make_way(running, valid_from, at)
    Template.objects.create(
        kind=kind, text=text, valid_from=valid_from, recorded_at=at, recorded_by_id=actor.user_id
    )
    return True


@transaction.atomic
def set_budget(
    *,
    per_day: int,
    per_week: int,
    quiet_from: time,
    quiet_until: time,
    valid_from: date,
    actor: Actor,
    at: datetime,
) -> bool:
    """
    Settle how often one person may be written to, and when not; return whether that is new.

    :raises MessagesPowerMissing: without KEEP_MESSAGES
    :raises BudgetOutOfBounds: if it is not 1–20 a day and 1–100 a week
    :raises NoticeDatePast: if the day is over
    :raises NoticeDateTaken: if another one begins on that day or later
    """
    check_keeper(actor)
    if not (1 <= per_day <= 20 and 1 <= per_week <= 100):
        raise BudgetOutOfBounds
    new = Budget(
        per_day=per_day,
        per_week=per_week,
        quiet_from=quiet_from,
        quiet_until=quiet_until,
        valid_from=valid_from,
        recorded_at=at,
        recorded_by_id=actor.user_id,
    )
    running = Budget.objects.order_by("-valid_from").first()
    if running is not None and running.rule() == new.rule():
        return False
    _make_way(running, valid_from, at)
    new.save()
    return True


def _make_way(running: Dated | None, valid_from: date, at: datetime) -> None:
    """End what runs: what was in force on a day stays readable as it was."""
    if running is None:
        return
    if valid_from < localdate(at):
        raise NoticeDatePast
    if running.valid_from >= valid_from:
        raise NoticeDateTaken
    running.valid_until = valid_from
    running.save(update_fields=["valid_until"])


@transaction.atomic
def resend(*, notice_id: int, reason: str, actor: Actor, at: datetime) -> Notice:
    """
    Put a notice that failed in the queue once more, by the hand of who says why.

    :raises MessagesPowerMissing: without KEEP_MESSAGES
    :raises NoticeNotFound: if it is not there
    :raises NotToResend: if it did not fail
    :raises ResendReasonMissing: if no reason is given in two letters at least, 200 at most
    """
    check_keeper(actor)
    reason = reason.strip()
    readable = letters_in(reason) >= _LEAST_OF_A_REASON and "\x00" not in reason
    if not readable or len(reason) > _MOST_OF_A_REASON:
        raise ResendReasonMissing
    notice = Notice.objects.select_for_update().filter(pk=notice_id).first()
    if notice is None:
        raise queries.NoticeNotFound
    if notice.state != NoticeState.FAILED:
        raise NotToResend
    notice.state, notice.reason, notice.tries, notice.next_at = NoticeState.QUEUED, "", 0, at
    notice.resent_at, notice.resent_by_id, notice.resent_reason = at, actor.user_id, reason
    notice.save()
    return notice


@transaction.atomic
def load_seeds(*, actor: Actor, at: datetime) -> None:
    """
    Take in what comes with the program where nothing is settled yet: the words of every message
    and the contact budget.

    :raises MessagesPowerMissing: without KEEP_MESSAGES
    """
    check_keeper(actor)
    settled = set(Template.objects.values_list("kind", flat=True))
    Template.objects.bulk_create(
        Template(
            kind=NoticeKind(row["kind"]),
            text=check_template(row["text"], parameters_of(NoticeKind(row["kind"]))),
            valid_from=date.fromisoformat(row["valid_from"]),
            recorded_at=at,
            recorded_by_id=actor.user_id,
        )
        for row in _rows("templates.csv")
        if row["kind"] not in settled
    )
    if not Budget.objects.exists():
        (row,) = _rows("budget.csv")
        Budget.objects.create(
            per_day=int(row["per_day"]),
            per_week=int(row["per_week"]),
            quiet_from=time.fromisoformat(row["quiet_from"]),
            quiet_until=time.fromisoformat(row["quiet_until"]),
            valid_from=date.fromisoformat(row["valid_from"]),
            recorded_at=at,
            recorded_by_id=actor.user_id,
        )


def _rows(name: str) -> list[dict[str, str]]:
    with (SEEDS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def check_keeper(actor: Actor) -> None:
    """:raises MessagesPowerMissing: without KEEP_MESSAGES"""
    if not actor.holds(Power.KEEP_MESSAGES):
        raise MessagesPowerMissing(power=Power.KEEP_MESSAGES)
