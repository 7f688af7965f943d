"""
Under load something dies, hangs or fills up: nothing acknowledged is lost, nothing is there twice.

One round by default. `chengshao faults --minutes 60 --seed 7` goes on for longer.
"""

import http.client
import os
import random
import shutil
import tempfile
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import psutil
import psycopg
import pytest
from PIL import Image

from ops.faults import settings
from tests.run import faults
from tests.run.faults import FAULTS, tell, telling
from tests.run.installed import LONG, Installed, kill
from tests.run.reporters import Reporters, send

pytestmark = pytest.mark.run
JUMPING = "tests.run.jumping_settings"


@pytest.fixture(scope="module")
def live(migrated: Path) -> Iterator[Installed]:
    """A running demo district and the token of a machine that reports."""
    with tempfile.TemporaryDirectory(prefix="chengshao-run-") as place:
        one = Installed(Path(place) / "data", CHENGSHAO_DEMO="1", DJANGO_SETTINGS_MODULE=JUMPING)
        shutil.copytree(migrated, one.data)
        try:
            with telling("启动一套 · an installation starts"):
                one.start()
            made = one.command("make-token", "hotline", "--label", "test")
            one.env["CHENGSHAO_TOKEN"] = made.stdout.split()[-1]
            yield one
        finally:
            one.clear_away()


def rounds(minutes: float, chance: random.Random) -> Iterator[str]:
    """Yield every fault once in an order of chance, then by chance until the time is over."""
    until = time.monotonic() + 60 * minutes
    yield from chance.sample(sorted(FAULTS), len(FAULTS))
    while time.monotonic() < until:
        yield chance.choice(sorted(FAULTS))


def test_whatever_strikes_every_acknowledged_report_is_there_once(live: Installed) -> None:
    minutes, seed = settings(dict(os.environ))
    chance = random.Random(seed)
    tell(f"seed {seed}")
    with Reporters(live, "fault") as load:
        for name in rounds(minutes, chance):
            with telling(name):
                faults.strike(name, live, load, chance)
    tell(f"{len(load.acknowledged)} acknowledged, {len(load.failures)} failed and sent again")
    faults.check(live, load)


def picture(pixels: int) -> bytes:
    """Return a picture that can't be made small."""
    buffer = BytesIO()
    noise = random.Random(pixels).randbytes(pixels * pixels * 3)
    Image.frombytes("RGB", (pixels, pixels), noise).save(buffer, "JPEG", quality=95)
    return buffer.getvalue()


def upload(live: Installed, report: int, content: bytes, *, share: float = 1) -> int:
    """Send a file with a report, or break off in it; return the status, 0 for none."""
    body = (
        b'--edge\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n'
        b"Content-Type: image/jpeg\r\n\r\n" + content + b"\r\n--edge--\r\n"
    )
    connection = http.client.HTTPConnection("127.0.0.1", live.port, timeout=LONG)
    connection.putrequest("POST", f"/api/v1/reports/{report}/files")
    connection.putheader("Authorization", f"Bearer {live.env['CHENGSHAO_TOKEN']}")
    connection.putheader("Content-Type", "multipart/form-data; boundary=edge")
    connection.putheader("Content-Length", str(len(body)))
    connection.endheaders()
    connection.send(body[: int(len(body) * share)])
    try:
        return connection.getresponse().status if share == 1 else 0
    finally:
        connection.close()


def blobs(live: Installed) -> int:
    with psycopg.connect(live.cluster().url()) as db:
        row = db.execute("SELECT count(*) FROM evidence_blob").fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.parametrize("share", [0.0, 0.3, 0.99])
def test_a_connection_lost_in_mid_upload_leaves_nothing(live: Installed, share: float) -> None:
    tell(f"上传中断 · an upload breaks off at {share:.0%}")
    report = send(live, f"lost-{share}")["id"]
    before = blobs(live)

    upload(live, report, picture(700), share=share)

    assert upload(live, report, picture(300)) == 200  # whoever goes on is served
    assert blobs(live) == before + 1
    assert faults.leftovers(live) == []


def test_a_full_disk_refuses_the_file_and_leaves_nothing_half_written(live: Installed) -> None:
    tell("磁盘写满 · the disk is full")
    report = send(live, "full")["id"]
    before = blobs(live)
    large = picture(701)
    faults.limit_files(live, len(large) // 2)

    refused = upload(live, report, large)

    assert refused == 500
    assert send(live, "full-but-without-file")["created"]
    assert blobs(live) == before
    assert faults.leftovers(live) == []

    faults.limit_files(live, psutil.RLIM_INFINITY)
    assert upload(live, report, large) == 200
    assert faults.leftovers(live) == []
    faults.verify(live)


def test_a_clock_that_jumps_loses_no_report_and_breaks_no_history(live: Installed) -> None:
    """
    Hours and days, forth and back; never to a day before the district was set up, when nobody had
    a power yet.
    """
    clock = live.data / "clock"
    worker = live.part("worker")
    worker.suspend()  # a day it sealed meanwhile would name what came late to it
    try:
        with Reporters(live, "clock") as load:
            for seconds in (7200, 300, 3 * 86400, 3 * 86400 - 7200, 0):
                with telling(f"时钟跳 · the clock is ahead by {seconds} s"):
                    clock.write_text(str(seconds))
                    load.await_more(5)
    finally:
        worker.resume()
    clock.unlink()

    assert load.failures == []
    faults.check(live, load)


def test_a_worker_killed_again_and_again_says_everything_once(live: Installed) -> None:
    """The last one here: the clock stays ahead, so that all those deadlines are due."""
    ahead = 20 * 86400
    chance = random.Random(settings(dict(os.environ))[1])
    with (
        telling("收 150 件 · 150 reports come in"),
        Reporters(live, "due") as load,
    ):
        load.await_more(150)
    before = faults.due(live, ahead)
    assert before >= 150

    (live.data / "clock").write_text(str(ahead))
    left = [before]
    while left[-1] and len(left) <= 3:
        with telling(f"清扫时杀后台任务 · the worker dies with {left[-1]} deadlines to say"):
            faults.sweep(live)
            live.wait(lambda: faults.due(live, ahead) < left[-1])
            time.sleep(chance.random() / 5)
            kill(live.part("worker"))
            left.append(faults.due(live, ahead))
            faults.await_health(live)
    assert left[1] > 0  # it was in the midst of them
    with telling(f"等它说完 · it says the {left[-1]} that are left"):
        faults.sweep(live)
        live.wait(lambda: not faults.due(live, ahead))

    assert faults.said_twice(live) == []
    faults.verify(live)
