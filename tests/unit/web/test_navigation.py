"""The rail: by job, for whom it is, with what waits there."""

import pytest
from django.test import RequestFactory
from django.urls import reverse

from chengshao.kernel.actor import Actor, ActorKind, Grant
from config.navigation import RAIL, Job, Page, rail_of, shell

STYLES, LOOK = Page("部件", "web:styleguide", ("SEE",)), Page("外观", "web:look")
NOBODY = Actor(ActorKind.PERSON, 1)
SEER = Actor(ActorKind.PERSON, 2, frozenset({Grant("SEE", 7)}))


def words(actor: Actor, *jobs: Job) -> list[tuple[str, list[str]]]:
    groups = rail_of(actor, "/", jobs)
    return [(group.words, [entry.words for entry in group.entries]) for group in groups]


def test_an_entry_is_there_for_whom_holds_its_power() -> None:
    job = Job("底数", (STYLES, LOOK))
    assert words(SEER, job) == [("底数", ["部件", "外观"])]
    assert words(NOBODY, job) == [("底数", ["外观"])]


def test_a_job_without_entries_is_not_named() -> None:
    assert words(NOBODY, Job("处理", (STYLES,))) == []


def test_what_waits_stands_beside_its_page() -> None:
    page = Page("部件", "web:styleguide", queue="parts")
    (group,) = rail_of(SEER, "/", (Job("", (page,)),), counts={"parts": 2, "other": 9})
    assert group.entries[0].count == 2


@pytest.mark.parametrize(
    ("path", "current"),
    [("/styleguide", True), ("/styleguide/1", True), ("/styleguides", False), ("/", False)],
)
def test_the_current_page_holds_those_below_it(path: str, current: bool) -> None:
    (group,) = rail_of(SEER, path, (Job("", (STYLES,)),))
    assert group.entries[0].current is current


def test_every_entry_of_our_rail_leads_somewhere() -> None:
    for job in RAIL:
        for page in job.pages:
            assert reverse(page.name, args=page.args)


def test_the_public_gets_no_rail_and_the_resident_frame() -> None:
    context = shell(RequestFactory().get("/"))
    assert context["base"] == "web/base_resident.html"
    assert "rail" not in context
    assert "person" not in context
