from django.urls import path

from chengshao.resident import pages

app_name = "resident"
urlpatterns = [
    path("", pages.home, name="home"),
    path("privacy/", pages.privacy, name="privacy"),
    path("report/", pages.report, name="report"),
    path("report/photo", pages.report_photo, name="report_photo"),
    path("slips/<int:report_id>/", pages.slip, name="slip"),
    path("r/<str:token>/", pages.follow, name="follow"),
    path("r/<str:token>/chase", pages.chase, name="chase"),
    path("r/<str:token>/supplement", pages.supplement, name="supplement"),
    path("r/<str:token>/read", pages.read, name="read"),
    path("r/<str:token>/rate", pages.rate, name="rate"),
    path("r/<str:token>/urged", pages.urged, name="urged"),
    path("r/<str:token>/reopen", pages.reopen, name="reopen"),
    path("r/<str:token>/withdraw", pages.withdraw, name="withdraw"),
    path("r/<str:token>/photo/<int:attachment_id>", pages.photo, name="photo"),
]
