"""Two at once: one publishes, the other is told; an owner is chased once."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connections

from chengshao.kernel.errors import DomainError
from chengshao.knowledge import actions
from chengshao.knowledge.models import Correction, Version
from tests.district import AT, load_district
from tests.integration.knowledge.conftest import draft_of, keeper_of, published

pytestmark = pytest.mark.django_db(transaction=True)
LATER = AT + timedelta(days=1)


def at_once(*deeds: Callable[[], object]) -> list[str]:
    ready, told = Barrier(len(deeds)), []

    def do(deed: Callable[[], object]) -> None:
        ready.wait()
        try:
            deed()
            told.append("done")
        except DomainError as error:
            told.append(error.code)
        finally:
            connections.close_all()

    threads = [Thread(target=do, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(told)


def test_of_two_who_publish_at_once_one_is_told() -> None:
    water = load_district().water
    keeper = keeper_of(water)
    code = published(keeper, draft_of(water)).item.code

    told = at_once(
        lambda: published(keeper, draft_of(water, answer="甲。"), code, 1, at=LATER),
        lambda: published(keeper, draft_of(water, answer="乙。"), code, 1, at=LATER),
    )

    assert told == ["done", "knowledge_item_changed_meanwhile"]
    assert Version.objects.filter(replaced_at=None).count() == 1


def test_two_new_items_at_once_have_two_numbers() -> None:
    water = load_district().water
    keeper = keeper_of(water)

    told = at_once(
        lambda: published(keeper, draft_of(water, answer="甲。")),
        lambda: published(keeper, draft_of(water, answer="乙。")),
    )

    assert told == ["done", "done"]
    codes = Version.objects.values_list("item__code", flat=True)
    assert sorted(codes) == ["Z0001", "Z0002"]


def test_two_nights_at_once_chase_an_owner_once() -> None:
    water = load_district().water
    published(keeper_of(water), draft_of(water, valid_until=LATER))

    at_once(*(lambda: actions.chase_expired(at=LATER) for _ in range(2)))

    assert Correction.objects.count() == 1
