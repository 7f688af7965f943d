"""
The clock of an instance in another year: a test writes a moment into a file, and from the instant
of writing on time passes there as it does here. Every process reads the file when it starts, and
the web server before each request. The worker stays in the days in which it was started: it would
make up for every minute between two moments; what is due by then a page of the instance does.
"""

import os
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import time_machine
from django.http import HttpRequest, HttpResponse

NAMED_BY = "CHENGSHAO_TEST_CLOCK"


class Clock:
    """Keeps this process in the time that the file names."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._written = 0
        self._turn = threading.Lock()
        self._traveller = time_machine.travel(0.0).start()
        self.follow()

    def follow(self) -> None:
        """Go by what the file says now."""
        with self._turn:
            written = self._file.stat().st_mtime_ns
            if written != self._written:
                passed = time_machine.escape_hatch.time.time() - written / 1e9
                moment = datetime.fromisoformat(self._file.read_text())
                self._traveller.move_to(moment.timestamp() + passed)
                self._written = written


def write(file: Path, moment: datetime) -> None:
    """Set the clock of all that follow this file."""
    new = file.with_suffix(".new")
    new.write_text(moment.isoformat())
    os.replace(new, file)


CLOCK: Clock | None = None


def start() -> None:
    """Put this process into the time of the file that the environment names."""
    global CLOCK
    if CLOCK is None:
        CLOCK = Clock(Path(os.environ[NAMED_BY]))


def in_time(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: no request is answered by the clock that stood before."""

    def answered(request: HttpRequest) -> HttpResponse:
        assert CLOCK is not None
        CLOCK.follow()
        return answer(request)

    return answered
