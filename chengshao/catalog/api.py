"""HTTP doors of this room, for signed-in staff and machines: reads only."""

from django.http import HttpRequest
from django.utils import timezone
from ninja import Path, Query, Router

from chengshao.catalog import queries
from chengshao.catalog.schemas import (
    Code,
    MatterOut,
    MatterSearch,
    PlaceAsked,
    ResponsibilityOut,
)
from chengshao.people import queries as people
from chengshao.web.http import ERRORS

router = Router(tags=["catalog"])


@router.get("/catalog/matters", response={200: list[MatterOut], **ERRORS})
def find_matters(request: HttpRequest, asked: Query[MatterSearch]) -> list[MatterOut]:
    """Find matters by the words of a caller, their name, condition, code or pinyin initials."""
    found = queries.find_matters(asked.q, on=timezone.localdate(), limit=asked.limit)
    return [MatterOut.of(matter) for matter in found]


@router.get("/catalog/matters/{code}", response={200: MatterOut, **ERRORS})
def show_matter(request: HttpRequest, code: Path[Code]) -> MatterOut:
    """Return a matter in force; `C0101-2` shows it under its second condition."""
    return MatterOut.of(queries.matter_in_force(code, timezone.localdate()))


@router.get(
    "/catalog/matters/{code}/responsibilities",
    response={200: list[ResponsibilityOut], **ERRORS},
)
def list_responsibilities(
    request: HttpRequest, code: Path[Code], asked: Query[PlaceAsked]
) -> list[ResponsibilityOut]:
    """Return who leads the matter in a division (12 digits), by which document."""
    today = timezone.localdate()
    queries.matter_in_force(code, today)
    lines = queries.responsibilities_for(code, asked.territory, today)
    units = people.unit_lines(queries.units_named(lines), today)
    return [ResponsibilityOut.of(line, units) for line in lines]
