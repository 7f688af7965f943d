"""`chengshao faults`: kill and starve an installation made for it, for as long as asked."""

import signal
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from tempfile import TemporaryDirectory
from types import FrameType

from ops.console import Stopped, say
from ops.folder import CHECKOUT
from ops.testing import without_database

MINUTES, SEED = "CHENGSHAO_FAULT_MINUTES", "CHENGSHAO_FAULT_SEED"
_DEFAULT_SEED = 20261122
_ROUND = 30.0  # minutes that one round may take: alone on a machine it is a tenth of it
_TIDYING = 120.0  # seconds for what was begun to be cleared away


def faults(words: Sequence[str]) -> int:
    """
    Run the tests that strike, for longer than `chengshao test` does; return the exit code.

    :raises Stopped: if the tools for tests are not installed, or it does not come to an end
    """
    parser = ArgumentParser(prog="chengshao faults", allow_abbrev=False)
    parser.add_argument(
        "--minutes", type=float, default=0.0, help="多久 · how long, on top of one round"
    )
    parser.add_argument("--seed", type=int, default=_DEFAULT_SEED, help="次序 · in which order")
    asked = parser.parse_args(list(words))
    say(
        f"种子 {asked.seed}，{asked.minutes:g} 分钟",
        f"seed {asked.seed}, {asked.minutes:g} minutes",
    )
    if find_spec("pytest") is None:
        raise Stopped(
            "没有安装测试工具：请先执行 make test。", "No pytest here: run make test first."
        )
    say(
        f"做完要求的时间后还有几项收尾检查；整个过程最多 {asked.minutes + _ROUND:g} 分钟。",
        f"After the time asked for, some last checks: {asked.minutes + _ROUND:g} minutes at most.",
    )
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # a shell may have them ignored
        signal.signal(number, _leave)
    with TemporaryDirectory(prefix="chengshao-faults-", ignore_cleanup_errors=True) as place:
        env = {MINUTES: str(asked.minutes), SEED: str(asked.seed), "TMPDIR": place}
        return run_bounded(
            [sys.executable, "-m", "pytest", "tests/run/test_faults.py", "-x", "-q", "-s"],
            env=without_database() | env,
            seconds=60 * (asked.minutes + _ROUND),
        )


def run_bounded(command: Sequence[str], *, env: Mapping[str, str], seconds: float) -> int:
    """
    Run a command and return its exit code; when we or the time end before it does, it is
    interrupted as by Ctrl-C, so that it clears away what it made.

    :raises Stopped: if it takes longer than so many seconds
    """
    process = subprocess.Popen(
        command,
        cwd=CHECKOUT,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        start_new_session=True,  # the terminal's Ctrl-C is for us, who pass it on once
        preexec_fn=_heed_interrupts,
    )
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        raise Stopped(
            f"{seconds / 60:g} 分钟内没有结束，停在上面最后一行。",
            f"Not over within {seconds / 60:g} minutes: the last line above says where it stands.",
        ) from None
    finally:
        _interrupt(process)


def _interrupt(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is not None:
        return
    say("正在清理……", "Clearing away …")
    process.send_signal(signal.SIGINT)
    try:
        process.wait(_TIDYING)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def _heed_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # in the background a shell has it ignored


def _leave(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def settings(env: dict[str, str]) -> tuple[float, int]:
    """Return for how many minutes, and by which seed, the tests are to strike."""
    return float(env.get(MINUTES) or 0), int(env.get(SEED) or _DEFAULT_SEED)
