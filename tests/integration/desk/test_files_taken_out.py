"""Who opened a file of a case, or took it out, is written down like who looked at it."""

import pytest
from django.test import Client

from chengshao.evidence import actions as evidence
from chengshao.kernel.actor import Actor, ActorKind
from chengshao.people.terms import Role
from chengshao.workorders import actions
from chengshao.workorders.models import Attachment, Viewing
from tests.clerks import SignIn
from tests.district import AT, District, reported
from tests.unit.evidence.files import photo


@pytest.fixture
def clerk(sign_in: SignIn, district: District) -> Client:
    return sign_in(Role.REGISTRAR, district.centre)


@pytest.fixture
def file(centre: Actor) -> Attachment:
    report = reported(centre)
    citizen = Actor(ActorKind.CITIZEN, report_id=report.pk)
    blob = evidence.store_upload(content=photo(), name="p.jpg", actor=citizen, at=AT)
    return actions.attach_to_report(report_id=report.pk, blob_id=blob, actor=citizen, at=AT)


def logged() -> list[tuple[str, int]]:
    return list(Viewing.objects.order_by("pk").values_list("kind", "user_id"))


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/desk/attachments/{}?small=1", "VIEW"),
        ("/desk/attachments/{}?large=1", "VIEW"),
        ("/desk/attachments/{}", "EXPORT"),
        ("/api/v1/attachments/{}", "EXPORT"),
    ],
)
def test_each_is_noted_once_in_ten_minutes(
    clerk: Client, file: Attachment, path: str, kind: str
) -> None:
    for _ in range(2):
        assert clerk.get(path.format(file.pk)).status_code == 200

    assert logged() == [(kind, int(clerk.session["_auth_user_id"]))]


def test_it_stands_among_who_has_seen_the_case(clerk: Client, file: Attachment) -> None:
    clerk.get(f"/desk/attachments/{file.pk}")

    seen = clerk.get(f"/desk/cases/{file.work_order.number}/viewings").content.decode()

    assert "导出、下载附件" in seen


def test_whom_it_is_not_there_for_leaves_no_line(
    sign_in: SignIn, file: Attachment, district: District
) -> None:
    stranger = sign_in(Role.HANDLER, district.parks)

    for path in ("/desk/attachments/{}", "/api/v1/attachments/{}"):
        assert stranger.get(path.format(file.pk)).status_code == 404
    assert logged() == []


def test_nor_does_who_asks_for_what_was_erased(clerk: Client, file: Attachment) -> None:
    Attachment.objects.filter(pk=file.pk).update(blob=None, erased_at=AT)

    assert clerk.get(f"/desk/attachments/{file.pk}").status_code == 404
    assert logged() == []
