from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chengshao.web.texts._types import Terms, Texts

TEXTS: Texts = {
    "calendar_missing": _("{day}没有设定办公时间，请先在工作日历中设定"),
    "catalog_power_missing": _("您没有“{power}”权限"),
    "class_named_differently": _("大类{matter}在同一日有两个名称：“{first}”“{second}”"),
    "clock_out_of_range": _("期限超出了工作日历的范围（{year}年）"),
    "emergency_not_simple": _("特急的不能按简易方式办理"),
    "lead_not_by_law": _("权责写明由其他单位主办，不能按法定派遣，请改按商定或指定"),
    "lead_not_by_list": _("按清单不能派给该单位：{lead_obstacle}"),
    "limit_unreadable": _("“{value}”不是时限，例：2紧急工作时、4工作时、2工作日、3自然日"),
    "matter_code_invalid": _("“{matter}”不是事项编码，例：C0101，带立案条件的如C0101-2"),
    "matter_not_found": _("没有现行的事项“{matter}”"),
    "office_hours_gap": _("{day}起没有办公时间，请把其后的一段一并写明"),
    "office_hours_unreadable": _("“{value}”不是办公时间，例：08:00-12:00 14:00-18:00"),
    "parameter_missing": _("没有设定“{parameter_name}”"),
    "parameter_not_yes_or_no": _("“{value}”不对，应写“是”或“否”"),
    "parameter_out_of_range": _("应在{least}与{most}之间"),
    "parameter_unreadable": _("“{value}”不对，应写数字、时限或是、否，例：80、15自然日"),
    "periods_overlap": _("{day}起的版本与其后的版本时间重叠"),
    "responsibility_not_in_force": _("所选权责依据不是这一事项、这一地点现行的依据，请重新选"),
    "rows_disagree": _("与第{first}行同属一个事项，但“{name}”不一致"),
    "table_too_long": _("表太长，最多{limit}行"),
    "task_limit_missing": _("没有设定“{task_kind}”的时限"),
    "value_too_long": _("太长，最多{limit}个字"),
    "version_exists": _("{day}起已有内容不同的版本，请改用新的生效日期"),
    "words_too_long": _("搜索的话太长，最多{limit}个字"),
    "year_not_known": _("{year}年的放假安排还没有随系统提供，请按国务院办公厅通知导入"),
    "year_out_of_range": _("年份不对，应在{first}与{last}之间"),
}

TERMS: Terms = {
    "check_mode": {
        "SITE": _("现场核查"),
        "PICTURE": _("图片核查"),
        "PHONE": _("电话核查"),
        "REPLY_REVIEW": _("答复审核"),
        "SAMPLE": _("抽查"),
        "NONE": _("免核查"),
    },
    "clock_unit": {
        "URGENT_HOUR": _("紧急工作时"),
        "WORKING_HOUR": _("工作时"),
        "WORKING_DAY": _("工作日"),
        "NATURAL_DAY": _("自然日"),
    },
    "calendar_day_kind": {
        "STATUTORY_HOLIDAY": _("法定节假日"),
        "MAKE_UP_WORKDAY": _("调休上班"),
        "CITY_REST": _("本市休息"),
        "CITY_WORK": _("本市上班"),
    },
    "duty_list_kind": {
        "BASIC": _("基本履职"),
        "ASSISTING": _("配合履职"),
        "TAKEN_BACK": _("上级收回"),
    },
    "evidence_kind": {
        "PHOTO_BEFORE": _("处置前照片"),
        "PHOTO_AFTER": _("处置后照片"),
        "DOCUMENT": _("文书"),
        "SITE_RECORD": _("现场记录"),
        "CONTACT_RECORD": _("联系诉求人记录"),
        "TEST_REPORT": _("检测报告"),
    },
    "lead_obstacle": {
        "COMMUNITY_NEVER_LEADS": _("社区不作主办单位"),
        "TAKEN_BACK": _("该事项已由上级部门收回"),
        "ASSISTING_ONLY": _("该事项由部门牵头，街道只配合"),
        "NOT_ON_LIST": _("清单内没有该事项"),
        "COMMUNITY_NOT_ON_LIST": _(
            "社区清单内没有该事项，不得派给社区（参照《北京市接诉即办工作条例》第十七条）"
        ),
        "ROLE_WITHOUT_UNIT": _("本区没有设定承担单位"),
    },
    "matter_kind": {
        "COMPONENT": _("部件"),
        "EVENT": _("事件"),
        "DEMAND": _("民生诉求"),
    },
    "parameter_name": {
        "REMIND_PERCENT": _("临期提醒（时限已用的百分比）"),
        "LEADER_AFTER": _("超期后提示负责人"),
        "EXTENSIONS_MOST": _("延期次数上限"),
        "SUSPENSION_MOST_DAYS": _("暂停计时天数上限"),
        "OUTER_RESERVE": _("内部时限提前量"),
        "REOPEN_WITHIN": _("可要求重办的期限"),
        "CHASE_AGAIN_AFTER": _("市民可再次催单的间隔"),
        "ARCHIVE_AFTER": _("结案后归档"),
        "SAMPLE_PERCENT": _("免核查结案的抽查百分比"),
        "VERIFY_FIRST": _("立案前先核实"),
        "LEDGER_REVIEW_MOST_DAYS": _("挂账复核间隔天数上限"),
    },
    "power": {"KEEP_CATALOG": _("维护事项与权责")},
    "sensitivity": {
        "ORDINARY": _("一般"),
        "SENSITIVE": _("敏感"),
        "CONFIDENTIAL": _("保密"),
    },
    "table_kind": {
        "MATTERS": pgettext_lazy("several", "事项"),
        "CODE_MAP": _("外部编码对照"),
        "TASK_LIMITS": _("环节时限"),
        "PARAMETERS": _("业务参数"),
        "TRACK_RULES": _("办理方式规则"),
        "RESPONSIBILITIES": _("权责"),
        "DUTY_LISTS": _("履职清单"),
        "UNIT_POWERS": _("单位职权"),
        "CALENDAR_DAYS": _("工作日历"),
        "OFFICE_HOURS": _("办公时间"),
    },
    # A step that has a limit and is no kind of task.
    "task_kind": {"RATE": _("评价")},
    "track": {
        "ON_THE_SPOT": _("即办"),
        "DIRECT_ANSWER": _("直接答复"),
        "SIMPLE": _("简易"),
        "ORDINARY": _("一般"),
        "COMPLEX": _("复杂"),
    },
    "urgency": {
        "ORDINARY": _("一般"),
        "URGENT": _("紧急"),
        "EMERGENCY": _("特急"),
    },
}
