"""Words of this room that others may use."""

from enum import StrEnum


class Power(StrEnum):
    KEEP_KNOWLEDGE = "KEEP_KNOWLEDGE"


class ItemKind(StrEnum):
    """What a knowledge item (知识条目) is for."""

    ANSWER = "ANSWER"  # 答复口径: read aloud to a caller
    TEMPORARY = "TEMPORARY"  # 临时通知: read aloud, pinned until it expires
    GUIDANCE = "GUIDANCE"  # 部门指引: what the grassroots can call on (C7)
    GOOD_CASE = "GOOD_CASE"  # 好案例, without persons and units (C7)
    BAD_CASE = "BAD_CASE"  # 差案例, likewise


class Validity(StrEnum):
    """Where a moment lies to the period in which an item holds."""

    AHEAD = "AHEAD"
    IN_FORCE = "IN_FORCE"
    EXPIRED = "EXPIRED"


class CorrectionKind(StrEnum):
    """Why an item is to be put right (订正)."""

    EXPIRED = "EXPIRED"
    WRONG = "WRONG"
    MISSING = "MISSING"


class CorrectionOutcome(StrEnum):
    RENEWED = "RENEWED"  # by a new version
    WITHDRAWN = "WITHDRAWN"  # the item was
    ANSWERED = "ANSWERED"  # in words: it stays as it is, or it stands elsewhere


class ItemField(StrEnum):
    """The parts of an item, as forms, tables and refusals call them."""

    CODE = "CODE"
    KIND = "KIND"
    TITLE = "TITLE"
    CALLERS_WORDS = "CALLERS_WORDS"
    ANSWER = "ANSWER"
    CONDITIONS = "CONDITIONS"
    PAPERS = "PAPERS"
    PLACE = "PLACE"
    SOURCE = "SOURCE"
    SOURCE_REF = "SOURCE_REF"
    MATTER = "MATTER"
    UNIT = "UNIT"
    VALID_FROM = "VALID_FROM"
    VALID_UNTIL = "VALID_UNTIL"
