"""The demo opens with something in every list, made by the same actions as real cases."""

import csv
from collections import Counter
from typing import Any

import pytest

from chengshao.workorders import queries
from chengshao.workorders.models import WorkOrder
from config.demo import set_up_demo
from config.demo_cases import FILE
from tests.district import AT

STEP_REACHED = {
    "收集": "REPORTED",
    "立案": "REGISTERED",
    "派单": "DISPATCHED",
    "处置": "HANDLING",
    "反馈": "ANSWERED",
    "核查结案": "CLOSED",
    "评价": "EVALUATED",
    "直接答复": "CLOSED",
    "不予立案": "DECLINED",
    "会商": "REGISTERED",
    "申请退单": "DISPATCHED",
    "两次退单": "DISPATCHED",
    "联系不上": "HANDLING",
    "交办": "HANDLING",
    "催单": "HANDLING",
    "申请延期": "HANDLING",
    "延期待中心批": "HANDLING",
    "待审签": "HANDLING",
}


@pytest.mark.django_db
def test_every_row_of_the_file_reaches_the_step_it_names(settings: Any) -> None:
    settings.DEMO = True
    with FILE.open(encoding="utf-8", newline="") as file:
        asked = Counter(STEP_REACHED[row["办到"]] for row in csv.DictReader(file))

    set_up_demo(at=AT)

    cases = WorkOrder.objects.all()
    assert Counter(cases.values_list("step", flat=True)) == asked
    assert set(asked) == set(STEP_REACHED.values())
    assert all(queries.first_broken_entry(case) is None for case in cases)
    assert max(cases.values_list("opened_at", flat=True)) < AT
