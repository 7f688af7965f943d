"""
Words for every error code and every term. One module a room; msgids are Simplified Chinese.

A term is looked up by its vocabulary (the enum's name in snake case) and its value.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import TypeAlias

from django.utils.functional import Promise

Words: TypeAlias = "str | Promise"

ROOMS = ("kernel", "people", "places", "evidence", "notices", "catalog", "workorders", "knowledge",
         "dispatch", "duty", "intake", "resident", "desk", "field", "district")  # fmt: skip
_modules = [import_module(f"{__name__}.{room}") for room in ROOMS]

TEXTS: dict[str, Words] = {}
TERMS: dict[str, dict[str, Words]] = {}
for _module in _modules:
    if twice := TEXTS.keys() & _module.TEXTS.keys():
        raise ValueError(f"error codes with two texts: {sorted(twice)}")
    TEXTS |= _module.TEXTS
    for _vocabulary, _words in _module.TERMS.items():
        if twice := TERMS.get(_vocabulary, {}).keys() & _words.keys():
            raise ValueError(f"terms with two words in {_vocabulary}: {sorted(twice)}")
        TERMS.setdefault(_vocabulary, {}).update(_words)


def term(vocabulary: str, value: object) -> str:
    """Return the word for a term, or the value itself where the vocabulary has none."""
    return str(TERMS.get(vocabulary, {}).get(str(value), value))


def text(code: str, params: Mapping[str, str | int] | None = None) -> str:
    """Return the sentence for an error code; a parameter named like a vocabulary is a term."""
    said = {name: term(name, value) for name, value in (params or {}).items()}
    return str(TEXTS[code]).format(**said)
