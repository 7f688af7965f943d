"""The tables of who hears and who moves what. A listener's room stands above the event's room."""

from django.urls import reverse

from chengshao.catalog import queries as catalog
from chengshao.desk.rules import ways
from chengshao.kernel.events import Listeners, wire
from chengshao.notices import queries as notices
from chengshao.notices.rules import reaching
from chengshao.people import queries as people
from chengshao.people.rules import first_pages, open_work
from chengshao.places import queries as places
from chengshao.places.rules import open_cases
from chengshao.web import kept
from chengshao.workorders import actions as workorder_actions
from chengshao.workorders import queries as workorders
from chengshao.workorders.rules import book, registry
from config import navigation

LISTENERS: Listeners = {}
BOOKS = (book.BOOK,)  # another room adds the Book of its kinds here
wire(LISTENERS)
registry.wire(*BOOKS)
open_work.wire(
    {
        "TASKS": workorders.open_task_counts,
        "PROMISES": workorders.open_promise_counts,
        "LEDGER": workorders.open_ledger_counts,
    }
)


def _link_path(report_id: int) -> str:
    report = workorders.report_to_follow(report_id)
    return reverse("resident:follow", args=[workorder_actions.link_of(report)]) if report else ""


open_cases.wire(workorders.open_points)
reaching.wire(workorders.reached_by, _link_path)
ways.wire(navigation.ways)
first_pages.wire(navigation.first_pages)
people.wire_beside({notices.UNREAD: notices.UNREAD_SQL})
kept.wire(
    {
        people.KEPT: people.EDITION_SQL,
        places.KEPT: places.EDITION_SQL,
        catalog.KEPT: catalog.EDITION_SQL,
    }
)
