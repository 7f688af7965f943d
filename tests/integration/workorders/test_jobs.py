from datetime import timedelta

import pytest

from chengshao.kernel.actor import Actor
from chengshao.workorders import tasks
from chengshao.workorders.terms import Step
from tests.district import AT, District, closed, reported, said


@pytest.mark.parametrize(("days", "step"), [(6, Step.CLOSED), (7, Step.EVALUATED)])
def test_the_time_to_rate_ends_by_itself(
    centre: Actor, district: District, monkeypatch: pytest.MonkeyPatch, days: int, step: Step
) -> None:
    case = closed(centre, district.roads)
    waiting = reported(centre, said("k-2", "另一件事")).work_order
    monkeypatch.setattr(
        "chengshao.workorders.tasks.timezone.now", lambda: AT + timedelta(days=days)
    )

    first, again = tasks.lapse_ratings(timestamp=0), tasks.lapse_ratings(timestamp=0)

    case.refresh_from_db()
    waiting.refresh_from_db()
    assert (case.step, waiting.step) == (step, Step.REPORTED)
    assert (first, again) == (int(days == 7), 0)
