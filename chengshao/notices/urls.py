from django.urls import path

from chengshao.notices.pages import log, messages, mine, wishes

app_name = "notices"
urlpatterns = [
    path("", mine.mine, name="mine"),
    path("<int:notice_id>/open", mine.open_notice, name="open"),
    path("read", mine.read_all, name="read_all"),
    path("preferences", wishes.preferences, name="preferences"),
    path("out", log.log, name="log"),
    path("out/<int:notice_id>/resend", log.resend, name="resend"),
    path("out/messages", messages.messages, name="messages"),
    path("out/budget", messages.budget, name="budget"),
    path("out/table", messages.table, name="table"),
    path("out/messages/<slug:kind>", messages.template, name="template"),
]
