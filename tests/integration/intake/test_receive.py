"""Anonymous reporting is open and throttled; who has a name is not counted."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chengshao.intake import actions
from chengshao.intake.models import AddressCount
from chengshao.intake.rules.throttle import WINDOWS
from chengshao.kernel.actor import Actor, ActorKind
from chengshao.workorders.models import Report
from chengshao.workorders.terms import Channel
from tests.district import AT, District, said

CITIZEN = Actor(ActorKind.CITIZEN)
(SHORT, MOST), _ = WINDOWS


def send(key: int, *, address: str = "192.0.2.7", actor: Actor = CITIZEN, hours: int = 0) -> None:
    report = replace(said(f"k-{key}", f"第{key}件事"), channel=Channel.PORTAL)
    actions.receive(report=report, address=address, actor=actor, at=AT + timedelta(hours=hours))


def test_one_address_reports_only_so_often(district: District) -> None:
    for key in range(MOST):
        send(key)

    with pytest.raises(actions.TooManyReports):
        send(MOST)
    assert Report.objects.count() == MOST


def test_another_address_and_a_later_hour_are_free(district: District) -> None:
    for key in range(MOST):
        send(key)

    send(MOST, address="192.0.2.8")
    send(MOST + 1, hours=1)

    assert Report.objects.count() == MOST + 2


def test_who_has_a_name_is_not_counted(centre: Actor) -> None:
    for key in range(MOST + 1):
        send(key, actor=centre)

    assert not AddressCount.objects.exists()


def test_addresses_are_kept_only_as_changing_digests_and_forgotten(district: District) -> None:
    send(1)
    send(2, hours=48)

    keys = list(AddressCount.objects.values_list("key", flat=True))
    assert len(set(keys)) == 4  # two windows on two days
    assert not any("192.0.2" in key for key in keys)

    actions.forget_addresses(at=AT + timedelta(days=2))
    assert AddressCount.objects.count() == 2


def test_whoever_reported_gets_a_number_and_a_link(district: District) -> None:
    received = actions.receive(
        report=replace(said(), channel=Channel.PORTAL), address="192.0.2.7", actor=CITIZEN, at=AT
    )

    assert received.number == "20260302-0001"
    assert len(received.token) == 32


def test_whoever_repeats_a_report_hears_that_it_was_there(centre: Actor) -> None:
    first, again = (
        actions.receive(
            report=said(), address="192.0.2.7", actor=centre, at=AT + timedelta(minutes=minutes)
        )
        for minutes in (0, 1)
    )

    assert (first.created, again.created) == (True, False)
    assert (again.number, again.token) == (first.number, first.token)


def test_also_a_repetition_in_the_very_same_moment_was_there_before(centre: Actor) -> None:
    first, again = (
        actions.receive(report=said(), address="192.0.2.7", actor=centre, at=AT) for _ in range(2)
    )

    assert (first.created, again.created) == (True, False)


def test_a_citizen_s_repetition_in_the_same_moment_is_not_counted(district: District) -> None:
    for _ in range(2):
        send(1)

    assert set(AddressCount.objects.values_list("count", flat=True)) == {1}


def test_without_a_name_nobody_claims_to_be_the_hotline(district: District) -> None:
    with pytest.raises(actions.ChannelNotOpen):
        actions.receive(report=said(), address="192.0.2.7", actor=CITIZEN, at=AT)
    assert not Report.objects.exists()


def test_the_same_request_again_is_answered_also_beyond_the_limit(district: District) -> None:
    for key in range(MOST):
        send(key)

    again = replace(said("k-0", "第0件事"), channel=Channel.PORTAL)
    later = AT + timedelta(minutes=1)
    received = actions.receive(report=again, address="192.0.2.7", actor=CITIZEN, at=later)

    assert not received.created
    assert Report.objects.count() == MOST
