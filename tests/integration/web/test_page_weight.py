"""What a page costs to load, as it travels; a map comes only when one is opened."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

DESK, PORTAL = 250_000, 80_000  # bytes, compressed


def manifest() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = json.loads(
        Path(str(settings.DJANGO_VITE["default"]["manifest_path"])).read_text()
    )
    return found


def loaded_with(entry: str) -> set[str]:
    """Return the files that a browser fetches for an entry before anybody does anything."""
    parts, files, waiting = manifest(), set[str](), [entry]
    while waiting:
        part = parts[waiting.pop()]
        if part["file"] not in files:
            files |= {part["file"], *part.get("css", ())}
            waiting += part.get("imports", ())
    return files


def weight(*entries: str) -> int:
    folder = Path(settings.STATICFILES_DIRS[0][1])
    files = set[str]().union(*map(loaded_with, entries))
    return sum(len(gzip.compress((folder / file).read_bytes())) for file in files)


@pytest.mark.parametrize(("entry", "most"), [("src/desk.ts", DESK), ("src/resident.ts", PORTAL)])
def test_a_page_without_an_open_map_is_light(entry: str, most: int) -> None:
    assert weight("src/styles/app.css", entry) < most
    assert not any("map" in file for file in loaded_with(entry))


def test_the_map_is_a_part_of_its_own() -> None:
    parts = manifest()

    assert parts["src/map.ts"]["isDynamicEntry"]
    assert weight("src/map.ts") < 400_000
