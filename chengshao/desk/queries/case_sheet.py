"""A case on paper as data: what package.html says, in the order of `case.typ`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from chengshao.catalog.terms import EvidenceKind
from chengshao.desk.queries._words import closing_words
from chengshao.desk.queries.case import CasePage
from chengshao.desk.queries.papers import code_of
from chengshao.desk.queries.pictures import Pair, Picture
from chengshao.desk.queries.timeline import Moment
from chengshao.evidence import queries as blobs
from chengshao.evidence.queries import BlobFileMissing
from chengshao.people.queries import UnitLine
from chengshao.web.moments import full
from chengshao.web.qr import qr_drawing
from chengshao.web.texts import term

_ANY_YEAR = date.min  # so that every date has its own: a paper is read in other years
Rows = list[list[str]]


@dataclass(frozen=True, slots=True)
class CaseSheet:
    """A case as the template takes it; made when its last line was written, whoever asks when."""

    told: dict[str, Any]
    pictures: dict[str, bytes]  # JPEGs, by the names under which `told` speaks of them
    at: datetime


def case_sheet(page: CasePage) -> CaseSheet:
    """Return what this reader's page says of the case: nothing is asked again, nothing added."""
    case = page.view.case
    at = page.moments[0].at if page.moments else case.opened_at
    pictures: dict[str, bytes] = {}
    sides = [side for pair in page.pairs for side in _sides(page, pair, pictures)]
    told = {
        "kind": _("案卷"),
        "number": case.number,
        "standing": "　".join(
            (term("channel", case.channel), full(case.opened_at), term("step", case.step))
        ),
        "title": page.title,
        "code": qr_drawing(code_of(case.number)),
        "page_of": _("第 {page} 页 共 {pages} 页"),
        "facts": {"name": _("什么事"), "rows": [list(row) for row in _facts(page)]},
        "tasks": {
            "name": _("各单位的任务"),
            "heads": [_("单位"), _("任务"), _("状态")],
            "rows": _tasks(page),
        },
        "pictures": {"name": _("照片"), "rows": sides},
        "history": {
            "name": _("经过"),
            "heads": [_("行"), _("时间、单位"), _("做了什么")],
            "rows": [_line(moment) for moment in page.moments[::-1]],
        },
        "files": {"name": _("文件和SHA-256"), "rows": _files(page)},
        "proof": _proof(page),
        "end": _("案卷到{at}为止").format(at=full(at)),
    }
    return CaseSheet(told, pictures, at)


def _facts(page: CasePage) -> Iterator[tuple[str, str]]:
    many = len(page.reports) > 1
    for nth, report in enumerate(page.reports, start=1):
        label = _("第{n}件").format(n=nth) if many else _("原话")
        yield label, _("已删除") if report.erased else report.words
    if not page.reports:
        yield from ((term("task_kind", task.kind), task.words) for task in page.tasks if task.words)
    yield _("地点"), page.place or _("无地点")
    if page.matter:
        yield _("事项"), page.matter.name
    closing = closing_words(page.view.case.closing, _ANY_YEAR) if page.whole else ""
    if closing:
        yield _("结果"), closing
    if page.whole and page.last_reply:
        yield _("答复"), page.last_reply


def _tasks(page: CasePage) -> Rows:
    return [
        [
            task.unit.name if task.unit else "",
            term("task_kind", task.kind),
            term("task_state", task.state),
        ]
        for task in page.tasks
    ]


def _line(moment: Moment) -> list[str]:
    return [
        str(moment.seq),
        full(moment.at),
        _name(moment.unit),
        moment.words,
        moment.detail,
    ]


def _name(unit: UnitLine | Mapping[str, Any]) -> str:
    return unit.name if isinstance(unit, UnitLine) else str(unit.get("name", ""))


def _sides(page: CasePage, pair: Pair, pictures: dict[str, bytes]) -> list[dict[str, str | None]]:
    asked = EvidenceKind.PHOTO_AFTER in page.view.case.evidence_asked
    no_after = _("还没有处置后照片") if asked else _("此事项不要求处置后照片")
    return [
        _side(page, pair.before, pair.alt_before, pictures) or _empty(_("没有处置前照片")),
        _side(page, pair.after, pair.alt_after, pictures) or _empty(no_after),
    ]


def _side(
    page: CasePage, picture: Picture | None, alt: str, pictures: dict[str, bytes]
) -> dict[str, str | None] | None:
    if picture is None:
        return None
    said = "　".join((picture.shows, full(picture.at), picture.who))
    stored = next(f.blob for f in page.view.attachments if f.blob and f.pk == picture.id)
    name = f"{picture.id}.jpg"
    try:
        with blobs.open_file(stored, thumbnail=True) as content:
            pictures[name] = content.read()
    except BlobFileMissing:
        return _empty(said)
    return {"file": name, "alt": alt, "words": said}


def _empty(words: str) -> dict[str, str | None]:
    return {"file": None, "alt": "", "words": words}


def _files(page: CasePage) -> Rows:
    """Return the files by the names that they have in the package, each with its digest."""
    return [
        [
            f"{file.pk}-{file.blob.name}" if file.blob else str(file.pk),
            _about(file, page.view.case.pk),
            file.blob.digest if file.blob else _("已删除"),
        ]
        for file in page.view.attachments
    ]


def _about(file: Any, case_id: int) -> str:
    kind = term("evidence_kind", file.evidence_kind) if file.evidence_kind else _("来件附件")
    said = [kind, full(file.added_at)]
    said += [] if file.work_order_id == case_id else [_("在并入的案卷里")]
    return "　".join(said)


def _proof(page: CasePage) -> dict[str, Any]:
    """Return with what the history can be checked, for who sees all of it."""
    case = page.view.case
    rows = [
        [_("流转"), _("{n}行").format(n=case.history_seq)],
        [_("最后一行的hash"), case.history_head],
    ]
    return {
        "name": _("历史的证明"),
        "rows": rows if page.whole else [],
        "how": _("每一行的hash由上一行的hash和这一行算出；核对方法见归档包的README.txt。"),
    }
