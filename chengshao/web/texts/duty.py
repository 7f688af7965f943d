from django.utils.translation import gettext_lazy as _

from chengshao.web.texts._types import Terms, Texts

TEXTS: Texts = {
    "duty_hand_over_changed": _("刚才又有变化，交班内容已经更新，请再看一遍"),
    "duty_hand_over_not_found": _("没有这份交接班单"),
    "duty_hand_over_over": _("这份交接班单已经有人接班，或已重新交班"),
    "duty_log_entry_not_found": _("值班日志里没有这一条"),
    "duty_log_entry_settled": _("这一条没有留着，或已经了结"),
    "duty_nobody_signed": _("值班日志和交接班要由人来写、来签"),
    "duty_power_missing": _("您没有“{power}”权限"),
    "duty_same_person": _("交班和接班要两个人确认，您已经确认了交班"),
    "duty_time_ahead": _("时间还没有到，请写已经发生的时间"),
    "duty_words_missing": _("请写明，最多{limit}个字"),
}

TERMS: Terms = {
    "handed_part": {
        "EMERGENCIES": _("没有办结的特急件"),
        "CALLS": _("要给诉求人打的电话"),
        "PROMISES": _("到期的承诺"),
        "LOGGED": _("值班日志里没有了结的"),
    },
    "power": {"KEEP_DUTY_LOG": _("值班与交接班")},
}
