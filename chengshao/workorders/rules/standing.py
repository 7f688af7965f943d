"""What hangs on a case beside its tasks: as its lines tell it, and as its rows say."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from chengshao.kernel.canonical import Json
from chengshao.workorders.terms import CaseCommand, ContactResult, ReportCommand, TaskCommand

Facts = Mapping[str, Json]
OF_CASE = ("suspended_at", "resumes_at", "archived_at", "outer_due_at")
OF_REPORT = ("kind", "withdrawn_at", "told_at", "nuisance")
OF_PROMISE = ("unit_id", "promised_on", "came_back_at", "settled_at", "kept")
OF_LEDGER = ("level", "owner_id", "approved_by_id", "review_on", "struck_off_at")
PROMISES, LEDGER, REPORTS, GONE = "promises", "ledger", "reports", "gone"
_ARRIVES = (ReportCommand.REPORT, CaseCommand.FIX, CaseCommand.IMPORT)
_ATTEMPTS = (TaskCommand.CONTACT, TaskCommand.TELL)
_TOLD = (ContactResult.TALKED, ContactResult.MESSAGE)


@dataclass(frozen=True, slots=True)
class Attempted:
    """One attempt to get in touch with a citizen."""

    task_id: int
    report_id: int
    result: str
    at: str
    user_id: int | None


@dataclass(frozen=True, slots=True)
class Standing:
    """The case's own days and, each by its id, what hangs on it."""

    case: Facts = field(default_factory=dict)
    promises: Mapping[int, Facts] = field(default_factory=dict)
    ledger: Mapping[int, Facts] = field(default_factory=dict)
    reports: Mapping[int, Facts] = field(default_factory=dict)
    attempts: frozenset[Attempted] = frozenset()

    def leads_to(self, present: "Standing") -> bool:
        """
        Tell whether what was told is what there is; of a report that went to another case, that
        one's lines tell.
        """
        here = {pk: facts for pk, facts in self.reports.items() if pk in present.reports}
        told = (self.case, self.promises, self.ledger, here, self.attempts)
        found = (
            present.case,
            present.promises,
            present.ledger,
            present.reports,
            present.attempts,
        )
        return told == found


def facts_of_report(row: object) -> dict[str, Json]:
    """Return what a line says of a report; that it is no nuisance goes without saying."""
    said = facts_of(row, OF_REPORT)
    return {name: value for name, value in said.items() if value is not False}


def facts_of(row: object, names: Iterable[str]) -> dict[str, Json]:
    """Return these of a row's columns as a line says them; what is empty is left out."""
    said = {name: _plain(getattr(row, name)) for name in names}
    return {name: value for name, value in said.items() if value is not None and value != ""}


def standing_told(bodies: Iterable[Mapping[str, Any]]) -> Standing:
    """Return what hangs on a case by the bodies of its lines, in their order."""
    case: Facts = {}
    rows: dict[str, dict[int, Facts]] = {PROMISES: {}, LEDGER: {}, REPORTS: {}}
    attempts = set()
    for body in bodies:
        case = body.get("case", {})
        for changed in body.get("changed", ()):
            _tell(rows, changed)
        for report_id, facts in _of_reports(body):
            known = {**rows[REPORTS].get(report_id, {}), **facts}
            rows[REPORTS][report_id] = {name: v for name, v in known.items() if v is not False}
        if body["command"] in _ATTEMPTS and "result" in body:
            attempts.add(_attempted(body))
    return Standing(case, rows[PROMISES], rows[LEDGER], rows[REPORTS], frozenset(attempts))


def _tell(rows: dict[str, dict[int, Facts]], changed: Mapping[str, Any]) -> None:
    for what, ids in changed.get(GONE, {}).items():
        for pk in ids:
            rows[what].pop(pk, None)
    for what in rows:
        for told in changed.get(what, ()):
            rows[what][told["id"]] = {name: told[name] for name in told if name != "id"}


def _of_reports(body: Mapping[str, Any]) -> Iterator[tuple[int, Facts]]:
    """Yield what a line says of reports, as the actions that wrote it have stored it."""
    command, at = body["command"], body["at"]
    if command in _ARRIVES:
        yield body["report_id"], {"kind": body["kind"]} if body.get("kind") else {}
    if command == ReportCommand.QUALIFY and body.get("kind"):
        yield body["report_id"], {"kind": body["kind"]}
    if command == ReportCommand.WITHDRAW:
        yield body["report_id"], {"withdrawn_at": at}
    if command in (ReportCommand.MARK_NUISANCE, ReportCommand.UNMARK_NUISANCE):
        yield body["report_id"], {"nuisance": command == ReportCommand.MARK_NUISANCE}
    if command == TaskCommand.READ or (command == TaskCommand.TELL and body.get("result") in _TOLD):
        yield body["report_id"], {"told_at": at}
    if command == CaseCommand.PLATFORM_LEAVES:
        for report_id in body.get("taken_back", ()):
            yield report_id, {"withdrawn_at": at}


def _attempted(body: Mapping[str, Any]) -> Attempted:
    return Attempted(
        body["task_id"], body["report_id"], body["result"], body["at"], body["user_id"]
    )


def moment(at: datetime) -> str:
    """Return a moment as lines say it."""
    return at.astimezone(UTC).isoformat()


def _plain(value: object) -> Json:
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, bool | int):
        return value
    return str(value)
