"""What this room reads and writes over HTTP. Field names are the terms of the glossary."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from chengshao.notices.terms import NoticeChannel, NoticeKind, NoticeReason, NoticeState
from chengshao.web.http import Id, In, Out

Number = Annotated[str, Field(max_length=20, pattern=r"^[^\x00]*$")]


class PageIn(In):
    before: Id | None = None


class NoticeOut(Out):
    """What one was told inside the system."""

    id: int
    kind: NoticeKind
    case_number: str
    task_kind: str
    unit: str
    day: date | None
    at: datetime
    read: bool


class MyNoticesOut(Out):
    """Unread ones first; `before` begins the next page, null where there is none."""

    notices: list[NoticeOut]
    before: int | None


class LogIn(PageIn):
    number: Number = ""
    state: NoticeState | None = None


class LogLineOut(Out):
    """What was sent to whom: a citizen's number is masked."""

    id: int
    kind: NoticeKind
    channel: NoticeChannel
    case_number: str
    to_staff: str
    to_citizen: str
    state: NoticeState
    reason: NoticeReason | None
    tries: int
    created_at: datetime
    sent_at: datetime | None
    read_at: datetime | None
    words: str


class LogOut(Out):
    lines: list[LogLineOut]
    before: int | None
