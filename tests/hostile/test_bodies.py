"""JSON that is none, or says what no client would: each answer is one that is declared."""

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.access import Door
from ops.folder import CHECKOUT
from tests.architecture.access.knocks import address_of, knock_of
from tests.architecture.access.world import Contents, World, undone
from tests.hostile.broken import as_json, broken, changed
from tests.hostile.doors import OPERATIONS, answered_well, case_of, who_may
from tests.hostile.portions import examples

pytestmark = pytest.mark.django_db
DECLARED: Mapping[str, Any] = json.loads((CHECKOUT / "docs" / "openapi.json").read_text())["paths"]
TYPES = st.sampled_from(
    [
        "application/json",
        "application/json; charset=utf-16",
        "application/json; charset=no-such",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "multipart/form-data; boundary=x",
        "",
    ]
)
WHOLES = st.sampled_from(
    [
        b"",
        b"null",
        b"[" * 20_000,
        b'{"a":' * 20_000,
        b'{"words": "' + b"a" * 2_000_000 + b'"}',
        b'{"words": 1' + b"0" * 10_000 + b"}",
        b'{"words": "a", "words": "b"}',
        b"\xff\xfe{\x00}\x00",
        b"\xef\xbb\xbf{}",
    ]
)


@examples("json", few=120)
@given(st.sampled_from(OPERATIONS), TYPES, st.data())
def test_a_body_that_is_wrong_gets_an_answer_that_is_declared(
    world: World,
    contents: Contents,
    before: dict[str, object],
    door: Door,
    media_type: str,
    data: st.DataObject,
) -> None:
    case = case_of(door, world)
    said = {name: told for name, told in knock_of(door).send(world, case).items() if name != "file"}
    right = as_json(said)
    body = data.draw(broken(said).map(as_json) | changed(right) | WHOLES)
    if data.draw(st.booleans()):
        media_type = "application/json"
    path = address_of(door, world, case)

    with undone():
        client = who_may(door, world).client()
        answer = client.generic("POST", path, body, content_type=media_type)
        answered_well(door, answer, contents, before)
        assert str(answer.status_code) in declared_for(door)


def declared_for(door: Door) -> set[str]:
    path = "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", door.route)
    return set(DECLARED[path]["post"]["responses"])
