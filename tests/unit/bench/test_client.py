"""The load generator, against a server of a few lines."""

import itertools
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from bench.client import drive

FINE = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
BUSY = b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 4\r\n\r\nbusy"
REQUEST = b"GET / HTTP/1.1\r\n\r\n"


@contextmanager
def answering(*answers: bytes) -> Iterator[int]:
    """Give each connection the next of these answers; an empty one breaks it. Yield the port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            for answer in answers:
                connection, _ = listening.accept()
                with connection:
                    connection.recv(1000)
                    for piece in (answer[:20], answer[20:]):
                        connection.sendall(piece)
                    if answer:
                        connection.recv(1000)  # until the client goes

        thread = threading.Thread(target=serve)
        thread.start()
        yield listening.getsockname()[1]
        thread.join()


def test_takes_the_time_of_what_is_answered_and_keeps_what_is_refused() -> None:
    with answering(FINE, BUSY) as port:
        driven = drive(
            itertools.repeat(REQUEST), host="127.0.0.1", port=port, connections=2, seconds=0
        )

    assert len(driven.latencies) == 1
    assert driven.refused == ["503 busy"]
    assert 0 < driven.latencies[0] <= driven.seconds


def test_a_connection_that_breaks_counts_as_refused() -> None:
    with answering(b"") as port:
        driven = drive(
            itertools.repeat(REQUEST), host="127.0.0.1", port=port, connections=1, seconds=5
        )

    assert driven.latencies == []
    assert len(driven.refused) == 1
    assert driven.refused[0].startswith("connection lost")
