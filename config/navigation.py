"""What every page's shell shows: the rail by job, the demo mark. Composed here, above all rooms."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context for the base templates."""
    return {"demo": settings.DEMO, "rail": ()}
