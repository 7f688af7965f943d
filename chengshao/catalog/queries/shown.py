"""Reads: a matter as the page of a case shows it."""

from dataclasses import dataclass
from datetime import date

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef

from chengshao.catalog.models import Matter, MatterClass, MatterCondition
from chengshao.catalog.queries._common import KEPT, in_force
from chengshao.catalog.queries.matters import split
from chengshao.catalog.rules.codes import matter_line
from chengshao.web.kept import kept


@dataclass(frozen=True, slots=True)
class MatterShown:
    """The version of a matter by which a case was registered, through its condition."""

    code: str
    name: str
    class_names: tuple[str, ...]  # from the highest class down
    close_condition: str
    register_condition: str  # of the one that the code names (单盏不亮); "" where it names none


def matter_shown(version_id: int, code: str, on: date) -> MatterShown | None:
    """
    Return the version by its id, seen through the condition that the code names.

    :param on: the day whose class names are shown
    :raises MatterNotFound: if it is no matter's code
    """
    asked = (version_id, *split(code), on)
    return kept(KEPT, ("shown", asked), lambda: _shown(code, *asked))


def _shown(
    code: str, version_id: int, matter_code: str, serial: int | None, on: date
) -> MatterShown | None:
    conditions = MatterCondition.objects.filter(matter=OuterRef("pk")).order_by("serial")
    if serial is not None:
        conditions = conditions.filter(serial=serial)
    above = MatterClass.objects.filter(in_force(on), code__in=matter_line(matter_code)[1:])
    rows = Matter.objects.filter(pk=version_id).annotate(
        closes=ArraySubquery(conditions.values("close_condition")),
        opens=ArraySubquery(conditions.values("register_condition")),
        above=ArraySubquery(above.order_by("code").values("name")),
    )
    found = rows.values_list("name", "closes", "opens", "above").first()
    if found is None:
        return None
    name, closes, opens, classes = found
    condition = "；".join(dict.fromkeys(text for text in closes if text))
    named = opens[0] if serial is not None and opens else ""
    return MatterShown(code, name, tuple(classes), condition, named)
