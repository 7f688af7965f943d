"""What strangers send: something right in which one thing is wrong finds more than any bytes."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from typing import Any

from hypothesis import strategies as st

from chengshao.kernel.errors import DomainError
from chengshao.kernel.tables import Fault, TableRefused
from chengshao.web.texts import text

_TRICKS = (
    "",
    " ",
    "\u3000",
    "\x00",
    "\x1b[2J",
    "\r\nSet-Cookie: a=b",
    "\ufeff",
    "\u200b\u2060",
    "\u202egpj.exe",
    "مرحبا",
    "👩‍👩‍👧‍👦🏳️‍🌈",
    "e" + "\u0301" * 500,
    "１２３",
    "٣",
    "²",
    "½",
    "0",
    "-0",
    "-1",
    "+1",
    "1_000",
    "1e3",
    "1e999",
    "0x10",
    "NaN",
    "Infinity",
    str(2**31),
    str(2**63),
    "9" * 5000,
    "0.1" + "0" * 400,
    "true",
    "null",
    "否",
    "是",
    "无",
    "——",
    "、、、",
    "a、b、a",
    "2026-02-30",
    "2026-11-22",
    "0000-00-00",
    "0001-01-01",
    "9999-12-31",
    "10000-01-01",
    "2026年11月22日",
    "2026-11-22T25:61",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-12:00",
    "24:00",
    "330102001000",
    "000000000000",
    "3301020010011",
    "13800138000",
    "+86" * 40,
    "=HYPERLINK(1)",
    "'; DROP TABLE x; --",
    "<script>alert(1)</script>",
    "{{ 7*7 }}{% now %}{0}{x}%s%(x)s",
    "../../../etc/passwd",
    "字" * 20_000,
)
TRICKS = st.sampled_from(_TRICKS)
# As a browser may send it, or a file may hold it: halves of characters come only in JSON.
WORDS = (
    TRICKS
    | st.text(max_size=40)
    | st.integers().map(str)
    | st.floats().map(str)
    | st.dates().map(str)
)
LONE = "\ud800"
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | TRICKS
    | st.text(max_size=20)
    | st.just(LONE),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=6,
)


def readable(said: str) -> None:
    """Pass if a page can show it."""
    said.encode()


def in_words(refusal: DomainError) -> None:
    """Pass if a refusal can be told, with all its faults."""
    faults: Sequence[Fault] = refusal.faults if isinstance(refusal, TableRefused) else ()
    readable(text(refusal.code, refusal.params))
    for fault in faults:
        named(fault)


def named(fault: Fault) -> None:
    """Pass if a fault can be told by its place, in words."""
    readable(fault.column)
    readable(text(fault.code, fault.params))


@contextmanager
def read_or_refused() -> Iterator[None]:
    """Pass if it is read, or refused in words; any other exception is a fault of ours."""
    try:
        yield
    except DomainError as refusal:
        in_words(refusal)


@st.composite
def broken(draw: st.DrawFn, whole: Any, other: st.SearchStrategy[Any] = JSON) -> Any:
    """Return it with up to three things in it replaced, lost, doubled or called otherwise."""
    tree = deepcopy(whole)
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(list(_paths(tree))))
        if not path:
            return draw(other)
        *outer, last = path
        holder = tree
        for step in outer:
            holder = holder[step]
        match draw(st.sampled_from(("replace", "replace", "lose", "double", "rename"))):
            case "lose":
                del holder[last]
            case "double" if isinstance(holder, list):
                holder.insert(last, deepcopy(holder[last]))
            case "rename" if isinstance(holder, dict):
                holder[draw(TRICKS | st.text(max_size=8))] = holder.pop(last)
            case _:
                holder[last] = draw(other)
    return tree


@st.composite
def changed(draw: st.DrawFn, whole: bytes) -> bytes:
    """Return bytes of which some are others, some lack, or some come twice."""
    content = bytearray(whole)
    for _ in range(draw(st.integers(1, 4))):
        near = draw(st.sampled_from([64, 1024, len(content)]))
        place = draw(st.integers(0, min(near, len(content))))
        place = draw(st.sampled_from([place, len(content) - place]))
        length = draw(st.integers(0, 8))
        content[place : place + length] = draw(
            st.binary(min_size=length, max_size=length)  # what lies behind stays where it was
            | st.binary(max_size=8)
            | st.just(bytes(content[place : place + 64]))
        )
    return bytes(content)


@st.composite
def cells(draw: st.DrawFn, row: Mapping[str, str]) -> dict[str, str]:
    """Return a row of a table in which some cells say something else."""
    said = dict(row)
    for heading in draw(st.lists(st.sampled_from(sorted(said)), min_size=1, max_size=4)):
        said[heading] = draw(WORDS)
    return said


def as_json(said: Any) -> bytes:
    """Return it as JSON, also what isn't: NaN, Infinity, halves of characters."""
    return json.dumps(said).encode()


def _paths(tree: Any) -> Iterator[tuple[Any, ...]]:
    yield ()
    inner = (
        tree.items()
        if isinstance(tree, dict)
        else enumerate(tree)
        if isinstance(tree, list)
        else ()
    )
    for step, value in inner:
        for rest in _paths(value):
            yield (step, *rest)
