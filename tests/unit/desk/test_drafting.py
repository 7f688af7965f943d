"""An answer begun from the facts: the same facts give the same words, and blanks to be filled."""

from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from chengshao.desk.rules.drafting import (
    DONE_BLANK,
    STATE_BLANK,
    AnswerFacts,
    Shown,
    answer_draft,
)
from chengshao.workorders.rules.wording import empty_phrases

FACTS = AnswerFacts(
    asked_on=date(2026, 11, 20),
    where="清波门社区",
    what="路灯不亮",
    citizens=1,
    spoke_at=datetime(2026, 11, 22, 8, 27, tzinfo=ZoneInfo("Asia/Shanghai")),
    tried=1,
    shown=[Shown("处置后照片", 2), Shown("文书", 0)],
    close_condition="灯亮。",
    today=date(2026, 11, 22),
)


def test_it_says_what_was_asked_how_it_went_and_leaves_blanks() -> None:
    assert answer_draft(FACTS) == (
        "您好！您11月20日反映的清波门社区“路灯不亮”一事，办理情况如下：11月22日08:27已与您联系。"
        f"{DONE_BLANK}。结案条件是“灯亮”，现在{STATE_BLANK}。已留存处置后照片2份。（11月22日）"
    )


def test_who_was_only_tried_is_told_so() -> None:
    tried = replace(FACTS, spoke_at=None, tried=3)

    assert "已联系您3次，没有接通。" in answer_draft(tried)


def test_to_several_it_is_not_said_who_was_called() -> None:
    said = answer_draft(replace(FACTS, citizens=2))

    assert "已与反映人联系" in said
    assert "与您联系" not in said


def test_nothing_known_is_nothing_said() -> None:
    bare = replace(FACTS, where="", what="", spoke_at=None, tried=0, shown=[], close_condition="")

    assert answer_draft(bare) == (
        f"您好！您11月20日反映的事，办理情况如下：{DONE_BLANK}。（11月22日）"
    )


@given(where=st.text(max_size=20), what=st.text(max_size=20), condition=st.text(max_size=40))
def test_sent_as_it_is_it_comes_back(where: str, what: str, condition: str) -> None:
    draft = answer_draft(replace(FACTS, where=where, what=what, close_condition=condition))

    assert DONE_BLANK in empty_phrases(draft)
