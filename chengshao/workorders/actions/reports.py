"""What one person says: a report, its withdrawal, its rating, its files."""

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.timezone import localdate

from chengshao.kernel.actor import Actor
from chengshao.kernel.bigrams import bigrams
from chengshao.kernel.canonical import GENESIS, Json, canonical, chain_step, salted_digest
from chengshao.kernel.errors import Invalid, Refused
from chengshao.kernel.events import publish
from chengshao.kernel.tokens import digest_of
from chengshao.people import actions as people_actions
from chengshao.people import queries as people
from chengshao.workorders import queries
from chengshao.workorders.actions._places import fields_of, located
from chengshao.workorders.actions._store import apply, attach, record
from chengshao.workorders.events import (
    ReportReceived,
    WorkOrderEnded,
)
from chengshao.workorders.models import (
    Attachment,
    Rating,
    Report,
    WorkOrder,
)
from chengshao.workorders.rules import lifecycle
from chengshao.workorders.terms import (
    Channel,
    NoteName,
    Power,
    ReportCommand,
    Resolution,
    Satisfaction,
)

MOST_FILES = 9  # of a report: a link is no disk


class ClientKeyReused(Refused):
    code = "report_client_key_reused"


class FilesEnough(Refused):
    code = "report_files_enough"


class WordsMissing(Invalid):
    code = "report_words_missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReport:
    """
    What a citizen can say. Matter and urgency are the registrar's to set.

    Coordinates are CGCS2000 (WGS84): the doors convert.
    """

    client_key: str  # unique for the caller
    channel: Channel
    words: str
    place: str = ""  # as told
    lng: float | None = None
    lat: float | None = None
    source_number: str = ""
    source_at: datetime | None = None
    contact_name: str = ""
    contact_phone: str = ""
    confidential: bool = False
    complained_about_unit_id: int | None = None
    complained_about: str = ""
    joins: str | None = None  # the number of a case that this report supports


@transaction.atomic
def receive_report(*, report: NewReport, actor: Actor, at: datetime) -> Report:
    """
    File a report, in a new case or in the one it joins. The same request again changes nothing.

    `link_of` gives the citizen's secret link to it.

    :raises WordsMissing: if it says nothing
    :raises ClientKeyReused: if the caller's key came before with another request
    :raises PointOutside: if the point lies outside the district
    :raises WorkOrderNotFound: if the case to join is not there for this actor
    :raises UnitNotFound: if it complains about a unit that is not there
    :raises UnitComplainedAbout: if the unit complained about sees the case to join
    :raises PowerMissing: see rules.lifecycle.open_case
    """
    if not report.words.strip():
        raise WordsMissing
    fingerprint = _fingerprint(report, actor)
    known = queries.report_with_key(report.client_key, actor.user_id)
    if known is not None:
        if known.fingerprint != fingerprint:
            raise ClientKeyReused
        return known

    about = report.complained_about_unit_id
    if about is not None:
        people.check_units({about}, localdate(at))
    contact_id = people_actions.keep_contact(
        name=report.contact_name,
        phone=report.contact_phone,
        confidential=report.confidential,
        at=at,
    )
    if report.joins:
        case = queries.lock_case(number=report.joins, actor=actor)
        if case.audience.filter(unit=about).exists():
            raise lifecycle.UnitComplainedAbout
    else:
        place = located(report.place, report.lng, report.lat)
        desk_unit_id = people.desk_unit_id(complained_about=about)
        decision = lifecycle.open_case(
            desk_unit_id=desk_unit_id, actor=actor, territory=place.territory
        )
        case = WorkOrder.objects.create(
            number=queries.next_number(at),
            channel=report.channel,
            desk_unit_id=desk_unit_id,
            confidential=report.confidential,
            opened_at=at,
            **fields_of(place),
        )
    salt = secrets.token_hex(16)
    stored = Report.objects.create(
        work_order=case,
        caller_id=actor.user_id,
        client_key=report.client_key,
        fingerprint=fingerprint,
        link_digest=digest_of(_link_token(report.client_key, actor.user_id)),
        channel=report.channel,
        source_number=report.source_number,
        source_at=report.source_at,
        words=report.words,
        words_salt=salt,
        bigrams=bigrams(f"{report.words}\n{report.place}"),
        place=report.place,
        lng=report.lng,
        lat=report.lat,
        contact_id=contact_id,
        confidential=report.confidential,
        complained_about_unit_id=about,
        complained_about=report.complained_about,
        reported_at=at,
    )
    if not report.joins:
        apply(case, decision, at=at)
    # The words themselves stay out of the history: one day they may have to be erased.
    line: dict[str, Json] = {
        "command": ReportCommand.REPORT,
        "report_id": stored.pk,
        "words": salted_digest(salt, report.words),
    }
    record(case, line, actor=actor, at=at)
    publish(ReportReceived(stored.pk, case.pk, at))
    return stored


def link_of(report: Report) -> str:
    """Return the citizen's secret token; only its digest is stored, so it is made anew."""
    return _link_token(report.client_key, report.caller_id)


@transaction.atomic
def withdraw_report(*, report_id: int, reason: str, actor: Actor, at: datetime) -> Report:
    """
    Take a report back; with the last one the case ends.

    :raises ReportNotFound: if it is not there for this actor
    :raises DomainError: see rules.lifecycle.decide_withdrawal
    """
    case = queries.lock_case_of_report(report_id=report_id, actor=actor)
    report = case.reports.get(pk=report_id)
    decision = lifecycle.decide_withdrawal(case=case.facts(), report=report.facts(), actor=actor)
    report.withdrawn_at = at
    report.save(update_fields=["withdrawn_at"])
    apply(case, decision, at=at)
    line: dict[str, Json] = {"command": ReportCommand.WITHDRAW, "report_id": report_id}
    record(case, line, notes={NoteName.REASON: reason}, actor=actor, at=at)
    if decision.outcome:
        publish(WorkOrderEnded(case.pk, decision.outcome, at))
    return queries.report_of(report_id=report_id, actor=actor)


@transaction.atomic
def rate_report(
    *,
    report_id: int,
    resolution: Resolution,
    satisfaction: Satisfaction,
    contacted: bool | None = None,
    comment: str = "",
    actor: Actor,
    at: datetime,
) -> Report:
    """
    Store what the citizen says of the result (the three rates of domain.md §2 count these).

    :raises ReportNotFound: if it is not there for this actor
    :raises DomainError: see rules.lifecycle.decide_rating
    """
    line: dict[str, Json] = {
        "command": ReportCommand.RATE,
        "report_id": report_id,
        "resolution": resolution,
        "satisfaction": satisfaction,
        "contacted": None if contacted is None else str(contacted),
    }
    said = {"resolution": resolution, "satisfaction": satisfaction, "contacted": contacted}
    return _end_rating(report_id, said, line, comment, actor, at)


@transaction.atomic
def lapse_rating(*, report_id: int, actor: Actor, at: datetime) -> Report:
    """
    Note that the time to rate is over; nothing is assumed about what the citizen thinks.

    :raises ReportNotFound: if it is not there for this actor
    :raises DomainError: see rules.lifecycle.decide_rating
    """
    line: dict[str, Json] = {"command": ReportCommand.LAPSE, "report_id": report_id}
    return _end_rating(report_id, {}, line, "", actor, at)


@transaction.atomic
def attach_to_report(*, report_id: int, blob_id: int, actor: Actor, at: datetime) -> Attachment:
    """
    Put a file that came with a report on it, always of the person's own accord.

    :raises ReportNotFound: if it is not there for this actor
    :raises PowerMissing: if it is not the actor's own report nor one the actor may speak for
    :raises FilesEnough: if it has as many as a report may have
    """
    case = queries.lock_case_of_report(report_id=report_id, actor=actor)
    report = case.reports.get(pk=report_id)
    lifecycle.check_speaks_for(report.facts(), Power.REPORT, case=case.facts(), actor=actor)
    _check_files(report)
    return attach(case, blob_id, report=report, actor=actor, at=at)


def check_may_send_file(*, report_id: int, actor: Actor) -> None:
    """
    Pass if one more file may come with the report: ask before anything is kept of it.

    :raises ReportNotFound: if it is not there for this actor
    :raises FilesEnough: if it has as many as a report may have
    """
    _check_files(queries.report_of(report_id=report_id, actor=actor))


def _check_files(report: Report) -> None:
    if report.attachments.count() >= MOST_FILES:
        raise FilesEnough(most=MOST_FILES)


def _end_rating(
    report_id: int,
    said: Mapping[str, object],
    line: Mapping[str, Json],
    comment: str,
    actor: Actor,
    at: datetime,
) -> Report:
    case = queries.lock_case_of_report(report_id=report_id, actor=actor)
    report = case.reports.select_related("rating").get(pk=report_id)
    decision = lifecycle.decide_rating(case=case.facts(), report=report.facts(), actor=actor)
    Rating.objects.filter(report=report).update(ended_at=at, **said)
    apply(case, decision, at=at)
    record(case, line, notes={NoteName.COMMENT: comment}, actor=actor, at=at)
    return queries.report_of(report_id=report_id, actor=actor)


def _link_token(client_key: str, caller_id: int | None) -> str:
    mac = salted_hmac("workorders.link", f"{caller_id}:{client_key}", algorithm="sha256")
    return mac.hexdigest()[:32]


def _fingerprint(report: NewReport, actor: Actor) -> str:
    def plain(value: object) -> Json:
        return value if value is None or isinstance(value, str | int) else str(value)

    said = {name: plain(value) for name, value in asdict(report).items()}
    return chain_step(GENESIS, canonical(said | {"user_id": actor.user_id}))
