"""The sweep as a process of its own: `python -m bench.sweeper MOMENT`. Says what it took."""

import json
import sys
import time
from datetime import datetime
from importlib import import_module

import django


def main() -> None:
    django.setup()
    tasks = import_module("chengshao.workorders.tasks")  # only now: it imports models
    now = datetime.fromisoformat(sys.argv[1])
    _tell("begun")
    begun, cpu = time.perf_counter(), time.process_time()
    cases = tasks.sweep_at(now)
    took = {"seconds": time.perf_counter() - begun, "cpu": time.process_time() - cpu}
    _tell(json.dumps({"cases": cases, **took}))


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
