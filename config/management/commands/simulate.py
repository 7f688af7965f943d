"""Let the demo district live: so many days by its own clock, or on and on beside `run`."""

import time
from argparse import ArgumentParser
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import close_old_connections
from django.utils import timezone
from django.utils.translation import gettext as _

from config.simulation.habits import Habits
from config.simulation.town import Town


class Command(BaseCommand):
    help = "Let the demo district live so many days up to now; --live goes on with the real clock."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=float, default=30)
        parser.add_argument("--seed", type=int, default=7)
        parser.add_argument("--a-day", type=int, default=Habits().reports_a_day)
        parser.add_argument("--live", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError(_("只有演示城区可以模拟。"))
        now = timezone.now()
        habits = Habits(reports_a_day=options["a_day"])
        town = Town(seed=options["seed"], at=now - timedelta(days=options["days"]), habits=habits)
        begun = time.monotonic()
        for _moment in town.live_until(now):
            pass
        self._tell(town, time.monotonic() - begun)
        if options["live"]:
            self._go_on(town)

    def _go_on(self, town: Town) -> None:
        while (at := town.next_at()) is not None:
            self._wait_for(at)
            close_old_connections()
            for _moment in town.live_until(timezone.now()):
                pass

    def _wait_for(self, at: datetime) -> None:
        time.sleep(max(0.0, min(60.0, (at - timezone.now()).total_seconds())))

    def _tell(self, town: Town, seconds: float) -> None:
        tally = town.tally
        said = _("{reports}件诉求，{moves}步，{seconds:.0f}秒；被拒{refused}次")
        self.stdout.write(
            said.format(
                reports=tally.reports,
                moves=tally.moves.total(),
                seconds=seconds,
                refused=tally.refused.total(),
            )
        )
        for name, number in tally.moves.most_common():
            self.stdout.write(f"  {name} {number}")
        for code, number in tally.refused.most_common():
            self.stdout.write(f"  ✗ {code} {number}")
