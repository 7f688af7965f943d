"""The glossary can't drift from the code: each word is found where it says."""

import re
from pathlib import Path

import pytest

ROW = re.compile(r"^\| ([^|]+) \| `(\w+)` \| ([^|]+) \| ([\w/.]+) \|$", re.MULTILINE)
ROWS = ROW.findall(Path("docs/glossary.md").read_text())


@pytest.mark.parametrize(("chinese", "code", "meaning", "where"), ROWS)
def test_a_word_stands_where_the_glossary_says(
    chinese: str, code: str, meaning: str, where: str
) -> None:
    assert re.search(rf"\b{code}\b", Path(where).read_text()), f"{chinese} {code}"


def test_no_code_name_has_two_meanings() -> None:
    codes = [code for _chinese, code, _meaning, _where in ROWS]

    assert len(codes) > 70
    assert sorted({code for code in codes if codes.count(code) > 1}) == []
