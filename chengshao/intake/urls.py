from django.urls import path

from chengshao.intake import pages

app_name = "intake"
urlpatterns = [
    path("", pages.imports, name="imports"),
    path("mapping.yaml", pages.mapping_example, name="mapping_example"),
    path("<int:import_id>/", pages.one_import, name="import"),
    path("<int:import_id>/progress", pages.progress, name="progress"),
    path("<int:import_id>/names", pages.names, name="names"),
    path("<int:import_id>/start", pages.start, name="start"),
    path("<int:import_id>/drop", pages.drop, name="drop"),
    path("<int:import_id>/refused", pages.refused, name="refused"),
]
