"""
What changes a few times a year and is asked for by every page (names of units, divisions and
matters, the calendar, the lists of duties) a process keeps. Each room says what its edition is,
one value that changes with everything that is kept of it; a page asks for all of them once.
"""

import json
from collections.abc import Callable, Hashable, Iterable, Mapping
from threading import Lock
from typing import Any, TypeVar

from django.db import connection

from chengshao.web.once import once, once_told

Key = TypeVar("Key", int, str)
Value = TypeVar("Value")

_MOST_KINDS = 2_000  # days asked for, and what for
_MOST_KEYS = 50_000  # of one kind

_sources: dict[str, str] = {}
_memories: dict[tuple[str, ...], tuple[tuple[str, ...], dict[Hashable, Any]]] = {}
_lock = Lock()


def wire(sources: Mapping[str, str]) -> None:
    """
    Replace all sources; called once, at start.

    :param sources: by room, SQL of one text that changes with what is kept of it; '' or null
        before there is anything to keep
    """
    _sources.clear()
    _sources.update(sources)


def editions_sql() -> str:
    """Return SQL of one JSON object, for a statement that a page makes anyway; see `tell`."""
    pairs = ", ".join(f"'{room}', ({sql})" for room, sql in _sources.items())
    return f"jsonb_build_object({pairs})"


def tell(editions: str) -> None:
    """Spare this page the question: a statement with `editions_sql` said what they are."""
    once_told("editions", json.loads(editions))


def kept(rooms: str | tuple[str, ...], what: Hashable, ask: Callable[[], Value]) -> Value:
    """
    Return what is asked, from memory where the editions of these rooms are the same. Values don't
    change: whoever gets one shares it.

    A page asks one statement for all rooms; else each call asks one.
    """
    of = (rooms,) if isinstance(rooms, str) else rooms
    memory = _memory(of)
    if memory is None:
        return once((of, what), ask)
    if what not in memory:
        found = ask()
        if len(memory) >= _MOST_KINDS:
            memory.clear()
        memory[what] = found
        return found
    value: Value = memory[what]
    return value


def kept_each(
    rooms: str | tuple[str, ...],
    what: Hashable,
    keys: Iterable[Key],
    ask: Callable[[set[Key]], Mapping[Key, Value]],
) -> dict[Key, Value]:
    """
    Return what is found for these keys, in their order; asks only for what is not in memory.

    :param ask: takes the keys that are missing, leaves out those that there is nothing for
    """
    wanted = set(keys)
    if not wanted:
        return {}
    known: dict[Key, Value | None] = kept(rooms, ("each", what), dict)
    there = {key: known[key] for key in wanted if key in known}
    missing = wanted - there.keys()
    if missing:
        found = ask(missing)
        new = {key: found.get(key) for key in missing}
        if len(known) + len(new) > _MOST_KEYS:
            known.clear()
        known.update(new)
        there |= new
    return {key: value for key in sorted(wanted) if (value := there[key]) is not None}


def _memory(rooms: tuple[str, ...]) -> dict[Hashable, Any] | None:
    """Return what is kept of the present editions; None where a room has none yet."""
    told = once("editions", _editions)
    editions = tuple(told.get(room) or "" for room in rooms)
    if not all(editions):
        return None
    known = _memories.get(rooms)
    if known is None or known[0] != editions:
        with _lock:
            known = _memories[rooms] = (editions, {})
    return known[1]


def _editions() -> Mapping[str, str | None]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {editions_sql()}")
        found: Mapping[str, str | None] = json.loads(cursor.fetchone()[0])
    return found
