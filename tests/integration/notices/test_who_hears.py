"""Who is told what: the unit that owes, the citizen who left a number, nobody else."""

from chengshao.kernel.actor import Actor
from chengshao.notices.models import Notice, Outbox
from chengshao.notices.terms import NoticeChannel, NoticeKind, NoticeState
from chengshao.people.terms import Role
from tests.district import District, closed, dispatched, said
from tests.integration.notices.told import PHONE, expanded, inside, kinds, to_citizens
from tests.staffed import Staff


def test_the_unit_that_a_case_is_dispatched_to_hears_of_it(
    district: District, centre: Actor, staffed: Staff
) -> None:
    handler = staffed.appoint("roads", Role.HANDLER)
    other = staffed.appoint("parks", Role.HANDLER)
    case = dispatched(centre, district.roads)

    expanded()

    assert inside(handler.user_id) == [NoticeKind.TASK_OPENED]
    assert inside(other.user_id) == []
    notice = Notice.objects.get(user=handler.user_id)
    assert (notice.case_number, notice.unit_id) == (case.number, district.roads)
    assert notice.state == NoticeState.SENT
    assert notice.channel == NoticeChannel.IN_APP
    assert notice.day is not None
    assert not Outbox.objects.exists()


def test_a_citizen_hears_what_became_of_the_demand(
    district: District, centre: Actor, staffed: Staff
) -> None:
    closed(centre, district.roads, report=said(phone=PHONE))

    expanded()

    assert kinds(to_citizens()) == [NoticeKind.RECEIVED, NoticeKind.DONE]
