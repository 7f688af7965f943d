"""
A handful of invented cases, so that every list of the demo has something in it. They go through
the same actions as real ones, at times that lie a little back.
"""

import csv
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from django.contrib.auth import get_user_model
from django.utils.timezone import localdate

from chengshao.dispatch import queries as dispatch
from chengshao.kernel.actor import Actor, ActorKind, Grant
from chengshao.people import queries as people
from chengshao.workorders import actions, queries
from chengshao.workorders.actions import NewReport, Place
from chengshao.workorders.terms import (
    Channel,
    Power,
    Resolution,
    Satisfaction,
    TaskCommand,
    TaskKind,
)

FILE = Path(__file__).resolve().parent.parent / "districts" / "shangcheng_demo_cases.csv"
# How far a row of the file goes; each step includes those before it.
REACHED = ("收集", "立案", "派单", "处置", "反馈", "核查结案", "评价")


class _Told(NamedTuple):
    """One row of the file."""

    words: str
    place: str
    channel: str
    matter: str
    territory: str
    reached: str
    minutes_ago: int
    reply: str


def make_demo_cases(now: datetime) -> int:
    """Walk every row of the file as far as it says and return how many there are."""
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = [list(row.values()) for row in csv.DictReader(file)]
    for serial, (words, place, channel, matter, territory, reached, minutes, reply) in enumerate(
        rows, start=1
    ):
        told = _Told(words, place, channel, matter, territory, reached, int(minutes), reply)
        _walk(serial, told, now)
    return len(rows)


def _walk(serial: int, told: _Told, now: datetime) -> None:
    steps = REACHED.index(told.reached)
    begun = now - timedelta(minutes=told.minutes_ago)
    pause = timedelta(minutes=told.minutes_ago) / (steps + 2)
    times = [begun + pause * step for step in range(steps + 2)]
    registrar, dispatcher = _person("registrar"), _person("dispatcher")
    report = actions.receive_report(
        report=NewReport(
            client_key=f"demo-{serial}",
            channel=Channel(told.channel),
            words=told.words,
            place="" if told.place == "无地点" else told.place,
        ),
        actor=_person("operator"),
        at=times[0],
    )
    number = report.work_order.number
    if steps < 1:
        return
    case = actions.register(
        number=number,
        seen_revision=report.work_order.revision,
        matter=told.matter,
        place=Place(told.place, told.territory) if told.territory else None,
        actor=registrar,
        at=times[1],
    )
    advice = dispatch.advice_for(
        matter=case.matter,
        territory=case.territory,
        actor=dispatcher,
        on=localdate(times[1]),
    )
    if steps < 2 or not advice.suggestions:
        return
    lead = advice.suggestions[0]
    actions.dispatch(
        number=number,
        seen_revision=case.revision,
        lead_unit_id=lead.unit_id,
        co_handle_unit_ids=frozenset(lead.co_unit_ids),
        principle=lead.principle,
        basis=lead.basis or "本区权责清单（示意）",
        responsibility_id=lead.responsibility_id,
        actor=dispatcher,
        at=times[2],
    )
    handler, checker = _handler_of(lead.unit_id), _person("checker")
    moves = (
        (3, TaskKind.LEAD, TaskCommand.ACKNOWLEDGE, handler),
        (4, TaskKind.LEAD, TaskCommand.ANSWER, handler),
        (5, TaskKind.CHECK, TaskCommand.PASS, checker),
    )
    for step, kind, command, actor in moves:
        if steps >= step:
            _move(number, kind, command, actor, told.reply, times[step])
    if steps == len(REACHED) - 1:
        actions.rate_report(
            report_id=report.pk,
            resolution=Resolution.RESOLVED,
            satisfaction=Satisfaction.SATISFIED,
            actor=Actor(ActorKind.CITIZEN, report_id=report.pk),
            at=times[-1],
        )


def _move(
    number: str, kind: TaskKind, command: TaskCommand, actor: Actor, reply: str, at: datetime
) -> None:
    view = queries.case_view(number=number, actor=actor)
    task = next(task for task in view.tasks if task.kind == kind and task.ended_at is None)
    answers = command is TaskCommand.ANSWER
    actions.move_task(
        task_id=task.pk,
        seen_revision=task.revision,
        command=command,
        reply=reply if answers else "",
        reason="协办部分已一并处理" if answers else "",
        actor=actor,
        at=at,
    )


def _person(username: str) -> Actor:
    return people.actor_of_user(get_user_model().objects.get(username=username).pk)


def _handler_of(unit_id: int) -> Actor:
    """Return somebody invented who acts for the unit, whether or not it has a sign-in."""
    grants = frozenset({Grant(Power.SEE, unit_id), Grant(Power.HANDLE, unit_id)})
    return Actor(ActorKind.PERSON, grants=grants)
