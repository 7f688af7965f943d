import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chengshao.evidence.rules.names import MAX_NAME, clean_name


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("井盖 破损.jpg", "井盖 破损.jpg"),
        ("C:\\Users\\王女士\\井盖.jpg", "井盖.jpg"),
        ("../../etc/passwd", "passwd.jpg"),
        ("井盖.html", "井盖.jpg"),
        ("井盖.jpeg", "井盖.jpg"),
        ("2026.11.23现场", "2026.11.23现场.jpg"),
        ("答复\r\nSet-Cookie: a=b.jpg", "答复 Set-Cookie_ a=b.jpg"),
        ("照片\u202egpj.exe", "照片gpj.jpg"),
        ("a\x00b\ud800.jpg", "ab.jpg"),
        ('a"b<c>.jpg', "a_b_c_.jpg"),
        (".htaccess", "htaccess.jpg"),
        ("e\u0301te\u0301.jpg", "été.jpg"),
        ("", "附件.jpg"),
        ("...", "附件.jpg"),
        ("a/", "附件.jpg"),
        ("很" * 300, "很" * 116 + ".jpg"),
    ],
)
def test_a_name_is_shown_without_what_could_mislead(sent: str, kept: str) -> None:
    assert clean_name(sent, ".jpg") == kept


def test_without_a_known_content_the_name_keeps_its_own_ending() -> None:
    assert clean_name("/tmp/病毒.exe", "") == "病毒.exe"


@given(st.text(max_size=400))
def test_a_name_is_always_short_plain_and_one_part(sent: str) -> None:
    name = clean_name(sent, ".jpg")

    assert 4 < len(name) <= MAX_NAME
    assert name.endswith(".jpg")
    assert not set(name) & set('/\\:*?"<>|')
    assert not any(unicodedata.category(character).startswith("C") for character in name)
    assert clean_name(name, ".jpg") == name
