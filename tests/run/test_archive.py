"""The file of a backup: whole, or refused before anything of it is used."""

import hashlib
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ops.backup.archive import (
    DATABASE,
    MANIFEST,
    SEALS,
    Archive,
    Unreadable,
    Writer,
    read_chunks,
    stored_name,
)
from ops.console import Stopped

PICTURE = b"picture" * 300_000  # more than is read at once
DIGEST = hashlib.sha256(PICTURE).hexdigest()
MEMBERS = {
    SEALS: b'{"day":"2026-11-20"}\n',
    DATABASE: b"PGDMP" * 300_000,
    stored_name(DIGEST): PICTURE,
    stored_name(DIGEST, thumbnail=True): b"small",
    MANIFEST: b"{}",
}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("backup") / "a.tar", MEMBERS)


def write(path: Path, members: Mapping[str, bytes]) -> Path:
    with Writer(path) as file:
        for name, content in members.items():
            file.add(name, [content[:1000], content[1000:]])
        file.finish()
    return path


def examined(path: Path) -> dict[str, bytes]:
    with Archive(path) as archive:
        return archive.examine()


def test_what_was_written_is_read_again(written: Path, tmp_path: Path) -> None:
    assert examined(written) == {name: MEMBERS[name] for name in (SEALS, MANIFEST)}
    with Archive(written) as archive:
        assert b"".join(archive.database()) == MEMBERS[DATABASE]
        archive.put_files(tmp_path / "files")

    put = {str(p.relative_to(tmp_path)): p for p in tmp_path.rglob("*") if p.is_file()}
    assert {name: path.read_bytes() for name, path in put.items()} == {
        name: content for name, content in MEMBERS.items() if name.startswith("files/")
    }
    assert {path.stat().st_mode & 0o777 for path in put.values()} == {0o600}
    assert written.stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(not shutil.which("sha256sum"), reason="needs GNU coreutils")
def test_any_tar_and_sha256sum_can_check_it(written: Path, tmp_path: Path) -> None:
    subprocess.run(["tar", "-xf", str(written)], cwd=tmp_path, check=True)
    subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=tmp_path, check=True)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(share=st.floats(0, 1, exclude_max=True))
def test_one_that_was_cut_off_is_refused(written: Path, tmp_path: Path, share: float) -> None:
    whole = written.read_bytes()
    cut = tmp_path / "cut.tar"
    end = whole.rindex(b"SHA256SUMS")  # what comes behind the sums is only padding
    cut.write_bytes(whole[: int(end * share)])

    with pytest.raises(Stopped, match="cut off or damaged"):
        examined(cut)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(sorted(MEMBERS)), share=st.floats(0, 1, exclude_max=True))
def test_one_in_which_a_bit_fell_over_is_refused(
    written: Path, tmp_path: Path, name: str, share: float
) -> None:
    content = bytearray(written.read_bytes())
    begins = content.index(MEMBERS[name])
    content[begins + int(len(MEMBERS[name]) * share)] ^= 1
    damaged = tmp_path / "damaged.tar"
    damaged.write_bytes(content)

    with pytest.raises(Stopped) as refusal:
        examined(damaged)

    assert name in refusal.value.en


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(member=st.sampled_from(sorted(MEMBERS)), byte=st.integers(0, 511))
def test_a_header_that_changed_is_refused_or_says_the_same(
    written: Path, tmp_path: Path, member: str, byte: int
) -> None:
    content = bytearray(written.read_bytes())
    content[content.index(member.encode()) + byte] ^= 1
    damaged = tmp_path / "damaged.tar"
    damaged.write_bytes(content)

    try:
        read = examined(damaged)
    except Stopped:
        return
    assert read == examined(written)


@pytest.mark.parametrize("lacking", [SEALS, DATABASE, MANIFEST])
def test_one_that_lacks_a_part_is_refused(tmp_path: Path, lacking: str) -> None:
    some = {name: content for name, content in MEMBERS.items() if name != lacking}

    with pytest.raises(Stopped, match=lacking):
        examined(write(tmp_path / "a.tar", some))


@pytest.mark.parametrize(
    "name", ["../outside", "/etc/passwd", "files/../../x", f"files/00/{DIGEST}", "other"]
)
def test_a_name_that_no_backup_has_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(Stopped, match="damaged"):
        examined(write(tmp_path / "a.tar", {**MEMBERS, name: PICTURE}))


def with_header(path: Path, place: slice, said: bytes) -> bytes:
    """Return a backup whose database is announced otherwise, with the sum that goes with it."""
    content = bytearray(path.read_bytes())
    begins = content.index(DATABASE.encode())
    header = content[begins : begins + 512]
    header[place] = said
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\x00 " % sum(header)
    content[begins : begins + 512] = header
    return bytes(content)


@pytest.mark.parametrize("size", [-512, -(2**62), 2**62, 2**80])
def test_a_size_that_no_member_has_is_refused(written: Path, tmp_path: Path, size: int) -> None:
    lead = bytes([0xFF if size < 0 else 0x80])  # as tar writes what has no room in octal digits
    said = lead + (size % 2**88).to_bytes(11, "big")
    (tmp_path / "a.tar").write_bytes(with_header(written, slice(124, 136), said))

    with pytest.raises(Stopped, match="damaged"):
        examined(tmp_path / "a.tar")


def test_a_name_that_is_no_text_is_told_all_the_same(written: Path, tmp_path: Path) -> None:
    (tmp_path / "a.tar").write_bytes(with_header(written, slice(0, 8), b"\x80\x1b[2J...."))

    with pytest.raises(Stopped) as refusal:
        examined(tmp_path / "a.tar")

    assert refusal.value.en.isprintable()


def test_a_file_that_is_no_backup_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.tar").write_bytes(b"no tar at all" * 1000)

    with pytest.raises(Stopped, match="damaged"):
        examined(tmp_path / "a.tar")
    with pytest.raises(Stopped, match="can't be read"):
        examined(tmp_path / "none.tar")


def test_what_is_not_what_it_must_be_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "a.tar"
    with Writer(path) as file:
        for name, content in MEMBERS.items():
            file.add(name, [content])
        assert file.add(stored_name("0" * 64), [PICTURE], digest="0" * 64) is None
        file.finish()

    assert path.read_bytes() == write(tmp_path / "b.tar", MEMBERS).read_bytes()


def test_a_file_that_cannot_be_read_leaves_no_trace(tmp_path: Path) -> None:
    path = tmp_path / "a.tar"
    with Writer(path) as file:
        for name, content in MEMBERS.items():
            with pytest.raises(Unreadable):
                file.add(stored_name("0" * 64), read_chunks(tmp_path / "none"))
            file.add(name, [content])
        file.finish()

    assert path.read_bytes() == write(tmp_path / "b.tar", MEMBERS).read_bytes()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux")
def test_a_disk_that_fills_up_leaves_no_part_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = os.open("/dev/full", os.O_RDWR)
    monkeypatch.setattr(os, "open", lambda *_: full)

    with pytest.raises(OSError, match="No space"), Writer(tmp_path / "a.tar") as file:
        file.add(SEALS, [PICTURE])

    assert list(tmp_path.iterdir()) == []


def test_one_that_is_not_finished_has_no_name(tmp_path: Path) -> None:
    def broken() -> None:
        with Writer(tmp_path / "a.tar") as file:
            file.add(SEALS, [b""])
            assert [p.name for p in tmp_path.iterdir()] != ["a.tar"]
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        broken()

    assert list(tmp_path.iterdir()) == []
