"""A duty office with two shifts. Names say what the test relies on."""

from datetime import date, time, timedelta

from chengshao.duty.terms import Power
from chengshao.kernel.actor import Actor, ActorKind, Grant
from chengshao.people import actions as people
from chengshao.people.rules.periods import Period
from chengshao.people.rules.roster import Shift
from chengshao.people.terms import DayKind
from chengshao.workorders.terms import Power as Cases
from tests.district import AT, LOADER

LATER = AT + timedelta(minutes=10)


def on_duty(unit_id: int, name: str) -> Actor:
    """Return a person who keeps this unit's log and sees its cases."""
    account = people.NewAccount(username=name, display_name=f"{name}（示意）")
    user_id = people.open_account(account=account, actor=LOADER, at=AT)
    powers = (Power.KEEP_DUTY_LOG, Cases.SEE, Cases.REGISTER, Cases.DISPATCH)
    return Actor(ActorKind.PERSON, user_id, frozenset(Grant(power, unit_id) for power in powers))


def roster(unit_id: int) -> None:
    """Put a day and a night on the roster of working days: 08:00 and 20:00, Beijing time."""
    for starts, ends, leader in ((8, 20, "白班班长"), (20, 8, "夜班班长")):
        shift = Shift(
            day_kind=DayKind.WORKDAY,
            starts=time(starts),
            ends=time(ends),
            leader=leader,
            phone="0571-00000000",
            period=Period(date(2020, 1, 1), None),
        )
        people.keep_duty_shift(unit_id=unit_id, shift=shift, actor=LOADER, at=AT)
