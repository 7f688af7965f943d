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
    "import_columns_missing": _("映射里的{columns}列不在表中"),
    "mapping_line_wrong": _("第{line}行写法不对"),
    "mapping_no_yaml": _("不是YAML，或超过64KB"),
    "mapping_no_mapping": _("是空的，或不是“名称: 内容”"),
    "mapping_item_missing": _("缺少这一项"),
    "mapping_item_unknown": _("没有这一项"),
    "mapping_item_no_text": _("应是文字"),
    "mapping_item_empty": _("不能是空的"),
    "mapping_item_too_long": _("最多{most}字"),
    "mapping_item_no_list": _("应写成列表"),
    "mapping_item_no_words": _("应写成“表中的词: 意思”"),
    "mapping_item_no_part": _("应写列名，或写成“名称: 内容”"),
    "mapping_item_not_one_of": _("只能是{allowed}"),
    "mapping_item_wrong": _("不正确"),
    "mapping_column_or_constant": _("column和constant要写一个，只写一个"),
    "mapping_no_format": _("“{value}”不是时间格式"),
    "mapping_no_zone": _("没有“{value}”这个时区"),
    "mapping_word_unknown": _("没有“{value}”，只能是{allowed}"),
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
