"""After a new current key: seal anew what lies under old ones. May be stopped and run again."""

from typing import Any

from django.core.management.base import BaseCommand

from chengshao.people import actions


class Command(BaseCommand):
    help = "Seal citizens' contacts with the current keys; afterwards old keys can be removed."

    def handle(self, *args: Any, **options: Any) -> None:
        done = 0
        while moved := actions.reseal_contacts():
            done += moved
            self.stdout.write(str(done))
        self.stdout.write(self.style.SUCCESS(str(done)))
