"""How many examples each test draws: a few, or its share of as many as EXAMPLES says."""

import os

from hypothesis import HealthCheck, settings

ALL = int(os.environ.get("EXAMPLES", "0"))
SHARES = {  # in a thousand: what goes over HTTP and through the database takes much longer
    "coordinates": 60,
    "limits": 60,
    "hours": 40,
    "phones": 60,
    "codes": 40,
    "sayings": 40,
    "file names": 40,
    "csv": 80,
    "excel": 60,
    "excel parts": 60,
    "geojson": 80,
    "place tables": 60,
    "yaml": 60,
    "mappings": 60,
    "rows of old cases": 60,
    "uploads": 60,
    "backups": 30,
    "pages": 12,
    "looks": 10,
    "tables": 8,
    "json": 10,
    "operations": 10,
}


def examples(of: str, *, few: int = 60, among: int = 1) -> settings:
    """
    Return the settings of one test.

    :param few: how many in CI, where a gate has to say the same twice
    :param among: how many tests share what is `of` this name
    """
    return settings(
        max_examples=max(ALL * SHARES[of] // 1000 // among, few if not ALL else 1),
        derandomize=not ALL,
        deadline=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )
