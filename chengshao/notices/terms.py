"""The words of this room that other rooms may use, and the form in which they say what happened."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class NoticeKind(StrEnum):
    """What somebody is told of."""

    # a citizen, of the own demand
    RECEIVED = "RECEIVED"  # 收到诉求
    ACCEPTED = "ACCEPTED"  # 已受理，有承诺的日期
    DECLINED = "DECLINED"  # 不予受理
    GIVEN_BACK = "GIVEN_BACK"  # 退回来源平台
    EXTENDED = "EXTENDED"  # 延期
    DONE = "DONE"  # 有了结果，请评价
    REOPENED = "REOPENED"  # 重新办理
    WRITTEN = "WRITTEN"  # 单位回了话
    # a member of staff, of what the unit owes
    TASK_OPENED = "TASK_OPENED"  # 新任务
    DUE_SOON = "DUE_SOON"  # 临期
    OVERDUE = "OVERDUE"  # 超期
    RETURNED = "RETURNED"  # 申请退单
    CHASED = "CHASED"  # 诉求人催单
    REWORK = "REWORK"  # 退回重办
    EMERGENCY = "EMERGENCY"  # 特急：at once, whatever the hour


class NoticeChannel(StrEnum):
    """By which way it goes."""

    IN_APP = "IN_APP"  # 站内
    MAIL = "MAIL"  # 电子邮件
    SMS = "SMS"  # 短信
    WECOM = "WECOM"  # 企业微信


class NoticeState(StrEnum):
    """What became of one notice."""

    QUEUED = "QUEUED"  # 待发
    HELD = "HELD"  # 暂缓: a quiet hour, or enough for the day
    SENT = "SENT"  # 已发
    FAILED = "FAILED"  # 未发出
    SUPPRESSED = "SUPPRESSED"  # 不发


class NoticeReason(StrEnum):
    """Why it is not sent, or not yet."""

    QUIET_HOURS = "QUIET_HOURS"  # 免打扰时段
    BUDGET_SPENT = "BUDGET_SPENT"  # 已达联系次数上限
    COLLAPSED = "COLLAPSED"  # 已有更新的消息
    STALE = "STALE"  # 事情已过去
    NO_ADDRESS = "NO_ADDRESS"  # 没有可用的联系方式
    NO_TEMPLATE = "NO_TEMPLATE"  # 没有消息模板
    REFUSED = "REFUSED"  # 网关拒收
    UNREACHABLE = "UNREACHABLE"  # 网关没有应答
    GARBLED = "GARBLED"  # 网关应答无法识别
    GIVEN_UP = "GIVEN_UP"  # 多次未成


class Power(StrEnum):
    """What this room lets someone do."""

    KEEP_MESSAGES = "KEEP_MESSAGES"  # edit templates, set the contact budget, send again


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """
    Something that somebody is to be told of: ids, a day and a term only; never a name, a number
    of a telephone, or a word that a citizen said.
    """

    kind: NoticeKind
    case_id: int
    case_number: str
    unit_id: int | None = None  # whose staff hear
    task_id: int | None = None
    task_kind: str = ""
    report_id: int | None = None  # whose citizen hears; None: all of the case
    reason: str = ""  # a term, e.g. on which ground it was declined


@dataclass(frozen=True, slots=True)
class StaffAsked:
    """Who of a unit is told: whoever holds the power there."""

    unit_id: int
    power: str


@dataclass(frozen=True, slots=True)
class CitizenAsked:
    report_id: int
    contact_id: int


@dataclass(frozen=True, slots=True)
class Reached:
    """Whom a happening is told to, as the room above knows it now."""

    staff: tuple[StaffAsked, ...] = ()
    citizens: tuple[CitizenAsked, ...] = ()
    territory: str = ""  # of the case: a grant must reach it
    named: frozenset[int] | None = None  # users who alone may know of the case
    day: date | None = None  # until when


NOBODY = Reached()
