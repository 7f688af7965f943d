"""What hangs on a case, changed past its history, is named: promises, ledger, reports, calls."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from chengshao.kernel.actor import Actor
from chengshao.workorders import actions, queries
from chengshao.workorders.models import (
    ContactAttempt,
    LedgerEntry,
    Promise,
    Report,
    Task,
    WorkOrder,
)
from chengshao.workorders.rules.facts import Closing
from chengshao.workorders.tasks import JOB
from chengshao.workorders.terms import (
    BrokenPart,
    ClosingKind,
    ContactResult,
    LedgerLevel,
    ReportKind,
    TaskCommand,
    TaskKind,
)
from tests.district import AT, District, closed, dispatched, move, owed, parted, reported, said
from tests.orders import suspended

_K, _C = TaskKind, TaskCommand
PHONE = "13800001111"
PROMISED = Closing(ClosingKind.PROMISED, promised_on=date(2026, 3, 9))
HARD = Closing(ClosingKind.LEDGER, ledger_level=LedgerLevel.DISTRICT, review_on=date(2026, 6, 1))
THEN = AT + timedelta(days=7)


def broken(case: WorkOrder) -> list[BrokenPart]:
    return [found.part for found in queries.broken_cases([case.pk])]


def in_hand(actor: Actor, lead: int, client_key: str = "k-1") -> WorkOrder:
    report = replace(said(client_key, phone=PHONE), kind=ReportKind.COMPLAINT)
    case = dispatched(actor, lead, report=report)
    return move(case, _K.LEAD, _C.ACKNOWLEDGE, actor)


def answered(actor: Actor, lead: int, closing: Closing, client_key: str = "k-1") -> WorkOrder:
    case = in_hand(actor, lead, client_key)
    return move(case, _K.LEAD, _C.ANSWER, actor, reply="答复", closing=closing)


def promised(actor: Actor, lead: int) -> WorkOrder:
    case = answered(actor, lead, PROMISED)
    return move(case, _K.CHECK, _C.PASS, actor)


def kept(actor: Actor, lead: int) -> WorkOrder:
    case = promised(actor, lead)
    actions.bring_back_promise(case_id=case.pk, actor=JOB, at=THEN)
    return move(case, _K.CHECK, _C.PASS, actor, at=THEN)


def on_the_ledger(actor: Actor, lead: int) -> WorkOrder:
    case = answered(actor, lead, HARD)
    return move(case, _K.LEDGER_APPROVAL, _C.GRANT, actor)


def called(actor: Actor, lead: int) -> WorkOrder:
    case = in_hand(actor, lead)
    actions.record_contact(
        task_id=owed(case, _K.CONTACT).pk, report_id=case.reports.get().pk,
        result=ContactResult.NOBODY, actor=actor, at=AT,
    )  # fmt: skip
    return case


def told(actor: Actor, lead: int) -> WorkOrder:
    case = answered(actor, lead, Closing(ClosingKind.SOLVED))
    case = move(case, _K.CHECK, _C.PASS, actor)
    return actions.record_contact(
        task_id=owed(case, _K.TELL).pk, report_id=case.reports.get().pk,
        result=ContactResult.TALKED, actor=actor, at=AT,
    )  # fmt: skip


def extended(actor: Actor, lead: int) -> WorkOrder:
    case = in_hand(actor, lead)
    move(case, _K.LEAD, _C.ASK_EXTENSION, actor, reason="等配件")
    return move(case, _K.CENTRE_APPROVAL, _C.GRANT, actor)


def designated(actor: Actor, lead: int) -> WorkOrder:
    case = in_hand(actor, lead)
    move(case, _K.LEAD, _C.ASK_RETURN, actor, reason="不归我们")
    return move(case, _K.ADJUDICATE, _C.DENY, actor, reason="归你们")


def archived(actor: Actor, lead: int) -> WorkOrder:
    case = closed(actor, lead)
    actions.lapse_rating(report_id=case.reports.get().pk, actor=JOB, at=THEN)
    actions.archive_case(case_id=case.pk, actor=JOB, at=AT + timedelta(days=90))
    return WorkOrder.objects.get(pk=case.pk)


def at_rest(actor: Actor, lead: int) -> WorkOrder:
    return suspended(in_hand(actor, lead), actor)


def withdrawn(actor: Actor, lead: int) -> WorkOrder:
    case = in_hand(actor, lead)
    actions.withdraw_report(report_id=case.reports.get().pk, reason="不用了", actor=actor, at=AT)
    return WorkOrder.objects.get(pk=case.pk)


def nuisance(actor: Actor, lead: int) -> WorkOrder:
    report = reported(actor, said(phone=PHONE))
    actions.mark_nuisance(report_id=report.pk, reason="乱喊", actor=actor, at=AT)
    return report.work_order


def no_nuisance(actor: Actor, lead: int) -> WorkOrder:
    report = reported(actor, said(phone=PHONE))
    actions.mark_nuisance(report_id=report.pk, reason="乱喊", actor=actor, at=AT)
    actions.unmark_nuisance(report_id=report.pk, actor=actor, at=AT)
    return report.work_order


def qualified(actor: Actor, lead: int) -> WorkOrder:
    case = reported(actor, said()).work_order
    return actions.qualify_report(
        number=case.number, seen_revision=case.revision, report_id=case.reports.get().pk,
        kind=ReportKind.COMPLAINT, actor=actor, at=AT,
    )  # fmt: skip


Way = Callable[[Actor, int], WorkOrder]
CHANGES = [
    (kept, Promise, {"kept": False}),
    (promised, Promise, {"promised_on": date(2027, 3, 9)}),
    (promised, Promise, {"kept": True, "settled_at": THEN}),
    (on_the_ledger, LedgerEntry, {"level": "CITY"}),
    (on_the_ledger, LedgerEntry, {"struck_off_at": THEN}),
    (on_the_ledger, LedgerEntry, {"review_on": date(2036, 1, 1)}),
    (called, ContactAttempt, {"result": "TALKED"}),
    (told, Report, {"told_at": None}),
    (in_hand, Report, {"told_at": AT}),
    (in_hand, Report, {"kind": "HELP"}),
    (qualified, Report, {"kind": ""}),
    (in_hand, Report, {"nuisance": True}),
    (nuisance, Report, {"nuisance": False}),
    (no_nuisance, Report, {"nuisance": True}),
    (in_hand, Report, {"withdrawn_at": AT}),
    (withdrawn, Report, {"withdrawn_at": None}),
    (in_hand, Task, {"designated": True}),
    (designated, Task, {"designated": False}),
    (extended, Task, {"extensions": 0}),
    (in_hand, WorkOrder, {"place": "别处"}),
    (qualified, WorkOrder, {"place": "别处"}),
    (in_hand, WorkOrder, {"suspended_at": AT}),
    (at_rest, WorkOrder, {"suspended_at": None}),
    (at_rest, WorkOrder, {"resumes_at": None}),
    (archived, WorkOrder, {"archived_at": None}),
    (in_hand, WorkOrder, {"outer_due_at": THEN}),
]


@pytest.mark.parametrize(("way", "model", "change"), CHANGES)
def test_what_was_changed_shows(
    district: District,
    centre: Actor,
    way: Way,
    model: type[Promise],
    change: dict[str, object],
) -> None:
    case = way(centre, district.roads)
    assert broken(case) == []

    assert model.objects.update(**change)

    assert broken(case) == [BrokenPart.PRESENT]


@pytest.mark.parametrize(
    ("way", "model"),
    [(promised, Promise), (on_the_ledger, LedgerEntry), (called, ContactAttempt)],
)
def test_what_was_removed_shows(
    district: District, centre: Actor, way: Way, model: type[Promise]
) -> None:
    case = way(centre, district.roads)

    model.objects.all().delete()

    assert broken(case) == [BrokenPart.PRESENT]


def test_another_place_in_a_citizen_s_mouth_shows(district: District, centre: Actor) -> None:
    case = in_hand(centre, district.roads)

    Report.objects.update(place="别处")

    assert broken(case) == [BrokenPart.WORDS]


def test_what_was_put_there_shows(district: District, centre: Actor) -> None:
    case = in_hand(centre, district.roads)

    case.promises.create(unit_id=district.roads, promised_on=date(2026, 9, 9), made_at=AT)

    assert broken(case) == [BrokenPart.PRESENT]


class TestMerged:
    def merged(self, actor: Actor, roads: int, parks: int) -> tuple[WorkOrder, WorkOrder]:
        source = promised(actor, roads)
        actions.bring_back_promise(case_id=source.pk, actor=JOB, at=THEN)
        move(source, _K.CHECK, _C.FAIL, actor, reason="没修", at=THEN)
        target = dispatched(actor, parks, report=said("k-2"))
        source = WorkOrder.objects.get(pk=source.pk)
        actions.merge_cases(
            number=source.number, into=target.number, seen_revision=source.revision,
            reason="同一件事", actor=actor, at=THEN,
        )  # fmt: skip
        return source, target

    def test_each_of_the_two_is_proven_alone(self, district: District, centre: Actor) -> None:
        source, target = self.merged(centre, district.roads, district.parks)
        assert broken(source) + broken(target) == []

        parted(source, "两件事", centre, at=THEN)

        assert broken(source) + broken(target) == []

    def test_what_went_along_is_proven_where_it_is(self, district: District, centre: Actor) -> None:
        source, target = self.merged(centre, district.roads, district.parks)

        Report.objects.filter(client_key="k-1").update(kind="HELP")

        assert (broken(source), broken(target)) == ([], [BrokenPart.PRESENT])
