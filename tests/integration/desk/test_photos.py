"""Pictures of before and after stand side by side, with whose they are (H5, F17)."""

import re
from datetime import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from chengshao.catalog.terms import EvidenceKind
from chengshao.evidence import actions as evidence
from chengshao.kernel.actor import Actor, ActorKind
from chengshao.people.terms import Role
from chengshao.workorders import actions
from chengshao.workorders.models import Attachment, WorkOrder
from chengshao.workorders.terms import TaskCommand, TaskKind
from tests.clerks import SignIn
from tests.district import AT, TREE, District, account, dispatched, move, owed
from tests.turns import handler_of
from tests.unit.evidence.files import pdf, photo


@pytest.fixture
def case(centre: Actor, district: District) -> WorkOrder:
    """A matter that asks a picture of after, reported with one of before, at work."""
    found = dispatched(centre, district.roads, matter=TREE)
    report = found.reports.get()
    citizen = Actor(ActorKind.CITIZEN, report_id=report.pk)
    blob = evidence.store_upload(content=photo(), name="树.jpg", actor=citizen, at=AT)
    actions.attach_to_report(report_id=report.pk, blob_id=blob, actor=citizen, at=AT)
    return move(found, TaskKind.LEAD, TaskCommand.ACKNOWLEDGE, centre)


@pytest.fixture
def hands(district: District) -> Actor:
    return handler_of(district.roads, account("hands"))


def show_after(case: WorkOrder, kind: TaskKind, actor: Actor, at: datetime = AT) -> Attachment:
    blob = evidence.store_upload(content=photo(), name="后.jpg", actor=actor, at=at)
    return actions.attach_evidence(
        task_id=owed(case, kind).pk,
        evidence_kind=EvidenceKind.PHOTO_AFTER,
        blob_id=blob,
        actor=actor,
        at=at,
    )


def pairs_on(client: Client, case: WorkOrder) -> list[str]:
    page = client.get(f"/desk/cases/{case.number}/").content.decode()
    found = re.findall(r'<li class="pair">(.*?)</li>', page, re.S)
    return [" ".join(re.sub(r"<[^>]+>", " ", pair).split()) for pair in found]


@pytest.fixture
def checker(sign_in: SignIn, district: District) -> Client:
    return sign_in(Role.CHECKER, district.centre)


def test_before_anybody_showed_it_is_done_the_other_side_says_so(
    sign_in: SignIn, district: District, case: WorkOrder
) -> None:
    leader = sign_in(Role.DUTY_LEADER, district.centre)

    (pair,) = pairs_on(leader, case)

    assert "来件照片" in pair
    assert "还没有处置后照片" in pair


def test_what_the_unit_showed_stands_beside_it_under_the_unit_s_name(
    checker: Client, centre: Actor, case: WorkOrder, hands: Actor
) -> None:
    show_after(case, TaskKind.LEAD, hands)
    move(case, TaskKind.LEAD, TaskCommand.ANSWER, centre, reply="补种了")

    (pair,) = pairs_on(checker, case)

    assert pair.index("来件照片") < pair.index("处置后照片")
    assert "区城市管理局" in pair.split("处置后照片")[1]


def test_who_checks_sees_pictures_and_the_closing_condition_before_the_tasks(
    checker: Client, centre: Actor, case: WorkOrder, hands: Actor
) -> None:
    show_after(case, TaskKind.LEAD, hands)
    move(case, TaskKind.LEAD, TaskCommand.ANSWER, centre, reply="补种了")

    page = checker.get(f"/desk/cases/{case.number}/").content.decode()

    assert page.index('class="compare"') < page.index("各单位的任务")
    assert "结案条件" in page[page.index('class="compare"') : page.index("各单位的任务")]


def test_in_the_list_of_checks_they_stand_there_too(
    checker: Client, centre: Actor, case: WorkOrder, hands: Actor
) -> None:
    show_after(case, TaskKind.LEAD, hands)
    move(case, TaskKind.LEAD, TaskCommand.ANSWER, centre, reply="补种了")

    page = checker.get(f"/desk/queue/check/?case={case.number}").content.decode()

    assert 'class="pair"' in page


def test_a_second_round_comes_first_and_is_held_against_the_same_before(
    checker: Client, centre: Actor, case: WorkOrder, hands: Actor
) -> None:
    show_after(case, TaskKind.LEAD, hands)
    move(case, TaskKind.LEAD, TaskCommand.ANSWER, centre, reply="补种了")
    move(case, TaskKind.CHECK, TaskCommand.FAIL, centre, reason="死了")
    move(case, TaskKind.LEAD, TaskCommand.ACKNOWLEDGE, centre)
    show_after(case, TaskKind.LEAD, hands)

    newest, earlier = pairs_on(checker, case)

    assert "（第2轮）" in newest
    assert "（第2轮）" not in earlier
    assert all("来件照片" in pair for pair in (newest, earlier))


def test_large_one_pair_is_a_page_and_its_pictures_are_shown_not_saved(
    checker: Client, case: WorkOrder
) -> None:
    page = checker.get(f"/desk/cases/{case.number}/photos/1/")

    (address,) = re.findall(r'src="([^"]+large=1)"', page.content.decode())
    answer = checker.get(address)
    assert answer["Content-Disposition"].startswith("inline")
    assert "sandbox" in answer["Content-Security-Policy"]


@pytest.mark.parametrize("nth", [0, 2, 10**9])
def test_there_is_no_other_pair(checker: Client, case: WorkOrder, nth: int) -> None:
    assert checker.get(f"/desk/cases/{case.number}/photos/{nth}/").status_code == 404


def test_whom_the_case_is_not_there_for_sees_no_picture_of_it(
    sign_in: SignIn, district: District, case: WorkOrder
) -> None:
    stranger = sign_in(Role.HANDLER, district.parks)

    assert stranger.get(f"/desk/cases/{case.number}/photos/1/").status_code == 404


def test_a_picture_that_was_erased_is_in_no_pair(checker: Client, case: WorkOrder) -> None:
    case.attachments.update(blob=None, erased_at=AT)

    assert pairs_on(checker, case) == []
    assert "已删除" in checker.get(f"/desk/cases/{case.number}/").content.decode()


def test_what_is_no_picture_is_a_file_to_save(
    checker: Client, case: WorkOrder, hands: Actor
) -> None:
    stored = evidence.store_file(
        file=SimpleUploadedFile("a.pdf", pdf()),
        actor=hands,
        at=AT,
    )
    lead = owed(case, TaskKind.LEAD)
    Attachment.objects.create(
        work_order=case, task=lead, evidence_kind="DOCUMENT", blob_id=stored, added_at=AT
    )

    page = checker.get(f"/desk/cases/{case.number}/").content.decode()

    assert "a.pdf" in page
    assert len(pairs_on(checker, case)) == 1
