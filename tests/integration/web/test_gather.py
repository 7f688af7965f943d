"""Several reads in one statement give what each of them gives alone."""

from typing import Any

import pytest
from django.db.models import F, Model

from chengshao.kernel.actor import Actor
from chengshao.people.models import Contact, UnitName
from chengshao.web.gather import Asked, gathered, hang
from chengshao.workorders.models import Deadline, Entry, Report, Task, WorkOrder
from tests.district import District, dispatched, said
from tests.statements import count_statements

pytestmark = pytest.mark.django_db


def columns(row: Model) -> dict[str, object]:
    """Return all columns of a row as Python knows them; bytes as bytes."""
    told = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    return {
        name: bytes(value) if isinstance(value, memoryview) else value
        for name, value in told.items()
    }


def test_each_row_is_what_it_is_alone(district: District, centre: Actor) -> None:
    dispatched(
        centre,
        district.roads,
        district.water,
        report=said("k", "井盖“破”了\n", phone="13800138000"),
    )
    models: tuple[Any, ...] = (WorkOrder, Report, Task, Deadline, Entry, Contact, UnitName)

    with count_statements() as counted:
        found = gathered(*(Asked(model.objects.order_by("pk")) for model in models))

    assert counted.number == 1
    for model, rows in zip(models, found, strict=True):
        alone = list(model.objects.order_by("pk"))
        assert [columns(row) for row in rows] == [columns(row) for row in alone]
        assert rows == alone


def test_order_limits_and_annotations_hold(district: District, centre: Actor) -> None:
    for n in range(3):
        dispatched(centre, district.roads, report=said(f"k-{n}", f"第{n}处"))
    newest = Report.objects.annotate(number=F("work_order__number")).order_by("-pk")[:2]

    (found,) = gathered(Asked(newest))

    assert [report.words for report in found] == ["第2处", "第1处"]
    assert [report.number for report in found] == [r.work_order.number for r in newest]


def test_a_column_left_out_is_read_when_it_is_asked_for(district: District, centre: Actor) -> None:
    dispatched(centre, district.roads, report=said("k", "井盖"))

    ((report,),) = gathered(Asked(Report.objects.all(), frozenset({"bigrams"})))

    assert report.get_deferred_fields() == {"bigrams"}
    assert report.bigrams == Report.objects.get().bigrams


def test_what_can_find_nothing_finds_nothing(district: District) -> None:
    assert gathered(Asked(Task.objects.filter(pk__in=[])), Asked(Task.objects.all())) == [[], []]


def test_rows_hang_on_what_they_point_to(district: District, centre: Actor) -> None:
    dispatched(centre, district.roads, district.water, report=said("k", "井盖"))
    tasks, deadlines = gathered(Asked(Task.objects.order_by("pk")), Asked(Deadline.objects.all()))

    hang(tasks, "deadlines", deadlines)

    with count_statements() as counted:
        told = {task.pk: {row.pk for row in task.deadlines.all()} for task in tasks}
        assert all(row.task in tasks for row in deadlines)
    assert counted.number == 0
    assert told == {
        task.pk: set(task.deadlines.values_list("pk", flat=True)) for task in Task.objects.all()
    }
