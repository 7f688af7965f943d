"""What a merged report brought along is on the case that leads, for who sees that case."""

import pytest

from chengshao.evidence import actions as evidence
from chengshao.kernel.actor import Actor, ActorKind
from chengshao.people.terms import Role
from chengshao.workorders import actions, queries
from chengshao.workorders.models import Attachment, WorkOrder
from chengshao.workorders.queries import AttachmentNotFound
from chengshao.workorders.terms import Power
from tests.clerks import SignIn
from tests.district import AT, District, dispatched, parted, registered, said, staff
from tests.unit.evidence.files import photo


@pytest.fixture
def merged(centre: Actor, district: District) -> tuple[WorkOrder, Attachment]:
    """A case that took another in, and the picture of that other one."""
    leading = dispatched(centre, district.roads)
    other = registered(centre, said("k-2", "井盖又破了"))
    report = other.reports.get()
    citizen = Actor(ActorKind.CITIZEN, report_id=report.pk)
    blob = evidence.store_upload(content=photo(), name="p.jpg", actor=citizen, at=AT)
    file = actions.attach_to_report(report_id=report.pk, blob_id=blob, actor=citizen, at=AT)
    other.refresh_from_db()
    actions.merge_cases(
        number=other.number, into=leading.number, seen_revision=other.revision,
        reason="同一个井盖", actor=centre, at=AT,
    )  # fmt: skip
    return leading, file


def test_is_shown_there_and_opens(
    merged: tuple[WorkOrder, Attachment], sign_in: SignIn, district: District
) -> None:
    leading, file = merged
    handler = sign_in(Role.HANDLER, district.roads)  # sees the leading case alone

    page = handler.get(f"/desk/cases/{leading.number}/").content.decode()

    assert f"/desk/attachments/{file.pk}" in page
    assert handler.get(f"/desk/attachments/{file.pk}").status_code == 200
    assert handler.get(f"/api/v1/attachments/{file.pk}").status_code == 200


def test_opens_to_nobody_else(merged: tuple[WorkOrder, Attachment], district: District) -> None:
    _leading, file = merged
    strangers = (
        staff(district.parks, Power.SEE),
        Actor(ActorKind.CITIZEN, report_id=file.report_id and file.report_id + 1000),
        Actor(ActorKind.CITIZEN),
    )

    for stranger in strangers:
        with pytest.raises(AttachmentNotFound):
            queries.attachment_of(attachment_id=file.pk, actor=stranger)


def test_goes_back_with_its_report(
    merged: tuple[WorkOrder, Attachment], centre: Actor, district: District
) -> None:
    leading, file = merged
    parted(file.work_order, "不是一个", centre)

    view = queries.case_view(number=leading.number, actor=staff(district.roads, Power.SEE))

    assert view.attachments == []
    with pytest.raises(AttachmentNotFound):
        queries.attachment_of(attachment_id=file.pk, actor=staff(district.roads, Power.SEE))
