"""The words of this room that other rooms may use, and the rows by which they add a kind."""

from dataclasses import dataclass
from enum import StrEnum


class Step(StrEnum):
    """Where the case stands: seven steps and two ways out. Derived, see rules.lifecycle."""

    REPORTED = "REPORTED"  # 1 信息采集
    REGISTERED = "REGISTERED"  # 2 案卷建立
    DISPATCHED = "DISPATCHED"  # 3 任务派遣
    HANDLING = "HANDLING"  # 4 任务处理
    ANSWERED = "ANSWERED"  # 5 处理反馈
    CLOSED = "CLOSED"  # 6 核查结案
    EVALUATED = "EVALUATED"  # 7 综合评价
    DECLINED = "DECLINED"  # 不予立案
    WITHDRAWN = "WITHDRAWN"  # 诉求人撤回


class Outcome(StrEnum):
    """How the case ended."""

    CLOSED = "CLOSED"
    DECLINED = "DECLINED"
    WITHDRAWN = "WITHDRAWN"


class TaskKind(StrEnum):
    """What one unit owes on the case: this room's own kinds. Elsewhere a kind is any string."""

    REGISTER = "REGISTER"  # 受理立案
    DISPATCH = "DISPATCH"  # 派遣
    LEAD = "LEAD"  # 主办
    CO_HANDLE = "CO_HANDLE"  # 协办
    ADJUDICATE = "ADJUDICATE"  # 退单裁定
    CHECK = "CHECK"  # 核查


class TaskState(StrEnum):
    """In this order only: a task never moves back, a new round opens a new task."""

    OPEN = "OPEN"  # 待签收
    ACKNOWLEDGED = "ACKNOWLEDGED"  # 已签收
    DONE = "DONE"
    CANCELLED = "CANCELLED"


class TaskCommand(StrEnum):
    """This room's own commands on tasks."""

    REGISTER = "REGISTER"  # 立案
    DISPATCH = "DISPATCH"  # 派遣
    ACKNOWLEDGE = "ACKNOWLEDGE"  # 签收
    ASK_RETURN = "ASK_RETURN"  # 申请退单
    GRANT = "GRANT"  # 同意退单
    DENY = "DENY"  # 不同意退单
    ANSWER = "ANSWER"  # 反馈
    PASS = "PASS"  # 核查通过
    FAIL = "FAIL"  # 核查不通过


class CaseCommand(StrEnum):
    """Commands on the case as a whole."""

    DECLINE = "DECLINE"  # 不予立案
    ATTACH = "ATTACH"  # 附佐证
    OPEN = "OPEN"  # 开出任务
    ERASE = "ERASE"  # 删除附注


class ReportCommand(StrEnum):
    """Commands on one person's report."""

    REPORT = "REPORT"  # 上报
    WITHDRAW = "WITHDRAW"  # 撤回
    RATE = "RATE"  # 评价
    LAPSE = "LAPSE"  # 评价期满


class Power(StrEnum):
    """What a person may do over a unit: the powers that this room's moves and pages name."""

    SEE = "SEE"
    REPORT = "REPORT"
    REGISTER = "REGISTER"
    DISPATCH = "DISPATCH"
    HANDLE = "HANDLE"
    CHECK = "CHECK"
    EVALUATE = "EVALUATE"
    ERASE = "ERASE"


# Who works on cases: a confidential one is for these alone, not for who looks on.
WORKING = frozenset(
    {
        Power.REGISTER,
        Power.DISPATCH,
        Power.HANDLE,
        Power.CHECK,
        Power.EVALUATE,
        Power.ERASE,
    }
)


class Channel(StrEnum):
    """How a report came (S1: active, passive, automatic)."""

    HOTLINE = "HOTLINE"  # 12345
    PORTAL = "PORTAL"  # 市民网页
    COUNTER = "COUNTER"  # 窗口、来访
    MAILBOX = "MAILBOX"  # 网上信箱、留言板
    PATROL = "PATROL"  # 网格巡查
    SENSOR = "SENSOR"  # 智能发现
    TRANSFER = "TRANSFER"  # 其他平台转来


class DeadlineAuthority(StrEnum):
    """Who set the limit."""

    INNER = "INNER"  # ours
    OUTER = "OUTER"  # the platform that the order came from


class Resolution(StrEnum):
    """What the citizen says: is it solved?"""

    RESOLVED = "RESOLVED"  # 解决
    BASICALLY_RESOLVED = "BASICALLY_RESOLVED"  # 基本解决
    UNRESOLVED = "UNRESOLVED"  # 未解决


class Satisfaction(StrEnum):
    """What the citizen says: content with how it was done?"""

    SATISFIED = "SATISFIED"  # 满意
    BASICALLY_SATISFIED = "BASICALLY_SATISFIED"  # 基本满意
    DISSATISFIED = "DISSATISFIED"  # 不满意


class NoteName(StrEnum):
    """Which text stands beside an entry."""

    REASON = "REASON"  # 理由、说明
    BASIS = "BASIS"  # 派遣依据
    REPLY = "REPLY"  # 给市民的话
    COMMENT = "COMMENT"  # 市民的评语


class Principle(StrEnum):
    """Why this unit leads."""

    BY_LAW = "BY_LAW"  # 法定
    BY_AGREEMENT = "BY_AGREEMENT"  # 商定
    BY_DESIGNATION = "BY_DESIGNATION"  # 指定


class Need(StrEnum):
    """What must be in hand before a move."""

    REASON = "REASON"  # a written reason
    MATTER = "MATTER"  # the matter is named
    UNITS = "UNITS"  # a lead is named
    REPLY = "REPLY"  # words that the citizen can read
    BASIS = "BASIS"  # on what the choice of the lead rests
    EVIDENCE_AS_ASKED = "EVIDENCE_AS_ASKED"  # what the matter asks: often nothing, never more
    PARTS_OR_REASON = "PARTS_OR_REASON"  # every co-handler is done, or why not


class OnLead(StrEnum):
    """What a verdict on a return does to the lead."""

    CANCEL = "CANCEL"
    DESIGNATE = "DESIGNATE"  # it stays, and can't ask again


@dataclass(frozen=True, slots=True)
class Kind:
    kind: str
    holds_case: bool = True  # the case can't end while such a task is open
    opened_by: str | None = None  # the power over the desk to open one; None: only a move opens it


@dataclass(frozen=True, slots=True)
class TaskMove:
    command: str
    kind: str
    source: TaskState
    target: TaskState  # the same as the source: the task stays as it is
    power: str  # over the unit that owes the task
    needs: tuple[Need, ...] = ()
    opens: str | None = None
    outcome: Outcome | None = None
    on_lead: OnLead | None = None
    not_if_designated: bool = False


@dataclass(frozen=True, slots=True)
class Book:
    """The kinds of one room and how they move. config.wiring hands it to the registry."""

    kinds: tuple[Kind, ...]
    moves: tuple[TaskMove, ...]
