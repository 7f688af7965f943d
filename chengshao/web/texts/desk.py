from django.utils.translation import gettext_lazy as _

from chengshao.web.texts._types import Terms, Texts

TEXTS: Texts = {
    "form_invalid": _("请检查：{field}"),
    "queue_not_found": _("没有这个页面"),
}

TERMS: Terms = {
    # what stands before the amount on a chip of a list: 派单剩12分
    "due_label": {
        "REGISTER": _("受理"),
        "DISPATCH": _("派单"),
        "ADJUDICATE": _("退单"),
        "LEAD": "",
        "CO_HANDLE": _("协办"),
        "CHECK": _("核查"),
    },
}
