from django.utils.translation import gettext_lazy as _

from chengshao.web.texts._types import Terms, Texts

TEXTS: Texts = {
    "knowledge_case_names_somebody": _("案例里写了“{who}”，不能写是谁，请改成“一位市民”之类"),
    "knowledge_case_names_unit": _(
        "案例里写了单位“{unit}”，不能写是哪个单位，请改成“主办单位”之类"
    ),
    "knowledge_case_tells_too_much": _("案例里有{reply_doubt}，请去掉"),
    "knowledge_correction_ended": _("这条订正已经办结"),
    "knowledge_correction_not_found": _("没有这条订正"),
    "knowledge_correction_words_missing": _("请写明，最多{limit}个字"),
    "knowledge_expired_needs_version": _("已过期的要发布新版本，或停用，不能只答复"),
    "knowledge_expired_not_read": _("这一条已经过期或停用，不能照着答复"),
    "knowledge_expiry_missing": _("临时通知要写失效时间"),
    "knowledge_item_changed_meanwhile": _("这一条刚有人发布了新版本，请看过再改"),
    "knowledge_item_code_taken": _("编号“{knowledge_code}”已经有了"),
    "knowledge_item_not_found": _("没有这条知识，或已停用"),
    "knowledge_not_answered_at_once": _("这一条没有写明事项，不能直接答复，请先记下再受理"),
    "knowledge_only_missing_is_assigned": _("只有缺少的可以交给别的单位，写错的由归口单位改"),
    "knowledge_period_empty": _("失效时间要在生效时间之后"),
    "knowledge_power_missing": _("您没有“{power}”权限，或这一条不归您的单位"),
    "knowledge_text_missing": _("请写{item_field}"),
    "knowledge_text_too_long": _("{item_field}太长，最多{limit}个字"),
    "knowledge_too_long_to_read_aloud": _("念给来电人听的最多{most}句，现在有{sentences}句"),
    "knowledge_too_many_callers_words": _("来电人说法最多{most}种"),
}

TERMS: Terms = {
    "correction_kind": {
        "EXPIRED": _("已过期"),
        "WRONG": _("有错或缺内容"),
        "MISSING": _("没有这方面的"),
    },
    "correction_outcome": {
        "RENEWED": _("已发布新版本"),
        "WITHDRAWN": _("已停用"),
        "ANSWERED": _("已说明"),
    },
    "item_field": {
        "CODE": _("编号"),
        "KIND": _("类别"),
        "TITLE": _("标题"),
        "CALLERS_WORDS": _("来电人说法"),
        "ANSWER": _("答复内容"),
        "CONDITIONS": _("办理条件"),
        "PAPERS": _("要带的材料"),
        "PLACE": _("办理地点"),
        "SOURCE": _("依据"),
        "SOURCE_REF": _("文号或网址"),
        "MATTER": _("事项"),
        "UNIT": _("归口单位"),
        "VALID_FROM": _("生效时间"),
        "VALID_UNTIL": _("失效时间"),
    },
    "item_kind": {
        "ANSWER": _("答复口径"),
        "TEMPORARY": _("临时通知"),
        "GUIDANCE": _("部门指引"),
        "GOOD_CASE": _("好案例"),
        "BAD_CASE": _("差案例"),
    },
    "power": {"KEEP_KNOWLEDGE": _("维护知识库")},
    "validity": {
        "AHEAD": _("未生效"),
        "IN_FORCE": _("有效"),
        "EXPIRED": _("已过期"),
    },
}
