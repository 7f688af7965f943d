"""HTTP doors of this room: translate, make one call, translate back."""

from ninja import Router

from chengshao.workorders.api.cases import router as cases
from chengshao.workorders.api.erasing import router as erasing
from chengshao.workorders.api.lists import router as lists
from chengshao.workorders.api.reports import router as reports
from chengshao.workorders.api.tasks import router as tasks

router = Router(tags=["workorders"])
for part in (reports, lists, cases, tasks, erasing):
    router.add_router("", part)
