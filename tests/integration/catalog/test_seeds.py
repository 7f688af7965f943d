"""What comes with the program: the whole of it, once."""

import pytest

from chengshao.catalog import actions, queries
from chengshao.catalog.models import CalendarVersion, Matter, MatterCondition
from chengshao.catalog.terms import MatterKind, ParameterName, TableKind, Track, Urgency
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


HOUR, WORKING_HOUR, DAY = ClockUnit.URGENT_HOUR, ClockUnit.WORKING_HOUR, ClockUnit.WORKING_DAY


@pytest.mark.parametrize(
    ("kind", "urgency", "limit"),
    [
        ("REGISTER", "ORDINARY", Limit(2, HOUR)),
        ("DISPATCH", "EMERGENCY", Limit(1, HOUR)),
        ("DISPATCH", "URGENT", Limit(2, HOUR)),
        ("DISPATCH", "ORDINARY", Limit(24, HOUR)),
        ("VERIFY", "ORDINARY", Limit(24, HOUR)),
        ("CONSULT", "ORDINARY", Limit(2, WORKING_HOUR)),
        ("LEAD", "ORDINARY", Limit(5, DAY)),
        ("DOUBLE", "ORDINARY", Limit(5, DAY)),
        ("CO_HANDLE", "ORDINARY", Limit(5, DAY)),
        ("SUBASSIGNED", "ORDINARY", Limit(3, DAY)),
        ("CONTACT", "ORDINARY", Limit(1, DAY)),
        ("CONTACT", "URGENT", Limit(2, HOUR)),
        ("CONTACT", "EMERGENCY", Limit(1, HOUR)),
        ("INQUIRY", "ORDINARY", Limit(4, WORKING_HOUR)),
        ("SIGN_OFF", "ORDINARY", Limit(4, WORKING_HOUR)),
        ("LEADER_APPROVAL", "ORDINARY", Limit(4, WORKING_HOUR)),
        ("CENTRE_APPROVAL", "ORDINARY", Limit(4, WORKING_HOUR)),
        ("ADJUDICATE", "ORDINARY", Limit(4, WORKING_HOUR)),
        ("CHECK", "ORDINARY", Limit(2, WORKING_HOUR)),
        ("CHECK", "EMERGENCY", Limit(2, HOUR)),
        ("LEDGER_APPROVAL", "ORDINARY", Limit(1, DAY)),
        ("OUTER_REQUEST", "ORDINARY", Limit(1, DAY)),
        ("OUTER_CLOSING", "ORDINARY", Limit(1, DAY)),
        ("TELL", "ORDINARY", Limit(1, DAY)),
        ("LEDGER_REVIEW", "ORDINARY", Limit(5, DAY)),
        ("SAMPLE", "ORDINARY", Limit(2, DAY)),
        ("RATE", "ORDINARY", Limit(7, ClockUnit.NATURAL_DAY)),
    ],
)
def test_each_wait_has_its_limit(kind: str, urgency: str, limit: Limit) -> None:
    assert queries.limit_of_task(kind, "HOTLINE", urgency, TODAY) == limit


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("REMIND_PERCENT", 80),
        ("LEADER_AFTER", Limit(4, WORKING_HOUR)),
        ("EXTENSIONS_MOST", 2),
        ("SUSPENSION_MOST_DAYS", 365),
        ("OUTER_RESERVE", Limit(4, WORKING_HOUR)),
        ("REOPEN_WITHIN", Limit(15, ClockUnit.NATURAL_DAY)),
        ("CHASE_AGAIN_AFTER", Limit(1, ClockUnit.URGENT_HOUR)),
        ("ARCHIVE_AFTER", Limit(30, ClockUnit.NATURAL_DAY)),
        ("SAMPLE_PERCENT", 5),
        ("VERIFY_FIRST", 0),
        ("LEDGER_REVIEW_MOST_DAYS", 180),
    ],
)
def test_everything_that_can_be_settled_is(name: ParameterName, value: int | Limit) -> None:
    settled = queries.parameters(TODAY)

    said = settled.limit if isinstance(value, Limit) else settled.number
    assert said(ParameterName(name), "HOTLINE") == value


def test_what_a_sensor_finds_is_verified_first() -> None:
    settled = queries.parameters(TODAY)

    assert settled.number(ParameterName.VERIFY_FIRST, "SENSOR") == 1
    assert settled.number(ParameterName.VERIFY_FIRST, "PATROL") == 0


@pytest.mark.parametrize(
    ("matter", "source", "urgency", "track"),
    [
        ("E0110", "PATROL", "ORDINARY", Track.ON_THE_SPOT),
        ("E0110", "PATROL", "EMERGENCY", Track.ORDINARY),
        ("E0110", "HOTLINE", "ORDINARY", Track.ORDINARY),
        ("E0410", "PATROL", "ORDINARY", Track.ON_THE_SPOT),
        ("E0410", "HOTLINE", "ORDINARY", Track.SIMPLE),
        ("D0602", "HOTLINE", "URGENT", Track.ORDINARY),
        ("D0602", "HOTLINE", "EMERGENCY", Track.COMPLEX),
        ("D0215", "HOTLINE", "ORDINARY", Track.DIRECT_ANSWER),
    ],
)
def test_a_demand_takes_its_track(matter: str, source: str, urgency: str, track: Track) -> None:
    row = queries.matter_in_force(matter, TODAY)

    assert queries.track_of(row, source, urgency, TODAY) is track


def test_only_a_patrol_fixes_on_the_spot_and_no_emergency_is_simple() -> None:
    rules = list(queries.track_rules(TODAY))

    assert {r.source for r in rules if r.track == Track.ON_THE_SPOT} == {"PATROL"}
    assert all(r.urgency == Urgency.ORDINARY for r in rules if r.track == Track.SIMPLE)
    assert all("示意" in rule.basis for rule in rules)


@pytest.mark.parametrize("kind", list(TableKind))
def test_what_is_taken_away_is_what_is_taken_in(kind: TableKind) -> None:
    taken_away = queries.export_table(kind)

    again = actions.import_table(kind=kind, content=taken_away, actor=KEEPER, at=AT)

    assert (again.added, again.ended) == (0, 0)
    assert _cells(queries.export_table(kind)) == _cells(taken_away)


def _cells(content: bytes) -> list[dict[str, str]]:
    return [dict(row) for row in read_table(content)]
