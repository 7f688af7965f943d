from django.urls import path, register_converter

from chengshao.places import pages


class DivisionCode:
    """Twelve digits; whether such a division is there, the page asks."""

    regex = "[0-9]{12}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(DivisionCode, "division")

app_name = "places"
urlpatterns = [
    path("", pages.register, name="register"),
    path("<division:code>/", pages.register, name="division"),
    path("map/divisions", pages.divisions_on_map, name="divisions_on_map"),
    path("map/grids", pages.grids_on_map, name="grids_on_map"),
    path("files/", pages.files, name="files"),
    path("files/<slug:name>", pages.file, name="file"),
]
