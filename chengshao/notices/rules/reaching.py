"""
Whom a happening is told to. The room above knows; config.wiring tells here whom to ask, so that
nothing of a case is kept here but its number.
"""

from collections.abc import Callable, Mapping, Sequence

from chengshao.notices.terms import Happening, Reached

Reaching = Callable[[Sequence[Happening]], Sequence[Reached]]  # in the same order
Links = Callable[[int], str]  # a report's id → the path of its citizen's secret link, or ""

_asked: dict[str, Reaching] = {}
_links: dict[str, Links] = {}


def wire(reaching: Reaching, links: Links) -> None:
    """Replace who is asked; called once, at start."""
    _asked["cases"] = reaching
    _links["cases"] = links


def reached(happenings: Sequence[Happening]) -> Mapping[Happening, Reached]:
    """Return whom each of these is told to."""
    return dict(zip(happenings, _asked["cases"](happenings), strict=True))


def link_path(report_id: int) -> str:
    """Return where the citizen of a report sees what becomes of it; "" where nowhere."""
    return _links["cases"](report_id)
