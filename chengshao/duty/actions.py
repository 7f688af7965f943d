"""Writing the duty log, handing over to the next shift, taking over from the last."""

from datetime import datetime

from django.db import IntegrityError, transaction

from chengshao.duty.models import HandOver, LogEntry
from chengshao.duty.queries import HandOverNotFound, draft_of, hand_over_waiting, unit_of
from chengshao.kernel.actor import Actor
from chengshao.kernel.errors import Invalid, NotFound, Refused
from chengshao.kernel.words import is_blank
from chengshao.workorders import queries as workorders

LONGEST_WORDS = 2000


class DutyWordsMissing(Invalid):
    code = "duty_words_missing"


class DutyTimeAhead(Invalid):
    code = "duty_time_ahead"


class LogEntryNotFound(NotFound):
    code = "duty_log_entry_not_found"


class LogEntrySettled(Refused):
    """It was not left open, or somebody brought it to an end before."""

    code = "duty_log_entry_settled"


class HandOverChanged(Refused):
    """Something happened since the text was shown: it would not be the one that was confirmed."""

    code = "duty_hand_over_changed"


class HandOverOver(Refused):
    """It was taken over, or given anew."""

    code = "duty_hand_over_over"


class SamePerson(Refused):
    """Two persons confirm a hand-over."""

    code = "duty_same_person"


class NobodySigned(Refused):
    """A hand-over and a line of the log are a person's."""

    code = "duty_nobody_signed"


@transaction.atomic
def write_log(
    *,
    words: str,
    happened_at: datetime | None = None,
    case_number: str = "",
    stays_open: bool = False,
    actor: Actor,
    at: datetime,
) -> LogEntry:
    """
    Write a line into the log of the actor's unit.

    :param happened_at: aware; now, where nothing is said
    :param case_number: of a case that it is about
    :raises DutyPowerMissing: if the actor keeps no duty log
    :raises DutyWordsMissing: if nothing is said, or more than 2,000 characters
    :raises DutyTimeAhead: if it is still to happen
    :raises WorkOrderNotFound: if the case is not there for this actor
    """
    happened = happened_at or at
    if happened > at:
        raise DutyTimeAhead
    case = workorders.case_of(number=case_number, actor=actor) if case_number else None
    return LogEntry.objects.create(
        unit_id=unit_of(actor),
        happened_at=happened,
        words=_said(words),
        case=case,
        stays_open=stays_open,
        written_at=at,
        written_by_id=_person(actor),
    )


@transaction.atomic
def settle_log(*, entry_id: int, words: str, actor: Actor, at: datetime) -> LogEntry:
    """
    Bring an open line to an end by another one that says how.

    :raises DutyPowerMissing: if the actor keeps no duty log
    :raises DutyWordsMissing: if nothing is said, or more than 2,000 characters
    :raises LogEntryNotFound: if there is no such line in the log of the actor's unit
    :raises LogEntrySettled: if it is not open
    """
    own = LogEntry.objects.select_for_update().filter(unit=unit_of(actor))
    row = own.filter(pk=entry_id).first()
    if row is None:
        raise LogEntryNotFound
    if not row.stays_open or LogEntry.objects.filter(settles=row).exists():
        raise LogEntrySettled
    return LogEntry.objects.create(
        unit_id=row.unit_id,
        happened_at=at,
        words=_said(words),
        case_id=row.case_id,
        settles=row,
        written_at=at,
        written_by_id=_person(actor),
    )


@transaction.atomic
def give_over(*, seen_digest: str, remarks: str, actor: Actor, at: datetime) -> HandOver:
    """
    Confirm the hand-over that was shown; its text stands from now on. One that nobody has taken
    yet is replaced.

    :param seen_digest: of the draft that was shown, without remarks
    :raises DutyPowerMissing: if the actor keeps no duty log
    :raises DutyWordsMissing: if the remarks are longer than 2,000 characters
    :raises HandOverChanged: if the draft says something else by now
    """
    said = remarks.strip()
    if len(said) > LONGEST_WORDS or "\x00" in said:
        raise DutyWordsMissing(limit=LONGEST_WORDS)
    unit_id, giver = unit_of(actor), _person(actor)
    if draft_of(actor, at).digest != seen_digest:
        raise HandOverChanged
    page = draft_of(actor, at, said)
    before = hand_over_waiting(unit_id)
    if before is not None:
        before.replaced_at = at
        before.save(update_fields=["replaced_at"])
    try:
        with transaction.atomic():
            return HandOver.objects.create(
                unit_id=unit_id,
                body=page.body,
                digest=page.digest,
                given_at=at,
                given_by_id=giver,
            )
    except IntegrityError as error:  # somebody else gave over at the same moment
        raise HandOverChanged from error


@transaction.atomic
def take_over(*, hand_over_id: int, seen_digest: str, actor: Actor, at: datetime) -> HandOver:
    """
    Confirm, as another person, the text that was given.

    :raises DutyPowerMissing: if the actor keeps no duty log
    :raises HandOverNotFound: if there is none of the actor's unit
    :raises HandOverOver: if it was taken over, or given anew
    :raises HandOverChanged: if what was shown is another text
    :raises SamePerson: if the actor gave it
    """
    own = HandOver.objects.select_for_update().filter(unit=unit_of(actor))
    row = own.filter(pk=hand_over_id).first()
    if row is None:
        raise HandOverNotFound
    if row.taken_at is not None or row.replaced_at is not None:
        raise HandOverOver
    if row.digest != seen_digest:
        raise HandOverChanged
    if row.given_by_id == _person(actor):
        raise SamePerson
    row.taken_at, row.taken_by_id = at, _person(actor)
    row.save(update_fields=["taken_at", "taken_by"])
    return row


def _person(actor: Actor) -> int:
    """
    Return who signs.

    :raises NobodySigned: if nobody is named
    """
    if actor.user_id is None:
        raise NobodySigned
    return actor.user_id


def _said(words: str) -> str:
    said = words.strip()
    if is_blank(said) or len(said) > LONGEST_WORDS or "\x00" in said:
        raise DutyWordsMissing(limit=LONGEST_WORDS)
    return said
