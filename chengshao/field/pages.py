"""The page for the phone. What it shows comes over the API: a cached page tells nobody anything."""

import json
from hashlib import sha256
from pathlib import Path

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from chengshao.web.pages import needs
from chengshao.web.texts import TERMS
from chengshao.workorders.terms import Power

_BUILT: Path = settings.BASE_DIR / "frontend" / "dist"
_WORKER = "src/field-worker.ts"
_REASONED = ("fail", "cannot", "refute")
_ICONS = (("192x192", "icon-192.png"), ("512x512", "icon-512.png"))


@require_GET
@csp_update({"worker-src": [SELF], "img-src": ["blob:"]})
@needs(Power.CHECK, Power.VERIFY, Power.HANDLE)
def shell(request: HttpRequest) -> HttpResponse:
    """Return the same page for everybody of one language: no name, no token, no case."""
    words = {name: str(said) for name, said in TERMS["field_word"].items()}
    reasons = {name: list(map(str, TERMS[f"field_{name}"].values())) for name in _REASONED}
    context = {
        "words": json.dumps(words, ensure_ascii=False),
        "reasons": json.dumps(reasons, ensure_ascii=False),
        "edition": _digest_of(_manifest_path())[:16],
    }
    return render(request, "field/shell.html", context)


@require_GET
@never_cache
def worker(request: HttpRequest) -> HttpResponse:
    """Return the service worker, which may only serve what lies under its own address."""
    built = json.loads(_manifest_path().read_text())[_WORKER]["file"]
    script = (_BUILT / built).read_text()
    return HttpResponse(script, content_type="text/javascript; charset=utf-8")


@require_GET
def manifest(request: HttpRequest) -> JsonResponse:
    """Return what makes the page installable; nothing ever asks for that."""
    icons = [
        {"src": static(f"app/{name}"), "sizes": sizes, "type": "image/png"}
        for sizes, name in _ICONS
    ]
    start = reverse("field:home")
    told = {
        "name": _("城哨外勤"),
        "short_name": _("城哨外勤"),
        "id": start,
        "start_url": start,
        "scope": start,
        "display": "standalone",
        "background_color": "#f3f4f6",
        "theme_color": "#1d5a9e",
        "icons": [*icons, {"src": static("app/icon.svg"), "sizes": "any", "type": "image/svg+xml"}],
    }
    return JsonResponse(told, content_type="application/manifest+json")


def _manifest_path() -> Path:
    return _BUILT / ".vite" / "manifest.json"


def _digest_of(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest() if path.exists() else ""
