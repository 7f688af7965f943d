"""Callers of the API, appointed and given their keys through the actions."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.timezone import now

from chengshao.people import actions as people
from chengshao.people.models import User
from chengshao.people.queries import unit_ids_by_code
from chengshao.people.terms import Role
from tests.district import AT, LOADER, SINCE, District, account

Answer = tuple[int, Any]


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who asks over HTTP as JSON; a person's page sends its token along."""

    client: Client
    csrf: str = ""

    def get(self, path: str, **headers: str) -> Answer:
        answer = self.client.get(f"/api/v1/{path}", headers=headers)
        return answer.status_code, answer.json()

    def post(self, path: str, body: dict[str, Any], **headers: str) -> Answer:
        said = {"X-CSRFToken": self.csrf} | headers
        answer = self.client.post(
            f"/api/v1/{path}", body, content_type="application/json", headers=said
        )
        return answer.status_code, answer.json()

    def upload(self, path: str, content: bytes, name: str, **fields: str) -> Answer:
        body = fields | {"file": SimpleUploadedFile(name, content)}
        headers = {"X-CSRFToken": self.csrf}
        answer = self.client.post(f"/api/v1/{path}", body, headers=headers)
        return answer.status_code, answer.json()


Appoint = Callable[..., Caller]


def anyone() -> Caller:
    """Return a citizen: no session, no key."""
    return Caller(Client(enforce_csrf_checks=True))


def with_key(key: str) -> Caller:
    return Caller(Client(enforce_csrf_checks=True, headers={"Authorization": f"Bearer {key}"}))


def contractor(district: District) -> int:
    """Open a company that works for the roads department: a third party."""
    table = (
        "单位代码,单位名称,类型,层级,上级单位代码,启用日期\n"
        "pipes,演示管道工程公司,作业单位,区级,roads,2020-01-01\n"
    )
    people.import_units(content=table.encode(), actor=LOADER, at=AT)
    return unit_ids_by_code(["pipes"])["pipes"]


@pytest.fixture
def powers(district: District) -> None:
    people.load_role_powers(rows=people.default_role_powers(), actor=LOADER, at=AT)


@pytest.fixture
def machine(powers: None) -> Caller:
    """Return the hotline's system: it may report and nothing else."""
    user_id = account("hotline")
    people.appoint(user_id=user_id, role=Role.MACHINE, valid_from=SINCE, actor=LOADER, at=AT)
    return with_key(
        people.issue_token(
            user_id=user_id, label="12345", powers=["REPORT"], actor=LOADER, at=now()
        )
    )


@pytest.fixture
def person(powers: None) -> Appoint:
    """Appoint somebody who is signed in, with the token of a page just opened."""

    def appoint(unit_id: int | None, *roles: Role) -> Caller:
        username = f"{roles[0]}-{unit_id}-{User.objects.count()}".lower()
        new = people.NewAccount(username=username, display_name="演示人")
        user_id = people.open_account(account=new, actor=LOADER, at=AT)
        for role in roles:
            people.appoint(
                user_id=user_id,
                role=role,
                unit_id=unit_id,
                valid_from=SINCE,
                actor=LOADER,
                at=AT,
            )
        client = Client(enforce_csrf_checks=True)
        client.force_login(User.objects.get(pk=user_id))
        client.get("/preferences")
        return Caller(client, client.cookies["csrftoken"].value)

    return appoint


@pytest.fixture
def desk(person: Appoint, district: District) -> Caller:
    """Return who does everything at the centre."""
    return person(district.centre, Role.OPERATOR, Role.REGISTRAR, Role.DISPATCHER, Role.CHECKER)
