from django.urls import path

from chengshao.field import pages

app_name = "field"
urlpatterns = [
    path("", pages.shell, name="home"),
    path("worker.js", pages.worker, name="worker"),
    path("manifest.webmanifest", pages.manifest, name="manifest"),
]
