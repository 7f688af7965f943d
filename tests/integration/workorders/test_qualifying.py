"""What a registrar says of a report that its citizen couldn't: a complaint, an informant's."""

from dataclasses import replace
from typing import Any

import pytest

from chengshao.kernel.actor import Actor, ActorKind
from chengshao.kernel.errors import DomainError
from chengshao.people import actions as people
from chengshao.people import queries as known
from chengshao.people.terms import Role
from chengshao.workorders import actions, queries
from chengshao.workorders.models import Entry, Note, Report, WorkOrder
from chengshao.workorders.terms import Power, Principle, ReportKind, Step, TaskCommand, TaskKind
from tests.district import (
    AT,
    LOADER,
    MANHOLE,
    QINGBOMEN,
    SINCE,
    District,
    dispatched,
    move,
    owed,
    parted,
    registered,
    reported,
    said,
    staff,
)

PHONE = "13800138000"


def told(actor: Actor, **more: Any) -> WorkOrder:
    return reported(actor, replace(said(phone=PHONE), territory=QINGBOMEN, **more)).work_order


def qualify(case: WorkOrder, actor: Actor, **what: Any) -> WorkOrder:
    case.refresh_from_db()
    return actions.qualify_report(
        number=case.number,
        seen_revision=case.revision,
        report_id=case.reports.order_by("pk")[0].pk,
        actor=actor,
        at=AT,
        **what,
    )


def take_off(case: WorkOrder, actor: Actor, reason: str = "记错了") -> WorkOrder:
    case.refresh_from_db()
    return actions.take_off_complaint(
        number=case.number,
        seen_revision=case.revision,
        report_id=case.reports.get().pk,
        reason=reason,
        actor=actor,
        at=AT,
    )


def refused(case: WorkOrder, actor: Actor, **what: Any) -> str:
    """Return why it is refused, when nothing has changed by it."""
    before = standing(case)
    with pytest.raises(DomainError) as refusal:
        qualify(case, actor, **what)
    assert standing(case) == before
    return refusal.value.code


def standing(case: WorkOrder) -> object:
    rows = WorkOrder.objects.filter(pk=case.pk).values(), case.reports.values(), case.tasks.values()
    return [list(each) for each in rows], sorted(case.audience.values_list("unit_id", "user_id"))


def seers(case: WorkOrder) -> set[int]:
    return set(case.audience.filter(user=None).values_list("unit_id", flat=True))


@pytest.fixture
def anybody(centre: Actor) -> Actor:
    """Whoever moves it, named or not."""
    return Actor(ActorKind.SYSTEM, grants=centre.grants)


@pytest.fixture
def chief(district: District) -> int:
    """Return who names persons at the centre."""
    people.load_role_powers(rows=people.default_role_powers(), actor=LOADER, at=AT)
    new = people.NewAccount(username="chief", display_name="值班长（示意）")
    user_id = people.open_account(account=new, actor=LOADER, at=AT)
    people.appoint(
        user_id=user_id,
        role=Role.DUTY_LEADER,
        unit_id=district.centre,
        valid_from=SINCE,
        actor=LOADER,
        at=AT,
    )
    return user_id


class TestAComplaint:
    def test_takes_the_case_from_that_unit_at_once_and_shows_it_to_its_superior(
        self, centre: Actor, district: District
    ) -> None:
        case = told(centre)
        assert seers(case) == {district.centre, district.qingbo}

        qualify(case, centre, complained_about_unit_id=district.qingbo, complained_about="窗口")

        report = case.reports.get()
        assert seers(case) == {district.centre, district.office}
        assert (report.complained_about_unit_id, report.complained_about) == (
            district.qingbo, "窗口",
        )  # fmt: skip

    def test_nor_is_it_dispatched_there(self, centre: Actor, district: District) -> None:
        case = registered(centre)

        qualify(case, centre, complained_about_unit_id=district.roads)

        case.refresh_from_db()
        with pytest.raises(DomainError) as refusal:
            actions.dispatch(
                number=case.number,
                seen_revision=case.revision,
                lead_unit_id=district.roads,
                principle=Principle.BY_AGREEMENT,
                basis="清单",
                actor=centre,
                at=AT,
            )
        assert refusal.value.code == "workorder_unit_complained_about"

    @pytest.mark.parametrize("stands", [TaskKind.REGISTER, TaskKind.DISPATCH])
    def test_about_the_desk_goes_to_the_desk_above(
        self, centre: Actor, district: District, stands: TaskKind
    ) -> None:
        case = told(centre) if stands is TaskKind.REGISTER else registered(centre)
        step = case.step

        qualify(case, centre, complained_about_unit_id=district.centre)

        case.refresh_from_db()
        assert (case.desk_unit_id, case.step) == (district.office, step)
        assert owed(case, stands).unit_id == district.office
        assert owed(case, stands).deadlines.get().ended_at is None
        assert district.centre not in seers(case)
        assert queries.first_broken_entry(case) is None
        above = staff(district.office, Power.SEE, Power.REGISTER)
        assert queries.visible_to(above).filter(pk=case.pk).exists()

    def test_of_a_unit_that_worked_on_it_is_refused(
        self, centre: Actor, district: District
    ) -> None:
        case = dispatched(centre, district.parks)
        move(case, TaskKind.LEAD, TaskCommand.ACKNOWLEDGE, centre)
        move(case, TaskKind.LEAD, TaskCommand.ASK_RETURN, centre, reason="不归我们")
        other = staff(district.centre, Power.SEE, Power.DISPATCH)
        move(case, TaskKind.ADJUDICATE, TaskCommand.GRANT, other, reason="确实不归")

        about = {"complained_about_unit_id": district.parks}
        assert refused(case, centre, **about) == "workorder_unit_complained_about"

    def test_of_units_from_which_it_was_recalled_unopened_is_taken(
        self, centre: Actor, district: District
    ) -> None:
        case = dispatched(centre, district.parks, district.water)
        move(case, TaskKind.LEAD, TaskCommand.RECALL, centre, reason="派错")

        qualify(case, centre, complained_about_unit_id=district.parks)
        joined = reported(centre, said("k-2", joins=case.number, about=district.water))

        assert seers(case) & {district.parks, district.water} == set()
        assert joined.work_order_id == case.pk

    def test_of_who_had_acknowledged_when_it_was_recalled_is_not(
        self, centre: Actor, district: District
    ) -> None:
        case = dispatched(centre, district.parks, district.water)
        move(case, TaskKind.CO_HANDLE, TaskCommand.ACKNOWLEDGE, centre)
        move(case, TaskKind.LEAD, TaskCommand.RECALL, centre, reason="派错")

        about = {"complained_about_unit_id": district.water}
        assert refused(case, centre, **about) == "workorder_unit_complained_about"

    def test_once_said_is_not_said_otherwise(self, centre: Actor, district: District) -> None:
        case = told(centre, complained_about="所长", complained_about_unit_id=district.parks)

        about = {"complained_about_unit_id": district.roads}
        assert refused(case, centre, **about) == "report_said_already"
        assert refused(case, centre, complained_about="别人") == "report_said_already"
        assert refused(case, centre) == "report_nothing_to_note"

    def test_comes_too_late_once_it_is_dispatched(self, centre: Actor, district: District) -> None:
        case = dispatched(centre, district.roads)

        about = {"complained_about_unit_id": district.parks}
        assert refused(case, centre, **about) == "workorder_wrong_state"

    def test_takes_who_registers(self, centre: Actor, district: District) -> None:
        case = told(centre)
        dispatcher = staff(district.centre, *(set(Power) - {Power.REGISTER}))

        assert refused(case, dispatcher, kind=ReportKind.THANKS) == "workorder_power_missing"

    def test_says_nothing_of_it_in_words_in_the_history(
        self, centre: Actor, district: District
    ) -> None:
        case = told(centre)

        qualify(case, centre, kind=ReportKind.COMPLAINT, complained_about="张所长")

        assert not Entry.objects.filter(body__contains="张所长").exists()
        assert not Note.objects.filter(text__contains="张所长").exists()
        assert '"command":"QUALIFY"' in case.entries.order_by("-seq")[0].body


class TestTakenOff:
    def test_by_the_duty_leader_who_looks_on_sees_it_again(
        self, centre: Actor, district: District
    ) -> None:
        case = told(centre)
        qualify(case, centre, complained_about_unit_id=district.qingbo)

        take_off(case, centre)

        assert case.reports.get().complained_about_unit_id is None
        assert {district.centre, district.qingbo} <= seers(case)
        case.refresh_from_db()
        assert queries.first_broken_entry(case) is None

    def test_about_the_desk_it_comes_back_to_it(self, centre: Actor, district: District) -> None:
        case = told(centre)
        qualify(case, centre, complained_about_unit_id=district.centre)
        above = staff(district.office, Power.SEE, Power.DESIGNATE)

        take_off(case, above)

        case.refresh_from_db()
        assert (case.desk_unit_id, owed(case, TaskKind.REGISTER).unit_id) == (
            district.centre, district.centre,
        )  # fmt: skip
        assert queries.visible_to(centre).filter(pk=case.pk).exists()

    def test_takes_a_reason_and_who_designates(self, centre: Actor, district: District) -> None:
        case = told(centre)
        qualify(case, centre, complained_about_unit_id=district.parks)
        registrar = staff(district.centre, *(set(Power) - {Power.DESIGNATE}))
        before = standing(case)

        for actor, reason, code in (
            (centre, " ", "workorder_need_missing"),
            (registrar, "记错了", "workorder_power_missing"),
        ):
            with pytest.raises(DomainError) as refusal:
                take_off(case, actor, reason)
            assert refusal.value.code == code
        assert standing(case) == before


class TestAnInformant:
    def test_is_known_to_who_names_others_and_to_no_unit(self, anybody: Actor, chief: int) -> None:
        case = told(anybody)

        qualify(case, anybody, kind=ReportKind.INFORMANT)

        case.refresh_from_db()
        assert (case.named_only, seers(case)) == (True, set())
        assert [row.user_id for row in case.audience.all()] == [chief]

    def test_is_called_by_nobody_and_found_by_no_number(self, anybody: Actor, chief: int) -> None:
        case = registered(anybody, replace(said(phone=PHONE), territory=QINGBOMEN))
        move(
            case,
            TaskKind.DISPATCH,
            TaskCommand.CONSULT,
            anybody,
            reason="谁办",
            asked=[superior_of(case.desk_unit_id)],
        )
        assert case.tasks.filter(kind=TaskKind.CONTACT, ended_at=None).exists()

        qualify(case, anybody, kind=ReportKind.INFORMANT)

        report = Report.objects.get()
        contact_id = report.contact_id or 0
        assert not case.tasks.filter(kind=TaskKind.CONTACT, ended_at=None).exists()
        assert report.confidential
        assert known.masked_contacts([contact_id])[contact_id].confidential
        assert known.contact_ids_of_phone(PHONE) == []

    def test_stays_one(self, anybody: Actor, chief: int) -> None:
        case = told(anybody)
        qualify(case, anybody, kind=ReportKind.INFORMANT)

        assert refused(case, anybody, kind=ReportKind.HELP) == "report_said_already"

    def test_goes_on_as_ever(self, anybody: Actor, chief: int, district: District) -> None:
        case = qualify(told(anybody), anybody, kind=ReportKind.INFORMANT)

        case = actions.register(
            number=case.number,
            seen_revision=case.revision,
            matter=MANHOLE,
            actor=anybody,
            at=AT,
        )

        assert case.step == Step.REGISTERED
        assert seers(case) == set()

    def test_parted_from_another_case_it_stays_one(self, anybody: Actor, chief: int) -> None:
        one, other = told(anybody), told(anybody, client_key="k-2")
        actions.merge_cases(
            number=one.number,
            into=other.number,
            seen_revision=one.revision,
            reason="同一处",
            actor=anybody,
            at=AT,
        )
        qualify(other, anybody, kind=ReportKind.INFORMANT)

        case = parted(one, "不是", anybody)

        assert (case.named_only, seers(case)) == (True, set())


def superior_of(unit_id: int) -> int:
    return known.superior_id(unit_id, AT.date()) or 0
