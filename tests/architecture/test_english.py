"""The English catalogue is complete and says the same: no word of the sources is missing."""

import re
from functools import cache
from typing import Any

import pytest
from babel.messages.catalog import Catalog, Message

from chengshao.web.texts import TERMS
from chengshao.workorders.terms import CaseCommand, ReportCommand, TaskCommand
from ops.catalogue import extracted, translated

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}|%[sd]")
HAN = re.compile(r"[\u4e00-\u9fff]")


@cache
def english() -> Catalog:
    return translated()


def keys(catalogue: Catalog) -> set[tuple[Any, str | None]]:
    return {(message.id, message.context) for message in catalogue if message.id}


def test_the_list_of_words_is_that_of_the_sources() -> None:
    sources, known = keys(extracted()), keys(english())

    assert sources - known == set(), "run `chengshao renew-texts` and translate"
    assert known - sources == set(), "run `chengshao renew-texts`"


def sayings(message: Message) -> list[tuple[str, str]]:
    """Return pairs of Chinese and English; a plural is compared with its one Chinese form."""
    ids = [message.id] if isinstance(message.id, str) else list(message.id)
    said = message.string or ""
    strings = [said] if isinstance(said, str) else list(said)
    return [(ids[min(i, len(ids) - 1)], string) for i, string in enumerate(strings)]


@pytest.mark.parametrize("message", [m for m in english() if m.id], ids=lambda m: str(m.id)[:40])
def test_every_word_has_an_english_one_with_the_same_places_to_fill(message: Message) -> None:
    for chinese, said in sayings(message):
        assert said, chinese
        assert sorted(PLACEHOLDER.findall(said)) == sorted(PLACEHOLDER.findall(chinese))


def test_english_pages_say_no_chinese_but_names() -> None:
    mixed = [
        said
        for message in english()
        if message.id
        for _chinese, said in sayings(message)
        if HAN.search(re.sub(r"[(（][^()（）]*[)）]", "", said))  # a term may stand in brackets
    ]

    assert mixed == []


ENDS = {"。": ".", "？": "?", "：": ":", "，": ","}


def test_english_ends_as_the_chinese_does() -> None:
    otherwise = [
        (chinese, said)
        for message in english()
        if message.id
        for chinese, said in sayings(message)
        if (end := ENDS.get(chinese.strip()[-1:])) and not said.strip().endswith(end)
    ]

    assert otherwise == []


def test_english_has_marks_that_look_right_in_any_font_and_end_no_attribute() -> None:
    # Chinese fonts draw curly quotes as wide as a character; a double quote ends an attribute.
    odd = [
        said
        for message in english()
        if message.id
        for _chinese, said in sayings(message)
        if set(said) & set('"“”‘’！!，。：；？、（）　')
    ]

    assert [said for said in odd if not HAN.search(said)] == []


def test_what_was_done_has_words_for_every_command() -> None:
    commands = {*TaskCommand, *CaseCommand, *ReportCommand}

    assert set(TERMS["deed"]) == {str(command) for command in commands}
