"""Starting, stopping, and what stands in the way of a start."""

import http.client
import os
import shutil
import signal
import socket
import threading
from pathlib import Path

import pytest

from ops.processes import lives
from tests.run.conftest import Make
from tests.run.installed import LONG, Installed, kill

pytestmark = pytest.mark.run


def test_from_nothing_to_running_and_down_again(make: Make) -> None:
    fresh = make()

    fresh.start()
    everything = fresh.everything()
    fresh.put_by("第一行")

    assert fresh.stop() == 0
    assert not [process for process in everything if lives(process)]
    assert not (fresh.data / "run.json").exists()

    fresh.start()
    assert fresh.kept() == ["第一行"]


def test_the_first_start_of_a_demo_makes_its_district_and_lists_the_sign_ins(make: Make) -> None:
    demo = make(CHENGSHAO_DEMO="1")

    demo.start()
    demo.wait(lambda: "dispatcher" in demo.said())
    assert "演示城区 · demo district" in demo.said()
    assert demo.stop() == 0

    demo.start()
    demo.wait(lambda: "dispatcher" in demo.said())
    assert "演示城区 · demo district" not in demo.said()


def test_check_says_what_is_in_order_and_what_is_not(installed: Installed) -> None:
    before = installed.command("check")
    assert before.returncode == 1
    assert "Not running" in before.stderr

    installed.start()
    while_running = installed.command("check")
    assert while_running.returncode == 0, while_running.stderr


def test_check_of_an_empty_folder_says_so_and_makes_nothing(make: Make) -> None:
    fresh = make()

    done = fresh.command("check")

    assert done.returncode == 1
    assert "is empty yet" in done.stderr
    assert "manage.py" not in done.stderr
    assert not (fresh.data / "keys.json").exists()


def test_other_commands_use_the_running_database_or_start_it_for_themselves(
    installed: Installed,
) -> None:
    alone = installed.command("migrate", "--check")
    assert alone.returncode == 0, alone.stderr
    assert not installed.cluster().runs()

    installed.start()
    beside = installed.command("migrate", "--check")
    assert beside.returncode == 0, beside.stderr
    assert installed.health() == 200


def test_our_commands_make_the_tables_of_a_fresh_folder_first(make: Make) -> None:
    fresh = make()

    verified = fresh.command("verify-history")
    assert verified.returncode == 0, verified.stderr
    assert "数据库结构 · migrations" in verified.stdout

    again = fresh.command("verify-history")
    assert again.returncode == 0, again.stderr
    assert "migrations" not in again.stdout


def test_on_tables_that_are_not_up_to_date_our_commands_say_what_comes_first(
    installed: Installed,
) -> None:
    installed.start()
    installed.forget_migration("workorders", "0002_append_only")

    for refused in (installed.command("verify-history"), installed.command("check")):
        assert refused.returncode == 1
        assert "chengshao migrate" in refused.stderr
        assert "Traceback" not in refused.stderr
        assert "manage.py migrate" not in refused.stderr


def test_a_district_that_is_not_the_demo_is_not_simulated(make: Make, migrated: Path) -> None:
    demo = make(CHENGSHAO_DEMO="1")
    shutil.copytree(migrated, demo.data)

    refused = demo.command("simulate", "--days", "1")

    assert refused.returncode == 1
    assert "演示城区" in refused.stderr
    assert refused.stdout == ""


def test_help_names_the_commands_that_bring_data_in(make: Make) -> None:
    said = make().command("--help").stdout

    assert "new-district --from" in said
    assert "import-cases" in said


def test_an_unknown_command_fails_in_words(installed: Installed) -> None:
    done = installed.command("no-such-command")

    assert done.returncode == 1
    assert "no_such_command" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_older_program_does_not_start_on_what_a_newer_one_has_migrated(
    installed: Installed,
) -> None:
    installed.start()
    installed.note_migration("workorders", "9999_of_tomorrow")
    assert installed.stop() == 0

    refused = installed.command("run")

    assert refused.returncode == 1
    assert "workorders.9999_of_tomorrow" in refused.stderr


def test_a_second_start_on_the_same_folder_leaves_the_first_alone(installed: Installed) -> None:
    installed.start()
    second = Installed(installed.data)

    refused = second.command("run")

    assert refused.returncode == 1
    assert "already runs" in refused.stderr
    assert installed.health() == 200


def test_the_same_folder_by_another_name_is_the_same_folder(installed: Installed) -> None:
    installed.start()
    link = installed.data.with_name("link")
    link.symlink_to(installed.data, target_is_directory=True)

    refused = Installed(link).command("run")

    assert refused.returncode == 1
    assert "already runs" in refused.stderr
    assert installed.health() == 200


def test_of_two_starts_in_the_same_moment_one_comes_up_and_the_other_says_why(
    installed: Installed,
) -> None:
    rivals = [installed, Installed(installed.data)]
    logs = [installed.data.with_name(f"rival{n}.log") for n in range(len(rivals))]
    for one, log in zip(rivals, logs, strict=True):
        one.begin(log)

    installed.wait(lambda: any(one.health() == 200 for one in rivals))

    (up,) = [one for one in rivals if one.health() == 200]
    (down,) = [one for one in rivals if one is not up]
    assert down.await_end() == 1
    assert "already runs" in logs[rivals.index(down)].read_text()
    assert up.health() == 200
    assert up.stop() == 0


def test_a_taken_port_is_named_and_nothing_is_left(installed: Installed) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", installed.port))
        taken.listen()

        refused = installed.command("run")

    assert refused.returncode == 1
    assert str(installed.port) in refused.stderr
    assert not installed.cluster().runs()
    installed.start()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_start_can_be_broken_off(installed: Installed, number: signal.Signals) -> None:
    process = installed.begin()
    installed.wait(lambda: "数据库 · database" in installed.said(), ends=process)

    process.send_signal(number)

    assert process.wait(LONG) == 130
    assert not installed.cluster().runs()
    installed.start()


def test_a_running_request_finishes_when_asked_to_stop(make: Make, migrated: Path) -> None:
    slow = make(DJANGO_SETTINGS_MODULE="tests.run.slow_settings")
    shutil.copytree(migrated, slow.data)
    slow.env["CHENGSHAO_TEST_GATE"] = str(slow.data)
    process = slow.start()
    answers: list[tuple[int, bytes]] = []

    def ask() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", slow.port, timeout=60)
        connection.request("GET", "/slow")
        answer = connection.getresponse()
        answers.append((answer.status, answer.read()))

    asking = threading.Thread(target=ask)
    asking.start()
    slow.wait(lambda: (slow.data / "reached").exists(), ends=process)
    process.terminate()
    slow.wait(lambda: "Stopping" in slow.said())
    assert process.poll() is None  # it waits for the request
    (slow.data / "open").touch()
    asking.join()

    assert answers == [(200, b"done")]
    assert process.wait(LONG) == 0


def test_asked_twice_it_does_not_wait(make: Make, migrated: Path) -> None:
    slow = make(DJANGO_SETTINGS_MODULE="tests.run.slow_settings")
    shutil.copytree(migrated, slow.data)
    slow.env["CHENGSHAO_TEST_GATE"] = str(slow.data)
    process = slow.start()
    connection = http.client.HTTPConnection("127.0.0.1", slow.port, timeout=60)
    connection.request("GET", "/slow")
    slow.wait(lambda: (slow.data / "reached").exists(), ends=process)
    everything = slow.everything()

    process.send_signal(signal.SIGINT)
    slow.wait(lambda: "Stopping" in slow.said())
    process.send_signal(signal.SIGINT)

    assert process.wait(LONG) == 0
    assert not [part for part in everything if lives(part)]


def test_lost_keys_are_not_replaced(installed: Installed) -> None:
    keys = installed.data / "keys.json"
    keys.unlink()

    refused = installed.command("run")

    assert refused.returncode == 1
    assert "keys.json" in refused.stderr
    assert not keys.exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eight"),
        ("PORT", "70000"),
        ("CHENGSHAO_WEB_WORKERS", "0"),
        ("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none"),
    ],
)
def test_a_wrong_setting_is_refused_in_words(installed: Installed, name: str, value: str) -> None:
    installed.env[name] = value

    refused = installed.command("run")

    assert refused.returncode == 1
    assert name in refused.stderr
    assert "Traceback" not in refused.stderr


def test_the_demo_serves_this_machine_only_and_on_its_own_database(installed: Installed) -> None:
    installed.env |= {"CHENGSHAO_DEMO": "1", "CHENGSHAO_BIND": "0.0.0.0"}
    open_to_all = installed.command("run")
    installed.env = {"CHENGSHAO_DEMO": "1", "DATABASE_URL": "postgresql://127.0.0.1:1/none"}
    on_a_server = installed.command("run")

    assert (open_to_all.returncode, on_a_server.returncode) == (1, 1)
    assert "127.0.0.1" in open_to_all.stderr
    assert "DATABASE_URL" in on_a_server.stderr


def test_health_names_the_part_that_is_down(installed: Installed) -> None:
    process = installed.start()
    os.kill(process.pid, signal.SIGSTOP)  # so that nobody starts it again
    try:
        kill(installed.postmaster())
        installed.wait(lambda: installed.health() == 503)
    finally:
        os.kill(process.pid, signal.SIGCONT)
    installed.wait(lambda: installed.health() == 200)
