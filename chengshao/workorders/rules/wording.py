"""What an answer to a citizen should not say by mistake: numbers that belong to somebody."""

import re
import unicodedata

from chengshao.workorders.terms import ReplyDoubt

_GAP = r"[ -]?"
_PHONE = re.compile(
    rf"(?<!\d)(?:1[3-9]\d{_GAP}\d{{4}}{_GAP}\d{{4}}|0\d{{2,3}}{_GAP}\d{{7,8}})(?!\d)"
)
_ID_NUMBER = re.compile(r"(?<!\d)[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])\d{5}[\dX](?!\d)")
_TITLES = ("女士", "先生", "小姐", "同志", "老师", "师傅", "阿姨", "大爷", "大妈", "叔叔")


def doubts_in(reply: str) -> tuple[ReplyDoubt, ...]:
    """
    Return what in these words may be somebody's own: telephone and identity numbers.

    Short public numbers (12345, 400…) are none. Full-width digits count as digits.
    """
    said = unicodedata.normalize("NFKC", reply).upper()
    found = []
    if _ID_NUMBER.search(said):
        found.append(ReplyDoubt.ID_NUMBER)
    if _PHONE.search(said):
        found.append(ReplyDoubt.PHONE)
    return tuple(found)


def telling_name(name: str) -> str:
    """Return a name without its title where it tells who somebody is; "" for 陈女士."""
    bare = name.strip()
    for title in _TITLES:
        bare = bare.removesuffix(title).strip()
    return bare if len(bare) > 1 else ""
