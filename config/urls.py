from django.urls import URLPattern, URLResolver, include, path
from ninja import NinjaAPI

from chengshao.people.api import SIGNED_IN
from chengshao.web.http import answer_errors_in_one_shape
from config.health import healthz

api = NinjaAPI(title="Chengshao", version="1", auth=SIGNED_IN, urls_namespace="api")
answer_errors_in_one_shape(api)

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    path("", include("chengshao.web.urls")),
]
