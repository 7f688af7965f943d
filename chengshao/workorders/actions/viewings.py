"""That somebody looked: kept apart from the history, which says only what was changed."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.db import connection

from chengshao.kernel.actor import Actor, ActorKind
from chengshao.people import actions as people
from chengshao.people import queries as contacts
from chengshao.workorders import queries
from chengshao.workorders.models import WorkOrder
from chengshao.workorders.queries import CallLine
from chengshao.workorders.terms import ViewingKind

_SPELL = timedelta(minutes=10)
_LOOKERS = (ActorKind.PERSON, ActorKind.MACHINE)


def log_viewing(*, case: WorkOrder, kind: ViewingKind, actor: Actor, at: datetime) -> None:
    """
    Note that a person or machine saw, printed or took out a case. One statement.

    One row for ten minutes of the same: who keeps a page open is not counted by the minute.
    """
    log_viewings(numbers=[case.number], kind=kind, actor=actor, at=at)


def log_viewings(
    *, numbers: Collection[str], kind: ViewingKind, actor: Actor, at: datetime
) -> None:
    """Note the same of several cases. One statement, none for none."""
    if actor.kind not in _LOOKERS or actor.user_id is None or not numbers:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO workorders_viewing (work_order_id, user_id, kind, at)"
            " SELECT c.id, %s, %s, %s FROM workorders_workorder c WHERE c.number = ANY(%s)"
            " AND NOT EXISTS (SELECT FROM workorders_viewing"
            " WHERE work_order_id = c.id AND user_id = %s AND kind = %s AND at > %s)",
            [
                *(actor.user_id, kind.value, at, sorted(set(numbers))),
                *(actor.user_id, kind.value, at - _SPELL),
            ],
        )


def look_up_phone(*, phone: str, actor: Actor, at: datetime, limit: int = 10) -> list[CallLine]:
    """
    Return what was reported from this number, to who takes calls: see `queries.reports_of_phone`.
    Each case whose words are shown counts as seen, and the look-up is in the auditor's log.
    Two statements more.

    :raises PowerMissing: if the actor takes no calls
    :raises PhoneInvalid: if it can't be a telephone number
    """
    lines = queries.reports_of_phone(phone, actor=actor, limit=limit)
    people.log_look_up(phone=phone, cases=_log_lines(lines, actor, at), actor=actor, at=at)
    return lines


def look_up_contact(
    *, contact_id: int, actor: Actor, at: datetime, limit: int = 10
) -> list[CallLine]:
    """Return and note the same for the number that a contact left. Four statements more."""
    ids = contacts.contact_ids_alike(contact_id)
    lines = queries.reports_of_contacts(ids, actor=actor, limit=limit)
    cases = _log_lines(lines, actor, at)
    people.log_look_up(contact_id=contact_id, cases=cases, actor=actor, at=at)
    return lines


def _log_lines(lines: Sequence[CallLine], actor: Actor, at: datetime) -> int:
    """Note that these reports' cases were seen, and return how many cases they are."""
    numbers = {line.number for line in lines}
    log_viewings(numbers=numbers, kind=ViewingKind.VIEW, actor=actor, at=at)
    return len(numbers)
