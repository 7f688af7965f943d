"""The words of a message: a template of an administrator's, filled with a few named facts."""

from collections.abc import Collection, Mapping
from string import Formatter

from chengshao.kernel.errors import Invalid
from chengshao.kernel.words import is_blank

MOST_CHARACTERS = 300


class TemplateMissing(Invalid):
    """There is nothing to read in it."""

    code = "notice_template_missing"


class TemplateTooLong(Invalid):
    code = "notice_template_too_long"


class TemplateUnreadable(Invalid):
    """A brace stands alone, or there is more in braces than a name."""

    code = "notice_template_unreadable"


class TemplateAsksUnknown(Invalid):
    code = "notice_template_asks_unknown"


class TemplateNamesNoCase(Invalid):
    """Nobody could tell what it is about."""

    code = "notice_template_names_no_case"


def check_template(text: str, allowed: Collection[str]) -> str:
    """
    Return a template without blanks around it, if every name in braces is one that it may ask for.

    :raises TemplateMissing: if it says nothing
    :raises TemplateTooLong: if it has more than 300 characters
    :raises TemplateUnreadable: if its braces are not around names
    :raises TemplateAsksUnknown: if it asks for anything else
    :raises TemplateNamesNoCase: if it has neither the case's number nor its link
    """
    text = text.strip()
    if is_blank(text):
        raise TemplateMissing
    if len(text) > MOST_CHARACTERS:
        raise TemplateTooLong(limit=MOST_CHARACTERS)
    if "\x00" in text or any("\ud800" <= c <= "\udfff" for c in text):
        raise TemplateUnreadable
    for name in _names_in(text):
        if name not in allowed:
            raise TemplateAsksUnknown(name=name[:40], allowed="、".join(allowed))
    if not {"number", "link"} & set(_names_in(text)):
        raise TemplateNamesNoCase
    return text


def compose(text: str, facts: Mapping[str, str]) -> str:
    """Return the words of a checked template; a fact that is not known leaves a gap."""
    known = {name: facts.get(name, "") for name in _names_in(text)}
    return text.format(**known)


def _names_in(text: str) -> list[str]:
    try:
        parts = list(Formatter().parse(text))
    except ValueError:
        raise TemplateUnreadable from None
    fields = [(name, form, turned) for _said, name, form, turned in parts if name is not None]
    if any(form or turned for _name, form, turned in fields):
        raise TemplateUnreadable
    names = [name for name, _form, _turned in fields]
    if not all(name.isidentifier() for name in names):
        raise TemplateUnreadable
    return names
