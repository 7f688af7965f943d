"""
Contrast of the colours, computed from tokens.css (WCAG 2.2, 1.4.3 and 1.4.11): every text colour
on every ground it may stand on, light and dark.
"""

import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).parents[3] / "frontend" / "src" / "styles" / "tokens.css"
GROUNDS = ("page", "surface", "sunk", "accent-weak")
TEXTS = ("text", "text-2", "text-3", "accent", "accent-hover")
STATUSES = ("ok", "soon", "late", "hold")
MAPS = ("map-0", "map-1", "map-2", "map-3", "river")


def colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6});", block))


def blocks() -> dict[str, dict[str, str]]:
    """Return the colours of each block that sets --page, by the selector before it."""
    css = re.sub(r"/\*.*?\*/", "", TOKENS.read_text(encoding="utf-8"), flags=re.S)
    found = re.findall(r"([^{};]+)\{([^{}]*--page:[^{}]*)\}", css)
    return {selector.strip(): colours(body) for selector, body in found}


LIGHT = blocks()[":root"]
DARK = blocks()['[data-theme="dark"]']
THEMES = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_measure_knows_its_ends() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


def test_both_ways_into_the_dark_are_the_same_colours() -> None:
    by_device = blocks()[':root:not([data-theme="light"])']
    assert by_device == DARK
    assert DARK.keys() == LIGHT.keys()


@THEMES
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("text", TEXTS)
def test_text_reads_on_every_ground(theme: dict[str, str], text: str, ground: str) -> None:
    assert contrast(theme[text], theme[ground]) >= 4.5


@THEMES
@pytest.mark.parametrize("status", STATUSES)
def test_a_status_reads_on_its_own_ground_and_on_paper(theme: dict[str, str], status: str) -> None:
    for ground in (f"{status}-weak", "surface", "page", "sunk"):
        assert contrast(theme[status], theme[ground]) >= 4.5


@THEMES
@pytest.mark.parametrize("status", STATUSES)
def test_words_read_on_the_ground_of_a_status(theme: dict[str, str], status: str) -> None:
    assert contrast(theme["text"], theme[f"{status}-weak"]) >= 4.5


@THEMES
def test_words_read_on_a_button(theme: dict[str, str]) -> None:
    assert contrast(theme["on-accent"], theme["accent"]) >= 4.5
    assert contrast(theme["on-accent"], theme["accent-hover"]) >= 4.5


@THEMES
@pytest.mark.parametrize("ground", GROUNDS)
def test_edges_that_one_must_see_are_seen(theme: dict[str, str], ground: str) -> None:
    assert contrast(theme["control"], theme[ground]) >= 3
    assert contrast(theme["accent"], theme[ground]) >= 3  # the focus ring


@THEMES
@pytest.mark.parametrize("ground", MAPS)
def test_names_read_on_the_map(theme: dict[str, str], ground: str) -> None:
    assert contrast(theme["text"], theme[ground]) >= 4.5
