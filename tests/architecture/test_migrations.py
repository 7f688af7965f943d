"""One line of migrations in every room, saying what the models say."""

import re
from itertools import pairwise

from django.apps import apps
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.utils import translation

OWN = {config.label for config in apps.get_app_configs() if config.name.startswith("chengshao.")}
# A name made by Django says what was clicked, not what changed.
NAMED = re.compile(r"\d{4}_(?!auto_|merge_|alter_|remove_)[a-z][a-z0-9_]*")


def migrations() -> dict[str, list[str]]:
    loader = MigrationLoader(None)
    names: dict[str, list[str]] = {label: [] for label in sorted(OWN)}
    for label, name in sorted(loader.disk_migrations):
        if label in OWN:
            names[label].append(name)
    return names


def test_every_migration_follows_the_one_before() -> None:
    disk = MigrationLoader(None).disk_migrations
    for label, names in migrations().items():
        assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1)), label
        for before, name in pairwise(names):
            inside = [dep for dep in disk[label, name].dependencies if dep[0] == label]
            assert inside == [(label, before)]


def test_every_migration_has_a_name_that_means_something() -> None:
    unnamed = [
        f"{label}.{name}"
        for label, names in migrations().items()
        for name in names
        if not (name == "0001_initial" or NAMED.fullmatch(name))
    ]

    assert unnamed == []


def test_the_migrations_say_what_the_models_say() -> None:
    loader = MigrationLoader(None)
    with translation.override(None):  # Django's own verbose names are in English there
        written, present = loader.project_state(), ProjectState.from_apps(apps)
        changes = MigrationAutodetector(written, present).changes(loader.graph)
    unsaid = [
        f"{label}: {operation.describe()}"
        for label in OWN & changes.keys()
        for migration in changes[label]
        for operation in migration.operations
    ]

    assert sorted(unsaid) == []
