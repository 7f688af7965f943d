"""A place that a case has from one citizen goes when that citizen's report is erased."""

from dataclasses import replace

import pytest

from chengshao.kernel.actor import Actor
from chengshao.workorders import actions, queries
from chengshao.workorders.actions import Place
from chengshao.workorders.models import Note, Report, WorkOrder
from chengshao.workorders.terms import NoteName, Power
from tests.district import AT, MANHOLE, QINGBOMEN, District, registered, reported, said, staff

HOME = "某某家，清波门3幢501室"
AT_HOME = replace(said(), place=HOME)


@pytest.fixture
def officer(district: District) -> Actor:
    return staff(district.centre, Power.SEE, Power.ERASE)


def erase(report: Report, officer: Actor) -> WorkOrder:
    report.refresh_from_db()
    case = report.work_order
    actions.erase_report(
        number=case.number, report_id=report.pk, reason="本人要求", actor=officer, at=AT
    )
    case.refresh_from_db()
    assert queries.broken_cases([case.pk]) == []
    return case


def test_as_it_was_told(centre: Actor, officer: Actor) -> None:
    assert erase(reported(centre, AT_HOME), officer).place == ""


def test_with_the_point_and_without_what_lies_around(centre: Actor, officer: Actor) -> None:
    report = reported(centre, replace(AT_HOME, territory=QINGBOMEN))
    WorkOrder.objects.filter(pk=report.work_order_id).update(lng=120.15, lat=30.24)
    Report.objects.filter(pk=report.pk).update(lng=120.15, lat=30.24)

    case = erase(report, officer)

    assert (case.lng, case.lat, case.territory) == (None, None, QINGBOMEN)


def test_also_where_the_registrar_has_written_it_down_once_more(
    centre: Actor, officer: Actor
) -> None:
    report = reported(centre, AT_HOME)
    case = report.work_order
    actions.register(
        number=case.number, seen_revision=case.revision, matter=MANHOLE,
        place=Place(HOME, QINGBOMEN), actor=centre, at=AT,
    )  # fmt: skip

    assert erase(report, officer).place == ""
    assert not Note.objects.filter(text=HOME).exists()


def test_with_the_note_of_the_registrar(centre: Actor, officer: Actor) -> None:
    case = registered(centre)
    line = Note.objects.get(name=NoteName.PLACE).entry

    actions.erase_notes(number=case.number, seq=line.seq, reason="本人要求", actor=officer, at=AT)

    case.refresh_from_db()
    assert case.place == ""
    assert queries.broken_cases([case.pk]) == []


def test_not_where_the_registrar_wrote_another(centre: Actor, officer: Actor) -> None:
    report = reported(centre, AT_HOME)
    case = report.work_order
    actions.register(
        number=case.number, seen_revision=case.revision, matter=MANHOLE,
        place=Place("清波门3幢门前人行道", QINGBOMEN), actor=centre, at=AT,
    )  # fmt: skip

    assert erase(report, officer).place == "清波门3幢门前人行道"


def test_not_while_somebody_else_says_the_same(centre: Actor, officer: Actor) -> None:
    first = reported(centre, said())
    second = reported(centre, said("k-2", joins=first.work_order.number))

    assert erase(first, officer).place == said().place
    assert erase(second, officer).place == ""


def test_also_on_the_case_that_was_merged_into_another(centre: Actor, officer: Actor) -> None:
    report = reported(centre, AT_HOME)
    source, target = report.work_order, registered(centre, said("k-2"))
    actions.merge_cases(
        number=source.number, into=target.number, seen_revision=source.revision,
        reason="同一处", actor=centre, at=AT,
    )  # fmt: skip

    assert erase(report, officer).place == "和平路口东侧"  # the other's own
    source.refresh_from_db()
    assert source.place == ""
