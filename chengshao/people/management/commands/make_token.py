"""Make a key for a machine at the engineer's terminal: account and role too, where missing."""

from argparse import ArgumentParser
from datetime import datetime, time
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_date

from chengshao.kernel.actor import Actor, ActorKind, Grant
from chengshao.kernel.errors import DomainError
from chengshao.people import actions, queries
from chengshao.people.actions import NewAccount
from chengshao.people.models import User
from chengshao.people.terms import Power, Role
from chengshao.web.texts import text


class Command(BaseCommand):
    help = "Make a key for a machine and print it, this once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", help="the machine's account; opened if there is none")
        parser.add_argument("--label", default="", help="what the key is for")
        parser.add_argument("--unit", default="", help="code of the unit it reports for; else all")
        parser.add_argument(
            "--power",
            action="append",
            default=[],
            help=f"what it may do, any number of what the machines' role lets do"
            f" (in a new district {_delivered()}); else all of that",
        )
        parser.add_argument(
            "--expires",
            default="",
            help=f"last day, as 2027-01-31; else in {actions.TOKEN_DAYS} days",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        last = parse_date(options["expires"]) if options["expires"] else None
        if options["expires"] and last is None:
            raise CommandError("--expires: not a date")
        try:
            with transaction.atomic():
                token = _make(
                    options["username"],
                    options["label"] or options["username"],
                    options["unit"],
                    options["power"],
                    datetime.combine(last, time.max, timezone.get_default_timezone())
                    if last
                    else None,
                )
        except DomainError as error:
            raise CommandError(text(error.code, error.params)) from error
        self.stdout.write(token)


def _make(
    username: str, label: str, unit_code: str, powers: list[str], expires_at: datetime | None
) -> str:
    at, today = timezone.now(), timezone.localdate()
    engineer = Actor(
        ActorKind.SYSTEM,
        grants=frozenset({Grant(Power.APPOINT, None), Grant(Power.ISSUE_TOKENS, None)}),
    )
    unit_id = None
    if unit_code:
        unit_id = queries.unit_ids_by_code([unit_code]).get(unit_code)
        if unit_id is None:
            raise queries.UnitNotFound
    user = User.objects.filter(username=username).first()
    if user is None:
        account = NewAccount(username=username, display_name=username[:40], is_machine=True)
        user_id = actions.open_account(account=account, actor=engineer, at=at)
    else:
        user_id = user.pk
    held = queries.account_of(user_id).appointments.filter(
        queries.in_force(today), role=Role.MACHINE, unit=unit_id
    )
    if not held.exists():
        actions.appoint(
            user_id=user_id,
            role=Role.MACHINE,
            unit_id=unit_id,
            valid_from=today,
            actor=engineer,
            at=at,
        )
    return actions.issue_token(
        user_id=user_id,
        label=label,
        powers=powers or queries.powers_of_machines(today),
        expires_at=expires_at,
        actor=engineer,
        at=at,
    )


def _delivered() -> str:
    powers = (power for role, power in actions.default_role_powers() if role == Role.MACHINE)
    return ", ".join(sorted(powers))
