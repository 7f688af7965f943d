"""Documents for Word: what is written on official paper, in the usual faces and sizes."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.text.paragraph import Paragraph

_TITLE, _BODY = "黑体", "仿宋"
_TITLE_SIZE, _BODY_SIZE, _SMALL = Pt(22), Pt(16), Pt(10.5)


@dataclass(frozen=True, slots=True)
class Paper:
    """What stands on a sheet, from the top: a title, facts in a table, words, who signs, a code."""

    issuer: str
    title: str
    number: str
    greeting: str
    facts: Sequence[tuple[str, str]]
    paragraphs: Sequence[str]
    signed_by: str
    day: str
    lines_to_sign: Sequence[str]
    code: bytes  # PNG
    code_words: str  # what the code is for


def write_paper(paper: Paper) -> bytes:
    """Return the sheet as a .docx of A4."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin, section.right_margin = Cm(2.8), Cm(2.6)
    document.core_properties.title = f"{paper.title} {paper.number}"
    document.core_properties.author = paper.issuer
    _line(document, paper.issuer, size=_BODY_SIZE, align=WD_ALIGN_PARAGRAPH.CENTER)
    _line(document, paper.title, face=_TITLE, size=_TITLE_SIZE, align=WD_ALIGN_PARAGRAPH.CENTER)
    _line(document, paper.number, size=_SMALL, align=WD_ALIGN_PARAGRAPH.RIGHT)
    if paper.greeting:
        _line(document, paper.greeting)
    if paper.facts:
        table = document.add_table(rows=0, cols=2, style="Table Grid")
        for label, text in paper.facts:
            cells = table.add_row().cells
            cells[0].width, cells[1].width = Cm(3.6), Cm(12)
            _said(cells[0].paragraphs[0], label, _TITLE, Pt(12))
            _said(cells[1].paragraphs[0], text, _BODY, Pt(12))
    for text in paper.paragraphs:
        written = _line(document, text)
        written.paragraph_format.first_line_indent = _BODY_SIZE * 2
    for text in paper.lines_to_sign:
        _line(document, f"{text}：________________", size=Pt(14))
    for text in (paper.signed_by, paper.day):
        if text:
            _line(document, text, align=WD_ALIGN_PARAGRAPH.RIGHT)
    document.add_picture(BytesIO(paper.code), width=Cm(2.6))
    _line(document, paper.code_words, size=_SMALL)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def _line(
    document: WordDocument,
    text: str,
    *,
    face: str = _BODY,
    size: Pt = _BODY_SIZE,
    align: WD_ALIGN_PARAGRAPH | None = None,
) -> Paragraph:
    paragraph = document.add_paragraph()
    if align is not None:
        paragraph.alignment = align
    _said(paragraph, text, face, size)
    return paragraph


def _said(paragraph: Paragraph, text: str, face: str, size: Pt) -> None:
    for number, part in enumerate(_for_xml(text).splitlines() or [""]):
        run = paragraph.add_run(part)
        if number:
            run.add_break()
        run.font.name, run.font.size = face, size
        run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), face)


def _for_xml(text: str) -> str:
    """Return the text without characters that no XML takes."""
    return "".join(c for c in text if c in "\n\t" or (c >= " " and not "\ud800" <= c <= "\udfff"))
