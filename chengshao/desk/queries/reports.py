"""What citizens said, as staff may see it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from chengshao.kernel.actor import Actor
from chengshao.people.queries import MaskedContact, UnitLine
from chengshao.web.texts import term
from chengshao.workorders import queries as workorders
from chengshao.workorders.queries import (
    CaseView,
)
from chengshao.workorders.terms import (
    CaseCommand,
    Power,
    ReportCommand,
)


@dataclass(frozen=True, slots=True)
class ReportView:
    """A report as staff may see it: the contact only in part."""

    id: int
    kind: str
    words: str
    place: str
    channel: str
    source_number: str
    outer_due_at: datetime | None  # of the platform whose order it is
    complained_about: str
    about_unit: UnitLine | None
    may_qualify: bool
    may_take_off: bool
    reported_at: datetime
    source_at: datetime | None
    withdrawn: bool
    given_back: bool  # to the platform whose order it was
    nuisance: bool
    erased: bool
    contact: MaskedContact | None
    rating: str
    voices: tuple[UnitLine, ...]  # for which units the actor may write to its citizen
    calls: tuple[str, ...]  # what may be noted for its citizen, who calls again

    @property
    def key(self) -> str:
        return str(self.id)


def reports_of(
    view: CaseView,
    contacts: Mapping[int, MaskedContact],
    units: Mapping[int, UnitLine],
    actor: Actor,
) -> list[ReportView]:
    """Return the reports of a case; beside each, what may be noted for its citizen."""
    case = view.case
    given_back = _given_back(view)
    hears, speaks = (
        actor.may(power, case.desk_unit_id, territory=case.territory)
        for power in (Power.REPORT, Power.SPEAK_FOR)
    )
    judges = any(
        actor.may(power, case.desk_unit_id, territory=case.territory)
        for power in (Power.REGISTER, Power.DISPATCH)
    )
    return [
        ReportView(
            id=report.pk,
            kind=report.kind,
            words=report.words,
            place=report.place,
            channel=report.channel,
            source_number=report.source_number,
            outer_due_at=report.outer_due_at,
            complained_about=report.complained_about,
            about_unit=units.get(report.complained_about_unit_id or 0),
            may_qualify=view.may_qualify and report.erased_at is None,
            may_take_off=view.may_take_off and report.complained_about_unit_id is not None,
            reported_at=report.reported_at,
            source_at=report.source_at,
            withdrawn=report.withdrawn_at is not None,
            given_back=report.pk in given_back,
            nuisance=report.nuisance,
            erased=report.erased_at is not None,
            contact=contacts.get(report.contact_id or 0),
            rating=_rating_words(report),
            voices=_voices_of(report, view, units),
            calls=_calls_of(report, view, hears=hears, speaks=speaks, judges=judges),
        )
        for report in view.reports
    ]


def _voices_of(report: Any, view: CaseView, units: Mapping[int, UnitLine]) -> tuple[UnitLine, ...]:
    if report.withdrawn_at or report.erased_at:
        return ()
    return tuple(units[unit_id] for unit_id in view.voices if unit_id in units)


def _calls_of(
    report: Any, view: CaseView, *, hears: bool, speaks: bool, judges: bool
) -> tuple[str, ...]:
    """
    Return what the citizen of a report may still ask for, by phone.

    :param hears: whether the actor takes calls at the desk
    :param speaks: whether the actor may take it back in the citizen's words
    :param judges: whether the actor says what is a nuisance call
    """
    if report.withdrawn_at:
        return ()
    unmarks = judges and report.nuisance and view.case.archived_at is None
    if view.case.outcome:
        asked = {
            CaseCommand.REOPEN: hears and view.may_reopen,
            ReportCommand.VOID_RATING: speaks
            and view.case.archived_at is None
            and workorders.rating_given(view.case, report) is not None,
            ReportCommand.UNMARK_NUISANCE: unmarks,
        }
        return tuple(command for command, offered in asked.items() if offered)
    asked = {
        ReportCommand.CHASE: hears,
        ReportCommand.SUPPLEMENT: hears,
        ReportCommand.WITHDRAW: speaks and report.outer_due_at is None,
        ReportCommand.MARK_NUISANCE: judges and not report.nuisance,
        ReportCommand.UNMARK_NUISANCE: unmarks,
    }
    return tuple(command for command, offered in asked.items() if offered)


def _given_back(view: CaseView) -> set[int]:
    """Return the reports that their platform has back while the case went on for others."""
    return {
        order["report_id"]
        for entry in view.entries
        if entry.body["command"] == CaseCommand.PLATFORM_LEAVES
        for order in entry.body["orders"]
    }


def title_of(reports: Sequence[ReportView]) -> str:
    """Return the first sentence of the first report: what it is, in the citizen's own words."""
    words = next((report.words.strip() for report in reports if not report.erased), "")
    if reports and not words:
        return _("已删除")
    first = words.replace("\n", "。").split("。")[0]
    return first if len(first) <= 60 else first[:58] + "……"


def _rating_words(report: Any) -> str:
    rating = report.rating
    if rating is None or not rating.ended_at:
        voided = any(each.voided_at for each in report.ratings.all())
        return _("有人要诉求人改评价，先前的作废，等其重评") if rating and voided else ""
    if not rating.satisfaction:
        return _("未评价（已过期）")
    said = (
        term("resolution", rating.resolution),
        term("satisfaction", rating.satisfaction),
    )
    return pgettext("between parts", "，").join(said)
