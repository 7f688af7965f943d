"""Old cases of another system (IMPORT): from nothing to where they stood there, in one line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256

from django.db import transaction
from django.utils.timezone import localdate

from chengshao.catalog import queries as catalog
from chengshao.catalog.queries import Ground, MatterVersion
from chengshao.catalog.terms import Sensitivity, Track, Urgency
from chengshao.kernel.actor import Actor
from chengshao.kernel.canonical import Json, salted_digest
from chengshao.kernel.errors import DomainError, Invalid, Refused
from chengshao.people import actions as people_actions
from chengshao.people import queries as people
from chengshao.workorders import queries
from chengshao.workorders.actions import _clocks as clocks
from chengshao.workorders.actions._audience import show_to, who_looks_on
from chengshao.workorders.actions._places import Place, fields_of
from chengshao.workorders.actions._store import entry_of
from chengshao.workorders.actions.reports import NewReport, WordsMissing, report_row
from chengshao.workorders.models import (
    CLOSING,
    Audience,
    Entry,
    OldCase,
    Report,
    Task,
    WorkOrder,
)
from chengshao.workorders.rules.facts import Closing
from chengshao.workorders.rules.refusals import PowerMissing
from chengshao.workorders.rules.replay import OpenTask, changed
from chengshao.workorders.rules.steps import step_of
from chengshao.workorders.rules.tracks import DONE_AT_ONCE, track_with_unit
from chengshao.workorders.terms import (
    CaseCommand,
    ClosingKind,
    Outcome,
    Power,
    ReportKind,
    Sight,
    TaskKind,
    TaskState,
)

MOST_AT_ONCE = 1000
_LONGEST_LIMIT = 10 * 366 * 24  # hours


class OldCaseChanged(Refused):
    """The row came before and said something else: a history can't be imported twice."""

    code = "old_case_changed"


class OldCaseTimesWrong(Invalid):
    """It was opened in the future, or something of it happened before it was opened."""

    code = "old_case_times_wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class OldCaseRow:
    """
    What is known of a case of another system. Only what is known: no time is made up.

    `report.client_key` is not used: source and `key` tell a row.
    """

    key: str  # by which its system knows it
    digest: str  # sha256 of the row as it was handed in
    report: NewReport
    place: Place  # codes and point; the words are the report's
    matter: str = ""
    urgency: Urgency | None = None
    unit_id: int | None = None  # that handled it, or does
    opened_at: datetime
    ended_at: datetime | None = None
    due_at: datetime | None = None
    closed_as: ClosingKind | None = None  # None: it is still open
    in_time: bool | None = None  # as its system counted it

    @property
    def is_open(self) -> bool:
        return self.closed_as is None


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of the rows, by their place among those handed in."""

    numbers: Mapping[int, str]  # of the cases that came of them
    known: frozenset[int]  # they came before, and nothing changed
    refused: Mapping[int, DomainError]


@dataclass(frozen=True, slots=True)
class Provenance:
    source: str
    batch: int


class _Ground:
    """What many rows ask for, read once for a batch."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.today = localdate(at)
        self.catalog: Ground = catalog.ground()
        self.near = cache(lambda territory: people.desk_and_subdistrict(territory, self.today))
        self.matter = cache(self._matter)

    def _matter(self, code: str, opened_at: datetime) -> MatterVersion:
        """Return the matter as it was on that day, or where it was none then, as it is now."""
        try:
            return catalog.matter_in_force(code, localdate(opened_at))
        except catalog.MatterNotFound:
            return catalog.matter_in_force(code, self.today)


@transaction.atomic
def import_cases(
    *, rows: Sequence[OldCaseRow], source: str, batch: int, actor: Actor, at: datetime
) -> Taken:
    """
    Take in up to a thousand old cases at once. What came before changes nothing.

    Closed ones come closed and archived, without tasks: nobody here did them, so no step of theirs
    counts. Open ones come with one open task, of the unit that has it or of the desk, whose clock
    goes by the day that its system set, or else by ours from the day on which it was opened.

    :param source: the system that they come from, as people call it
    :param batch: the import that they are part of, for whoever asks where a case comes from
    :raises PowerMissing: if the actor may not import cases; refusals of single rows are in `Taken`
    """
    if not actor.holds(Power.IMPORT_CASES):
        raise PowerMissing(power=Power.IMPORT_CASES)
    assert len(rows) <= MOST_AT_ONCE
    queries.wait_for_import(source)
    before = dict(
        OldCase.objects.filter(source=source, key__in=[row.key for row in rows]).values_list(
            "key", "digest"
        )
    )
    known: set[int] = set()
    refused: dict[int, DomainError] = {}
    fresh: dict[int, tuple[OldCaseRow, MatterVersion | None]] = {}
    ground = _Ground(at)
    for place, row in enumerate(rows):
        if row.key in before:
            if before[row.key] == row.digest:
                known.add(place)
            else:
                refused[place] = OldCaseChanged()
            continue
        try:
            fresh[place] = (row, _checked(row, ground, at))
        except DomainError as error:
            refused[place] = error
            continue
        before[row.key] = row.digest
    ids = queries.next_cases(len(fresh), at)
    cases = {
        place: _built(row, matter, *ids[index], ground, actor, at)
        for index, (place, (row, matter)) in enumerate(fresh.items())
    }
    _store(
        [(row, cases[place]) for place, (row, _) in fresh.items()],
        Provenance(source, batch),
        ground,
        actor,
        at,
    )
    return Taken({place: case.number for place, case in cases.items()}, frozenset(known), refused)


def _checked(row: OldCaseRow, ground: _Ground, at: datetime) -> MatterVersion | None:
    if not row.report.words.strip():
        raise WordsMissing
    later = [moment for moment in (row.ended_at, row.due_at) if moment is not None]
    if row.opened_at > at or any(moment < row.opened_at for moment in later):
        raise OldCaseTimesWrong
    if row.ended_at is not None and row.ended_at > at:
        raise OldCaseTimesWrong
    if row.due_at is not None and _hours_between(row.opened_at, row.due_at) > _LONGEST_LIMIT:
        raise OldCaseTimesWrong
    if row.is_open and row.due_at is None:
        ground.catalog.calendar_for(localdate(row.opened_at))
    return ground.matter(row.matter, row.opened_at) if row.matter else None


def _hours_between(start: datetime, end: datetime) -> int:
    return int((end - start).total_seconds()) // 3600


def _built(
    row: OldCaseRow,
    matter: MatterVersion | None,
    case_id: int,
    number: str,
    ground: _Ground,
    actor: Actor,
    at: datetime,
) -> WorkOrder:
    case = WorkOrder(
        pk=case_id,
        number=number,
        channel=row.report.channel,
        desk_unit_id=ground.near(row.place.territory).desk_unit_id,
        confidential=row.report.confidential,
        opened_at=row.opened_at,
        revision=1,
        **fields_of(replace(row.place, words=row.report.place)),
    )
    if matter is not None:
        case.matter, case.matter_version_id = matter.code, matter.pk
        case.urgency = row.urgency or matter.default_urgency
        case.evidence_asked = sorted(matter.evidence_asked)
        case.check_mode, case.sign_off_waived = matter.check_mode, matter.sign_off_waived
        case.named_only = matter.sensitivity == Sensitivity.CONFIDENTIAL
        track = Track(matter.track)
        case.track = track_with_unit(track) if row.is_open and track in DONE_AT_ONCE else track
    if row.closed_as is not None:
        case.outcome, case.closing_kind = Outcome.CLOSED, row.closed_as
        case.closing = CLOSING.dump_python(
            Closing(row.closed_as), mode="json", exclude_defaults=True
        )
        case.closed_unit_id = row.unit_id
        case.ended_at, case.archived_at = row.ended_at, at
    return case


def _open_task(row: OldCaseRow, case: WorkOrder, at: datetime) -> Task:
    """Return what is owed of an open one: by who has it, else by the desk."""
    unit_id, kind = case.desk_unit_id, TaskKind.REGISTER
    if case.matter and row.unit_id:
        unit_id, kind = row.unit_id, TaskKind.LEAD
    elif case.matter:
        kind = TaskKind.DISPATCH
    return Task(
        work_order=case,
        kind=kind,
        unit_id=unit_id,
        state=TaskState.OPEN,
        round=1,
        opened_at=at,
    )


def _store(
    taken: Sequence[tuple[OldCaseRow, WorkOrder]],
    whence: Provenance,
    ground: _Ground,
    actor: Actor,
    at: datetime,
) -> None:
    """Store all of it in a handful of statements, whatever the number of rows."""
    reports = Report.objects.bulk_create(
        report_row(
            replace(row.report, client_key=_client_key(whence.source, row.key)),
            case,
            _keep_contact(row, at),
            row.digest,
            actor,
            row.opened_at,
        )
        for row, case in taken
    )
    tasks = {
        task.work_order_id: task
        for task in Task.objects.bulk_create(
            _open_task(row, case, at) for row, case in taken if row.is_open
        )
    }
    entries = [
        entry_of(case, _line(row, case, report, tasks.get(case.pk), whence), (), actor, at)
        for (row, case), report in zip(taken, reports, strict=True)
    ]
    WorkOrder.objects.bulk_create(case for _, case in taken)
    Entry.objects.bulk_create(entries)
    OldCase.objects.bulk_create(
        OldCase(
            work_order=case,
            source=whence.source,
            key=row.key,
            digest=row.digest,
            batch=whence.batch,
            due_at=row.due_at,
            in_time=row.in_time,
        )
        for row, case in taken
    )
    for row, case in taken:
        if row.is_open:
            _start_clock(row, case, tasks[case.pk], ground)
    _show(taken, ground, at)


def _client_key(source: str, key: str) -> str:
    return sha256(f"{source}\n{key}".encode()).hexdigest()


def _keep_contact(row: OldCaseRow, at: datetime) -> int | None:
    report = row.report
    return people_actions.keep_contact(
        name=report.contact_name,
        phone=report.contact_phone,
        confidential=report.confidential,
        at=at,
    )


def _line(
    row: OldCaseRow, case: WorkOrder, report: Report, task: Task | None, whence: Provenance
) -> dict[str, Json]:
    waits = () if task is None else (task.facts(),)
    case.step = step_of(waits, Outcome.CLOSED if row.closed_as else None)
    opened = [] if task is None else [OpenTask(task.pk, task.kind, task.unit_id, 1, task.state)]
    case.unsaid = (
        changed(
            opened=opened,
            moved=(),
            outcome=("", case.outcome),
            closing_kind=("", case.closing_kind),
        ),
    )
    known = {
        "opened_at": row.opened_at,
        "ended_at": row.ended_at,
        "due_at": row.due_at,
    }
    line: dict[str, Json] = {
        "command": CaseCommand.IMPORT,
        "source": whence.source,
        "batch": whence.batch,
        "key": row.key,
        "digest": row.digest,
        "report_id": report.pk,
        "words": salted_digest(report.words_salt, report.words),
        "place": salted_digest(report.words_salt, report.place),
        "kind": report.kind,
        "unit_id": row.unit_id,
        "in_time": row.in_time,
        **{name: moment.astimezone(UTC).isoformat() for name, moment in known.items() if moment},
    }
    if case.matter:
        line |= {
            "matter": case.matter,
            "matter_version": case.matter_version_id,
            "urgency": case.urgency,
            "track": case.track,
        }
    return line


def _start_clock(row: OldCaseRow, case: WorkOrder, task: Task, ground: _Ground) -> None:
    """Let the clock run on as if it had begun here when the case was opened."""
    if row.due_at is None:
        clocks.start(case, [task], ground.catalog, row.opened_at)
    else:
        clocks.start_until(case, task, row.opened_at, row.due_at, ground.catalog, ground.at)


def _show(taken: Sequence[tuple[OldCaseRow, WorkOrder]], ground: _Ground, at: datetime) -> None:
    third = people.third_parties({row.unit_id for row, _ in taken if row.unit_id}, ground.today)
    rows: list[Audience] = []
    for row, case in taken:
        owing = {row.unit_id} if row.unit_id else set()
        near = ground.near(case.territory)
        report = row.report
        onlookers = who_looks_on(
            case,
            frozenset(),
            near,
            about_somebody=report.kind is ReportKind.COMPLAINT or bool(report.complained_about),
        )
        if case.named_only:
            show_to(case, owing | {case.desk_unit_id}, frozenset(), onlookers=onlookers, at=at)
            continue
        rows += (
            Audience(
                work_order=case,
                unit_id=unit_id,
                working_only=case.confidential,
                sight=Sight.TASK if unit_id in third else Sight.FULL,
                territory=case.territory,
                opened_at=row.opened_at,
            )
            for unit_id in sorted(owing | onlookers | {case.desk_unit_id})
        )
    Audience.objects.bulk_create(rows)
