"""Two workers at once: what happened is told once, and a message goes once."""

import threading
from collections import Counter
from collections.abc import Callable

import pytest
from django.db import connections

from chengshao.notices import actions
from chengshao.notices.actions import sending
from chengshao.notices.models import Notice, Outbox
from chengshao.notices.terms import NoticeState
from tests.district import AT, everyone, load_district, reported, said
from tests.integration.notices.told import KEEPER, SOON, Wire

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(work: Callable[[], object], workers: int = 4) -> list[BaseException]:
    failed: list[BaseException] = []
    together = threading.Barrier(workers)

    def run() -> None:
        try:
            together.wait(timeout=10)
            work()
        except BaseException as error:
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return failed


def test_workers_that_run_at_once_tell_and_send_everything_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    centre = everyone(load_district())
    actions.load_seeds(actor=KEEPER, at=AT)
    wire = Wire()
    monkeypatch.setattr(sending, "adapter_for", lambda channel: wire)
    for n in range(12):
        reported(centre, said(f"k-{n}", f"第{n}处井盖破损", phone=f"138001380{n:02}"))

    def expand_all() -> None:
        while actions.expand(at=SOON, limit=3):
            pass

    def send_all() -> None:
        while actions.send_due(at=SOON, limit=3):
            pass

    assert at_once(expand_all) == []
    assert Notice.objects.filter(contact__isnull=False).count() == 12
    assert not Outbox.objects.exists()

    assert at_once(send_all) == []
    assert set(Counter(wire.keys).values()) == {1}
    assert len(wire.keys) == 12
    assert set(Notice.objects.values_list("state", flat=True)) == {NoticeState.SENT}


def test_four_workers_keep_the_budget_of_one_number(monkeypatch: pytest.MonkeyPatch) -> None:
    centre = everyone(load_district())
    actions.load_seeds(actor=KEEPER, at=AT)
    wire = Wire()
    monkeypatch.setattr(sending, "adapter_for", lambda channel: wire)
    for n in range(8):
        reported(centre, said(f"k-{n}", f"第{n}处井盖破损", phone="13800138000"))
    while actions.expand(at=SOON):
        pass

    assert at_once(lambda: actions.send_due(at=SOON, limit=2)) == []

    assert len(wire.sent) == 3
