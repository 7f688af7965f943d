from django.urls import path, register_converter

from chengshao.places.pages import redrawing, register


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
    path("", register.register, name="register"),
    path("<division:code>/", register.register, name="division"),
    path("<division:code>/grids/", redrawing.grids, name="grids"),
    path("<division:code>/grids/take-back", redrawing.take_back, name="take_back"),
    path("<division:code>/grids/<slug:name>", redrawing.redraw, name="redraw"),
    path("<division:code>/grids/<slug:name>/store", redrawing.store, name="store_redrawn"),
    path("map/divisions", register.divisions_on_map, name="divisions_on_map"),
    path("map/grids", register.grids_on_map, name="grids_on_map"),
    path("files/", register.files, name="files"),
    path("files/<slug:name>", register.file, name="file"),
]
