from django.urls import path

from chengshao.administration import pages

app_name = "administration"
urlpatterns = [
    path("", pages.drafts, name="drafts"),
    path("table", pages.upload, name="upload"),
    path("rows/<slug:name>", pages.row, name="row"),
    path("drafts/<int:draft_id>", pages.draft, name="draft"),
    path("drafts/<int:draft_id>/check", pages.check, name="check"),
    path("drafts/<int:draft_id>/in-force", pages.put_in_force, name="put_in_force"),
    path("drafts/<int:draft_id>/drop", pages.drop, name="drop"),
]
