"""What this room reads and writes over HTTP."""

from typing import Annotated

from pydantic import Field

from chengshao.catalog.terms import Urgency
from chengshao.web.http import Id, In, Key, Out, PointIn, Text
from chengshao.workorders.actions import Place, located
from chengshao.workorders.terms import Step

Division = Annotated[str, Field(pattern=r"^([1-9]\d{11})?$")]


class WhereIn(In):
    """Where the matter is, as somebody has confirmed it."""

    words: Text
    point: PointIn | None = None
    territory: Division = ""

    def place(self) -> Place:
        """:raises PointOutside: if the point lies outside the district"""
        if self.point is None:
            return Place(self.words, self.territory)
        return located(self.words, *self.point.wgs84())


class DirectIn(In):
    """What a person has confirmed of a case that the catalogue may send by itself."""

    seen_revision: Annotated[Id, Field(description="The case's `revision` that the caller saw.")]
    matter: Key
    urgency: Urgency | None = None
    place: WhereIn | None = None


class DirectOut(Out):
    """Where the case stands now: `GET /workorders/{number}` tells the rest."""

    number: str
    step: Step
    revision: int
