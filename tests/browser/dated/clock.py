"""
The clock of an instance in another year: a test writes a moment into a file, and from the instant
of writing on time passes there as it does here. Every process of the instance reads the file.
"""

import os
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import time_machine
from django.http import HttpRequest, HttpResponse

NAMED_BY = "CHENGSHAO_TEST_CLOCK"
_PAUSE = 0.05


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

    def keep_following(self) -> None:
        """Follow from now on, beside all else: a worker is never asked."""

        def watch() -> None:
            while True:
                threading.Event().wait(_PAUSE)
                self.follow()

        threading.Thread(target=watch, name="clock", daemon=True).start()


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
        CLOCK.keep_following()


def in_time(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: no request is answered by the clock that stood before."""

    def answered(request: HttpRequest) -> HttpResponse:
        assert CLOCK is not None
        CLOCK.follow()
        return answer(request)

    return answered

