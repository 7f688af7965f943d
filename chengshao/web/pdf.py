"""Papers as PDF/A-2b: a template sets what comes as data; only installed typefaces are used."""

import json
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import typst
from django.conf import settings
from django.utils.timezone import localtime
from django.utils.translation import get_language

from chengshao.kernel.errors import Refused

MOST_CHARACTERS: Final = 300_000
_ROUNDS: Final = 8
_SERIF: Final = (
    "Noto Serif CJK SC",
    "Source Han Serif SC",
    "Noto Serif SC",
    "Songti SC",
    "SimSun",
)
_SANS: Final = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Noto Sans SC",
    "PingFang SC",
    "Microsoft YaHei",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
)
_NO_GLYPH: Final = re.compile(r'the text `"((?:[^"\\]|\\.)*)"` could not be displayed')
_ESCAPED: Final = re.compile(r"\\u\{([0-9a-f]+)\}|\\(.)")


class NoChineseFont(Refused):
    """The machine has no typeface in which Chinese could be set."""

    code = "no_chinese_font"


class PdfTooLong(Refused):
    """It would keep the process for longer than a page may."""

    code = "pdf_too_long"


def write_pdf(
    template: Path, told: Mapping[str, Any], *, pictures: Mapping[str, bytes], at: datetime
) -> bytes:
    """
    Return what the template makes of the data, as PDF/A-2b: the same bytes for the same data.

    :param told: strings, numbers and lists; no string of it is ever read as markup
    :param pictures: by the names under which the data speak of them
    :param at: when it is said to be made
    :raises NoChineseFont: if there is no typeface for it
    :raises PdfTooLong: beyond `MOST_CHARACTERS`
    """
    fonts = _faces()
    at = localtime(at)
    day = {name: getattr(at, name) for name in ("year", "month", "day", "hour", "minute", "second")}
    language, _, region = (get_language() or settings.LANGUAGE_CODE).partition("-")
    place = {"lang": language, "region": "cn" if language == "zh" else region or None}
    said = _each(told, readable) | place | {"at": day, "fonts": fonts}
    if len(json.dumps(said, ensure_ascii=False)) > MOST_CHARACTERS:
        raise PdfTooLong(most=MOST_CHARACTERS)
    with TemporaryDirectory() as folder:  # the template can read nothing outside it
        main = Path(folder, "paper.typ")
        main.write_bytes(template.read_bytes())
        for name, content in pictures.items():
            Path(folder, name).write_bytes(content)
        # PDF/A allows no glyph that isn't there: what no typeface has is told by its code.
        for _nth in range(_ROUNDS):
            try:
                return _set(main, said, at)
            except typst.TypstError as error:
                missing = missing_in(error.diagnostic)
                if not missing:
                    raise
            said = _each(said, partial(spelled, missing=missing))
        return _set(main, said, at)


def readable(words: str) -> str:
    """Return the words without what stands for nothing on paper: controls, halves of characters."""
    words = words.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ")
    return "".join(c for c in words if c == "\n" or unicodedata.category(c) not in ("Cc", "Cs"))


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


def _set(main: Path, told: Mapping[str, Any], at: datetime) -> bytes:
    return typst.compile(
        main,
        root=main.parent,
        font_paths=_installed(),
        sys_inputs={"told": json.dumps(told, ensure_ascii=False)},
        pdf_standards="a-2b",
        timestamp=int(at.astimezone(UTC).timestamp()),
    )


def _faces() -> dict[str, Sequence[str]]:
    """
    Return in which typefaces words and headings are set, the first that is there before others.

    :raises NoChineseFont: if none of them is
    """
    found = set(_installed().families())
    serif = [name for name in _SERIF if name in found]
    sans = [name for name in _SANS if name in found]
    if not serif and not sans:
        raise NoChineseFont
    return {"words": serif[:1] or sans[:1], "headings": sans[:1] or serif[:1]}


@lru_cache(maxsize=1)
def _installed() -> typst.Fonts:
    """Return the typefaces of this machine; a new one is there after the next start."""
    return typst.Fonts()


def _each(told: Any, change: Callable[[str], str]) -> Any:
    if isinstance(told, str):
        return change(told)
    if isinstance(told, Mapping):
        return {name: _each(value, change) for name, value in told.items()}
    if isinstance(told, list | tuple):
        return [_each(value, change) for value in told]
    return told
