"""Tables that were handed in over a page: kept until they are taken in, and no longer."""

import tempfile
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from chengshao.intake.actions._imports import digest_of_file, forget_imports
from chengshao.intake.models import CaseImport
from chengshao.intake.queries import folder_of_tables, path_of_table
from chengshao.intake.terms import ImportState
from chengshao.web.sheets import FileTooLarge

MOST_BYTES = 64 * 1024 * 1024
_KEPT_UNSTARTED = timedelta(days=7)
_KEPT_UNKNOWN = timedelta(days=1)  # somebody may be handing it in just now


def keep_table(*, chunks: Iterable[bytes]) -> Path:
    """
    Write a table to where it is kept, a chunk at a time, and return where that is.

    :raises FileTooLarge: beyond 64 MB; nothing of it is left
    """
    folder = folder_of_tables()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, prefix="new-", delete=False) as file:
        path = Path(file.name)
        try:
            size = 0
            for chunk in chunks:
                size += len(chunk)
                if size > MOST_BYTES:
                    raise FileTooLarge(limit=MOST_BYTES // 1024**2)
                file.write(chunk)
        except BaseException:
            path.unlink()
            raise
    return path.rename(path_of_table(digest_of_file(path)))


def forget_table(*, digest: str) -> None:
    """Delete a table, unless an import that isn't over needs it."""
    if not CaseImport.objects.filter(file_digest=digest).exclude(state=ImportState.DONE).exists():
        path_of_table(digest).unlink(missing_ok=True)


def forget_tables(*, at: datetime) -> int:
    """
    Delete tables that nobody needs any more, and imports that nobody started within a week, with
    theirs: citizens' data are in them. Return how many files.
    """
    left = CaseImport.objects.filter(state=ImportState.PREPARED)
    forget_imports(left.filter(prepared_at__lt=at - _KEPT_UNSTARTED))
    needed = CaseImport.objects.exclude(state=ImportState.DONE)
    digests = set(needed.values_list("file_digest", flat=True))
    before = (at - _KEPT_UNKNOWN).timestamp()
    folder = folder_of_tables()
    old = [
        path
        for path in (folder.iterdir() if folder.is_dir() else ())
        if path.name not in digests and path.stat().st_mtime < before
    ]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)
