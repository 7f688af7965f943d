"""
The demo district (示意): its folder and its sign-ins. Only on the embedded database of a
demonstration, which nothing but its own machine reaches.
"""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.crypto import salted_hmac

from chengshao.kernel.errors import Refused
from chengshao.people import actions as people
from chengshao.people.terms import Role
from config.demo_cases import make_demo_cases
from config.district import DistrictExists, Loaded, load_district, read_folder, setting_up
from config.tasks import live_demo_weeks

FOLDER = Path(__file__).resolve().parent.parent / "districts" / "shangcheng_demo"
VALID_FROM = date(2024, 1, 1)
HOTLINE = "hotline"  # by this account 12345 calls the API


class DemoOnly(Refused):
    code = "demo_only"


@dataclass(frozen=True, slots=True)
class SignIn:
    """Somebody invented who may sign in."""

    username: str
    name: str
    role: str  # in Chinese, as in the staff table
    unit: str  # its code


def demo_sign_ins() -> list[SignIn]:
    """Return the demo's people in the order of the staff table."""
    with (FOLDER / "staff.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [SignIn(row["用户名"], row["姓名"], row["岗位"], row["单位代码"]) for row in rows]


def demo_password() -> str:
    """
    Return the one password of all demo sign-ins; every installation has its own.

    :raises DemoOnly: outside of a demonstration
    """
    _refuse_outside_demo()
    return f"demo-{salted_hmac('chengshao.demo', 'sign-in').hexdigest()[:8]}"


def demo_stands() -> bool:
    """Tell whether the people of the demo are here to act: another district has its own."""
    own = {one.username for one in demo_sign_ins()}
    return get_user_model().objects.filter(username__in=own).count() == len(own)


@transaction.atomic
def set_up_demo(*, at: datetime, tell: Callable[[Loaded], None] = lambda loaded: None) -> bool:
    """
    Load the demo district and let its people in; False if a district stands already. Its first
    weeks are lived by a job, so that nobody waits for them.

    :raises DemoOnly: outside of a demonstration
    :raises DistrictRefused: if its files have faults
    """
    _refuse_outside_demo()
    try:
        load_district(read_folder(FOLDER), valid_from=VALID_FROM, at=at, tell=tell)
    except DistrictExists:
        return False
    actor = setting_up()
    account = people.NewAccount(username=HOTLINE, display_name="12345接口（演示）", is_machine=True)
    user_id = people.open_account(account=account, actor=actor, at=at)
    people.appoint(user_id=user_id, role=Role.MACHINE, valid_from=VALID_FROM, actor=actor, at=at)
    # One hash for all: thirty of them would take ten seconds of every first start.
    own = [one.username for one in demo_sign_ins()]
    users = get_user_model().objects.filter(username__in=own)
    users.update(password=make_password(demo_password()))
    make_demo_cases(at)
    if settings.DEMO_LIFE:
        live_demo_weeks.defer()
    return True


def _refuse_outside_demo() -> None:
    if not settings.DEMO:
        raise DemoOnly
