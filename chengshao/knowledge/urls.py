from django.urls import path

from chengshao.knowledge.pages import items, keeping, tables

app_name = "knowledge"
urlpatterns = [
    path("", items.items, name="items"),
    path("new", keeping.new, name="new"),
    path("missing", items.missing, name="missing"),
    path("waiting", keeping.waiting, name="waiting"),
    path("waiting/<int:correction_id>/answer", keeping.answer, name="answer"),
    path("waiting/<int:correction_id>/assign", keeping.assign, name="assign"),
    path("table", tables.table, name="table"),
    path("table.xlsx", tables.export, name="export"),
    path("items/<str:code>/", items.item, name="item"),
    path("items/<str:code>/wrong", items.wrong, name="wrong"),
    path("items/<str:code>/change", keeping.change, name="change"),
    path("items/<str:code>/withdraw", keeping.withdraw, name="withdraw"),
]
