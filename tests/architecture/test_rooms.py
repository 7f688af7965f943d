"""What import-linter can't say about the rooms."""

import ast

import grimp
import pytest
from django.apps import apps
from django.db import models

from config.wiring import LISTENERS
from tests.architecture.house import modules, part_of, room_of, rooms_from_top, tree_of

DOORS = {"actions", "queries", "events", "terms"}
SHARED = {"kernel", "web"}
NAMELESS = {"utils", "util", "common", "services", "service", "helpers", "helper", "misc", "tools"}


def own_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith("chengshao.")]


def test_rooms_are_entered_by_their_doors() -> None:
    graph = grimp.build_graph("chengshao")
    trespasses = [
        f"{importer} -> {imported}"
        for importer in graph.modules
        for imported in graph.find_modules_directly_imported_by(importer)
        if importer.count(".") and imported.count(".")
        if room_of(imported) not in {room_of(importer), *SHARED}
        if part_of(imported) not in DOORS
    ]

    assert sorted(trespasses) == []


def test_events_travel_only_to_rooms_above() -> None:
    top_to_bottom = rooms_from_top()
    downward = [
        f"{event.__module__} -> {listener.__module__}"
        for event, listeners in LISTENERS.items()
        for listener in listeners
        if top_to_bottom.index(room_of(listener.__module__))
        >= top_to_bottom.index(room_of(event.__module__))
    ]

    assert downward == []


def test_tables_refer_to_rooms_below_and_hold_what_they_refer_to() -> None:
    top_to_bottom = rooms_from_top()
    wrong = [
        f"{model.__name__}.{field.name}"
        for model in own_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey)
        if field.remote_field.on_delete is not models.PROTECT
        or (
            field.related_model.__module__.startswith("chengshao.")
            and top_to_bottom.index(room_of(model.__module__))
            > top_to_bottom.index(room_of(field.related_model.__module__))
        )
    ]

    assert wrong == []


def test_no_rule_hides_in_save_or_delete() -> None:
    hidden = [
        f"{model.__name__}.{name}"
        for model in own_models()
        for name in ("save", "delete", "clean")
        if name in vars(model)
    ]

    assert hidden == []


def test_every_module_is_named_for_what_is_in_it() -> None:
    nameless = [
        module.__name__ for module in modules() if NAMELESS & set(module.__name__.split("."))
    ]

    assert nameless == []


@pytest.mark.parametrize(
    "forbidden", ["django.dispatch", "django.db.models.signals", "django.core.signals"]
)
def test_nobody_listens_behind_the_table_of_events(forbidden: str) -> None:
    listening = [module.__name__ for module in modules() if forbidden in _imported(tree_of(module))]

    assert listening == []


def _imported(tree: ast.Module) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                found |= {alias.name for alias in names}
            case ast.ImportFrom(module=str(module), names=names):
                found |= {module, *(f"{module}.{alias.name}" for alias in names)}
    return found
