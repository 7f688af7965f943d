"""What this room reads and writes over HTTP. Field names are the terms of the glossary."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from chengshao.knowledge.queries import ItemLine
from chengshao.knowledge.terms import ItemKind, Validity
from chengshao.web.http import Id, In, Out

Words = Annotated[str, Field(max_length=400, pattern=r"^[^\x00]*$")]
Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,20}$", examples=["Z0001"])]


class ItemSearch(In):
    words: Words = Field(default="", description="what a caller says; empty: the newest")
    kind: ItemKind | None = None
    unit_id: Id | None = Field(default=None, description="the owner")
    limit: int = Field(default=20, ge=1, le=100)


class CorrectionIn(In):
    """What is wrong with an item; without a code, what there is nothing on."""

    code: Code | None = None
    words: Annotated[str, Field(min_length=1, max_length=400, pattern=r"^[^\x00]*$")]


class CorrectionOut(Out):
    id: int


class OwnerOut(Out):
    id: int
    name: str


class ItemOut(Out):
    """The current version of an item."""

    code: str
    number: int
    kind: ItemKind
    title: str
    callers_words: list[str]
    answer: str
    conditions: str
    papers: str
    place: str
    source: str
    source_ref: str
    matter: str
    owner: OwnerOut | None
    valid_from: datetime
    valid_until: datetime | None
    validity: Validity
    published_at: datetime
    replaced_at: datetime | None

    @classmethod
    def of(cls, line: ItemLine) -> "ItemOut":
        draft, unit = line.draft, line.unit
        return cls(
            code=line.code,
            number=line.number,
            kind=draft.kind,
            title=draft.title,
            callers_words=list(draft.callers_words),
            answer=draft.answer,
            conditions=draft.conditions,
            papers=draft.papers,
            place=draft.place,
            source=draft.source,
            source_ref=draft.source_ref,
            matter=draft.matter,
            owner=OwnerOut(id=unit.id, name=unit.name) if unit else None,
            valid_from=draft.valid_from,
            valid_until=draft.valid_until,
            validity=line.validity,
            published_at=line.published_at,
            replaced_at=line.replaced_at,
        )
