from django.utils.translation import gettext_lazy as _

from chengshao.web.texts._types import Terms, Texts

TEXTS: Texts = {
    "channel_not_open": _("没有登录不能用“{channel}”渠道上报"),
    "import_not_found": _("没有这次导入"),
    "import_ended": _("这次导入已经开始，映射和名称不能再改"),
    "import_file_changed": _("这不是先前核对过的那个文件"),
    "import_names_unsettled": _("还有{count}个名称只是推测，请先确认"),
    "import_table_empty": _("表里只有列名，没有数据"),
    "import_name_code_unknown": _("没有代码“{value}”，请改选或留空"),
    "import_too_many_names": _("一列里有超过{most}种名称，这不像是名称列"),
    "import_mapping_unreadable": _("映射有{count}处不对：{first}"),
    "old_case_key_wrong": _("没有编号，或编号超过64字"),
    "old_case_words_wrong": _("没有内容，或超过{most}字"),
    "old_case_text_long": _("超过{most}字"),
    "old_case_word_unknown": _("不知道“{value}”是什么意思，请写进映射"),
    "old_case_time_unreadable": _("“{value}”读不成时间"),
    "old_case_point_unreadable": _("“{value}”读不成坐标"),
    "old_case_unit_unknown": _("没有单位“{value}”"),
    "old_case_matter_unknown": _("没有事项“{value}”"),
    "old_case_division_unknown": _("没有街道或社区“{value}”"),
}

TERMS: Terms = {
    "import_state": {
        "PREPARED": _("待确认名称"),
        "RUNNING": _("导入中"),
        "DONE": _("已完成"),
    },
    "name_kind": {
        "UNIT": _("单位"),
        "MATTER": _("事项"),
        "DIVISION": _("街道社区"),
    },
}
