"""The columns that the list of cases may have, on the page and in Excel alike."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from chengshao.desk.queries.lists import Row
from chengshao.web.moments import full
from chengshao.web.sheets import Cell
from chengshao.web.texts import term


@dataclass(frozen=True, slots=True)
class Column:
    """What a column is called, and what stands in it."""

    key: str
    words: str | Promise
    text: Callable[[Row], Cell]


def _step(row: Row) -> str:
    if row.line.old and row.line.step == "CLOSED":
        return _("已办结")
    return term("step", row.line.step)


COLUMNS = (
    Column("number", gettext_lazy("编号"), lambda row: row.line.number),
    Column("words", gettext_lazy("诉求"), lambda row: row.words),
    Column("place", gettext_lazy("地点"), lambda row: row.place),
    Column("matter", gettext_lazy("事项"), lambda row: row.matter),
    Column("unit", gettext_lazy("等谁办"), lambda row: row.unit),
    Column("step", gettext_lazy("环节"), _step),
    Column(
        "due", gettext_lazy("时限"), lambda row: full(row.line.due_at) if row.line.due_at else ""
    ),
    Column("channel", gettext_lazy("来源"), lambda row: term("channel", row.line.channel)),
    Column(
        "urgency",
        gettext_lazy("紧急程度"),
        lambda row: term("urgency", row.line.urgency) if row.line.urgency else "",
    ),
    Column("reports", pgettext_lazy("times", "反映次数"), lambda row: row.line.reports),
    Column("outer", gettext_lazy("平台时限"), lambda row: row.outer_words),
    Column("opened", gettext_lazy("受理时间"), lambda row: full(row.line.opened_at)),
)
USUAL = ("number", "words", "place", "matter", "unit", "step", "due", "opened")


def columns(asked: Collection[str]) -> list[Column]:
    """Return the columns asked for in their order, or the usual ones; a number is always there."""
    known = [column for column in COLUMNS if column.key in asked]
    chosen = {column.key for column in known} or set(USUAL)
    return [column for column in COLUMNS if column.key in chosen | {"number"}]
