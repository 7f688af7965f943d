from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chengshao.web.texts._types import Terms, Texts

TEXTS: Texts = {
    "notice_address_invalid": _("这不是能用的{notice_channel}地址，请核对"),
    "notice_budget_missing": _("还没有设定联系上限，消息暂不往外发"),
    "notice_budget_out_of_bounds": _("每天1至20条，七天1至100条"),
    "notice_date_past": _("这一天已经过去，只能从今天或以后起改"),
    "notice_date_taken": _("这天或以后已有另一版，请选更晚的日子"),
    "notice_not_found": _("没有找到这条消息"),
    "notice_not_to_resend": _("只有没发出去的才能重发"),
    "notice_power_missing": _("您没有“{power}”权限"),
    "notice_resend_reason_missing": _("请写明重发的原因，200字以内"),
    "notice_template_asks_unknown": _("“{name}”填不进去，可以用的是：{allowed}"),
    "notice_template_names_no_case": _("请写上编号{{number}}或链接{{link}}，不然没人知道是哪件事"),
    "notice_template_missing": _("请写内容"),
    "notice_template_too_long": _("内容最多{limit}字"),
    "notice_template_unreadable": _("大括号里只能是名称，例如{{number}}；要写大括号本身请写两个"),
}

TERMS: Terms = {
    "notice_channel": {
        "IN_APP": _("站内"),
        "MAIL": _("邮件"),
        "SMS": _("短信"),
        "WECOM": _("企业微信"),
    },
    "notice_kind": {
        "RECEIVED": _("收到诉求"),
        "ACCEPTED": _("已受理"),
        "DECLINED": _("不予受理"),
        "GIVEN_BACK": _("转回来源"),
        "EXTENDED": _("已延期"),
        "DONE": _("有了结果"),
        "REOPENED": _("重新办理"),
        "WRITTEN": _("单位回了话"),
        "TASK_OPENED": _("新任务"),
        "DUE_SOON": _("快到期"),
        "OVERDUE": _("已超期"),
        "RETURNED": pgettext_lazy("done", "申请退单"),
        "CHASED": _("诉求人催办"),
        "REWORK": _("退回重办"),
        "EMERGENCY": _("特急"),
    },
    "notice_reason": {
        "QUIET_HOURS": _("免打扰时段"),
        "BUDGET_SPENT": _("已到联系上限"),
        "COLLAPSED": _("已有更新的消息"),
        "STALE": _("已过时"),
        "NO_ADDRESS": _("没有可用的联系方式"),
        "NO_TEMPLATE": _("没有消息模板"),
        "REFUSED": _("网关拒收"),
        "UNREACHABLE": _("网关没有应答"),
        "GARBLED": _("网关应答无法识别"),
        "GIVEN_UP": _("多次未成"),
    },
    "notice_state": {
        "QUEUED": _("待发"),
        "HELD": _("暂缓"),
        "SENT": _("已发"),
        "FAILED": _("未发出"),
        "SUPPRESSED": _("不发"),
    },
    "power": {"KEEP_MESSAGES": _("维护对外消息")},
}
