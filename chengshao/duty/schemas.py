"""What this room reads and writes over HTTP. Field names are the terms of the glossary."""

from datetime import datetime

from pydantic import Field

from chengshao.duty.queries import EntryLine, HandOverPage
from chengshao.duty.terms import HandedPart
from chengshao.web.http import Id, In, Out


class LogAsked(In):
    before: Id | None = Field(default=None, description="only lines with smaller ids")
    limit: int = Field(default=50, ge=1, le=200)


class LogEntryOut(Out):
    """A line of the duty log; it is never changed."""

    id: int
    happened_at: datetime
    words: str
    case_number: str = Field(description='of the case that it is about, "" for none')
    stays_open: bool
    settled: bool = Field(description="a later line brought it to an end")
    written_by: str
    written_at: datetime

    @classmethod
    def of(cls, line: EntryLine) -> "LogEntryOut":
        return cls(
            id=line.id,
            happened_at=line.happened_at,
            words=line.words,
            case_number=line.case,
            stays_open=line.stays_open,
            settled=line.settled,
            written_by=line.by,
            written_at=line.written_at,
        )


class HandedLineOut(Out):
    words: str
    case_number: str


class HandedPartOut(Out):
    part: HandedPart
    lines: list[HandedLineOut]
    more: bool = Field(description="there were more than are listed")


class HandOverOut(Out):
    """A hand-over as both shifts confirmed it, or are to."""

    id: int
    unit_id: int
    on_duty: str
    next_on_duty: str
    until: datetime
    parts: list[HandedPartOut]
    remarks: str
    digest: str = Field(description="SHA-256 of the text")
    given_by: str
    given_at: datetime
    taken_by: str
    taken_at: datetime | None
    replaced: bool = Field(description="it was given anew before anybody took over")

    @classmethod
    def of(cls, page: HandOverPage) -> "HandOverOut":
        if page.line is None:
            raise TypeError("a draft is nobody's hand-over yet")
        return cls(
            id=page.line.id,
            unit_id=page.unit.id,
            on_duty=page.body["on_duty"],
            next_on_duty=page.body["next_on_duty"],
            until=page.until,
            parts=[
                HandedPartOut(
                    part=each.part,
                    lines=[
                        HandedLineOut(words=line.words, case_number=line.case)
                        for line in each.lines
                    ],
                    more=each.more,
                )
                for each in page.parts
            ],
            remarks=page.body["remarks"],
            digest=page.digest,
            given_by=page.line.given_by,
            given_at=page.line.given_at,
            taken_by=page.line.taken_by,
            taken_at=page.line.taken_at,
            replaced=page.replaced,
        )
