"""Creating a case: over HTTP as machines do it, and through the action alone."""

import json
import os
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

from bench import client, pgbench, sayings
from bench.figures import Figure, percentile
from bench.machine import spent
from bench.stand import WEB_WORKERS, database, settle, website
from bench.statements import Statement, seen
from chengshao.kernel.actor import Actor, ActorKind, Grant
from chengshao.people import actions as people_actions
from chengshao.people import queries as people
from chengshao.people.terms import Power
from chengshao.workorders import actions
from config.demo import HOTLINE
from ops.console import Stopped, complain, say

CONNECTIONS = 16
_ADDRESS = "/api/v1/reports"
_MS = 1000


def over_http(*, quick: bool) -> Iterator[Figure]:
    """
    Measure `POST /api/v1/reports` by a machine: two processes of the web server, 16 connections.

    :raises Stopped: if a request is not answered as it should be
    """
    warm, seconds = (1, 2) if quick else (5, 30)
    token = _token()
    requests = _requests(token)
    with website() as (web, port):

        def drive(length: float) -> client.Driven:
            driven = client.drive(
                requests, host="127.0.0.1", port=port, connections=CONNECTIONS, seconds=length
            )
            if driven.refused:
                raise Stopped(
                    f"{len(driven.refused)} 个请求没有成功：{driven.refused[0][:500]}",
                    f"{len(driven.refused)} requests failed.",
                )
            return driven

        drive(warm)
        settle()
        with spent(web=web, database=database()) as used:
            driven = drive(seconds)
    cases = len(driven.latencies)
    statements = _statements_of_a_request(token)
    say(f"  {CONNECTIONS} connections, {WEB_WORKERS} web processes, {cases} cases")
    say(f"  SQL: {_kinds(statements)}")
    rate = Figure("create_http.cases", cases / driven.seconds, "1/s")
    reference = _matching(statements, seconds=1 if quick else 15)
    yield from (rate,) if reference is None else (reference, rate.to(reference))
    yield Figure("create_http.p50", percentile(driven.latencies, 50) * _MS, "ms")
    yield Figure("create_http.p95", percentile(driven.latencies, 95) * _MS, "ms")
    yield Figure("create_http.statements", len(statements), "")
    yield Figure("create_http.app_cpu", used.by["web"] / cases * _MS, "ms")
    yield Figure("create_http.database_cpu", used.by["database"] / cases * _MS, "ms")
    all_cpu = Figure("create_http.machine_cpu", used.busy / cases * _MS, "ms")
    yield all_cpu
    yield Figure("create_http.client_cpu", used.own / cases * _MS, "ms").to(all_cpu)


def by_action(*, quick: bool) -> Iterator[Figure]:
    """Measure `receive_report` alone, each report its own transaction, on one connection."""
    number = 20 if quick else 500
    user_id = get_user_model().objects.get(username=HOTLINE).pk
    actor = people.actor_of_user(user_id, ActorKind.MACHINE)
    reports = sayings.new_reports(f"action-{time.time_ns()}")

    def receive() -> None:
        actions.receive_report(report=next(reports), actor=actor, at=timezone.now())

    for _ in range(max(5, number // 10)):
        receive()
    with seen() as statements:
        receive()
    say(f"  SQL: {_kinds(statements)}")
    with spent(database=database()) as used:
        for _ in range(number):
            receive()
    yield Figure("create.cases", number / used.wall, "1/s")
    yield Figure("create.statements", len(statements), "")
    yield Figure("create.app_cpu", used.own / number * _MS, "ms")
    yield Figure("create.database_cpu", used.by["database"] / number * _MS, "ms")


def _token() -> str:
    user_id = get_user_model().objects.get(username=HOTLINE).pk
    issuer = Actor(ActorKind.SYSTEM, grants=frozenset({Grant(Power.ISSUE_TOKENS, None)}))
    return people_actions.issue_token(
        user_id=user_id, label="bench", powers=["REPORT"], actor=issuer, at=timezone.now()
    )


def _requests(token: str) -> Iterator[bytes]:
    return (_request(said, token) for said in sayings.said(f"http-{time.time_ns()}"))


def _request(said: Mapping[str, Any], token: str) -> bytes:
    body = json.dumps(said, ensure_ascii=False).encode()
    head = (
        f"POST {_ADDRESS} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _statements_of_a_request(token: str) -> Sequence[Statement]:
    """Return what one request asks of the database once the process has its ground."""
    caller = Client(SERVER_NAME="127.0.0.1", headers={"Authorization": f"Bearer {token}"})
    reports = sayings.said(f"counted-{time.time_ns()}")

    def post() -> None:
        answer = caller.post(_ADDRESS, data=next(reports), content_type="application/json")
        if answer.status_code != 200:
            raise Stopped(answer.content.decode(), f"Answered with {answer.status_code}.")

    for _ in range(2):
        post()
    with seen() as found:
        post()
    return found


def _matching(statements: Sequence[Statement], *, seconds: int) -> Figure | None:
    """Return what the server alone does of transactions like it, or None without pgbench."""
    program = pgbench.program()
    if program is None:
        complain(
            "没有 pgbench，略去与数据库本身的比值（Debian：apt install postgresql-contrib）。",
            "There is no pgbench: the ratio to the database alone is left out.",
        )
        return None
    script = Path(os.environ["CHENGSHAO_DATA"]) / "matching.sql"
    script.write_text(pgbench.script(statements))
    settle()
    tps = pgbench.run(program, script, connections=CONNECTIONS, seconds=seconds)
    return Figure("pgbench.transactions", tps, "1/s")


def _kinds(statements: Sequence[Statement]) -> str:
    kinds = Counter(statement.verb for statement in statements)
    return ", ".join(f"{number} {verb}" for verb, number in sorted(kinds.items()))
