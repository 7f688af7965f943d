"""How the API recognises who calls: a machine by its key, a person by the session."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from chengshao.people import actions
from chengshao.people.models import Token, User
from chengshao.people.terms import Role
from tests.integration.people.conftest import AT, LOADER, appointed, load_powers, unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def centre(settings: Any) -> int:
    settings.SECRET_KEY = "only for tests"
    load_powers()
    return unit("centre", is_desk=True)


def key_of(user: User) -> dict[str, str]:
    """Return the header of a new key."""
    key = actions.issue_token(
        user_id=user.pk, label="x", powers=["REPORT"], actor=LOADER, at=timezone.now()
    )
    return {"Authorization": f"Bearer {key}"}


def status(client: Client, centre: int, headers: dict[str, str] | None = None) -> int:
    return client.get(f"/api/v1/workorders?unit_id={centre}", headers=headers or {}).status_code


def test_a_machine_is_recognised_by_its_key_and_the_day_is_kept(
    client: Client, centre: int
) -> None:
    key = key_of(appointed("feeder", Role.MACHINE, centre))

    assert status(client, centre, key) != 401
    assert Token.objects.get().last_used_on == timezone.localdate()


def test_a_void_or_false_key_is_refused(client: Client, centre: int) -> None:
    key = key_of(appointed("feeder", Role.MACHINE, centre))
    actions.revoke_token(token_id=Token.objects.get().pk, actor=LOADER, at=AT)

    assert status(client, centre, key) == 401
    assert status(client, centre, {"Authorization": "Bearer false"}) == 401
    assert status(client, centre) == 401


def test_a_person_is_recognised_by_the_session(client: Client, centre: int) -> None:
    client.force_login(appointed("operator", Role.OPERATOR, centre))

    assert status(client, centre) != 401


def test_an_initial_password_opens_no_api(client: Client, centre: int) -> None:
    user = appointed("operator", Role.OPERATOR, centre)
    User.objects.filter(pk=user.pk).update(password_is_initial=True)
    client.force_login(user)

    assert status(client, centre) == 401
