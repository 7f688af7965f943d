"""What a PDF says."""

from io import BytesIO

from pypdf import PdfReader


def pdf_words(content: bytes) -> str:
    """Return all its words, without spaces and the breaks of lines."""
    pages = PdfReader(BytesIO(content)).pages
    return "".join("".join(page.extract_text().split()) for page in pages)
