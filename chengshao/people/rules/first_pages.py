"""
Which page signing in may lead to. The shell above knows the pages; config.wiring tells here whom to
ask.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from chengshao.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class FirstPage:
    words: str
    href: str


Pages = Callable[[Actor], Iterable[FirstPage]]

_asked: list[Pages] = []


def wire(*pages: Pages) -> None:
    """Replace all that is asked; called once, at start."""
    _asked[:] = pages


def offered(actor: Actor) -> list[FirstPage]:
    """Return the pages that this actor may begin with, as the rail has them."""
    return [page for pages in _asked for page in pages(actor)]
