"""What all writes about accounts share: the lock, and the line in the log."""

from datetime import datetime

from chengshao.kernel.actor import Actor
from chengshao.people.models import AccountEntry, User
from chengshao.people.queries import UserNotFound
from chengshao.people.terms import AccountDeed


def lock_user(user_id: int) -> User:
    """:raises UserNotFound: if there is no such account"""
    user = User.objects.select_for_update().filter(pk=user_id).first()
    if user is None:
        raise UserNotFound
    return user


def enter(
    user: User | None, deed: AccountDeed, actor: Actor, at: datetime, **detail: object
) -> None:
    """Add a line to the log of accounts; it never changes."""
    AccountEntry.objects.create(user=user, deed=deed, detail=detail, at=at, by_id=actor.user_id)
