"""A lean HTTP client that keeps so many connections busy, each with one request at a time."""

import asyncio
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_PATIENCE = 30.0  # seconds to wait for the last answers


@dataclass(slots=True)
class Driven:
    """What came back in the time measured."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)  # seconds, of answers 200
    refused: list[str] = field(default_factory=list)  # status and body of all others


class _Connection(asyncio.Protocol):
    """One connection of HTTP/1.1 that is kept; an answer must say its length."""

    def __init__(self, requests: Iterator[bytes], driven: Driven, until: float) -> None:
        self.closed = asyncio.get_running_loop().create_future()
        self._requests = requests
        self._driven = driven
        self._until = until
        self._sent = 0.0
        self._answer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._send()

    def data_received(self, data: bytes) -> None:
        self._answer += data
        head, gap, body = self._answer.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if not gap or length is None or len(body) < int(length[1]):
            return
        now, status = time.perf_counter(), head[9:12]
        if status == b"200":
            self._driven.latencies.append(now - self._sent)
        else:
            self._driven.refused.append(f"{status.decode()} {body.decode(errors='replace')}")
        self._answer = b""
        if now < self._until:
            self._send()
        else:
            self._transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        if error is not None or time.perf_counter() < self._until:
            self._driven.refused.append(f"connection lost: {error or 'closed by the server'}")
        if not self.closed.done():
            self.closed.set_result(None)

    def _send(self) -> None:
        self._sent = time.perf_counter()
        self._transport.write(next(self._requests))


def drive(
    requests: Iterator[bytes], *, host: str, port: int, connections: int, seconds: float
) -> Driven:
    """Send whole requests over so many connections for so long, and return what came back."""
    return asyncio.run(_drive(requests, host, port, connections, seconds))


async def _drive(
    requests: Iterator[bytes], host: str, port: int, connections: int, seconds: float
) -> Driven:
    driven, begun = Driven(), time.perf_counter()
    loop = asyncio.get_running_loop()
    made = [
        await loop.create_connection(
            lambda: _Connection(requests, driven, begun + seconds), host, port
        )
        for _ in range(connections)
    ]
    async with asyncio.timeout(seconds + _PATIENCE):
        await asyncio.gather(*(protocol.closed for _, protocol in made))
    driven.seconds = time.perf_counter() - begun
    return driven
