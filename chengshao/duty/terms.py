"""Words of the duty office (总值班, S13) that other rooms may use."""

from enum import StrEnum


class Power(StrEnum):
    """What this room lets someone do."""

    KEEP_DUTY_LOG = "KEEP_DUTY_LOG"  # write and read the duty log, hand over, take over


class HandedPart(StrEnum):
    """The parts of a hand-over (交接班单), in this order."""

    EMERGENCIES = "EMERGENCIES"  # 没有办结的特急件
    CALLS = "CALLS"  # 答应回的电话
    PROMISES = "PROMISES"  # 到期的承诺
    LOGGED = "LOGGED"  # 值班日志里没有了结的
