"""What all writes of this room share: who may, and one at a time."""

from django.db import connection

from chengshao.catalog.terms import Power
from chengshao.kernel.actor import Actor
from chengshao.kernel.errors import NotAllowed
from chengshao.people import queries as people

_LOCK = 0x63617461  # any number that no other room takes


class CatalogPowerMissing(NotAllowed):
    code = "catalog_power_missing"


def check_keeper(actor: Actor) -> None:
    """
    Check that the actor keeps the catalogue of the whole district.

    :raises CatalogPowerMissing: if not
    """
    if actor.may(Power.KEEP_CATALOG):  # over all units, as when a district is being set up
        return
    if actor.holds(Power.KEEP_CATALOG):
        desk = people.desk_unit_id()
        territory = people.unit_lines([desk])[desk].territory
        if actor.may(Power.KEEP_CATALOG, desk, territory=territory):
            return
    raise CatalogPowerMissing(power=Power.KEEP_CATALOG)


def one_at_a_time() -> None:
    """Let no other change of the catalogue run until this transaction ends: they are rare."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
