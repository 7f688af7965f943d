"""`chengshao faults`: kill and starve an installation made for it, for as long as asked."""

import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from importlib.util import find_spec

from ops.console import Stopped, say
from ops.folder import CHECKOUT
from ops.testing import without_database

MINUTES, SEED = "CHENGSHAO_FAULT_MINUTES", "CHENGSHAO_FAULT_SEED"
_DEFAULT_SEED = 20261122


def faults(words: Sequence[str]) -> int:
    """
    Run the tests that strike, for longer than `chengshao test` does; return the exit code.

    :raises Stopped: if the tools for tests are not installed
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
    return subprocess.run(
        [sys.executable, "-m", "pytest", "tests/run/test_faults.py", "-x", "-q", "-s"],
        cwd=CHECKOUT,
        env=without_database() | {MINUTES: str(asked.minutes), SEED: str(asked.seed)},
        stdin=subprocess.DEVNULL,
    ).returncode


def settings(env: dict[str, str]) -> tuple[float, int]:
    """Return for how many minutes, and by which seed, the tests are to strike."""
    return float(env.get(MINUTES) or 0), int(env.get(SEED) or _DEFAULT_SEED)
