"""YAML of strangers: plain values in one tree come through, anything else is refused."""

import pytest

from chengshao.kernel.yaml_texts import MAX_BYTES, YamlUnreadable, read_yaml


def why_not(content: bytes) -> str:
    with pytest.raises(YamlUnreadable) as refusal:
        read_yaml(content)
    return refusal.value.why


def test_plain_values_come_through() -> None:
    said = read_yaml("\ufeff列: [一, 1, 是]\n空:\n更多: {a: true}\n".encode())

    assert said == {"列": ["一", 1, "是"], "空": None, "更多": {"a": True}}


@pytest.mark.parametrize(
    "said",
    [
        "!!int ''",
        "!!int '-'",
        "!!float ''",
        "!!bool x",
        "!!timestamp x",
        "!!binary é",
        "2026-99-99",
    ],
)
def test_a_value_that_is_not_what_it_says_is_refused(said: str) -> None:
    assert why_not(f"a: {said}".encode())


@pytest.mark.parametrize(
    "said", ["!!python/name:os.system ''", "!x y", "? {a: b}\n: c", "a: [", "\x00"]
)
def test_what_is_more_than_plain_values_is_refused(said: str) -> None:
    assert "\n" not in why_not(said.encode())


@pytest.mark.parametrize("said", [r'a: "\0"', r'"\uD800": a', r'[{a: "\uDFFF"}]'])
def test_a_character_that_no_database_takes_is_refused(said: str) -> None:
    assert "can't be kept" in why_not(said.encode())


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ("a: 1\nb: [\n", 3),
        ("a: 1\n  b: 2\n", 2),
        ("a: &x 1\nb: *x\n", 2),
        ('a: 1\nb: "\\0"\n', 2),
        ("a: 1\nb: !x y\n", 2),
        ("\x00", 0),
    ],
)
def test_the_line_is_told_where_it_is_known(said: str, line: int) -> None:
    with pytest.raises(YamlUnreadable) as refusal:
        read_yaml(said.encode())

    assert refusal.value.line == line


def test_what_is_no_text_is_refused() -> None:
    assert "utf-8" in why_not("列: 一".encode("gbk"))


def test_what_refers_to_itself_is_refused() -> None:
    assert "aliases" in why_not(b"&a [*a]")


def test_what_would_unfold_beyond_any_memory_is_refused() -> None:
    tenfold = "[" + ", ".join(["*a{}"] * 10) + "]"
    lines = ["a0: &a0 {x: 1}"]
    lines += [f"a{n}: &a{n} {{<<: {tenfold.replace('{}', str(n - 1))}}}" for n in range(1, 12)]

    assert "aliases" in why_not("\n".join(lines).encode())


def test_nesting_without_end_is_refused() -> None:
    assert "recursion" in why_not(b"[" * 20_000)


def test_what_is_too_long_is_not_read() -> None:
    assert why_not(b"#" * (MAX_BYTES + 1)) == "> 64 KB"
