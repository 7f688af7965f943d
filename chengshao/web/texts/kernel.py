from django.utils.translation import gettext_lazy as _

from chengshao.web.texts._types import Terms, Texts

TEXTS: Texts = {
    "column_missing": _("缺少“{name}”列"),
    "division_code_invalid": _("行政区划代码“{division}”不对，应为12位数字"),
    "file_too_large": _("文件太大，最多{limit}MB"),
    "file_unreadable": _("无法读取文件，请用Excel（xlsx）或CSV"),
    "invalid_request": _("请检查“{field}”的填写"),
    "no_chinese_font": _("服务器没有中文字体，出不了PDF：请管理员安装，或用打印页存成PDF"),
    "not_allowed": _("您没有此项权限"),
    "not_found": _("没有找到"),
    "not_signed_in": _("请先登录"),
    "page_too_old": _("页面停留太久，请刷新后再提交，已填的内容请先复制"),
    "pdf_too_long": _("内容太长，出不了PDF，请用打印页存成PDF"),
    "request_field_missing": _("缺少“{field}”"),
    "request_field_not_one_of": _("“{field}”只能是以下之一：{allowed}"),
    "request_field_unknown": _("没有“{field}”这个字段"),
    "request_too_large": _("提交的内容太大"),
    "table_too_large": _("表太大，最多{rows}行、{columns}列"),
    "table_refused": _("表中有{count}处要改，一条也没有导入"),
    "too_many_requests": _("提交太频繁，请过一会儿再试，或拨打12345"),
    "unreadable_request": _("无法读取请求内容"),
    "value_invalid": _("“{value}”不对"),
    "value_missing": _("不能为空"),
    "value_not_a_date": _("“{value}”不是日期，例：2026-11-23"),
    "value_not_a_number": _("“{value}”不是数字"),
    "value_repeated": _("“{value}”与第{first}行重复"),
    "value_unknown": _("没有“{value}”"),
}

TERMS: Terms = {
    "actor_kind": {
        "PERSON": _("工作人员"),
        "MACHINE": _("系统接口"),
        "CITIZEN": _("诉求人"),
        "SYSTEM": _("系统"),
    },
    "division_level": {
        "PROVINCE": _("省"),
        "CITY": _("市"),
        "DISTRICT": _("区"),
        "SUBDISTRICT": _("街道"),
        "COMMUNITY": _("社区"),
    },
}
