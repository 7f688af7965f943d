"""Where the matter of a case is."""

from dataclasses import dataclass
from datetime import date

from chengshao.places import queries as places
from chengshao.places.queries import Location


@dataclass(frozen=True, slots=True)
class Place:
    """Where the matter is: in words, and as codes and a point where they are known."""

    words: str = ""
    territory: str = ""
    grid: str = ""
    lng: float | None = None
    lat: float | None = None


def located(words: str, lng: float | None, lat: float | None, *, on: date | None = None) -> Place:
    """
    Return the place with the codes that its point, if it has one, has on this day (or today).

    :raises PointOutside: if the point lies outside the district
    """
    if lng is None or lat is None:
        return Place(words)
    return place_at(words, places.locate(lng, lat, on=on))


def place_at(words: str, found: Location) -> Place:
    """Return the place that was located there."""
    territory = found.community or found.subdistrict
    return Place(words, territory, found.grid, found.lng, found.lat)


def fields_of(place: Place) -> dict[str, object]:
    """Return the columns of a case in which its place is kept."""
    names = ("territory", "grid", "lng", "lat")
    return {"place": place.words} | {name: getattr(place, name) for name in names}
