"""kill -9 of any part or of all: what was stored stays, and nothing blocks the next start."""

import psutil
import pytest

from ops.processes import lives
from tests.run.conftest import Make
from tests.run.installed import Installed, kill

pytestmark = pytest.mark.run


@pytest.mark.parametrize("name", ["web", "worker"])
def test_a_killed_part_is_started_again(installed: Installed, name: str) -> None:
    process = installed.start()
    main = installed.part(name)
    children = main.children(recursive=True)

    kill(main)

    installed.wait(lambda: installed.groups()[name] not in (main.pid, None), ends=process)
    installed.wait(lambda: installed.health() == 200, ends=process)
    assert not [child for child in children if lives(child)]


def test_a_killed_child_of_the_web_server_is_replaced(installed: Installed) -> None:
    process = installed.start()
    children = installed.part("web").children(recursive=True)
    assert children

    kill(*children)

    def replaced() -> bool:
        return bool(set(installed.part("web").children(recursive=True)) - set(children))

    installed.wait(lambda: replaced() and installed.health() == 200, ends=process)


def test_a_killed_database_is_started_again_with_what_it_held(installed: Installed) -> None:
    process = installed.start()
    installed.put_by("杀前写入")
    server = installed.postmaster()

    kill(server)

    installed.wait(lambda: "The database is up again" in installed.said(), ends=process)
    installed.wait(lambda: installed.health() == 200, ends=process)
    assert installed.postmaster() != server
    assert installed.kept() == ["杀前写入"]
    assert installed.stop() == 0


def test_what_a_killed_supervisor_left_is_ended_by_the_next_start(installed: Installed) -> None:
    process = installed.start()
    installed.put_by("杀前写入")
    left = [installed.part("web"), installed.part("worker")]
    left += [child for part in left for child in part.children(recursive=True)]

    kill(psutil.Process(process.pid))
    process.wait()
    assert all(map(lives, left))
    assert installed.health() == 200  # they serve on without it

    installed.start()
    assert not [part for part in left if lives(part)]
    assert installed.kept() == ["杀前写入"]
    assert installed.stop() == 0


def test_after_everything_was_killed_the_next_start_is_like_any_other(installed: Installed) -> None:
    process = installed.start()
    installed.put_by("杀前写入")

    kill(*installed.everything())
    process.wait()
    assert installed.health() == 0

    installed.start()
    assert installed.kept() == ["杀前写入"]
    assert installed.stop() == 0


def test_leftovers_of_another_folder_are_not_touched(
    installed: Installed, other: Installed
) -> None:
    other.start()
    postmaster = other.postmaster().pid  # its connections come and go
    running = [p for p in other.everything() if p.name() != "postgres" or p.pid == postmaster]

    first = installed.start()
    kill(psutil.Process(first.pid))
    first.wait()
    installed.start()

    assert all(map(lives, running))
    assert other.health() == 200


def test_a_start_killed_while_it_made_the_cluster_is_made_good(make: Make) -> None:
    fresh = make()
    half = fresh.data / "postgres.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")

    fresh.start()

    assert not half.exists()
    assert fresh.stop() == 0


def test_a_dead_pid_file_that_names_a_stranger_blocks_nothing(installed: Installed) -> None:
    pid_file = installed.data / "postgres" / "postmaster.pid"
    pid_file.write_text(f"1\n{installed.data}/postgres\n1700000000\n5432\n\n127.0.0.1\n")

    installed.start()

    assert installed.postmaster().pid != 1
