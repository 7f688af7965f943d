"""Old cases of another system (IMPORT): known facts only, provable, once, out of all counts."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest

from chengshao.kernel.actor import Actor, ActorKind
from chengshao.kernel.bigrams import bigrams
from chengshao.kernel.errors import DomainError
from chengshao.people import queries as people
from chengshao.people.terms import Role
from chengshao.workorders import queries
from chengshao.workorders.actions import (
    NewReport,
    OldCaseRow,
    Place,
    Provenance,
    Taken,
    import_cases,
    move_task,
)
from chengshao.workorders.models import OldCase, Report, WorkOrder
from chengshao.workorders.rules.refusals import PowerMissing
from chengshao.workorders.terms import (
    Channel,
    ClosingKind,
    Outcome,
    ReportKind,
    Step,
    TaskCommand,
    TaskKind,
    TaskState,
)
from tests.district import (
    AT,
    MANHOLE,
    QINGBO,
    QINGBOMEN,
    TREE,
    District,
    everyone,
)
from tests.staffed import Staff
from tests.statements import count_statements

OPENED = datetime(2025, 6, 3, 2, 0, tzinfo=UTC)
FILE = "f" * 64
SOURCE = "数字城管2025"


def row(key: str = "A-1", words: str = "路边井盖丢了", **known: Any) -> OldCaseRow:
    report = NewReport(
        client_key="",
        channel=Channel.HOTLINE,
        words=words,
        place="和平路口",
        source_number=key,
    )
    facts: dict[str, Any] = {
        "place": Place(territory=QINGBOMEN),
        "matter": MANHOLE,
        "opened_at": OPENED,
        "ended_at": OPENED + timedelta(days=2),
        "closed_as": ClosingKind.SOLVED,
    }
    return OldCaseRow(
        key=key,
        row=2,
        digest=sha256(words.encode()).hexdigest(),
        report=report,
        **facts | known,
    )


def open_row(key: str = "A-1", **known: Any) -> OldCaseRow:
    return row(key, **{"is_open": True, "closed_as": None, "ended_at": None} | known)


def taken(actor: Actor, *rows: OldCaseRow, source: str = SOURCE) -> Taken:
    return import_cases(rows=rows, whence=Provenance(source, FILE, 1), actor=actor, at=AT)


def the_case(result: Taken) -> WorkOrder:
    return WorkOrder.objects.get(number=result.numbers[0])


def codes(result: Taken) -> list[str]:
    return [error.code for error in result.refused.values()]


class TestAClosedCase:
    def test_comes_closed_and_archived_and_owes_nobody_anything(
        self, district: District, centre: Actor
    ) -> None:
        case = the_case(taken(centre, row(unit_id=district.roads)))

        assert (case.step, case.closing_kind) == (Step.CLOSED, ClosingKind.SOLVED)
        assert (case.opened_at, case.ended_at) == (OPENED, OPENED + timedelta(days=2))
        assert case.archived_at == AT
        assert case.closed_unit_id == district.roads
        assert not case.tasks.exists()

    def test_keeps_to_what_is_known(self, district: District, centre: Actor) -> None:
        case = the_case(taken(centre, row(ended_at=None, in_time=True)))
        line = json.loads(case.entries.get().body)

        assert case.ended_at is None
        assert "ended_at" not in line
        assert (line["in_time"], case.old_case.in_time) == (True, True)

    def test_of_which_nobody_says_how_it_ended_is_not_called_solved(
        self, district: District, centre: Actor
    ) -> None:
        case = the_case(taken(centre, row(closed_as=None, unit_id=district.roads)))
        line = json.loads(case.entries.get().body)

        assert (case.step, case.outcome) == (Step.CLOSED, Outcome.CLOSED)
        assert (case.closing_kind, case.closing) == ("", {})
        assert "closing_kind" not in str(line)
        assert not case.tasks.exists()
        assert queries.broken_cases([case.pk]) == []

    def test_says_whence_it_came(self, centre: Actor) -> None:
        told = row("B-7")
        case = the_case(taken(centre, told))
        line = json.loads(case.entries.get().body)

        assert line["command"] == "IMPORT"
        assert (line["source"], line["key"], line["digest"]) == (SOURCE, "B-7", told.digest)
        assert (line["file"], line["row"]) == (FILE, 2)
        assert queries.first_broken_entry(case) is None
        assert queries.broken_cases([case.pk]) == []

    def test_is_seen_by_the_desk_its_unit_and_the_sub_district(
        self, district: District, centre: Actor
    ) -> None:
        case = the_case(taken(centre, row(unit_id=district.roads)))

        seeing = set(case.audience.values_list("unit_id", flat=True))
        assert seeing == {district.centre, district.roads, district.qingbo}
        assert set(case.audience.values_list("opened_at", flat=True)) == {OPENED}


class TestAnOpenCase:
    def test_lies_with_the_unit_that_has_it_and_its_clock_runs_on(
        self, district: District, centre: Actor
    ) -> None:
        due = AT + timedelta(days=3)
        case = the_case(taken(centre, open_row(unit_id=district.roads, due_at=due)))

        task = case.tasks.get()
        deadline = task.deadlines.get()
        assert (task.kind, task.unit_id, task.state) == ("LEAD", district.roads, "OPEN")
        assert case.step == Step.DISPATCHED
        assert (deadline.started_at, deadline.due_at) == (OPENED, due)
        assert deadline.next_at is not None
        assert queries.broken_cases([case.pk]) == []

    @pytest.mark.parametrize("age", [timedelta(hours=4), timedelta(days=300)])
    def test_goes_by_our_limit_from_the_import_on_where_no_end_was_set(
        self, district: District, centre: Actor, age: timedelta
    ) -> None:
        case = the_case(taken(centre, open_row(unit_id=district.roads, opened_at=AT - age)))

        deadline = case.tasks.get().deadlines.get()
        assert case.opened_at == AT - age
        assert deadline.started_at == AT
        assert deadline.due_at is not None
        assert deadline.due_at > AT
        assert deadline.next_at is not None
        assert deadline.next_at > AT
        assert queries.broken_cases([case.pk]) == []

    def test_may_be_from_before_any_rule_of_ours(self, centre: Actor) -> None:
        old = datetime(1999, 1, 4, 2, 0, tzinfo=UTC)
        case = the_case(taken(centre, open_row(opened_at=old)))

        assert case.opened_at == old
        assert case.tasks.get().deadlines.get().started_at == AT

    def test_waits_for_dispatch_where_nobody_has_it(self, centre: Actor) -> None:
        case = the_case(taken(centre, open_row(due_at=AT + timedelta(days=1))))

        assert case.tasks.get().kind == TaskKind.DISPATCH

    def test_waits_to_be_registered_where_its_matter_is_not_known(self, centre: Actor) -> None:
        case = the_case(taken(centre, open_row(matter="", due_at=AT + timedelta(days=1))))

        assert case.tasks.get().kind == TaskKind.REGISTER

    def test_goes_on_as_any_other(self, district: District, centre: Actor) -> None:
        due = AT + timedelta(days=3)
        case = the_case(taken(centre, open_row(unit_id=district.roads, due_at=due)))
        task = case.tasks.get()

        move_task(
            task_id=task.pk,
            command=TaskCommand.ACKNOWLEDGE,
            seen_revision=task.revision,
            actor=centre,
            at=AT + timedelta(minutes=5),
        )

        task.refresh_from_db()
        assert task.state == TaskState.ACKNOWLEDGED
        assert queries.broken_cases([case.pk]) == []


class TestAgain:
    def test_changes_nothing(self, centre: Actor) -> None:
        rows = [row(f"A-{number}") for number in range(5)]
        first = taken(centre, *rows)

        again = taken(centre, *rows, row("A-9"))

        assert len(first.numbers) == 5
        assert (again.known, list(again.numbers)) == (frozenset(range(5)), [5])
        assert WorkOrder.objects.count() == 6

    def test_a_key_twice_in_one_file_is_one_case(self, centre: Actor) -> None:
        result = taken(centre, row("A-1"), row("A-1"), row("A-1", "别的事"))

        assert (len(result.numbers), result.known) == (1, frozenset({1}))
        assert codes(result) == ["old_case_changed"]

    def test_a_row_that_says_something_else_is_refused(self, centre: Actor) -> None:
        taken(centre, row())

        result = taken(centre, row(words="改过的话"))

        assert codes(result) == ["old_case_changed"]
        assert OldCase.objects.count() == 1

    def test_another_source_has_keys_of_its_own(self, centre: Actor) -> None:
        taken(centre, row())

        assert len(taken(centre, row(), source="另一个系统").numbers) == 1


class TestRefused:
    @pytest.mark.parametrize(
        ("wrong", "code"),
        [
            ({"words": " "}, "report_words_missing"),
            ({"matter": "Z9999"}, "matter_not_found"),
            ({"opened_at": AT + timedelta(seconds=1)}, "old_case_of_the_future"),
            ({"ended_at": AT + timedelta(days=1)}, "old_case_of_the_future"),
            ({"ended_at": OPENED - timedelta(seconds=1)}, "old_case_times_contradict"),
            ({"is_open": True, "closed_as": None}, "old_case_open_but_ended"),
            ({"due_at": OPENED - timedelta(days=1)}, "old_case_times_contradict"),
            ({"due_at": OPENED + timedelta(days=4000)}, "old_case_due_too_far"),
        ],
    )
    def test_a_row_by_itself(self, centre: Actor, wrong: dict[str, Any], code: str) -> None:
        result = taken(centre, row("A-1", **wrong), row("A-2"))

        assert codes(result) == [code]
        assert list(result.numbers) == [1]

    def test_to_who_may_not(self, district: District) -> None:
        nobody = Actor(ActorKind.PERSON)

        with pytest.raises(PowerMissing):
            taken(nobody, row())
        assert not WorkOrder.objects.exists()

    def test_a_place_or_a_number_that_is_none(self, centre: Actor) -> None:
        nowhere = row("A-1", place=Place(territory="330102009000"))
        told = row("A-2")
        wrong_number = replace(told, report=replace(told.report, contact_phone="不详"))

        result = taken(centre, nowhere, wrong_number, row("A-3"))

        assert codes(result) == ["division_not_found", "contact_phone_invalid"]
        assert list(result.numbers) == [2]


class TestWhoWasPromisedConfidence:
    def test_an_informants_case_is_for_named_persons(
        self, district: District, staffed: Staff, centre: Actor
    ) -> None:
        leader = staffed.appoint("centre", Role.DUTY_LEADER).user_id
        told = row(unit_id=district.roads)
        secret = replace(
            told,
            report=replace(told.report, kind=ReportKind.INFORMANT, contact_phone="13800138000"),
        )
        case = the_case(taken(centre, secret))

        assert case.named_only
        assert set(case.audience.values_list("unit_id", "user_id")) == {(district.centre, leader)}
        assert case.reports.get().confidential
        assert people.contact_ids_of_phone("13800138000") == []

    def test_a_confidential_one_is_for_the_desk_and_its_unit(
        self, district: District, centre: Actor
    ) -> None:
        told = row(unit_id=district.roads)
        case = the_case(
            taken(centre, replace(told, report=replace(told.report, confidential=True)))
        )

        seeing = case.audience.values_list("unit_id", "working_only")
        assert set(seeing) == {(district.centre, True), (district.roads, True)}


class TestAContact:
    def test_is_kept_from_the_call_on(self, centre: Actor) -> None:
        case = the_case(taken(centre, called(opened_at=OPENED)))

        contact = case.reports.get().contact
        assert contact is not None
        assert contact.keep_until == date(2028, 6, 3)

    def test_that_would_have_been_erased_by_now_is_not_kept(self, centre: Actor) -> None:
        last_day = AT.replace(year=AT.year - 3)
        result = taken(
            centre,
            called("A-1", opened_at=last_day, ended_at=None),
            called("A-2", opened_at=last_day + timedelta(days=1), ended_at=None),
            row("A-3", opened_at=last_day, ended_at=None),
        )

        kept = [
            Report.objects.get(work_order__number=number).contact_id is not None
            for number in result.numbers.values()
        ]
        assert kept == [False, True, False]
        assert result.without_contact == 1

    def test_can_be_found_by_its_number(self, centre: Actor) -> None:
        case = the_case(taken(centre, called()))

        assert people.contact_ids_of_phone("138 0013 8000") == [case.reports.get().contact_id]


def called(key: str = "A-1", **known: Any) -> OldCaseRow:
    """A row whose citizen left a number."""
    told = row(key, **known)
    return replace(told, report=replace(told.report, contact_phone="13800138000"))


class TestItsCost:
    def test_is_the_same_for_few_rows_and_for_many(self, district: District, centre: Actor) -> None:
        def rows(prefix: str, number: int) -> list[OldCaseRow]:
            made = [
                row(
                    f"{prefix}-{n}",
                    f"{prefix}{n}",
                    unit_id=(district.roads, district.parks)[n % 2],
                    matter=(MANHOLE, TREE)[n % 2],
                    place=Place(territory=(QINGBOMEN, QINGBO)[n % 2]),
                    opened_at=OPENED - timedelta(hours=n),
                    in_time=bool(n % 3),
                )
                for n in range(number)
            ]
            return [replace(r, report=replace(r.report, contact_name="王某")) for r in made]

        taken(centre, *rows("A", 2))
        with count_statements() as few:
            taken(centre, *rows("B", 4))
        with count_statements() as many:
            taken(centre, *rows("C", 500))

        assert many.number == few.number <= 25, many.statements


@pytest.mark.parametrize("words", ["a\tb\nc\rd", r"\N", r"\.", r"C:\temp {x,\"y\"} 'z'", "🚰 井盖"])
def test_the_words_are_kept_as_they_are(centre: Actor, words: str) -> None:
    case = the_case(taken(centre, row(words=words)))
    report = case.reports.get()

    assert (report.words, report.lng) == (words, None)
    assert report.bigrams == bigrams(f"{words}\n和平路口")
    assert case.closing == {"kind": "SOLVED"}
    assert queries.broken_cases([case.pk]) == []


def test_the_words_are_found_like_any_others(district: District, centre: Actor) -> None:
    case = the_case(taken(centre, row(words="桥头的广告牌歪了")))

    found = queries.cases_with("广告", actor=everyone(district), limit=5)

    assert [line.number for line in found] == [case.number]


def test_the_place_decides_whose_sub_district_it_is(district: District, centre: Actor) -> None:
    elsewhere = replace(row(), place=Place(territory=QINGBO))

    assert the_case(taken(centre, elsewhere)).territory == QINGBO


def test_no_refusal_is_anything_but_a_code(centre: Actor) -> None:
    (error,) = taken(centre, row(matter="Z9999")).refused.values()

    assert isinstance(error, DomainError)
