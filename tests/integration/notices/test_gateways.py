"""The ways out, against a server that listens: what it hears, and what its answers come to."""

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from django.core import mail
from django.test import override_settings

from chengshao.notices.actions._channels import (
    FileAdapter,
    GatewayAdapter,
    MailAdapter,
    adapter_for,
)
from chengshao.notices.rules.gateway import Message, Verdict
from chengshao.notices.terms import NoticeChannel
from tests.district import AT
from tests.integration.notices.told import PHONE

MESSAGE = Message("chengshao-notice-7", "SMS", PHONE, "井盖有结果了", "138****8000")


@dataclass
class Gateway:
    """A gateway that answers as it is told, and remembers what it was asked."""

    status: int = 200
    answer: bytes = b'{"accepted": true}'
    headers: dict[str, str] = field(default_factory=dict)
    late: float = 0
    hangs_up: bool = False
    asked: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    url: str = ""

    def adapter(self, seconds: float = 5) -> GatewayAdapter:
        return GatewayAdapter(self.url, "secret", seconds)


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    told = Gateway()

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told.asked.append(({n.lower(): v for n, v in self.headers.items()}, body))
            if told.hangs_up:
                self.connection.close()
                return
            time.sleep(told.late)
            self.send_response(told.status)
            for name, value in told.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(told.answer)

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    told.url = f"http://127.0.0.1:{server.server_port}/send"
    yield told
    server.shutdown()
    server.server_close()


def test_a_gateway_hears_a_signed_message_under_its_key(gateway: Gateway) -> None:
    assert gateway.adapter().send(MESSAGE, AT) is Verdict.ACCEPTED

    ((headers, body),) = gateway.asked
    said = json.loads(body)
    assert (said["to"], said["text"]) == (PHONE, "井盖有结果了")
    assert headers["idempotency-key"] == said["id"] == "chengshao-notice-7"
    signed = f"{headers['x-chengshao-time']}.".encode() + body
    digest = hmac.new(b"secret", signed, hashlib.sha256).hexdigest()
    assert headers["x-chengshao-signature"] == f"sha256={digest}"


@pytest.mark.parametrize(
    ("status", "answer", "verdict"),
    [
        (500, b"", Verdict.UNREACHABLE),
        (503, b'{"accepted": true}', Verdict.UNREACHABLE),
        (429, b"", Verdict.UNREACHABLE),
        (400, b"no such number", Verdict.REFUSED),
        (200, b'{"accepted": false}', Verdict.REFUSED),
        (200, b"<html>welcome</html>", Verdict.GARBLED),
        (200, b"\xff" * 100_000, Verdict.GARBLED),
        (204, b"", Verdict.GARBLED),
    ],
)
def test_an_answer_is_taken_for_what_it_is(
    gateway: Gateway, status: int, answer: bytes, verdict: Verdict
) -> None:
    gateway.status, gateway.answer = status, answer

    assert gateway.adapter().send(MESSAGE, AT) is verdict


def test_a_gateway_that_takes_too_long_is_not_waited_for(gateway: Gateway) -> None:
    gateway.late = 1.0

    assert gateway.adapter(seconds=0.2).send(MESSAGE, AT) is Verdict.UNREACHABLE


def test_a_gateway_that_hangs_up_is_tried_later(gateway: Gateway) -> None:
    gateway.hangs_up = True

    assert gateway.adapter().send(MESSAGE, AT) is Verdict.UNREACHABLE


def test_nobody_at_home_is_tried_later() -> None:
    assert GatewayAdapter("http://127.0.0.1:1/", "k", 1).send(MESSAGE, AT) is Verdict.UNREACHABLE


def test_a_message_follows_no_redirect(gateway: Gateway) -> None:
    gateway.status, gateway.headers = 307, {"Location": gateway.url}

    assert gateway.adapter().send(MESSAGE, AT) is Verdict.REFUSED
    assert len(gateway.asked) == 1


def test_without_a_gateway_a_file_shows_what_would_have_gone(tmp_path: Path) -> None:
    assert FileAdapter(tmp_path / "outbox").send(MESSAGE, AT) is Verdict.ACCEPTED

    lines = (tmp_path / "outbox" / "sms.jsonl").read_text(encoding="utf-8").splitlines()
    (said,) = map(json.loads, lines)
    assert (said["to"], said["text"], said["id"]) == ("138****8000", "井盖有结果了", MESSAGE.key)
    assert PHONE not in lines[0]


def test_mail_goes_by_the_mail_server() -> None:
    letter = Message(
        "chengshao-notice-8", "MAIL", "a@example.org", "有新任务\r\nBcc: x@y.z", "a@****"
    )

    assert MailAdapter().send(letter, AT) is Verdict.ACCEPTED

    (sent,) = mail.outbox
    assert sent.to == ["a@example.org"]
    assert "\n" not in sent.subject
    assert sent.bcc == []


def test_the_settings_name_the_ways_out(tmp_path: Path) -> None:
    with override_settings(GATEWAYS={"SMS": ("https://gw.example/", "k")}, OUTBOX_DIR=tmp_path):
        assert isinstance(adapter_for(NoticeChannel.SMS), GatewayAdapter)
        assert isinstance(adapter_for(NoticeChannel.WECOM), FileAdapter)
        assert isinstance(adapter_for(NoticeChannel.MAIL), FileAdapter)
    with override_settings(MAIL_IS_SENT=True):
        assert isinstance(adapter_for(NoticeChannel.MAIL), MailAdapter)
