"""What is to be put right, by whom."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.utils.timezone import localdate

from chengshao.kernel.errors import NotFound
from chengshao.knowledge.models import Correction, Version
from chengshao.knowledge.terms import CorrectionKind
from chengshao.people import queries as people
from chengshao.people.queries import UnitLine

_MOST_SHOWN = 200


class CorrectionNotFound(NotFound):
    code = "knowledge_correction_not_found"


@dataclass(frozen=True, slots=True)
class CorrectionLine:
    """One thing to put right: which item, what is wrong, who owes it since when."""

    id: int
    kind: CorrectionKind
    code: str  # of the item; "" where one is missing
    title: str
    words: str
    unit: UnitLine | None
    by: str
    opened_at: datetime
    outcome: str
    reply: str
    ended_at: datetime | None


def corrections_waiting(unit_ids: Collection[int], *, at: datetime) -> list[CorrectionLine]:
    """Return what these units owe, the oldest first. Two statements, none for no unit."""
    if not unit_ids:
        return []
    rows = _titled(Correction.objects.filter(unit__in=unit_ids, ended_at=None))
    return _lines(rows.order_by("opened_at", "pk")[:_MOST_SHOWN], at)


def count_waiting(unit_ids: Collection[int]) -> int:
    """Return how much these units owe. One statement, none for no unit."""
    if not unit_ids:
        return 0
    return Correction.objects.filter(unit__in=unit_ids, ended_at=None).count()


def corrections_on(code: str, *, at: datetime, limit: int = 20) -> list[CorrectionLine]:
    """Return what was said of one item, what is open first, then the newest. Two statements."""
    rows = _titled(Correction.objects.filter(item__code=code))
    open_first = F("ended_at").desc(nulls_first=True)
    return _lines(rows.order_by(open_first, "-opened_at")[:limit], at)


def _titled(rows: QuerySet[Correction]) -> QuerySet[Correction]:
    """Let each row come with its item and what that is called now, or was last."""
    versions = Version.objects.filter(item=OuterRef("item")).order_by("-number")
    titled = rows.annotate(title=Subquery(versions.values("title")[:1]))
    return titled.select_related("item", "opened_by")


def _lines(found: Iterable[Correction], at: datetime) -> list[CorrectionLine]:
    rows = list(found)
    units = people.unit_lines({row.unit_id for row in rows}, localdate(at)) if rows else {}
    return [_line(row, units) for row in rows]


def _line(row: Correction, units: Mapping[int, UnitLine]) -> CorrectionLine:
    return CorrectionLine(
        id=row.pk,
        kind=CorrectionKind(row.kind),
        code=row.item.code if row.item else "",
        title=getattr(row, "title", None) or "",
        words=row.words,
        unit=units.get(row.unit_id),
        by=str(getattr(row.opened_by, "shown_name", "")),
        opened_at=row.opened_at,
        outcome=row.outcome,
        reply=row.reply,
        ended_at=row.ended_at,
    )
