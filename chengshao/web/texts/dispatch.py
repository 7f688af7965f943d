from django.utils.translation import gettext_lazy as _

from chengshao.web.texts._types import Terms, Texts

TEXTS: Texts = {
    "dispatch_no_sole_lead": _("权责清单没有指向唯一的主办单位，请先立案，再由派单员派单"),
    "dispatch_place_not_confirmed": _("还没有确认在哪个街道，不能直派，请先选地点"),
}

TERMS: Terms = {
    "confidence": {"HIGH": _("把握高"), "MEDIUM": _("把握中"), "LOW": _("把握低")},
}
