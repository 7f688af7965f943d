"""Cases by what was said, by their number and by that of their source: two characters suffice."""

from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import Concat, StrIndex, Upper
from django.db.models.lookups import GreaterThan

from chengshao.kernel.actor import Actor
from chengshao.kernel.bigrams import bigrams
from chengshao.workorders.models import Audience, Report, Task
from chengshao.workorders.queries.scope import in_full
from chengshao.workorders.terms import Sight


def cases_saying(words: str, rows: QuerySet[Audience], *, limit: int, offset: int = 0) -> list[int]:
    """
    Return those cases of these rows, the newest first, one of whose reports has all these words, or
    which are numbered so. A report's words are not searched for who sees only the own task. One
    statement, which walks the newest or the words' index, whichever is shorter.
    """
    words, most = words.strip(), offset + limit
    own = rows.filter(sight=Sight.FULL)
    found = [own.filter(Exists(_said(words).filter(work_order=OuterRef("work_order"))))]
    if _may_be_a_number(words):
        found.append(own.filter(work_order__reports__source_number=words))
        found.append(rows.filter(work_order__number__startswith=words))
    newest = [
        each.order_by(F("opened_at").desc(), "work_order_id").values_list(
            "work_order_id", "opened_at"
        )[:most]
        for each in found
    ]
    lines = newest[0].union(*newest[1:]) if len(newest) > 1 else newest[0]
    ordered = lines.order_by("-opened_at", "work_order_id") if len(newest) > 1 else lines
    return list(dict.fromkeys(case_id for case_id, _at in ordered))[offset:most]


def tasks_saying(words: str, tasks: QuerySet[Task], actor: Actor) -> QuerySet[Task]:
    """Keep of these tasks, which are few, those whose case has these words or is numbered so."""
    words = words.strip()
    said = Q(Exists(_said(words).filter(work_order=OuterRef("work_order"))))
    numbered = Q()
    if _may_be_a_number(words):
        sourced = Report.objects.filter(work_order=OuterRef("work_order"), source_number=words)
        said |= Q(Exists(sourced))
        numbered = Q(work_order__number__startswith=words)
    told = Q(in_full(actor, "work_order")) & said
    return tasks.filter(told | numbered if numbered else told)


def _may_be_a_number(words: str) -> bool:
    return any(letter.isdigit() for letter in words)


def _said(words: str) -> QuerySet[Report]:
    reports = Report.objects.all()
    for word in words.split():
        pairs = [pair for pair in bigrams(word) if len(pair) == 2]
        if pairs:
            reports = reports.filter(bigrams__contains=pairs)
        if len(word) != 2 or not pairs:  # the pairs may stand apart
            reports = reports.filter(_contains(word))
    return reports


def _contains(word: str) -> Any:
    # the planner takes LIKE '%…%' for very rare, and then never walks the newest
    told = Upper(Concat("words", Value("\n"), "place", output_field=TextField()))
    return GreaterThan(StrIndex(told, Upper(Value(word))), 0)
