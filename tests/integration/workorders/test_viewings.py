"""Who has seen a case: in one click, for who may see all of it."""

from datetime import timedelta

import pytest

from chengshao.kernel.actor import Actor, ActorKind, Grant
from chengshao.people import actions as people
from chengshao.people.terms import Power as PeoplePower
from chengshao.workorders import actions, queries
from chengshao.workorders.models import Audience, Report, Viewing, WorkOrder
from chengshao.workorders.queries import Viewer, WorkOrderNotFound
from chengshao.workorders.terms import Power, Sight, ViewingKind
from tests.district import AT, District, account, reported, said, staff
from tests.statements import count_statements

MINUTE = timedelta(minutes=1)
VIEW, PRINT, EXPORT = ViewingKind.VIEW, ViewingKind.PRINT, ViewingKind.EXPORT


@pytest.fixture
def report(centre: Actor) -> Report:
    return reported(centre, said(phone="13800138000"))


@pytest.fixture
def case(report: Report) -> WorkOrder:
    return report.work_order


@pytest.fixture
def reader(district: District) -> Actor:
    return staff(district.centre, Power.SEE, user_id=account("reader"))


def rows() -> list[tuple[int, str]]:
    return list(Viewing.objects.order_by("pk").values_list("user_id", "kind"))


class TestLogging:
    def test_who_looks_is_written_down(self, case: WorkOrder, reader: Actor) -> None:
        with count_statements() as counted:
            actions.log_viewing(case=case, kind=VIEW, actor=reader, at=AT)

        assert rows() == [(reader.user_id, "VIEW")]
        assert counted.number == 1

    def test_the_history_says_nothing_of_it(self, case: WorkOrder, reader: Actor) -> None:
        before = (case.entries.count(), case.revision)

        actions.log_viewing(case=case, kind=VIEW, actor=reader, at=AT)

        case.refresh_from_db()
        assert (case.entries.count(), case.revision) == before

    def test_the_same_within_ten_minutes_is_one(self, case: WorkOrder, reader: Actor) -> None:
        for minutes in (0, 5, 9.99, 10, 15, 19.99, 20):
            actions.log_viewing(case=case, kind=VIEW, actor=reader, at=AT + minutes * MINUTE)

        seen = Viewing.objects.order_by("at").values_list("at", flat=True)
        assert list(seen) == [AT, AT + 10 * MINUTE, AT + 20 * MINUTE]

    def test_another_kind_person_or_case_is_another(
        self, case: WorkOrder, reader: Actor, centre: Actor, district: District
    ) -> None:
        other = reported(centre, said("k-2")).work_order
        second = staff(district.centre, Power.SEE, user_id=account("second"))

        for what in ((case, VIEW, reader), (case, PRINT, reader), (case, EXPORT, reader),
                     (case, VIEW, second), (other, VIEW, reader)):  # fmt: skip
            actions.log_viewing(case=what[0], kind=what[1], actor=what[2], at=AT)

        assert Viewing.objects.count() == 5

    @pytest.mark.parametrize(
        ("kind", "logged"),
        [
            (ActorKind.PERSON, True),
            (ActorKind.MACHINE, True),
            (ActorKind.CITIZEN, False),
            (ActorKind.SYSTEM, False),
        ],
    )
    def test_only_persons_and_machines_count(
        self, case: WorkOrder, kind: ActorKind, logged: bool
    ) -> None:
        someone = Actor(kind, account("someone"))

        actions.log_viewing(case=case, kind=VIEW, actor=someone, at=AT)

        assert Viewing.objects.exists() is logged


class TestViewers:
    def test_each_is_named_with_what_when_and_how_often(
        self, case: WorkOrder, reader: Actor, centre: Actor
    ) -> None:
        assert reader.user_id is not None
        for minutes in (0, 5, 30, 60):
            actions.log_viewing(case=case, kind=VIEW, actor=reader, at=AT + minutes * MINUTE)
        actions.log_viewing(case=case, kind=PRINT, actor=reader, at=AT + 40 * MINUTE)

        assert queries.viewings_of(number=case.number, actor=centre) == [
            Viewer(reader.user_id, VIEW, AT, AT + 60 * MINUTE, 3),
            Viewer(reader.user_id, PRINT, AT + 40 * MINUTE, AT + 40 * MINUTE, 1),
        ]

    def test_who_read_a_citizen_s_number_is_named_too(
        self, case: WorkOrder, report: Report, centre: Actor
    ) -> None:
        assert report.contact_id is not None
        user_id = account("handler")
        grant = Grant(PeoplePower.REVEAL_CONTACT, None)
        handler = Actor(ActorKind.PERSON, user_id, frozenset({grant}))
        for minutes in (0, 1):
            people.reveal_contact(
                contact_id=report.contact_id,
                purpose="核实位置",
                about=case.number,
                actor=handler,
                at=AT + minutes * MINUTE,
            )

        assert queries.viewings_of(number=case.number, actor=centre) == [
            Viewer(user_id, ViewingKind.REVEAL, AT, AT + MINUTE, 2)
        ]

    def test_of_another_case_says_nothing(
        self, case: WorkOrder, reader: Actor, centre: Actor
    ) -> None:
        other = reported(centre, said("k-2")).work_order
        actions.log_viewing(case=other, kind=VIEW, actor=reader, at=AT)

        assert queries.viewings_of(number=case.number, actor=centre) == []

    def test_who_does_not_see_the_case_is_told_nothing(
        self, case: WorkOrder, district: District
    ) -> None:
        with pytest.raises(WorkOrderNotFound):
            queries.viewings_of(number=case.number, actor=staff(district.hubin, Power.SEE))

    def test_nor_is_a_third_party_that_sees_its_task(
        self, case: WorkOrder, district: District
    ) -> None:
        Audience.objects.create(
            work_order=case, unit_id=district.water, sight=Sight.TASK, opened_at=AT
        )

        with pytest.raises(WorkOrderNotFound):
            queries.viewings_of(number=case.number, actor=staff(district.water, Power.SEE))
