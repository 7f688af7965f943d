from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from chengshao.web.styleguide import styleguide
from chengshao.web.switches import change_look

app_name = "web"
urlpatterns = [
    # How a page looks is no harm, and citizens' pages send no Origin (no-referrer).
    path("language", csrf_exempt(require_POST(set_language)), name="language"),
    path("look", csrf_exempt(change_look), name="look"),
    path("styleguide", styleguide, name="styleguide"),
]
