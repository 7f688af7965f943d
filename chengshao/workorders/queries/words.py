"""Cases by what was said, by their number and by that of their source: two characters suffice."""

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.expressions import OrderBy
from django.db.models.functions import Concat, StrIndex, Upper
from django.db.models.lookups import GreaterThan

from chengshao.kernel.actor import Actor
from chengshao.kernel.bigrams import bigrams
from chengshao.kernel.divisions import division_prefix
from chengshao.places import queries as places
from chengshao.workorders.models import Audience, Report, Task
from chengshao.workorders.queries.scope import in_full
from chengshao.workorders.terms import Sight


def newest_first(backwards: bool = False) -> tuple[OrderBy, OrderBy]:
    """Return the order of a unit's list, the newest first, or the same from its other end."""
    if backwards:
        return F("opened_at").asc(), F("work_order_id").desc()
    return F("opened_at").desc(), F("work_order_id").asc()


def cases_saying(
    words: str, rows: QuerySet[Audience], *, limit: int, backwards: bool = False
) -> list[int]:
    """
    Return those cases of these rows, the newest first, one of whose reports has all these words,
    which lie where they say, or which are numbered so. A report's words are not searched for who
    sees only the own task. Two statements; the second walks the newest or the words' index,
    whichever is shorter.
    """
    words, order = words.strip(), newest_first(backwards)
    own = rows.filter(sight=Sight.FULL)
    found = [own.filter(_says(words.split()))]
    if named := places.codes_called(words.split()):
        rest = [word for word in words.split() if word not in named]
        found.append(_lying_in(named.values(), own).filter(_says(rest) if rest else Q()))
    if _may_be_a_number(words):
        found.append(own.filter(work_order__reports__source_number=words))
        found.append(rows.filter(work_order__number__startswith=words))
    newest = [
        each.order_by(*order).values_list("work_order_id", "opened_at")[:limit] for each in found
    ]
    lines = newest[0].union(*newest[1:]).order_by(*order) if len(newest) > 1 else newest[0]
    return list(dict.fromkeys(case_id for case_id, _at in lines))[:limit]


def tasks_saying(words: str, tasks: QuerySet[Task], actor: Actor) -> QuerySet[Task]:
    """Keep of these tasks, which are few, those whose case has these words or is numbered so."""
    words = words.strip()
    said = _says(words.split())
    numbered = Q()
    if _may_be_a_number(words):
        sourced = Report.objects.filter(work_order=OuterRef("work_order"), source_number=words)
        said |= Q(Exists(sourced))
        numbered = Q(work_order__number__startswith=words)
    told = Q(in_full(actor, "work_order")) & said
    return tasks.filter(told | numbered if numbered else told)


def _may_be_a_number(words: str) -> bool:
    return any(letter.isdigit() for letter in words)


def _lying_in(divisions: Iterable[Sequence[str]], rows: QuerySet[Audience]) -> QuerySet[Audience]:
    """Keep what lies in one of the first divisions, and in one of the second, and so on."""
    for codes in divisions:
        within = (Q(territory__startswith=division_prefix(code)) for code in codes)
        rows = rows.filter(reduce(or_, within))
    return rows


def _says(words: Sequence[str]) -> Q:
    reports = Report.objects.filter(work_order=OuterRef("work_order"))
    for word in words:
        pairs = [pair for pair in bigrams(word) if len(pair) == 2]
        if pairs:
            reports = reports.filter(bigrams__contains=pairs)
        if len(word) != 2 or not pairs:  # the pairs may stand apart
            reports = reports.filter(_contains(word))
    return Q(Exists(reports))


def _contains(word: str) -> Any:
    # the planner takes LIKE '%…%' for very rare, and then never walks the newest
    told = Upper(Concat("words", Value("\n"), "place", output_field=TextField()))
    return GreaterThan(StrIndex(told, Upper(Value(word))), 0)
