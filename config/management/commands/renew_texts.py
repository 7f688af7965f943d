"""Renew the list of words in locale/en: new ones come in untranslated, dead ones go."""

from typing import Any

from django.core.management.base import BaseCommand

from ops.catalogue import ENGLISH, renew


class Command(BaseCommand):
    help = "Renew locale/en/LC_MESSAGES/django.po from the sources."

    def handle(self, **options: Any) -> None:
        total, missing = renew()
        self.stdout.write(f"{ENGLISH.name}: {total}, 未译 untranslated: {missing}")
