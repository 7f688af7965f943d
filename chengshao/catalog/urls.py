from django.urls import path, register_converter
from django.urls.converters import StringConverter

from chengshao.catalog.pages import calendar, matters, tables


class MatterCodeConverter(StringConverter):
    regex = r"[CED](?:[0-9]{2}){2,5}(?:-[1-9][0-9]?)?"


register_converter(MatterCodeConverter, "matter_code")

app_name = "catalog"
urlpatterns = [
    path("", matters.matters, name="matters"),
    path("matters/<matter_code:code>", matters.matter, name="matter"),
    path("responsibilities", matters.responsibilities, name="responsibilities"),
    path("duties", matters.duties, name="duties"),
    path("limits", matters.limits, name="limits"),
    path("units/<int:unit_id>", matters.unit, name="unit"),
    path("versions/<slug:name>", matters.row_versions, name="versions"),
    path("calendar", calendar.calendar, name="calendar"),
    path("calendar/day", calendar.set_day, name="set_day"),
    path("calendar/day/clear", calendar.clear_day, name="clear_day"),
    path("calendar/year", calendar.announce_year, name="announce_year"),
    path("calendar/hours", calendar.set_hours, name="set_hours"),
    path("tables", tables.tables, name="tables"),
    path("tables/<slug:name>", tables.table, name="table"),
]
