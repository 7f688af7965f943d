"""What a new district's roles may do, and that the three administrators stay apart."""

from chengshao.people.actions import default_role_powers
from chengshao.people.terms import ADMINISTRATORS, Power, Role, Side, side_of


def powers_of(role: Role) -> set[str]:
    return {power for one, power in default_role_powers() if one == role}


def test_no_administrator_sees_a_case() -> None:
    for role in ADMINISTRATORS:
        assert "SEE" not in powers_of(role)


def test_appointing_keys_and_logs_lie_in_three_hands() -> None:
    apart = [Power.APPOINT, Power.ISSUE_TOKENS, Power.READ_LOGS]

    assert [[role for role in Role if power in powers_of(role)] for power in apart] == [
        [Role.SECURITY_ADMINISTRATOR],
        [Role.SYSTEM_ADMINISTRATOR],
        [Role.AUDITOR],
    ]


def test_whoever_looks_on_sees_and_does_nothing() -> None:
    assert powers_of(Role.SUPERVISOR) == powers_of(Role.ASSESSOR) == {"SEE"}


def test_erasing_lies_with_whoever_answers_for_personal_information() -> None:
    assert [role for role in Role if "ERASE" in powers_of(role)] == [Role.PRIVACY_OFFICER]
    assert powers_of(Role.PRIVACY_OFFICER) == {"SEE", "ERASE", "ERASE_CONTACT"}
    assert side_of(Role.PRIVACY_OFFICER) is Side.CASES


def test_no_role_is_without_a_power() -> None:
    assert [role for role in Role if not powers_of(role)] == []


def test_every_role_is_known_and_stands_on_its_side() -> None:
    assert {role for role, _power in default_role_powers()} <= set(Role)
    assert {role: side_of(role) for role in ADMINISTRATORS} == ADMINISTRATORS
    assert {side_of(role) for role in set(Role) - set(ADMINISTRATORS)} == {Side.CASES, None}
