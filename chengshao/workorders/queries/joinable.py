"""
Open cases nearby that a citizen may join before sending the own report (F13): public facts of them
alone, never a word that another citizen said.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import cos, radians
from typing import Any, cast

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from chengshao.catalog.terms import Sensitivity
from chengshao.kernel.geo import distance_m
from chengshao.workorders.models import Report, WorkOrder
from chengshao.workorders.rules.likeness import percent_shared
from chengshao.workorders.terms import ReportKind

_BACK = timedelta(days=30)
_NEAR_M = 150
_LOOKED_AT = 300  # cases, the newest first
_ALIKE = 35  # percent of the shorter one's pairs of characters that both have
_SAME_PLACE = 50  # percent, where only words tell the place
_METRES_OF_A_DEGREE = 111_320
_ABOUT_SOMEBODY = (ReportKind.COMPLAINT, ReportKind.INFORMANT)


@dataclass(frozen=True, slots=True)
class Spot:
    """What a citizen is about to report, and where."""

    words: str
    place: str = ""
    lng: float | None = None
    lat: float | None = None


@dataclass(frozen=True, slots=True)
class JoinableCase:
    """What anybody may know of a case: which matter, where, since when, how many told of it."""

    number: str
    matter: str
    place: str  # in the desk's words; "" where it has none
    territory: str
    opened_at: datetime
    voices: int
    metres: int | None  # None: known by the words alone


def joinable_near(spot: Spot, *, at: datetime, limit: int = 3) -> list[JoinableCase]:
    """
    Return the open cases that this may be the same as: within 150 m, or where there is no point,
    of the same place in words; the likeliest first. Two statements, of at most 300 cases; none
    where nothing is said of the place.
    """
    if not spot.place.strip() and spot.lng is None:
        return []
    cases = joinable(at).filter(_around(spot)).order_by(F("opened_at").desc())[:_LOOKED_AT]
    found = list(cases.annotate(name=F("matter_version__name"), voices=_VOICES))
    told: dict[int, list[tuple[str, str]]] = {}
    reports = Report.objects.filter(work_order__in=[case.pk for case in found])
    for case_id, words, place in reports.values_list("work_order_id", "words", "place"):
        told.setdefault(case_id, []).append((words, place))
    alike = [_compared(case, told.get(case.pk, []), spot) for case in found]
    ranked = sorted((pair for pair in alike if pair), key=lambda pair: -pair[0])
    return [case for _likeness, case in ranked[:limit]]


def joinable(at: datetime) -> QuerySet[WorkOrder]:
    """
    Return the open cases of which anybody may know: of a matter that is not delicate, for no
    closed circle, about nobody.
    """
    somebody = Report.objects.filter(work_order=OuterRef("pk")).filter(
        Q(complained_about_unit__isnull=False)
        | ~Q(complained_about="")
        | Q(kind__in=_ABOUT_SOMEBODY)
        | Q(confidential=True)
    )
    return WorkOrder.objects.filter(
        ~Exists(somebody),
        outcome="",
        confidential=False,
        named_only=False,
        matter_version__sensitivity=Sensitivity.ORDINARY,
        opened_at__gte=at - _BACK,
    )


_VOICES = Count("reports", filter=Q(reports__withdrawn_at=None, reports__nuisance=False))


def _around(spot: Spot) -> Q:
    if spot.lng is None or spot.lat is None:
        return Q()
    north = _NEAR_M / _METRES_OF_A_DEGREE
    east = north / max(0.01, cos(radians(spot.lat)))
    return Q(
        lng__range=(spot.lng - east, spot.lng + east),
        lat__range=(spot.lat - north, spot.lat + north),
    )


def _compared(
    case: WorkOrder, told: Iterable[tuple[str, str]], spot: Spot
) -> tuple[int, JoinableCase] | None:
    told, row = list(told), cast(Any, case)  # the row has what was annotated, too
    matter, voices = str(row.name), int(row.voices)
    places = [case.place, *(place for _words, place in told)]
    said = [matter, *(words for words, _place in told)]
    shared = percent_shared([spot.words], said, less=[spot.place, *places])
    metres = _metres(case, spot)
    near = percent_shared([spot.place], places)
    here = near >= _SAME_PLACE if metres is None else metres <= _NEAR_M
    if shared < _ALIKE or not here:
        return None
    found = JoinableCase(
        number=case.number,
        matter=matter,
        place=case.place_told(whole=False),
        territory=case.territory,
        opened_at=case.opened_at,
        voices=voices,
        metres=metres,
    )
    return shared + near // 2, found


def _metres(case: WorkOrder, spot: Spot) -> int | None:
    if spot.lng is None or spot.lat is None or case.lng is None or case.lat is None:
        return None
    return round(distance_m(spot.lng, spot.lat, case.lng, case.lat))
