from django.utils.translation import gettext_lazy as _

from chengshao.web.texts._types import Terms, Texts

TEXTS: Texts = {
    "call_place_unreadable": _("请从找到的地点里选"),
    "call_reason_missing": _("请写明为什么撤回"),
    "fixed_unit_missing": _("您没有代表哪个单位办理，请改为上报"),
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
