"""Two keepers decide on drafts at the same moment: one after the other, and nothing twice."""

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.timezone import localdate

from chengshao.administration import actions
from chengshao.catalog import actions as catalog
from chengshao.catalog import queries
from chengshao.catalog.models import Draft, Responsibility
from chengshao.catalog.queries import Cells
from chengshao.catalog.terms import TableKind
from tests.district import LOADER, MANHOLE, load_district
from tests.integration.workorders.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def a_draft(role: str) -> int:
    row = {
        "事项编码": MANHOLE,
        "主办角色": role,
        "依据文件": "办法（示意）",
        "生效日期": (localdate() + timedelta(days=1)).isoformat(),
    }
    return actions.draft_rows(
        kind=TableKind.RESPONSIBILITIES, cells=[Cells(2, row)], actor=LOADER, at=timezone.now()
    )


def put_in_force(draft_id: int) -> Draft:
    return catalog.put_in_force(draft_id=draft_id, actor=LOADER, at=timezone.now())


@pytest.fixture(autouse=True)
def district() -> None:
    load_district()


def test_the_same_draft_takes_effect_once() -> None:
    draft_id, before = a_draft("供水"), Responsibility.objects.count()

    said = at_once(lambda: put_in_force(draft_id), lambda: put_in_force(draft_id))

    assert sorted(said) == ["done", "draft_over"]
    assert Responsibility.objects.count() == before + 1


def test_the_second_of_two_drafts_is_checked_again() -> None:
    first, second = a_draft("供水"), a_draft("园林绿化")
    edition = queries.edition()

    said = at_once(lambda: put_in_force(first), lambda: put_in_force(second))

    assert sorted(said) == ["done", "draft_not_checked"]
    assert queries.edition() != edition
    assert Draft.objects.filter(state="IN_FORCE").count() == 1


def test_it_is_dropped_or_takes_effect_not_both() -> None:
    draft_id, before = a_draft("供水"), Responsibility.objects.count()

    said = at_once(
        lambda: put_in_force(draft_id),
        lambda: catalog.drop_draft(draft_id=draft_id, actor=LOADER, at=timezone.now()),
    )

    assert sorted(said) == ["done", "draft_over"]
    taken = Draft.objects.get().state == "IN_FORCE"
    assert Responsibility.objects.count() == before + taken
