"""Who may know of an informant's case (举报): persons, not units."""

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate

from chengshao.kernel.actor import Actor
from chengshao.kernel.canonical import Json
from chengshao.kernel.errors import Invalid
from chengshao.people import queries as people
from chengshao.workorders import queries
from chengshao.workorders.actions._store import record
from chengshao.workorders.models import Audience, WorkOrder
from chengshao.workorders.rules.refusals import PowerMissing, UnitComplainedAbout, WrongState
from chengshao.workorders.terms import CaseCommand, Power, Sight


class PersonNotOfUnit(Invalid):
    """Somebody is named for a unit for which they see nothing."""

    code = "workorder_person_not_of_unit"


@transaction.atomic
def name_person(
    *, number: str, user_id: int, unit_id: int, actor: Actor, at: datetime
) -> WorkOrder:
    """
    Let one more person know of a case that only named persons may see (指定知悉人).

    :param unit_id: the unit for which that person works on it
    :raises WorkOrderNotFound: if the case is not there for this actor
    :raises PowerMissing: if the actor may not name persons at the desk
    :raises WrongState: if the case is open to units
    :raises PersonNotOfUnit: if the person sees no cases of that unit
    :raises UnitComplainedAbout: if the case is about that unit
    """
    case = queries.lock_case(number=number, actor=actor)
    if not actor.may(Power.NAME_PERSONS, case.desk_unit_id, territory=case.territory):
        raise PowerMissing(power=Power.NAME_PERSONS)
    if not case.named_only:
        raise WrongState(command=CaseCommand.NAME_PERSON, state=case.step)
    if unit_id in case.facts().complained_about:
        raise UnitComplainedAbout
    if user_id not in people.users_with(Power.SEE, unit_id, localdate(at)):
        raise PersonNotOfUnit
    Audience.objects.get_or_create(
        work_order=case,
        unit_id=unit_id,
        user_id=user_id,
        defaults={
            "sight": Sight.FULL,
            "working_only": case.confidential,
            "territory": case.territory,
            "opened_at": at,
        },
    )
    case.revision += 1
    line: dict[str, Json] = {
        "command": CaseCommand.NAME_PERSON,
        "named_user_id": user_id,
        "unit_id": unit_id,
    }
    record(case, line, actor=actor, at=at)
    return case
