"""
The command `steps`: what each journey takes, counted by the browser tests that hold it to its
budget, as a table; `--write` puts it into docs/measured.md.
"""

import json
import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ops.console import Stopped, say
from ops.folder import CHECKOUT
from ops.testing import test

BEGINS, ENDS = "<!-- steps: written by `chengshao steps --write` -->", "<!-- /steps -->"
HEADING = "| role | journey | budget | keys | taps | screens | seconds of the program |"
_RULE = "|---|---|---|---|---|---|---|"
_DOCUMENT = CHECKOUT / "docs" / "measured.md"
_TESTS = (
    "tests/browser/test_steps.py",
    "tests/browser/test_call_intake.py",
    "tests/browser/test_my_work.py",
    "tests/browser/test_field.py",
    "tests/browser/test_resident.py",
)


@dataclass(frozen=True, slots=True)
class Journey:
    """A journey by the name under which its test counts it; "" where there is none yet."""

    name: str
    role: str
    words: str
    budget: str


JOURNEYS = (
    Journey("operator", "operator", "a known complaint written down", "12 keys"),
    Journey("chase", "operator", "the caller asks again: chased", "4 keys"),
    Journey("dispatcher", "dispatcher", "a case sent to the suggested lead", "2 keys"),
    Journey("verdict", "dispatcher", "a disputed return decided, with a sentence", "2 taps"),
    Journey("handler", "handler", "message, open, call, answer", "4 taps"),
    Journey("return", "handler", "returned, with a sentence", "2 taps"),
    Journey("sign-off", "unit's leader", "an answer signed from the list", "1 tap"),
    Journey("fixed", "grid worker", "found and fixed on the spot", "2 taps"),
    Journey("check passed", "checker", "a check passed", "1 tap"),
    Journey("check failed", "checker", "a check failed, with the reason", "3 taps"),
    Journey("resident", "resident, 70", "a report, three screens", "4 taps"),
    Journey("district leader", "district leader", "seen at once, decided", "1 tap"),
    Journey("", "sub-district leader", "a whistle to three departments", "3 taps"),
    Journey("", "merchant", "own page, confirmed", "1 tap"),
)


def steps(words: Sequence[str]) -> int:
    """
    Count all journeys on a fresh installation and print the table; return the exit code.

    :raises Stopped: if a journey was not counted, or the document has no place for the table
    """
    with tempfile.TemporaryDirectory(prefix="chengshao-steps-") as place:
        file = Path(place) / "steps.jsonl"
        file.touch()
        os.environ["STEPS_FILE"] = str(file)
        if failed := test([*_TESTS, "-q"]):
            return failed
        counted = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    table = table_of(counted)
    say("\n".join(table))
    if "--write" in words:
        said = _DOCUMENT.read_text(encoding="utf-8")
        _DOCUMENT.write_text(with_table(said, table), encoding="utf-8")
    return 0


def table_of(counted: Iterable[Mapping[str, object]]) -> list[str]:
    """
    Return the table's lines, in the order of the journeys; of one counted twice the last.

    :raises Stopped: if a journey was not counted
    """
    found = {str(each["journey"]): each for each in counted}
    return [HEADING, _RULE, *(_row(journey, found) for journey in JOURNEYS)]


def _row(journey: Journey, found: Mapping[str, Mapping[str, object]]) -> str:
    begin = f"| {journey.role} | {journey.words} | {journey.budget} |"
    if not journey.name:
        return f"{begin} not yet | | | |"
    if journey.name not in found:
        raise Stopped(f"没有数到：{journey.name}", f"Not counted: {journey.name}")
    own = found[journey.name]
    numbers = (own[name] or "" for name in ("keys", "taps", "screens", "seconds"))
    return " ".join([begin, *(f"{number} |" for number in numbers)])


def with_table(document: str, table: Sequence[str]) -> str:
    """
    Return the document with the table between its marks.

    :raises Stopped: if it has no marks
    """
    before, begins, rest = document.partition(BEGINS)
    _old, ends, after = rest.partition(ENDS)
    if not begins or not ends:
        raise Stopped("文档里没有放表的地方。", "The document has no place for the table.")
    return "\n".join([f"{before}{begins}", *table, f"{ends}{after}"])
