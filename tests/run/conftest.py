"""Installations to start and kill. One migrated data folder is made and copied for each test."""

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from tests.run.installed import Installed

Make = Callable[..., Installed]


@pytest.fixture(scope="session")
def migrated() -> Iterator[Path]:
    """A data folder whose database has its tables and whose front end is built."""
    with tempfile.TemporaryDirectory(prefix="chengshao-run-") as place:
        first = Installed(Path(place) / "data")
        try:
            for command in ("build", "migrate"):
                done = first.command(command)
                assert done.returncode == 0, done.stdout + done.stderr
            yield first.data
        finally:
            first.clear_away()


@pytest.fixture
def make() -> Iterator[Make]:
    """Make an installation on an empty data folder of its own, open to other users' eyes."""
    made: list[Installed] = []
    with tempfile.TemporaryDirectory(prefix="chengshao-run-") as place:
        Path(place).chmod(0o755)

        def one(*, become: Sequence[str] = (), **env: str) -> Installed:
            home = Path(place) / f"home{len(made)}"
            home.mkdir()
            home.chmod(0o777)  # whoever it is run by makes the folder
            made.append(Installed(home / "data", become=become, **env))
            return made[-1]

        yield one
        for installed in made:
            installed.clear_away()


@pytest.fixture
def installed(make: Make, migrated: Path) -> Installed:
    """An installation that has been set up before and does not run now."""
    one = make()
    shutil.copytree(migrated, one.data)
    return one


@pytest.fixture
def other(make: Make, migrated: Path) -> Installed:
    """Another one, on a folder of its own."""
    one = make()
    shutil.copytree(migrated, one.data)
    return one
