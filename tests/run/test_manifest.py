"""What a backup says of itself decides where it may be restored."""

from datetime import UTC, datetime

import pytest

from ops.backup.manifest import Files, Manifest, check_fitting, check_program, read_manifest
from ops.console import Stopped

MANIFEST = Manifest(
    made_at=datetime(2026, 11, 22, tzinfo=UTC),
    program="0.1.0",
    postgresql="18.6",
    migrations=("people.0001_initial", "people.0002_later"),
    tables={},
    files=Files(),
    seals=0,
    seals_lacking=0,
    keys={"seal": "aa", "contact.k1": "bb"},
)


def test_it_is_read_as_it_was_written() -> None:
    assert read_manifest(MANIFEST.model_dump_json().encode()) == MANIFEST


@pytest.mark.parametrize("content", [b"", b"{}", b'{"format": 2}', b"\xff"])
def test_a_form_that_is_not_known_is_refused(content: bytes) -> None:
    with pytest.raises(Stopped, match="form of this backup"):
        read_manifest(content)


def test_one_of_a_later_form_is_refused() -> None:
    later = MANIFEST.model_copy(update={"format": 2})

    with pytest.raises(Stopped, match="form of this backup"):
        read_manifest(later.model_dump_json().encode())


def test_an_older_program_refuses_what_a_newer_one_wrote() -> None:
    with pytest.raises(Stopped, match=r"people\.0002_later"):
        check_program(MANIFEST, {"people.0001_initial"})


def test_a_newer_program_takes_what_an_older_one_wrote() -> None:
    check_program(MANIFEST, {*MANIFEST.migrations, "people.0003_latest"})


def test_keys_that_came_later_do_no_harm() -> None:
    check_fitting(MANIFEST, {**MANIFEST.keys, "contact.k2": "cc"}, "keys.json")


@pytest.mark.parametrize("keys", [{"seal": "aa"}, {"seal": "aa", "contact.k1": "other"}])
def test_a_key_that_lacks_or_is_another_is_named(keys: dict[str, str]) -> None:
    with pytest.raises(Stopped, match=r": contact\.k1\. Nothing"):
        check_fitting(MANIFEST, keys, "keys.json")
