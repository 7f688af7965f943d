"""
What an answer to a citizen should not say: numbers that belong to somebody, and words that say
nothing.
"""

import re
import unicodedata
from collections.abc import Iterable

from chengshao.workorders.terms import ReplyDoubt

_GAP = r"[ -]?"
_PHONE = re.compile(
    rf"(?<!\d)(?:1[3-9]\d{_GAP}\d{{4}}{_GAP}\d{{4}}|0\d{{2,3}}{_GAP}\d{{7,8}})(?!\d)"
)
_ID_NUMBER = re.compile(r"(?<!\d)[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])\d{5}[\dXx](?!\d)")
# That others were told, or that somebody will mind it: not what was done, and by when.
EMPTY_PHRASES = (
    "已转相关部门",
    "已转交相关部门",
    "已转有关部门",
    "已移交相关部门",
    "已反馈相关部门",
    "已上报相关部门",
    "请联系相关部门",
    "将加强管理",
    "将加强监管",
    "将加强巡查",
    "将进一步加强",
    "将持续关注",
    "将尽快处理",
    "会尽快处理",
    "正在积极协调",
    "正在进一步处理",
    "高度重视",
    "感谢您的理解与支持",
)
BLANK = re.compile(r"〔[^〔〕]{0,40}〕")  # as drafts leave them to be filled in
_NARROW = str.maketrans("０１２３４５６７８９Ｘｘ－", "0123456789Xx-")
_SPACES = re.compile(r"[\s，,、。]+")
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


def without_own(words: str, names: Iterable[str]) -> str:
    """Return the words without these names, and without telephone and identity numbers."""
    said = _ID_NUMBER.sub("（证件号略）", words.translate(_NARROW))
    said = _PHONE.sub("（电话略）", said)
    for name in sorted(names, key=len, reverse=True):
        said = said.replace(name, "诉求人") if name else said
    return said


def empty_phrases(reply: str) -> tuple[str, ...]:
    """
    Return the empty phrases in these words (套话), in the order of the list, and what a draft left
    blank. Spaces and marks between the letters of a phrase don't hide it.
    """
    said = _SPACES.sub("", unicodedata.normalize("NFKC", reply))
    blanks = dict.fromkeys(BLANK.findall(reply))
    return (*(phrase for phrase in EMPTY_PHRASES if phrase in said), *blanks)


def telling_name(name: str) -> str:
    """Return a name without its title where it tells who somebody is; "" for 陈女士."""
    bare = name.strip()
    for title in _TITLES:
        bare = bare.removesuffix(title).strip()
    return bare if len(bare) > 1 else ""
