"""What a page weighs as it travels, and how much memory the web server and the worker come to."""

import gzip
import os
import re
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from itertools import cycle, islice
from urllib.parse import quote, urljoin, urlsplit

import psutil
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

from bench.figures import Figure
from bench.population import fill
from bench.stand import website
from chengshao.workorders.models import WorkOrder
from ops.build import build
from ops.console import Stopped
from ops.processes import Part

_KB = 1000
_MB = 1024 * 1024
_REQUESTS, _WARM = 10_000, 400
_FEW, _FEW_WARM = 200, 40
_CASES = 400
_CONNECTIONS = 4
_BUDGETS = {"desk": 250, "portal": 80}  # kB, compressed, without a map
_SHEETS = re.compile(r'<link[^>]+rel="(?:stylesheet|modulepreload)"[^>]+href="([^"]+)"')
_SHEETS_TURNED = re.compile(r'<link[^>]+href="([^"]+)"[^>]+rel="(?:stylesheet|modulepreload)"')
_SCRIPTS = re.compile(r'<(?:script|img)[^>]+src="([^"]+)"')
_IMPORTS = re.compile(r'(?:\bfrom|\bimport)\s*"(\.{1,2}/[^"]+)"')
_LOOKS: Sequence[tuple[str, str]] = (
    ("", "/"),
    ("", "/report/"),
    ("dispatcher", "/desk/"),
    ("dispatcher", "/desk/queue/dispatch/"),
    ("dispatcher", "/desk/cases/"),
    ("dispatcher", "/desk/cases/?words=路灯"),
    ("dispatcher", "/desk/cases/{case}/"),
    ("registrar", "/desk/queue/register/"),
    ("operator", "/desk/intake/"),
    ("handler-municipal", "/desk/queue/work/"),
    ("leader-municipal", "/desk/load/"),
    ("district-leader", "/desk/leader/"),
    ("duty-leader", "/desk/map/"),
    ("duty-leader", "/catalog/"),
    ("duty-leader", "/api/v1/workorders/{case}"),
)


def weights(*, quick: bool) -> Iterator[Figure]:
    """
    Load a first page of the desk and of the portal as a browser does, without a map.

    :raises Stopped: if a page is heavier than its budget
    """
    build()
    with website() as (_web, port):
        for name, username, path in (
            ("desk", "dispatcher", "/desk/"),
            ("desk", "dispatcher", "/desk/queue/dispatch/"),
            ("portal", "", "/"),
            ("portal", "", "/report/"),
        ):
            loaded = _loaded(port, path, _cookie(username))
            kilobytes = sum(loaded.values()) / _KB
            where = path.strip("/").replace("/", "_") or "home"
            yield Figure(f"weights.{name}.{where}", kilobytes, "kB")
            yield Figure(f"weights.{name}.{where}.page", loaded[path] / _KB, "kB")
            if kilobytes > _BUDGETS[name]:
                raise Stopped(f"{path} 超重：{kilobytes:.0f} kB。", f"{path} is too heavy.")


def memory(*, quick: bool) -> Iterator[Figure]:
    """
    Ask for many pages in several roles' names; the memory of all processes before and after.

    :raises Stopped: if a page is not answered as it should be
    """
    number, warm = (_FEW, _FEW_WARM) if quick else (_REQUESTS, _WARM)
    fill(80 if quick else _CASES, now=timezone.now())
    case = WorkOrder.objects.order_by("-pk").values_list("number", flat=True)[0]
    cookies = {name: _cookie(name) for name, _path in _LOOKS}
    looks = [(cookies[name], path.format(case=case)) for name, path in _LOOKS]
    with website() as (web, port), _worker() as worker:
        yield Figure("memory.web.cold", _resident(web), "MB")
        _ask(port, looks, warm)
        before, worker_before = _resident(web), _resident(worker)
        _ask(port, looks, number)
        after, worker_after = _resident(web), _resident(worker)
    yield Figure("memory.requests", number, "")
    first = Figure("memory.web.before", before, "MB")
    yield first
    yield Figure("memory.web.after", after, "MB").to(first)
    yield Figure("memory.web.a_request", (after - before) * _MB / number, "B")
    first = Figure("memory.worker.before", worker_before, "MB")
    yield first
    yield Figure("memory.worker.after", worker_after, "MB").to(first)


@contextmanager
def _worker() -> Iterator[psutil.Process]:
    """Run the worker as `make run` does, with the jobs of its day."""
    command = [sys.executable, "manage.py", "procrastinate", "worker"]
    part = Part("worker", command, dict(os.environ))
    part.start()
    try:
        assert part.group is not None
        yield psutil.Process(part.group)
    finally:
        part.end()


def _cookie(username: str) -> str:
    if not username:
        return ""
    client = Client()
    client.force_login(get_user_model().objects.get(username=username))
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def _ask(port: int, looks: Sequence[tuple[str, str]], number: int) -> None:
    """Go round the pages so many times in all, over a few connections that are kept."""
    shares = [number // _CONNECTIONS] * _CONNECTIONS
    with ThreadPoolExecutor(_CONNECTIONS) as pool:
        for done in pool.map(lambda share: _go_round(port, looks, share), shares):
            assert done is None


def _go_round(port: int, looks: Sequence[tuple[str, str]], number: int) -> None:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    for cookie, path in islice(cycle(looks), number):
        connection.request(
            "GET", quote(path, safe="/?=&"), headers={"Cookie": cookie} if cookie else {}
        )
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise Stopped(f"{path}：{answer.status}", f"{path}: {answer.status}")
    connection.close()


def _resident(root: psutil.Process) -> float:
    """Return the megabytes that a process and what it started hold."""
    family = (root, *root.children(recursive=True))
    return sum(process.memory_info().rss for process in family) / _MB


def _loaded(port: int, path: str, cookie: str) -> dict[str, int]:
    """Return the bytes of all that a browser fetches for a page, by address, each once."""
    page, size = _fetched(port, path, cookie)
    sizes = {path: size}
    named = (_SHEETS, _SHEETS_TURNED, _SCRIPTS)
    waiting = [urljoin(path, each) for pattern in named for each in pattern.findall(page)]
    while waiting:
        address = waiting.pop()
        if address in sizes or urlsplit(address).netloc or address.startswith("data:"):
            continue
        text, sizes[address] = _fetched(port, address, "")
        if address.endswith(".js"):
            waiting += [urljoin(address, each) for each in _IMPORTS.findall(text)]
    return sizes


def _fetched(port: int, path: str, cookie: str) -> tuple[str, int]:
    """
    Return what a file says and how many bytes of it travel compressed.

    :raises Stopped: if it is not there
    """
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Accept-Encoding": "gzip"} | ({"Cookie": cookie} if cookie else {})
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    if answer.status != 200:
        raise Stopped(f"{path}：{answer.status}", f"{path}: {answer.status}")
    packed = answer.getheader("Content-Encoding") == "gzip"
    text = gzip.decompress(body) if packed else body
    # pages are compressed by what stands before the server, where it does
    return text.decode(errors="replace"), len(body) if packed else len(gzip.compress(text))
