"""How much way a demand has to go (F16) once it goes to a unit."""

from chengshao.catalog.terms import Track

DONE_AT_ONCE = frozenset({Track.ON_THE_SPOT, Track.DIRECT_ANSWER})


def track_with_unit(own: Track) -> Track:
    """Return a matter's track where a unit has to handle what others settle at once."""
    return Track.ORDINARY if own in DONE_AT_ONCE else own
