"""How long the PDF of a case takes: of an ordinary one, and of one with 500 lines of history."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle, islice
from time import perf_counter

from django.utils import timezone
from psutil import Process

from bench.figures import Figure
from chengshao.desk import queries as desk
from chengshao.desk.pages.package import pdf_of
from chengshao.kernel.actor import Actor, ActorKind, Grant
from chengshao.people import queries as people
from chengshao.workorders.queries import visible_to
from chengshao.workorders.terms import Power

_LINES = (20, 500)


def papers(*, quick: bool) -> Iterator[Figure]:
    """Write the longest case of the demo, with its history as it is repeated to so many lines."""
    centre = Actor(ActorKind.PERSON, grants=frozenset({Grant(Power.SEE, people.desk_unit_id())}))
    case = visible_to(centre).latest("history_seq")
    page = desk.case_page(case.number, centre, timezone.now())
    process = Process()
    before = process.memory_info().rss
    begun = perf_counter()
    pdf_of(page)
    yield Figure("papers.first", perf_counter() - begun, "s")
    for lines in _LINES:
        took = []
        for nth in range(2 if quick else 10):
            # Typst remembers what it has set: every paper says something else.
            told = (replace(m, detail=f"{nth} {m.detail}") for m in page.moments)
            long = replace(page, moments=list(islice(cycle(told), lines)))
            begun = perf_counter()
            content = pdf_of(long)
            took.append(perf_counter() - begun)
        yield Figure(f"papers.{lines}_lines", sorted(took)[len(took) // 2], "s")
        yield Figure(f"papers.{lines}_lines.slowest", max(took), "s")
        yield Figure(f"papers.{lines}_lines.size", len(content) / 1000, "kB")
    yield Figure("papers.memory", (process.memory_info().rss - before) / 1e6, "MB")
