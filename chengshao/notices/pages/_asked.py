"""What addresses of these pages may ask for."""

from django.http import HttpRequest


def before(request: HttpRequest) -> int | None:
    """Return before which id a page of a list begins; None: with the newest."""
    asked = request.GET.get("before", "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 else None
