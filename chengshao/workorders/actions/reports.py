"""What one person says: a report, and its withdrawal."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.timezone import localdate

from chengshao.catalog import queries as catalog
from chengshao.catalog.terms import ParameterName, Track, Urgency, stricter
from chengshao.kernel.actor import Actor, ActorKind
from chengshao.kernel.bigrams import bigrams
from chengshao.kernel.canonical import GENESIS, Json, canonical, chain_step, salted_digest
from chengshao.kernel.clock import ZONE
from chengshao.kernel.errors import Invalid, NotAllowed, Refused
from chengshao.kernel.events import publish
from chengshao.kernel.tokens import digest_of
from chengshao.kernel.words import is_blank
from chengshao.people import actions as people_actions
from chengshao.people import queries as people
from chengshao.places import queries as places
from chengshao.workorders import queries
from chengshao.workorders.actions import _platforms as platforms
from chengshao.workorders.actions._audience import review_sight, who_looks_on
from chengshao.workorders.actions._contacts import end_contacts
from chengshao.workorders.actions._places import Place, fields_of, located
from chengshao.workorders.actions._store import (
    alert,
    apply,
    ask_for_ratings,
    attach,
    keep,
    look_again,
    record,
)
from chengshao.workorders.actions.cases import name_matter
from chengshao.workorders.actions.report_files import check_number_of_files
from chengshao.workorders.events import ReportReceived, WorkOrderEnded
from chengshao.workorders.models import Report, WorkOrder
from chengshao.workorders.rules import lifecycle
from chengshao.workorders.rules.book import HANDLING_KINDS
from chengshao.workorders.rules.facts import OPEN_STATES, Given
from chengshao.workorders.rules.joining import (
    Circle,
    check_platform_clock_runs,
    check_same_circle,
    works_on,
)
from chengshao.workorders.rules.qualifying import Said
from chengshao.workorders.rules.refusals import PowerMissing, UnitComplainedAbout, WrongState
from chengshao.workorders.terms import (
    AlertKind,
    CaseCommand,
    Channel,
    NoteName,
    Outcome,
    Power,
    ReportCommand,
    ReportKind,
)

_MOST_AHEAD = timedelta(days=5 * 366)
_EARLIEST_SAID = datetime(2000, 1, 1, tzinfo=ZONE)
_CLOCKS_DIFFER = timedelta(days=1)


class ClientKeyReused(Refused):
    code = "report_client_key_reused"


class WordsMissing(Invalid):
    code = "report_words_missing"


class OuterDuePast(Invalid):
    code = "report_outer_due_past"


class OuterDueFar(Invalid):
    code = "report_outer_due_far"


class SourceAtUnlikely(Invalid):
    """The source's clock or its form of dates is wrong: nothing was said then."""

    code = "report_source_at_unlikely"


class OuterDueNotYours(NotAllowed):
    """Only who has a name here speaks for another platform."""

    code = "report_outer_due_not_yours"


class JudgementNotYours(NotAllowed):
    """Who takes it down says how urgent it is and which matter; a citizen says what happened."""

    code = "report_judgement_not_yours"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReport:
    """
    What a citizen can say, and what who took it down makes of it; the registrar decides.

    Coordinates are CGCS2000 (WGS84): the doors convert.
    """

    client_key: str  # unique for the caller
    channel: Channel
    words: str
    place: str = ""  # as told
    lng: float | None = None
    lat: float | None = None
    territory: str = ""  # a division that staff named where no point is known
    source_number: str = ""
    source_at: datetime | None = None
    contact_name: str = ""
    contact_phone: str = ""
    confidential: bool = False
    complained_about_unit_id: int | None = None
    complained_about: str = ""
    kind: ReportKind | None = None  # 求助、投诉、举报…
    outer_due_at: datetime | None = None  # the end that another platform sets its order
    joins: str | None = None  # the number of a case that this supports; a citizen's: as offered
    urgency: Urgency | None = None  # as who took it down heard it; a citizen names none
    matter: str = ""  # likewise: offered to the registrar first


@transaction.atomic
def receive_report(
    *, report: NewReport, files: Sequence[int] = (), actor: Actor, at: datetime
) -> Report:
    """
    File a report, in a new case or in the one it joins. The same request again changes nothing.

    `files` are blobs that came along with it. `link_of` gives the citizen's secret link to it.

    :raises WordsMissing: if it says nothing
    :raises ClientKeyReused: if the caller's key came before with another request
    :raises PointOutside: if the point lies outside the district
    :raises DivisionNotFound: if it names a division that is not there
    :raises FilesEnough: if more files come than a report may have
    :raises OuterDuePast: if the platform's own limit is over before it came
    :raises OuterDueFar: if it is further off than any limit
    :raises OuterDueNotYours: if somebody without a name speaks for a platform
    :raises JudgementNotYours: if somebody without a name says how urgent it is, or which matter
    :raises MatterNotFound: if it names a matter that is not in force
    :raises SourceAtUnlikely: if the source says it was said before 2000, or after tomorrow
    :raises WorkOrderNotFound: if the case to join is not there for this actor
    :raises WrongState: if the case to join has ended and is on no ledger
    :raises CantMerge: if it and the case to join are not for the same circle
    :raises PlatformClockStops: if it is a platform's order and nothing runs on the case to join
    :raises UnitNotFound: if it complains about a unit that is not there
    :raises UnitComplainedAbout: if the unit complained about works or worked on the case to join
    :raises PowerMissing: see rules.lifecycle.open_case
    """
    fingerprint, known = _seen_before(report, actor)
    if known is not None:
        return known
    check_number_of_files(len(files))
    contact_id = _check_and_keep_contact(report, actor, at)
    if report.joins:
        case = _case_to_join(report, actor, at)
        stored = _store(report, case, contact_id, fingerprint, actor, at)
        _take_in(case, stored, at)
    else:
        today, about = localdate(at), report.complained_about_unit_id
        ground = catalog.ground()
        settled = ground.parameters(today)
        place = _place_of(report, localdate(at))
        near = people.desk_and_subdistrict(place.territory, today)
        desk_unit_id = people.desk_unit_id(complained_about=about) if about else near.desk_unit_id
        named = frozenset({about} if about else ())
        hidden_from = people.kept_from(named, desk_unit_id=desk_unit_id)
        decision = lifecycle.open_case(
            desk_unit_id=desk_unit_id,
            actor=actor,
            territory=place.territory,
            complained_about=hidden_from,
            verify=bool(settled.number(ParameterName.VERIFY_FIRST, report.channel)),
        )
        case = _new_case(report, desk_unit_id, place, at)
        stored = _store(report, case, contact_id, fingerprint, actor, at)
        onlookers = who_looks_on(case, hidden_from, near, about_somebody=stored.said.about_somebody)
        apply(case, decision, ground=ground, onlookers=onlookers, actor=actor, at=at)
    what: dict[str, Json] = {"command": ReportCommand.REPORT, **_more_urgent(case, report)}
    if report.matter:
        what["matter_heard"] = catalog.matter_in_force(report.matter, localdate(at)).code
    if report.joins and report.outer_due_at is not None:
        what |= platforms.line_of(case)
    _enter(case, stored, what, actor=actor, at=at)
    for blob_id in files:
        attach(case, blob_id, report=stored, actor=actor, at=at)
    publish(ReportReceived(stored.pk, case.pk, at))
    return stored


@transaction.atomic
def record_fixed(
    *,
    report: NewReport,
    unit_id: int | None = None,
    matter: str,
    reply: str,
    files: Sequence[tuple[int, str]] = (),
    actor: Actor,
    at: datetime,
) -> Report:
    """
    Record what one person found and fixed there and then (即查即改, F16): one case, closed.

    The same request again changes nothing. A share of such cases is looked at later. Where no
    unit is named it is the first that the actor handles for. `files` are blobs, each with the
    kind of evidence that it is; what the matter doesn't ask is kept, too.

    :raises WordsMissing: if it says nothing
    :raises ClientKeyReused: if the caller's key came before with another request
    :raises PointOutside: if the point lies outside the district
    :raises DivisionNotFound: if it names a division that is not there
    :raises MatterNotFound: if no such matter is in force
    :raises UnitNotFound: if the unit is not there
    :raises FilesEnough: if more files come than a report may have
    :raises DomainError: see rules.lifecycle.open_fixed_case
    """
    fingerprint, known = _seen_before(report, actor)
    if known is not None:
        return known
    check_number_of_files(len(files))
    unit_id = unit_id or _own_unit(actor)
    people.check_units({unit_id}, localdate(at))
    contact_id = _check_and_keep_contact(report, actor, at)
    place = _place_of(report, localdate(at))
    near = people.desk_and_subdistrict(place.territory, localdate(at))
    case = _new_case(report, near.desk_unit_id, place, at)
    line = name_matter(case, matter, None, at, at_once=True)
    decision = lifecycle.open_fixed_case(
        desk_unit_id=case.desk_unit_id,
        unit_id=unit_id,
        track=Track(case.track),
        territory=case.territory,
        evidence_asked=frozenset(case.evidence_asked),
        given=Given(
            matter=case.matter,
            reply=reply,
            evidence=frozenset(kind for _blob, kind in files),
            today=localdate(at),
        ),
        actor=actor,
    )
    stored = _store(report, case, contact_id, fingerprint, actor, at)
    onlookers = who_looks_on(case, frozenset(), near, about_somebody=stored.said.about_somebody)
    (task,) = apply(case, decision, onlookers=onlookers, actor=actor, at=at)
    what: dict[str, Json] = {"command": CaseCommand.FIX, **line}
    _enter(case, stored, what, notes={NoteName.REPLY: reply}, actor=actor, at=at)
    for blob_id, kind in files:
        asked = kind if kind in case.evidence_asked else ""
        of = {"task": task, "kind": asked} if asked else {"report": stored}
        attach(case, blob_id, **of, actor=actor, at=at)
    publish(ReportReceived(stored.pk, case.pk, at))
    publish(WorkOrderEnded(case.pk, Outcome.CLOSED, at))
    return stored


def _seen_before(report: NewReport, actor: Actor) -> tuple[str, Report | None]:
    if is_blank(report.words):
        raise WordsMissing
    fingerprint = _fingerprint(report, actor)
    known = queries.report_with_key(report.client_key, actor.user_id)
    if known is not None and known.fingerprint != fingerprint:
        raise ClientKeyReused
    return fingerprint, known


def _check_and_keep_contact(report: NewReport, actor: Actor, at: datetime) -> int | None:
    _check_moments(report, actor, at)
    if report.complained_about_unit_id is not None:
        people.check_units({report.complained_about_unit_id}, localdate(at))
    return people_actions.keep_contact(
        name=report.contact_name,
        phone=report.contact_phone,
        confidential=report.confidential or report.kind is ReportKind.INFORMANT,
        at=at,
    )


def _check_moments(report: NewReport, actor: Actor, at: datetime) -> None:
    due, said_at = report.outer_due_at, report.source_at
    if due is not None and actor.kind is ActorKind.CITIZEN:
        raise OuterDueNotYours
    if (report.urgency is not None or report.matter) and actor.kind is ActorKind.CITIZEN:
        raise JudgementNotYours
    if due is not None and due <= at:
        raise OuterDuePast
    if due is not None and due > at + _MOST_AHEAD:
        raise OuterDueFar
    if said_at is not None and not _EARLIEST_SAID <= said_at <= at + _CLOCKS_DIFFER:
        raise SourceAtUnlikely


def _own_unit(actor: Actor) -> int:
    """
    :raises PowerMissing: if the actor handles for no unit
    :raises UnitNotFound: if the actor may handle for any, so one must be named
    """
    if not actor.holds(Power.HANDLE):
        raise PowerMissing(power=Power.HANDLE)
    for unit_id, _territory in actor.reach(Power.HANDLE):
        return unit_id
    raise people.UnitNotFound


def _place_of(report: NewReport, on: date) -> Place:
    if report.lng is None and report.territory:
        places.check_division(report.territory, on=on)
        return Place(report.place, report.territory)
    return located(report.place, report.lng, report.lat, on=on)


def _case_to_join(report: NewReport, actor: Actor, at: datetime) -> WorkOrder:
    if actor.kind is ActorKind.CITIZEN:
        spot = queries.Spot(report.words, report.place, report.lng, report.lat)
        case = queries.lock_joinable(report.joins or "", spot, at=at)
    else:
        case = queries.lock_case(number=report.joins or "", actor=actor)
    if case.outcome and not case.is_on_ledger:
        raise WrongState(command=ReportCommand.REPORT, state=case.step)
    facts = case.facts()
    about = report.complained_about_unit_id
    said = Said(report.kind or "", about, report.complained_about)
    check_same_circle(
        Circle(report.confidential, report.kind is ReportKind.INFORMANT, said.about_somebody),
        Circle(case.confidential, case.named_only, facts.about_somebody),
    )
    hidden_from = people.kept_from({about} if about else set(), desk_unit_id=case.desk_unit_id)
    if hidden_from and works_on(queries.facts_with_recalls(case), hidden_from):
        raise UnitComplainedAbout
    if report.outer_due_at is not None:
        check_platform_clock_runs(facts)
        platforms.note_moved(case)
    case.revision += 1
    return case


def _take_in(case: WorkOrder, report: Report, at: datetime) -> None:
    """
    Let a case that one more report joined go by what that one brings.

    Where the case is closed, its citizen too is asked for a word on the result.
    """
    if report.complained_about_unit_id is not None:
        review_sight(case, at)
    if report.outer_due_at is not None:
        platforms.go_by_nearest(case, at)
    if case.outcome:
        ask_for_ratings(case, case.reports.filter(pk=report.pk), at)
        case.step = case.facts().step
    hear_of_repeat(case, at)


def hear_of_repeat(case: WorkOrder, at: datetime) -> None:
    """
    Another voice on a case: whoever works on it, or owns it on the ledger, hears of it; who signs
    or checks looks again before it goes on.
    """
    open_tasks = case.tasks.filter(kind__in=HANDLING_KINDS, state__in=sorted(OPEN_STATES))
    owners = case.ledger.filter(struck_off_at=None).values_list("owner_id", flat=True)
    units = {*open_tasks.values_list("unit_id", flat=True), *owners, *look_again(case)}
    alert(case, units, AlertKind.SUPPLEMENTED, at=at)


def _new_case(report: NewReport, desk_unit_id: int, place: Place, at: datetime) -> WorkOrder:
    """Return a case that has an id; it is stored once, with its first entry."""
    case_id, number = queries.next_case(at)
    return WorkOrder(
        pk=case_id,
        number=number,
        channel=report.channel,
        desk_unit_id=desk_unit_id,
        confidential=report.confidential,
        named_only=report.kind is ReportKind.INFORMANT,
        outer_due_at=report.outer_due_at,
        urgency=report.urgency or "",
        opened_at=at,
        **fields_of(place),
    )


def _more_urgent(case: WorkOrder, report: NewReport) -> dict[str, Json]:
    """Take over an urgency that somebody heard, where it presses more than what is known."""
    if report.urgency is None or case.outcome:
        return {}
    case.urgency = stricter(report.urgency, case.urgency)
    keep(case, "urgency")
    return {"urgency": case.urgency}


def _store(
    report: NewReport,
    case: WorkOrder,
    contact_id: int | None,
    fingerprint: str,
    actor: Actor,
    at: datetime,
) -> Report:
    stored = report_row(report, case, contact_id, fingerprint, actor, at)
    stored.save(force_insert=True)
    stored.is_new = True
    return stored


def report_row(
    report: NewReport,
    case: WorkOrder,
    contact_id: int | None,
    fingerprint: str,
    actor: Actor,
    at: datetime,
) -> Report:
    """Return what is kept of what somebody said, not stored yet."""
    return Report(
        work_order=case,
        caller_id=actor.user_id,
        client_key=report.client_key,
        fingerprint=fingerprint,
        link_digest=digest_of(_link_token(report.client_key, actor.user_id)),
        channel=report.channel,
        kind=report.kind or "",
        source_number=report.source_number,
        source_at=report.source_at,
        outer_due_at=report.outer_due_at,
        words=report.words,
        words_salt=secrets.token_hex(16),
        bigrams=bigrams(f"{report.words}\n{report.place}"),
        place=report.place,
        lng=report.lng,
        lat=report.lat,
        contact_id=contact_id,
        confidential=report.confidential or report.kind is ReportKind.INFORMANT,
        complained_about_unit_id=report.complained_about_unit_id,
        complained_about=report.complained_about,
        reported_at=at,
    )


def _enter(
    case: WorkOrder,
    report: Report,
    what: Mapping[str, Json],
    *,
    notes: Mapping[NoteName, str] | None = None,
    actor: Actor,
    at: datetime,
) -> None:
    """Enter a report: its words stay out of the history, one day they may have to be erased."""
    line: dict[str, Json] = {
        **what,
        "report_id": report.pk,
        "words": salted_digest(report.words_salt, report.words),
        "place": salted_digest(report.words_salt, report.place),
    }
    line |= {"kind": report.kind} if report.kind else {}
    record(case, line, notes=notes, actor=actor, at=at)


def link_of(report: Report) -> str:
    """Return the citizen's secret token; only its digest is stored, so it is made anew."""
    return _link_token(report.client_key, report.caller_id)


@transaction.atomic
def withdraw_report(*, report_id: int, reason: str, actor: Actor, at: datetime) -> Report:
    """
    Take a report back; with the last one the case ends.

    :param reason: the citizen's words; only by the own link none are needed
    :raises ReportNotFound: if it is not there for this actor
    :raises DomainError: see rules.lifecycle.decide_withdrawal
    """
    case = queries.lock_case_of_report(report_id=report_id, actor=actor)
    report = case.reports.get(pk=report_id)
    decision = lifecycle.decide_withdrawal(
        case=case.facts(), report=report.facts(), actor=actor, given=Given(reason=reason)
    )
    report.withdrawn_at = at
    report.save(update_fields=["withdrawn_at"])
    apply(case, decision, actor=actor, at=at)
    line: dict[str, Json] = {"command": ReportCommand.WITHDRAW, "report_id": report_id}
    record(case, line, notes={NoteName.REASON: reason}, actor=actor, at=at)
    end_contacts(case, at)
    if decision.outcome:
        publish(WorkOrderEnded(case.pk, decision.outcome, at))
    return queries.report_of(report_id=report_id, actor=actor)


def _link_token(client_key: str, caller_id: int | None) -> str:
    mac = salted_hmac("workorders.link", f"{caller_id}:{client_key}", algorithm="sha256")
    return mac.hexdigest()[:32]


def _fingerprint(report: NewReport, actor: Actor) -> str:
    def plain(value: object) -> Json:
        return value if value is None or isinstance(value, str | int) else str(value)

    said = {name: plain(value) for name, value in asdict(report).items()}
    for name in ("urgency", "matter"):  # as requests were told apart before there were such
        if not said[name]:
            del said[name]
    return chain_step(GENESIS, canonical(said | {"user_id": actor.user_id}))
