"""The data folder: where it is, its locks, and the small files the commands keep in it."""

import fcntl
import json
import os
import secrets
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ops.console import Stopped

CHECKOUT = Path(__file__).resolve().parent.parent


class FileLock:
    """A lock on a file. The kernel lets go of it when the holder dies, in whatever way."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._fd: int | None = None

    def take(self, *, shared: bool = False, seconds: float = 0) -> bool:
        """
        Take the lock, or change a held one; wait at most so many seconds for others to let go.

        A failed change from shared to exclusive lets go of the lock.
        """
        if self._fd is None:
            self._fd = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        until = time.monotonic() + seconds
        while True:
            try:
                fcntl.flock(self._fd, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
                return True
            except BlockingIOError:
                if time.monotonic() >= until:
                    self.release()
                    return False
                time.sleep(0.05)

    def release(self) -> None:
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def __enter__(self) -> Self:
        if not self.take(seconds=120):
            raise Stopped(
                f"两分钟内没有等到数据目录的锁 {self._path}，可能有另一条命令卡住了。",
                f"Waited two minutes for the lock {self._path}: another command may hang.",
            )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.release()


class DataFolder:
    """Everything one installation keeps outside the code. Made on first use, for its owner only."""

    def __init__(self, path: Path) -> None:
        """:raises Stopped: if the folder can't be made or written"""
        self.path = path.absolute()
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            probe = self.path / f".probe-{os.getpid()}"
            probe.touch()
            probe.unlink()
        except OSError as error:
            raise Stopped(
                f"数据目录 {self.path} 不能写入：{error.strerror}。可用 CHENGSHAO_DATA 另选目录。",
                f"The data folder {self.path} can't be written: {error.strerror}. "
                "CHENGSHAO_DATA names another.",
            ) from error
        self.path = self.path.resolve()

    @property
    def keys(self) -> Path:
        return Path(os.environ.get("CHENGSHAO_KEYS") or self.path / "keys.json")

    def lock(self, name: str) -> FileLock:
        return FileLock(self.path / f"{name}.lock")

    def read(self, name: str) -> dict[str, Any]:
        """Return a small JSON file of ours; empty when it is missing or was cut off."""
        try:
            content = json.loads((self.path / f"{name}.json").read_text())
        except (FileNotFoundError, ValueError):
            return {}
        return content if isinstance(content, dict) else {}

    def write(self, name: str, content: dict[str, Any]) -> None:
        """Replace a small JSON file of ours in one step, readable for its owner only."""
        write_private(self.path / f"{name}.json", json.dumps(content, indent=1) + "\n")

    def forget(self, name: str) -> None:
        (self.path / f"{name}.json").unlink(missing_ok=True)


def data_folder() -> DataFolder:
    """Return the folder named by CHENGSHAO_DATA, else `data` in the checkout."""
    return DataFolder(Path(os.environ.get("CHENGSHAO_DATA") or CHECKOUT / "data"))


def write_private(path: Path, content: str, *, replace: bool = True) -> None:
    """
    Write a file (0600) whole or not at all.

    :raises FileExistsError: if it exists and must not be replaced
    """
    draft = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(fd, "w") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if replace:
            draft.replace(path)
        else:
            os.link(draft, path)  # unlike a rename it never takes another file's place
    finally:
        draft.unlink(missing_ok=True)
