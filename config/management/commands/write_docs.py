"""The pages of docs/ that come from code: `manage.py write_docs` writes them, a test compares."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import translation

from chengshao.people.actions import default_role_powers
from chengshao.people.terms import Role
from chengshao.web.texts import term
from chengshao.workorders.rules import registry
from chengshao.workorders.rules.book import CASE_MOVES
from chengshao.workorders.terms import Side, TaskMove, Then
from config.access import DOORS, About, Door, Who
from config.urls import api

_WRITTEN = "<!-- Written by `manage.py write_docs`: change the code, not this page. -->"
_WHO = {
    Who.ANYONE: "anyone",
    Who.LINK: "whoever has the secret link",
    Who.STAFF: "all staff",
    Who.DEMO: "in a demonstration only; else 404",
}
_REACH = {
    About.HOUSE: "",
    About.LIST: "shows only cases in sight",
    About.CASE: "case in sight, power over the unit that owes the work",
    About.CONTACT: "case in sight; the reading is logged",
    About.SEEN: "case in sight, power over an own unit that sees it",
    About.UNIT: "power over this unit",
}


def lifecycle_page() -> str:
    """Return the tables of moves as diagrams: what a unit owes, and how a case ends."""
    moves = registry.all_moves()
    lines = [_WRITTEN, "# Lifecycle", "", "What one unit owes, and what opens next:", ""]
    lines += ["```mermaid", "stateDiagram-v2"]
    for row in registry.all_kinds():
        lines.append(f"    state {row.kind} {{")
        lines += [f"        {_arrow(move)}" for move in moves if move.kind == row.kind]
        lines.append("    }")
    opens = dict.fromkeys((m.kind, m.opens, m.command) for m in moves if m.opens)
    lines += [f"    {kind} --> {opened}: {command}" for kind, opened, command in opens]
    lines += ["```", "", "What follows beyond the task itself:", "", "| on | command | then |"]
    lines += ["|---|---|---|"]
    then = dict.fromkeys((m.kind, m.command, m.then) for m in moves if m.then)
    lines += [f"| {kind} | {command} | {_word_of_then(what)} |" for kind, command, what in then]
    lines += ["", "What moves the case as a whole:", "", "| from | command | power | needs | to |"]
    lines += ["|---|---|---|---|---|"]
    for m in CASE_MOVES:
        needs, to = ", ".join(m.needs), m.outcome or m.reopens or ""
        lines.append(f"| {', '.join(m.sources)} | {m.command} | {m.power} | {needs} | {to} |")
    lines += ["", "It ends as WITHDRAWN with the last report that is withdrawn.", ""]
    free = [f"`{row.kind}`" for row in registry.all_kinds() if not row.holds_case]
    lines += [f"A case can't end while a task is open, save those of: {', '.join(free)}.", ""]
    return "\n".join(lines)


def openapi_page() -> str:
    """Return the API's description as it is served."""
    return json.dumps(api.get_openapi_schema(), ensure_ascii=False, indent=1) + "\n"


def access_page() -> str:
    """Return every door with who may use it, and the roles that hold its power as delivered."""
    rows = list(default_role_powers())
    powers = sorted({power for _role, power in rows})
    lines = [_WRITTEN, "# Who may do what", ""]
    lines += [
        "Powers are what doors and moves ask for; which role holds which is a dated table that a",
        "district changes (`people/tables/role-powers`). Below: as delivered. Whoever is appointed",
        "holds a role's powers over the unit and in the territory of the appointment. What may not",
        "be seen answers 404, what may be seen but not done 403.",
        "",
        f"| | {' | '.join(powers)} |",
        f"|---|{'---|' * len(powers)}",
    ]
    for role in Role:
        held = {power for one, power in rows if one == role}
        marks = " | ".join("●" if power in held else "" for power in powers)
        lines.append(f"| {role} {_word(role)} | {marks} |")
    for name, doors in DOORS.items():
        lines += ["", f"## {name}", "", "| door | who | roles | how far |", "|---|---|---|---|"]
        lines += _door_lines(doors, rows)
    return "\n".join([*lines, ""])


PAGES: dict[Path, Callable[[], str]] = {
    Path("docs/access.md"): access_page,
    Path("docs/lifecycle.md"): lifecycle_page,
    Path("docs/openapi.json"): openapi_page,
}


class Command(BaseCommand):
    help = "Write the pages of docs/ that come from code."

    def handle(self, *args: object, **options: object) -> None:
        for path, page in PAGES.items():
            (settings.BASE_DIR / path).write_text(page(), encoding="utf-8")


def _arrow(move: TaskMove) -> str:
    needs = "".join(f" +{need}" for need in move.needs)
    marks = "" if move.side is Side.OWNER else f" ({move.side})"
    if move.not_if_designated:
        marks += " (not if designated)"
    if move.by_another:
        marks += " (by another person)"
    if move.if_complained_about:
        marks += " (from a unit complained about)"
    who = move.power
    if move.by_opener:
        who += f" or by who opened it with {move.by_opener}"
    if move.directly:
        who += f" or by the catalogue with {move.directly}"
    ends = f"{move.kind}_{move.source} --> {move.kind}_{move.target}"
    return f"{ends}: {move.command} by {who}{needs}{marks}"


def _word_of_then(then: Then) -> str:
    with translation.override("en"):
        return term("then", then)


def _door_lines(doors: tuple[Door, ...], rows: list[tuple[str, str]]) -> Iterator[str]:
    for door in doors:
        route = re.sub(r"<\w+:", "<", f"/{door.route}")
        variant = f" ({door.variant})" if door.variant else ""
        who = " or ".join(_WHO[Who(w)] if w in set(Who) else f"`{w}`" for w in door.who)
        held = {role: {power for of, power in rows if of == role} for role in Role}
        roles = [role for role in Role if held[role] & set(door.who)]
        cells = (f"{door.method} `{route}`{variant}", who, ", ".join(roles), _how_far(door))
        yield f"| {' | '.join(cells)} |"


def _how_far(door: Door) -> str:
    if door.who == ("SEE",):
        return "case in sight" if door.about is About.CASE else _REACH[door.about]
    return _REACH[door.about]


def _word(role: Role) -> str:
    with translation.override("zh-hans"):
        return term("role", role)
