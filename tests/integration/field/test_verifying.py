"""What is verified before it is registered is on the phone, too (F2 核实)."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from chengshao.kernel.actor import Actor
from chengshao.people.terms import Role
from chengshao.workorders.models import Attachment, WorkOrder
from chengshao.workorders.terms import Channel, NoteName, TaskKind
from tests.clerks import SignIn
from tests.district import District, owed, reported, said
from tests.statements import count_statements
from tests.unit.evidence.files import photo

API = "/api/v1/field"
MOST = 8  # statements of any page


@pytest.fixture
def case(centre: Actor) -> WorkOrder:
    """A sensor's report: whether it is so is looked at first."""
    return reported(centre, replace(said("k-1", "井盖位移"), channel=Channel.SENSOR)).work_order


@pytest.fixture
def checker(sign_in: SignIn, district: District) -> Client:
    return sign_in(Role.CHECKER, district.centre)


def decide(client: Client, case: WorkOrder, command: str, reason: str = "") -> Any:
    task = owed(case, TaskKind.VERIFY)
    body = {
        "client_key": uuid4().hex,
        "seen_revision": task.revision,
        "command": command,
        "reason": reason,
    }
    return client.post(f"{API}/checks/{task.pk}", body, content_type="application/json")


def test_it_stands_among_the_cards_as_a_verification(checker: Client, case: WorkOrder) -> None:
    with count_statements() as counted:
        (card,) = checker.get(f"{API}/checks").json()

    assert (card["number"], card["verifies"], card["evidence_asked"]) == (case.number, True, [])
    assert counted.number <= MOST


def test_one_tap_says_it_is_so_and_it_goes_to_be_registered(
    checker: Client, case: WorkOrder
) -> None:
    assert decide(checker, case, "CONFIRM").status_code == 200

    assert owed(case, TaskKind.REGISTER)


def test_that_it_is_not_so_takes_a_reason(checker: Client, case: WorkOrder) -> None:
    assert decide(checker, case, "REFUTE").status_code == 409
    assert owed(case, TaskKind.VERIFY)

    assert decide(checker, case, "REFUTE", "现场没有看到").status_code == 200
    notes = case.entries.latest("seq").notes.get()
    assert (notes.name, notes.text) == (NoteName.REASON, "现场没有看到")


def test_a_picture_of_it_shows_how_it_was_before(checker: Client, case: WorkOrder) -> None:
    of = decide(checker, case, "CONFIRM").json()["client_key"]
    file = SimpleUploadedFile("现场.jpg", photo(), "image/jpeg")

    sent = checker.post(f"{API}/photos", {"client_key": uuid4().hex, "of": of, "file": file})

    assert sent.status_code == 200
    assert Attachment.objects.get().evidence_kind == "PHOTO_BEFORE"


def test_who_may_not_verify_has_no_such_card(
    sign_in: SignIn, district: District, case: WorkOrder
) -> None:
    answer = sign_in(Role.HANDLER, district.roads).get(f"{API}/checks")

    assert answer.status_code == 403
