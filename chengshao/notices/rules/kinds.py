"""Which kinds of notices there are for whom, what each may say, and by which channels it goes."""

from chengshao.notices.terms import NoticeChannel, NoticeKind

FOR_CITIZENS = (
    NoticeKind.RECEIVED,
    NoticeKind.ACCEPTED,
    NoticeKind.DECLINED,
    NoticeKind.GIVEN_BACK,
    NoticeKind.EXTENDED,
    NoticeKind.DONE,
    NoticeKind.REOPENED,
    NoticeKind.WRITTEN,
)
FOR_STAFF = tuple(kind for kind in NoticeKind if kind not in FOR_CITIZENS)
OUTWARD = (NoticeChannel.MAIL, NoticeChannel.SMS, NoticeChannel.WECOM)
AT_ONCE = frozenset({NoticeKind.EMERGENCY})  # breaks quiet hours and any budget

_WITH_DAY = frozenset(
    {NoticeKind.ACCEPTED, NoticeKind.EXTENDED, NoticeKind.TASK_OPENED, NoticeKind.DUE_SOON}
    | {NoticeKind.OVERDUE, NoticeKind.REWORK, NoticeKind.EMERGENCY}
)


def parameters_of(kind: NoticeKind) -> tuple[str, ...]:
    """Return by which names a template of this kind may ask for facts."""
    names = ["number"]
    names += ["link"] if kind in FOR_CITIZENS else ["unit"]
    names += ["date"] if kind in _WITH_DAY else []
    names += ["reason"] if kind is NoticeKind.DECLINED else []
    return tuple(names)


def is_wanted_by_default(channel: NoticeChannel) -> bool:
    """Tell whether a member of staff gets it unasked: only where it disturbs nobody."""
    return channel is NoticeChannel.IN_APP
