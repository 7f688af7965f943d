"""Every form that is sent has the page's token: without it a browser is refused for ever."""

import re
from pathlib import Path

import pytest

ROOMS = Path(__file__).parents[2] / "chengshao"
TEMPLATES = {
    str(path.relative_to(path.parents[i])): path.read_text()
    for path in ROOMS.rglob("templates/**/*.html")
    for i, above in enumerate(path.parents)
    if above.name == "templates"
}
FORM = re.compile(r"<form\b[^>]*?method=\"post\".*?</form>", re.S)
INCLUDE = re.compile(r"{% include \"(?P<name>[^\"]+)\"(?P<rest>[^%]*)%}")


def needs_token(name: str) -> bool:
    text = TEMPLATES[name]
    return "{% csrf_token %}" in text or any(
        needs_token(each["name"]) for each in INCLUDE.finditer(text) if each["name"] in TEMPLATES
    )


def test_there_are_forms() -> None:
    assert sum(len(FORM.findall(text)) for text in TEMPLATES.values()) > 20


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_what_is_included_alone_needs_no_token(name: str) -> None:
    alone = [m["name"] for m in INCLUDE.finditer(TEMPLATES[name]) if m["rest"].endswith("only ")]

    assert [each for each in alone if each in TEMPLATES and needs_token(each)] == []
