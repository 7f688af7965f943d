from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chengshao.web.texts._types import Terms, Texts, Vocabulary

TEXTS: Texts = {
    "attachment_not_found": _("没有找到此附件"),
    "contact_not_open": _("只有受理中心和正在办理的单位可以看诉求人电话；要求保密的不显示"),
    "report_client_key_reused": _("此编号已用于另一条诉求"),
    "report_files_enough": _("照片已经够了，最多{most}张"),
    "report_not_found": _("没有找到此诉求"),
    "report_words_missing": _("请说一句出了什么事"),
    "workorder_already_waiting": _("“{task_kind}”已在办理中"),
    "workorder_changed_meanwhile": _("案卷刚被他人更新，请看过再办"),
    "workorder_evidence_not_asked": _("此事项不要求这种佐证，不必上传"),
    "workorder_lead_among_co_handlers": _("主办单位不能同时为协办单位"),
    "workorder_lead_designated": _("退单申请已被驳回，不能再次申请"),
    "workorder_need_missing": _("还缺少：{need}"),
    "workorder_not_found": _("没有找到此案卷"),
    "workorder_power_missing": _("您没有“{power}”权限"),
    "workorder_still_held": _("尚有未办结任务：{task_kind}"),
    "workorder_unit_complained_about": _("被投诉单位不能参与办理"),
    "workorder_wrong_state": _("“{state}”时不能{command}"),
}

_STEP: Vocabulary = {
    "REPORTED": _("收集"),
    "REGISTERED": pgettext_lazy("step", "立案"),
    "DISPATCHED": _("派单"),
    "HANDLING": pgettext_lazy("step", "处置"),
    "ANSWERED": _("反馈"),
    "CLOSED": _("核查结案"),
    "EVALUATED": pgettext_lazy("step", "评价"),
    "DECLINED": pgettext_lazy("done", "不予立案"),
    "WITHDRAWN": _("已撤回"),
}
_TASK_STATE: Vocabulary = {
    "OPEN": _("待签收"),
    "ACKNOWLEDGED": _("已签收"),
    "DONE": _("已完成"),
    "CANCELLED": _("已取消"),
}
_TASK_KIND: Vocabulary = {
    "REGISTER": _("受理立案"),
    "DISPATCH": _("派单"),
    "LEAD": _("主办"),
    "CO_HANDLE": _("协办"),
    "ADJUDICATE": _("退单裁定"),
    "CHECK": _("核查"),
}
_TASK_COMMAND: Vocabulary = {
    "REGISTER": _("立案"),
    "DISPATCH": _("派单"),
    "ACKNOWLEDGE": _("签收"),
    "ASK_RETURN": _("申请退单"),
    "GRANT": _("同意退单"),
    "DENY": _("不同意退单"),
    "ANSWER": _("反馈"),
    "PASS": _("核查通过"),
    "FAIL": _("核查不通过"),
}
_CASE_COMMAND: Vocabulary = {
    "DECLINE": _("不予立案"),
    "ATTACH": _("附佐证"),
    "OPEN": _("开出任务"),
    "ERASE": _("删除附注"),
}
_REPORT_COMMAND: Vocabulary = {
    "REPORT": _("上报"),
    "WITHDRAW": _("撤回"),
    "RATE": _("评价"),
    "LAPSE": _("评价期满"),
}
# The same commands as a line of the history says them; Chinese has one form for both.
_DEED: Vocabulary = {
    "REGISTER": pgettext_lazy("done", "立案"),
    "DISPATCH": pgettext_lazy("done", "派单"),
    "ACKNOWLEDGE": pgettext_lazy("done", "签收"),
    "ASK_RETURN": pgettext_lazy("done", "申请退单"),
    "GRANT": pgettext_lazy("done", "同意退单"),
    "DENY": pgettext_lazy("done", "不同意退单"),
    "ANSWER": pgettext_lazy("done", "反馈"),
    "PASS": pgettext_lazy("done", "核查通过"),
    "FAIL": pgettext_lazy("done", "核查不通过"),
    "DECLINE": pgettext_lazy("done", "不予立案"),
    "ATTACH": pgettext_lazy("done", "附佐证"),
    "OPEN": pgettext_lazy("done", "开出任务"),
    "ERASE": pgettext_lazy("done", "删除附注"),
    "REPORT": pgettext_lazy("done", "上报"),
    "WITHDRAW": pgettext_lazy("done", "撤回"),
    "RATE": pgettext_lazy("done", "评价"),
    "LAPSE": pgettext_lazy("done", "评价期满"),
}

TERMS: Terms = {
    "step": _STEP,
    "outcome": {
        "CLOSED": _("结案"),
        "DECLINED": pgettext_lazy("done", "不予立案"),
        "WITHDRAWN": _("已撤回"),
    },
    "task_kind": _TASK_KIND,
    "task_state": _TASK_STATE,
    "task_command": _TASK_COMMAND,
    "case_command": _CASE_COMMAND,
    "report_command": _REPORT_COMMAND,
    # What an error or a history line may carry is one vocabulary, whatever table it is from.
    "state": _STEP | _TASK_STATE,
    "command": _TASK_COMMAND | _CASE_COMMAND | _REPORT_COMMAND | _TASK_KIND | _TASK_COMMAND,
    "deed": _DEED,
    "power": {
        "SEE": _("查看"),
        "REPORT": _("上报"),
        "REGISTER": _("立案"),
        "DISPATCH": _("派单"),
        "HANDLE": _("处置"),
        "CHECK": _("核查"),
        "EVALUATE": _("代录评价"),
        "ERASE": _("删除附注"),
    },
    "channel": {
        "HOTLINE": _("12345热线"),
        "PORTAL": _("市民网页"),
        "COUNTER": _("窗口"),
        "MAILBOX": _("网上信箱"),
        "PATROL": _("网格上报"),
        "SENSOR": _("智能发现"),
        "TRANSFER": _("平台转来"),
    },
    "principle": {
        "BY_LAW": _("法定"),
        "BY_AGREEMENT": _("商定"),
        "BY_DESIGNATION": _("指定"),
    },
    "need": {
        "REASON": _("理由"),
        "MATTER": _("事项"),
        "UNITS": _("主办单位"),
        "BASIS": _("派单依据"),
        "REPLY": _("给市民的答复"),
        "EVIDENCE_AS_ASKED": _("本事项要求的佐证"),
        "PARTS_OR_REASON": _("协办单位的反馈（或不等待的理由）"),
    },
    "on_lead": {"CANCEL": _("收回主办"), "DESIGNATE": _("指定主办")},
    "deadline_authority": {"INNER": _("内部"), "OUTER": _("外部")},
    "resolution": {
        "RESOLVED": _("解决"),
        "BASICALLY_RESOLVED": _("基本解决"),
        "UNRESOLVED": _("未解决"),
    },
    "satisfaction": {
        "SATISFIED": _("满意"),
        "BASICALLY_SATISFIED": _("基本满意"),
        "DISSATISFIED": _("不满意"),
    },
    "note_name": {
        "REASON": _("说明"),
        "BASIS": _("依据"),
        "REPLY": _("给市民的话"),
        "COMMENT": _("市民的话"),
    },
}
