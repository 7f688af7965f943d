"""Whatever one thing somebody changes in a case's history, its proof names it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengshao.kernel.canonical import GENESIS, Json, canonical, chain_step
from chengshao.workorders.rules.proof import Fault, Kept, Line, Salted, first_fault
from chengshao.workorders.terms import BrokenPart

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
WORDS, REASON, COMMENT = (Salted("0f", text) for text in ("灯坏了", "不归我们管", "还没好"))
FILE = "d" * 64
REPORT, ATTACHMENT = 7, 9


def line(seq: int, head: str, notes: dict[str, Salted], **said: Json) -> Line:
    at = AT + timedelta(hours=seq)
    told: dict[str, Json] = {name: note.digest for name, note in notes.items()}
    body = canonical({"at": at.isoformat(), "notes": told, **said})
    return Line(seq, at, body, chain_step(head, body), notes)


def history(*, erases: bool) -> Kept:
    """A report with a file, a return asked, a chase; then, if so asked, all of it erased."""
    kept = Kept(
        0, GENESIS, (), {REPORT: WORDS}, {ATTACHMENT: FILE},
        reports_on_it=frozenset({REPORT}), files_on_it=frozenset({ATTACHMENT}),
    )  # fmt: skip
    kept = further(kept, command="REPORT", report_id=REPORT, words=WORDS.digest)
    kept = further(kept, command="ATTACH", attachment_id=ATTACHMENT, digest=FILE)
    kept = further(kept, {"REASON": REASON}, command="ASK_RETURN", task_id=3)
    kept = further(kept, {"COMMENT": COMMENT}, command="CHASE", report_id=REPORT)
    return erased(kept) if erases else kept


def further(kept: Kept, notes: dict[str, Salted] | None = None, **said: Json) -> Kept:
    new = line(kept.seq + 1, kept.head, notes or {}, **said)
    return replace(kept, seq=new.seq, head=new.hash, lines=(*kept.lines, new))


def erased(kept: Kept) -> Kept:
    kept = further(
        kept, command="ERASE", report_id=REPORT, erased_seqs=[4], attachment_ids=[ATTACHMENT]
    )
    kept = further(kept, command="ERASE", erased_seq=3)
    lines = tuple(replace(one, notes={}) for one in kept.lines)
    return replace(kept, lines=lines, words={REPORT: None}, files={ATTACHMENT: None})


def changed(kept: Kept, seq: int, **changes: object) -> Kept:
    lines = [replace(one, **changes) if one.seq == seq else one for one in kept.lines]  # type: ignore[arg-type]
    return replace(kept, lines=tuple(lines))


@pytest.mark.parametrize("erases", [False, True])
def test_what_was_written_holds(erases: bool) -> None:
    assert first_fault(history(erases=erases)) is None


@given(st.booleans(), st.integers(1, 6), st.data())
def test_any_character_changed_in_a_line_shows_there(
    erases: bool, seq: int, data: st.DataObject
) -> None:
    kept = history(erases=erases)
    seq = min(seq, len(kept.lines))
    own = kept.lines[seq - 1]
    where = data.draw(st.integers(0, len(own.body) - 1))
    other = data.draw(st.characters(codec="utf-8").filter(lambda c: c != own.body[where]))
    body = own.body[:where] + other + own.body[where + 1 :]

    assert first_fault(changed(kept, seq, body=body)) == Fault(seq, BrokenPart.ENTRY)


@given(st.booleans(), st.sets(st.integers(1, 6), min_size=1))
def test_any_lines_removed_show(erases: bool, gone: set[int]) -> None:
    kept = history(erases=erases)
    left = replace(kept, lines=tuple(one for one in kept.lines if one.seq not in gone))
    if len(left.lines) == len(kept.lines):
        return

    cut_off = min(gone) > len(left.lines)
    part = BrokenPart.END if cut_off else BrokenPart.ENTRY
    assert first_fault(left) == Fault(min(gone), part)


@given(st.booleans(), st.permutations(range(4)))
def test_lines_in_another_order_show(erases: bool, order: list[int]) -> None:
    kept = history(erases=erases)
    lines = [kept.lines[n] for n in order] + list(kept.lines[4:])

    fault = first_fault(replace(kept, lines=lines))
    assert (fault is None) is (order == sorted(order))


@pytest.mark.parametrize(
    ("meddled", "fault"),
    [
        (lambda k: changed(k, 3, at=AT), Fault(3, BrokenPart.MOMENT)),
        (lambda k: changed(k, 3, notes={}), Fault(3, BrokenPart.NOTE)),
        (lambda k: changed(k, 3, notes={"BASIS": REASON}), Fault(3, BrokenPart.NOTE)),
        (lambda k: changed(k, 3, notes={"REASON": COMMENT}), Fault(3, BrokenPart.NOTE)),
        (lambda k: changed(k, 1, notes={"REASON": REASON}), Fault(1, BrokenPart.NOTE)),
        (lambda k: replace(k, words={REPORT: COMMENT}), Fault(1, BrokenPart.WORDS)),
        (lambda k: replace(k, words={REPORT: None}), Fault(1, BrokenPart.WORDS)),
        (lambda k: replace(k, words={}), Fault(1, BrokenPart.WORDS)),
        (lambda k: replace(k, files={ATTACHMENT: "e" * 64}), Fault(2, BrokenPart.FILE)),
        (lambda k: replace(k, files={ATTACHMENT: None}), Fault(2, BrokenPart.FILE)),
        (lambda k: replace(k, files={}), Fault(2, BrokenPart.FILE)),
        (lambda k: replace(k, seq=3), Fault(5, BrokenPart.END)),
        (lambda k: replace(k, head=GENESIS), Fault(5, BrokenPart.END)),
        (lambda k: replace(k, reports_on_it=frozenset({8})), Fault(0, BrokenPart.WORDS)),
        (lambda k: replace(k, files_on_it=frozenset({8})), Fault(0, BrokenPart.FILE)),
    ],
)
def test_names_what_is_not_as_it_was(meddled: object, fault: Fault) -> None:
    assert callable(meddled)
    assert first_fault(meddled(history(erases=False))) == fault


@pytest.mark.parametrize(
    ("meddled", "fault"),
    [
        (lambda k: changed(k, 3, notes={"REASON": REASON}), Fault(3, BrokenPart.NOTE)),
        (lambda k: replace(k, words={REPORT: WORDS}), Fault(1, BrokenPart.WORDS)),
        (lambda k: replace(k, files={ATTACHMENT: FILE}), Fault(2, BrokenPart.FILE)),
    ],
)
def test_what_was_erased_does_not_come_back(meddled: object, fault: Fault) -> None:
    assert callable(meddled)
    assert first_fault(meddled(history(erases=True))) == fault


def test_an_erasure_covers_only_what_came_before_it() -> None:
    kept = further(history(erases=False), command="ERASE", erased_seq=6)
    kept = further(kept, {"REASON": REASON}, command="ASK_RETURN", task_id=3)

    assert first_fault(changed(kept, 6, notes={})) == Fault(6, BrokenPart.NOTE)


JSON = st.recursive(
    st.none() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=4,
)
KEYS = st.sampled_from(
    ["command", "report_id", "report_ids", "words", "notes", "at", "attachment_id", "erased_seqs"]
)


@given(st.dictionaries(KEYS, JSON | st.sampled_from(["ERASE", "ATTACH"])) | JSON)
def test_whatever_stands_in_a_line_is_judged(said: Json) -> None:
    """Somebody may compute the chain anew over any nonsense: it is named, not tripped over."""
    body = canonical(said)
    forged = Line(1, AT, body, chain_step(GENESIS, body))

    fault = first_fault(Kept(1, forged.hash, [forged], {}, {}))

    assert fault is not None
    assert fault.seq == 1
