from django.utils.translation import gettext_lazy as _

from chengshao.web.texts._types import Terms, Texts

TEXTS: Texts = {
    "dispatch_no_sole_lead": _(
        "权责清单没有指向唯一的主办单位，不能直派；这件已在“受理立案”里等着，由受理员立案、派单员派出"
    ),
    "dispatch_place_not_confirmed": _("还没有确认在哪个街道，不能直派，请先选地点"),
}

TERMS: Terms = {
    "confidence": {"HIGH": _("把握高"), "MEDIUM": _("把握中"), "LOW": _("把握低")},
}
