import os
import time
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.urls import path

from config.urls import urlpatterns as _product


def _wait_at_the_gate(request: HttpRequest) -> HttpResponse:
    gate = Path(os.environ["CHENGSHAO_TEST_GATE"])
    (gate / "reached").touch()
    while not (gate / "open").exists():
        time.sleep(0.02)
    return HttpResponse("done")


urlpatterns = [*_product, path("slow", _wait_at_the_gate)]
