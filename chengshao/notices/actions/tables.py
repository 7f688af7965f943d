"""The words of messages as a table: what is taken away is what can be handed in."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import override

from chengshao.kernel.actor import Actor
from chengshao.kernel.errors import DomainError
from chengshao.kernel.tables import Faults
from chengshao.notices import queries
from chengshao.notices.actions.keeping import check_keeper, set_template
from chengshao.notices.rules.kinds import parameters_of
from chengshao.notices.terms import NoticeKind
from chengshao.web.sheets import read_table, write_table
from chengshao.web.texts import term

KIND, TEXT, SINCE, MAY_ASK = "消息", "内容", "自哪天起", "可以填进去的"
HEADINGS = (KIND, TEXT, SINCE, MAY_ASK)
_ABOUT_THE_DAY = frozenset({"notice_date_past", "notice_date_taken"})


def export_templates(*, on: date) -> bytes:
    """Return the table of what every message says on a day; one without words has an empty cell."""
    settled = queries.templates_on(on)
    rows = []
    for word, kind in _by_word().items():
        row = settled.get(kind)
        may_ask = "、".join(f"{{{name}}}" for name in parameters_of(kind))
        rows.append((word, row.text if row else "", row.valid_from if row else None, may_ask))
    return write_table(HEADINGS, rows)


@transaction.atomic
def import_templates(*, content: bytes, actor: Actor, at: datetime) -> int:
    """
    Take in what messages say, each from its day on, today where none is given; return how many
    are new. Messages that the table leaves out or leaves empty stay as they are.

    :raises MessagesPowerMissing: without KEEP_MESSAGES
    :raises TableRefused: with every fault by row and column; nothing was taken in
    :raises FileUnreadable, FileTooLarge, TableTooLarge: if it can't be read at all
    """
    check_keeper(actor)
    faults, by_word = Faults(), _by_word()
    first: dict[NoticeKind, int] = {}
    changed = 0
    for row in read_table(content, required=(KIND, TEXT)):
        kind = by_word.get(row[KIND])
        day = _day(row, at)
        if kind is None:
            faults.add(row.number, KIND, "value_unknown", value=row[KIND][:40])
        elif first.setdefault(kind, row.number) != row.number:
            faults.add(row.number, KIND, "value_repeated", value=row[KIND], first=first[kind])
        elif day is None:
            faults.add(row.number, SINCE, "value_not_a_date", value=row[SINCE][:40])
        elif row[TEXT]:
            try:
                new = set_template(kind=kind, text=row[TEXT], valid_from=day, actor=actor, at=at)
            except DomainError as error:
                column = SINCE if error.code in _ABOUT_THE_DAY else TEXT
                faults.add_error(row.number, column, error)
            else:
                changed += new
    faults.refuse_if_any()
    return changed


def _by_word() -> dict[str, NoticeKind]:
    with override("zh-hans"):  # whatever language the reader has: tables keep one
        return {term("notice_kind", kind): kind for kind in NoticeKind}


def _day(row: Mapping[str, str], at: datetime) -> date | None:
    if not row[SINCE]:
        return localdate(at)
    try:
        return date.fromisoformat(row[SINCE])
    except ValueError:
        return None
