"""Sending holds out while the server is away, and stops where it makes no sense to go on."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeAlias

import pytest

from ops.database import free_port
from ops.report_file.sending import (
    AddressInvalid,
    Outcome,
    Parcel,
    SendingStopped,
    Server,
    Told,
    send_all,
)

AT_ONCE = (0.0,) * 9  # as many tries as in earnest, without the pauses
NEW, KNOWN = (200, {"created": True}), (200, {"created": False})
CUT = None  # the connection is closed without an answer
Answer: TypeAlias = "tuple[int, object] | None"


@dataclass
class Api:
    """A server whose answers the test names; what it was asked, it keeps."""

    port: int
    answer: Callable[[dict[str, Any]], Answer] = lambda body: NEW
    bodies: list[dict[str, Any]] = field(default_factory=list)
    paths: set[str] = field(default_factory=set)
    tokens: set[str | None] = field(default_factory=set)
    connections: int = 0

    def keys(self) -> list[str]:
        return [body["client_key"] for body in self.bodies]


@pytest.fixture
def api() -> Iterator[Api]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            super().setup()
            one.connections += 1

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            one.bodies.append(body)
            one.paths.add(self.path)
            one.tokens.add(self.headers["Authorization"])
            answer = one.answer(body)
            if answer is None:
                self.close_connection = True
                return
            status, said = answer
            content = said if isinstance(said, bytes) else json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    one = Api(server.server_port)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield one
    server.shutdown()
    thread.join()
    server.server_close()


def in_turn(*answers: Answer) -> Callable[[dict[str, Any]], Answer]:
    """Answer so, one request after the other; the last answer again and again."""
    waiting = list(answers)
    return lambda body: waiting.pop(0) if len(waiting) > 1 else waiting[0]


def send(port: int, count: int = 1, *, connections: int = 1, path: str = "") -> list[Told]:
    heard: list[Told] = []
    server = Server(f"http://127.0.0.1:{port}{path}", "secret", patience=AT_ONCE)
    parcels = [Parcel(row, {"client_key": f"k{row}"}) for row in range(2, count + 2)]
    send_all(parcels, server=server, connections=connections, tell=heard.append)
    return heard


def stopped(port: int, count: int = 1) -> str:
    with pytest.raises(SendingStopped) as stop:
        send(port, count)
    return stop.value.zh


def test_each_report_goes_once_over_connections_that_are_kept(api: Api) -> None:
    heard = send(api.port, 40, connections=4)

    assert sorted(api.keys()) == sorted(f"k{row}" for row in range(2, 42))
    assert sorted(told.row for told in heard) == list(range(2, 42))
    assert {told.outcome for told in heard} == {Outcome.NEW}
    assert api.connections <= 4
    assert api.tokens == {"Bearer secret"}
    assert api.paths == {"/api/v1/reports"}


def test_a_server_below_a_path(api: Api) -> None:
    send(api.port, path="/city/")

    assert api.paths == {"/city/api/v1/reports"}


def test_what_was_there_before_is_told_apart(api: Api) -> None:
    api.answer = in_turn(NEW, KNOWN)

    assert [told.outcome for told in send(api.port, 2)] == [Outcome.NEW, Outcome.KNOWN]


@pytest.mark.parametrize("status", [400, 409, 413, 422])
def test_a_refusal_is_told_in_the_words_of_the_api_and_the_rest_goes_on(
    api: Api, status: int
) -> None:
    api.answer = in_turn((status, {"code": "x", "message": "不行，因为"}), NEW)

    assert send(api.port, 2) == [
        Told(2, Outcome.REFUSED, "不行，因为"),
        Told(3, Outcome.NEW),
    ]


@pytest.mark.parametrize("trouble", [CUT, (429, {}), (500, b"<html>"), (502, b""), (503, {})])
def test_the_same_report_is_sent_again_after_a_loss(api: Api, trouble: Answer) -> None:
    api.answer = in_turn(trouble, trouble, NEW)

    assert [told.outcome for told in send(api.port, 2)] == [Outcome.NEW, Outcome.NEW]
    assert api.keys() == ["k2", "k2", "k2", "k3"]


def test_after_a_first_answer_it_waits_longer_than_for_a_wrong_address(api: Api) -> None:
    api.answer = lambda body: NEW if len(api.bodies) in (1, 8) else CUT

    assert len(send(api.port, 2)) == 2


def test_a_server_that_stays_away_stops_the_sending(api: Api) -> None:
    api.answer = in_turn(NEW, (503, {}))

    assert "没有应答（HTTP 503）" in stopped(api.port, 2)


def test_nobody_at_the_address() -> None:
    assert "没有应答" in stopped(free_port())


def test_one_report_that_the_server_fails_on_does_not_hold_up_the_rest(api: Api) -> None:
    api.answer = lambda body: (500, b"") if body["client_key"] == "k2" else NEW

    first, second = send(api.port, 2)

    assert (first.outcome, second.outcome) == (Outcome.REFUSED, Outcome.NEW)
    assert "HTTP 500" in first.reason


def test_a_server_that_fails_on_every_report_stops_the_sending(api: Api) -> None:
    api.answer = in_turn((500, b""))

    assert "一再出错" in stopped(api.port, 50)
    assert len(set(api.keys())) == 10


@pytest.mark.parametrize("status", [401, 403])
def test_a_token_that_is_not_accepted_stops_the_sending_at_once(api: Api, status: int) -> None:
    api.answer = in_turn((status, {"code": "x", "message": "请先登录"}))

    assert "令牌不被接受：请先登录" in stopped(api.port, 50)
    assert len(api.bodies) == 1


@pytest.mark.parametrize(
    "answer", [(404, b"no"), (301, b""), (200, b"hello"), (200, {"id": 1}), (200, [])]
)
def test_an_address_that_is_not_ours_stops_the_sending_at_once(api: Api, answer: Answer) -> None:
    api.answer = in_turn(answer)

    assert "不是城哨的接口" in stopped(api.port, 50)
    assert len(api.bodies) == 1


def test_what_goes_wrong_in_one_connection_stops_all(api: Api) -> None:
    def break_down(told: Told) -> None:
        raise ZeroDivisionError

    server = Server(f"http://127.0.0.1:{api.port}", "secret", patience=AT_ONCE)
    parcels = [Parcel(row, {"client_key": str(row)}) for row in range(1000)]

    with pytest.raises(ZeroDivisionError):
        send_all(parcels, server=server, connections=4, tell=break_down)
    assert len(api.bodies) < 1000


@pytest.mark.parametrize(
    "url",
    [
        "",
        "127.0.0.1:8000",
        "ftp://host/",
        "http://",
        "http://host:99999",
        "http://host:x",
        "http://[host/",
        "http://user:word@host/",
        "http://host/?a=b",
        "http://host/路",
    ],
)
def test_what_is_no_address(url: str) -> None:
    with pytest.raises(AddressInvalid):
        Server(url, "secret")


@pytest.mark.parametrize(
    ("url", "clear"),
    [
        ("http://127.0.0.1:8000", False),
        ("http://localhost", False),
        ("https://city.example", False),
        ("http://10.0.0.5", True),
    ],
)
def test_whether_the_token_travels_in_the_clear(url: str, clear: bool) -> None:
    assert Server(url, "secret").in_the_clear is clear
