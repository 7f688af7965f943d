import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengshao.kernel.canonical import (
    GENESIS,
    Json,
    canonical,
    chain_step,
    first_break,
    salted_digest,
)

words = st.text(st.characters(exclude_categories=["Cs"]))
values: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.integers() | words,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=4),
    max_leaves=12,
)
bodies = st.lists(words, min_size=1, max_size=8)


def chain(*said: str) -> tuple[list[tuple[str, str]], str]:
    links, head = [], GENESIS
    for body in said:
        head = chain_step(head, body)
        links.append((body, head))
    return links, head


def test_one_value_has_one_text() -> None:
    assert canonical({"b": 1, "a": "井盖"}) == '{"a":"井盖","b":1}'
    assert canonical({"a": "井盖", "b": 1}) == '{"a":"井盖","b":1}'


@given(values)
def test_a_text_says_all_of_its_value(value: Json) -> None:
    assert json.loads(canonical(value)) == value
    assert canonical(json.loads(canonical(value))) == canonical(value)


def test_a_chain_begins_with_nothing() -> None:
    assert first_break([], head=GENESIS) is None
    assert first_break([], head=chain_step(GENESIS, "a")) == 1


@given(bodies)
def test_an_untouched_chain_has_no_break(said: list[str]) -> None:
    links, head = chain(*said)

    assert first_break(links, head=head) is None


@given(said=bodies, data=st.data())
def test_a_changed_body_is_found_where_it_stands(said: list[str], data: st.DataObject) -> None:
    links, head = chain(*said)
    place = data.draw(st.integers(0, len(said) - 1))
    links[place] = (links[place][0] + "x", links[place][1])

    assert first_break(links, head=head) == place + 1


@given(said=bodies, data=st.data())
def test_a_missing_line_is_found(said: list[str], data: st.DataObject) -> None:
    links, head = chain(*said)
    place = data.draw(st.integers(0, len(said) - 1))
    del links[place]

    assert first_break(links, head=head) == place + 1


def test_a_line_rewritten_with_a_new_hash_breaks_the_next() -> None:
    links, head = chain("a", "b", "c")
    links[0] = ("x", chain_step(GENESIS, "x"))

    assert first_break(links, head=head) == 2


def test_lines_changed_about_are_found() -> None:
    links, head = chain("a", "b", "c")
    links[1], links[2] = links[2], links[1]

    assert first_break(links, head=head) == 2


def test_a_chain_written_anew_from_the_start_does_not_reach_the_head() -> None:
    _, head = chain("a", "b")
    links, _ = chain("x", "y")

    assert first_break(links, head=head) == 3


@pytest.mark.parametrize(("salt", "text"), [("s", "王女士"), ("t", "王女士来电")])
def test_a_salted_digest_needs_both_salt_and_text(salt: str, text: str) -> None:
    assert salted_digest("s", "王女士来电") != salted_digest(salt, text)
