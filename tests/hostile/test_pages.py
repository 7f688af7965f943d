"""Every form and every list, filled in and asked for as nobody should: no page breaks over it."""

import json
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.timezone import localdate
from hypothesis import given
from hypothesis import strategies as st

from chengshao.catalog import queries as catalog
from chengshao.catalog.terms import TableKind
from chengshao.places.forms import slug_of
from chengshao.places.terms import ImportKind
from chengshao.web.sheets import read_table, write_table
from config.access import Door
from tests.architecture.access.knocks import address_of, knock_of
from tests.architecture.access.world import Contents, World, undone
from tests.hostile.broken import WORDS, as_json, broken, changed
from tests.hostile.doors import HEADERS, LOOKS, PAGES, Asked, answered_well, case_of, who_may
from tests.hostile.portions import examples

pytestmark = pytest.mark.django_db
Sent = dict[str, Any]


@pytest.fixture(scope="package")
def asked(world: World, before: dict[str, object]) -> Asked:
    return Asked(world)


@st.composite
def values(draw: st.DrawFn, right: Any) -> Any:
    """Return what a field may bring instead: other words, several, a file for words."""
    if isinstance(right, SimpleUploadedFile):
        right.seek(0)
        content = draw(changed(right.read()) | st.binary(max_size=40))
        return SimpleUploadedFile(draw(WORDS)[:80] or "x", content)
    return draw(WORDS | st.lists(WORDS, max_size=3) | st.just(right))


@st.composite
def spoilt(draw: st.DrawFn, path: str) -> str:
    """Return a path, now and then with something else in one place of it."""
    parts = path.split("/")
    if draw(st.integers(0, 7)) == 0:
        place = draw(st.integers(1, len(parts) - 1))
        parts[place] = quote(draw(WORDS)[:300], safe="")
    return "/".join(parts)


@examples("pages", few=120)
@given(st.sampled_from(PAGES), HEADERS, st.data())
def test_a_form_filled_in_wrongly_is_refused_or_taken(
    world: World,
    contents: Contents,
    before: dict[str, object],
    asked: Asked,
    door: Door,
    headers: dict[str, str],
    data: st.DataObject,
) -> None:
    case = case_of(door, world)
    sent: Sent = dict(knock_of(door).send(world, case))
    names = [*sent, *asked.by(door)]
    for name in data.draw(st.lists(st.sampled_from(names), max_size=4)):
        sent[name] = data.draw(values(sent.get(name, "")))
    for name in data.draw(st.lists(st.sampled_from(names), max_size=2)):
        sent.pop(name, None)
    path = data.draw(spoilt(address_of(door, world, case)))

    with undone():
        answer = who_may(door, world).client().post(path, sent, headers=headers)
        answered_well(door, answer, contents, before)


@examples("looks", few=120)
@given(st.sampled_from(LOOKS), HEADERS, st.data())
def test_a_look_asked_for_wrongly_is_refused_or_shown_and_changes_nothing(
    world: World,
    contents: Contents,
    before: dict[str, object],
    asked: Asked,
    door: Door,
    headers: dict[str, str],
    data: st.DataObject,
) -> None:
    names = st.sampled_from(asked.by(door))
    query = dict(parse_qsl(knock_of(door).query))
    query |= data.draw(st.dictionaries(names, WORDS.map(lambda said: said[:2000]), max_size=3))
    path = data.draw(spoilt(address_of(door, world, case_of(door, world))))

    with undone():
        caller = who_may(door, world).client()
        answer = caller.get(f"{path}?{urlencode(query)}", headers=headers)
        answered_well(door, answer, contents, before)


PEOPLE = ("units", "unit-roles", "roster", "staff", "role-powers")
CATALOGUE = tuple(kind.lower().replace("_", "-") for kind in TableKind)
PLACES = tuple(map(slug_of, ImportKind))
# What decides on cases is drafted: it is taken away there, and handed in here.
DRAFTED = {f"catalog/tables/{kind.lower().replace('_', '-')}": kind for kind in catalog.DRAFTED}
TABLES = (
    *((f"people/tables/{name}", "people/tables/<slug:name>") for name in PEOPLE),
    *((f"catalog/tables/{name}", "catalog/tables/<slug:name>") for name in CATALOGUE),
    *((f"places/files/{name}", "places/files/<slug:name>") for name in PLACES),
)


@pytest.fixture(scope="package")
def taken_away(world: World, before: dict[str, object]) -> dict[str, bytes]:
    """Return every table and map as it can be taken away, which is as it can be handed in."""
    return {
        path: b"".join(who_may(door_of(path), world).client().get(f"/{path}"))
        for path, _route in TABLES
    }


def door_of(path: str) -> Door:
    route, name = dict(TABLES)[path], path.rpartition("/")[2]
    doors = [door for door in PAGES if door.route == route]
    return next((door for door in doors if door.variant == name), doors[0])


@st.composite
def wrong_tables(draw: st.DrawFn, content: bytes) -> bytes:
    """Return a table of which a few cells, columns or rows are not what they should be."""
    rows = read_table(content)[:40]
    headings = list(rows[0]) if rows else draw(st.lists(WORDS, max_size=4))
    lines = [[row[heading] for heading in headings] for row in rows]
    for _ in range(draw(st.integers(1, 4))):
        if lines and headings:
            line = draw(st.sampled_from(lines))
            line[draw(st.integers(0, len(headings) - 1))] = draw(WORDS)[:30_000]
    match draw(st.sampled_from(["cells", "cells", "cells", "twice", "heading", "bytes"])):
        case "twice" if lines:
            lines.append(list(draw(st.sampled_from(lines))))
        case "heading" if headings:
            headings[draw(st.integers(0, len(headings) - 1))] = draw(WORDS)[:30_000]
        case "bytes":
            return draw(changed(content))
    return write_table(headings, lines)


@examples("tables", few=100)
@given(st.sampled_from(TABLES).map(lambda table: table[0]), st.data())
def test_a_table_handed_in_with_faults_is_refused_whole_or_taken(
    world: World,
    contents: Contents,
    before: dict[str, object],
    taken_away: dict[str, bytes],
    path: str,
    data: st.DataObject,
) -> None:
    content = taken_away[path]
    wrong = (
        changed(content) | st.deferred(lambda: map_of(content))
        if content.startswith(b"{")
        else wrong_tables(content)
    )
    file = SimpleUploadedFile("t.xlsx", data.draw(wrong))
    sent = {"file": file, "valid_from": str(localdate()), "crs": "WGS84", "within": ""}
    door = door_of(path)
    if path in DRAFTED:
        sent |= {"kind": DRAFTED[path].value}
        path = "administration/table"
        door = next(each for each in PAGES if each.route == path)

    with undone():
        answer = who_may(door, world).client().post(f"/{path}", sent)
        answered_well(door, answer, contents, before)


def map_of(content: bytes) -> st.SearchStrategy[bytes]:
    return broken(json.loads(content)).map(as_json)
