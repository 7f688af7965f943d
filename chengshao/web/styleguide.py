"""All components on one page, to be looked at and measured. In demo mode only; invented data."""

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from chengshao.web import due
from chengshao.web.pages import signed_in

_HOUR = 3600
_WORKING_DAY = 8 * _HOUR


class SampleForm(forms.Form):
    words = forms.CharField(
        label="原话",
        help_text="说一句就够",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    place = forms.CharField(label="在哪里", max_length=200)
    phone = forms.CharField(label="电话", required=False, max_length=20)
    matter = forms.ChoiceField(label="什么事", choices=[("1", "占道经营"), ("2", "井盖缺损")])
    urgency = forms.ChoiceField(
        label="紧急程度",
        choices=[("1", "一般"), ("2", "紧急"), ("3", "突发")],
        initial="1",
        widget=forms.RadioSelect,
    )
    confidential = forms.BooleanField(label="保密", required=False, help_text="只有指定的人能看到")
    file = forms.FileField(label="照片", required=False)


@require_GET
@signed_in
def styleguide(request: HttpRequest) -> HttpResponse:
    if not settings.DEMO:
        raise Http404
    return render(request, "web/styleguide.html", sample())


def sample() -> dict[str, Any]:
    """Return what the page shows; the clocks count from now."""
    now = timezone.now().replace(second=0, microsecond=0)

    def chip(left: int, amount: int, *, label: str = "", day: int = 24 * _HOUR) -> due.DueChip:
        return due.running(
            left=left,
            amount=amount,
            due_at=now + timedelta(seconds=left),
            now=now,
            day=day,
            label=label,
        )

    faulty = SampleForm({"words": "人行道井盖塌了一角", "place": "", "matter": "9"})
    faulty.is_valid()
    return {
        "chips": [
            chip(3 * _WORKING_DAY, 5 * _WORKING_DAY, day=_WORKING_DAY),
            chip(200 * 60, 24 * _HOUR),
            chip(12 * 60, 2 * _HOUR, label="派单"),
            chip(-_WORKING_DAY, 5 * _WORKING_DAY, day=_WORKING_DAY),
            due.paused(title="等配件，11月25日恢复"),
            due.finished(),
        ],
        "urgent": chip(12 * 60, 2 * _HOUR, label="派单"),
        "outer": chip(100 * 60, 4 * _HOUR, label="外部"),
        "late": chip(-18 * 60, 2 * _HOUR, label="派单"),
        "enough": chip(5 * _HOUR, 8 * _HOUR, label="派单"),
        "steps": [
            {"words": words, "state": state}
            for words, state in (
                ("收集", "done"),
                ("立案", "done"),
                ("派单", "done"),
                ("处置", "current"),
                ("反馈", ""),
                ("核查结案", ""),
                ("评价", ""),
            )
        ],
        "entries": [
            {
                "at": now - timedelta(minutes=50),
                "unit": {"face": "市民", "name": "诉求人"},
                "words": "第3次来电，已告知进展",
            },
            {
                "at": now - timedelta(days=1, hours=2),
                "unit": {"face": "执法", "name": "区综合行政执法局"},
                "words": "上门，店主答应改装",
                "detail": "现场图1张，笔录1份",
            },
            {
                "at": now - timedelta(days=9),
                "unit": {"face": "系统", "name": "系统"},
                "words": "恢复计时",
                "system": True,
            },
            {
                "at": now - timedelta(days=400),
                "unit": {"face": "中心", "name": "联动指挥中心"},
                "words": "立案，派给区综合行政执法局",
            },
        ],
        "refused": {"code": "sample", "message": "这件刚被改派给区治水办"},
        "faults": [
            {"row": 3, "column": "事项", "message": "没有“井盖缺失”"},
            {"row": 17, "column": "生效日期", "message": "“2026-13-01”不是日期，例：2026-11-23"},
        ],
        "actions": [
            {"words": "派给区城市管理局", "kind": "main", "key": "Enter", "shown": "回车"},
            {"words": "换单位", "key": "/"},
            {"words": "加协办", "key": "p", "shown": "P"},
        ],
        "columns": ["日期", "事", "派给", "结果"],
        "rows": [
            ["11月16日", "望桥路通信井盖破损", "区城市管理局", "已修复"],
            ["11月2日", "青梧路通信井盖异响", "凯旋街道", "退单，改派"],
        ],
        "form": SampleForm(),
        "faulty": faulty,
    }
