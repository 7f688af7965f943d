"""Load the demo district. Again: nothing happens."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import now
from django.utils.translation import gettext as _

from chengshao.kernel.errors import DomainError
from chengshao.web.texts import text
from config.demo import set_up_demo
from config.district import DistrictRefused, Loaded
from config.management.commands.new_district import in_words, line_of


class Command(BaseCommand):
    help = "Load the demo district into the empty embedded database of a demonstration."

    def handle(self, **options: Any) -> None:
        try:
            loaded = set_up_demo(at=now(), tell=self._tell)
        except DistrictRefused as refused:
            raise CommandError(in_words(refused)) from refused
        except DomainError as error:
            raise CommandError(text(error.code, error.params)) from error
        self.stdout.write(_("演示城区已建好") if loaded else _("已有城区，没有改动"))

    def _tell(self, loaded: Loaded) -> None:
        self.stdout.write(line_of(loaded))
        self.stdout.flush()
