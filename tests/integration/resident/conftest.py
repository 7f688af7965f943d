"""A resident with a link, at a moment that the test names."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from typing import Any, TypeAlias

import pytest
from django.test import Client
from django.urls import reverse

from chengshao.workorders.actions import link_of
from chengshao.workorders.models import Report
from tests.district import AT

Clock: TypeAlias = Callable[[datetime], None]
Page: TypeAlias = Any  # what Django's test client returns


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Sets what time it is: clock(AT + HOUR). Until then it is AT."""

    def set_to(at: datetime) -> None:
        monkeypatch.setattr("django.utils.timezone.now", lambda: at)

    set_to(AT)
    return set_to


@dataclass(frozen=True, slots=True)
class Resident:
    """Who holds the link of one report, and nothing else."""

    client: Client
    token: str

    def looks(self) -> str:
        """Return what the page says, without its marks."""
        return words_of(self.client.get(self.door()))

    def does(self, deed: str, **said: object) -> Page:
        """Send one of the page's forms and return the page that comes after it."""
        return self.client.post(self.door(deed), said, follow=True)

    def door(self, deed: str = "follow") -> str:
        return reverse(f"resident:{deed}", args=[self.token])


def resident_of(report: Report) -> Resident:
    return Resident(Client(enforce_csrf_checks=True), link_of(report))


def words_of(page: Page) -> str:
    body = page.content.decode()
    return unescape(re.sub(r"<[^>]*>", "", body[body.index("<body") :]))
