"""Papers as PDF/A-2b: a template sets what comes as data; only installed typefaces are used."""

import json
import subprocess
import sys
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from django.conf import settings
from django.utils.timezone import localtime
from django.utils.translation import get_language

from chengshao.kernel.errors import Refused
from chengshao.web import typesetting
from chengshao.web.typesetting import each

MOST_CHARACTERS: Final = 300_000
_SECONDS: Final = 20
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
    :raises PdfTooLong: beyond `MOST_CHARACTERS`, or where it takes longer than a page may
    """
    at = localtime(at)
    day = {name: getattr(at, name) for name in ("year", "month", "day", "hour", "minute", "second")}
    language, _, region = (get_language() or settings.LANGUAGE_CODE).partition("-")
    place = {"lang": language, "region": "cn" if language == "zh" else region or None}
    said = each(told, readable) | place | {"at": day}
    if len(json.dumps(said, ensure_ascii=False)) > MOST_CHARACTERS:
        raise PdfTooLong
    asked = {"told": said, "serif": _SERIF, "sans": _SANS, "timestamp": int(at.timestamp())}
    with TemporaryDirectory() as name:  # the template can read nothing outside it
        folder = Path(name)
        (folder / typesetting.REQUEST).write_text(json.dumps(asked))
        (folder / typesetting.TEMPLATE).write_bytes(template.read_bytes())
        for picture, content in pictures.items():
            (folder / picture).write_bytes(content)
        _set(folder)
        return (folder / typesetting.PAPER).read_bytes()


def readable(words: str) -> str:
    """Return the words without what stands for nothing on paper: controls, halves of characters."""
    words = words.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ")
    return "".join(c for c in words if c == "\n" or unicodedata.category(c) not in ("Cc", "Cs"))


def _set(folder: Path) -> None:
    command = [sys.executable, "-I", typesetting.__file__, str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise PdfTooLong from error
    if done.returncode == typesetting.NO_FONT:
        raise NoChineseFont
    if done.returncode:
        raise RuntimeError(f"no PDF: {done.stderr[-2000:]}")
