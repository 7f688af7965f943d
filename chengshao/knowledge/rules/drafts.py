"""What a knowledge item may say before it is published (X9, C7)."""

import re
from dataclasses import dataclass
from datetime import datetime

from chengshao.kernel.errors import Invalid
from chengshao.kernel.words import is_blank
from chengshao.knowledge.terms import ItemField, ItemKind, Validity

MOST_SENTENCES = 3  # what is read aloud: more nobody takes in on the telephone
MOST_CALLERS_WORDS = 20
LONGEST = {
    ItemField.CODE: 20,
    ItemField.TITLE: 60,
    ItemField.CALLERS_WORDS: 60,  # each
    ItemField.ANSWER: 2000,
    ItemField.CONDITIONS: 1000,
    ItemField.PAPERS: 1000,
    ItemField.PLACE: 400,
    ItemField.SOURCE: 200,
    ItemField.SOURCE_REF: 300,
    ItemField.MATTER: 16,
}
READ_ALOUD = frozenset({ItemKind.ANSWER, ItemKind.TEMPORARY})
CASES = frozenset({ItemKind.GOOD_CASE, ItemKind.BAD_CASE})
CODE = re.compile(r"^[A-Za-z0-9-]{1,20}$")
_SENTENCE_END = re.compile(r"[。！？!?…]+|\n+|(?<!\d)\.(?=\s|$)")
_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎"
    "鲁韦马苗凤花方俞任袁柳酆鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝安常乐于傅齐康伍余顾孟黄穆萧尹姚邵汪毛"
    "戴宋庞熊纪舒屈项祝董梁杜阮蓝席季贾江童颜郭梅盛林钟徐邱骆高夏蔡田樊胡凌霍万柯卢莫房丁邓洪包左石"
    "崔龚程邢裴陆荣翁封刘叶白赖卓屠蒙池乔阴翟谭申冉桑桂牛边燕温庄晏柴连习艾容向古易廖耿满匡文寇欧沃"
    "聂曾关游覃"
)
_NAMED = re.compile(
    rf"[{_SURNAMES}](?:女士|先生|小姐|同志|老师|阿姨|大爷|大妈|大叔|师傅|某(?![一-龥]?[日天月年路街区村处]))"
)


class ItemTextMissing(Invalid):
    code = "knowledge_text_missing"


class ItemTextTooLong(Invalid):
    code = "knowledge_text_too_long"


class TooManyCallersWords(Invalid):
    code = "knowledge_too_many_callers_words"


class TooLongToReadAloud(Invalid):
    code = "knowledge_too_long_to_read_aloud"


class ExpiryMissing(Invalid):
    """A temporary line is pinned: without an end it would stay for ever."""

    code = "knowledge_expiry_missing"


class PeriodEmpty(Invalid):
    code = "knowledge_period_empty"


class CaseNamesSomebody(Invalid):
    """A case that others learn from says of no person and no unit who it was (C7)."""

    code = "knowledge_case_names_somebody"


@dataclass(frozen=True, slots=True)
class Draft:
    """What a version of an item says. It holds in [valid_from, valid_until); None: for good."""

    kind: ItemKind
    title: str
    answer: str  # to be read aloud; of guidance and cases the text
    unit_id: int  # who owns it
    source: str  # the document it stands on
    valid_from: datetime
    valid_until: datetime | None = None
    callers_words: tuple[str, ...] = ()
    conditions: str = ""
    papers: str = ""
    place: str = ""
    source_ref: str = ""  # the document's number or address
    matter: str = ""  # "": of no matter, and then no direct answer

    def texts(self) -> dict[ItemField, str]:
        """Return what is written, by the part it is."""
        return {
            ItemField.TITLE: self.title,
            ItemField.ANSWER: self.answer,
            ItemField.CONDITIONS: self.conditions,
            ItemField.PAPERS: self.papers,
            ItemField.PLACE: self.place,
            ItemField.SOURCE: self.source,
            ItemField.SOURCE_REF: self.source_ref,
            ItemField.MATTER: self.matter,
        }


def check_draft(draft: Draft) -> None:
    """
    Pass if a draft may be published as far as its words alone tell.

    :raises ItemTextMissing: without title, answer or source
    :raises ItemTextTooLong, TooManyCallersWords: beyond LONGEST and MOST_CALLERS_WORDS
    :raises TooLongToReadAloud: if more than three sentences are to be read aloud
    :raises ExpiryMissing: if a temporary line has no end
    :raises PeriodEmpty: if it ends before it begins
    :raises CaseNamesSomebody: if a case speaks of 陈女士 or 王某
    """
    texts = draft.texts()
    for needed in (ItemField.TITLE, ItemField.ANSWER, ItemField.SOURCE):
        if is_blank(texts[needed]):
            raise ItemTextMissing(item_field=needed)
    _check_lengths(draft, texts)
    sentences = sentences_in(draft.answer)
    if draft.kind in READ_ALOUD and sentences > MOST_SENTENCES:
        raise TooLongToReadAloud(sentences=sentences, most=MOST_SENTENCES)
    if draft.kind is ItemKind.TEMPORARY and draft.valid_until is None:
        raise ExpiryMissing
    if draft.valid_until is not None and draft.valid_until <= draft.valid_from:
        raise PeriodEmpty
    if draft.kind in CASES and (named := _NAMED.search(told_by(draft))):
        raise CaseNamesSomebody(who=named[0])


def _check_lengths(draft: Draft, texts: dict[ItemField, str]) -> None:
    if len(draft.callers_words) > MOST_CALLERS_WORDS:
        raise TooManyCallersWords(most=MOST_CALLERS_WORDS)
    written = [*texts.items(), *((ItemField.CALLERS_WORDS, one) for one in draft.callers_words)]
    for field, text in written:
        if len(text) > LONGEST[field]:
            raise ItemTextTooLong(item_field=field, limit=LONGEST[field])


def sentences_in(text: str) -> int:
    """Return how many sentences a reader would stop after; the point in 9.5 ends none."""
    parts = _SENTENCE_END.split(text)
    return sum(any(char.isalnum() for char in part) for part in parts)


def told_by(draft: Draft) -> str:
    """Return all that a reader of the item learns from it, line by line."""
    return "\n".join([*draft.texts().values(), *draft.callers_words])


def validity_of(valid_from: datetime, valid_until: datetime | None, at: datetime) -> Validity:
    """Return where a moment lies to [valid_from, valid_until)."""
    if at < valid_from:
        return Validity.AHEAD
    return Validity.IN_FORCE if valid_until is None or at < valid_until else Validity.EXPIRED
