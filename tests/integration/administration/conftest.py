"""A keeper who drafts. Names say what the test relies on."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.timezone import localdate

from chengshao.catalog.models import Draft
from chengshao.people.terms import Role
from tests.clerks import SignIn
from tests.district import District

HEADINGS = "事项编码,区划代码,主办角色,协办角色,依据文件,文号,条款,生效日期,失效日期"


def tomorrow() -> str:
    return (localdate() + timedelta(days=1)).isoformat()


def leads(role: str, *, matter: str = "C0101", day: str = "", until: str = "") -> str:
    """Return a row of the table of responsibilities."""
    return f"{matter},,{role},,办法（示意）,,,{day or tomorrow()},{until}"


def hand_in(client: Client, *lines: str, kind: str = "RESPONSIBILITIES", note: str = "") -> Any:
    head = HEADINGS if kind == "RESPONSIBILITIES" else ""
    content = "\n".join([*([head] if head else []), *lines]).encode()
    file = SimpleUploadedFile("x.csv", content)
    return client.post("/administration/table", {"kind": kind, "file": file, "note": note})


def the_draft() -> Draft:
    return Draft.objects.latest("pk")


@pytest.fixture
def keeper(sign_in: SignIn, district: District) -> Client:
    """Keeps the catalogue, and sees no cases."""
    return sign_in(Role.CATALOGUE_KEEPER, district.centre)
