"""Keys are made once. Whoever loses them must hear it, not get new ones."""

import json
import os
import threading
from pathlib import Path

import pytest

from ops.console import Stopped
from ops.keys import check_keys, make_keys


def test_the_file_is_for_its_owner_only_and_complete(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "keys.json"

    assert make_keys(path)

    check_keys(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert [p.name for p in path.parent.iterdir()] == ["keys.json"]


def test_keys_are_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    make_keys(path)
    before = path.read_bytes()

    assert not make_keys(path)

    assert path.read_bytes() == before


def test_a_broken_file_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    path.write_text("{")

    assert not make_keys(path)

    assert path.read_text() == "{"
    with pytest.raises(Stopped):
        check_keys(path)


def test_of_many_who_make_them_at_once_one_does(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    start = threading.Barrier(8)
    made: list[bool] = []

    def attempt() -> None:
        start.wait()
        made.append(make_keys(path))

    threads = [threading.Thread(target=attempt) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(made) == [False] * 7 + [True]
    check_keys(path)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("django", ""),
        ("seal", None),
        ("throttle", "c2hvcnQ="),
        ("contact_lookup", "not base64!"),
        ("contact", {"current": "k2", "k1": "A" * 43 + "="}),
        ("contact_confidential", {"current": "k1"}),
        ("contact_confidential", "text"),
    ],
)
def test_a_missing_or_short_key_is_named(tmp_path: Path, name: str, value: object) -> None:
    path = tmp_path / "keys.json"
    make_keys(path)
    os.chmod(path, 0o600)
    path.write_text(json.dumps(json.loads(path.read_text()) | {name: value}))

    with pytest.raises(Stopped) as refusal:
        check_keys(path)

    assert name in refusal.value.en


def test_the_refusal_tells_no_key(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    make_keys(path)
    keys = json.loads(path.read_text())
    path.write_text(json.dumps(keys | {"seal": "c2hvcnQ="}))

    with pytest.raises(Stopped) as refusal:
        check_keys(path)

    words = f"{refusal.value.zh} {refusal.value.en}"
    assert keys["throttle"] not in words
    assert "c2hvcnQ=" not in words


def test_a_file_that_anybody_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    make_keys(path)
    path.chmod(0o644)

    with pytest.raises(Stopped, match="chmod"):
        check_keys(path)
