"""Every page of the rail has help in two sentences; a training installation says that it is one."""

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from pytest_django import Settings

from chengshao.people import actions as people
from chengshao.people.models import User
from chengshao.people.terms import Role
from config.help import HELP
from config.navigation import RAIL, help_on
from tests.district import AT, LOADER, SINCE, District

PAGES = [page for job in RAIL for page in job.pages]


def test_every_page_of_the_rail_and_no_other_has_help() -> None:
    assert set(HELP) == {" ".join((page.name, *page.args)) for page in PAGES}


@pytest.mark.parametrize("name", HELP)
def test_it_is_two_sentences_or_three(name: str) -> None:
    with override("zh-hans"):
        sentences = re.split(r"[。；]", str(HELP[name]))
    assert 2 <= len([words for words in sentences if words]) <= 4


def test_below_a_page_of_the_rail_its_help_helps() -> None:
    assert help_on("/desk/cases/20260302-0001/") == HELP["desk:cases"]
    assert help_on(reverse("desk:queue", args=["dispatch"])) == HELP["desk:queue dispatch"]
    assert help_on("/desk/") == HELP["desk:home"]
    assert help_on("/elsewhere/") == ""


@pytest.mark.django_db
def test_it_stands_on_the_page_behind_a_key(district: District, settings: Settings) -> None:
    people.load_role_powers(rows=people.default_role_powers(), actor=LOADER, at=AT)
    new = people.NewAccount(username="leader", display_name="值班长")
    user_id = people.open_account(account=new, actor=LOADER, at=AT)
    people.appoint(
        user_id=user_id,
        role=Role.DUTY_LEADER,
        unit_id=district.centre,
        valid_from=SINCE,
        actor=LOADER,
        at=AT,
    )
    client = Client()
    client.force_login(User.objects.get(pk=user_id))

    page = client.get("/desk/cases/").content.decode()
    assert str(HELP["desk:cases"]) in page
    assert 'data-key="?"' in page
    assert "培训环境" not in page

    settings.TRAINING = True
    for path in ("/desk/cases/", "/"):
        assert "培训环境" in client.get(path, follow=True).content.decode()
