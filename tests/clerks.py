"""Staff who sit before the pages: appointed as real ones are, and signed in."""

from collections.abc import Callable
from typing import TypeAlias

import pytest
from django.test import Client

from chengshao.people import actions as people
from chengshao.people.models import User
from chengshao.people.terms import Role
from tests.district import AT, LOADER, SINCE, District

SignIn: TypeAlias = Callable[..., Client]


@pytest.fixture
def sign_in(district: District) -> SignIn:
    """Appoints somebody new and signs them in: sign_in(Role.OPERATOR, unit_id, territory)."""
    people.load_role_powers(rows=people.default_role_powers(), actor=LOADER, at=AT)

    def signed_in(role: Role, unit_id: int | None, territory: str = "") -> Client:
        name = f"{role.lower()}-{User.objects.count()}"
        new = people.NewAccount(username=name, display_name=f"{name}（示意）")
        user_id = people.open_account(account=new, actor=LOADER, at=AT)
        people.appoint(
            user_id=user_id,
            role=role,
            unit_id=unit_id,
            territory=territory,
            valid_from=SINCE,
            actor=LOADER,
            at=AT,
        )
        client = Client()
        client.force_login(User.objects.get(pk=user_id))
        return client

    return signed_in
