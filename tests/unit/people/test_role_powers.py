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


def test_every_role_is_known_and_stands_on_its_side() -> None:
    assert {role for role, _power in default_role_powers()} <= set(Role)
    assert {role: side_of(role) for role in ADMINISTRATORS} == ADMINISTRATORS
    assert {side_of(role) for role in set(Role) - set(ADMINISTRATORS)} == {Side.CASES, None}
