"""What this room reads and writes over HTTP. Field names are the terms of the glossary."""

from typing import Annotated, Any

from pydantic import Field

from chengshao.web.http import Out

Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Words = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00]*$")]
Box = Annotated[str, Field(max_length=100, examples=["120.15,30.22,120.18,30.25"])]


class PlaceOut(Out):
    """A place that words found; without a point lng and lat are null."""

    kind: str
    name: str
    detail: str
    lng: float | None
    lat: float | None
    territory: str
    grid: str


class LocationOut(Out):
    """A point in WGS84 and what it lies in, "" where nothing is known."""

    lng: float
    lat: float
    grid: str
    community: str
    subdistrict: str


class PolygonOut(Out):
    type: str
    coordinates: list[Any]


class GridPropertiesOut(Out):
    code: str
    name: str
    community: str
    area_m2: int
    land_use: str
    management_grade: str
    responsible_unit_id: int | None
    illustrative: bool


class GridFeatureOut(Out):
    type: str = "Feature"
    id: str
    geometry: PolygonOut
    properties: GridPropertiesOut


class GridsOut(Out):
    """A GeoJSON FeatureCollection; `complete` is false where more grids meet the box."""

    type: str = "FeatureCollection"
    complete: bool
    features: list[GridFeatureOut]
