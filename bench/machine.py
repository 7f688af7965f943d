"""CPU time of processes and of the machine, as the kernel counts it."""

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import psutil


@dataclass(slots=True)
class Spent:
    """Seconds, as they stand after the block."""

    wall: float = 0.0
    busy: float = 0.0  # of all CPUs, by whomever
    own: float = 0.0  # of this process
    by: dict[str, float] = field(default_factory=dict)


@contextmanager
def spent(**roots: psutil.Process) -> Iterator[Spent]:
    """Measure what these processes spend within the block, each with all that it started."""
    result = Spent()
    before = {name: _of_tree(root) for name, root in roots.items()}
    begun, busy, own = time.perf_counter(), _busy(), time.process_time()
    yield result
    result.wall = time.perf_counter() - begun
    result.busy, result.own = _busy() - busy, time.process_time() - own
    result.by = {name: _of_tree(root) - before[name] for name, root in roots.items()}


def load() -> tuple[float, int]:
    """Return how many processes wanted to run in the last minute, and how many CPUs there are."""
    return os.getloadavg()[0], os.cpu_count() or 1


def _of_tree(root: psutil.Process) -> float:
    """Return the CPU seconds of a process and of what it started, whether that still runs."""
    seconds = 0.0
    for process in (root, *root.children(recursive=True)):
        try:
            used = process.cpu_times()
        except psutil.NoSuchProcess:  # its parent has its time by now
            continue
        seconds += used.user + used.system + used.children_user + used.children_system
    return seconds


def _busy() -> float:
    times: Mapping[str, float] = psutil.cpu_times()._asdict()
    # guest time is in user time already
    idle = ("idle", "iowait", "guest", "guest_nice")
    return sum(seconds for name, seconds in times.items() if name not in idle)
