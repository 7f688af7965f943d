"""Against real PostgreSQL: one request makes one report, whoever sends it how often."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from io import BytesIO
from typing import Any

import pytest
from django.db import connections
from PIL import Image

from chengshao.evidence.actions import store_upload
from chengshao.kernel.actor import Actor, ActorKind
from chengshao.kernel.clock import ZONE, ClockUnit
from chengshao.kernel.errors import DomainError
from chengshao.people.models import Contact
from chengshao.workorders import actions, queries
from chengshao.workorders.actions.report_files import MOST_FILES
from chengshao.workorders.actions.reports import SourceAtUnlikely
from chengshao.workorders.models import Report, WorkOrder
from chengshao.workorders.rules.refusals import PowerMissing
from chengshao.workorders.terms import Channel, Step, TaskKind
from tests.district import (
    AT,
    District,
    account,
    dispatched,
    everyone,
    load_district,
    registered,
    reported,
    said,
    staff,
)

CITIZEN = Actor(ActorKind.CITIZEN)


def test_a_report_opens_a_case_that_waits_to_be_registered(centre: Actor) -> None:
    report = reported(centre)

    case = report.work_order
    task = case.tasks.get()
    limit = task.deadlines.get()
    assert (case.number, case.step) == ("20260302-0001", Step.REPORTED)
    assert (task.kind, task.unit_id) == (TaskKind.REGISTER, case.desk_unit_id)
    assert (limit.amount, limit.unit) == (2, ClockUnit.URGENT_HOUR)
    assert limit.due_at == AT + timedelta(hours=2)
    assert limit.next_at == AT + timedelta(minutes=96)  # the reminder, at four fifths


def test_the_same_request_again_changes_nothing(centre: Actor) -> None:
    first, again = reported(centre), reported(centre)

    assert again == first
    assert (Report.objects.count(), first.work_order.entries.count()) == (1, 1)
    assert actions.link_of(again) == actions.link_of(first)


DAY = timedelta(days=1)


@pytest.mark.parametrize(
    "said_at",
    [
        datetime(1999, 12, 31, 23, 59, 59, tzinfo=ZONE),
        datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))),
        AT + DAY + timedelta(seconds=1),
        datetime.max.replace(tzinfo=timezone(-timedelta(hours=12))),
    ],
)
def test_nothing_was_said_before_the_source_was_or_after_tomorrow(
    centre: Actor, said_at: datetime
) -> None:
    report = replace(said(phone="13800138000"), source_at=said_at)

    with pytest.raises(SourceAtUnlikely) as refused:
        reported(centre, report)

    assert refused.value.code == "report_source_at_unlikely"
    assert not Report.objects.exists()
    assert not Contact.objects.exists()


@pytest.mark.parametrize("said_at", [datetime(2000, 1, 1, tzinfo=ZONE), AT + DAY])
def test_when_it_was_said_at_the_source_is_kept(centre: Actor, said_at: datetime) -> None:
    assert reported(centre, replace(said(), source_at=said_at)).source_at == said_at


def test_two_callers_may_use_the_same_key(centre: Actor) -> None:
    machine = replace(centre, kind=ActorKind.MACHINE, user_id=account("other-platform"))

    mine, theirs = reported(centre), reported(machine, said(words="路灯不亮"))

    assert mine != theirs
    assert actions.link_of(mine) != actions.link_of(theirs)


@pytest.mark.django_db(transaction=True)
def test_the_same_request_twice_at_once_makes_one_case() -> None:
    centre = everyone(load_district())

    def receive(_: int) -> str:
        try:
            return reported(centre).work_order.number
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        numbers = set(pool.map(receive, range(2)))

    assert numbers == {WorkOrder.objects.get().number}


@pytest.mark.django_db(transaction=True)
def test_many_at_once_get_numbers_of_their_own() -> None:
    centre = everyone(load_district())

    def receive(key: int) -> str:
        try:
            return reported(centre, said(f"k-{key}")).work_order.number
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(receive, range(24)))

    assert sorted(numbers) == [f"20260302-{serial:04d}" for serial in range(1, 25)]


def test_the_same_key_with_other_words_is_refused(centre: Actor) -> None:
    reported(centre)

    with pytest.raises(actions.ClientKeyReused):
        reported(centre, said(words="路灯不亮"))
    assert Report.objects.get().words == "人行道井盖破损"


def test_a_second_person_joins_the_case(centre: Actor) -> None:
    case = registered(centre)

    joined = reported(centre, said("k-2", "我也看到了", joins=case.number)).work_order

    assert joined == case
    assert (joined.reports.count(), joined.step) == (2, Step.REGISTERED)


@pytest.mark.parametrize("words", ["", "   ", "\n"])
def test_nothing_said_is_no_report(centre: Actor, words: str) -> None:
    with pytest.raises(actions.WordsMissing):
        reported(centre, said(words=words))
    assert not WorkOrder.objects.exists()


def test_who_holds_no_power_to_report_reports_nothing(district: District) -> None:
    with pytest.raises(PowerMissing):
        reported(staff(district.roads, "HANDLE"))
    assert not WorkOrder.objects.exists()


class TestTheCitizensLink:
    def test_opens_the_own_report_and_no_other(self, district: District) -> None:
        mine, other = reported(CITIZEN, said("k-1")), reported(CITIZEN, said("k-2", "路灯不亮"))

        citizen = queries.citizen_of_link(actions.link_of(mine))

        assert citizen is not None
        assert queries.progress_of(citizen, AT).words == mine.words
        with pytest.raises(queries.ReportNotFound):
            queries.report_of(report_id=other.pk, actor=citizen)

    def test_is_stored_as_a_digest_only(self, district: District) -> None:
        report = reported(CITIZEN)
        token = actions.link_of(report)

        assert len(token) == 32  # 128 bits in hex
        assert token not in str(Report.objects.filter(pk=report.pk).values())
        assert queries.citizen_of_link(token[:-1] + "x") is None


def test_the_number_of_a_citizen_is_sealed(centre: Actor, settings: Any) -> None:
    report = reported(centre, said(phone="13800138000"))

    sealed: Any = report.contact and report.contact.phone
    assert sealed
    assert b"138" not in bytes(sealed)
    assert "13800138000" not in str(WorkOrder.objects.values())


def test_a_report_without_a_place_is_taken(centre: Actor) -> None:
    report = actions.NewReport(client_key="k-1", channel=Channel.MAILBOX, words="办证太慢")

    case = reported(centre, report).work_order

    assert (case.place, case.territory, case.lng) == ("", "", None)


def test_a_refused_report_leaves_nothing(centre: Actor) -> None:
    with pytest.raises(DomainError) as refusal:
        reported(centre, said(about=10**9))

    assert refusal.value.code == "unit_not_found"
    assert not Report.objects.exists()
    assert not WorkOrder.objects.exists()


class TestFilesOfAReport:
    def test_are_as_many_as_a_report_may_have(self, district: District) -> None:
        report = reported(CITIZEN)
        citizen = Actor(ActorKind.CITIZEN, report_id=report.pk)

        for serial in range(MOST_FILES):
            actions.attach_to_report(
                report_id=report.pk, blob_id=picture(serial), actor=citizen, at=AT
            )

        with pytest.raises(actions.FilesEnough):
            actions.check_may_send_file(report_id=report.pk, actor=citizen)
        with pytest.raises(actions.FilesEnough):
            actions.attach_to_report(report_id=report.pk, blob_id=picture(99), actor=citizen, at=AT)
        assert report.attachments.count() == MOST_FILES


class TestTheNumberOfACitizen:
    def test_opens_to_the_desk_and_to_the_unit_that_works_on_the_case(
        self, centre: Actor, district: District
    ) -> None:
        case = dispatched(centre, district.roads, report=said(phone="13800138000"))
        report = case.reports.get()

        def ask(unit_id: int) -> int:
            actor = staff(unit_id, "SEE", "REVEAL_CONTACT")
            return queries.contact_of(
                report_id=report.pk, number=case.number, power="REVEAL_CONTACT", actor=actor
            )

        assert ask(district.centre) == ask(district.roads) == report.contact_id
        with pytest.raises(queries.ContactNotOpen):
            ask(district.qingbo)  # sees the case by its place only
        with pytest.raises(queries.ReportNotFound):
            ask(district.parks)


def picture(serial: int) -> int:
    """Keep a picture unlike the others and return its id."""
    buffer = BytesIO()
    Image.new("RGB", (8, 8), (serial, 0, 0)).save(buffer, "PNG")
    return store_upload(content=buffer.getvalue(), name="a.png", actor=CITIZEN, at=AT)
