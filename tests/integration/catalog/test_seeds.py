"""What comes with the program: the whole of it, once."""

import pytest

from chengshao.catalog import actions, queries
from chengshao.catalog.models import CalendarVersion, Matter, MatterCondition
from chengshao.catalog.terms import MatterKind, TableKind
from chengshao.kernel.clock import ClockUnit, Limit
from chengshao.web.sheets import read_table
from tests.integration.catalog.conftest import AT, KEEPER, TODAY

pytestmark = pytest.mark.usefixtures("seeded")


def test_every_condition_of_the_standard_has_its_own_limit() -> None:
    standard = Matter.objects.exclude(kind=MatterKind.DEMAND)
    conditions = MatterCondition.objects.filter(matter__in=standard)

    assert standard.count() == 190
    assert conditions.count() == 519
    assert not conditions.filter(limits=None).exists()
    assert not standard.exclude(evidence_asked=[]).exists()


def test_every_demand_has_a_limit_and_words_of_callers() -> None:
    demands = queries.matters_of_class("D", on=TODAY)

    assert len(demands) > 60
    assert all(matter.conditions[0].limits and matter.aliases for matter in demands)


def test_taking_it_in_again_changes_nothing() -> None:
    before = Matter.objects.count(), CalendarVersion.objects.count()

    actions.load_seeds(actor=KEEPER, at=AT)

    assert (Matter.objects.count(), CalendarVersion.objects.count()) == before


@pytest.mark.parametrize(
    ("kind", "urgency", "limit"),
    [
        ("REGISTER", "ORDINARY", Limit(2, ClockUnit.URGENT_HOUR)),
        ("DISPATCH", "EMERGENCY", Limit(1, ClockUnit.URGENT_HOUR)),
        ("DISPATCH", "URGENT", Limit(2, ClockUnit.URGENT_HOUR)),
        ("DISPATCH", "ORDINARY", Limit(24, ClockUnit.URGENT_HOUR)),
        ("VERIFY", "ORDINARY", Limit(24, ClockUnit.URGENT_HOUR)),
        ("ADJUDICATE", "ORDINARY", Limit(4, ClockUnit.WORKING_HOUR)),
        ("CHECK", "ORDINARY", Limit(2, ClockUnit.WORKING_HOUR)),
        ("CHECK", "EMERGENCY", Limit(2, ClockUnit.URGENT_HOUR)),
        ("LEAD", "ORDINARY", Limit(5, ClockUnit.WORKING_DAY)),
        ("RATE", "ORDINARY", Limit(7, ClockUnit.NATURAL_DAY)),
    ],
)
def test_each_wait_has_its_limit(kind: str, urgency: str, limit: Limit) -> None:
    assert queries.limit_of_task(kind, "HOTLINE", urgency, TODAY) == limit


def test_co_handling_has_none_of_its_own() -> None:
    with pytest.raises(queries.TaskLimitMissing):
        queries.limit_of_task("CO_HANDLE", "HOTLINE", "ORDINARY", TODAY)


@pytest.mark.parametrize("kind", list(TableKind))
def test_what_is_taken_away_is_what_is_taken_in(kind: TableKind) -> None:
    taken_away = queries.export_table(kind)

    again = actions.import_table(kind=kind, content=taken_away, actor=KEEPER, at=AT)

    assert (again.added, again.ended) == (0, 0)
    assert _cells(queries.export_table(kind)) == _cells(taken_away)


def _cells(content: bytes) -> list[dict[str, str]]:
    return [dict(row) for row in read_table(content)]
