from django.urls import path

from chengshao.resident import pages

app_name = "resident"
urlpatterns = [
    path("", pages.home, name="home"),
    path("report/", pages.report, name="report"),
    path("r/<str:token>/", pages.follow, name="follow"),
    path("r/<str:token>/rate", pages.rate, name="rate"),
    path("r/<str:token>/withdraw", pages.withdraw, name="withdraw"),
    path("r/<str:token>/photo", pages.add_photo, name="add_photo"),
    path("r/<str:token>/photo/<int:attachment_id>", pages.photo, name="photo"),
]
