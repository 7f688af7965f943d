"""Files that a page hands out to be kept."""

from pathlib import PurePath

from django.http import HttpResponse

_TYPES = {
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".geojson": "application/geo+json",
    ".pdf": "application/pdf",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".yaml": "application/yaml; charset=utf-8",
}


def handed_out(content: bytes | str, name: str) -> HttpResponse:
    """Return a file of this name, which a browser keeps and doesn't open; its ending says what."""
    answer = HttpResponse(content, content_type=_TYPES[PurePath(name).suffix])
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
