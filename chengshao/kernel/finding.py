"""How near a matter stands to the words that somebody typed or said."""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from pypinyin import Style, lazy_pinyin

from chengshao.kernel.bigrams import bigrams

MAX_WORDS = 400
# Pairs that stand in demands of every kind, whatever they are about.
_EVERYWHERE = frozenset(
    bigrams(
        "小区 门口 没有 问题 管理 路边 家里 晚上 半夜 楼上 楼下 坏了 没人 怎么 么办 处理 尽快 解决 "
        "反映 投诉 希望 建议 感谢 材料 有人 我们 他们 一个 一直 时候 什么 已经 附近 旁边 这里 那里 "
        "街道 社区 居民 市民 现在 今天 昨天 每天 长期 影响 生活 严重 情况 部门 联系 电话 来电 要求 "
        "设施 服务 工作 人员 咨询 孩子 老人 老师 学校 公司 单位 态度"
    )
)
_SAYS_LITTLE = 0.05


def fold(words: str) -> str:
    """Return words in one width and case, with single blanks between."""
    return " ".join(unicodedata.normalize("NFKC", words).casefold().split())


def rank(asked: str, code: str, name: str, aliases: Sequence[str], initials: str) -> int:
    """Return how near a matter that holds all the words stands; above 0."""
    names = [fold(name), *(fold(alias) for alias in aliases)]
    if asked in (fold(code), names[0]):
        return 60
    if asked in names:
        return 50
    if names[0].startswith(asked):
        return 40
    if asked in names[0]:
        return 30
    if any(asked in alias for alias in names[1:]) or asked in initials.split():
        return 20
    return 10


def said_of(name: str, aliases: Sequence[str]) -> list[str]:
    """Return all that a matter is called, folded, its name first."""
    return [fold(one) for one in (name, *aliases)]


def pair_weights(asked: str, called: Iterable[Sequence[str]]) -> dict[str, float]:
    """
    Return what each pair of characters of a sentence tells: the fewer matters have it, the more.

    :param called: what each matter is called, of all that share a pair with the sentence
    """
    pairs = set(bigrams(asked))
    held = Counter(pair for names in called for pair in pairs & _pairs_of(names))
    return {pair: (_SAYS_LITTLE if pair in _EVERYWHERE else 1) / n for pair, n in held.items()}


def mention(asked: str, names: Sequence[str], weights: Mapping[str, float]) -> float:
    """
    Return how much of a longer sentence a matter's names cover; 0 if it is chance.

    A name said in full weighs most, the longer the more; then what the rest shares, each pair by
    its weight. Pairs that stand in any demand (小区, 没有) are no mention.

    :param names: see said_of
    :param weights: see pair_weights
    """
    said = [_told_by(one) for one in names if len(one) > 1 and one in asked]
    shared = _pairs_of(names) & weights.keys()
    telling = {pair for pair in shared if pair not in _EVERYWHERE}
    begins = names[0][:2] in telling
    if not (said or begins or _run_of(asked, telling) > 2 or len(telling) > 2):
        return 0
    return 2 * max(said, default=0) + sum(weights[pair] for pair in shared) + begins


def _pairs_of(names: Sequence[str]) -> set[str]:
    return {pair for name in names for pair in bigrams(name)}


def _told_by(name: str) -> float:
    """Return how many characters a name tells; next to none where it stands in any demand."""
    telling = any(pair not in _EVERYWHERE for pair in bigrams(name))
    return len(name) if telling else _SAYS_LITTLE


def _run_of(asked: str, pairs: set[str]) -> int:
    """Return the length of the longest stretch of the sentence that these pairs make up."""
    longest = run = 0
    for i in range(len(asked) - 1):
        run = run + 1 if asked[i : i + 2] in pairs else 0
        longest = max(longest, run)
    return longest + 1 if longest else 0


def initials(*texts: str) -> str:
    """Return the pinyin initials by which people type, one run a text: 上水井盖 is ssjg."""
    runs = ("".join(lazy_pinyin(text, style=Style.FIRST_LETTER)).casefold() for text in texts)
    return " ".join(dict.fromkeys(runs))[:400]
