"""Words of people stay words on paper; what no typeface has is told by its code."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from chengshao.web import pdf
from chengshao.web.pdf import PdfTooLong, readable, write_pdf
from chengshao.web.typesetting import missing_in, spelled
from tests.pdfs import pdf_words

AT = datetime(2026, 3, 2, 1, tzinfo=UTC)
TEMPLATE = """\
#let told = json(bytes(sys.inputs.told))
#set document(date: datetime(..told.at))
#set text(font: told.fonts.words, cjk-latin-spacing: none)
#text(told.words)
"""


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "words.typ"
    path.write_text(TEMPLATE)
    return path


def written(template: Path, words: str) -> bytes:
    return write_pdf(template, {"words": words}, pictures={}, at=AT)


@pytest.mark.parametrize(
    "words",
    [
        "#panic()",
        "*粗*_斜_`码`",
        "$x$",
        "]}[{)(",
        "\\u{41}\\\\",
        '"引号"',
        "<标>@记",
        '#read("/etc/passwd")',
        "//注/*释*/",
        "=题",
        "שלום",
    ],
)
def test_words_stand_as_they_were_written(template: Path, words: str) -> None:
    assert pdf_words(written(template, words)) in (words, words[::-1])


def test_what_no_typeface_has_is_told_by_its_code(template: Path) -> None:
    unknown = "\U000f0000"  # private: no typeface can have it
    assert pdf_words(written(template, f"前{unknown}后")) == "前[U+F0000]后"


@pytest.mark.parametrize(
    "words", ["", " ", "\u200b", "\u202e反", "\ufeff", "a" * 10_000, "字" * 10_000]
)
def test_nothing_that_can_be_said_stops_it(template: Path, words: str) -> None:
    assert written(template, words).startswith(b"%PDF-1.7")


def test_is_kept_for_long_and_the_same_for_the_same_words(template: Path) -> None:
    first = written(template, "井盖破了")
    assert b"<pdfaid:part>2</pdfaid:part>" in first
    assert first == written(template, "井盖破了")
    assert first != written(template, "井盖破损")


def test_too_much_is_refused(template: Path) -> None:
    with pytest.raises(PdfTooLong):
        written(template, "字" * pdf.MOST_CHARACTERS)


def test_controls_are_left_out_and_lines_kept() -> None:
    assert readable("井\x07盖\r\n破\x00了\t\ud800!") == "井盖\n破了    !"


def test_invisible_parts_of_an_emoji_are_left_out() -> None:
    family = "\U0001f468\u200d\U0001f469\ufe0f"
    assert spelled(f"{family}好", frozenset(family)) == "[U+1F468][U+1F469]好"


def test_missing_characters_are_read_from_what_typst_says() -> None:
    said = (
        'error: PDF/A-2b error: the text `"བ"` could not be displayed with font `"Noto"`\n'
        'error: PDF/A-2b error: the text `"\\u{f7c}\\""` could not be displayed with any font\n'
        "error: something else"
    )
    assert missing_in(said) == frozenset('བ\u0f7c"')
    assert missing_in("error: unknown variable") == frozenset()
