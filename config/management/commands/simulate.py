"""Let the demo district live: so many days by its own clock, or on and on beside `run`."""

import time
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, close_old_connections
from django.utils import timezone
from django.utils.translation import gettext as _
from procrastinate.contrib.django.models import ProcrastinateWorker

from chengshao.web.texts import text
from config.demo import demo_stands
from config.simulation.habits import Habits
from config.simulation.outcome import shares_of
from config.simulation.running import SEED, TownLives, only_one, quick_commits
from config.simulation.town import Town

_HEARTBEAT = timedelta(seconds=30)  # a worker beats every ten


class Command(BaseCommand):
    help = (
        "Let the demo district live so many days up to now; --live goes on with the real clock, "
        "until Ctrl-C. Beside `run` take --days 0: a past is lived while it does not run."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=float, default=30)
        parser.add_argument("--seed", type=int, default=SEED)
        parser.add_argument("--a-day", type=int, default=Habits().reports_a_day)
        parser.add_argument("--live", action="store_true")
        parser.add_argument(
            "--speed", type=float, default=1.0, help="how many times as fast as usual people act"
        )

    def handle(self, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError(_("只有演示城区可以模拟。"))
        if options["days"] < 0 or options["a_day"] < 0 or options["speed"] <= 0:
            raise CommandError(_("天数、件数不能是负数，速度要大于零。"))
        if not demo_stands():
            raise CommandError(
                _("这里没有演示城区：请先在新的数据目录上执行 chengshao demo-district。")
            )
        if options["days"] and _worker_lives():
            raise CommandError(
                _("系统正在运行，不能再模拟过去的日子：请先停下它，或用 --days 0 --live。")
            )
        try:
            with only_one():
                self._live(**options)
        except TownLives as refused:
            raise CommandError(text(refused.code)) from refused
        except OperationalError as lost:
            raise CommandError(_("数据库没有应答，模拟已停下。")) from lost

    def _live(
        self, *, days: float, seed: int, a_day: int, speed: float, live: bool, **more: Any
    ) -> None:
        begun = time.monotonic()
        now = timezone.now()
        habits = Habits(reports_a_day=a_day)
        town = Town(seed=seed, at=now - timedelta(days=days), habits=habits, haste=speed)
        try:
            with quick_commits():
                for _moment in town.live_until(now):
                    pass
            if live:
                self._go_on(town)
        except KeyboardInterrupt:
            self.stdout.write("")
        self._tell(town, time.monotonic() - begun)

    def _go_on(self, town: Town) -> None:
        said = _("按真实时间继续运转，Ctrl-C 停止；此刻每小时约{number:.1f}件诉求，全天{a_day}件")
        self.stdout.write(
            said.format(number=town.reports_an_hour(), a_day=town.habits.reports_a_day)
        )
        self.stdout.flush()
        while (at := town.next_at()) is not None:
            time.sleep(max(0.0, min(60.0, (at - timezone.now()).total_seconds())))
            close_old_connections()
            for _moment in town.live_until(timezone.now()):
                pass

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
        own = len(town.citizens.own_cases())
        said = _("本次新立{own}件的情况（另接着办以前的{earlier}件，不计在内）：")
        self.stdout.write(said.format(own=own, earlier=len(town.citizens.cases()) - own))
        for share in shares_of(town):
            self.stdout.write(f"  {share.name}  {share.part} / {share.whole}  {share.percent}")
        for code, number in tally.refused.most_common():
            self.stdout.write(f"  ✗ {code} {number}")


def _worker_lives() -> bool:
    """Tell whether somebody does what is due by the real clock."""
    lately = timezone.now() - _HEARTBEAT
    return ProcrastinateWorker.objects.filter(last_heartbeat__gt=lately).exists()
