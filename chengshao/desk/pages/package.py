"""A case that has ended, as one file for an archive."""

import json
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZipFile

from django.http import FileResponse, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from chengshao.desk import queries as desk
from chengshao.evidence import queries as blobs
from chengshao.evidence.queries import BlobFileMissing
from chengshao.web.downloads import handed_out
from chengshao.web.pages import actor_of, signed_in
from chengshao.web.pdf import NoChineseFont, PdfTooLong, write_pdf
from chengshao.workorders import actions, queries
from chengshao.workorders.queries import Package
from chengshao.workorders.terms import ViewingKind

_AT_ONCE: Final = 1 << 20
_AS_PRINTED: Final = """\
@page { size: A4; margin: 20mm 18mm; @bottom-center { content: counter(page) "/" counter(pages); } }
body { max-width: 174mm; margin: 0 auto; font: 12pt/1.7 serif; overflow-wrap: anywhere; }
h2 { break-after: avoid; }
li { break-inside: avoid; }
"""
_TEMPLATE: Final = Path(__file__).parents[1] / "templates" / "desk" / "case.typ"
_HOW_TO_CHECK: Final = """\
case.html 是案卷全文，可用浏览器打开、打印（A4，带页码）。
{pdf_zh}
metadata.json 是案卷和文件的著录信息，每个文件带SHA-256。
history.jsonl 一行一次流转。核对：从64个0开始，对每一行计算SHA-256（上一行的hash，换行，body），
应等于这一行的hash；最后一行的hash应等于metadata.json的head。
notes是该行旁的文字：SHA-256（salt，换行，text）应等于body里的摘要。

case.html is the whole case, for a browser: to read or to print (A4, pages numbered).
{pdf_en}
metadata.json describes the case and its files, each with its SHA-256.
history.jsonl has one deed a line. To check it: begin with 64 zeros; for each line the SHA-256 of
(the line before's hash, newline, body) is this line's hash; the last one is head in metadata.json.
notes are the texts beside a line: the SHA-256 of (salt, newline, text) stands in its body.
"""
_WITH_PDF: Final = {
    "pdf_zh": "{number}.pdf 是同样内容的PDF/A-2b，字体嵌入，供长期保存；案卷不变，文件逐字节不变。",
    "pdf_en": """\
{number}.pdf is the same as PDF/A-2b, typefaces embedded, to be kept: as long as the case says the
same, it is the same file to the byte.""",
}
_NO_FONT: Final = {
    "pdf_zh": """\
本包没有PDF：服务器没有中文字体。请管理员安装（apt install fonts-noto-cjk），再取一次；
或用浏览器把case.html存成PDF。""",
    "pdf_en": """\
The package holds no PDF: the server has no Chinese typeface. Have one installed
(apt install fonts-noto-cjk) and take the package again; or save case.html as PDF from a
browser.""",
}
_TOO_LONG: Final = {
    "pdf_zh": "本包没有PDF：案卷太长。可用浏览器把case.html存成PDF。",
    "pdf_en": "The package holds no PDF: the case is too long. A browser saves case.html as PDF.",
}


@require_GET
@never_cache
@signed_in
def package(request: HttpRequest, number: str) -> FileResponse:
    """The sheet, the files, what they are, and the history with what proves it (Archives Law)."""
    actor, now = actor_of(request), timezone.now()
    found = queries.package_of(number=number.replace("\x00", ""), actor=actor)
    page = desk.case_page(found.case.number, actor, now)
    actions.log_viewing(case=found.case, kind=ViewingKind.EXPORT, actor=actor, at=now)
    archive = TemporaryFile()  # noqa: SIM115 (the answer closes it)
    with ZipFile(archive, "w", ZIP_DEFLATED) as into:
        into.writestr("case.html", _sheet(page, now))
        into.writestr("case.css", _AS_PRINTED)
        into.writestr("history.jsonl", "\n".join(found.history) + "\n")
        kept = list(_files(found, into))
        into.writestr("metadata.json", json.dumps(_facts(found, kept, now), ensure_ascii=False))
        into.writestr("README.txt", _how_to_check(page, into))
    archive.seek(0)
    return FileResponse(archive, as_attachment=True, filename=f"{found.case.number}.zip")


@require_GET
@never_cache
@signed_in
def case_pdf(request: HttpRequest, number: str) -> HttpResponse:
    """The case on paper as PDF: to whoever may print it, and noted as a printing."""
    actor, now = actor_of(request), timezone.now()
    page = desk.case_page(number.replace("\x00", ""), actor, now)
    answer = handed_out(pdf_of(page), f"{page.view.case.number}.pdf")
    actions.log_viewing(case=page.view.case, kind=ViewingKind.PRINT, actor=actor, at=now)
    return answer


def pdf_of(page: desk.CasePage) -> bytes:
    """Return what this reader's page says, as PDF/A."""
    sheet = desk.case_sheet(page)
    return write_pdf(_TEMPLATE, sheet.told, pictures=sheet.pictures, at=sheet.at)


def _how_to_check(page: desk.CasePage, into: ZipFile) -> str:
    """Put the PDF in where there can be one, and return what the package says of it."""
    number = page.view.case.number
    try:
        into.writestr(f"{number}.pdf", pdf_of(page))
        said = _WITH_PDF
    except NoChineseFont:
        said = _NO_FONT
    except PdfTooLong:
        said = _TOO_LONG
    return _HOW_TO_CHECK.format(**said).replace("{number}", number)


def _sheet(page: desk.CasePage, now: datetime) -> str:
    context = {"page": page, "now": now, "moments": page.moments[::-1]}
    return render_to_string("desk/package.html", context)


def _files(found: Package, into: ZipFile) -> Iterator[dict[str, Any]]:
    for file in found.files:
        if file.blob is None:
            continue
        name = f"files/{file.pk}-{file.blob.name}"
        told = {"file": name, "kind": file.evidence_kind, "added_at": file.added_at.isoformat()}
        digest = sha256()
        try:
            with blobs.open_file(file.blob) as content, into.open(name, "w") as out:
                while part := content.read(_AT_ONCE):
                    digest.update(part)
                    out.write(part)
        except BlobFileMissing:
            yield told | {"file": None}
            continue
        yield told | {"sha256": digest.hexdigest()}


def _facts(found: Package, files: list[dict[str, Any]], now: datetime) -> dict[str, Any]:
    case = found.case
    return {
        "number": case.number,
        "matter": case.matter,
        "territory": case.territory,
        "channel": case.channel,
        "opened_at": case.opened_at.isoformat(),
        "ended_at": case.ended_at.isoformat() if case.ended_at else None,
        "outcome": case.outcome,
        "closing_kind": case.closing_kind,
        "lines": case.history_seq,
        "head": case.history_head,
        "files": files,
        "made_at": now.isoformat(),
    }
