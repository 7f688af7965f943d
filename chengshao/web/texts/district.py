"""Words for setting up a district from its files."""

from django.utils.translation import gettext_lazy as _

from chengshao.web.texts._types import Terms, Texts

TEXTS: Texts = {
    "district_draft_too_large": _(
        "“{where}”分得太细：最多{classes}类，每类最多{matters}项（到“{of}”时超过了）"
    ),
    "district_draft_unreadable": _("映射的“{where}”不对：{what}"),
    "simulation_runs": _("已有一个模拟在运转，请等它结束或先停下它"),
    "demo_only": _("只能在演示模式（内置数据库）下使用"),
    "district_desk_missing": _("没有派单台：请在一个单位的“派单台”列填“是”"),
    "district_exists": _("数据库里已有城区，不能再建：{district}"),
    "district_file_missing": _("没有文件“{file}”"),
    "district_file_too_large": _("文件“{file}”太大，最多{limit}KB"),
    "district_file_twice": _("与“{other}”是同一部分，请只留一个"),
    "district_file_unknown": _("不认识这个文件名，请改名或移出"),
    "district_has_administrator": _("已有能登录的安全管理员，请由其任命他人"),
    "district_map_invalid": _("映射文件不对：{part} {key} {value}"),
    "district_not_looked_at": _("未检查：请先改正“{other}”"),
    "district_refused": _("{files}个文件共有{count}处要改，什么也没有导入"),
}

TERMS: Terms = {}
