"""What is known of what a caller asks: beside the words as they are typed, read on the call."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from chengshao.kernel.actor import Actor
from chengshao.kernel.words import whole_number
from chengshao.knowledge import actions, queries
from chengshao.knowledge.queries import ItemLine, ItemNotFound
from chengshao.web.pages import actor_of, needs
from chengshao.workorders.terms import Power

_CALL_KEY = re.compile(r"^[0-9a-f]{32}$")
_FIRST_KEY = 4  # Alt+1 to 3 are for suggestions of matters


@dataclass(frozen=True, slots=True)
class Known:
    """Temporary lines, what fits the words, and what is opened to be read."""

    pinned: Sequence[ItemLine] = ()
    fitting: Sequence[ItemLine] = ()
    expired: Sequence[ItemLine] = ()  # would fit, and is not to be read
    opened: ItemLine | None = None
    asked: bool = False
    answers: bool = False  # whether this actor may answer directly

    @property
    def keyed(self) -> list[tuple[int, ItemLine]]:
        """Return what fits, each with the digit that opens it beside Alt."""
        return list(enumerate(self.fitting, start=_FIRST_KEY))


def known_on(said: Mapping[str, str], actor: Actor, at: datetime) -> Known:
    """Return what stands beside a form that says this; `read` or `opened` names a version."""
    words = said.get("words", "").replace("\x00", "").strip()
    opened = whole_number(said.get("read") or said.get("opened", ""))
    line = None if opened is None else _opened(opened, said, actor, at)
    fitting, expired = queries.fitting_items(words, at=at)
    return Known(
        pinned=queries.pinned_lines(at),
        fitting=fitting,
        expired=expired,
        opened=line,
        asked=bool(words),
        answers=actor.holds(Power.ANSWER),
    )


@require_POST
@never_cache
@needs(Power.REPORT)
def suggest(request: HttpRequest) -> HttpResponse:
    """What fits the words so far; what is opened stays where it is."""
    words = request.POST.get("words", "").replace("\x00", "").strip()
    fitting, expired = queries.fitting_items(words, at=timezone.now())
    known = Known(fitting=fitting, expired=expired, asked=bool(words))
    return render(request, "desk/intake_known.html", {"known": known})


@require_POST
@never_cache
@needs(Power.REPORT)
def read(request: HttpRequest, version_id: int) -> HttpResponse:
    """Open an item to read it to the caller; that stays on the call."""
    actor, now = actor_of(request), timezone.now()
    line = actions.read_aloud(
        version_id=version_id, call_key=_key_of(request.POST), actor=actor, at=now
    )
    known = Known(opened=line, answers=actor.holds(Power.ANSWER))
    return render(request, "desk/intake_read.html", {"known": known})


def _opened(
    version_id: int, said: Mapping[str, str], actor: Actor, at: datetime
) -> ItemLine | None:
    try:
        if said.get("read"):
            return actions.read_aloud(
                version_id=version_id, call_key=_key_of(said), actor=actor, at=at
            )
        return queries.version_of(version_id, at)
    except ItemNotFound:
        return None


def _key_of(said: Mapping[str, str]) -> str:
    """
    Return the key of the call that is being taken down.

    :raises ItemNotFound: without one nothing could stay on the call
    """
    key = said.get("client_key", "")
    if not _CALL_KEY.match(key):
        raise ItemNotFound
    return key
