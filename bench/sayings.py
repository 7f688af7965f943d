"""What citizens of the demo district (示意) report: words as one hears them, at places it has."""

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.timezone import localdate

from chengshao.intake.schemas import ReportIn
from chengshao.places import queries as places
from chengshao.places.queries import PlaceLine
from chengshao.workorders.actions import NewReport
from chengshao.workorders.terms import Channel

_WORDS = (
    "{place}门口的路灯坏了三天，晚上很黑，老人小孩走路不安全，希望尽快派人来修。",
    "我住{place}，楼下的路灯一闪一闪，半夜照到卧室里，打过一次电话没有人来。",
    "{place}东门外的路灯杆被车撞歪了，怕倒下来砸到人，请先围起来再换。",
    "{place}那一排路灯白天也亮着，浪费电，反映过物业，物业说不归他们管。",
    "每天晚上七点{place}的路灯才亮，下班回来路上已经看不清，能不能早一点开？",
    "{place}北侧路口新装的路灯被树挡住了，下雨天骑车的人看不见台阶，上个月已经摔了两个。",
)
_SEARCHED = "小区"  # of the demo's known places most are called so
_MOST = 50


def said(prefix: str) -> Iterator[Mapping[str, Any]]:
    """Return reports without end, as the API takes them; each has a key of its own."""
    known = places.find_places(_SEARCHED, limit=_MOST, on=localdate())
    return _said(prefix, itertools.cycle([place for place in known if place.lng is not None]))


def new_reports(prefix: str) -> Iterator[NewReport]:
    """Return the same as the action takes them."""
    return (ReportIn.model_validate(one).new_report() for one in said(prefix))


def _said(prefix: str, where: Iterator[PlaceLine]) -> Iterator[Mapping[str, Any]]:
    for number, words, place in zip(
        itertools.count(1), itertools.cycle(_WORDS), where, strict=False
    ):
        yield {
            "client_key": f"{prefix}-{number}",
            "channel": Channel.HOTLINE,
            "words": words.format(place=place.name),
            "place": f"{place.name}附近",
            "point": {"lng": place.lng, "lat": place.lat},
            "contact_name": "演示市民",
            "contact_phone": f"138000{number % 100_000:05d}",
        }
