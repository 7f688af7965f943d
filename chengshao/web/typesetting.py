"""
Sets one paper with Typst, in a process of its own that ends with it: Typst keeps what it has set
in memory, up to half a gigabyte of long papers. Run by `pdf`; knows neither Django nor the case.
"""

import json
import re
import sys
import unicodedata
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

import typst

REQUEST, PAPER, TEMPLATE = "request.json", "paper.pdf", "paper.typ"  # in the folder
NO_FONT: Final = 3  # the exit code
_ROUNDS: Final = 8
_NO_GLYPH: Final = re.compile(r'the text `"((?:[^"\\]|\\.)*)"` could not be displayed')
_ESCAPED: Final = re.compile(r"\\u\{([0-9a-f]+)\}|\\(.)")


def typeset(folder: Path) -> int:
    """Set the paper that the folder asks for, and return the exit code."""
    asked = json.loads((folder / REQUEST).read_text())
    fonts = typst.Fonts()
    found = set(fonts.families())
    serif = [name for name in asked["serif"] if name in found]
    sans = [name for name in asked["sans"] if name in found]
    if not serif and not sans:
        return NO_FONT
    faces = {"words": serif[:1] or sans[:1], "headings": sans[:1] or serif[:1]}
    told = asked["told"] | {"fonts": faces}
    # PDF/A allows no glyph that isn't there: what no typeface has is told by its code.
    for nth in range(_ROUNDS):
        try:
            content = typst.compile(
                folder / TEMPLATE,
                root=folder,
                font_paths=fonts,
                sys_inputs={"told": json.dumps(told, ensure_ascii=False)},
                pdf_standards="a-2b",
                timestamp=asked["timestamp"],
            )
        except typst.TypstError as error:
            missing = missing_in(error.diagnostic)
            if not missing or nth == _ROUNDS - 1:
                raise
            told = each(told, partial(spelled, missing=missing))
        else:
            (folder / PAPER).write_bytes(content)
            break
    return 0


def spelled(words: str, missing: frozenset[str]) -> str:
    """Return the words with these characters by their codes; what is invisible is left out."""
    return "".join(_code(c) if c in missing else c for c in words)


def missing_in(diagnostic: str) -> frozenset[str]:
    """Return the characters of which Typst says that no typeface has them."""
    return frozenset("".join(_ESCAPED.sub(_plain, m) for m in _NO_GLYPH.findall(diagnostic)))


def _plain(escaped: re.Match[str]) -> str:
    return chr(int(escaped[1], 16)) if escaped[1] else escaped[2]


def _code(character: str) -> str:
    unseen = unicodedata.category(character) == "Cf" or 0xFE00 <= ord(character) <= 0xFE0F
    return "" if unseen else f"[U+{ord(character):04X}]"


def each(told: Any, change: Callable[[str], str]) -> Any:
    """Return the data with every string of them changed."""
    if isinstance(told, str):
        return change(told)
    if isinstance(told, Mapping):
        return {name: each(value, change) for name, value in told.items()}
    if isinstance(told, list | tuple):
        return [each(value, change) for value in told]
    return told


if __name__ == "__main__":
    sys.exit(typeset(Path(sys.argv[1])))
