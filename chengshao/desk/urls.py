from django.urls import path

from chengshao.desk import pages

app_name = "desk"
urlpatterns = [
    path("", pages.home, name="home"),
    path("palette", pages.palette, name="palette"),
    path("queue/<slug:name>/", pages.queue, name="queue"),
    path("cases/", pages.cases, name="cases"),
    path("cases/<str:number>/", pages.case, name="case"),
    path("cases/<str:number>/register", pages.register, name="register"),
    path("cases/<str:number>/dispatch", pages.dispatch, name="dispatch"),
    path("cases/<str:number>/decline", pages.decline, name="decline"),
    path("cases/<str:number>/contact/<int:report_id>", pages.contact, name="contact"),
    path("tasks/<int:task_id>/evidence", pages.evidence, name="evidence"),
    path("tasks/<int:task_id>/<str:command>", pages.move, name="move"),
    path("attachments/<int:attachment_id>", pages.attachment, name="attachment"),
    path("find/matters", pages.matters, name="matters"),
    path("find/places", pages.places, name="places"),
    path("find/units", pages.units, name="units"),
]
