"""Lists and pages of 50 lines, of a thousand cases and of very many: what each costs."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import Count
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate

from bench.figures import Figure, percentile
from bench.machine import spent
from bench.population import fill
from bench.stand import database, settle
from bench.statements import seen
from chengshao.people import queries as people
from chengshao.workorders.models import Report, Task, WorkOrder
from chengshao.workorders.rules.facts import OPEN_STATES
from chengshao.workorders.terms import Power, Step, TaskKind
from ops.console import Stopped

_MS = 1000
_SIZES = (1_000, 100_000, 1_000_000)
_MOST = 100_000
_QUICK_SIZES = (80, 200)


@dataclass(frozen=True, slots=True)
class Page:
    """A page and who looks at it."""

    name: str
    username: str
    address: str


def lists(*, quick: bool, most: int | None = None) -> Iterator[Figure]:
    """
    Open the pages of lists at each size; ratios are to the smallest.

    :param most: how many cases at most, without it 100,000
    :raises Stopped: if a page is not answered as it should be
    """
    smallest: dict[str, Figure] = {}
    sizes = _QUICK_SIZES if quick else [size for size in _SIZES if size <= (most or _MOST)]
    for size in sizes:
        yield Figure(f"lists.{size}.open", fill(size, now=timezone.now()), "")
        settle()
        yield Figure(f"lists.{size}.a_case", _database_size() / size / 1024, "kB")
        for page in _pages():
            for figure in _opened(page, times=3 if quick else 40):
                named = Figure(f"lists.{size}.{page.name}.{figure.name}", figure.value, figure.unit)
                key = f"{page.name}.{figure.name}"
                first = smallest.setdefault(key, named)
                yield named if first is named or not first.value else named.to(first)


def _database_size() -> int:
    """Return how many bytes the whole database takes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        (size,) = cursor.fetchone()
    return int(size)


def _pages() -> Iterator[Page]:
    """Return what is looked at: the queues, the list of cases, what is searched for, a case."""
    handler = _busiest_handler()
    cases, work = reverse("desk:cases"), reverse("desk:queue", args=["work"])
    yield Page("home", "dispatcher", reverse("desk:home"))
    yield Page("leader", "district-leader", reverse("desk:leader"))
    yield Page("inbox", handler, work)
    yield Page("dispatch_desk", "dispatcher", reverse("desk:queue", args=["dispatch"]))
    yield Page("cases", "dispatcher", cases)
    yield Page("cases_of_unit", handler, cases)
    yield Page("cases_of_step", "dispatcher", f"{cases}?step={Step.HANDLING}")
    yield Page("cases_deep", "dispatcher", f"{cases}?after={_a_deep_case()}")
    yield Page("search_common", "dispatcher", f"{cases}?words=路灯")
    yield Page("search_rare", "dispatcher", f"{cases}?{urlencode({'words': _a_place()})}")
    yield Page("case", "dispatcher", reverse("desk:case", args=[_a_closed_case()]))


def _busiest_handler() -> str:
    open_leads = Task.objects.filter(kind=TaskKind.LEAD, state__in=sorted(OPEN_STATES))
    by_unit = open_leads.values_list("unit").annotate(n=Count("pk")).order_by("-n", "unit")
    for unit_id, _number in by_unit:
        for user_id in people.users_with(Power.HANDLE, unit_id, localdate()):
            return get_user_model().objects.get(pk=user_id).get_username()
    raise Stopped("没有待办的处置人员。", "Nobody has anything to do.")


def _a_deep_case() -> str:
    newest = WorkOrder.objects.order_by("-opened_at", "pk")
    return newest[min(5_000, WorkOrder.objects.count() // 2)].number


def _a_place() -> str:
    return Report.objects.exclude(place="").earliest("pk").place


def _a_closed_case() -> str:
    return WorkOrder.objects.filter(step=Step.CLOSED).earliest("pk").number


def _opened(page: Page, *, times: int) -> Iterator[Figure]:
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(get_user_model().objects.get(username=page.username))

    def look() -> None:
        answer = client.get(page.address)
        if answer.status_code != 200:
            raise Stopped(f"{page.address}：{answer.status_code}", f"{page.name} failed.")

    for _ in range(2):
        look()
    with seen() as statements:
        look()
    latencies = []
    with spent(database=database()) as used:
        for _ in range(times):
            begun = time.perf_counter()
            look()
            latencies.append(time.perf_counter() - begun)
    yield Figure("statements", len(statements), "")
    yield Figure("app_cpu", used.own / times * _MS, "ms")
    yield Figure("database_cpu", used.by["database"] / times * _MS, "ms")
    yield Figure("p95", percentile(latencies, 95) * _MS, "ms")
