"""Items being kept. Names say what the test relies on."""

from dataclasses import replace
from typing import Any

from chengshao.kernel.actor import Actor
from chengshao.knowledge import actions
from chengshao.knowledge.models import Correction, Item, Reading, Version
from chengshao.knowledge.rules.drafts import Draft
from chengshao.knowledge.terms import ItemKind, Power
from chengshao.people import actions as people
from tests.district import AT, LOADER, staff


def draft_of(unit_id: int, **more: Any) -> Draft:
    stands = Draft(
        kind=ItemKind.ANSWER,
        title="停水怎么办",
        answer="计划停水会提前一天通知。不在计划内的，请打供水热线报修。",
        unit_id=unit_id,
        source="供水条例（示意）",
        valid_from=AT,
        callers_words=("家里没水了", "水龙头没水"),
    )
    return replace(stands, **more)


def person(name: str = "keeper") -> int:
    account = people.NewAccount(username=name, display_name=f"{name}（示意）")
    return people.open_account(account=account, actor=LOADER, at=AT)


def keeper_of(unit_id: int, user_id: int | None = None) -> Actor:
    return staff(unit_id, Power.KEEP_KNOWLEDGE, user_id=user_id)


def published(actor: Actor, draft: Draft, code: str = "", seen: int = 0, at: Any = AT) -> Version:
    return actions.publish(code=code, seen_number=seen, draft=draft, actor=actor, at=at)


def everything() -> dict[str, list[Any]]:
    """Return all rows of the room: a refusal leaves them as they were."""
    models = (Item, Version, Correction, Reading)
    return {m.__name__: list(m.objects.order_by("pk").values()) for m in models}
