"""Pages that come from code can't drift from it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings

from config.management.commands.write_docs import PAGES


@pytest.mark.parametrize(("path", "page"), PAGES.items(), ids=map(str, PAGES))
def test_the_committed_page_is_current(path: Path, page: Callable[[], str]) -> None:
    committed = (settings.BASE_DIR / path).read_text(encoding="utf-8")

    assert committed == page(), "run `manage.py write_docs` and review the difference"
