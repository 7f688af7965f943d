"""What the form promises about a phone number is what the desk's pages then do."""

import pytest
from django.test import Client
from django.urls import reverse

from chengshao.people import actions as people
from chengshao.people.models import ContactAccess, User
from chengshao.people.terms import Role
from tests.district import AT, LOADER, SINCE, District, everyone, reported, said

NUMBER = "13800138000"


@pytest.fixture
def registrar(district: District) -> Client:
    people.load_role_powers(rows=people.default_role_powers(), actor=LOADER, at=AT)
    new = people.NewAccount(username="registrar", display_name="受理的人")
    user_id = people.open_account(account=new, actor=LOADER, at=AT)
    people.appoint(
        user_id=user_id,
        role=Role.REGISTRAR,
        unit_id=district.centre,
        valid_from=SINCE,
        actor=LOADER,
        at=AT,
    )
    client = Client()
    client.force_login(User.objects.get(pk=user_id))
    return client


def test_staff_read_the_number_and_it_is_written_down_who_and_why(
    registrar: Client, district: District
) -> None:
    report = reported(everyone(district), said(phone=NUMBER))
    asked = reverse("desk:contact", args=[report.work_order.number, report.pk])

    before = registrar.get(reverse("desk:case", args=[report.work_order.number]))
    shown = registrar.post(asked, {"purpose": "核实位置"})

    assert NUMBER not in before.content.decode()
    assert asked in before.content.decode()
    assert NUMBER in shown.content.decode()
    access = ContactAccess.objects.get()
    assert (access.user, access.purpose) == (User.objects.get(username="registrar"), "核实位置")


def test_a_confidential_number_is_neither_shown_nor_offered(
    registrar: Client, district: District
) -> None:
    report = reported(everyone(district), said(phone=NUMBER, confidential=True))

    page = registrar.get(reverse("desk:case", args=[report.work_order.number])).content.decode()

    assert "要求保密" in page
    assert NUMBER[-4:] not in page
    assert reverse("desk:contact", args=[report.work_order.number, report.pk]) not in page


def test_a_confidential_number_opens_to_nobody_whatever_they_send(
    registrar: Client, district: District
) -> None:
    report = reported(everyone(district), said(phone=NUMBER, confidential=True))
    door = reverse("desk:contact", args=[report.work_order.number, report.pk])

    answer = registrar.post(door, {"purpose": "核实位置"})

    assert answer.status_code == 403
    assert NUMBER not in answer.content.decode()
    assert not ContactAccess.objects.exists()
