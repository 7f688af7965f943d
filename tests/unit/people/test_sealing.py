"""Seals open with their key, at their place, unchanged; and nowhere else."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengshao.people.rules.sealing import (
    KeyRing,
    SealBroken,
    lookup_of,
    lookups_of,
    open_text,
    seal_text,
)


def key(letter: str, size: int = 32) -> str:
    return base64.b64encode(letter.encode() * size).decode()


RING = KeyRing.of({"current": "k2", "k1": key("a"), "k2": key("b")})
PLACE = "people.contact/phone/CASE/00"


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=40))
def test_what_is_sealed_opens(text: str) -> None:
    assert open_text(seal_text(text, PLACE, RING), PLACE, RING, "k2") == text


def test_the_same_text_never_looks_the_same() -> None:
    assert seal_text("王", PLACE, RING) != seal_text("王", PLACE, RING)


@pytest.mark.parametrize("key_id", ["k1", "k9"])
def test_another_key_does_not_open_it(key_id: str) -> None:
    with pytest.raises(SealBroken):
        open_text(seal_text("王", PLACE, RING), PLACE, RING, key_id)


def test_it_does_not_open_at_another_place() -> None:
    with pytest.raises(SealBroken):
        open_text(seal_text("王", PLACE, RING), PLACE.replace("phone", "name"), RING, "k2")


@given(st.integers(min_value=0, max_value=10**6), st.integers(min_value=1, max_value=255))
def test_a_changed_byte_breaks_it(where: int, by: int) -> None:
    sealed = bytearray(seal_text("13800138000", PLACE, RING))
    sealed[where % len(sealed)] ^= by

    with pytest.raises(SealBroken):
        open_text(bytes(sealed), PLACE, RING, "k2")


def test_an_empty_seal_is_broken() -> None:
    with pytest.raises(SealBroken):
        open_text(b"", PLACE, RING, "k2")


def test_a_number_is_found_under_every_key_that_was_used() -> None:
    old = KeyRing.of({"current": "k1", "k1": key("a")})

    assert lookup_of("13800138000", old) in lookups_of("13800138000", RING)
    assert lookup_of("13800138000", RING) in lookups_of("13800138000", RING)
    assert lookup_of("13800138001", RING) not in lookups_of("13800138000", RING)


@pytest.mark.parametrize(
    "setting",
    [{}, {"current": "k1"}, {"current": "k1", "k1": key("a", 16)}, {"current": "k1", "k1": "不"}],
)
def test_a_ring_without_a_sound_current_key_is_refused(setting: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"key|bytes|base64|ASCII|padding"):
        KeyRing.of(setting)
