"""HTTP doors of this room, for signed-in staff and machines."""

from django.http import HttpRequest
from django.utils import timezone
from ninja import Path, Query, Router

from chengshao.knowledge import actions, queries
from chengshao.knowledge.schemas import Code, CorrectionIn, CorrectionOut, ItemOut, ItemSearch
from chengshao.web.http import ERRORS, actor_from_request

router = Router(tags=["knowledge"])


@router.get("/knowledge", response={200: list[ItemOut], **ERRORS})
def find_items(request: HttpRequest, asked: Query[ItemSearch]) -> list[ItemOut]:
    """Find what is answered to a caller's words, the closest first; also what has expired."""
    lines = queries.find_items(
        asked.words,
        kind=asked.kind or "",
        unit_id=asked.unit_id,
        at=timezone.now(),
        limit=asked.limit,
    )
    return [ItemOut.of(line) for line in lines]


@router.post("/knowledge/corrections", response={200: CorrectionOut, **ERRORS})
def report_correction(request: HttpRequest, said: CorrectionIn) -> CorrectionOut:
    """Say that an item is wrong or lacks something, or that there is none."""
    actor, now = actor_from_request(request), timezone.now()
    if said.code is None:
        row = actions.report_missing(words=said.words, actor=actor, at=now)
    else:
        row = actions.report_wrong(code=said.code, words=said.words, actor=actor, at=now)
    return CorrectionOut(id=row.pk)


@router.get("/knowledge/{code}", response={200: ItemOut, **ERRORS})
def show_item(request: HttpRequest, code: Path[Code]) -> ItemOut:
    """Return what an item says now; one that is withdrawn has a `replaced_at`."""
    actor = actor_from_request(request)
    return ItemOut.of(queries.item_page(code, actor=actor, at=timezone.now()).line)
