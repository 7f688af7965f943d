"""
What a matter asks of people in minutes a year (X6): each photo, paper, check and field has its
standard minutes, settled by the district; nobody's time is measured.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from chengshao.catalog.terms import Bearer, CheckMode, EvidenceKind, ParameterName

MINUTES_OF_EVIDENCE = {
    EvidenceKind.PHOTO_BEFORE: ParameterName.MINUTES_PHOTO,
    EvidenceKind.PHOTO_AFTER: ParameterName.MINUTES_PHOTO,
    EvidenceKind.DOCUMENT: ParameterName.MINUTES_DOCUMENT,
    EvidenceKind.TEST_REPORT: ParameterName.MINUTES_DOCUMENT,
    EvidenceKind.SITE_RECORD: ParameterName.MINUTES_RECORD,
    EvidenceKind.CONTACT_RECORD: ParameterName.MINUTES_RECORD,
}
MINUTES_OF_CHECK = {
    CheckMode.SITE: ParameterName.MINUTES_SITE,
    CheckMode.PICTURE: ParameterName.MINUTES_PICTURE,
    CheckMode.PHONE: ParameterName.MINUTES_PHONE,
    CheckMode.REPLY_REVIEW: ParameterName.MINUTES_REVIEW,
}
Minutes: TypeAlias = Mapping[ParameterName, int]


@dataclass(frozen=True, slots=True)
class Asks:
    """What one version of a matter asks of those who deal with a case of it."""

    evidence: frozenset[EvidenceKind] = frozenset()
    verify: bool = False
    check_mode: CheckMode = CheckMode.NONE
    conditions: int = 1
    signed: bool = True  # a leader signs the answer


@dataclass(frozen=True, slots=True)
class Cost:
    """What a change costs those who bear it (less than 0: it spares them)."""

    bearer: Bearer
    cases: int  # a year
    minutes: Fraction  # more than before, for one case

    @property
    def yearly(self) -> Fraction:
        """Minutes a year."""
        return self.cases * self.minutes


def minutes_of(asks: Asks, standard: Minutes, sample_percent: int) -> dict[Bearer, Fraction]:
    """
    Return the minutes that one case takes beyond dealing with it, by who bears them.

    :param standard: all of the names that begin with MINUTES
    :param sample_percent: how many in a hundred are looked at where a sample is checked
    """
    handler = sum(standard[MINUTES_OF_EVIDENCE[kind]] for kind in asks.evidence)
    checker = Fraction(0)
    if asks.check_mode in MINUTES_OF_CHECK:
        checker += standard[MINUTES_OF_CHECK[asks.check_mode]]
    elif asks.check_mode is CheckMode.SAMPLE:
        checker += Fraction(standard[ParameterName.MINUTES_SITE] * sample_percent, 100)
    if asks.verify:
        checker += standard[ParameterName.MINUTES_SITE]
    return {
        Bearer.HANDLER: Fraction(handler),
        Bearer.CHECKER: checker,
        Bearer.LEADER: Fraction(standard[ParameterName.MINUTES_SIGNING] if asks.signed else 0),
        # Where there are several conditions, the registrar has one more field to fill in.
        Bearer.OPERATOR: Fraction(
            standard[ParameterName.MINUTES_FIELD] if asks.conditions > 1 else 0
        ),
    }


def costs(
    before: Asks, after: Asks, *, cases: int, standard: Minutes, sample_percent: int
) -> list[Cost]:
    """
    Return what asking otherwise costs, for each who bears more or less than before.

    :param cases: of the matter, a year
    """
    old = minutes_of(before, standard, sample_percent)
    new = minutes_of(after, standard, sample_percent)
    return [
        Cost(bearer, cases, new[bearer] - old[bearer])
        for bearer in Bearer
        if new[bearer] != old[bearer]
    ]


def summed(found: Collection[Cost]) -> dict[Bearer, Fraction]:
    """Return the minutes a year by who bears them."""
    return {
        bearer: sum((each.yearly for each in found if each.bearer is bearer), Fraction(0))
        for bearer in Bearer
        if any(each.bearer is bearer for each in found)
    }
