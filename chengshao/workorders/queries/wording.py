"""What somebody should look at again before an answer goes to a citizen, and what stays here."""

from chengshao.kernel.actor import Actor
from chengshao.people import queries as people
from chengshao.workorders.queries.scope import reports_visible_to
from chengshao.workorders.rules.wording import (
    doubts_in,
    empty_phrases,
    telling_name,
    without_own,
)
from chengshao.workorders.terms import ReplyDoubt

__all__ = ["empty_phrases", "reply_doubts", "reply_without_own"]


def reply_doubts(reply: str, *, number: str, actor: Actor) -> tuple[ReplyDoubt, ...]:
    """
    Return what an answer on a case says that may be somebody's own; a warning, no refusal.

    Only the names of those whose contact this actor took down or has read are looked for: else
    whoever writes names into answers would learn by the warning who it was (保密).
    """
    found = doubts_in(reply)
    names = _names_known(number, actor) if reply.strip() else set()
    return (*found, ReplyDoubt.NAME) if any(name in reply for name in names) else found


def reply_without_own(reply: str, number: str, actor: Actor) -> str:
    """
    Return an answer without numbers and without the names that this actor knows: what is taken out
    tells no more than `reply_doubts` does.
    """
    return without_own(reply, _names_known(number, actor))


def _names_known(number: str, actor: Actor) -> set[str]:
    told = reports_visible_to(actor).filter(work_order__number=number, contact__isnull=False)
    contacts = dict(told.values_list("contact_id", "caller_id"))
    if not contacts or actor.user_id is None:
        return set()
    known = {pk for pk, caller_id in contacts.items() if caller_id == actor.user_id}
    known |= people.revealed_to(actor.user_id, contacts)
    return {telling_name(name) for name in people.names_of_contacts(known)} - {""}
