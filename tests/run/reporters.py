"""Machines that report without pause, and remember what was acknowledged."""

import http.client
import itertools
import json
import threading
import time
from types import TracebackType
from typing import Any, Self

from tests.run.installed import Installed

_PAUSE = 0.05  # seconds after a failure


class Reporters:
    """Reports that come in from several threads until the end of the block."""

    def __init__(self, installed: Installed, prefix: str, *, threads: int = 2) -> None:
        """:param prefix: of the keys of its reports; what failed is sent again under its key"""
        self._installed = installed
        self.prefix = prefix
        self.threads = threads
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=self._report, args=(n,)) for n in range(threads)]
        self.acknowledged: dict[str, Any] = {}  # by client key
        self.failures: list[tuple[float, str]] = []  # when it was asked (monotonic), and why

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def await_more(self, number: int = 3) -> None:
        """Wait until so many more were acknowledged."""
        wanted = len(self.acknowledged) + number
        self._installed.wait(lambda: len(self.acknowledged) >= wanted or self._forbidden())
        assert not self._forbidden(), self._forbidden()

    def _forbidden(self) -> list[str]:
        """Return the answers that no waiting makes better."""
        return [why for _, why in self.failures if "HTTP 403" in why]

    def _report(self, thread: int) -> None:
        for number in itertools.count():
            key = f"{self.prefix}-{thread}-{number}"
            while not self._ended.is_set():
                asked_at = time.monotonic()
                try:
                    self.acknowledged[key] = send(self._installed, key)
                    break
                except (OSError, http.client.HTTPException, RuntimeError) as error:
                    self.failures.append((asked_at, repr(error)))
                    time.sleep(_PAUSE)
            if self._ended.is_set():
                return


def send(installed: Installed, key: str) -> dict[str, Any]:
    """
    Report one thing under a key of its own, and return the answer.

    :raises RuntimeError: if it is not taken
    """
    words = {"client_key": key, "channel": "HOTLINE", "words": f"演示：{key} 的路灯不亮"}
    return ask(installed, "POST", "/api/v1/reports", words)


def ask(installed: Installed, method: str, path: str, body: object = None) -> dict[str, Any]:
    """
    Ask the API in the name of the machine whose token is in CHENGSHAO_TOKEN.

    :raises RuntimeError: unless the answer is 200
    """
    connection = http.client.HTTPConnection("127.0.0.1", installed.port, timeout=30)
    headers = {
        "Authorization": f"Bearer {installed.env['CHENGSHAO_TOKEN']}",
        "Content-Type": "application/json",
        "Host": "localhost",
    }
    try:
        connection.request(method, path, body=json.dumps(body), headers=headers)
        answer = connection.getresponse()
        content = answer.read()
    finally:
        connection.close()
    if answer.status != 200:
        raise RuntimeError(f"HTTP {answer.status}: {content[:200]!r}")
    return dict(json.loads(content))
