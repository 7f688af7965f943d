"""What this room reads and writes over HTTP."""

from datetime import datetime
from typing import Annotated

from django.urls import reverse
from pydantic import AwareDatetime, Base64Bytes, Field

from chengshao.catalog.terms import EvidenceKind, Urgency
from chengshao.intake.actions import Received
from chengshao.web.http import Id, In, Key, Out, PointIn, Text
from chengshao.workorders.actions import MOST_FILES, NewReport
from chengshao.workorders.terms import Channel, ReportKind, Step

Division = Annotated[str, Field(pattern=r"^([1-9]\d{11})?$")]
ShortText = Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")]


class ReportIn(In):
    client_key: Key
    channel: Channel
    kind: ReportKind | None = None
    words: Annotated[Text, Field(min_length=1)]
    place: Text = ""
    point: PointIn | None = None
    territory: Division = ""  # where no point is known
    source_number: Key | None = None
    source_at: AwareDatetime | None = None
    contact_name: ShortText = ""
    contact_phone: Annotated[str, Field(max_length=30, pattern=r"^[^\x00]*$")] = ""
    confidential: bool = False
    complained_about_unit_id: Id | None = None
    complained_about: ShortText = ""
    outer_due_at: AwareDatetime | None = None  # the end that the source sets its order
    joins: Key | None = None
    urgency: Urgency | None = None  # as who took it down heard it
    matter: Annotated[str, Field(max_length=40, pattern=r"^[^\x00]*$")] = ""  # likewise

    def new_report(self) -> NewReport:
        """Return it as the action takes it."""
        lng, lat = self.point.wgs84() if self.point else (None, None)
        said = self.model_dump(exclude={"point", "source_number"})
        return NewReport(**said, lng=lng, lat=lat, source_number=self.source_number or "")


class FileIn(In):
    """A picture or paper that comes along, as Base64; 20 MB at most, whatever its name says."""

    evidence_kind: EvidenceKind | None = None  # what it is evidence of, where the matter asks it
    name: Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")] = ""
    content: Base64Bytes


class FixedIn(In):
    """What one person found and fixed there and then."""

    client_key: Key
    unit_id: Id | None = None  # the caller's own where none is named
    matter: Key
    words: Annotated[Text, Field(min_length=1)]
    reply: Annotated[Text, Field(min_length=1)]
    place: Text = ""
    point: PointIn | None = None
    territory: Division = ""  # where no point is known
    files: Annotated[list[FileIn], Field(max_length=MOST_FILES)] = []

    def new_report(self) -> NewReport:
        """Return what was found as the action takes it."""
        lng, lat = self.point.wgs84() if self.point else (None, None)
        said = self.model_dump(exclude={"point", "unit_id", "matter", "reply", "files"})
        return NewReport(**said, channel=Channel.PATROL, lng=lng, lat=lat)


class ReceivedOut(Out):
    """What whoever reported keeps: the number, and a secret link to what becomes of it."""

    id: int
    number: str
    step: Step
    reported_at: datetime
    created: bool
    link: str

    @staticmethod
    def resolve_link(received: Received) -> str:
        return reverse("resident:follow", args=[received.token])
