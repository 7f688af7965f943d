"""How each door is knocked at by somebody who knows what to say: what follows is about who."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http.response import HttpResponseBase
from django.utils.timezone import localdate

from chengshao.catalog.terms import EvidenceKind
from chengshao.places.queries.redrawing import grids_ever
from chengshao.workorders.rules.book import CASE_MOVES
from chengshao.workorders.terms import (
    Need,
    Principle,
    Side,
    TaskCommand,
    TaskKind,
    TaskMove,
    TaskState,
)
from config.access import MOVES, About, Door
from tests.architecture.access.world import (
    MAPPING,
    NOBODY,
    NOBODY_HERE,
    OLD_CASES,
    PHONE,
    STATE_OF_TASK,
    Caller,
    Case,
    State,
    World,
    own_unit,
    photo,
)
from tests.district import MANHOLE, NO_WATER, QINGBOMEN

Data = dict[str, Any]
API = "api/v1/"
_KEY = UUID(int=7).hex
_RATING = {"resolution": "RESOLVED", "satisfaction": "SATISFIED"}
# These moves have doors of their own, where matter or units are named.
_NEEDS_MORE = ("REGISTER", "ANSWER_DIRECTLY", "DISPATCH")
_SOON = str(localdate() + timedelta(days=20))


@dataclass(frozen=True, slots=True)
class Knock:
    """What is sent, where the case must stand, and what the welcome looks like."""

    send: Callable[[World, Case], Data] = lambda world, case: {}
    state: State = State.DISPATCHED
    welcome: int = 0  # the status for whom the door opens; 0: 200, or 302 after a page's POST
    changes: bool = True  # whether a welcome POST leaves a trace in the database
    query: str = ""
    to_named: int = 0  # the answer where a case is not open to whole units, if another


def _said(**data: Any) -> Callable[[World, Case], Data]:
    return lambda world, case: data


def _file(table: str) -> Callable[[World, Case], Data]:
    def send(world: World, case: Case) -> Data:
        content = table.format(today=localdate()).encode()
        return {"file": SimpleUploadedFile("t.csv", content), "valid_from": str(localdate())}

    return send


def _redrawing(world: World, case: Case) -> Data:
    standing = grids_ever(QINGBOMEN)
    codes = [record.code for record in standing.last]
    day = str(localdate())
    return {"codes": codes, "valid_from": day, "basis": "纪要（示意）", "mark": standing.mark}


def _photo(**more: str) -> Callable[[World, Case], Data]:
    return lambda world, case: {"file": SimpleUploadedFile("p.jpg", photo()), **more}


def _seen(**data: Any) -> Callable[[World, Case], Data]:
    return lambda world, case: {"seen_revision": case.revision, **data}


def _written(name: str, unit: str) -> Callable[[World, Case], Data]:
    """Write to a citizen for a unit; the page and the API name it differently."""
    return lambda world, case: {"words": "周五前修好", name: getattr(world.district, unit)}


def _dispatch(lead: str) -> Callable[[World, Case], Data]:
    """Name a lead that no case is about; the page and the API call it differently."""
    return lambda world, case: {
        "seen_revision": case.revision,
        lead: world.district.parks,
        "principle": Principle.BY_AGREEMENT,
        "basis": "联席会议纪要（示意）",
    }


def _move(row: TaskMove, *, page: bool) -> Callable[[World, Case], Data]:
    """Give all that the row needs; the page and the API call it differently."""

    def send(world: World, case: Case) -> Data:
        said: Data = {"reason": "说明"} if Need.REASON in (*row.needs, *row.may) else {}
        if Need.REPLY in row.needs:
            said["reply"] = "已修好"
        if Need.ASKED_UNITS in row.needs:
            inside = row.command == TaskCommand.SUBASSIGN
            asked = world.district.squad if inside else world.district.office
            said["asked" if page else "asked_unit_ids"] = [asked]
        if Need.DATE in row.needs:
            said["until"] = _SOON
        if Need.CLOSING in row.needs:
            said["closing"] = "SOLVED" if page else {"kind": "SOLVED"}
        revision = case.tasks[row.kind][1]
        return said | {"command": row.command, "seen_revision": revision}

    return send


def _state_before(row: TaskMove) -> State:
    if row.side is Side.ASKER and row.kind == TaskKind.SUBASSIGNED:
        return State.SUBASSIGNING
    if row.command == TaskCommand.RESUME:
        return State.SUSPENDED
    return STATE_OF_TASK[TaskKind(row.kind), TaskState(row.source)]


def _case_move(command: str) -> Knock:
    """One command on the case as a whole."""
    states = {"DECLINE": State.REPORTED, "ASK_OUTER_RETURN": State.OUTER_REPORTED}
    declines = {"reply": "不归我们", "ground": "BEYOND_GOVERNMENT"} if command == "DECLINE" else {}
    said = _seen(command=command, reason="说明", **declines)
    # The cases of this world ended long ago, and were looked at.
    refused = command in ("REOPEN", "TAKE_SAMPLE")
    return Knock(
        said, states.get(command, State.CLOSED), welcome=409 * refused, changes=not refused
    )


def _into_another(world: World, case: Case) -> Data:
    other = world.cases[State.REGISTERED, case.sort]
    return {"seen_revision": case.revision, "into": other.number, "reason": "同一件"}


def _new_unit(world: World, case: Case) -> Data:
    words = {"code": "lamps", "name": "路灯所", "kind": "DEPARTMENT", "level": "DISTRICT"}
    return words | {"on": str(localdate()), "parent": "office"}


def _appointment(world: World, case: Case) -> Data:
    return {"role": "CHECKER", "unit": "centre", "valid_from": str(localdate())}


def _report(world: World, case: Case) -> Data:
    return {"client_key": _KEY, "channel": "PORTAL", "words": "路灯不亮"}


def _old_cases(world: World, case: Case) -> Data:
    table = SimpleUploadedFile("old.csv", OLD_CASES.replace("A-1", "A-2").encode())
    return {"file": table, "mapping": SimpleUploadedFile("map.yaml", MAPPING.encode())}


def _item(**more: Any) -> Callable[[World, Case], Data]:
    """Write what the caller's own unit, which is added, answers from now on."""
    words = {"kind": "ANSWER", "title": "路灯不亮", "answer": "马上修。", "source": "示意"}
    return _said(**words, valid_from="2026-01-01T00:00", **more)


_ASKED_TO_ERASE = _said(reason="诉求人来函要求删除")
_EVIDENCE = _photo(evidence_kind=EvidenceKind.PHOTO_AFTER)
_RENAME = _said(name="西湖边办事处", on=str(localdate()))
_DAY = {"day": "2026-12-24", "kind": "CITY_REST", "name": "停工", "source": "示意"}
_UNITS = "单位代码,单位名称,类型,层级,启用日期\nlamps,路灯所,职能部门,区级,{today}\n"
_ROLES = "单位角色,行政区划代码,单位代码,启用日期\n路灯,,parks,{today}\n"
_ROSTER = (
    "单位代码,日期类型,日期,开始时间,结束时间,带班领导,值班电话,启用日期\n"
    "parks,工作日,,08:00,20:00,示意,0571-00000000,{today}\n"
)
_MESSAGES = "消息,内容\n收到诉求,编号{{number}}收到了\n"
_STAFF = "用户名,姓名,岗位,单位代码,任职日期\nnewcomer,新人,核查员,centre,{today}\n"
_POWERS = "岗位,权限\n安全管理员,APPOINT\n系统管理员,KEEP_UNITS\n"

_CASE_CALL = "desk/cases/<str:number>/calls/<int:report_id>/<str:command>"
_CALLS = ("ASK_PROGRESS", "CHASE", "SUPPLEMENT", "WITHDRAW", "MARK_NUISANCE")

KNOCKS: Mapping[tuple[str, str, str], Knock] = (
    {
        ("GET", "healthz", ""): Knock(welcome=503),  # no worker runs beside the tests
        ("POST", "language", ""): Knock(_said(language="en"), changes=False),
        ("POST", "look", ""): Knock(_said(name="theme", value="dark"), changes=False),
        ("GET", API, ""): Knock(welcome=404),
        ("POST", "sign-in", ""): Knock(_said(username="x", password="y"), welcome=422),
        ("POST", "sign-out", ""): Knock(changes=False),
        ("POST", "password", ""): Knock(_said(old="x"), welcome=422, changes=False),
        ("POST", "preferences", ""): Knock(_said(theme="dark")),
        ("POST", "units/new", ""): Knock(_new_unit),
        ("POST", "units/<int:unit_id>/<slug:command>", ""): Knock(_RENAME),
        ("POST", "staff/new", ""): Knock(_said(username="new", display_name="新人")),
        ("POST", "staff/<int:user_id>/", ""): Knock(_appointment),
        ("POST", "staff/<int:user_id>/password", ""): Knock(welcome=200),
        ("POST", "machines/", ""): Knock(_said(username="m2", display_name="接口")),
        ("POST", "machines/<int:user_id>/token", ""): Knock(
            _said(label="用途", powers="REPORT", expires_on=str(localdate() + timedelta(days=30))),
            welcome=200,
        ),
        ("POST", "people/tables/<slug:name>", "units"): Knock(_file(_UNITS)),
        ("POST", "people/tables/<slug:name>", "unit-roles"): Knock(_file(_ROLES)),
        ("POST", "people/tables/<slug:name>", "roster"): Knock(_file(_ROSTER)),
        ("POST", "people/tables/<slug:name>", "staff"): Knock(_file(_STAFF)),
        ("POST", "people/tables/<slug:name>", "role-powers"): Knock(_file(_POWERS)),
        ("POST", "places/files/<slug:name>", ""): Knock(_file("代码,名称\n330102009000,新街道\n")),
        # Nothing is planned in this world.
        ("POST", "places/<division:code>/grids/take-back", ""): Knock(
            _redrawing, welcome=409, changes=False
        ),
        ("POST", "places/<division:code>/grids/<slug:name>", ""): Knock(
            _redrawing, welcome=200, changes=False
        ),
        ("POST", "places/<division:code>/grids/<slug:name>/store", ""): Knock(_redrawing),
        ("POST", "imports/", ""): Knock(_old_cases),
        # A notice is for whom it is to alone; none has failed in this world.
        ("POST", "notices/<int:notice_id>/open", ""): Knock(welcome=404, changes=False),
        ("POST", "notices/read", ""): Knock(changes=False),
        ("POST", "notices/preferences", ""): Knock(_said(wanted="OVERDUE-IN_APP")),
        ("POST", "notices/out/<int:notice_id>/resend", ""): Knock(
            _said(reason="网关已修好"), welcome=404, changes=False
        ),
        ("POST", "notices/out/budget", ""): Knock(
            _said(
                per_day=2,
                per_week=5,
                quiet_from="20:00",
                quiet_until="09:00",
                valid_from=str(localdate()),
            )
        ),
        ("POST", "notices/out/table", ""): Knock(
            _file("消息,内容\n收到诉求,编号{{number}}收到了\n")
        ),
        ("POST", "notices/out/messages/<slug:kind>", ""): Knock(
            _said(text="编号{number}有结果了", valid_from=str(localdate()))
        ),
        ("POST", f"{API}notices/<notice_id>/read", ""): Knock(welcome=404, changes=False),
        # Nothing was ticked: it leads back to the list.
        ("GET", "desk/queue/<slug:name>/together", "register"): Knock(welcome=302),
        ("GET", "desk/queue/<slug:name>/together", "dispatch"): Knock(welcome=302),
        ("GET", "desk/queue/<slug:name>/together", "returns"): Knock(welcome=302),
        ("POST", "desk/queue/<slug:name>/together", "register"): Knock(changes=False),
        ("POST", "desk/queue/<slug:name>/together", "dispatch"): Knock(changes=False),
        ("POST", "desk/queue/<slug:name>/together", "returns"): Knock(changes=False),
        ("POST", "desk/together/recall", ""): Knock(changes=False),
        # Each unit reads its own log; nothing was left open or handed over in this world.
        ("POST", "duty/", ""): Knock(_said(words="电梯困人")),
        ("POST", "duty/log/<int:entry_id>/settle", ""): Knock(welcome=404, changes=False),
        ("POST", "duty/handover/", ""): Knock(welcome=409, changes=False),
        ("GET", "duty/handover/<int:hand_over_id>/", ""): Knock(welcome=404),
        ("GET", "duty/handover/<int:hand_over_id>/print", ""): Knock(welcome=404),
        ("POST", "duty/handover/<int:hand_over_id>/take", ""): Knock(welcome=404, changes=False),
        ("GET", f"{API}duty/hand-overs/<hand_over_id>", ""): Knock(welcome=404),
        ("POST", "imports/<int:import_id>/names", ""): Knock(
            _said(**{"told-UNIT-0": NOBODY_HERE, "UNIT-0": "无"})
        ),
        ("GET", f"{API}places/search", ""): Knock(query="q=清波"),
        ("GET", f"{API}places/locate", ""): Knock(query="lng=120.1505&lat=30.2405"),
        ("GET", f"{API}places/grids", ""): Knock(query="bbox=120.1,30.2,120.2,30.3"),
        ("POST", "catalog/calendar/day", ""): Knock(_said(**_DAY)),
        ("POST", "catalog/calendar/day/clear", ""): Knock(_said(day="2026-10-01")),
        ("POST", "catalog/calendar/year", ""): Knock(_said(year="2027", source="示意")),
        ("POST", "catalog/calendar/hours", ""): Knock(
            _said(spans="09:00-12:00 13:00-17:00", valid_from="2027-01-01", source="示意")
        ),
        ("POST", "catalog/tables/<slug:name>", ""): Knock(
            _file("日期,类别,名称,依据\n2027-06-01,本市休息,示意,示意\n")
        ),
        ("GET", "catalog/versions/<slug:name>", ""): Knock(query="row=0", welcome=404),
        ("POST", "administration/table", ""): Knock(welcome=422, changes=False),
        ("POST", "administration/rows/<slug:name>", ""): Knock(
            lambda world, case: {
                "kind": "CHECK",
                "limit": "3工作时",
                "basis": "示意",
                "valid_from": str(localdate()),
            }
        ),
        # Nothing is drafted in this world.
        ("GET", "administration/drafts/<int:draft_id>", ""): Knock(welcome=404),
        ("POST", "administration/drafts/<int:draft_id>/check", ""): Knock(
            welcome=404, changes=False
        ),
        ("POST", "administration/drafts/<int:draft_id>/in-force", ""): Knock(
            welcome=404, changes=False
        ),
        ("POST", "administration/drafts/<int:draft_id>/drop", ""): Knock(
            welcome=404, changes=False
        ),
        ("GET", f"{API}catalog/matters", ""): Knock(query="q=井盖"),
        ("POST", "knowledge/items/<str:code>/wrong", ""): Knock(_said(words="还是不对")),
        ("POST", "knowledge/missing", ""): Knock(_said(words="电动车上牌")),
        ("POST", "knowledge/table", ""): Knock(welcome=422, changes=False),
        ("POST", "knowledge/new", ""): Knock(_item(seen_number=0)),
        ("POST", "knowledge/items/<str:code>/change", ""): Knock(_item(seen_number=1)),
        ("POST", "knowledge/items/<str:code>/withdraw", ""): Knock(_said(seen_number="1")),
        ("POST", "knowledge/waiting/<int:correction_id>/answer", ""): Knock(_said(words="没错")),
        ("POST", "knowledge/waiting/<int:correction_id>/assign", ""): Knock(
            _said(unit="区供水公司")
        ),
        ("POST", f"{API}knowledge/corrections", ""): Knock(_said(words="电动车上牌")),
        ("POST", "desk/intake/known", ""): Knock(
            _said(words="井盖坏了"), welcome=200, changes=False
        ),
        ("POST", "desk/intake/known/<int:version_id>", ""): Knock(
            _said(client_key=_KEY), welcome=200
        ),
        ("GET", "desk/map/cases", ""): Knock(query="bbox=120.1,30.2,120.2,30.3&zoom=13"),
        ("GET", "desk/map/list", ""): Knock(query="bbox=120.1,30.2,120.2,30.3&zoom=13"),
        ("GET", "desk/palette", ""): Knock(query="q=人行道"),
        ("POST", "desk/views/", ""): Knock(_said(name="我的", query="standing=OPEN", unit="")),
        ("POST", "desk/views/<int:view_id>/drop", ""): Knock(welcome=404, changes=False),
        ("GET", "desk/cases/<str:number>/package.zip", ""): Knock(state=State.CLOSED),
        ("POST", "desk/sheets/", ""): Knock(changes=False),
        ("GET", "desk/find/matters", ""): Knock(query="q=井盖"),
        ("GET", "desk/find/places", ""): Knock(query="q=清波"),
        ("GET", "desk/find/people", ""): Knock(query="find_person=城市"),
        # Whose account is closed can neither be named nor taken back.
        ("POST", "desk/cases/<str:number>/persons", ""): Knock(
            lambda world, case: {"person": f"{world.closed_user}-1", "reason": "要办"},
            welcome=422,
            changes=False,
        ),
        ("POST", "desk/cases/<str:number>/persons/end", ""): Knock(
            lambda world, case: {"person": f"{world.closed_user}-1", "reason": "不办了"},
            welcome=409,
            changes=False,
        ),
        ("POST", f"{API}workorders/<number>/persons", ""): Knock(
            lambda world, case: {"user_id": world.closed_user, "unit_id": 1, "reason": "要办"},
            welcome=422,
            changes=False,
        ),
        ("POST", f"{API}workorders/<number>/persons/end", ""): Knock(
            lambda world, case: {"user_id": world.closed_user, "unit_id": 1, "reason": "不办了"},
            welcome=409,
            changes=False,
        ),
        ("GET", "desk/find/units", ""): Knock(query="q=城市"),
        ("POST", "desk/cases/<str:number>/register", ""): Knock(
            _seen(matter=MANHOLE), State.REPORTED
        ),
        ("POST", "desk/cases/<str:number>/reports/<int:report_id>/qualify", ""): Knock(
            _seen(about="窗口人员"), State.REPORTED
        ),
        ("POST", f"{API}workorders/<number>/reports/<report_id>/qualify", ""): Knock(
            _seen(complained_about="窗口人员"), State.REPORTED, welcome=204
        ),
        # None of these is about a unit: whoever may take one off is told so.
        ("POST", "desk/cases/<str:number>/reports/<int:report_id>/take-off", ""): Knock(
            _seen(reason="记错了"), State.REPORTED, welcome=409, changes=False
        ),
        ("POST", f"{API}workorders/<number>/reports/<report_id>/take-off", ""): Knock(
            _seen(reason="记错了"), State.REPORTED, welcome=409, changes=False
        ),
        ("POST", "desk/cases/<str:number>/register", "directly"): Knock(
            _seen(matter=MANHOLE, and_dispatch="1"), State.REPORTED
        ),
        ("POST", "desk/cases/<str:number>/dispatch", ""): Knock(
            _dispatch("lead"), State.REGISTERED
        ),
        ("POST", "desk/cases/<str:number>/answer", ""): Knock(
            _seen(matter=MANHOLE, reply="这样办"), State.REPORTED
        ),
        ("POST", "desk/cases/<str:number>/merge", ""): Knock(_into_another, State.REPORTED),
        ("POST", "desk/cases/<str:number>/undo-merge", ""): Knock(
            _seen(reason="不是一件"), State.MERGED
        ),
        ("POST", "desk/tasks/<int:task_id>/call", ""): Knock(
            lambda world, case: {"report": case.report_id, "result": "NOBODY"}
        ),
        ("POST", "desk/cases/<str:number>/contact/<int:report_id>", ""): Knock(
            _said(purpose="核实位置"), welcome=200
        ),
        ("POST", "desk/tasks/<int:task_id>/evidence", ""): Knock(_EVIDENCE, State.ASKS_EVIDENCE),
        **{
            ("POST", "desk/intake/calls/<int:report_id>/<str:command>", f"call {command}"): Knock(
                _said(words="来电"), welcome=200
            )
            for command in _CALLS
        },
        **{
            ("POST", _CASE_CALL, f"call {command}"): Knock(_said(words="来电"))
            for command in _CALLS
        },
        **{
            ("POST", route, "call UNMARK_NUISANCE"): Knock(  # nothing is marked in this world
                _said(words="说错了"), welcome=409, changes=False
            )
            for route in (_CASE_CALL, "desk/intake/calls/<int:report_id>/<str:command>")
        },
        ("POST", f"{API}reports/<report_id>/nuisance", ""): Knock(_said(reason="来电")),
        ("POST", f"{API}reports/<report_id>/unmark-nuisance", ""): Knock(
            _said(reason="说错了"), welcome=409, changes=False
        ),
        **{
            ("POST", route, voice): Knock(said, state, welcome=welcome)
            for route, name, welcome in (
                ("desk/cases/<str:number>/write/<int:report_id>", "unit", 302),
                (f"{API}reports/<report_id>/write", "unit_id", 200),
            )
            for voice, said, state in (
                ("for the desk", _written(name, "centre"), State.REPORTED),
                ("for a lead", _written(name, "roads"), State.ACKNOWLEDGED),
            )
        },
        ("POST", "slips/<int:report_id>/", ""): Knock(welcome=200),
        ("POST", _CASE_CALL, "call VOID_RATING"): Knock(  # nobody has rated those cases
            _said(words="有人打电话"), State.CLOSED, welcome=409, changes=False
        ),
        ("POST", _CASE_CALL, "call REOPEN"): Knock(
            _said(words="没好"), State.CLOSED, welcome=409, changes=False
        ),
        ("POST", "desk/intake/", ""): Knock(
            _said(client_key=_KEY, channel="HOTLINE", words="路灯不亮", place="路口")
        ),
        ("POST", "desk/intake/caller", ""): Knock(_said(phone=PHONE), welcome=200),
        ("POST", "desk/intake/alike", ""): Knock(
            _said(words="人行道上出了事"), welcome=200, changes=False
        ),
        ("POST", "desk/intake/matters", ""): Knock(_said(words="井盖"), welcome=200, changes=False),
        ("GET", "desk/intake/places", ""): Knock(query="place=清波"),
        ("POST", "desk/intake/places", ""): Knock(
            _said(words="清波门社区的路灯不亮"), welcome=200, changes=False
        ),
        ("GET", "desk/intake/units", ""): Knock(query="about=城市"),
        # A receipt is for who took the report down alone.
        ("GET", "desk/intake/taken/<int:report_id>/", ""): Knock(welcome=404),
        # No matter is recorded on the spot in this world: whoever may is told so.
        ("POST", "desk/fixed/", ""): Knock(
            _said(client_key=_KEY, matter=MANHOLE), welcome=409, changes=False
        ),
        ("POST", f"{API}reports/fixed", ""): Knock(
            _said(client_key=_KEY, matter=MANHOLE, words="井盖歪了", reply="扶正了"),
            welcome=409,
            changes=False,
        ),
        ("POST", f"{API}reports/<report_id>/chase", ""): Knock(_said(words="还没好")),
        ("POST", f"{API}reports/<report_id>/supplement", ""): Knock(_said(words="还漏水")),
        ("POST", f"{API}reports/<report_id>/progress", ""): Knock(_said(words="在办")),
        # The cases of this world ended long ago: who may have them go on is told so.
        ("POST", f"{API}reports/<report_id>/reopen", ""): Knock(
            _said(words="没好"), State.CLOSED, welcome=409, changes=False
        ),
        ("POST", "desk/intake/calls/<int:report_id>/<str:command>", "call REOPEN"): Knock(
            _said(words="没好"), State.CLOSED, welcome=409, changes=False
        ),
        ("POST", "desk/intake/calls/<int:report_id>/<str:command>", "call RATE"): Knock(
            _said(**_RATING), State.CLOSED, welcome=200
        ),
        ("POST", f"{API}reports/<report_id>/withdraw", ""): Knock(_said(reason="来电")),
        ("POST", f"{API}reports/<report_id>/rating", ""): Knock(_said(**_RATING), State.CLOSED),
        ("POST", f"{API}workorders/<number>/register", ""): Knock(
            _seen(matter=NO_WATER), State.REPORTED
        ),
        ("POST", f"{API}workorders/<number>/dispatch", ""): Knock(
            _dispatch("lead_unit_id"), State.REGISTERED
        ),
        ("POST", f"{API}workorders/<number>/direct-answer", ""): Knock(
            _seen(matter=NO_WATER, reply="这样办"), State.REPORTED
        ),
        ("POST", f"{API}workorders/<number>/merge", ""): Knock(_into_another, State.REPORTED),
        ("POST", f"{API}workorders/<number>/undo-merge", ""): Knock(
            _seen(reason="不是一件"), State.MERGED
        ),
        ("POST", f"{API}field/checks/<task_id>", ""): Knock(
            lambda world, case: {
                "client_key": _KEY,
                "seen_revision": case.tasks[TaskKind.CHECK][1],
                "command": "PASS",
            },
            State.ANSWERED,
        ),
        ("POST", f"{API}field/checks/<task_id>/notes", ""): Knock(
            _said(client_key=_KEY, words="现场看过"), State.ANSWERED
        ),
        ("POST", f"{API}field/fixed", ""): Knock(
            _said(client_key=_KEY, matter=MANHOLE), welcome=409, changes=False
        ),
        ("POST", f"{API}field/reports", ""): Knock(_said(client_key=_KEY, words="路灯不亮")),
        # Nothing came before to which a picture could belong.
        ("POST", f"{API}field/photos", ""): Knock(
            _photo(client_key=_KEY, of="x"), welcome=404, changes=False
        ),
        ("POST", f"{API}tasks/<task_id>/contacts", ""): Knock(
            lambda world, case: {"report_id": case.report_id, "result": "NOBODY"}
        ),
        ("POST", f"{API}tasks/<task_id>/evidence", ""): Knock(_EVIDENCE, State.ASKS_EVIDENCE),
        **{
            ("POST", "desk/cases/<str:number>/erase/<slug:what>/<int:key>", f"erase {what}"): Knock(
                _ASKED_TO_ERASE
            )
            for what in ("report", "note", "file")
        },
        ("POST", f"{API}workorders/<number>/reports/<report_id>/erase", ""): Knock(_ASKED_TO_ERASE),
        ("POST", f"{API}workorders/<number>/history/<seq>/erase", ""): Knock(_ASKED_TO_ERASE),
        ("POST", f"{API}workorders/<number>/attachments/<attachment_id>/erase", ""): Knock(
            _ASKED_TO_ERASE
        ),
        ("POST", f"{API}workorders/<number>/reports/<report_id>/contact", ""): Knock(
            _said(purpose="核实位置")
        ),
        ("POST", f"{API}reports/<report_id>/files", ""): Knock(_photo()),
        ("POST", f"{API}workorders/<number>/register-and-dispatch", ""): Knock(
            _seen(matter=MANHOLE), State.REPORTED
        ),
        ("POST", "desk/cases/<str:number>/remark", ""): Knock(_said(words="物业下午回话")),
        ("POST", f"{API}workorders/<number>/remarks", ""): Knock(_said(words="物业下午回话")),
        ("POST", f"{API}workorders/<number>/copies", ""): Knock(
            lambda world, case: {
                "seen_revision": case.revision,
                "unit_ids": [world.district.office],
            },
            to_named=409,
        ),
        ("POST", f"{API}callers", ""): Knock(_said(phone=PHONE)),
        ("POST", f"{API}follow/<token>/chase", ""): Knock(_said(words="还没好")),
        ("POST", f"{API}follow/<token>/supplement", ""): Knock(_said(words="还漏水")),
        ("POST", f"{API}follow/<token>/read", ""): Knock(state=State.CLOSED),
        ("POST", f"{API}follow/<token>/rate", ""): Knock(_said(**_RATING), State.CLOSED),
        ("POST", f"{API}follow/<token>/void-rating", ""): Knock(
            _said(words="有人打电话"), State.CLOSED, welcome=409, changes=False
        ),
        # As on the page: those cases ended long ago.
        ("POST", f"{API}follow/<token>/reopen", ""): Knock(
            _said(words="没好"), State.CLOSED, welcome=409, changes=False
        ),
        ("POST", f"{API}follow/<token>/withdraw", ""): Knock(_said(words="好了")),
        ("POST", f"{API}reports", "without a name"): Knock(_report),
        ("POST", f"{API}reports", "signed in"): Knock(_report),
        ("POST", "report/", ""): Knock(
            _said(client_key=_KEY, words="路灯不亮", place="路口", phone="13800138000")
        ),
        # Without a picture there is nothing to keep.
        ("POST", "report/photo", ""): Knock(_said(client_key=_KEY), welcome=200, changes=False),
        ("POST", "r/<str:token>/rate", ""): Knock(_said(**_RATING), State.CLOSED),
        ("POST", "r/<str:token>/withdraw", ""): Knock(_said(reason="好了")),
        ("POST", "r/<str:token>/chase", ""): Knock(_said(words="还没好")),
        ("POST", "r/<str:token>/supplement", ""): Knock(
            lambda world, case: {"photo": SimpleUploadedFile("p.jpg", photo())}
        ),
        ("POST", "r/<str:token>/urged", ""): Knock(
            _said(words="有人打电话"), State.CLOSED, changes=False
        ),
        # The cases of this world ended long ago: it is too late, and the page says so.
        ("POST", "r/<str:token>/reopen", ""): Knock(
            _said(words="没好"), State.CLOSED, changes=False
        ),
        ("POST", "r/<str:token>/read", ""): Knock(state=State.CLOSED),
    }
    | {
        ("POST", route, f"{m.kind} {m.source} {m.command}"): Knock(
            _move(m, page=route.startswith("desk")),
            _state_before(m),
            welcome=409 if m.command in _NEEDS_MORE else 0,
            changes=m.command not in _NEEDS_MORE,
        )
        for route in ("desk/tasks/<int:task_id>/<str:command>", f"{API}tasks/<task_id>/moves")
        for m in MOVES
    }
    | {
        ("POST", route, f"{m.sources[0]} {m.command}"): _case_move(m.command)
        for route in (
            "desk/cases/<str:number>/moves/<str:command>",
            f"{API}workorders/<number>/moves",
        )
        for m in CASE_MOVES
        if not m.by_itself
    }
)


def knock_of(door: Door) -> Knock:
    return KNOCKS.get((door.method, door.route, door.variant), Knock())


def welcome(door: Door) -> int:
    """Return the status that says: come in."""
    after = 302 if door.method == "POST" and not door.route.startswith(API) else 200
    return knock_of(door).welcome or after


def knock(
    door: Door, world: World, caller: Caller, case: Case, *, csrf: bool = False, token: str = ""
) -> HttpResponseBase:
    """Send what the door expects, as this caller, about this case."""
    asked = knock_of(door)
    path = _filled(door, world, case, token or case.token, caller)
    client = caller.client(csrf=csrf)
    if csrf:  # as a browser tells that another site's page makes it post
        client.defaults["HTTP_SEC_FETCH_SITE"] = "cross-site"
    if door.method == "GET":
        return client.get(f"{path}?{asked.query or _query(door, world, caller)}")
    data = asked.send(world, case)
    if door.route in ("knowledge/new", "knowledge/items/<str:code>/change"):
        data = data | {"unit": own_unit(world.district, caller.role)}
    if door.route.startswith(API) and "file" not in data:
        return client.post(path, data, content_type="application/json")
    return client.post(path, data)


def path_of(route: str, world: World, case: Case) -> str:
    """Return an address of the route that leads somewhere, for any method."""
    return address_of(Door("GET", route, ("STAFF",)), world, case)


def address_of(door: Door, world: World, case: Case) -> str:
    """Return where this door of this case is."""
    return _filled(door, world, case, case.token)


def _query(door: Door, world: World, caller: Caller) -> str:
    own = world.district.centre
    return f"unit_id={own}" if door.route == f"{API}workorders" else ""


def _filled(door: Door, world: World, case: Case, token: str, caller: Caller = NOBODY) -> str:
    kind, _, rest = door.variant.partition(" ")
    task_id, _revision = case.tasks.get(kind) or next(iter(case.tasks.values()), (0, 0))
    if "evidence" in door.route:
        task_id, _revision = case.tasks.get(TaskKind.LEAD, (0, 0))
    if door.route.endswith(("/call", "/contacts")):
        task_id, _revision = case.tasks.get(TaskKind.CONTACT, (0, 0))
    if "field/checks" in door.route:
        task_id, _revision = case.tasks.get(TaskKind.CHECK, (task_id, 0))
    of_machine = door.route.startswith("machines/")
    names: dict[str, object] = {
        "number": case.number,
        "report_id": case.report_id,
        "task_id": task_id,
        "attachment_id": case.attachment_id,
        "token": token,
        "seq": case.noted_seq,
        "what": rest or "report",
        "key": {"note": case.noted_seq, "file": case.attachment_id}.get(rest, case.report_id),
        "command": rest.rpartition(" ")[2] if door.about is About.CASE else "rename",
        "name": door.variant or _NAME_OF.get(door.route, ""),
        "code": QINGBOMEN if door.route.startswith("places/") else MANHOLE,
        "unit_id": world.district.qingbo,
        "unit_role_id": world.unit_role,
        "duty_id": world.duty,
        "user_id": world.spare_machine if of_machine else world.spare_user,
        "appointment_id": world.spare_appointment,
        "token_id": world.spare_token,
        "import_id": world.old_cases,
        "nth": 1,
        "notice_id": 0,
        "view_id": 0,
        "draft_id": 0,
        "entry_id": 0,
        "hand_over_id": 0,
        "kind": "DONE",
    }
    if "/papers/" in door.route:
        names["kind"] = "accepted"
    if "knowledge/" in door.route or "known" in door.route:
        known = world.known_of(caller)
        gives_on = door.route.endswith("/assign")
        names |= {
            "code": known.code,
            "version_id": known.version_id,
            "correction_id": known.missing_id if gives_on else known.correction_id,
        }
    if door.route.endswith("/reopen"):
        names["user_id"] = world.closed_user
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda m: str(names[m[1]]), door.route)


_NAME_OF = {
    "places/<division:code>/grids/<slug:name>": "end",
    "places/<division:code>/grids/<slug:name>/store": "end",
    "places/files/<slug:name>": "divisions",
    "catalog/tables/<slug:name>": "calendar-days",
    "catalog/versions/<slug:name>": "responsibilities",
    "administration/rows/<slug:name>": "task-limits",
    "people/tables/<slug:name>": "units",
    "desk/queue/<slug:name>/": "register",
    "desk/queue/<slug:name>/fresh": "register",
    "desk/queue/<slug:name>/rows": "register",
    "desk/queue/<slug:name>/together": "register",
    f"{API}queues/<name>": "register",
}
