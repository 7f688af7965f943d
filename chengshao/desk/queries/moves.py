"""
What may be done on a task, as forms: the fields come from the table of moves, the words from one
vocabulary by (kind, command). A kind of any room gets its forms without a template of its own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.urls import reverse
from django.utils.translation import gettext as _

from chengshao.desk.queries.choices import UnitChoice
from chengshao.people.queries import UnitLine
from chengshao.web.texts import TERMS, term
from chengshao.workorders import queries as workorders
from chengshao.workorders.terms import (
    CaseCommand,
    Need,
    TaskCommand,
    TaskKind,
    TaskMove,
    TaskState,
)

# These have templates of their own.
_OWN = {
    (TaskKind.REGISTER, TaskCommand.REGISTER),
    (TaskKind.REGISTER, TaskCommand.ANSWER_DIRECTLY),
    (TaskKind.DISPATCH, TaskCommand.DISPATCH),
    (TaskKind.LEAD, TaskCommand.ANSWER),
    (TaskKind.DOUBLE, TaskCommand.ANSWER),
    (TaskKind.SIGN_OFF, TaskCommand.SIGN),
    (TaskKind.CONTACT, TaskCommand.CONTACT),
    (TaskKind.TELL, TaskCommand.TELL),
}
_MAIN = (TaskCommand.SIGN,)  # their template has the main button, with the first key


@dataclass(frozen=True, slots=True)
class Button:
    """One command of a form."""

    command: str
    words: str
    action: str
    main: bool
    danger: bool
    key: str  # the digit that presses it; "" in a form that is folded


@dataclass(frozen=True, slots=True)
class MoveForm:
    """One form: what it asks, and the commands that take it."""

    name: str  # by which a refusal finds it again
    revision: int
    buttons: tuple[Button, ...]
    needs: frozenset[str]  # of any of its commands
    summary: str  # of its fold; "" stands open
    hint: str = ""
    reason: str = ""  # the label; "" where none is asked
    reason_hint: str = ""
    reason_required: bool = False
    reply: bool = False
    date: str = ""  # the label
    date_hint: str = ""
    date_required: bool = False
    timed: bool = False  # with its hour, as a platform sets it
    asked: bool = False  # units are searched and several chosen
    below: str = ""  # the unit of which only what it may assign to is found
    proposed: str = ""  # the label, where one unit may be named
    offered: tuple[UnitChoice, ...] = ()  # the unit that was proposed before
    ground: bool = False
    written: str = ""  # what was written before and came back

    @property
    def keeps(self) -> bool:
        """Tell whether there are words to lose."""
        return bool(self.reason or self.reply)


def words_of(vocabulary: str, kind: str, command: str) -> str:
    """Return the words for this command on this kind of task, else for the command, else ""."""
    words = TERMS[vocabulary]
    found = words.get(f"{kind}.{command}") or words.get(command)
    return str(found) if found else ""


def button_words(kind: str, command: str) -> str:
    return words_of("move", kind, command) or term("command", command)


def forms_of(
    *,
    task_id: int,
    unit_id: int,
    kind: str,
    state: str,
    revision: int,
    commands: Sequence[str],
    what: str = "",
    beside: bool = False,
    proposed: UnitLine | None = None,
    of_platform: bool = False,
    written: str = "",
) -> list[MoveForm]:
    """
    Return the forms for these commands on a task, in the order of the table.

    What ends the task is one form with a button each; what is asked beside it is folded.

    :param beside: a verdict is on a task beside the lead's: then who takes its place may be named
    :param of_platform: another platform has its own limit on the case
    :param proposed: who should do it instead, in the eyes of who returns it
    :param written: the words of an answer that came back
    """
    rows = [row for row in workorders.moves_of(kind, state) if row.command in commands]
    rows = [row for row in rows if (row.kind, row.command) not in _OWN]
    ends = [row for row in rows if row.target in (TaskState.DONE, TaskState.ACKNOWLEDGED)]
    ends = [row for row in ends if row.target is not row.source]
    before = sum(command in _MAIN for command in commands)
    forms = []
    if ends:
        name = f"ends-{task_id}"
        forms.append(
            _form(name, task_id, revision, ends, kind, folded=False, what=what, before=before)
        )
    for row in rows:
        if row not in ends:
            name = f"{row.command}-{task_id}"
            folded = row.command != TaskCommand.ANSWER
            form = _form(name, task_id, revision, [row], kind, folded=folded, what=what)
            below = str(unit_id) if row.command == TaskCommand.SUBASSIGN else ""
            forms.append(replace(form, written="" if folded else written, below=below))
    if of_platform and kind in TERMS["move_hint_outer"]:
        more = term("move_hint_outer", kind)
        forms = [replace(f, hint=f"{f.hint}{more}") if f.hint else f for f in forms]
    if beside and kind == TaskKind.ADJUDICATE:
        offered = (UnitChoice(proposed, frozenset()),) if proposed else ()
        label = _("同意的，改由谁办")
        forms = [replace(form, proposed=label, offered=offered) for form in forms]
    return forms


def case_forms(*, number: str, revision: int, commands: Iterable[str]) -> list[MoveForm]:
    """Return the forms for commands on the case as a whole."""
    forms = []
    for command in commands:
        needs = workorders.needs_of_case_move(command)
        action = reverse("desk:case_move", args=[number, command])
        button = Button(
            command=command,
            words=button_words("CASE", command),
            action=action,
            main=False,
            danger=command == CaseCommand.DECLINE,
            key="",
        )
        forms.append(
            MoveForm(
                name=command,
                revision=revision,
                buttons=(button,),
                needs=frozenset(needs),
                summary=words_of("move_fold", "CASE", command) or button.words,
                hint=words_of("move_hint", "CASE", command),
                reason=_label("move_reason", "CASE", command) if Need.REASON in needs else "",
                reason_required=True,
                reply=Need.REPLY in needs,
                ground=Need.GROUND in needs,
            )
        )
    return forms


def _form(
    name: str,
    task_id: int,
    revision: int,
    rows: Sequence[TaskMove],
    kind: str,
    *,
    folded: bool,
    what: str,
    before: int = 0,
) -> MoveForm:
    needs = frozenset(need for row in rows for need in row.needs)
    first = rows[0]
    asking = [row for row in rows if Need.REASON in row.needs]
    dated = [row for row in rows if Need.DATE in workorders.taken_by(row, what)]
    one = first.command if len(rows) == 1 else ""
    return MoveForm(
        name=name,
        revision=revision,
        buttons=tuple(
            Button(
                command=row.command,
                words=button_words(kind, row.command),
                action=reverse("desk:move", args=[task_id, row.command]),
                main=row is first and not before,
                danger=False,
                key="" if folded else str(n),
            )
            for n, row in enumerate(rows, start=before + 1)
        ),
        needs=needs,
        summary=(words_of("move_fold", kind, first.command) or button_words(kind, first.command))
        if folded
        else "",
        hint=words_of("move_hint", kind, one or "*"),
        reason=_label("move_reason", kind, one or "*") if asking else "",
        reason_hint=_must_write(asking) if 0 < len(asking) < len(rows) else "",
        reason_required=len(asking) == len(rows),
        reply=Need.REPLY in needs,
        date=_label("move_date", kind, dated[0].command) if dated else "",
        date_hint=_must_write(dated) if 0 < len(dated) < len(rows) else "",
        date_required=len(dated) == len(rows),
        timed=bool(dated) and kind == TaskKind.OUTER_REQUEST,
        asked=Need.ASKED_UNITS in needs,
        proposed=_("应该由谁办") if first.command == TaskCommand.ASK_RETURN else "",
    )


def _label(vocabulary: str, kind: str, command: str) -> str:
    return words_of(vocabulary, kind, command) or term("need", Need.REASON)


def _must_write(rows: Sequence[TaskMove]) -> str:
    words = _("、").join(term("task_command", row.command) for row in rows)
    return _("{commands}必须写").format(commands=words)


@dataclass(frozen=True, slots=True)
class NotMine:
    """Why a task that is open has no button here: whose it is, and with which power."""

    kind: str
    unit: str
    powers: str
    own: bool  # this person asked for it, or had a hand in it: another decides


def owed_by(*, kind: str, state: str, unit: str, mine: bool) -> NotMine:
    """
    Return who does what waits in a task of this kind.

    :param mine: whether this person's own move opened it, or the answer is of the own hand
    """
    rows = workorders.moves_of(kind, state)
    powers = dict.fromkeys(term("power", row.power) for row in rows)
    own = mine and any(row.by_another for row in rows)
    return NotMine(kind=kind, unit=unit, powers=_("、").join(powers), own=own)
