from django.urls import path
from django.views.i18n import set_language

from chengshao.web.styleguide import styleguide
from chengshao.web.switches import change_look

app_name = "web"
urlpatterns = [
    path("language", set_language, name="language"),
    path("look", change_look, name="look"),
    path("styleguide", styleguide, name="styleguide"),
]
