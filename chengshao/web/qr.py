"""QR codes: drawn for paper, read from photos of it."""

from io import BytesIO

import segno
import zxingcpp
from PIL import Image, UnidentifiedImageError

_MOST_PIXELS = 40_000_000
_FORMATS = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)


def qr_png(text: str, *, scale: int = 6) -> bytes:
    """Return the picture of a code that a worn copy still tells (a quarter of it may be lost)."""
    out = BytesIO()
    segno.make(text, error="q", micro=False).save(out, kind="png", scale=scale, border=2)
    return out.getvalue()


def qr_address(text: str) -> str:
    """Return the same as the address of a picture, for a page."""
    return segno.make(text, error="q", micro=False).png_data_uri(scale=6, border=2)


def qr_drawing(text: str) -> str:
    """Return the same as SVG, for a paper."""
    out = BytesIO()
    segno.make(text, error="q", micro=False).save(out, kind="svg", border=2)
    return out.getvalue().decode()


def read_qr(content: bytes) -> list[str]:
    """Return what the codes on a photo say; nothing where it is no picture, or has none."""
    try:
        with Image.open(BytesIO(content)) as picture:
            if picture.width * picture.height > _MOST_PIXELS:
                return []
            grey = picture.convert("L")
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        return []
    found = zxingcpp.read_barcodes(grey, formats=_FORMATS)
    return [code.text for code in found if code.text]
