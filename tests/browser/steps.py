"""
What a journey takes: keys, taps and screens, counted in the browser, and the program's seconds.

Words that a person writes are no steps (`fill`), nor is the seconds of their thinking. Where
STEPS_FILE names a file, each journey leaves its line there; `chengshao steps` makes the table.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from time import monotonic

from playwright.sync_api import Page

COUNTING = """(() => {
  const modifiers = ["Control", "Alt", "Shift", "Meta"];
  addEventListener("keydown", (event) => {
    if (event.isTrusted && !modifiers.includes(event.key)) countStep("keys");
  }, true);
  addEventListener("pointerdown", (event) => {
    if (event.isTrusted) countStep("taps");
  }, true);
})()"""


@dataclass(slots=True)
class Steps:
    """What was done, by hand and by the program."""

    journey: str
    keys: int = 0
    taps: int = 0
    screens: int = 0
    seconds: float = 0.0

    def leave(self) -> None:
        """Write them down for the table."""
        file = os.environ.get("STEPS_FILE")
        if file:
            with open(file, "a", encoding="utf-8") as lines:
                lines.write(json.dumps(asdict(self), ensure_ascii=False) + "\n")


@contextmanager
def counted(page: Page, journey: str, *, most_keys: int = 0, most_taps: int = 0) -> Iterator[Steps]:
    """Count what is done on a page from here on, and hold it to its budget."""
    steps = Steps(journey)
    begun = monotonic()
    counting = [True]

    def count(kind: str) -> None:
        if counting[0]:
            setattr(steps, kind, getattr(steps, kind) + 1)

    page.context.expose_function("countStep", count)
    page.context.add_init_script(COUNTING)
    page.evaluate(COUNTING)
    page.on("domcontentloaded", lambda _page: count("screens"))
    yield steps
    counting[0] = False
    steps.seconds = round(monotonic() - begun, 1)
    assert steps.keys <= most_keys, steps
    assert steps.taps <= most_taps, steps
    assert steps.keys + steps.taps > 0, "nothing was counted"
    steps.leave()
