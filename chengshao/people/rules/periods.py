"""Half-open periods of days; no end means for good."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Period:
    start: date
    end: date | None = None

    @property
    def is_empty(self) -> bool:
        return self.end is not None and self.end <= self.start

    def holds(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day < self.end)

    def common(self, other: "Period") -> "Period":
        """Return the days that lie in both; it may be empty."""
        ends = [end for end in (self.end, other.end) if end is not None]
        return Period(max(self.start, other.start), min(ends, default=None))

    def overlaps(self, other: "Period") -> bool:
        return not (self.is_empty or other.is_empty or self.common(other).is_empty)
