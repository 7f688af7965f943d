from io import BytesIO
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_LZMA, ZipFile

import pytest

from chengshao.evidence.rules import documents
from chengshao.evidence.rules.reading import read_upload
from chengshao.evidence.rules.refusals import UploadTypeNotAllowed, UploadUnreadable
from chengshao.web.sheets import write_table
from tests.unit.evidence.files import EXCEL, WORD, content_types, office, pdf, zipped


def test_a_document_is_kept_byte_by_byte() -> None:
    for sent, media_type in (
        (pdf(), "application/pdf"),
        (office(), WORD),
        (office(f"{EXCEL}.main+xml"), EXCEL),
        (write_table(["编号"], [["1"]]), EXCEL),
    ):
        kept, _ = read_upload(sent, "答复")

        assert (kept.content, kept.media_type) == (sent, media_type)
        assert (kept.width, kept.height, kept.thumbnail) == (None, None, None)


@pytest.mark.parametrize(
    "sent",
    [
        zipped({"a.txt": b"x"}),
        office("application/vnd.ms-word.document.macroEnabled.main+xml"),
        office("application/vnd.ms-excel.sheet.macroEnabled.main+xml"),
        office(f"{WORD}.main+xml", {"word/vbaProject.bin": b"x"}),
        office(f"{EXCEL}.main+xml", {"xl/macrosheets/sheet1.xml": b"x"}),
        office(f"{WORD}.main+xml", {"word/activeX/activeX1.xml": b"x"}),
        office(f"{WORD}.main+xml", {"word/embeddings/oleObject1.bin": b"x"}),
        office(f"{WORD}.main+xml", {}, "application/vnd.ms-office.vbaProject"),
        office(f"{WORD}.main+xml", {}, f"{EXCEL}.main+xml"),
        office("application/vnd.openxmlformats-officedocument.presentationml.slideshow.main+xml"),
        b"%PDF-x.y\n%%EOF",
    ],
)
def test_what_could_run_or_is_something_else_is_refused(sent: bytes) -> None:
    with pytest.raises(UploadTypeNotAllowed):
        read_upload(sent, "答复.docx")


def test_macros_are_found_in_whatever_case_their_part_is_written() -> None:
    with pytest.raises(UploadTypeNotAllowed):
        read_upload(office(f"{WORD}.main+xml", {"word/VBAPROJECT.BIN": b"x"}), "答复.docx")


@pytest.mark.parametrize("sent", [pdf()[:-10], office()[:-30], b"PK\x03\x04" + bytes(100)])
def test_a_document_that_was_cut_off_is_refused(sent: bytes) -> None:
    with pytest.raises(UploadUnreadable):
        read_upload(sent, "答复.pdf")


def test_an_encrypted_part_is_refused() -> None:
    sent = bytearray(office())
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        sent[sent.index(signature) + flags] |= 1

    with pytest.raises(UploadUnreadable):
        read_upload(bytes(sent), "答复.docx")


def test_what_unpacks_too_far_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "_MAX_UNPACKED", 1000)

    with pytest.raises(UploadUnreadable):
        read_upload(office(f"{WORD}.main+xml", {"word/media/1.bin": bytes(2000)}), "答复.docx")


def test_a_list_of_types_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "_MAX_TYPES", 500)

    with pytest.raises(UploadTypeNotAllowed):
        read_upload(office(f"{WORD}.main+xml", {}, *(["text/x"] * 50)), "答复.docx")


@pytest.mark.parametrize("way", [ZIP_DEFLATED, ZIP_BZIP2, ZIP_LZMA])
def test_a_part_that_unpacks_to_nothing_is_refused_however_it_is_packed(way: int) -> None:
    name, buffer = "[Content_Types].xml", BytesIO()
    with ZipFile(buffer, "w", way) as archive:
        archive.writestr(name, content_types(f"{WORD}.main+xml"))
    sent = bytearray(buffer.getvalue())
    begins = sent.index(name.encode()) + len(name)
    sent[begins + 9 : begins + 40] = b"\xff" * 31

    with pytest.raises(UploadUnreadable):
        read_upload(bytes(sent), "答复.docx")


def test_types_in_another_alphabet_are_refused() -> None:
    types = content_types(f"{WORD}.main+xml").decode().encode("utf-16")

    with pytest.raises(UploadUnreadable):
        read_upload(zipped({"[Content_Types].xml": types}), "答复.docx")
