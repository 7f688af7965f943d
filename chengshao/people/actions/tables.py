"""
Units, unit roles, rosters, staff and role powers from Excel or CSV, and back. An export is the
very table that the import reads; importing the same again changes nothing.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import translation
from django.utils.timezone import localdate

from chengshao.kernel.actor import Actor
from chengshao.kernel.errors import DomainError
from chengshao.kernel.tables import Faults
from chengshao.people.actions._common import require
from chengshao.people.actions._endings import (
    ENDS,
    SUCCESSORS,
    Ending,
    codes_that_follow,
    keep_ending,
    read_ending,
)
from chengshao.people.actions._rows import Cells, word_of
from chengshao.people.actions.accounts import (
    AppointmentTwice,
    NewAccount,
    amend_account,
    appoint,
    end_appointment,
    load_role_powers,
    open_account,
)
from chengshao.people.actions.units import (
    NewUnit,
    UnitDetails,
    amend_unit,
    details_of,
    end_unit_role,
    give_unit_role,
    keep_duty_shift,
    move_unit,
    open_unit,
    rename_unit,
)
from chengshao.people.models import (
    Appointment,
    DutyPattern,
    RolePower,
    Unit,
    UnitName,
    UnitParent,
    UnitRole,
    User,
)
from chengshao.people.queries import in_force, shift_of, unit_ids_by_code
from chengshao.people.rules.periods import Period
from chengshao.people.rules.roster import Shift, cells_of
from chengshao.people.terms import (
    DayKind,
    ParentRelation,
    Power,
    Role,
    ServiceLine,
    UnitKind,
    UnitLevel,
)
from chengshao.web.sheets import Cell, Row, read_table, write_table
from chengshao.web.texts import TERMS

UNIT, TERRITORY = "单位代码", "行政区划代码"
BEGINS, DOCUMENT = "启用日期", "文号"
ROLE = "岗位"

UNITS = (
    UNIT,
    "单位名称",
    "简称",
    "标识字",
    "类型",
    "服务类别",
    "层级",
    "联动层级",
    TERRITORY,
    "上级单位代码",
    "业务指导单位代码",
    "派单台",
    "名称出处",
    "查证日期",
    "示意",
    BEGINS,
    ENDS,
    SUCCESSORS,
)
UNIT_ROLES = ("单位角色", TERRITORY, UNIT, DOCUMENT, BEGINS, ENDS)
STAFF = ("用户名", "姓名", "办公电话", ROLE, UNIT, TERRITORY, DOCUMENT, "任职日期", "离任日期")
ROSTER = (
    UNIT,
    "日期类型",
    "日期",
    "开始时间",
    "结束时间",
    "带班领导",
    "值班电话",
    "副班",
    "副班电话",
    BEGINS,
    ENDS,
)
ROLE_POWERS = (ROLE, "权限")
_PARENTS = {
    "上级单位代码": ParentRelation.ADMINISTRATIVE,
    "业务指导单位代码": ParentRelation.PROFESSIONAL,
}


@dataclass(frozen=True, slots=True)
class _UnitRow:
    new: NewUnit
    ending: Ending | None
    cells: Cells


@transaction.atomic
def import_units(*, content: bytes, actor: Actor, at: datetime) -> int:
    """
    Take in a table of units (headings: UNITS) and return how many rows changed something.

    A unit that is there takes what differs from today on: another name is a new name period,
    another parent a move, a closing date closes it, and whoever is named to follow takes over; of
    several the first. None of the rows are taken if one has a fault.

    :raises PeoplePowerMissing: without KEEP_UNITS over all units
    :raises TableRefused: with every fault by row and column
    :raises FileUnreadable: if it is neither Excel nor CSV
    :raises FileTooLarge: beyond the limits of web.sheets
    """
    require(actor, Power.KEEP_UNITS)
    faults = Faults()
    table = read_table(content, required=(UNIT, "单位名称", "类型", "层级", BEGINS))
    rows = _unit_rows(table, faults)
    named = {row[UNIT] for row in table}  # with those at fault: no second fault for their children
    there = _units_by_code(rows)
    changed = set()
    for code, row in rows.items():
        with _faults_of(row.cells, UNIT):
            if _keep_unit(row, there.get(code), actor, at):
                changed.add(code)
    parents = {row.cells.row[heading] for row in rows.values() for heading in _PARENTS}
    follow = {code for row in rows.values() if row.ending for code in row.ending.successors}
    known = _units_by_code(parents | follow | rows.keys())
    for code, row in rows.items():
        for heading, relation in _PARENTS.items():
            parent = row.cells.row[heading]
            if parent and parent not in known and parent not in named:
                row.cells.fault(heading, "value_unknown", value=parent)
            elif code in known and (not parent or parent in known):
                with _faults_of(row.cells, heading):
                    if _keep_parent(known[code], known.get(parent), relation, actor, at):
                        changed.add(code)
    for code, row in rows.items():
        if row.ending and code in known and _all_there(row, known, named):
            with _faults_of(row.cells, ENDS):
                if keep_ending(row.ending, known[code], known, actor, at):
                    changed.add(code)
    _refuse_if_any(faults)
    return len(changed)


def export_units(on: date) -> bytes:
    """Return the units in force that day as an Excel table that import_units reads."""
    names = UnitName.objects.filter(in_force(on), in_force(on, "unit__")).select_related("unit")
    above: dict[tuple[int, str], str] = {}
    for edge in UnitParent.objects.filter(in_force(on)).select_related("parent"):
        above[edge.unit_id, edge.relation] = edge.parent.code
    follows = codes_that_follow(names.values_list("unit_id", flat=True))

    def lines() -> Iterator[list[Cell]]:
        for name in names.order_by("unit__code"):
            unit, details = name.unit, details_of(name.unit)
            yield [
                unit.code,
                name.name,
                name.short_name,
                name.face,
                word_of(details.kind),
                word_of(details.service_line),
                word_of(details.level),
                unit.tier,
                unit.territory,
                *(above.get((unit.pk, relation), "") for relation in _PARENTS.values()),
                _yes(unit.is_desk),
                unit.source,
                unit.source_on,
                _yes(unit.illustrative),
                unit.valid_from,
                unit.valid_until,
                follows.get(unit.pk, ""),
            ]

    return write_table(UNITS, lines())


@transaction.atomic
def import_unit_roles(*, content: bytes, actor: Actor, at: datetime) -> int:
    """
    Take in which unit is what where (headings: UNIT_ROLES); return how many rows changed something.

    :raises DomainError: as import_units
    """
    require(actor, Power.KEEP_UNITS)
    faults = Faults()
    table = read_table(content, required=("单位角色", UNIT, BEGINS))
    known = unit_ids_by_code({row[UNIT] for row in table})
    read = []
    for row in table:
        cells = Cells(row, faults)
        role = cells.text("单位角色", 40, needed=True)
        territory = cells.division(TERRITORY)
        unit_id = cells.unit(UNIT, known, needed=True)
        begins, ends = _period(cells, BEGINS, ENDS)
        document = cells.text(DOCUMENT, 200)
        if cells.is_sound and unit_id and begins:
            read.append((begins, role, territory, unit_id, ends, document, cells))
    there = {
        (r.role, r.territory, r.unit_id, r.document, r.valid_from): r
        for r in UnitRole.objects.filter(role__in={line[1] for line in read}).order_by("pk")
    }
    changed = 0
    for begins, role, territory, unit_id, ends, document, cells in sorted(
        read, key=lambda line: line[0]
    ):
        same = there.get((role, territory, unit_id, document, begins))
        if same and same.valid_until == ends:
            continue
        with _faults_of(cells, "单位角色"):
            pk = (
                same.pk
                if same
                else give_unit_role(
                    role=role,
                    territory=territory,
                    unit_id=unit_id,
                    on=begins,
                    document=document,
                    actor=actor,
                    at=at,
                )
            )
            # One that goes on to its unit's last day has ended with the unit.
            if ends and not UnitRole.objects.filter(pk=pk, valid_until=ends).exists():
                end_unit_role(unit_role_id=pk, on=ends, actor=actor, at=at)
            changed += 1
    _refuse_if_any(faults)
    return changed


def export_unit_roles(on: date) -> bytes:
    """Return the unit roles in force that day as a table that import_unit_roles reads."""
    rows = UnitRole.objects.filter(in_force(on)).select_related("unit")
    return write_table(
        UNIT_ROLES,
        (
            [r.role, r.territory, r.unit.code, r.document, r.valid_from, r.valid_until]
            for r in rows.order_by("role", "territory")
        ),
    )


@transaction.atomic
def import_roster(*, content: bytes, actor: Actor, at: datetime) -> int:
    """
    Take in duty shifts (headings: ROSTER) and return how many rows changed something. A shift
    that is not in the table stays. Several deputies stand in one cell with 、 between, their
    numbers in the same order.

    :raises DomainError: as import_units; KEEP_UNITS is asked over each unit
    """
    faults = Faults()
    table = read_table(
        content, required=(UNIT, "日期类型", "开始时间", "结束时间", "带班领导", "值班电话", BEGINS)
    )
    known = unit_ids_by_code({row[UNIT] for row in table})
    there: dict[int, set[Shift]] = {}
    for pattern in DutyPattern.objects.filter(unit__in=known.values()).prefetch_related("deputies"):
        there.setdefault(pattern.unit_id, set()).add(shift_of(pattern))
    changed = 0
    for row in table:
        cells = Cells(row, faults)
        unit_id = cells.unit(UNIT, known, needed=True)
        kind = cells.term("日期类型", DayKind, needed=True)
        starts, ends = cells.time("开始时间"), cells.time("结束时间")
        begins, over = _period(cells, BEGINS, ENDS)
        said = {
            "leader": cells.text("带班领导", 40, needed=True),
            "phone": cells.text("值班电话", 40, needed=True),
        }
        deputies = cells.deputies("副班", "副班电话")
        on_date = cells.date("日期")
        if not (cells.is_sound and unit_id and kind and begins) or starts is None or ends is None:
            continue
        shift = Shift(
            day_kind=kind,
            starts=starts,
            ends=ends,
            on_date=on_date,
            period=Period(begins, over),
            deputies=deputies,
            **said,
        )
        if shift in there.get(unit_id, ()):
            continue
        with _faults_of(cells, "开始时间"):
            keep_duty_shift(unit_id=unit_id, shift=shift, actor=actor, at=at)
            changed += 1
    _refuse_if_any(faults)
    return changed


def export_roster(on: date) -> bytes:
    """Return the shifts in force that day as a table that import_roster reads."""
    rows = DutyPattern.objects.filter(in_force(on)).select_related("unit")
    rows = rows.prefetch_related("deputies")
    return write_table(
        ROSTER,
        (
            [
                r.unit.code,
                word_of(DayKind(r.day_kind)),
                r.on_date,
                f"{r.starts:%H:%M}",
                f"{r.ends:%H:%M}",
                r.leader,
                r.phone,
                *cells_of(shift_of(r).deputies),
                r.valid_from,
                r.valid_until,
            ]
            for r in rows.order_by("unit__code", "day_kind", "on_date", "starts")
        ),
    )


@transaction.atomic
def import_staff(*, content: bytes, actor: Actor, at: datetime) -> int:
    """
    Take in people and their appointments, a row each (headings: STAFF); return how many rows
    changed something. People and appointments that are not in the table stay as they are.

    :raises DomainError: as import_units, with APPOINT for KEEP_UNITS
    """
    require(actor, Power.APPOINT)
    faults = Faults()
    table = read_table(content, required=("用户名", "姓名"))
    known = unit_ids_by_code({row[UNIT] for row in table})
    users = {u.username: u for u in User.objects.filter(username__in={r["用户名"] for r in table})}
    first: dict[str, Row] = {}
    changed = 0
    for row in table:
        cells = Cells(row, faults)
        username = cells.text("用户名", 40, needed=True)
        said = NewAccount(
            username=username,
            display_name=cells.text("姓名", 40, needed=True),
            office_phone=cells.text("办公电话", 40),
        )
        before = first.setdefault(username, row)
        for heading in ("姓名", "办公电话"):
            if before[heading] != row[heading]:
                cells.fault(heading, "staff_row_differs", first=before.number)
        role = cells.term(ROLE, Role)
        unit_id = cells.unit(UNIT, known)
        territory = cells.division(TERRITORY)
        begins, ends = _period(cells, "任职日期", "离任日期", needed=bool(role))
        document = cells.text(DOCUMENT, 200)
        if not cells.is_sound:
            continue
        with _faults_of(cells, ROLE if before is not row else "用户名"):
            moved = False
            if username not in users:
                pk = open_account(account=said, actor=actor, at=at)
                users[username] = User.objects.get(pk=pk)
                moved = True
            user = users[username]
            told = (said.display_name, said.office_phone)
            if (user.display_name, user.office_phone) != told:
                amend_account(
                    user_id=user.pk,
                    display_name=said.display_name,
                    office_phone=said.office_phone,
                    actor=actor,
                    at=at,
                )
                user.display_name, user.office_phone = told
                moved = True
            if role and begins:
                asked = _Asked(role, unit_id, territory, document, begins, ends)
                moved |= _keep_appointment(user, asked, actor, at)
            changed += moved
    _refuse_if_any(faults)
    return changed


def export_staff(on: date) -> bytes:
    """Return people with the appointments in force that day, as import_staff reads them."""
    people = User.objects.filter(is_active=True, is_machine=False).order_by("username")
    held: dict[int, list[Appointment]] = {}
    rows = Appointment.objects.filter(in_force(on), user__in=people).select_related("unit")
    for row in rows.order_by("role", "unit__code", "territory"):
        held.setdefault(row.user_id, []).append(row)

    def lines() -> Iterator[list[Cell]]:
        for user in people:
            who: list[Cell] = [user.username, user.display_name, user.office_phone]
            for row in held.get(user.pk, []):
                code = row.unit.code if row.unit else ""
                what = [word_of(Role(row.role)), code, row.territory, row.document]
                yield [*who, *what, row.valid_from, row.valid_until]
            if user.pk not in held:
                yield who

    return write_table(STAFF, lines())


@transaction.atomic
def import_role_powers(*, content: bytes, actor: Actor, at: datetime) -> int:
    """
    Make a table (headings: ROLE_POWERS) what the roles may do from today; return how many
    rows changed.

    :raises DomainError: as import_units, with APPOINT for KEEP_UNITS
    """
    require(actor, Power.APPOINT)
    faults = Faults()
    words = _power_words()
    powers = {word: code for code, word in words.items()} | {code: code for code in words}
    read = []
    for row in read_table(content, required=ROLE_POWERS):
        cells = Cells(row, faults)
        role = cells.term(ROLE, Role, needed=True)
        power = cells.text("权限", 40, needed=True)
        if power and power not in powers:
            cells.fault("权限", "value_unknown", value=power)
        elif role:
            read.append((str(role), powers.get(power, "")))
    _refuse_if_any(faults)
    return load_role_powers(rows=read, actor=actor, at=at)


def export_role_powers(on: date) -> bytes:
    """Return what the roles may do that day, as import_role_powers reads it."""
    rows = RolePower.objects.filter(in_force(on)).order_by("role", "power")
    words = _power_words()
    return write_table(
        ROLE_POWERS, ([word_of(Role(row.role)), words.get(row.power, row.power)] for row in rows)
    )


@dataclass(frozen=True, slots=True)
class _Asked:
    role: Role
    unit_id: int | None
    territory: str
    document: str
    begins: date
    ends: date | None


def _keep_appointment(user: User, asked: _Asked, actor: Actor, at: datetime) -> bool:
    same = user.appointments.filter(
        role=asked.role, unit=asked.unit_id, territory=asked.territory, valid_from=asked.begins
    )
    row = same.order_by("-pk").first()
    if row and row.valid_until == asked.ends:
        return False
    if row and (row.valid_until or asked.ends is None):
        raise AppointmentTwice(role=asked.role)
    if row and asked.ends:
        end_appointment(appointment_id=row.pk, on=asked.ends, actor=actor, at=at)
        return True
    appoint(
        user_id=user.pk,
        role=asked.role,
        unit_id=asked.unit_id,
        territory=asked.territory,
        valid_from=asked.begins,
        valid_until=asked.ends,
        document=asked.document,
        actor=actor,
        at=at,
    )
    return True


def _unit_rows(table: list[Row], faults: Faults) -> dict[str, _UnitRow]:
    rows: dict[str, _UnitRow] = {}
    first: dict[str, int] = {}
    for row in table:
        cells = Cells(row, faults)
        code = cells.text(UNIT, 40, needed=True)
        if code in first:
            cells.fault(UNIT, "value_repeated", value=code, first=first[code])
        first.setdefault(code, row.number)
        kind = cells.term("类型", UnitKind, needed=True)
        level = cells.term("层级", UnitLevel, needed=True)
        begins, ends = _period(cells, BEGINS, ENDS)
        name = cells.text("单位名称", 80, needed=True)
        short_name = cells.text("简称", 40)
        face = cells.text("标识字", 2)
        service_line = cells.term("服务类别", ServiceLine)
        tier = cells.number("联动层级")
        territory = cells.division(TERRITORY)
        is_desk = cells.flag("派单台")
        source = cells.text("名称出处", 200)
        source_on = cells.date("查证日期")
        illustrative = cells.flag("示意")
        ending = read_ending(cells, ends)
        if not (cells.is_sound and kind and level and begins):
            continue
        details = UnitDetails(
            kind=kind,
            level=level,
            service_line=service_line,
            tier=tier,
            territory=territory,
            is_desk=is_desk,
            source=source,
            source_on=source_on,
            illustrative=illustrative,
        )
        new = NewUnit(
            code=code,
            name=name,
            short_name=short_name or name[:40],
            face=face or (short_name or name)[:2],
            details=details,
            valid_from=begins,
        )
        rows[code] = _UnitRow(new, ending, cells)
    return rows


def _all_there(row: _UnitRow, known: Mapping[str, Unit], named: Collection[str]) -> bool:
    """Tell whether all are there that follow; a row at fault is no second fault here."""
    missing = [code for code in row.ending.successors if code not in known] if row.ending else []
    for code in missing:
        if code not in named:
            row.cells.fault(SUCCESSORS, "value_unknown", value=code)
    return not missing


def _keep_unit(row: _UnitRow, unit: Unit | None, actor: Actor, at: datetime) -> bool:
    if unit is None:
        open_unit(unit=row.new, actor=actor, at=at)
        return True
    if unit.valid_from != row.new.valid_from:
        row.cells.fault(BEGINS, "unit_start_differs", since=unit.valid_from.isoformat())
    changed = details_of(unit) != row.new.details
    if changed:
        amend_unit(unit_id=unit.pk, details=row.new.details, actor=actor, at=at)
    today = localdate(at)
    name = _of_day(unit.names.all(), today)
    said = (row.new.name, row.new.short_name, row.new.face)
    if (name.name, name.short_name, name.face) != said:
        rename_unit(
            unit_id=unit.pk,
            name=row.new.name,
            short_name=row.new.short_name,
            face=row.new.face,
            on=max(today, unit.valid_from),
            actor=actor,
            at=at,
        )
        changed = True
    return changed


def _keep_parent(
    unit: Unit, parent: Unit | None, relation: ParentRelation, actor: Actor, at: datetime
) -> bool:
    today = localdate(at)
    if unit.valid_until and unit.valid_until <= today:
        return False
    on = max(today, unit.valid_from)
    ever = [edge for edge in unit.parents.all() if edge.relation == relation]
    held = {e.parent_id for e in ever if Period(e.valid_from, e.valid_until).holds(on)}
    if held == ({parent.pk} if parent else set()):
        return False
    if parent is not None and not ever:  # as it has been since both are there
        on = max(unit.valid_from, parent.valid_from)
    parent_id = parent.pk if parent else None
    move_unit(unit_id=unit.pk, parent_id=parent_id, relation=relation, on=on, actor=actor, at=at)
    return True


def _units_by_code(codes: Iterable[str]) -> dict[str, Unit]:
    """Read at once what the rows are compared with."""
    found = Unit.objects.filter(code__in=set(codes)).prefetch_related("names", "parents")
    return {unit.code: unit for unit in found}


def _of_day(names: Iterable[UnitName], day: date) -> UnitName:
    """Return the name that holds that day, else the last one that held."""
    in_order = sorted(names, key=lambda name: (name.valid_from, name.pk))
    holding = [name for name in in_order if Period(name.valid_from, name.valid_until).holds(day)]
    return (holding or in_order)[-1]


def _period(
    cells: Cells, begins: str, ends: str, *, needed: bool = True
) -> tuple[date | None, date | None]:
    start, end = cells.date(begins, needed=needed), cells.date(ends)
    if start and end and end <= start:
        cells.fault(ends, "value_invalid", value=end.isoformat())
    return start, end


def _power_words() -> dict[str, str]:
    with translation.override("zh-hans"):
        return {code: str(word) for code, word in TERMS["power"].items()}


def _yes(flag: bool) -> str:
    return "是" if flag else ""


def _refuse_if_any(faults: Faults) -> None:
    faults.found.sort(key=lambda fault: fault.row)  # several passes found them
    faults.refuse_if_any()


@contextmanager
def _faults_of(cells: Cells, heading: str) -> Iterator[None]:
    """Note a refused row and go on with the next one; its action took back what it did."""
    try:
        yield
    except DomainError as error:
        cells.faults.add_error(cells.row.number, heading, error)
