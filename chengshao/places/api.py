"""HTTP doors of this room, for signed-in staff and machines."""

from django.http import HttpRequest
from ninja import Query, Router

from chengshao.kernel.errors import Invalid
from chengshao.kernel.geo import Crs
from chengshao.places import queries
from chengshao.places.models import Grid
from chengshao.places.queries import Location, PlaceLine
from chengshao.places.schemas import (
    Box,
    GridFeatureOut,
    GridPropertiesOut,
    GridsOut,
    Latitude,
    LocationOut,
    Longitude,
    PlaceOut,
    PolygonOut,
    Words,
)
from chengshao.web.http import ERRORS

MAX_GRIDS = 500

router = Router(tags=["places"])


class BoxInvalid(Invalid):
    code = "box_invalid"


@router.get("/places/search", response={200: list[PlaceOut], **ERRORS})
def search_places(
    request: HttpRequest,
    q: Query[Words],
    limit: Query[int] = 10,
) -> list[PlaceLine]:
    """Find places by characters, pinyin initials or pinyin; the best first, at most 50."""
    return queries.find_places(q, limit=limit)


@router.get("/places/locate", response={200: LocationOut, **ERRORS})
def locate(
    request: HttpRequest,
    lng: Query[Longitude],
    lat: Query[Latitude],
    crs: Query[Crs] = Crs.WGS84,
) -> Location:
    """Tell in which grid, community and sub-district a point lies; 422 outside the district."""
    return queries.locate(lng, lat, crs=crs)


@router.get("/places/grids", response={200: GridsOut, **ERRORS})
def list_grids(request: HttpRequest, bbox: Query[Box]) -> GridsOut:
    """Return the unit grids in a box `west,south,east,north` (WGS84) as GeoJSON."""
    west, south, east, north = _box(bbox)
    rows = queries.grids_in_box(west, south, east, north, limit=MAX_GRIDS + 1)
    return GridsOut(
        complete=len(rows) <= MAX_GRIDS, features=[_feature(row) for row in rows[:MAX_GRIDS]]
    )


def _box(bbox: str) -> tuple[float, float, float, float]:
    try:
        west, south, east, north = map(float, bbox.split(","))
    except ValueError as error:
        raise BoxInvalid from error
    if not (west <= east and south <= north):  # NaN too
        raise BoxInvalid
    return west, south, east, north


def _feature(row: Grid) -> GridFeatureOut:
    return GridFeatureOut(
        id=row.code,
        geometry=PolygonOut(**row.geometry),
        properties=GridPropertiesOut.from_orm(row),
    )
