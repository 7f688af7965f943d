"""How a gateway is asked, and what its answers mean: docs/notices.md says the same."""

import hashlib
import hmac
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengshao.notices.rules.gateway import Message, Verdict, body_of, headers_of, verdict_of
from chengshao.notices.rules.trying import MOST_TRIES, try_again_at
from tests.district import AT

MESSAGE = Message("chengshao-notice-7", "SMS", "13800138000", "井盖有结果了")


def test_the_body_says_to_whom_and_what() -> None:
    assert json.loads(body_of(MESSAGE)) == {
        "v": 1,
        "id": "chengshao-notice-7",
        "channel": "SMS",
        "to": "13800138000",
        "text": "井盖有结果了",
    }


def test_the_signature_is_over_time_and_body() -> None:
    body = body_of(MESSAGE)
    headers = headers_of(MESSAGE, body, "secret", 1772413200)

    expected = hmac.new(b"secret", b"1772413200." + body, hashlib.sha256).hexdigest()
    assert headers["X-Chengshao-Signature"] == f"sha256={expected}"
    assert headers["X-Chengshao-Time"] == "1772413200"
    assert headers["Idempotency-Key"] == "chengshao-notice-7"


@pytest.mark.parametrize(
    ("status", "body", "verdict"),
    [
        (200, b'{"accepted": true}', Verdict.ACCEPTED),
        (202, b'{"accepted": true, "more": 1}', Verdict.ACCEPTED),
        (200, b'{"accepted": false, "reason": "number"}', Verdict.REFUSED),
        (400, b"", Verdict.REFUSED),
        (302, b"", Verdict.REFUSED),
        (429, b"", Verdict.UNREACHABLE),
        (500, b'{"accepted": true}', Verdict.UNREACHABLE),
        (200, b"OK", Verdict.GARBLED),
        (200, b"", Verdict.GARBLED),
        (200, b"[]", Verdict.GARBLED),
        (200, b'{"accepted": "true"}', Verdict.GARBLED),
        (200, b'{"accepted": 1}', Verdict.GARBLED),
        (200, b"[" * 4096, Verdict.GARBLED),
    ],
)
def test_only_a_clear_word_is_taken_for_one(status: int, body: bytes, verdict: Verdict) -> None:
    assert verdict_of(status, body) is verdict


@given(st.integers(100, 599), st.binary(max_size=60))
def test_any_answer_is_some_verdict(status: int, body: bytes) -> None:
    assert verdict_of(status, body) in Verdict


def test_each_wait_is_longer_than_the_one_before_and_they_end() -> None:
    waits = [try_again_at(tries, AT) for tries in range(1, MOST_TRIES)]

    assert all(moment is not None for moment in waits)
    assert waits == sorted(moment for moment in waits if moment)
    assert try_again_at(MOST_TRIES, AT) is None
