"""Words that scripts say. Those of the server's pages stand in the templates."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chengshao.web.texts import Words

CLIENT_WORDS: Final[Mapping[str, Words]] = {
    "days": pgettext_lazy("amount", "{n}天"),
    "hours": pgettext_lazy("amount", "{n}小时"),
    "minutes": pgettext_lazy("amount", "{n}分"),
    "two_units": pgettext_lazy("amount", "{larger}{smaller}"),
    "under_a_minute": _("不到1分"),
    "left": _("剩{amount}"),
    "over": _("超{amount}"),
    "labelled": pgettext_lazy("amount", "{label}{left}"),
    "kept": _("已自动保存{time}"),
    "restored": _("上次没有提交的内容已恢复"),
    "discard": _("丢弃"),
    "copied": _("已复制"),
    "copy_failed": _("没有复制成功，请长按选中后复制"),
    "locating": _("正在找您的位置"),
    "located": _("已记下您现在的位置"),
    "not_located": _("没有得到位置，写地点就行"),
    "row_gone": _("已有人办了"),
    "alarm": pgettext_lazy("alarm", "特急"),
    "alarm_open": _("打开"),
    "alarm_seen": _("知道了"),
    "switched_on": pgettext_lazy("switch", "开"),
    "switched_off": pgettext_lazy("switch", "关"),
    "not_fresh": _("连不上服务器，列表可能不是最新的"),
    "undo_until": _("{n}秒后报出"),
    "undo_until_valid": _("{n}秒后生效"),
    "sent": _("已报出"),
    "near_sorted": _("这一页已按远近排好；位置没有保存，也没有发出"),
    "near_failed": _("没有得到位置，仍按原来的顺序"),
    "away_metres": _("离您{n}米"),
    "away_kilometres": _("离您{n}公里"),
    "offline": _("没有连上服务器，已填的内容还在，请稍后再试"),
    "failed": _("没有办成，已填的内容还在，请再试一次；还不行，请告诉系统管理员"),
    "no_results": _("没有找到"),
    "results": _("{n}条"),
    "map_all": _("地图上{n}件，超期{late}件"),
    "map_points": _("地图上{n}件"),
    "map_zoom_in": _("放大"),
    "map_zoom_out": _("缩小"),
    "map_close": _("关上"),
    "map_failed": _("地图没有加载出来，不影响其他操作"),
    "map_card_failed": _("没有打开，请从列表里点"),
    "map_pointed": _("已记下地图上的位置：{place}"),
    "map_unknown_place": _("地图上选的点"),
    "map_outside": _("这里不在本区范围内，请在区界里点"),
    "drawn": _("画好了；拖动角上的点可以再改"),
    "not_drawn": _("还没有画"),
    "unsent_outdoors": _("外勤还有{n}件没有发出，请到“外勤”发完。再按一次退出，就没有了"),
}
