"""
Every door of the house, and who may use it. A test knocks at each of them as every role, and
fails for a door that is not listed here; docs/access.md shows the list.
"""

from dataclasses import dataclass
from enum import StrEnum

from chengshao.catalog.terms import Power as Catalog
from chengshao.duty.terms import Power as Duty
from chengshao.knowledge.terms import Power as Knowledge
from chengshao.notices.terms import Power as Notices
from chengshao.people.terms import Power as People
from chengshao.places.terms import Power as Places
from chengshao.workorders.rules.book import CASE_MOVES
from chengshao.workorders.terms import WORKING, Need, Side
from chengshao.workorders.terms import Power as Cases
from config.wiring import BOOKS


class Who(StrEnum):
    """Who may, where it takes no power."""

    ANYONE = "ANYONE"
    LINK = "LINK"  # whoever holds the secret link of a report
    STAFF = "STAFF"  # everybody who is signed in
    DEMO = "DEMO"  # staff of a demonstration; elsewhere there is no such door


class About(StrEnum):
    """What the door leads to, and so how far a power must reach."""

    HOUSE = "HOUSE"  # what is one for all: the power held anywhere, or over all units
    LIST = "LIST"  # as HOUSE, but it shows of cases only those in sight
    CASE = "CASE"  # a case in sight, else 404; then the power over the unit that owes the work
    CONTACT = "CONTACT"  # a case in sight, else 404; then the power where it is worked on
    SEEN = "SEEN"  # a case in sight, else 404; then the power over an own unit that sees it
    UNIT = "UNIT"  # one unit, which the power must reach


@dataclass(frozen=True, slots=True)
class Door:
    method: str
    route: str  # as Django's resolver prints it
    who: tuple[str, ...]  # one of Who, or the powers of which one is enough
    about: About = About.HOUSE
    variant: str = ""  # where one route has several doors: which
    without: int = 403  # the answer to staff who lack the power

    @property
    def takes_power(self) -> bool:
        return self.who[0] not in set(Who)


def _get(route: str, *who: str, about: About = About.HOUSE) -> Door:
    return Door("GET", route, who, about)


def _post(route: str, *who: str, about: About = About.HOUSE) -> Door:
    return Door("POST", route, who, about)


def _both(route: str, *who: str, about: About = About.HOUSE) -> tuple[Door, Door]:
    return _get(route, *who, about=about), _post(route, *who, about=about)


# What staff do; a citizen's own moves have doors behind the secret link.
MOVES = tuple(
    m
    for book in BOOKS
    for m in book.moves
    if m.side is not Side.CITIZEN and not m.if_complained_about and Need.ATTEMPT not in m.needs
)


def _moves(route: str) -> tuple[Door, ...]:
    """One door for each row of the tables of moves: the row names the power."""
    return tuple(
        Door("POST", route, (m.power,), About.CASE, f"{m.kind} {m.source} {m.command}")
        for m in MOVES
    )


def _calls(route: str, **powers: str) -> tuple[Door, ...]:
    """What may be done when a citizen calls again, each by its power."""
    return tuple(
        Door("POST", route, (power,), About.CASE, f"call {command}")
        for command, power in powers.items()
    )


_JUDGE = (Cases.REGISTER, Cases.DISPATCH)  # who says what is a nuisance call


def _nuisance(route: str) -> tuple[Door, ...]:
    """What is said of a call by who judges of it."""
    commands = ("MARK_NUISANCE", "UNMARK_NUISANCE")
    return tuple(Door("POST", route, _JUDGE, About.CASE, f"call {each}") for each in commands)


def _erasures(route: str) -> tuple[Door, ...]:
    """What a citizen may have erased: words with all that hangs on them, a text, a file."""
    return tuple(
        Door("POST", route, (Cases.ERASE,), About.CASE, f"erase {what}")
        for what in ("report", "note", "file")
    )


def _case_moves(route: str) -> tuple[Door, ...]:
    """The same for each command on the case as a whole that is a person's."""
    return tuple(
        Door("POST", route, (m.power,), About.CASE, f"{source} {m.command}")
        for m in CASE_MOVES
        if not m.by_itself
        for source in m.sources[:1]
    )


def _tables(route: str, power: str, *names: str) -> tuple[Door, ...]:
    return tuple(
        Door(method, route, (power,), variant=name) for name in names for method in ("GET", "POST")
    )


def _queues(route: str, method: str = "GET", /, **powers: str) -> tuple[Door, ...]:
    """Lists of what waits; to who never does such work there is none."""
    return tuple(
        Door(method, route, (power,), About.LIST, name, without=404)
        for name, power in powers.items()
    )


_A, _P, _C = About, People, Cases
_API = "api/v1/"

# fmt: off
FRAME = (
    _get("healthz", Who.ANYONE),
    _post("language", Who.ANYONE),
    _post("look", Who.ANYONE),
    _get("styleguide", Who.DEMO),
    _get(f"{_API}", Who.ANYONE),
    _get(f"{_API}openapi.json", Who.ANYONE),
)
PEOPLE = (
    *_both("sign-in", Who.ANYONE),
    _post("sign-in/demo", Who.DEMO),
    _post("sign-out", Who.ANYONE),
    *_both("password", Who.STAFF),
    *_both("preferences", Who.STAFF),
    _get("units/", Who.STAFF),
    *_both("units/new", _P.KEEP_UNITS),
    _get("units/<int:unit_id>/", Who.STAFF),
    _post("units/<int:unit_id>/<slug:command>", _P.KEEP_UNITS, about=_A.UNIT),
    _post("units/<int:unit_id>/roles/<int:unit_role_id>/end", _P.KEEP_UNITS, about=_A.UNIT),
    _post("units/<int:unit_id>/shifts/<int:duty_id>/end", _P.KEEP_UNITS, about=_A.UNIT),
    _get("staff/", _P.APPOINT),
    *_both("staff/new", _P.APPOINT),
    *_both("staff/<int:user_id>/", _P.APPOINT),
    _post("staff/<int:user_id>/password", _P.APPOINT),
    _post("staff/<int:user_id>/close", _P.APPOINT),
    _post("staff/<int:user_id>/reopen", _P.APPOINT),
    _post("appointments/<int:appointment_id>/end", _P.APPOINT),
    *_both("machines/", _P.ISSUE_TOKENS),
    _post("machines/<int:user_id>/token", _P.ISSUE_TOKENS),
    _post("tokens/<int:token_id>/revoke", _P.ISSUE_TOKENS),
    _get("logs/contacts", _P.READ_LOGS),
    _get("logs/look-ups", _P.READ_LOGS),
    _get("logs/accounts", _P.READ_LOGS),
    _get("logs/sign-ins", _P.READ_LOGS),
    _get("people/tables/", _P.KEEP_UNITS, _P.APPOINT),
    *_tables("people/tables/<slug:name>", _P.KEEP_UNITS, "units", "unit-roles", "roster"),
    *_tables("people/tables/<slug:name>", _P.APPOINT, "staff", "role-powers"),
)
PLACES = (
    _get("places/", Who.STAFF),
    _get("places/<division:code>/", Who.STAFF),
    _get("places/<division:code>/grids/", Who.STAFF),
    _post("places/<division:code>/grids/take-back", Places.KEEP_PLACES),
    *_both("places/<division:code>/grids/<slug:name>", Places.KEEP_PLACES),
    _post("places/<division:code>/grids/<slug:name>/store", Places.KEEP_PLACES),
    _get("places/map/divisions", Who.ANYONE),
    _get("places/map/grids", Who.STAFF),
    _get("places/files/", Places.KEEP_PLACES),
    *_both("places/files/<slug:name>", Places.KEEP_PLACES),
    _get(f"{_API}places/search", Who.STAFF),
    _get(f"{_API}places/locate", Who.STAFF),
    _get(f"{_API}places/grids", Who.STAFF),
)
CATALOG = (
    _get("catalog/", Who.STAFF),
    _get("catalog/matters/<matter_code:code>", Who.STAFF),
    _get("catalog/responsibilities", Who.STAFF),
    _get("catalog/duties", Who.STAFF),
    _get("catalog/limits", Who.STAFF),
    _get("catalog/units/<int:unit_id>", Who.STAFF),
    _get("catalog/calendar", Who.STAFF),
    _post("catalog/calendar/day", Catalog.KEEP_CATALOG),
    _post("catalog/calendar/day/clear", Catalog.KEEP_CATALOG),
    _post("catalog/calendar/year", Catalog.KEEP_CATALOG),
    _post("catalog/calendar/hours", Catalog.KEEP_CATALOG),
    _get("catalog/tables", Catalog.KEEP_CATALOG),
    *_both("catalog/tables/<slug:name>", Catalog.KEEP_CATALOG),
    _get("catalog/versions/<slug:name>", Who.STAFF),
    _get("administration/", Catalog.KEEP_CATALOG),
    _post("administration/table", Catalog.KEEP_CATALOG),
    *_both("administration/rows/<slug:name>", Catalog.KEEP_CATALOG),
    _get("administration/drafts/<int:draft_id>", Catalog.KEEP_CATALOG),
    _post("administration/drafts/<int:draft_id>/check", Catalog.KEEP_CATALOG),
    _post("administration/drafts/<int:draft_id>/in-force", Catalog.KEEP_CATALOG),
    _post("administration/drafts/<int:draft_id>/drop", Catalog.KEEP_CATALOG),
    _get(f"{_API}catalog/matters", Who.STAFF),
    _get(f"{_API}catalog/matters/<code>", Who.STAFF),
    _get(f"{_API}catalog/matters/<code>/responsibilities", Who.STAFF),
)
KNOWLEDGE = (
    _get("knowledge/", Who.STAFF),
    _get("knowledge/items/<str:code>/", Who.STAFF),
    _post("knowledge/items/<str:code>/wrong", Who.STAFF),
    _post("knowledge/missing", Who.STAFF),
    _get("knowledge/table.xlsx", Who.STAFF),
    *_both("knowledge/table", Knowledge.KEEP_KNOWLEDGE),
    *_both("knowledge/new", Knowledge.KEEP_KNOWLEDGE),
    *_both("knowledge/items/<str:code>/change", Knowledge.KEEP_KNOWLEDGE, about=_A.UNIT),
    _post("knowledge/items/<str:code>/withdraw", Knowledge.KEEP_KNOWLEDGE, about=_A.UNIT),
    _get("knowledge/waiting", Knowledge.KEEP_KNOWLEDGE),
    _post("knowledge/waiting/<int:correction_id>/answer", Knowledge.KEEP_KNOWLEDGE, about=_A.UNIT),
    _post("knowledge/waiting/<int:correction_id>/assign", Knowledge.KEEP_KNOWLEDGE, about=_A.UNIT),
    _get(f"{_API}knowledge", Who.STAFF),
    _post(f"{_API}knowledge/corrections", Who.STAFF),
    _get(f"{_API}knowledge/<code>", Who.STAFF),
)
DESK = (
    _get("desk/", Who.STAFF, about=_A.LIST),
    _get("desk/palette", Who.STAFF, about=_A.LIST),
    _get("desk/leader/", _C.DECIDE, about=_A.LIST),
    *_queues("desk/queue/<slug:name>/", verify=_C.VERIFY, register=_C.REGISTER,
             dispatch=_C.DISPATCH, returns=_C.DISPATCH, outer=_C.DISPATCH,
             approvals=_C.DESIGNATE, sign=_C.SIGN_OFF, work=_C.HANDLE, check=_C.CHECK),
    Door("GET", "desk/queue/<slug:name>/", (_C.DISPATCH, _C.DIRECT_DISPATCH), _A.LIST, "sent",
         without=404),
    *_queues("desk/queue/<slug:name>/fresh", register=_C.REGISTER),
    *_queues("desk/queue/<slug:name>/rows", register=_C.REGISTER),
    *_queues("desk/queue/<slug:name>/together", register=_C.REGISTER, dispatch=_C.DISPATCH,
             returns=_C.DISPATCH),
    *_queues("desk/queue/<slug:name>/together", "POST", register=_C.REGISTER,
             dispatch=_C.DISPATCH, returns=_C.DISPATCH),
    _post("desk/together/recall", _C.DISPATCH, _C.DIRECT_DISPATCH, about=_A.LIST),
    _get("desk/cases/", _C.SEE, about=_A.LIST),
    _get("desk/cases.xlsx", _C.SEE, about=_A.LIST),
    _post("desk/views/", Who.STAFF),
    _post("desk/views/<int:view_id>/drop", Who.STAFF),
    _get("desk/cases/<str:number>/", _C.SEE, about=_A.CASE),
    _post("desk/cases/<str:number>/register", _C.REGISTER, about=_A.CASE),
    Door("POST", "desk/cases/<str:number>/register", (_C.DIRECT_DISPATCH,), _A.CASE, "directly"),
    _post("desk/cases/<str:number>/dispatch", _C.DISPATCH, about=_A.CASE),
    _post("desk/cases/<str:number>/answer", _C.ANSWER, about=_A.CASE),
    _post("desk/cases/<str:number>/reports/<int:report_id>/qualify", _C.REGISTER, about=_A.CASE),
    _post("desk/cases/<str:number>/reports/<int:report_id>/take-off", _C.DESIGNATE, about=_A.CASE),
    *_case_moves("desk/cases/<str:number>/moves/<str:command>"),
    _post("desk/cases/<str:number>/merge", _C.REGISTER, about=_A.CASE),
    _post("desk/cases/<str:number>/undo-merge", _C.REGISTER, about=_A.CASE),
    _post("desk/cases/<str:number>/persons", _C.NAME_PERSONS, about=_A.CASE),
    _post("desk/cases/<str:number>/persons/end", _C.NAME_PERSONS, about=_A.CASE),
    _get("desk/cases/<str:number>/print", _C.SEE, about=_A.CASE),
    _get("desk/cases/<str:number>/photos/<int:nth>/", _C.SEE, about=_A.CASE),
    _get("desk/cases/<str:number>/papers/<slug:kind>/", _C.SEE, about=_A.CASE),
    _get("desk/cases/<str:number>/papers/<slug:kind>.docx", _C.SEE, about=_A.CASE),
    _get("desk/cases/<str:number>/case.pdf", _C.SEE, about=_A.CASE),
    _get("desk/cases/<str:number>/package.zip", _C.SEE, about=_A.CASE),
    *_both("desk/sheets/", _C.HANDLE),
    _get("desk/cases/<str:number>/viewings", _C.SEE, about=_A.CASE),
    _post("desk/cases/<str:number>/contact/<int:report_id>", _P.REVEAL_CONTACT, about=_A.CONTACT),
    _post("desk/tasks/<int:task_id>/evidence", _C.HANDLE, about=_A.CASE),
    _post("desk/tasks/<int:task_id>/call", _C.HANDLE, about=_A.CASE),
    *_moves("desk/tasks/<int:task_id>/<str:command>"),
    _get("desk/attachments/<int:attachment_id>", _C.SEE, about=_A.CASE),
    _get("desk/find/matters", _C.REGISTER, _C.DIRECT_DISPATCH),
    _get("desk/find/places", _C.REGISTER, _C.DIRECT_DISPATCH),
    _get("desk/find/people", _C.NAME_PERSONS),
    _get("desk/find/units", _C.REGISTER, _C.DISPATCH, _C.HANDLE),
    *_both("desk/intake/", _C.REPORT),
    _post("desk/intake/caller", _C.REPORT, about=_A.LIST),
    _post("desk/intake/alike", _C.REPORT, about=_A.LIST),
    _post("desk/intake/matters", _C.REPORT),
    *_both("desk/intake/places", _C.REPORT),
    _get("desk/intake/units", _C.REPORT),
    _post("desk/intake/known", _C.REPORT),
    _post("desk/intake/known/<int:version_id>", _C.REPORT),
    _get("desk/intake/taken/<int:report_id>/", _C.REPORT),
    *_calls("desk/intake/calls/<int:report_id>/<str:command>", REOPEN=_C.REPORT,
            ASK_PROGRESS=_C.REPORT, CHASE=_C.REPORT, SUPPLEMENT=_C.REPORT,
            WITHDRAW=_C.SPEAK_FOR, RATE=_C.SPEAK_FOR),
    *_nuisance("desk/intake/calls/<int:report_id>/<str:command>"),
    *_calls("desk/cases/<str:number>/calls/<int:report_id>/<str:command>", REOPEN=_C.REPORT,
            ASK_PROGRESS=_C.REPORT, CHASE=_C.REPORT, SUPPLEMENT=_C.REPORT,
            WITHDRAW=_C.SPEAK_FOR, VOID_RATING=_C.SPEAK_FOR),
    *_nuisance("desk/cases/<str:number>/calls/<int:report_id>/<str:command>"),
    _post("desk/cases/<str:number>/remark", *sorted(WORKING), about=_A.SEEN),
    Door("POST", "desk/cases/<str:number>/write/<int:report_id>", _JUDGE, _A.CASE, "for the desk"),
    Door("POST", "desk/cases/<str:number>/write/<int:report_id>", (_C.HANDLE,), _A.CASE,
         "for a lead"),
    *_both("desk/fixed/", _C.HANDLE),
    _get("desk/fixed/matters", _C.HANDLE),
    _get("desk/map/", _C.SEE, about=_A.LIST),
    _get("desk/map/cases", _C.SEE, about=_A.LIST),
    _get("desk/map/list", _C.SEE, about=_A.LIST),
    _get("desk/map/found", _C.SEE, about=_A.LIST),
    _get("desk/map/cases/<str:number>", _C.SEE, about=_A.CASE),
    _get("desk/ledger/", _C.SEE, about=_A.LIST),
    _get("desk/promises/", _C.SEE, about=_A.LIST),
    _get("desk/load/", _C.SIGN_OFF, about=_A.LIST),
    _get("desk/erasing/", _C.ERASE, about=_A.LIST),
    _get("desk/cases/<str:number>/erase", _C.ERASE, about=_A.CASE),
    *_erasures("desk/cases/<str:number>/erase/<slug:what>/<int:key>"),
)
FIELD = (
    _get("field/", _C.CHECK, _C.VERIFY, _C.HANDLE),
    _get("field/worker.js", Who.ANYONE),
    _get("field/manifest.webmanifest", Who.ANYONE),
    _get(f"{_API}field/me", Who.STAFF),
    _get(f"{_API}field/checks", _C.CHECK, _C.VERIFY, about=_A.LIST),
    _post(f"{_API}field/checks/<task_id>", _C.CHECK, about=_A.CASE),
    _post(f"{_API}field/checks/<task_id>/notes", _C.CHECK, about=_A.CASE),
    _post(f"{_API}field/fixed", _C.HANDLE),
    _post(f"{_API}field/reports", _C.REPORT),
    _post(f"{_API}field/photos", Who.STAFF),
)
CASES = (
    _get(f"{_API}reports/<report_id>", _C.SEE, about=_A.CASE),
    _post(f"{_API}reports/<report_id>/withdraw", _C.SPEAK_FOR, about=_A.CASE),
    _post(f"{_API}reports/<report_id>/rating", _C.SPEAK_FOR, about=_A.CASE),
    _post(f"{_API}reports/<report_id>/chase", _C.REPORT, about=_A.CASE),
    _post(f"{_API}reports/<report_id>/supplement", _C.REPORT, about=_A.CASE),
    Door("POST", f"{_API}reports/<report_id>/write", _JUDGE, _A.CASE, "for the desk"),
    Door("POST", f"{_API}reports/<report_id>/write", (_C.HANDLE,), _A.CASE, "for a lead"),
    _post(f"{_API}reports/<report_id>/progress", _C.REPORT, about=_A.CASE),
    _post(f"{_API}reports/<report_id>/nuisance", *_JUDGE, about=_A.CASE),
    _post(f"{_API}reports/<report_id>/unmark-nuisance", *_JUDGE, about=_A.CASE),
    _post(f"{_API}reports/<report_id>/reopen", _C.REPORT, about=_A.CASE),
    _post(f"{_API}reports/<report_id>/files", _C.REPORT, about=_A.CASE),
    _get(f"{_API}queues", Who.STAFF, about=_A.LIST),
    *_queues(f"{_API}queues/<name>", verify=_C.VERIFY, register=_C.REGISTER,
             dispatch=_C.DISPATCH, returns=_C.DISPATCH, outer=_C.DISPATCH,
             approvals=_C.DESIGNATE, sign=_C.SIGN_OFF, work=_C.HANDLE, check=_C.CHECK),
    Door("GET", f"{_API}queues/<name>", (_C.DISPATCH, _C.DIRECT_DISPATCH), _A.LIST, "sent",
         without=404),
    _get(f"{_API}alerts", Who.STAFF, about=_A.LIST),
    _post(f"{_API}callers", _C.REPORT, about=_A.LIST),
    _get(f"{_API}ledger", Who.STAFF, about=_A.LIST),
    _get(f"{_API}promises", Who.STAFF, about=_A.LIST),
    _get(f"{_API}workorders", Who.STAFF, about=_A.LIST),
    _get(f"{_API}workorders/<number>", _C.SEE, about=_A.CASE),
    _post(f"{_API}workorders/<number>/register", _C.REGISTER, about=_A.CASE),
    _post(f"{_API}workorders/<number>/dispatch", _C.DISPATCH, about=_A.CASE),
    _post(f"{_API}workorders/<number>/register-and-dispatch", _C.DIRECT_DISPATCH, about=_A.CASE),
    _post(f"{_API}workorders/<number>/copies", _C.DISPATCH, about=_A.CASE),
    _post(f"{_API}workorders/<number>/remarks", *sorted(WORKING), about=_A.SEEN),
    _get(f"{_API}workorders/<number>/similar", _C.SEE, about=_A.CASE),
    _get(f"{_API}workorders/<number>/viewings", _C.SEE, about=_A.CASE),
    _get(f"{_API}workorders/<number>/time-held", _C.SEE, about=_A.CASE),
    _post(f"{_API}workorders/<number>/reports/<report_id>/contact", _P.REVEAL_CONTACT,
          about=_A.CONTACT),
    _post(f"{_API}workorders/<number>/reports/<report_id>/erase", _C.ERASE, about=_A.CASE),
    _post(f"{_API}workorders/<number>/history/<seq>/erase", _C.ERASE, about=_A.CASE),
    _post(f"{_API}workorders/<number>/attachments/<attachment_id>/erase", _C.ERASE,
          about=_A.CASE),
    _post(f"{_API}workorders/<number>/direct-answer", _C.ANSWER, about=_A.CASE),
    _post(f"{_API}workorders/<number>/reports/<report_id>/qualify", _C.REGISTER, about=_A.CASE),
    _post(f"{_API}workorders/<number>/reports/<report_id>/take-off", _C.DESIGNATE, about=_A.CASE),
    *_case_moves(f"{_API}workorders/<number>/moves"),
    _post(f"{_API}workorders/<number>/merge", _C.REGISTER, about=_A.CASE),
    _post(f"{_API}workorders/<number>/undo-merge", _C.REGISTER, about=_A.CASE),
    _post(f"{_API}workorders/<number>/persons", _C.NAME_PERSONS, about=_A.CASE),
    _post(f"{_API}workorders/<number>/persons/end", _C.NAME_PERSONS, about=_A.CASE),
    *_moves(f"{_API}tasks/<task_id>/moves"),
    _post(f"{_API}tasks/<task_id>/contacts", _C.HANDLE, about=_A.CASE),
    _post(f"{_API}tasks/<task_id>/evidence", _C.HANDLE, about=_A.CASE),
    _get(f"{_API}attachments/<attachment_id>", _C.SEE, about=_A.CASE),
)
RESIDENT = (
    _get("", Who.ANYONE),
    _get("privacy/", Who.ANYONE),
    *_both("report/", Who.ANYONE),
    _post("report/photo", Who.ANYONE),
    *_both("slips/<int:report_id>/", _C.REPORT, about=_A.CASE),
    _get("r/<str:token>/", Who.LINK),
    _post("r/<str:token>/rate", Who.LINK),
    _post("r/<str:token>/urged", Who.LINK),
    _post("r/<str:token>/withdraw", Who.LINK),
    _post("r/<str:token>/chase", Who.LINK),
    _post("r/<str:token>/supplement", Who.LINK),
    _post("r/<str:token>/reopen", Who.LINK),
    _post("r/<str:token>/read", Who.LINK),
    _get("r/<str:token>/photo/<int:attachment_id>", Who.LINK),
    _get(f"{_API}follow/<token>", Who.LINK),
    _post(f"{_API}follow/<token>/chase", Who.LINK),
    _post(f"{_API}follow/<token>/supplement", Who.LINK),
    _post(f"{_API}follow/<token>/read", Who.LINK),
    _post(f"{_API}follow/<token>/rate", Who.LINK),
    _post(f"{_API}follow/<token>/void-rating", Who.LINK),
    _post(f"{_API}follow/<token>/reopen", Who.LINK),
    _post(f"{_API}follow/<token>/withdraw", Who.LINK),
)
NOTICES = (
    _get("notices/", Who.STAFF),
    _post("notices/<int:notice_id>/open", Who.STAFF),
    _post("notices/read", Who.STAFF),
    *_both("notices/preferences", Who.STAFF),
    _get("notices/out", _P.READ_LOGS, Notices.KEEP_MESSAGES),
    _post("notices/out/<int:notice_id>/resend", Notices.KEEP_MESSAGES),
    _get("notices/out/messages", Notices.KEEP_MESSAGES),
    *_both("notices/out/budget", Notices.KEEP_MESSAGES),
    *_both("notices/out/table", Notices.KEEP_MESSAGES),
    *_both("notices/out/messages/<slug:kind>", Notices.KEEP_MESSAGES),
    _get(f"{_API}notices", Who.STAFF),
    _get(f"{_API}notices/log", _P.READ_LOGS, Notices.KEEP_MESSAGES),
    _post(f"{_API}notices/<notice_id>/read", Who.STAFF),
)
DUTY = (
    *_both("duty/", Duty.KEEP_DUTY_LOG),
    _post("duty/log/<int:entry_id>/settle", Duty.KEEP_DUTY_LOG),
    *_both("duty/handover/", Duty.KEEP_DUTY_LOG),
    _get("duty/handover/<int:hand_over_id>/", Duty.KEEP_DUTY_LOG),
    _get("duty/handover/<int:hand_over_id>/print", Duty.KEEP_DUTY_LOG),
    _post("duty/handover/<int:hand_over_id>/take", Duty.KEEP_DUTY_LOG),
    _get(f"{_API}duty/log", Duty.KEEP_DUTY_LOG),
    _get(f"{_API}duty/hand-overs/<hand_over_id>", Duty.KEEP_DUTY_LOG),
)
OLD_CASES = (
    *_both("imports/", _C.IMPORT_CASES),
    _get("imports/mapping.yaml", _C.IMPORT_CASES),
    _get("imports/<int:import_id>/", _C.IMPORT_CASES),
    _get("imports/<int:import_id>/progress", _C.IMPORT_CASES),
    *_both("imports/<int:import_id>/names", _C.IMPORT_CASES),
    _post("imports/<int:import_id>/start", _C.IMPORT_CASES),
    _post("imports/<int:import_id>/drop", _C.IMPORT_CASES),
    _get("imports/<int:import_id>/refused", _C.IMPORT_CASES),
)
INTAKE = (  # a citizen without a name may; of those with one, who may report
    Door("POST", f"{_API}reports", (Who.ANYONE,), variant="without a name"),
    Door("POST", f"{_API}reports", (_C.REPORT,), variant="signed in"),
    _post(f"{_API}reports/fixed", _C.HANDLE),
)
# fmt: on
DOORS: dict[str, tuple[Door, ...]] = {
    "Frame": FRAME,
    "People": PEOPLE,
    "Places": PLACES,
    "Catalogue": CATALOG,
    "Knowledge": KNOWLEDGE,
    "Desk": DESK,
    "Notices": NOTICES,
    "Outdoors": FIELD,
    "Duty office": DUTY,
    "Old cases": OLD_CASES,
    "Cases over the API": CASES,
    "Intake over the API": INTAKE,
    "Residents": RESIDENT,
}
