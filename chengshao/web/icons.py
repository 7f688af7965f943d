"""Icons drawn inline from one sprite, so they take the colour and size of the text beside them."""

from functools import cache
from pathlib import Path
from xml.etree import ElementTree

_SPRITE = Path(__file__).with_name("icons.svg")
_SVG = "{http://www.w3.org/2000/svg}"


@cache
def drawings() -> dict[str, str]:
    """Return what is drawn by name, as SVG markup without its frame."""
    ElementTree.register_namespace("", _SVG[1:-1])
    return {
        symbol.attrib["id"]: "".join(_path(shape) for shape in symbol)
        for symbol in ElementTree.parse(_SPRITE).getroot().iter(f"{_SVG}symbol")
    }


def _path(shape: ElementTree.Element) -> str:
    if shape.tag != f"{_SVG}path":
        raise ValueError(f"the sprite has paths only, not {shape.tag}")
    return f'<path d="{shape.attrib["d"]}"/>'
