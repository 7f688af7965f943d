"""Minutes and hours a year in words."""

import pytest
from django.utils.translation import override

from chengshao.administration.templatetags.administration import hours, signed_minutes


@pytest.mark.parametrize(
    ("minutes", "said"),
    [("2.00", "+2分钟"), ("-0.50", "-0.5分钟"), ("100.00", "+100分钟")],
)
def test_minutes_for_one_case(minutes: str, said: str) -> None:
    with override("zh-hans"):
        assert signed_minutes(minutes) == said


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        ("22.00", "+22分钟"),
        ("-209.00", "-3.5小时"),
        ("3720.00", "+62小时"),
        ("123456.00", "+2,058小时"),
    ],
)
def test_a_year(minutes: str, said: str) -> None:
    with override("zh-hans"):
        assert hours(minutes) == said
