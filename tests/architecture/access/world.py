"""
A district with somebody of every role in every position, and cases in every state.

All of it is handed in and appointed through the actions, so the rows of roles and powers count.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import time, timedelta
from enum import StrEnum
from io import BytesIO
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.test import Client, override_settings
from django.utils.timezone import now
from PIL import Image
from pytest_django import DjangoDbBlocker

from chengshao.evidence import actions as evidence
from chengshao.intake import actions as intake
from chengshao.intake.schemas.case_table import read_mapping
from chengshao.kernel.actor import Actor, ActorKind, Grant
from chengshao.knowledge import actions as knowledge
from chengshao.knowledge.rules.drafts import Draft
from chengshao.knowledge.terms import ItemKind
from chengshao.people import actions as people
from chengshao.people.models import Appointment, DutyPattern, Token, UnitRole, User
from chengshao.people.rules.periods import Period
from chengshao.people.rules.roster import Shift
from chengshao.people.terms import DayKind, Role
from chengshao.places import actions as places
from chengshao.workorders import actions
from chengshao.workorders.actions import NewReport
from chengshao.workorders.models import Deadline, Report, WorkOrder
from chengshao.workorders.terms import (
    WORKING,
    Channel,
    Power,
    ReportKind,
    TaskCommand,
    TaskKind,
    TaskState,
)
from tests.district import (
    AT,
    HUBIN,
    LOADER,
    QINGBOMEN,
    SINCE,
    TREE,
    District,
    load_district,
    move,
)
from tests.standing import Standing, outer

NOBODY_HERE = "外星人"
OLD_CASES = f"编号,内容,时间,单位\nA-1,井盖丢了,2025-06-03 10:00,{NOBODY_HERE}\n"
MAPPING = """
source: 旧热线
key: 编号
words: 内容
channel: {constant: HOTLINE}
opened_at: 时间
unit: 单位
"""
PHONE, CITIZEN = "13800138000", "诸葛市民"
POINT = (120.1505, 30.2405)  # in the one grid, which lies in the community of Qingbomen
_GRID = f"{QINGBOMEN}001"


class Scope(StrEnum):
    """Where a caller stands to a case."""

    INSIDE = "INSIDE"  # the own unit owes the work
    BY_PLACE = "BY_PLACE"  # of the sub-district in which it lies: sees it, owes nothing
    OUTSIDE = "OUTSIDE"  # of another sub-district
    OTHER_TERRITORY = "OTHER_TERRITORY"  # of the unit that owes it, but for another territory
    COMPLAINED_ABOUT = "COMPLAINED_ABOUT"  # of the unit that it is about
    COMPLAINED_ABOUT_BY_PLACE = "COMPLAINED_ABOUT_BY_PLACE"  # and it lies there
    CONFIDENTIAL = "CONFIDENTIAL"  # as INSIDE, the case confidential: still of its circle
    CONFIDENTIAL_BY_PLACE = "CONFIDENTIAL_BY_PLACE"  # as BY_PLACE: not of its circle
    INFORMANT = "INFORMANT"  # as INSIDE, an informant's case: named by office, or not at all


class Stands(StrEnum):
    """In which unit, for which territory, somebody is appointed."""

    OWN = "OWN"  # the centre; of handlers the department that leads
    HERE = "HERE"  # the sub-district of the cases
    ELSEWHERE = "ELSEWHERE"  # another sub-district
    FOR_ELSEWHERE = "FOR_ELSEWHERE"  # as OWN, for the territory of another sub-district
    ALONE = "ALONE"  # without a unit: administrators, keepers, machines


class Sort(StrEnum):
    """What is special about a case."""

    ORDINARY = "ORDINARY"
    ABOUT_CENTRE = "ABOUT_CENTRE"
    ABOUT_ROADS = "ABOUT_ROADS"
    ABOUT_QINGBO = "ABOUT_QINGBO"
    CONFIDENTIAL = "CONFIDENTIAL"
    INFORMANT = "INFORMANT"


class State(StrEnum):
    """How far a case has come: whatever a door needs to find it open."""

    REPORTED = "REPORTED"
    REGISTERED = "REGISTERED"
    DISPATCHED = "DISPATCHED"
    ACKNOWLEDGED = "ACKNOWLEDGED"
    ASKS_EVIDENCE = "ASKS_EVIDENCE"
    HELPING = "HELPING"
    HELPING_ACKNOWLEDGED = "HELPING_ACKNOWLEDGED"
    RETURN_ASKED = "RETURN_ASKED"
    ANSWERED = "ANSWERED"
    CLOSED = "CLOSED"
    UNVERIFIED = "UNVERIFIED"
    CONSULTED = "CONSULTED"
    DOUBLED = "DOUBLED"
    DOUBLED_ACKNOWLEDGED = "DOUBLED_ACKNOWLEDGED"
    SUBASSIGNED = "SUBASSIGNED"
    SUBASSIGNED_ACKNOWLEDGED = "SUBASSIGNED_ACKNOWLEDGED"
    SUBASSIGNING = "SUBASSIGNING"  # the own unit asked another
    SUSPENDED = "SUSPENDED"
    INQUIRED = "INQUIRED"
    DRAFTED = "DRAFTED"
    EXTENSION_ASKED = "EXTENSION_ASKED"
    EXTENSION_WITH_CENTRE = "EXTENSION_WITH_CENTRE"
    LEDGER_ASKED = "LEDGER_ASKED"
    LEDGER_DUE = "LEDGER_DUE"
    OUTER_REPORTED = "OUTER_REPORTED"
    OUTER_ASKED = "OUTER_ASKED"
    OUTER_ANSWERED = "OUTER_ANSWERED"
    SAMPLED = "SAMPLED"
    MERGED = "MERGED"


ROLES_OF_HANDLING = frozenset({Role.HANDLER, Role.UNIT_LEADER})
ROLES_ALONE = frozenset(
    {
        Role.CATALOGUE_KEEPER,
        Role.SECURITY_ADMINISTRATOR,
        Role.SYSTEM_ADMINISTRATOR,
        Role.AUDITOR,
        Role.MACHINE,
    }
)
STATE_OF_TASK = {  # where to find a task of this kind in this state
    (TaskKind.VERIFY, TaskState.OPEN): State.UNVERIFIED,
    (TaskKind.REGISTER, TaskState.OPEN): State.REPORTED,
    (TaskKind.DISPATCH, TaskState.OPEN): State.REGISTERED,
    (TaskKind.CONSULT, TaskState.OPEN): State.CONSULTED,
    (TaskKind.LEAD, TaskState.OPEN): State.DISPATCHED,
    (TaskKind.LEAD, TaskState.ACKNOWLEDGED): State.ACKNOWLEDGED,
    (TaskKind.DOUBLE, TaskState.OPEN): State.DOUBLED,
    (TaskKind.DOUBLE, TaskState.ACKNOWLEDGED): State.DOUBLED_ACKNOWLEDGED,
    (TaskKind.CO_HANDLE, TaskState.OPEN): State.HELPING,
    (TaskKind.CO_HANDLE, TaskState.ACKNOWLEDGED): State.HELPING_ACKNOWLEDGED,
    (TaskKind.SUBASSIGNED, TaskState.OPEN): State.SUBASSIGNED,
    (TaskKind.SUBASSIGNED, TaskState.ACKNOWLEDGED): State.SUBASSIGNED_ACKNOWLEDGED,
    (TaskKind.CONTACT, TaskState.OPEN): State.DISPATCHED,
    (TaskKind.INQUIRY, TaskState.OPEN): State.INQUIRED,
    (TaskKind.SIGN_OFF, TaskState.OPEN): State.DRAFTED,
    (TaskKind.LEADER_APPROVAL, TaskState.OPEN): State.EXTENSION_ASKED,
    (TaskKind.CENTRE_APPROVAL, TaskState.OPEN): State.EXTENSION_WITH_CENTRE,
    (TaskKind.ADJUDICATE, TaskState.OPEN): State.RETURN_ASKED,
    (TaskKind.CHECK, TaskState.OPEN): State.ANSWERED,
    (TaskKind.LEDGER_APPROVAL, TaskState.OPEN): State.LEDGER_ASKED,
    (TaskKind.LEDGER_REVIEW, TaskState.OPEN): State.LEDGER_DUE,
    (TaskKind.OUTER_REQUEST, TaskState.OPEN): State.OUTER_ASKED,
    (TaskKind.OUTER_CLOSING, TaskState.OPEN): State.OUTER_ANSWERED,
    (TaskKind.TELL, TaskState.OPEN): State.CLOSED,
    (TaskKind.SAMPLE, TaskState.OPEN): State.SAMPLED,
}
_TASK_OF_STATE = {state: task for task, state in reversed(STATE_OF_TASK.items())}
ROADS_OWE_NOTHING_YET = frozenset(
    {
        State.REPORTED,
        State.REGISTERED,
        State.UNVERIFIED,
        State.OUTER_REPORTED,
        State.OUTER_ASKED,
        State.MERGED,
    }
)


@dataclass(frozen=True, slots=True)
class Case:
    """A case as a caller would have to know it to knock at its doors."""

    sort: Sort
    words: str
    number: str
    revision: int
    tasks: dict[str, tuple[int, int]]  # of each kind: id and revision
    report_id: int
    attachment_id: int
    noted_seq: int  # of the last line of its history with words beside it
    token: str


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who knocks, with what a browser or a machine would send."""

    role: Role | None
    stands: Stands
    headers: dict[str, str] = field(default_factory=dict)
    session: str = ""

    def __str__(self) -> str:
        return f"{self.role or 'nobody'} {self.stands}"

    def client(self, *, csrf: bool = False) -> Client:
        # As htmx asks: a refusal comes as a few words instead of a whole page with its rail.
        client = Client(enforce_csrf_checks=csrf, headers={"HX-Request": "true", **self.headers})
        if self.session:
            client.cookies[settings.SESSION_COOKIE_NAME] = self.session
        return client


@dataclass(frozen=True, slots=True)
class Known:
    """A knowledge item of one unit, and what it owes on it."""

    code: str
    version_id: int
    correction_id: int
    missing_id: int


NOBODY = Caller(None, Stands.ALONE)


@dataclass
class World:
    district: District
    callers: dict[tuple[Role, Stands], Caller]
    unfinished: Caller  # signed in with an initial password that is still to be changed
    machine: Caller  # which may report and nothing else
    cases: dict[tuple[State, Sort], Case]
    powers: dict[Role, frozenset[str]]
    spare_user: int  # on whom administrators try what they may
    closed_user: int
    spare_machine: int
    spare_appointment: int
    spare_token: int
    unit_role: int
    duty: int
    old_cases: int  # a table of them, looked through
    known: dict[int, Known]  # what each of the units that handle or register owns

    def sees(self, role: Role, scope: Scope, state: State) -> bool:
        """Tell whether such a caller has such a case in sight (architecture, Access)."""
        if Power.SEE not in self.powers[role] or role in ROLES_ALONE:
            return False
        if scope is Scope.CONFIDENTIAL and not self.powers[role] & WORKING:
            return False
        match scope:
            case Scope.INFORMANT if role is Role.DUTY_LEADER:  # who names others
                return True
            case Scope.INFORMANT if role is Role.UNIT_LEADER:
                return state not in ROADS_OWE_NOTHING_YET
            case Scope.INSIDE | Scope.CONFIDENTIAL:
                return role not in ROLES_OF_HANDLING or state not in ROADS_OWE_NOTHING_YET
            case Scope.BY_PLACE:
                return True
            case _:
                return False

    def appointed(self, role: Role, unit_id: int) -> Caller:
        """Appoint one more, who stands nowhere else."""
        user = _account(f"{role}-of-{unit_id}".lower())
        _appoint(user, role, unit_id)
        return Caller(role, Stands.ELSEWHERE, session=_session(user))

    def scopes_of(self, role: Role) -> tuple[Scope, ...]:
        """Return where somebody of this role can stand to a case; who sees none, stands nowhere."""
        nowhere = role in ROLES_ALONE or Power.SEE not in self.powers[role]
        return (Scope.INSIDE,) if nowhere else tuple(Scope)

    def known_of(self, caller: Caller) -> Known:
        """Return what the unit owns in which such a caller is appointed."""
        return self.known[own_unit(self.district, caller.role)]

    def caller(self, role: Role, scope: Scope) -> Caller:
        return self.callers[role, _STANDS[scope] if role not in ROLES_ALONE else Stands.ALONE]

    def case(self, role: Role, scope: Scope, state: State) -> Case:
        about_own = Sort.ABOUT_ROADS if role in ROLES_OF_HANDLING else Sort.ABOUT_CENTRE
        sort = {
            Scope.COMPLAINED_ABOUT: about_own,
            Scope.COMPLAINED_ABOUT_BY_PLACE: Sort.ABOUT_QINGBO,
            Scope.CONFIDENTIAL: Sort.CONFIDENTIAL,
            Scope.CONFIDENTIAL_BY_PLACE: Sort.CONFIDENTIAL,
            Scope.INFORMANT: Sort.INFORMANT,
        }.get(scope, Sort.ORDINARY)
        return self.cases[state, sort]

    def in_sight(self, caller: Caller) -> frozenset[str]:
        """Return the words of all cases that this caller may come across."""
        if caller.role is None:
            return frozenset()
        scopes = [s for s in Scope if self.caller(caller.role, s) is caller]
        return frozenset(
            self.case(caller.role, scope, state).words
            for scope in scopes
            for state in State
            if self.sees(caller.role, scope, state)
        ) | self._also_in_sight(caller)

    def _also_in_sight(self, caller: Caller) -> frozenset[str]:
        """Return those about another unit: whom the complaint does not concern sees the case."""
        role, about = caller.role, {Sort.ABOUT_CENTRE, Sort.ABOUT_ROADS, Sort.ABOUT_QINGBO}
        if role is None or Power.SEE not in self.powers[role]:
            return frozenset()
        match caller.stands:
            case Stands.OWN if role in ROLES_OF_HANDLING:
                sorts, hidden = about - {Sort.ABOUT_ROADS}, ROADS_OWE_NOTHING_YET
            case Stands.OWN:
                sorts, hidden = about - {Sort.ABOUT_CENTRE}, frozenset()
            case Stands.HERE:
                sorts, hidden = about - {Sort.ABOUT_QINGBO}, frozenset()
            case _:
                return frozenset()
        return frozenset(
            case.words
            for (state, sort), case in self.cases.items()
            if sort in sorts and state not in hidden
        )


_STANDS = {
    Scope.INSIDE: Stands.OWN,
    Scope.BY_PLACE: Stands.HERE,
    Scope.OUTSIDE: Stands.ELSEWHERE,
    Scope.OTHER_TERRITORY: Stands.FOR_ELSEWHERE,
    Scope.COMPLAINED_ABOUT: Stands.OWN,
    Scope.COMPLAINED_ABOUT_BY_PLACE: Stands.HERE,
    Scope.CONFIDENTIAL: Stands.OWN,
    Scope.CONFIDENTIAL_BY_PLACE: Stands.HERE,
    Scope.INFORMANT: Stands.OWN,
}


def build_world() -> World:
    district = load_district()
    places.import_grids(content=_grid(), valid_from=SINCE, actor=LOADER, at=AT)
    rows = list(people.default_role_powers())
    people.load_role_powers(rows=rows, actor=LOADER, at=AT)
    callers = {(c.role, c.stands): c for c in _callers(district)}
    # The day on which a key was used is noted once: not while we look whether a look changes.
    callers[Role.MACHINE, Stands.ALONE].client().get("/api/v1/places/search?q=a")
    spare = _account("spare")
    closed = _account("closed")
    people.close_account(user_id=closed, actor=LOADER, at=AT)
    given = people.appoint(
        user_id=spare,
        role=Role.OPERATOR,
        unit_id=district.centre,
        valid_from=SINCE,
        actor=LOADER,
        at=AT,
    )
    for unit_id in (district.office, district.parks, district.squad, district.water):
        _appoint(_account(f"leads-{unit_id}"), Role.UNIT_LEADER, unit_id)
    unfinished = _account("unfinished")
    _appoint(unfinished, Role.DUTY_LEADER, district.centre)
    people.issue_password(user_id=unfinished, actor=LOADER, at=AT)
    spare_machine = _account("spare-machine", is_machine=True)
    _appoint(spare_machine, Role.MACHINE, None)
    _key(spare_machine)
    return World(
        district=district,
        callers={k: c for k, c in callers.items() if k[0] is not None},  # type: ignore[misc]
        unfinished=Caller(Role.DUTY_LEADER, Stands.OWN, session=_session(unfinished)),
        machine=callers[Role.MACHINE, Stands.ALONE],
        cases={(state, sort): _case(district, state, sort) for state in State for sort in Sort},
        powers={role: frozenset(p for r, p in rows if r == role) for role in Role},
        spare_user=spare,
        closed_user=closed,
        spare_machine=spare_machine,
        spare_appointment=Appointment.objects.get(pk=given).pk,
        spare_token=Token.objects.get(user=spare_machine).pk,
        unit_role=UnitRole.objects.get(unit=district.qingbo).pk,
        duty=_on_duty(district.qingbo),
        old_cases=_looked_through(),
        known={unit_id: _known(unit_id) for unit_id in (district.centre, district.roads)},
    )


def _known(unit_id: int) -> Known:
    """Publish an item of this unit, and have something said of it and something missed."""
    draft = Draft(
        kind=ItemKind.ANSWER,
        title="井盖坏了谁来修",
        answer="由主管部门来修。",
        unit_id=unit_id,
        source="示意",
        valid_from=AT,
    )
    version = knowledge.publish(draft=draft, actor=LOADER, at=AT)
    code = version.item.code
    wrong = knowledge.report_wrong(code=code, words="不对", actor=LOADER, at=AT)
    missing = knowledge.report_missing(words=f"缺{code}", actor=LOADER, at=AT)
    knowledge.assign_missing(correction_id=missing.pk, unit_id=unit_id, actor=LOADER, at=AT)
    return Known(code, version.pk, wrong.pk, missing.pk)


def _looked_through() -> int:
    """Hand in a table of old cases with a unit that nobody here is; return its import."""
    importer = Actor(ActorKind.SYSTEM, grants=frozenset({Grant(Power.IMPORT_CASES, None)}))
    path = intake.keep_table(chunks=[OLD_CASES.encode()])
    return intake.prepare_import(
        path=path,
        name="old.csv",
        table=read_mapping(MAPPING),
        mapping=MAPPING,
        actor=importer,
        at=AT,
    ).pk


@contextmanager
def world_standing(blocker: DjangoDbBlocker) -> Iterator[World]:
    """Build it once for a module, and take all of it back in the end."""
    quick = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with blocker.unblock(), override_settings(PASSWORD_HASHERS=quick), transaction.atomic():
        yield build_world()
        transaction.set_rollback(True)


def own_unit(district: District, role: Role | None) -> int:
    return district.roads if role in ROLES_OF_HANDLING else district.centre


def photo() -> bytes:
    buffer = BytesIO()
    Image.new("RGB", (8, 8), "red").save(buffer, "JPEG")
    return buffer.getvalue()


@contextmanager
def undone() -> Iterator[None]:
    """Take back whatever a request stored."""
    with transaction.atomic():
        # What insists on committing by itself believes it is in a test, which it is.
        connection.atomic_blocks[-1]._from_testcase = True  # type: ignore[attr-defined]
        _written_before.set(_written())
        yield
        transaction.set_rollback(True)


_written_before: ContextVar[list[Any] | None] = ContextVar("written_before", default=None)


def _written() -> list[Any]:
    """Return how many rows this transaction has written so far, also what was taken back since."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relid, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_xact_user_tables"
            " WHERE n_tup_ins + n_tup_upd + n_tup_del > 0 ORDER BY relid"
        )
        return list(cursor.fetchall())


# That somebody looked at a case, and what a unit was told of it, is written down; nothing else
# may be by a look.
_NOT_LOOKED_AT = ("django_session", "django_migrations", "workorders_viewing", "workorders_alert")


class Contents:
    """What the database holds, as one number a table: it shows any row that came, went, changed."""

    def __init__(self) -> None:
        with connection.cursor() as cursor:
            names = connection.introspection.table_names(cursor)
        self._names = sorted(set(names) - set(_NOT_LOOKED_AT))
        self._standing: dict[str, Any] = {}
        self._ask = "SELECT " + ", ".join(
            f"(SELECT sum(hashtextextended(t::text, 0)) FROM {connection.ops.quote_name(n)} t)"
            for n in self._names
        )

    def now(self) -> dict[str, Any]:
        """Return what is there; where nothing at all was written, what stood before."""
        if not self._standing:
            self._standing = self._read()
        return self._standing if _written() == _written_before.get() else self._read()

    def _read(self) -> dict[str, Any]:
        with connection.cursor() as cursor:
            cursor.execute(self._ask)
            return dict(zip(self._names, cursor.fetchone(), strict=True))


def _callers(district: District) -> Iterator[Caller]:
    for role in Role:
        if role is Role.MACHINE:
            machine = _account("machine", is_machine=True)
            _appoint(machine, role, None)
            yield Caller(role, Stands.ALONE, {"Authorization": f"Bearer {_key(machine)}"})
        elif role in ROLES_ALONE:
            user = _account(f"{role}-alone".lower())
            _appoint(user, role, None)
            yield Caller(role, Stands.ALONE, session=_session(user))
        else:
            own = own_unit(district, role)
            for stands, unit_id, territory in (
                (Stands.OWN, own, ""),
                (Stands.HERE, district.qingbo, ""),
                (Stands.ELSEWHERE, district.hubin, ""),
                (Stands.FOR_ELSEWHERE, own, HUBIN),
            ):
                user = _account(f"{role}-{stands}".lower())
                _appoint(user, role, unit_id, territory)
                yield Caller(role, stands, session=_session(user))


def _account(username: str, *, is_machine: bool = False) -> int:
    new = people.NewAccount(username=username, display_name=username, is_machine=is_machine)
    return people.open_account(account=new, actor=LOADER, at=AT)


def _on_duty(unit_id: int) -> int:
    shift = Shift(
        day_kind=DayKind.RESTDAY,
        starts=time(0),
        ends=time(0),
        leader="演示值班人",
        phone="0571-00000001",
        period=Period(SINCE),
    )
    people.keep_duty_shift(unit_id=unit_id, shift=shift, actor=LOADER, at=AT)
    return DutyPattern.objects.get().pk


def _appoint(user_id: int, role: Role, unit_id: int | None, territory: str = "") -> None:
    people.appoint(
        user_id=user_id,
        role=role,
        unit_id=unit_id,
        territory=territory,
        valid_from=SINCE,
        actor=LOADER,
        at=AT,
    )


def _key(user_id: int) -> str:
    return people.issue_token(
        user_id=user_id, label="test", powers=["REPORT"], actor=LOADER, at=now()
    )


def _session(user_id: int) -> str:
    client = Client()
    client.force_login(User.objects.get(pk=user_id))
    return client.cookies[settings.SESSION_COOKIE_NAME].value


_ABOUT = {Sort.ABOUT_CENTRE: "centre", Sort.ABOUT_ROADS: "roads", Sort.ABOUT_QINGBO: "qingbo"}
_ANYONE = Actor(ActorKind.CITIZEN)


@dataclass(frozen=True, slots=True)
class _Told(Standing):
    """As a citizen tells it: with a picture."""

    def reported(self, report: NewReport) -> WorkOrder:
        teller = self.actor if report.outer_due_at else _ANYONE
        told = actions.receive_report(report=report, actor=teller, at=AT)
        citizen = Actor(ActorKind.CITIZEN, report_id=told.pk)
        blob = evidence.store_upload(content=photo(), name="p.jpg", actor=citizen, at=AT)
        actions.attach_to_report(report_id=told.pk, blob_id=blob, actor=citizen, at=AT)
        return WorkOrder.objects.get(pk=told.work_order_id)


def _case(district: District, state: State, sort: Sort) -> Case:
    """Take a case as far as this state; roads owes what units owe, unless the case is about it."""
    about = getattr(district, _ABOUT[sort]) if sort in _ABOUT else None
    words = f"人行道上出了事[{state}/{sort}]"  # found again in whatever page shows it
    report = NewReport(
        client_key=f"{state}-{sort}",
        channel=Channel.PORTAL,
        words=words,
        place="和平路口",
        lng=POINT[0],
        lat=POINT[1],
        contact_name=CITIZEN,
        contact_phone=PHONE,
        confidential=sort is Sort.CONFIDENTIAL,
        kind=ReportKind.INFORMANT if sort is Sort.INFORMANT else None,
        complained_about_unit_id=about,
    )
    owner = district.roads if sort is not Sort.ABOUT_ROADS else district.water
    by = _Told(district, _everyone(), owner, district.parks)
    case = _walked(by, state, report)
    Deadline.objects.filter(task__work_order=case, due_at__isnull=False, ended_at=None).update(
        due_at=now() + timedelta(days=9)  # what may be asked only in time can be asked
    )
    case.refresh_from_db()
    told = Report.objects.get(client_key=report.client_key)
    noted = case.entries.filter(notes__isnull=False)
    return Case(
        sort=sort,
        words=words,
        number=case.number,
        revision=case.revision,
        tasks={
            kind: (pk, revision)
            for kind, pk, revision in case.tasks.filter(ended_at=None).values_list(
                "kind", "pk", "revision"
            )
        },
        report_id=told.pk,
        attachment_id=told.attachments.get().pk,
        noted_seq=max(noted.values_list("seq", flat=True), default=0),
        token=actions.link_of(told),
    )


def _everyone() -> Actor:
    return Actor(ActorKind.SYSTEM, grants=frozenset(Grant(power, None) for power in Power))


def _walked(by: Standing, state: State, report: NewReport) -> WorkOrder:
    match state:
        case State.ASKS_EVIDENCE:
            return by.handling(report, matter=TREE)
        case State.OUTER_REPORTED:
            return by.reported(outer(report))
        case State.SUSPENDED:
            return by.suspended(report)
        case State.SUBASSIGNING:
            roads = by.district.roads
            lead, below = roads, by.district.squad
            if by.owner != roads:
                lead, below = by.district.office, by.owner
            return move(
                by.handling(report, lead),
                TaskKind.LEAD,
                TaskCommand.SUBASSIGN,
                by.actor,
                reason="换",
                asked=[below],
            )
        case State.MERGED:
            target = by.registered(replace(report, client_key=f"{report.client_key}-target"))
            case = by.registered(report)
            actions.merge_cases(
                number=case.number,
                into=target.number,
                seen_revision=case.revision,
                reason="同一件",
                actor=by.actor,
                at=AT,
            )
            return case
    return by.before(*_TASK_OF_STATE[state], report)


def _grid() -> bytes:
    lng, lat = POINT
    west, south, east, north = lng - 0.0005, lat - 0.0005, lng + 0.0005, lat + 0.0005
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    feature = {
        "type": "Feature",
        "properties": {"网格编码": _GRID},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    return json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()
