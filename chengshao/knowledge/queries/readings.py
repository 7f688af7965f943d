"""What was read to callers."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from chengshao.knowledge.models import Reading


@dataclass(frozen=True, slots=True)
class ReadingLine:
    """What was opened on one call, in the version of that moment."""

    report_id: int
    version_id: int
    code: str
    number: int
    title: str
    answer: str
    read_at: datetime
    by: str


def readings_on(report_ids: Collection[int]) -> list[ReadingLine]:
    """
    Return what was read on the calls that brought these reports, in order. One statement, none
    for no report. Whoever asks has checked that the reports are in sight.
    """
    if not report_ids:
        return []
    rows = Reading.objects.filter(report__in=report_ids).order_by("read_at", "pk")
    told = rows.select_related("version__item", "by").only(
        "report_id",
        "read_at",
        "version__number",
        "version__title",
        "version__answer",
        "version__item__code",
        "by__display_name",
        "by__username",
    )
    return [
        ReadingLine(
            report_id=row.report_id or 0,
            version_id=row.version_id,
            code=row.version.item.code,
            number=row.version.number,
            title=row.version.title,
            answer=row.version.answer,
            read_at=row.read_at,
            by=str(getattr(row.by, "shown_name", "")),
        )
        for row in told
    ]
