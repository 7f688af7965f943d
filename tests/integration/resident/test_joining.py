"""Something like it is open nearby: who reports is asked first, by public facts alone (F13)."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from chengshao.kernel.actor import Actor, ActorKind
from chengshao.workorders import actions, queries
from chengshao.workorders.actions import NewReport, link_of
from chengshao.workorders.models import Report, WorkOrder
from chengshao.workorders.queries import Spot, WorkOrderNotFound
from chengshao.workorders.terms import Channel
from tests.district import AT, District, closed, dispatched, reported, said
from tests.integration.resident.conftest import Clock, words_of
from tests.statements import count_statements
from tests.unit.evidence.files import photo

DOOR = "/report/"
WORDS = "和平路口的井盖破了"
PAGE_2 = {"client_key": "a" * 32, "words": WORDS, "place": "和平路口东侧", "send": "1"}
LNG, LAT = 120.17, 30.24


@pytest.fixture(autouse=True)
def at_this_moment(clock: Clock) -> None:
    """All of this happens at AT."""


@pytest.fixture
def phone(district: District) -> Client:
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def open_case(centre: Actor, district: District) -> WorkOrder:
    return dispatched(centre, district.roads, report=said(words="人行道井盖破损，张三家门口"))


def key_of(page: str) -> str:
    (key,) = re.findall(r'name="join" value="([0-9a-f]{16})"', page)
    return str(key)


def test_matter_place_when_and_voices_are_told_and_nobody_s_words(
    phone: Client, open_case: WorkOrder
) -> None:
    page = phone.post(DOOR, PAGE_2)

    told = words_of(page)
    assert "附近有人反映过，是同一件事吗？" in told
    assert "1人反映" in told
    assert "张三" not in told
    assert open_case.number not in page.content.decode()
    assert Report.objects.count() == 1


def test_how_far_it_is_is_told_to_who_said_where_they_are(
    phone: Client, open_case: WorkOrder
) -> None:
    WorkOrder.objects.filter(pk=open_case.pk).update(lng=LNG, lat=LAT)

    page = phone.post(DOOR, PAGE_2 | {"lng": f"{LNG + 0.001}", "lat": f"{LAT}"})

    assert "离您说的地方约96米" in words_of(page)


def test_who_joins_keeps_the_own_words_and_link(phone: Client, open_case: WorkOrder) -> None:
    key = key_of(phone.post(DOOR, PAGE_2).content.decode())

    page = phone.post(DOOR, PAGE_2 | {"join": key}, follow=True)

    own = Report.objects.latest("pk")
    assert own.work_order == open_case
    assert own.words == WORDS
    assert page.redirect_chain[0][0].startswith(reverse("resident:follow", args=[link_of(own)]))
    assert "与同类诉求一并办理。" in words_of(page)
    assert "张三" not in words_of(page)


def test_who_says_it_is_another_sends_it_alone(phone: Client, open_case: WorkOrder) -> None:
    phone.post(DOOR, PAGE_2 | {"join": "none"})

    assert Report.objects.latest("pk").work_order != open_case


def test_pressed_twice_is_one_report(phone: Client, open_case: WorkOrder) -> None:
    key = key_of(phone.post(DOOR, PAGE_2).content.decode())

    for _press in range(2):
        phone.post(DOOR, PAGE_2 | {"join": key})

    assert open_case.reports.count() == 2


def test_what_ended_meanwhile_is_sent_by_itself(
    phone: Client, open_case: WorkOrder, centre: Actor
) -> None:
    key = key_of(phone.post(DOOR, PAGE_2).content.decode())
    WorkOrder.objects.filter(pk=open_case.pk).update(outcome="CLOSED")

    answer = phone.post(DOOR, PAGE_2 | {"join": key})

    assert answer.status_code == 302
    assert Report.objects.latest("pk").work_order != open_case


def test_all_that_was_filled_in_travels_along(phone: Client, open_case: WorkOrder) -> None:
    page = phone.post(DOOR, PAGE_2 | {"phone": "13800138000"}).content.decode()

    assert 'name="phone" value="13800138000"' in page
    assert f'name="words" value="{WORDS}"' in page


def kept_in(page: str) -> dict[str, str]:
    (kept,) = re.findall(r'name="photo_kept" value="([^"]+)"', page)
    return {"photo_kept": kept}


def with_photo() -> dict[str, Any]:
    return PAGE_2 | {"photo": SimpleUploadedFile("a.jpg", photo())}


@pytest.mark.parametrize("joins", [True, False])
def test_a_picture_comes_along_and_is_not_asked_for_again(
    phone: Client, open_case: WorkOrder, joins: bool
) -> None:
    page = phone.post(DOOR, with_photo()).content.decode()
    assert 'type="file"' not in page

    phone.post(DOOR, PAGE_2 | {"join": key_of(page) if joins else "none"} | kept_in(page))

    assert Report.objects.latest("pk").attachments.count() == 1


@pytest.mark.parametrize("of", [{"client_key": "0" * 32}, {"photo_kept": "WzEsIiJd:made:up"}])
def test_a_picture_of_another_form_or_a_made_up_one_does_not(
    phone: Client, open_case: WorkOrder, of: dict[str, str]
) -> None:
    page = phone.post(DOOR, with_photo()).content.decode()

    answer = phone.post(DOOR, PAGE_2 | {"join": "none"} | kept_in(page) | of)

    assert answer.status_code == 302
    assert Report.objects.latest("pk").attachments.count() == 0


def test_what_is_no_picture_is_told_and_nothing_is_sent(
    phone: Client, open_case: WorkOrder
) -> None:
    film = SimpleUploadedFile("film.mp4", b"film" * 500)

    answer = phone.post(DOOR, PAGE_2 | {"photo": film})

    assert answer.status_code == 422
    assert WORDS in answer.content.decode()
    assert Report.objects.count() == 1


@pytest.mark.parametrize("more", [{"confidential": "on"}, {"kind": "COMPLAINT"}, {"about": "物业"}])
def test_who_wants_confidence_or_complains_is_not_asked(
    phone: Client, open_case: WorkOrder, more: dict[str, str]
) -> None:
    assert phone.post(DOOR, PAGE_2 | more).status_code == 302
    assert Report.objects.latest("pk").work_order != open_case


@pytest.mark.parametrize(
    "kept", [{"confidential": True}, {"about": "roads"}, {"late": True}, {"unregistered": True}]
)
def test_what_is_for_a_closed_circle_or_over_is_never_offered(
    phone: Client, centre: Actor, district: District, kept: dict[str, object]
) -> None:
    if kept.get("late"):
        closed(centre, district.roads)
    elif kept.get("unregistered"):
        reported(centre)
    else:
        about = district.water if kept.get("about") else None
        dispatched(
            centre,
            district.roads,
            report=said(confidential=bool(kept.get("confidential")), about=about),
        )

    assert phone.post(DOOR, PAGE_2).status_code == 302


def test_a_point_far_away_is_another_place(open_case: WorkOrder) -> None:
    WorkOrder.objects.filter(pk=open_case.pk).update(lng=LNG, lat=LAT)

    near = queries.joinable_near(Spot("井盖破了", "", LNG + 0.001, LAT), at=AT)
    far = queries.joinable_near(Spot("井盖破了", "", LNG + 0.003, LAT), at=AT)

    assert [case.metres for case in near] == [96]
    assert far == []


def test_nothing_is_offered_of_another_matter_there(open_case: WorkOrder) -> None:
    assert queries.joinable_near(Spot("半夜施工太吵", "和平路口东侧"), at=AT) == []


def test_nothing_older_than_a_month(open_case: WorkOrder) -> None:
    assert queries.joinable_near(Spot(WORDS, "和平路口东侧"), at=AT + timedelta(days=31)) == []


def test_nobody_joins_by_a_number_what_was_not_offered(open_case: WorkOrder) -> None:
    elsewhere = NewReport(
        client_key="b", channel=Channel.PORTAL, words="半夜施工", joins=open_case.number
    )

    with pytest.raises(WorkOrderNotFound):
        actions.receive_report(report=elsewhere, actor=Actor(ActorKind.CITIZEN), at=AT)

    assert open_case.reports.count() == 1


def test_two_statements_for_any_number(centre: Actor, district: District) -> None:
    for n in range(4):
        dispatched(centre, district.roads, report=said(f"k-{n}"))
    with count_statements() as asked:
        found = queries.joinable_near(Spot(WORDS, "和平路口东侧"), at=AT)

    assert len(found) == 3
    assert asked.number == 2
