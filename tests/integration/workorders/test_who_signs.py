"""No unit is stuck for want of a leader: what it hands in is signed by the nearest above it."""

from dataclasses import replace

from chengshao.kernel.actor import Actor
from chengshao.people import actions as people
from chengshao.people import queries
from chengshao.people.terms import Role
from chengshao.workorders.models import WorkOrder
from chengshao.workorders.terms import Step, TaskCommand, TaskKind
from tests.district import AT, LOADER, SINCE, District, move, owed
from tests.staffed import Staff
from tests.turns import handler_of, handling, kinds

_K, _C = TaskKind, TaskCommand
TODAY = AT.date()


def drafted(centre: Actor, unit_id: int) -> WorkOrder:
    return move(handling(centre, unit_id), _K.LEAD, _C.ANSWER, handler_of(unit_id), reply="好了")


class TestAnAnswer:
    def test_is_signed_by_the_unit_s_own_leader(
        self, centre: Actor, district: District, staffed: Staff
    ) -> None:
        for unit in ("squad", "roads", "office", "centre"):
            staffed.appoint(unit, Role.DUTY_LEADER if unit == "centre" else Role.UNIT_LEADER)

        case = drafted(centre, district.squad)

        assert owed(case, _K.SIGN_OFF).unit_id == district.squad

    def test_goes_to_the_nearest_above_where_the_unit_has_none(
        self, centre: Actor, district: District, staffed: Staff
    ) -> None:
        leader = staffed.appoint("roads")
        staffed.appoint("office")

        case = drafted(centre, district.squad)

        assert owed(case, _K.SIGN_OFF).unit_id == district.roads
        move(case, _K.SIGN_OFF, _C.SIGN, leader)
        assert WorkOrder.objects.get(pk=case.pk).step == Step.ANSWERED

    def test_and_past_a_unit_in_which_nobody_signs_either(
        self, centre: Actor, district: District, staffed: Staff
    ) -> None:
        staffed.appoint("roads", Role.HANDLER)
        staffed.appoint("office")

        assert owed(drafted(centre, district.squad), _K.SIGN_OFF).unit_id == district.office

    def test_goes_to_the_desk_where_nobody_signs_above(
        self, centre: Actor, district: District, staffed: Staff
    ) -> None:
        leader = staffed.appoint("centre", Role.DUTY_LEADER)

        case = drafted(centre, district.roads)

        assert owed(case, _K.SIGN_OFF).unit_id == district.centre
        move(case, _K.SIGN_OFF, _C.SEND_BACK, leader, reason="写清楚")
        assert kinds(case) == [_K.LEAD]

    def test_waits_for_the_unit_s_leader_where_nobody_signs_anywhere(
        self, centre: Actor, district: District, staffed: Staff
    ) -> None:
        assert owed(drafted(centre, district.roads), _K.SIGN_OFF).unit_id == district.roads

    def test_is_not_signed_by_a_leader_whose_grant_ends_at_another_border(
        self, centre: Actor, district: District, staffed: Staff
    ) -> None:
        user_id = staffed.appoint("squad", Role.HANDLER).user_id
        people.appoint(
            user_id=user_id or 0,
            role=Role.UNIT_LEADER,
            unit_id=district.squad,
            territory="330102003000",
            valid_from=SINCE,
            actor=LOADER,
            at=AT,
        )
        staffed.appoint("roads")

        assert owed(drafted(centre, district.squad), _K.SIGN_OFF).unit_id == district.roads

    def test_passes_by_the_one_who_drafted_it(
        self, centre: Actor, district: District, staffed: Staff
    ) -> None:
        """A machine's key may do less than its holder: it hands in, and another signs."""
        alone = staffed.appoint("squad")
        staffed.appoint("roads")
        drafter = replace(alone, grants=frozenset(handler_of(district.squad).grants))

        case = handling(centre, district.squad)
        move(case, _K.LEAD, _C.ANSWER, drafter, reply="好了")

        assert owed(case, _K.SIGN_OFF).unit_id == district.roads

    def test_of_a_closed_unit_is_signed_by_the_leader_of_who_took_over(
        self, centre: Actor, district: District, staffed: Staff
    ) -> None:
        leader_id = staffed.appoint("parks").user_id or 0
        staffed.appoint("office")
        case = handling(centre, district.squad)
        people.close_unit(
            unit_id=district.squad, on=TODAY, successor_id=district.parks, actor=LOADER, at=AT
        )

        move(case, _K.LEAD, _C.ANSWER, handler_of(district.squad), reply="好了")

        assert owed(case, _K.SIGN_OFF).unit_id == district.squad
        move(case, _K.SIGN_OFF, _C.SIGN, queries.actor_of_user(leader_id))
        assert kinds(case) == [_K.CHECK]

    def test_of_a_closed_unit_goes_above_who_took_over(
        self, centre: Actor, district: District, staffed: Staff
    ) -> None:
        staffed.appoint("qingbo")
        staffed.appoint("office")
        case = handling(centre, district.squad)
        people.close_unit(
            unit_id=district.squad, on=TODAY, successor_id=district.qingbomen, actor=LOADER, at=AT
        )

        move(case, _K.LEAD, _C.ANSWER, handler_of(district.squad), reply="好了")

        assert owed(case, _K.SIGN_OFF).unit_id == district.qingbo


class TestAnExtension:
    def test_is_asked_of_the_nearest_leader_above(
        self, centre: Actor, district: District, staffed: Staff
    ) -> None:
        leader = staffed.appoint("roads")
        case = handling(centre, district.squad)

        move(case, _K.LEAD, _C.ASK_EXTENSION, handler_of(district.squad), reason="等配件")

        assert owed(case, _K.LEADER_APPROVAL).unit_id == district.roads
        move(case, _K.LEADER_APPROVAL, _C.GRANT, leader)
        assert owed(case, _K.CENTRE_APPROVAL).unit_id == district.centre

    def test_is_asked_of_the_centre_at_once_where_nobody_signs_below(
        self, centre: Actor, district: District, staffed: Staff
    ) -> None:
        """It is one person's to grant there, so that one duty leader is enough."""
        leader = staffed.appoint("centre", Role.DUTY_LEADER)
        case = handling(centre, district.roads)

        move(case, _K.LEAD, _C.ASK_EXTENSION, handler_of(district.roads), reason="等配件")

        assert kinds(case) == [_K.LEAD, _K.CENTRE_APPROVAL]
        move(case, _K.CENTRE_APPROVAL, _C.GRANT, leader)
        assert case.tasks.get(kind=_K.LEAD).extensions == 1


def test_who_is_complained_about_signs_for_nobody(
    centre: Actor, district: District, staffed: Staff
) -> None:
    staffed.appoint("roads")
    staffed.appoint("office")
    case = handling(centre, district.squad)
    case.reports.update(complained_about_unit=district.roads)

    move(case, _K.LEAD, _C.ANSWER, handler_of(district.squad), reply="好了")

    assert owed(case, _K.SIGN_OFF).unit_id == district.office
