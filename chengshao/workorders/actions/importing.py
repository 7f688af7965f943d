"""Old cases of another system (IMPORT): from nothing to where they stood there, in one line."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from hashlib import sha256

from django.db import transaction
from django.utils.timezone import localdate

from chengshao.catalog import queries as catalog
from chengshao.catalog.queries import Ground, MatterNotFound, MatterVersion
from chengshao.catalog.terms import Sensitivity, Track, Urgency
from chengshao.kernel.actor import Actor
from chengshao.kernel.canonical import Json, salted_digest
from chengshao.kernel.errors import DomainError, Invalid, Refused
from chengshao.kernel.words import is_blank
from chengshao.people import actions as people_actions
from chengshao.people import queries as people
from chengshao.people.actions import LeftContact
from chengshao.people.queries import DeskAndSubdistrict
from chengshao.places import queries as places
from chengshao.workorders import queries
from chengshao.workorders.actions import _clocks as clocks
from chengshao.workorders.actions._audience import shown, who_is_told, who_looks_on
from chengshao.workorders.actions._copying import copy_in, draw_ids
from chengshao.workorders.actions._places import Place, fields_of
from chengshao.workorders.actions._store import entry_of, notes_of
from chengshao.workorders.actions.reports import NewReport, WordsMissing, report_row
from chengshao.workorders.models import (
    CLOSING,
    Audience,
    Deadline,
    OldCase,
    Report,
    Task,
    WorkOrder,
)
from chengshao.workorders.rules.facts import Closing
from chengshao.workorders.rules.qualifying import Said
from chengshao.workorders.rules.refusals import PowerMissing
from chengshao.workorders.rules.replay import OpenTask, changed
from chengshao.workorders.rules.steps import step_of
from chengshao.workorders.rules.tracks import DONE_AT_ONCE, track_with_unit
from chengshao.workorders.terms import (
    CaseCommand,
    ClosingKind,
    NoteName,
    Outcome,
    Power,
    ReportKind,
    TaskKind,
    TaskState,
)

MOST_AT_ONCE = 1000
_LONGEST_LIMIT = timedelta(days=10 * 366)


class OldCaseChanged(Refused):
    """The row came before and said something else: a history can't be imported twice."""

    code = "old_case_changed"


class OldCaseOfTheFuture(Invalid):
    """`fact`: opened_at or ended_at, whichever is still to come."""

    code = "old_case_of_the_future"

    def __init__(self, fact: str) -> None:
        super().__init__()
        self.fact = fact


class OldCaseTimesContradict(Invalid):
    """`fact`: ended_at or due_at, which lies before it was opened."""

    code = "old_case_times_contradict"

    def __init__(self, fact: str) -> None:
        super().__init__()
        self.fact = fact


class OldCaseDueTooFar(Invalid):
    code = "old_case_due_too_far"


class OldCaseOpenButEnded(Invalid):
    """It is said to be open, and to have ended."""

    code = "old_case_open_but_ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class OldCaseRow:
    """
    What is known of a case of another system. Only what is known: no time is made up.

    `report.client_key` is not used: source and `key` tell a row.
    """

    key: str  # by which its system knows it
    row: int  # of the table, as a spreadsheet counts
    digest: str  # sha256 of the row as it was handed in
    report: NewReport
    place: Place  # codes and point; the words are the report's
    matter: str = ""
    matter_written: str = ""  # as its system called it, where ours is called otherwise or is none
    unit_written: str = ""  # likewise
    urgency: Urgency | None = None
    unit_id: int | None = None  # that handled it, or does
    opened_at: datetime
    ended_at: datetime | None = None
    due_at: datetime | None = None
    is_open: bool = False
    closed_as: ClosingKind | None = None  # None: it is open, or its system does not say
    in_time: bool | None = None  # as its system counted it


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of the rows, by their place among those handed in."""

    numbers: Mapping[int, str]  # of the cases that came of them
    without_contact: int  # of these, whose contact would have been erased here by now
    known: frozenset[int]  # they came before, and nothing changed
    refused: Mapping[int, DomainError]


@dataclass(frozen=True, slots=True)
class Provenance:
    """
    Where old cases come from.

    :param source: the system that had them, as people call it
    :param file: the sha256 of the table in which they come
    :param batch: the import that they are part of, for whoever asks where a case comes from
    """

    source: str
    file: str
    batch: int


@dataclass(slots=True)
class _Built:
    """A case made of a row, with what hangs on it; nothing of it stored yet."""

    row: OldCaseRow
    case: WorkOrder
    contact: LeftContact
    near: DeskAndSubdistrict
    tasks: list[Task] = field(default_factory=list)  # one, of an open case
    deadlines: list[Deadline] = field(default_factory=list)


class _Ground:
    """What many rows ask for, read once for all of them."""

    def __init__(self, rows: Sequence[OldCaseRow], at: datetime) -> None:
        self.at = at
        self.today = localdate(at)
        self.catalog: Ground = catalog.ground()
        self._near = cache(lambda territory: people.desk_and_subdistrict(territory, self.today))
        with_place = any(row.place.territory for row in rows)
        self._divisions = places.names_by_code(self.today) if with_place else {}
        self.users_with = cache(self._users_with)
        holding = {row.unit_id for row in rows if row.is_open and row.unit_id}
        self.takes_work = people.units_in_force(holding, self.today) if holding else set()
        codes = {row.matter for row in rows if row.matter}
        self._matters = catalog.versions_by_code(codes, on=self.today) if codes else {}

    def matter(self, code: str, day: date) -> MatterVersion:
        """Return the matter as it was on a day, or where it was none then, as it is now."""
        versions = self._matters.get(code, [])
        for asked in (day, self.today):
            for version in versions:
                if version.holds_on(asked):
                    return version
        raise MatterNotFound(matter=code)

    def near(self, territory: str) -> DeskAndSubdistrict:
        """
        Return the desk and the sub-district: one statement for each sub-district.

        :raises DivisionNotFound: if no such division is in force
        """
        if territory and territory not in self._divisions:
            raise places.DivisionNotFound(division=territory)
        return self._near(territory[:9].ljust(12, "0") if territory else "")

    def _users_with(self, power: str, unit_id: int, territory: str) -> list[int]:
        return people.users_with(power, unit_id, self.today, territory=territory)


@transaction.atomic
def import_cases(
    *, rows: Sequence[OldCaseRow], whence: Provenance, actor: Actor, at: datetime
) -> Taken:
    """
    Take in up to a thousand old cases at once. What came before changes nothing.

    Closed ones come closed and archived, without tasks: nobody here did them, so no step of theirs
    counts. Open ones come with one open task, of the unit that has it or of the desk, whose clock
    goes by the day that its system set, or else by ours from the import on: nothing is born
    overdue because we came late to it.

    :raises PowerMissing: if the actor may not import cases; refusals of single rows are in `Taken`
    """
    if not actor.holds(Power.IMPORT_CASES):
        raise PowerMissing(power=Power.IMPORT_CASES)
    assert len(rows) <= MOST_AT_ONCE
    queries.wait_for_import(whence.source)
    before = _came_before(rows, whence.source)
    known: set[int] = set()
    refused: dict[int, DomainError] = {}
    fresh: dict[int, _Built] = {}
    ground = _Ground([row for row in rows if row.key not in before], at)
    for place, row in enumerate(rows):
        if before.get(row.key) == row.digest:
            known.add(place)
        elif row.key in before:
            refused[place] = OldCaseChanged()
        else:
            try:
                fresh[place] = _built(row, ground)
            except DomainError as error:
                refused[place] = error
            else:
                before[row.key] = row.digest
    drawn = queries.next_cases(len(fresh), at)
    for built, (case_id, number) in zip(fresh.values(), drawn, strict=True):
        built.case.pk, built.case.number = case_id, number
    over = _store(list(fresh.values()), whence, ground, actor) if fresh else 0
    numbers = {place: built.case.number for place, built in fresh.items()}
    return Taken(numbers, over, frozenset(known), refused)


def _came_before(rows: Sequence[OldCaseRow], source: str) -> dict[str, str]:
    """Return the digests of those of these rows that came before, by key."""
    came = OldCase.objects.filter(source=source, key__in=[row.key for row in rows])
    return dict(came.values_list("key", "digest"))


def _built(row: OldCaseRow, ground: _Ground) -> _Built:
    _check(row, ground.at)
    near = ground.near(row.place.territory)
    case = _case_of(row, near.desk_unit_id, ground)
    report = row.report
    contact = people_actions.contact_left(
        name=report.contact_name,
        phone=report.contact_phone,
        confidential=report.confidential or case.named_only,
    )
    built = _Built(row, case, contact, near)
    if row.is_open:
        task = _open_task(row, case, ground)
        built.tasks.append(task)
        built.deadlines += _clocks_of(row, case, task, ground)
    return built


def _check(row: OldCaseRow, at: datetime) -> None:
    """
    :raises WordsMissing: if it says nothing
    :raises OldCaseOpenButEnded: if it is open and has an end
    :raises OldCaseOfTheFuture: if it was opened or ended after today's hour
    :raises OldCaseTimesContradict: if it ended or was due before it was opened
    :raises OldCaseDueTooFar: if it was due more than ten years after
    """
    if is_blank(row.report.words):
        raise WordsMissing
    check_old_case_times(
        opened_at=row.opened_at,
        ended_at=row.ended_at,
        due_at=row.due_at,
        is_open=row.is_open,
        at=at,
    )


def check_old_case_times(
    *,
    opened_at: datetime,
    ended_at: datetime | None,
    due_at: datetime | None,
    is_open: bool,
    at: datetime,
) -> None:
    """
    Pass if what is known of an old case's times goes together.

    :raises OldCaseOpenButEnded: if it is open and has ended
    :raises OldCaseOfTheFuture: if something of it is still to come
    :raises OldCaseTimesContradict: if something was before it was opened
    :raises OldCaseDueTooFar: if it is due more than ten years later
    """
    if is_open and ended_at is not None:
        raise OldCaseOpenButEnded
    for fact, moment in (("opened_at", opened_at), ("ended_at", ended_at)):
        if moment is not None and moment > at:
            raise OldCaseOfTheFuture(fact)
    for fact, moment in (("ended_at", ended_at), ("due_at", due_at)):
        if moment is not None and moment < opened_at:
            raise OldCaseTimesContradict(fact)
    if due_at is not None and due_at - opened_at > _LONGEST_LIMIT:
        raise OldCaseDueTooFar


def _case_of(row: OldCaseRow, desk_unit_id: int, ground: _Ground) -> WorkOrder:
    """Return the case without its id and number: it may still be refused."""
    case = WorkOrder(
        channel=row.report.channel,
        desk_unit_id=desk_unit_id,
        confidential=row.report.confidential,
        named_only=row.report.kind is ReportKind.INFORMANT,
        opened_at=row.opened_at,
        revision=1,
        **fields_of(replace(row.place, words=row.report.place)),
    )
    if row.matter:
        _name_matter(case, row, ground.matter(row.matter, localdate(row.opened_at)))
    if not row.is_open:
        _close(case, row, ground.at)
    return case


def _close(case: WorkOrder, row: OldCaseRow, at: datetime) -> None:
    """Close it as its system says, or without a word of how where that says nothing."""
    case.outcome, case.closed_unit_id = Outcome.CLOSED, row.unit_id
    case.ended_at, case.archived_at = row.ended_at, at
    if row.closed_as is not None:
        case.closing_kind = row.closed_as
        closing = Closing(row.closed_as)
        case.closing = CLOSING.dump_python(closing, mode="json", exclude_defaults=True)


def _name_matter(case: WorkOrder, row: OldCaseRow, matter: MatterVersion) -> None:
    case.matter, case.matter_version_id = matter.code, matter.pk
    case.urgency = row.urgency or matter.default_urgency
    case.evidence_asked = sorted(matter.evidence_asked)
    case.check_mode, case.sign_off_waived = matter.check_mode, matter.sign_off_waived
    case.named_only |= matter.sensitivity == Sensitivity.CONFIDENTIAL
    track = Track(matter.track)
    case.track = track_with_unit(track) if row.is_open and track in DONE_AT_ONCE else track


def _open_task(row: OldCaseRow, case: WorkOrder, ground: _Ground) -> Task:
    """Return what is owed of an open one: by who has it, unless closed since, else by the desk."""
    unit_id, kind = case.desk_unit_id, TaskKind.REGISTER
    if case.matter and row.unit_id in ground.takes_work:
        unit_id, kind = row.unit_id, TaskKind.LEAD
    elif case.matter:
        kind = TaskKind.DISPATCH
    return Task(
        work_order=case,
        kind=kind,
        unit_id=unit_id,
        state=TaskState.OPEN,
        round=1,
        opened_at=ground.at,
    )


def _clocks_of(row: OldCaseRow, case: WorkOrder, task: Task, ground: _Ground) -> list[Deadline]:
    """Return its clocks: one that its system set runs on, one of ours begins with the import."""
    if row.due_at is None:
        return clocks.started(case, [task], ground.catalog, ground.at)
    return [clocks.ending(case, task, row.opened_at, row.due_at, ground.catalog, ground.at)]


def _store(built: Sequence[_Built], whence: Provenance, ground: _Ground, actor: Actor) -> int:
    """
    Store all of it in a handful of statements, whatever the number of rows; return how many
    contacts were left so long ago that they are not kept.
    """
    at = ground.at
    left = [(one.contact, one.row.opened_at) for one in built]
    contacts = people_actions.keep_contacts(left=left, at=at)
    reports = [
        report_row(
            replace(one.row.report, client_key=_client_key(whence.source, one.row.key)),
            one.case,
            contact_id,
            one.row.digest,
            actor,
            one.row.opened_at,
        )
        for one, contact_id in zip(built, contacts, strict=True)
    ]
    tasks = [task for one in built for task in one.tasks]
    draw_ids(reports)
    draw_ids(tasks)
    written = [notes_of(_written(one.row)) for one in built]
    entries = [
        entry_of(one.case, _line(one, report, whence), notes, actor, at)
        for one, report, notes in zip(built, reports, written, strict=True)
    ]
    draw_ids(entries)
    for entry, notes in zip(entries, written, strict=True):
        for note in notes:
            note.entry = entry
    copy_in([one.case for one in built])
    copy_in(reports)
    copy_in(tasks)
    copy_in(entries)
    copy_in([note for notes in written for note in notes])
    copy_in([_old_case(one, whence) for one in built])
    copy_in([row for one in built for row in one.deadlines])
    copy_in(_audience(built, ground))
    return sum(bool(one) for one, _ in left) - sum(kept is not None for kept in contacts)


def _written(row: OldCaseRow) -> Mapping[NoteName, str]:
    return {NoteName.MATTER_WRITTEN: row.matter_written, NoteName.UNIT_WRITTEN: row.unit_written}


def _old_case(built: _Built, whence: Provenance) -> OldCase:
    return OldCase(
        work_order=built.case,
        source=whence.source,
        key=built.row.key,
        digest=built.row.digest,
        batch=whence.batch,
        due_at=built.row.due_at,
        in_time=built.row.in_time,
    )


def _client_key(source: str, key: str) -> str:
    return sha256(f"{source}\n{key}".encode()).hexdigest()


def _line(built: _Built, report: Report, whence: Provenance) -> dict[str, Json]:
    row, case = built.row, built.case
    ended = None if row.is_open else Outcome.CLOSED
    case.step = step_of([task.facts() for task in built.tasks], ended)
    opened = [OpenTask(t.pk, t.kind, t.unit_id, 1, t.state) for t in built.tasks]
    said = changed(
        opened=opened,
        moved=(),
        outcome=("", case.outcome),
        closing_kind=("", case.closing_kind),
    )
    case.unsaid = (said,)
    known = {
        "opened_at": row.opened_at,
        "ended_at": row.ended_at,
        "due_at": row.due_at,
    }
    line: dict[str, Json] = {
        "command": CaseCommand.IMPORT,
        "source": whence.source,
        "file": whence.file,
        "batch": whence.batch,
        "row": row.row,
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
            "evidence_asked": case.evidence_asked,
        }
    return line


def _audience(built: Sequence[_Built], ground: _Ground) -> list[Audience]:
    units = {one.row.unit_id for one in built if one.row.unit_id}
    third = people.third_parties(units, ground.today)
    rows: list[Audience] = []
    for one in built:
        case, report = one.case, one.row.report
        onlookers = who_looks_on(
            case,
            frozenset(),
            one.near,
            about_somebody=Said(report.kind or "", None, report.complained_about).about_somebody,
        )
        owing = {one.row.unit_id} if one.row.unit_id else set()

        def told(of: Iterable[int], case: WorkOrder = case) -> Mapping[int, list[int | None]]:
            return who_is_told(of, case, ground.users_with)

        seeing = owing | onlookers | {case.desk_unit_id}
        rows += shown(case, seeing, third, one.row.opened_at, knowing=told)
    return rows
