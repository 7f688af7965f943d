"""Writes: two moves in one transaction, where the catalogue leaves no choice."""

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate

from chengshao.catalog.terms import Urgency
from chengshao.dispatch import queries
from chengshao.kernel.actor import Actor
from chengshao.kernel.divisions import within_subdistrict
from chengshao.kernel.errors import Refused
from chengshao.workorders import actions as workorders
from chengshao.workorders.actions import Place


class NoSoleLead(Refused):
    code = "dispatch_no_sole_lead"


class PlaceNotConfirmed(Refused):
    """Who leads depends on where it is: no sub-district, no lead by law alone."""

    code = "dispatch_place_not_confirmed"


@transaction.atomic
def register_and_dispatch(
    *,
    number: str,
    seen_revision: int,
    matter: str,
    urgency: Urgency | None = None,
    place: Place | None = None,
    actor: Actor,
    at: datetime,
) -> str:
    """
    Register a case and send it to the one lead that the catalogue names (目录直派); its number.

    A person has confirmed matter and place; where several could lead, a person dispatches. It
    takes DIRECT_DISPATCH at the desk, and nothing else.

    :raises PlaceNotConfirmed: if not even the sub-district is known; nothing is changed
    :raises NoSoleLead: if the catalogue names none or several; nothing is changed
    :raises DomainError: see workorders.actions.register and dispatch
    """
    case = workorders.register(
        number=number,
        seen_revision=seen_revision,
        matter=matter,
        urgency=urgency,
        place=place,
        by_catalogue=True,
        actor=actor,
        at=at,
    )
    if not within_subdistrict(case.territory):
        raise PlaceNotConfirmed
    lead = queries.sole_lead(matter=case.matter, territory=case.territory, on=localdate(at))
    if lead is None:
        raise NoSoleLead
    workorders.dispatch(
        number=number,
        seen_revision=case.revision,
        lead_unit_id=lead.unit_id,
        co_handle_unit_ids=frozenset(lead.co_unit_ids),
        principle=lead.principle,
        basis=lead.basis,
        responsibility_id=lead.responsibility_id,
        by_catalogue=True,
        actor=actor,
        at=at,
    )
    return case.number
