"""The English catalogue: every word that pages and errors say, taken from the sources (Babel)."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from typing import IO, Any

import django
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir, extract_python
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from ops.folder import CHECKOUT

ENGLISH = CHECKOUT / "locale" / "en" / "LC_MESSAGES" / "django.po"
_SOURCES = ("chengshao", "config")
_METHODS = [("**/templates/**.html", "ops.catalogue:extract_template"), ("**.py", "python")]
_NO_DATE = datetime(2026, 11, 22, tzinfo=UTC)  # a date that moves would be a change each time
_KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


def extract_template(
    fileobj: IO[bytes], keywords: Any, comment_tags: Any, options: Any
) -> Iterator[Any]:
    """Yield the messages of a Django template: Django turns it into what reads like Python."""
    source = templatize(fileobj.read().decode())
    yield from extract_python(BytesIO(source.encode()), keywords, comment_tags, options)


def extracted() -> Catalog:
    """Return every message of the sources, untranslated."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    found = Catalog(
        locale="en",
        charset="utf-8",
        fuzzy=False,
        project="Chengshao",
        version="1",
        last_translator="Chengshao",
        language_team="Chengshao",
        msgid_bugs_address="",
        header_comment="# English words of Chengshao. `chengshao renew-texts` renews the list.",
        creation_date=_NO_DATE,
        revision_date=_NO_DATE,
    )
    for source in _SOURCES:
        rows = extract_from_dir(
            CHECKOUT / source, _METHODS, options_map={}, keywords=_KEYWORDS, comment_tags=()
        )
        for _file, _line, message, _comments, context in rows:
            if message and (message if isinstance(message, str) else message[0]):
                found.add(message, context=context)
    return found


def translated() -> Catalog:
    """Return the English catalogue as it is committed."""
    with ENGLISH.open("rb") as file:
        return read_po(file, locale="en")


def renew() -> tuple[int, int]:
    """
    Put new messages into the catalogue, take out those that nobody says any more; return how
    many it has and how many are not translated.
    """
    catalogue = extracted()
    known = translated() if ENGLISH.exists() else Catalog(locale="en")
    for message in catalogue:
        old = known.get(message.id, message.context) if message.id else None
        if old is not None:
            message.string = old.string
    ENGLISH.parent.mkdir(parents=True, exist_ok=True)
    with ENGLISH.open("wb") as file:
        write_po(file, catalogue, width=100, sort_output=True, no_location=True, omit_header=False)
    messages = [message for message in catalogue if message.id]
    return len(messages), sum(1 for message in messages if not _said(message.string))


def _said(string: Any) -> bool:
    return bool(string) if isinstance(string, str) else bool(string) and all(string)
