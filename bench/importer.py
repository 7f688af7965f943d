"""An import of old cases as a process of its own: `python -m bench.importer TABLE MAPPING`."""

import json
import resource
import sys
import time
from importlib import import_module
from pathlib import Path

import django
from django.utils import timezone

_KB = 1024


def main() -> None:
    django.setup()
    drafting = import_module("config.drafting")  # only now: it imports models
    mappings = import_module("chengshao.intake.schemas.case_table")
    path, mapping = (Path(word) for word in sys.argv[1:])
    said = mapping.read_text(encoding="utf-8")
    begun, cpu = time.perf_counter(), time.process_time()
    drafted = drafting.Drafted(path, said, mappings.read_mapping(said))
    taken_in = drafting.import_drafted(drafted, at=timezone.now())
    took = {
        "seconds": time.perf_counter() - begun,
        "cpu": time.process_time() - cpu,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _KB,
        "taken": taken_in.of.taken,
    }
    sys.stdout.write(f"{json.dumps(took)}\n")


if __name__ == "__main__":
    main()
