"""Reports on their way: kept-alive connections, patience with a server that is away for a while."""

import http.client
import json
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

PATIENCE = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0)  # seconds between tries
_TRIES_AT_FIRST = 4  # until it has answered once, a wrong address is likelier than a pause
_TRIES_OF_A_FAULT = 7  # HTTP 500: a restart of its database heals, a fault of its own doesn't
_FAULTS_IN_A_ROW = 10  # then it is not the reports
_LONGEST_PAUSE = 60.0
_TIMEOUT = 60.0  # seconds for one answer
_MAX_ANSWER = 1024 * 1024
_AWAY = (429, 502, 503, 504)


class Outcome(StrEnum):
    """What became of a report."""

    NEW = "NEW"
    KNOWN = "KNOWN"  # it was there before
    REFUSED = "REFUSED"


@dataclass(frozen=True, slots=True)
class Parcel:
    """One report to send, and the row it is from."""

    row: int
    body: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Told:
    """What the API says to one report."""

    row: int
    outcome: Outcome
    reason: str = ""


class SendingStopped(Exception):
    """It makes no sense to go on; in Chinese and in English."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(zh, en)
        self.zh = zh
        self.en = en


class AddressInvalid(Exception):
    """It is no address of a server."""


class Server:
    """Where the reports go, and how it fared so far; shared by all connections."""

    def __init__(self, url: str, token: str, *, patience: Sequence[float] = PATIENCE) -> None:
        """:raises AddressInvalid: if the URL is not http(s)://host[:port][/path]"""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise AddressInvalid from error
        odd = parts.query or parts.fragment or parts.username or not url.isascii()
        if parts.scheme not in ("http", "https") or not parts.hostname or odd:
            raise AddressInvalid
        self.host, self.port, self.secure = parts.hostname, port, parts.scheme == "https"
        self.path = f"{parts.path.rstrip('/')}/api/v1/reports"
        self.token = token
        self.patience = tuple(patience)
        self.stopping = threading.Event()
        self.has_answered = False
        self.faults_in_a_row = 0

    def connect(self) -> http.client.HTTPConnection:
        kind = http.client.HTTPSConnection if self.secure else http.client.HTTPConnection
        return kind(self.host, self.port, timeout=_TIMEOUT)

    @property
    def in_the_clear(self) -> bool:
        """Whether token and reports travel unprotected beyond this machine."""
        return not self.secure and self.host not in ("localhost", "127.0.0.1", "::1")


class Connection:
    """One kept-alive connection; every report may be sent again, its key makes it one."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._http = server.connect()

    def send(self, parcel: Parcel) -> Told | None:
        """
        Send one report until there is an answer; None when asked to stop meanwhile.

        :raises SendingStopped: if the server is away too long, or does not let us in
        """
        server, failures = self._server, 0
        body = json.dumps(parcel.body, ensure_ascii=False).encode()
        while not server.stopping.is_set():
            pause, why = 0.0, ""
            try:
                status, headers, answer = self._post(body)
            except (OSError, http.client.HTTPException) as error:
                self.close()
                why = str(error) or type(error).__name__
            else:
                server.has_answered = True
                if status < 500 and status not in _AWAY:
                    server.faults_in_a_row = 0
                    return self._told(parcel.row, status, answer)
                why, pause = f"HTTP {status}", _seconds(headers.get("Retry-After"))
                if status not in _AWAY and failures + 1 >= _TRIES_OF_A_FAULT:
                    return self._at_fault(parcel.row, why)
            patience = server.patience[: None if server.has_answered else _TRIES_AT_FIRST - 1]
            if failures >= len(patience):
                raise SendingStopped(
                    f"{server.host} 没有应答（{why}）", f"{server.host} does not answer: {why}"
                )
            server.stopping.wait(max(pause, patience[failures]))
            failures += 1
        return None

    def close(self) -> None:
        self._http.close()  # the next request connects anew

    def _post(self, body: bytes) -> tuple[int, Mapping[str, str], object]:
        headers = {
            "Authorization": f"Bearer {self._server.token}",
            "Content-Type": "application/json",
            "Accept-Language": "zh-CN",
        }
        self._http.request("POST", self._server.path, body=body, headers=headers)
        response = self._http.getresponse()
        content = response.read(_MAX_ANSWER)
        if not response.isclosed():
            self.close()
        try:
            answer = json.loads(content)
        except ValueError:
            answer = None
        return response.status, dict(response.getheaders()), answer

    def _told(self, row: int, status: int, answer: object) -> Told:
        said = answer if isinstance(answer, dict) else {}
        reason = str(said.get("message") or "")
        match status:
            case 200 if isinstance(said.get("created"), bool):
                return Told(row, Outcome.NEW if said["created"] else Outcome.KNOWN)
            case 401 | 403:
                raise SendingStopped(
                    f"令牌不被接受：{reason or f'HTTP {status}'}",
                    f"The token is not accepted (HTTP {status})",
                )
            case 400 | 409 | 413 | 422 if reason:
                return Told(row, Outcome.REFUSED, reason)
            case _:
                raise SendingStopped(
                    f"这个地址上不是城哨的接口（HTTP {status}）",
                    f"There is no Chengshao API at this address (HTTP {status})",
                )

    def _at_fault(self, row: int, why: str) -> Told:
        self._server.faults_in_a_row += 1
        if self._server.faults_in_a_row >= _FAULTS_IN_A_ROW:
            raise SendingStopped(f"服务器一再出错（{why}）", f"The server keeps failing: {why}")
        return Told(row, Outcome.REFUSED, f"服务器出错（{why}），可以再发一次")


def send_all(
    parcels: Iterable[Parcel],
    *,
    server: Server,
    connections: int,
    tell: Callable[[Told], None],
) -> None:
    """
    Send all over so many connections at once; `tell` hears each answer, one at a time.

    Ctrl-C lets running requests finish; what has been told by then has arrived.

    :raises SendingStopped: if the server is away too long, or does not let us in
    """
    waiting, lock = iter(parcels), threading.Lock()
    failed: list[BaseException] = []

    def work() -> None:
        connection = Connection(server)
        try:
            while (parcel := _next(waiting, lock)) and (told := connection.send(parcel)):
                with lock:
                    tell(told)
        except BaseException as error:
            failed.append(error)
            server.stopping.set()
        finally:
            connection.close()

    threads = [threading.Thread(target=work, name=f"sending-{n}") for n in range(connections)]
    for thread in threads:
        thread.start()
    try:
        for thread in threads:
            thread.join()
    except KeyboardInterrupt:
        server.stopping.set()
        for thread in threads:
            thread.join()
        raise
    if failed:
        raise failed[0]


def _next(waiting: Iterator[Parcel], lock: threading.Lock) -> Parcel | None:
    with lock:
        return next(waiting, None)


def _seconds(told: str | None) -> float:
    plain = told is not None and told.isascii() and told.isdigit() and len(told) < 6
    return min(float(told or 0), _LONGEST_PAUSE) if plain else 0.0
