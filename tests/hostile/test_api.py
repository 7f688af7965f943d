"""
Generated requests at every operation, by callers of different powers: each answer is one that
the OpenAPI declares, never a 500, and a refusal leaves nothing behind.
"""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.conf import settings as django_settings
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from schemathesis import CheckFunction
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from chengshao.people.terms import Role
from tests.architecture.access.world import (
    NOBODY,
    Caller,
    Case,
    Contents,
    Sort,
    Stands,
    State,
    World,
    undone,
)
from tests.hostile.portions import examples

pytestmark = pytest.mark.django_db
schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
# Rules of the domain stand behind the schema: what is well written may still be refused (422).
EXCLUDED: list[CheckFunction] = [positive_data_acceptance]
# What is broken in a query or a header may not arrive: an empty value leaves no trace in the
# address, and our own credentials replace its own.
EXCLUDED_FROM_READS = [*EXCLUDED, negative_data_rejection]
COUNTED = {"intake_addresscount"}  # how often an address tried without a name
PAGE_TOKEN = "t" * 32  # what a page would send back, in the cookie and beside it


@pytest.fixture(scope="module")
def callers(world: World, machine_that_may_all: Caller) -> list[tuple[Caller, bool]]:
    """Return who asks, and whether they name what is there: nobody, a machine, persons."""
    return [
        (NOBODY, True),
        (machine_that_may_all, False),
        (world.callers[Role.DUTY_LEADER, Stands.OWN], True),
        (world.callers[Role.HANDLER, Stands.OWN], True),
    ]


@pytest.fixture(autouse=True)
def _keep_the_transaction_open() -> Iterator[None]:
    # A WSGI request closes old connections; Django's own test client mutes that too.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def headers_of(caller: Caller) -> dict[str, str]:
    """Return what this caller sends: a machine its key, a person's page session and token."""
    if not caller.session:
        return dict(caller.headers)
    cookies = f"{django_settings.SESSION_COOKIE_NAME}={caller.session}; csrftoken={PAGE_TOKEN}"
    return {"Cookie": cookies, "X-CSRFToken": PAGE_TOKEN}


def names_of(case: Case) -> dict[str, Any]:
    """Return what the operations ask for in their paths, of a case that is there."""
    task_id, _revision = next(iter(case.tasks.values()))
    return {
        "number": case.number,
        "report_id": case.report_id,
        "task_id": task_id,
        "attachment_id": case.attachment_id,
    }


@schema.parametrize()
@examples("operations", few=5, among=sum(len(path) for path in schema.values()))
def test_answers_match_the_contract(
    case: schemathesis.Case[Any],
    world: World,
    contents: Contents,
    before: dict[str, object],
    callers: list[tuple[Caller, bool]],
) -> None:
    known = names_of(world.cases[State.REPORTED, Sort.ORDINARY])
    asked = dict(case.path_parameters)
    there = asked | {name: known[name] for name in asked if name in known}
    for caller, names_what_is_there in callers:
        case.path_parameters = there if names_what_is_there else asked
        with undone():
            headers = headers_of(caller)
            answer = case.call(headers=headers)
            if answer.status_code >= 400:
                changed = {name for name, held in contents.now().items() if held != before[name]}
                assert changed <= COUNTED
            excluded = EXCLUDED_FROM_READS if case.method == "GET" else EXCLUDED
            case.validate_response(answer, headers=headers, excluded_checks=excluded)
