"""A phone may send the same from two tabs in one moment: it stands once, and both hear the same."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from chengshao.field import actions
from chengshao.field.models import Deed
from chengshao.workorders.models import Entry
from chengshao.workorders.terms import Power, Step, TaskCommand, TaskKind
from tests.district import (
    AT,
    account,
    dispatched,
    everyone,
    load_district,
    move,
    owed,
    staff,
)


@pytest.mark.django_db(transaction=True)
def test_the_same_check_sent_twice_at_once_stands_once() -> None:
    district = load_district()
    centre = everyone(district)
    case = dispatched(centre, district.roads)
    move(case, TaskKind.LEAD, TaskCommand.ACKNOWLEDGE, centre)
    move(case, TaskKind.LEAD, TaskCommand.ANSWER, centre, reply="已换好")
    task = owed(case, TaskKind.CHECK)
    checker = staff(district.centre, Power.SEE, Power.CHECK, user_id=account("checker"))
    lines, start = Entry.objects.count(), Barrier(2)

    def send(_tab: int) -> int:
        start.wait(timeout=20)
        try:
            sent = actions.check(
                client_key="k",
                task_id=task.pk,
                seen_revision=task.revision,
                command=TaskCommand.PASS,
                reason="",
                actor=checker,
                at=AT,
            )
            return int(sent.pk)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as tabs:
        first, second = tabs.map(send, range(2))

    assert first == second == Deed.objects.get().pk
    assert Deed.objects.get().step == Step.CLOSED
    assert Entry.objects.count() == lines + 1
