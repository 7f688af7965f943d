from django.urls import path

from chengshao.duty import pages

app_name = "duty"
urlpatterns = [
    path("", pages.office, name="office"),
    path("log/<int:entry_id>/settle", pages.settle, name="settle"),
    path("handover/", pages.give, name="give"),
    path("handover/<int:hand_over_id>/", pages.hand_over, name="hand_over"),
    path("handover/<int:hand_over_id>/print", pages.printed, name="print"),
    path("handover/<int:hand_over_id>/take", pages.take, name="take"),
]
