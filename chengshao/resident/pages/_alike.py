"""Open cases nearby that a citizen may join before sending: what anybody may know of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.crypto import salted_hmac

from chengshao.places import queries as places
from chengshao.workorders import queries
from chengshao.workorders.queries import JoinableCase, Spot

ALONE = "none"  # what the form says of who sends it by itself


@dataclass(frozen=True, slots=True)
class Offer:
    """A case to join; its number stays here, as by a number one is told more on the phone."""

    key: str
    case: JoinableCase
    where: str


def offers(said: Mapping[str, Any], at: datetime) -> list[Offer]:
    """Return what may be joined; nothing to who asks for confidence or complains of somebody."""
    if said["confidential"] or said["kind"] or said["about"]:
        return []
    spot = Spot(said["words"], said["place"], said["lng"], said["lat"])
    found = queries.joinable_near(spot, at=at)
    labels = places.division_labels({case.territory for case in found} - {""}) if found else {}
    return [
        Offer(
            key=_key(said["client_key"], case.number),
            case=case,
            where=case.place or labels.get(case.territory, ""),
        )
        for case in found
    ]


def joined(key: str, offered: list[Offer]) -> str | None:
    """Return the number of the case of this offer."""
    return next((offer.case.number for offer in offered if offer.key == key), None)


def is_asked(key: str, offered: list[Offer]) -> bool:
    """Tell whether the citizen still has to say whether it is the same."""
    return bool(offered) and key != ALONE and joined(key, offered) is None


def _key(client_key: str, number: str) -> str:
    mac = salted_hmac("resident.alike", f"{client_key}:{number}", algorithm="sha256")
    return mac.hexdigest()[:16]
