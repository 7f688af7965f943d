"""The command `report-file`: read the table, send it, tell how it goes and what was refused."""

import os
import sys
import time
from argparse import ArgumentParser, ArgumentTypeError, RawDescriptionHelpFormatter
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from chengshao.kernel.tables import TableRefused
from chengshao.web.sheets import (
    MAX_COLUMNS,
    MAX_ROWS,
    FileTooLarge,
    FileUnreadable,
    Row,
    TableTooLarge,
    read_table,
)
from ops.console import Stopped, complain, say
from ops.report_file.mapping import MappingFaulty, ReportMapping, RowUnreadable, read_mapping
from ops.report_file.refusals import CSV, EXCEL, Refusal, write_refusals
from ops.report_file.sending import (
    AddressInvalid,
    Outcome,
    Parcel,
    SendingStopped,
    Server,
    Told,
    send_all,
)

MAX_BYTES = 256 * 1024 * 1024
_MOST_CONNECTIONS = 32
_MOST_SHOWN = 50
_FIRST_GUESS = 2.0  # seconds after which the pace says something
_DESCRIPTION = """\
把 Excel 或 CSV（UTF-8、GB18030）里的诉求逐条送进接口。重复执行不会重复登记：编号相同的只登记一次，
中断后再执行一次即可接着办。映射文件见 docs/examples/report-file-mapping.yaml。
Send the reports of an Excel or CSV file through the API. To repeat it adds nothing: the same
number is one report, so a run that was broken off is simply run again."""
_EPILOG = """\
令牌 · the token:  .venv/bin/chengshao make-token hotline --label 留言导入 > token.txt
退出码 · exit code:  0 全部收下 all there · 1 有拒收或中止 some refused, or stopped ·
                     2 用法不对 usage · 130 Ctrl-C"""


def report_file(words: Sequence[str]) -> int:
    """
    Do what the words after `report-file` say; return the exit code.

    :raises Stopped: if it can't be done; what was sent until then has arrived
    """
    try:
        asked = _parser().parse_args(list(words))
    except SystemExit as left:
        return int(left.code or 0)
    server = _server(asked.url, _token(asked.token, asked.token_file))
    refusals_to = _place_for_refusals(asked.refusals, asked.file)
    rows = _rows(asked.file)
    mapping = _mapping(asked.mapping, rows)
    run = _Run(rows, mapping)
    code = 1
    try:
        code = run.go(server, asked.connections)
    finally:
        if refusals_to is not None:
            _keep(refusals_to, run.refusals(), rows)
    return code


class _Run:
    """One run over all rows, and how far it is."""

    def __init__(self, rows: Sequence[Row], mapping: ReportMapping) -> None:
        self._parcels, self._refused = _parcels(rows, mapping)
        self._keys = {row.number: mapping.key_of(row) for row in rows}
        self._total = len(rows)
        self._count = Counter({Outcome.REFUSED: len(self._refused)})
        self._sent = 0
        self._begun = time.monotonic()
        self._next_line = 0.0

    def refusals(self) -> list[Refusal]:
        """Return what was refused so far, in the order of the table."""
        return [Refusal(row, self._keys[row], self._refused[row]) for row in sorted(self._refused)]

    def go(self, server: Server, connections: int) -> int:
        """:raises Stopped: if the server is away too long, or does not let us in"""
        say(
            f"共{self._total}行，送往 {server.host}（{connections}个连接）。"
            "Ctrl-C 可中断，再执行即接着办。",
            f"{self._total} rows to {server.host} over {connections} connections. "
            "Ctrl-C breaks off; run it again to go on.",
        )
        if server.in_the_clear:
            complain(
                "地址不是 https：令牌和诉求内容将明文经过网络。",
                "The address is not https: token and reports travel in the clear.",
            )
        self._begun = time.monotonic()
        try:
            send_all(self._parcels, server=server, connections=connections, tell=self._tell)
        except SendingStopped as stopped:
            self._end("中止", "stopped")
            raise Stopped(
                f"{stopped.zh}。排除后再执行一次即可接着办。",
                f"{stopped.en}. Mend it and run the command again to go on.",
            ) from stopped
        except KeyboardInterrupt:
            self._end("已中断，再执行一次即可接着办", "broken off; run it again to go on")
            return 130
        self._end("全部办完", "done")
        return 1 if self._refused else 0

    def _tell(self, told: Told) -> None:
        self._sent += 1
        self._count[told.outcome] += 1
        if told.outcome is Outcome.REFUSED:
            self._refused[told.row] = told.reason
        self._show_progress()

    def _show_progress(self) -> None:
        now, live = time.monotonic(), sys.stdout.isatty()
        if now < self._next_line:
            return
        self._next_line = now + (0.2 if live else 5.0)
        rate = self._sent / max(now - self._begun, 0.001)
        done = self._sent + self._total - len(self._parcels)
        left = self._total - done
        line = (
            f"  … {done}/{self._total}，剩{left}，新收{self._count[Outcome.NEW]}，"
            f"已有{self._count[Outcome.KNOWN]}，拒收{self._count[Outcome.REFUSED]}"
        )
        if now - self._begun > _FIRST_GUESS:
            line += f"，每秒{rate:.0f}件，约{left / rate:.0f}秒"
        sys.stdout.write(f"\r\033[K{line}" if live else f"{line}\n")
        sys.stdout.flush()

    def _end(self, zh: str, en: str) -> None:
        seconds = time.monotonic() - self._begun
        new, known, refused = (self._count[outcome] for outcome in Outcome)
        left = len(self._parcels) - self._sent
        rate = self._sent / max(seconds, 0.001)
        if sys.stdout.isatty():
            sys.stdout.write("\r\033[K")
        say(
            f"{zh}：共{self._total}行，新收{new}，已有{known}，拒收{refused}，未送{left}；"
            f"用时{seconds:.1f}秒，每秒{rate:.1f}件。",
            f"{en}: {self._total} rows, {new} new, {known} already there, {refused} refused, "
            f"{left} not sent; {seconds:.1f} s, {rate:.1f} a second.",
        )
        for refusal in self.refusals()[:_MOST_SHOWN]:
            say(f"  第{refusal.row}行 {refusal.key}：{refusal.reason}")
        if refused > _MOST_SHOWN:
            say(
                f"  还有{refused - _MOST_SHOWN}行，用 --refusals 文件.xlsx 可全部存下。",
                f"  and {refused - _MOST_SHOWN} more: --refusals FILE.xlsx keeps them all.",
            )


def _parcels(rows: Sequence[Row], mapping: ReportMapping) -> tuple[list[Parcel], dict[int, str]]:
    """Return what to send, and by row why the rest can't be read."""
    parcels: list[Parcel] = []
    refused: dict[int, str] = {}
    first: dict[str, Parcel] = {}
    for row in rows:
        try:
            parcel = Parcel(row.number, mapping.report_of(row))
        except RowUnreadable as error:
            refused[row.number] = str(error)
            continue
        earlier = first.setdefault(mapping.key_of(row), parcel)
        if earlier.body == parcel.body:
            parcels.append(parcel)
        else:  # over several connections chance would decide which of the two is taken
            refused[row.number] = f"编号与第{earlier.row}行相同，内容不同"
    return parcels, refused


def _parser() -> ArgumentParser:
    parser = ArgumentParser(
        prog="chengshao report-file",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    own = f"http://127.0.0.1:{os.environ.get('PORT') or '8000'}"
    parser.add_argument("file", type=Path, metavar="FILE", help="Excel 或 CSV · Excel or CSV")
    parser.add_argument(
        "--mapping", type=Path, required=True, metavar="MAP.yaml", help="哪一列是什么 · the columns"
    )
    parser.add_argument("--url", default=own, help=f"城哨的地址，默认 {own} · the server")
    token = parser.add_mutually_exclusive_group()
    token.add_argument(
        "--token-file", type=Path, metavar="FILE", help="令牌所在的文件 · a file with the token"
    )
    token.add_argument(
        "--token",
        default="",
        help="令牌；默认取环境变量 CHENGSHAO_TOKEN · the token, else CHENGSHAO_TOKEN",
    )
    parser.add_argument(
        "--connections",
        type=_few,
        default=4,
        metavar="N",
        help="同时几个连接，默认4 · how many at once, 4",
    )
    parser.add_argument(
        "--refusals",
        type=Path,
        metavar="FILE",
        help="拒收清单存为 .xlsx（改好可再送）或 .csv · keep what was refused",
    )
    return parser


def _few(told: str) -> int:
    if not told.isascii() or not told.isdigit() or not 1 <= int(told) <= _MOST_CONNECTIONS:
        raise ArgumentTypeError(f"1–{_MOST_CONNECTIONS}")
    return int(told)


def _server(url: str, token: str) -> Server:
    try:
        return Server(url, token)
    except AddressInvalid as error:
        raise Stopped(
            f"“{url}”不是地址，应如 https://chengshao.example",
            f"{url!r} is no address such as https://chengshao.example",
        ) from error


def _token(told: str, file: Path | None) -> str:
    token = told or os.environ.get("CHENGSHAO_TOKEN", "")
    if file is not None:
        token = _read(file, 4096).decode("utf-8", "replace")
    token = token.strip()
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise Stopped(
            "没有可用的令牌：请用 --token-file 或环境变量 CHENGSHAO_TOKEN 给出。"
            "签发：.venv/bin/chengshao make-token hotline --label 留言导入",
            "No usable token: give one by --token-file or in CHENGSHAO_TOKEN. To make one: "
            ".venv/bin/chengshao make-token hotline --label import",
        )
    return token


def _rows(file: Path) -> list[Row]:
    content = _read(file, MAX_BYTES)
    try:
        rows = read_table(content, max_bytes=MAX_BYTES)
    except FileUnreadable as error:
        raise Stopped(
            f"{file.name} 既不是 Excel，也不是 UTF-8 或 GB18030 的 CSV。",
            f"{file.name} is neither Excel nor CSV in UTF-8 or GB18030.",
        ) from error
    except (FileTooLarge, TableTooLarge) as error:
        raise _too_large(file) from error
    except TableRefused as error:
        twice = "、".join(fault.column for fault in error.faults)[:200]
        raise Stopped(
            f"{file.name} 里有同名的列：{twice}",
            f"Columns of the same name in {file.name}: {twice}",
        ) from error
    if not rows:
        raise Stopped(f"{file.name} 里没有数据行。", f"There are no rows in {file.name}.")
    return rows


def _mapping(file: Path, rows: Sequence[Row]) -> ReportMapping:
    try:
        return read_mapping(_read(file, MAX_BYTES), headings=list(rows[0]))
    except MappingFaulty as error:
        raise Stopped(
            f"{file.name} 不能用：" + "；".join(zh for zh, _ in error.faults),
            f"{file.name} can't be used: " + "; ".join(en for _, en in error.faults),
        ) from error


def _read(file: Path, limit: int) -> bytes:
    try:
        with file.open("rb") as stream:
            content = stream.read(limit + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise Stopped(f"{file} 读不出来：{why}", f"{file} can't be read: {why}") from error
    if len(content) > limit:
        raise _too_large(file)
    return content


def _too_large(file: Path) -> Stopped:
    size = MAX_BYTES // 1024**2
    return Stopped(
        f"{file.name} 太大：最多{size} MB、{MAX_ROWS}行、{MAX_COLUMNS}列，请分成几个文件。",
        f"{file.name} is too large: at most {size} MB, {MAX_ROWS} rows, {MAX_COLUMNS} columns.",
    )


def _place_for_refusals(file: Path | None, table: Path) -> Path | None:
    """Return where to keep what is refused; better refused now than after an hour of sending."""
    if file is None:
        return None
    same = file.exists() and table.exists() and file.samefile(table)
    if file.suffix.lower() not in (EXCEL, CSV) or same or not os.access(file.parent, os.W_OK):
        raise Stopped(
            f"拒收清单不能存为 {file}：要在可写的文件夹里，以 .xlsx 或 .csv 结尾，且不是原文件。",
            f"Refusals can't be kept in {file}: it must end in .xlsx or .csv, stand in a folder "
            "that can be written to, and not be the table itself.",
        )
    return file


def _keep(file: Path, refusals: Iterable[Refusal], rows: Sequence[Row]) -> None:
    part = file.with_name(f".{file.name}.part")
    try:
        part.write_bytes(write_refusals(refusals, rows, ending=file.suffix.lower()))
        part.replace(file)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        raise Stopped(
            f"拒收清单没能存下：{error.strerror}", f"Refusals could not be kept: {error.strerror}"
        ) from error
