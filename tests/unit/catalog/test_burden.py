"""The minutes a year that a matter costs, by who bears them (X6)."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from chengshao.catalog.rules.burden import Asks, costs, minutes_of, summed
from chengshao.catalog.terms import Bearer, CheckMode, EvidenceKind, ParameterName

STANDARD = {
    ParameterName.MINUTES_PHOTO: 3,
    ParameterName.MINUTES_DOCUMENT: 10,
    ParameterName.MINUTES_RECORD: 4,
    ParameterName.MINUTES_SITE: 20,
    ParameterName.MINUTES_PICTURE: 2,
    ParameterName.MINUTES_PHONE: 5,
    ParameterName.MINUTES_REVIEW: 1,
    ParameterName.MINUTES_SIGNING: 2,
    ParameterName.MINUTES_FIELD: 1,
}
asked = st.builds(
    Asks,
    evidence=st.frozensets(st.sampled_from(EvidenceKind)),
    verify=st.booleans(),
    check_mode=st.sampled_from(CheckMode),
    conditions=st.integers(1, 5),
    signed=st.booleans(),
)
cases, percents = st.integers(0, 100_000), st.integers(0, 100)


def test_one_more_photo_on_1240_cases_is_62_hours_of_the_handlers() -> None:
    (cost,) = costs(
        Asks(),
        Asks(evidence=frozenset({EvidenceKind.PHOTO_AFTER})),
        cases=1240,
        standard=STANDARD,
        sample_percent=5,
    )

    assert cost.bearer is Bearer.HANDLER
    assert (float(cost.minutes), float(cost.yearly / 60)) == (3, 62)


def test_verifying_and_checking_are_the_checkers_and_a_choice_the_operators() -> None:
    found = minutes_of(
        Asks(verify=True, check_mode=CheckMode.PHONE, conditions=2), STANDARD, sample_percent=5
    )

    assert found == {
        Bearer.HANDLER: 0, Bearer.CHECKER: 25, Bearer.LEADER: 2, Bearer.OPERATOR: 1,
    }  # fmt: skip


def test_a_sample_costs_its_share() -> None:
    asks = Asks(check_mode=CheckMode.SAMPLE)

    assert minutes_of(asks, STANDARD, sample_percent=5)[Bearer.CHECKER] == 1


@given(asked, asked, cases, percents)
def test_to_and_fro_costs_nothing(before: Asks, after: Asks, n: int, percent: int) -> None:
    there = costs(before, after, cases=n, standard=STANDARD, sample_percent=percent)
    back = costs(after, before, cases=n, standard=STANDARD, sample_percent=percent)

    assert [each.yearly for each in there] == [-each.yearly for each in back]
    assert sum(summed([*there, *back]).values()) == 0


@given(asked, st.sampled_from(EvidenceKind), cases)
def test_asking_more_never_spares_anybody(asks: Asks, more: EvidenceKind, n: int) -> None:
    after = Asks(asks.evidence | {more}, True, asks.check_mode, asks.conditions, asks.signed)

    found = costs(asks, after, cases=n, standard=STANDARD, sample_percent=5)

    assert all(each.minutes > 0 for each in found)


@given(st.lists(st.tuples(asked, asked, cases), max_size=5), percents)
def test_the_sums_are_those_of_all_rows(
    changed: list[tuple[Asks, Asks, int]], percent: int
) -> None:
    found = [
        cost
        for before, after, n in changed
        for cost in costs(before, after, cases=n, standard=STANDARD, sample_percent=percent)
    ]

    assert sum(summed(found).values(), Fraction(0)) == sum(
        (each.yearly for each in found), Fraction(0)
    )
