"""What is left of a name and a number where not everything may be seen (domain.md §6)."""

import re

from chengshao.people.rules.phones import is_mobile, number_to_find

# A family name with a form of address says no more than the citizen chose to say.
_ADDRESSES = ("女士", "先生", "小姐", "同志", "老师", "师傅", "大爷", "大妈", "阿姨", "叔叔")
_COMPOUND_FAMILY_NAME = re.compile(
    "欧阳|太史|端木|上官|司马|东方|独孤|南宫|万俟|闻人|夏侯|诸葛|尉迟|"
    "公羊|赫连|澹台|皇甫|宗政|濮阳|公冶|太叔|申屠|公孙|慕容|仲孙|钟离|"
    "长孙|宇文|司徒|鲜于|司空|闾丘|子车|亓官|司寇|巫马|公西|颛孙|壤驷|"
    "公良|漆雕|乐正|宰父|谷梁|拓跋|夹谷|轩辕|令狐|段干|百里|呼延|东郭|"
    "南门|羊舌|微生|梁丘|左丘|东门|西门|南荣|第五"
)


def mask_name(name: str) -> str:
    """Return `王*`, `王**`, `欧阳*`; `王女士` stays, `王小明先生` becomes `王**先生`."""
    if is_mobile(name):
        return mask_phone(name)
    address = next((word for word in _ADDRESSES if name.endswith(word)), "")
    bare = name.removesuffix(address)
    kept = bare[:2] if _COMPOUND_FAMILY_NAME.match(bare) and len(bare + address) > 2 else bare[:1]
    return kept + "*" * min(len(bare) - len(kept), 2) + address


def mask_phone(phone: str) -> str:
    """Return `138****8000`; of any other number the last four digits are hidden."""
    number = number_to_find(phone)
    if is_mobile(number):
        return f"{number[:3]}****{number[-4:]}"
    return number[:-4] + "*" * len(number[-4:])
