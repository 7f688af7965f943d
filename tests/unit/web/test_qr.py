"""Codes on paper are read from photos of it; whatever else comes says nothing."""

from io import BytesIO

import pytest
from PIL import Image

from chengshao.web.qr import qr_png, read_qr
from tests.unit.evidence.files import photo

SAID = "https://example.gov.cn/desk/cases/20260302-0001/"


def photographed(content: bytes, *, turned: float, across: int) -> bytes:
    """Return the picture on a larger sheet, turned a little, as a phone's camera has it."""
    sheet = Image.new("RGB", (across, across), (230, 228, 220))
    code = Image.open(BytesIO(content)).convert("RGB")
    sheet.paste(code, (across // 3, across // 2))
    out = BytesIO()
    sheet.rotate(turned, fillcolor=(90, 80, 70)).save(out, "JPEG", quality=60)
    return out.getvalue()


@pytest.mark.parametrize("turned", [0, 7, 93, 181])
def test_a_code_on_a_photo_is_read(turned: float) -> None:
    assert read_qr(photographed(qr_png(SAID), turned=turned, across=1400)) == [SAID]


def test_a_code_of_which_a_corner_is_torn_is_read() -> None:
    code = Image.open(BytesIO(qr_png(SAID))).convert("RGB")
    code.paste((255, 255, 255), (code.width - 40, code.height - 40, code.width, code.height))
    out = BytesIO()
    code.save(out, "PNG")
    assert read_qr(out.getvalue()) == [SAID]


@pytest.mark.parametrize("content", [b"", b"no picture", photo(), b"\x89PNG\r\n\x1a\n" + b"0" * 40])
def test_what_has_no_code_says_nothing(content: bytes) -> None:
    assert read_qr(content) == []
