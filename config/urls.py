from django.urls import URLPattern, URLResolver, include, path
from ninja import NinjaAPI

from chengshao.catalog.api import router as catalog_router
from chengshao.dispatch.api import router as dispatch_router
from chengshao.duty.api import router as duty_router
from chengshao.field.api import router as field_router
from chengshao.intake.api import open_router as open_intake_router
from chengshao.intake.api import router as intake_router
from chengshao.knowledge.api import router as knowledge_router
from chengshao.notices.api import router as notices_router
from chengshao.people.api import OPEN, SIGNED_IN
from chengshao.places.api import router as places_router
from chengshao.resident.api import router as resident_router
from chengshao.web.http import answer_errors_in_one_shape
from chengshao.workorders.api import router as workorders_router
from config.health import healthz

api = NinjaAPI(title="Chengshao", version="1", auth=SIGNED_IN, urls_namespace="api", docs_url=None)
answer_errors_in_one_shape(api)
api.add_router("", open_intake_router, auth=OPEN)
api.add_router("", intake_router)
api.add_router("", workorders_router)
api.add_router("/field", field_router)
api.add_router("", dispatch_router)
api.add_router("", duty_router)
api.add_router("", resident_router, auth=OPEN)
api.add_router("", places_router)
api.add_router("", catalog_router)
api.add_router("", knowledge_router)
api.add_router("", notices_router)

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    path("api/v1/", api.urls),
    path("", include("chengshao.web.urls")),
    path("", include("chengshao.people.urls")),
    path("places/", include("chengshao.places.urls")),
    path("catalog/", include("chengshao.catalog.urls")),
    path("knowledge/", include("chengshao.knowledge.urls")),
    path("notices/", include("chengshao.notices.urls")),
    path("administration/", include("chengshao.administration.urls")),
    path("duty/", include("chengshao.duty.urls")),
    path("imports/", include("chengshao.intake.urls")),
    path("desk/", include("chengshao.desk.urls")),
    path("field/", include("chengshao.field.urls")),
    path("", include("chengshao.resident.urls")),
]
