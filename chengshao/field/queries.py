"""What the page for the phone shows, put together from the rooms below."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from chengshao.catalog import queries as catalog
from chengshao.catalog.queries import MatterVersion
from chengshao.catalog.terms import Track
from chengshao.desk import queries as desk
from chengshao.field.models import Deed
from chengshao.kernel.actor import Actor
from chengshao.people import queries as people
from chengshao.places import queries as places
from chengshao.web.due import DueChip
from chengshao.workorders import queries as workorders
from chengshao.workorders.queries import OwnReport, ToCheck
from chengshao.workorders.terms import Channel, Power

MOST_CHECKS = 100
MATTERS_OFFERED = 6
MOST_MATTERS = 300


@dataclass(frozen=True, slots=True)
class Check:
    """A check as the card shows it: what, where, and when it is good."""

    to_check: ToCheck
    matter: str
    place: str
    close_condition: str
    due: DueChip | None
    before: str  # where the small picture of how it was is found; "" where there is none


@dataclass(frozen=True, slots=True)
class Home:
    """Whose phone this is now, and what that person records on the spot."""

    matters: list[MatterVersion]
    more_matters: list[MatterVersion]  # further ones, to be found by name without a network
    solved: OwnReport | None  # of what the person reported, the last that others put right
    solved_matter: str


def checks(actor: Actor, now: datetime) -> list[Check]:
    """Return what is to be looked at, the soonest due first; at most 100."""
    found = workorders.checks_outdoors(actor=actor, limit=MOST_CHECKS)
    labels = places.division_labels({c.line.territory for c in found if c.line.territory})
    return [_check(each, labels.get(each.line.territory, ""), now) for each in found]


def _check(to_check: ToCheck, division: str, now: datetime) -> Check:
    line = to_check.line
    version = to_check.matter_version_id
    matter = (
        catalog.matter_shown(version, line.matter, localdate(line.opened_at)) if version else None
    )
    picture = to_check.before_id
    return Check(
        to_check=to_check,
        matter=matter.name if matter else "",
        place=" ".join(filter(None, (division, line.place))) or _("无地点"),
        close_condition=matter.close_condition if matter else "",
        due=desk.chip_of(line.due_amount, line.due_unit, line.due_at, now) if line.due_at else None,
        before=f"{reverse('desk:attachment', args=[picture])}?small=1" if picture else "",
    )


def home(actor: Actor, now: datetime) -> Home:
    """Return the six matters that this person recorded last, filled up with the usual ones."""
    if not actor.holds(Power.HANDLE):
        return Home([], [], None, "")
    own, today = workorders.own_finds(actor=actor), localdate(now)
    usual = catalog.matters_on_track(
        Track.ON_THE_SPOT, Channel.PATROL, on=today, limit=MOST_MATTERS
    )
    by_code = {matter.code: matter for matter in usual}
    codes = dict.fromkeys([*(each.matter.partition("-")[0] for each in own), *by_code])
    known = [by_code[code] for code in codes if code in by_code]
    offered, more = known[:MATTERS_OFFERED], known[MATTERS_OFFERED:MOST_MATTERS]
    solved = next((each for each in own if each.solved_by_others), None)
    names = catalog.matter_names({solved.matter}, today) if solved else {}
    return Home(offered, more, solved, names.get(solved.matter, "") if solved else "")


def unit_and_territory(actor: Actor) -> tuple[int | None, str]:
    """Return for which unit somebody records, and where that is if nobody says a place."""
    reach = actor.reach(Power.HANDLE) or actor.reach(Power.REPORT)
    if not reach:
        return None, ""
    unit_id, territory = reach[0]
    lines = people.unit_lines([unit_id])
    return unit_id, territory or (lines[unit_id].territory if unit_id in lines else "")


def deed_of(client_key: str, actor: Actor, *, wait: bool = False) -> Deed | None:
    """
    Return what this person sent under this key before, if anything.

    :param wait: until the same request that is just being stored is stored
    """
    if wait:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))",
                [f"deed:{actor.user_id}:{client_key}"],
            )
    return Deed.objects.filter(user=actor.user_id, client_key=client_key).first()
