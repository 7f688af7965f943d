"""What the operator reads: Chinese first, then English, and how long each phase took."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Stopped(Exception):
    """The command can't go on, in words for the operator; nothing is broken by it."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh, en)
        self.zh = zh
        self.en = en


def say(zh: str, en: str = "") -> None:
    """Print one line in Chinese and, where given, one in English."""
    _write(f"{zh}\n{en}\n" if en else f"{zh}\n")


def complain(zh: str, en: str) -> None:
    """Print what went wrong, on the error stream."""
    sys.stdout.flush()
    sys.stderr.write(f"✗ {zh}\n  {en}\n")
    sys.stderr.flush()


@contextmanager
def phase(zh: str, en: str) -> Iterator[None]:
    """Name what is being done, and when it is done how many seconds it took."""
    start = time.monotonic()
    live = sys.stdout.isatty()
    if live:
        _write(f"  … {zh} · {en}")
    try:
        yield
    except BaseException:
        _write("\n" if live else f"  ✗ {zh} · {en}\n")
        raise
    line = f"  ✓ {zh} · {en}  {time.monotonic() - start:.1f} s\n"
    _write(f"\r\033[K{line}" if live else line)


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
