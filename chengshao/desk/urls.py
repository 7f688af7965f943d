from django.urls import path

from chengshao.desk import pages
from chengshao.desk.pages import erasing, fixed, intake, ledger, mapping

app_name = "desk"
urlpatterns = [
    path("", pages.home, name="home"),
    path("palette", pages.palette, name="palette"),
    path("queue/<slug:name>/", pages.queue, name="queue"),
    path("cases/", pages.cases, name="cases"),
    path("cases/<str:number>/", pages.case, name="case"),
    path("cases/<str:number>/register", pages.register, name="register"),
    path("cases/<str:number>/dispatch", pages.dispatch, name="dispatch"),
    path("cases/<str:number>/answer", pages.answer_directly, name="answer_directly"),
    path("cases/<str:number>/moves/<str:command>", pages.case_move, name="case_move"),
    path(
        "cases/<str:number>/calls/<int:report_id>/<str:command>", pages.case_call, name="case_call"
    ),
    path(
        "cases/<str:number>/reports/<int:report_id>/qualify",
        pages.qualify,
        name="qualify",
    ),
    path(
        "cases/<str:number>/reports/<int:report_id>/take-off",
        pages.take_off,
        name="take_off",
    ),
    path("cases/<str:number>/merge", pages.merge, name="merge"),
    path("cases/<str:number>/undo-merge", pages.undo_merge, name="undo_merge"),
    path("cases/<str:number>/persons", pages.name_person, name="name_person"),
    path("cases/<str:number>/persons/end", pages.end_naming, name="end_naming"),
    path("cases/<str:number>/print", pages.printed, name="print"),
    path("cases/<str:number>/viewings", pages.viewings, name="viewings"),
    path("cases/<str:number>/contact/<int:report_id>", pages.contact, name="contact"),
    path("tasks/<int:task_id>/evidence", pages.evidence, name="evidence"),
    path("tasks/<int:task_id>/call", pages.call, name="call"),
    path("tasks/<int:task_id>/<str:command>", pages.move, name="move"),
    path("attachments/<int:attachment_id>", pages.attachment, name="attachment"),
    path("find/matters", pages.matters, name="matters"),
    path("find/places", pages.places, name="places"),
    path("find/people", pages.find_people, name="find_people"),
    path("find/units", pages.units, name="units"),
    path("intake/", intake.call, name="intake"),
    path("intake/caller", intake.caller, name="intake_caller"),
    path("intake/alike", intake.alike, name="intake_alike"),
    path("intake/places", intake.find_places, name="intake_places"),
    path("intake/units", intake.find_units, name="intake_units"),
    path("intake/taken/<int:report_id>/", intake.taken, name="taken"),
    path("intake/calls/<int:report_id>/<str:command>", intake.again, name="intake_again"),
    path("fixed/", fixed.fixed, name="fixed"),
    path("fixed/matters", fixed.find_matters, name="fixed_matters"),
    path("map/", mapping.map_page, name="map"),
    path("map/cases", mapping.map_cases, name="map_cases"),
    path("map/list", mapping.map_list, name="map_list"),
    path("map/cases/<str:number>", mapping.map_case, name="map_case"),
    path("ledger/", ledger.ledger, name="ledger"),
    path("erasing/", erasing.find_to_erase, name="find_to_erase"),
    path("cases/<str:number>/erase", erasing.erasing, name="erasing"),
    path("cases/<str:number>/erase/<slug:what>/<int:key>", erasing.erase, name="erase"),
    path("promises/", ledger.promises, name="promises"),
]
