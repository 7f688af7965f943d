"""Documents. They are kept as they are, so what could run in them is refused."""

import lzma
import re
import struct
import zlib
from io import BytesIO
from zipfile import BadZipFile, ZipFile

from chengshao.evidence.rules.kept import Kept
from chengshao.evidence.rules.refusals import UploadTypeNotAllowed, UploadUnreadable

_MAX_PARTS = 10_000
_MAX_UNPACKED = 512 * 1024 * 1024
_MAX_TYPES = 1024 * 1024
_OFFICE = "application/vnd.openxmlformats-officedocument."
# What the main part says it is -> what the file is. Macro-enabled ones say something else.
_MAIN_PARTS = {
    f"{_OFFICE}wordprocessingml.document.main+xml": f"{_OFFICE}wordprocessingml.document",
    f"{_OFFICE}spreadsheetml.sheet.main+xml": f"{_OFFICE}spreadsheetml.sheet",
}
_CONTENT_TYPE = re.compile(r"""\bContentType\s*=\s*["']([^"']*)["']""")
# RuntimeError is what zipfile raises for an encrypted part.
_UNPACKING = (zlib.error, lzma.LZMAError, struct.error)
_BROKEN = (BadZipFile, RuntimeError, OSError, EOFError, ValueError, *_UNPACKING)
_RUNS = re.compile(r"vba|macrosheet|activex|oleobject", re.IGNORECASE)


def read_pdf(content: bytes) -> Kept:
    """
    Return the PDF as it is.

    :raises UploadTypeNotAllowed: if it has no version
    :raises UploadUnreadable: if its end is missing
    """
    if not re.match(rb"%PDF-[12]\.\d", content):
        raise UploadTypeNotAllowed
    if b"%%EOF" not in content[-2048:]:
        raise UploadUnreadable
    return Kept(content, "application/pdf")


def read_office(content: bytes) -> Kept:
    """
    Return the DOCX or XLSX as it is.

    :raises UploadTypeNotAllowed: another zip; or it has macros, ActiveX or embedded OLE objects
    :raises UploadUnreadable: if the zip is broken, encrypted or unpacks beyond 512 MB
    """
    try:
        with ZipFile(BytesIO(content)) as archive:
            parts = archive.infolist()
            names = [part.filename for part in parts]
            if "[Content_Types].xml" not in names:
                raise UploadTypeNotAllowed
            if len(parts) > _MAX_PARTS or sum(part.file_size for part in parts) > _MAX_UNPACKED:
                raise UploadUnreadable
            with archive.open("[Content_Types].xml") as types:
                told = types.read(_MAX_TYPES + 1)
    except _BROKEN as error:
        raise UploadUnreadable from error
    return Kept(content, _office_type(told, names))


def _office_type(told: bytes, names: list[str]) -> str:
    try:
        types = _CONTENT_TYPE.findall(told.decode())
    except UnicodeDecodeError as error:
        raise UploadUnreadable from error
    main = [_MAIN_PARTS[said] for said in types if said in _MAIN_PARTS]
    runs = any(_RUNS.search(name) for name in [*names, *types])
    if len(told) > _MAX_TYPES or len(main) != 1 or runs:
        raise UploadTypeNotAllowed
    return main[0]
