"""Reads: units, and from a user or a token to the actor behind it."""

from chengshao.kernel.actor import Actor, ActorKind


def actor_of_user(user_id: int, kind: ActorKind = ActorKind.PERSON) -> Actor:
    return Actor(kind, user_id)


def actor_of_token(token: str) -> Actor | None:
    return None
