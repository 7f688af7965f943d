"""The words of this room that other rooms may use, and the rows by which they add a kind."""

from dataclasses import dataclass
from enum import StrEnum


class Step(StrEnum):
    """Where the case stands: seven steps and four ways out. Derived, see rules.lifecycle."""

    REPORTED = "REPORTED"  # 1 信息采集
    REGISTERED = "REGISTERED"  # 2 案卷建立
    DISPATCHED = "DISPATCHED"  # 3 任务派遣
    HANDLING = "HANDLING"  # 4 任务处理
    ANSWERED = "ANSWERED"  # 5 处理反馈
    CLOSED = "CLOSED"  # 6 核查结案
    EVALUATED = "EVALUATED"  # 7 综合评价
    DECLINED = "DECLINED"  # 不予立案
    WITHDRAWN = "WITHDRAWN"  # 诉求人撤回
    MERGED = "MERGED"  # 并入其他案卷
    RETURNED = "RETURNED"  # 退回来源平台


class Outcome(StrEnum):
    """How the case ended."""

    CLOSED = "CLOSED"
    DECLINED = "DECLINED"
    WITHDRAWN = "WITHDRAWN"
    MERGED = "MERGED"  # 并案: its reports hang on another case
    RETURNED = "RETURNED"  # 退回来源平台: the platform took its order back


class ClosingKind(StrEnum):
    """What became of the demand (F17). Only the first counts as solved."""

    SOLVED = "SOLVED"  # 真解决
    EXPLAINED = "EXPLAINED"  # 解释说明
    PROMISED = "PROMISED"  # 承诺限期解决: comes back at its date
    PROCEDURE = "PROCEDURE"  # 转入法定程序
    LEDGER = "LEDGER"  # 疑难挂账
    OTHER_WAY = "OTHER_WAY"  # 告知其他途径
    UNREACHABLE = "UNREACHABLE"  # 按规定无法联系


# What the desk itself may close as, without any unit (接诉即答).
DIRECT_CLOSINGS = (ClosingKind.EXPLAINED, ClosingKind.OTHER_WAY, ClosingKind.SOLVED)


class LedgerLevel(StrEnum):
    """Whose ledger a hard case stands on; its leader approves."""

    SUBDISTRICT = "SUBDISTRICT"  # 街道级
    DISTRICT = "DISTRICT"  # 区级


class DeclineGround(StrEnum):
    """On which lawful ground a demand is not registered (Beijing's regulation §11; GB/T 30428)."""

    EMERGENCY_NUMBER = "EMERGENCY_NUMBER"  # 紧急求助：转110、119、120、122
    IN_PROCEDURE = "IN_PROCEDURE"  # 已进入诉讼、仲裁、复议、信访等法定程序
    NO_NEW_FACTS = "NO_NEW_FACTS"  # 同一诉求无新事实
    SECRET_OR_PRIVACY = "SECRET_OR_PRIVACY"  # 涉及国家秘密、商业秘密、个人隐私
    BEYOND_GOVERNMENT = "BEYOND_GOVERNMENT"  # 不属于政府职责
    UNLAWFUL = "UNLAWFUL"  # 违反法律法规、公序良俗
    NOT_FOUND = "NOT_FOUND"  # 核实不属实
    NUISANCE = "NUISANCE"  # 骚扰电话: says something of a call, never of a person


class TaskKind(StrEnum):
    """What one unit owes on the case: this room's own kinds. Elsewhere a kind is any string."""

    VERIFY = "VERIFY"  # 核实（立案前）
    REGISTER = "REGISTER"  # 受理立案
    DISPATCH = "DISPATCH"  # 派遣
    CONSULT = "CONSULT"  # 派前会商
    LEAD = "LEAD"  # 主办
    DOUBLE = "DOUBLE"  # 双派主办: answers beside the lead, on a clock of its own
    CO_HANDLE = "CO_HANDLE"  # 协办
    SUBASSIGNED = "SUBASSIGNED"  # 交办
    CONTACT = "CONTACT"  # 先行联系
    INQUIRY = "INQUIRY"  # 协查
    SIGN_OFF = "SIGN_OFF"  # 审签
    LEADER_APPROVAL = "LEADER_APPROVAL"  # 单位审批（延期、暂停计时）
    CENTRE_APPROVAL = "CENTRE_APPROVAL"  # 中心审批
    ADJUDICATE = "ADJUDICATE"  # 退单裁定
    CHECK = "CHECK"  # 核查（处置后）
    LEDGER_APPROVAL = "LEDGER_APPROVAL"  # 挂账审批
    OUTER_REQUEST = "OUTER_REQUEST"  # 报请来源平台
    OUTER_CLOSING = "OUTER_CLOSING"  # 报请来源平台结案
    TELL = "TELL"  # 告知诉求人
    LEDGER_REVIEW = "LEDGER_REVIEW"  # 挂账复核
    SAMPLE = "SAMPLE"  # 抽查


class TaskState(StrEnum):
    """In this order only: a task never moves back, a new round opens a new task."""

    OPEN = "OPEN"  # 待签收
    ACKNOWLEDGED = "ACKNOWLEDGED"  # 已签收
    DONE = "DONE"
    CANCELLED = "CANCELLED"


class TaskCommand(StrEnum):
    """This room's own commands on tasks."""

    CONFIRM = "CONFIRM"  # 属实
    REFUTE = "REFUTE"  # 不属实
    REGISTER = "REGISTER"  # 立案
    ANSWER_DIRECTLY = "ANSWER_DIRECTLY"  # 直接答复
    DISPATCH = "DISPATCH"  # 派遣
    CONSULT = "CONSULT"  # 发起会商
    OPINE = "OPINE"  # 会商意见
    RECALL = "RECALL"  # 撤回派单
    ACKNOWLEDGE = "ACKNOWLEDGE"  # 签收
    CONTACT = "CONTACT"  # 记录联系
    CALL_IN = "CALL_IN"  # 邀请协办
    SUBASSIGN = "SUBASSIGN"  # 交办
    HAND_UP = "HAND_UP"  # 交办回复
    INQUIRE = "INQUIRE"  # 发起协查
    REPLY = "REPLY"  # 协查回复
    ASK_RETURN = "ASK_RETURN"  # 申请退单
    ASK_EXTENSION = "ASK_EXTENSION"  # 申请延期
    ASK_SUSPENSION = "ASK_SUSPENSION"  # 申请暂停计时
    RESUME = "RESUME"  # 提前恢复计时
    GRANT = "GRANT"  # 同意
    DENY = "DENY"  # 不同意
    UNANSWERED = "UNANSWERED"  # 来源平台未答复
    ANSWER = "ANSWER"  # 反馈
    SIGN = "SIGN"  # 审签同意
    SEND_BACK = "SEND_BACK"  # 退回修改
    PASS = "PASS"  # 核查通过
    FAIL = "FAIL"  # 核查不通过
    CANNOT_CHECK = "CANNOT_CHECK"  # 现场无法核查
    TELL = "TELL"  # 告知
    READ = "READ"  # 诉求人自己看到
    KEEP = "KEEP"  # 继续挂账
    STRIKE_OFF = "STRIKE_OFF"  # 销账


class CaseCommand(StrEnum):
    """Commands on the case as a whole."""

    DECLINE = "DECLINE"  # 不予立案
    FIX = "FIX"  # 即查即改
    IMPORT = "IMPORT"  # 导入旧案
    MERGE = "MERGE"  # 并案
    UNDO_MERGE = "UNDO_MERGE"  # 撤销并案
    COPY = "COPY"  # 抄送
    ASK_OUTER_RETURN = "ASK_OUTER_RETURN"  # 报请退回来源平台
    RESUME = "RESUME"  # 恢复计时
    REOPEN = "REOPEN"  # 重办
    COME_BACK = "COME_BACK"  # 承诺到期
    REVIEW_LEDGER = "REVIEW_LEDGER"  # 挂账到期复核
    TAKE_SAMPLE = "TAKE_SAMPLE"  # 抽中核查
    ARCHIVE = "ARCHIVE"  # 归档
    REMIND = "REMIND"  # 临期提醒
    SAY_OVERDUE = "SAY_OVERDUE"  # 超期提示
    TELL_LEADER = "TELL_LEADER"  # 超期提示负责人
    RECALCULATE = "RECALCULATE"  # 日历变更重算时限
    NAME_PERSON = "NAME_PERSON"  # 指定知悉人
    END_NAMING = "END_NAMING"  # 取消知悉
    ATTACH = "ATTACH"  # 附佐证
    REMARK = "REMARK"  # 内部意见: for units, never for citizens
    NOTE_SEEN = "NOTE_SEEN"  # 现场补记: came too late to decide
    OPEN = "OPEN"  # 开出任务
    ERASE = "ERASE"  # 删除附注、诉求内容或附件
    NOBODY_WAITS = "NOBODY_WAITS"  # 无人待联系: a call is owed no more
    REQUEST_LAPSES = "REQUEST_LAPSES"  # 不再等来源平台答复
    PLATFORM_LEAVES = "PLATFORM_LEAVES"  # 来源平台收回其工单，其余诉求继续办理
    PLATFORM_DONE = "PLATFORM_DONE"  # 来源平台已同意结案，其时限终止


class ReportCommand(StrEnum):
    """Commands on one person's report."""

    REPORT = "REPORT"  # 上报
    WITHDRAW = "WITHDRAW"  # 撤回
    CHASE = "CHASE"  # 催单
    SUPPLEMENT = "SUPPLEMENT"  # 补充
    ASK_PROGRESS = "ASK_PROGRESS"  # 询问进度
    WRITE = "WRITE"  # 回话：办理中写给诉求人
    MARK_NUISANCE = "MARK_NUISANCE"  # 标记骚扰来电
    UNMARK_NUISANCE = "UNMARK_NUISANCE"  # 撤销骚扰标记
    RATE = "RATE"  # 评价
    LAPSE = "LAPSE"  # 评价期满
    VOID_RATING = "VOID_RATING"  # 评价作废：诉求人说有人要其改评价
    QUALIFY = "QUALIFY"  # 补记投诉、举报
    HAND_LINK = "HAND_LINK"  # 交给诉求人进展链接: printed for who has no phone of their own
    TAKE_OFF = "TAKE_OFF"  # 撤下被投诉单位: it was the wrong one


class Power(StrEnum):
    """What a person may do over a unit: the powers that this room's moves and pages name."""

    SEE = "SEE"
    REPORT = "REPORT"
    VERIFY = "VERIFY"
    REGISTER = "REGISTER"
    ANSWER = "ANSWER"  # 直接答复: what the desk can tell at once
    DISPATCH = "DISPATCH"
    DIRECT_DISPATCH = "DIRECT_DISPATCH"  # 目录直派: to the one lead that the catalogue names
    DESIGNATE = "DESIGNATE"  # name a lead past the lists; grant extensions, suspensions, ledgers
    DECIDE = "DECIDE"  # 要事决断: what units can't settle among themselves
    HANDLE = "HANDLE"
    SIGN_OFF = "SIGN_OFF"  # for the unit: its answers and what it asks for
    CHECK = "CHECK"
    SPEAK_FOR = "SPEAK_FOR"  # 代诉求人办理: takes back and rates in the citizen's words
    NAME_PERSONS = "NAME_PERSONS"  # who may know of an informant's case
    ERASE = "ERASE"
    IMPORT_CASES = "IMPORT_CASES"  # 导入其他系统的旧案


# Who works on cases: a confidential one is for these alone, not for who looks on.
WORKING = frozenset(
    {
        Power.REGISTER,
        Power.ANSWER,
        Power.DISPATCH,
        Power.DIRECT_DISPATCH,
        Power.DESIGNATE,
        Power.HANDLE,
        Power.SIGN_OFF,
        Power.CHECK,
        Power.SPEAK_FOR,
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
    TASK = "TASK"  # 给第三方的任务说明: never the citizen's words
    REPLY = "REPLY"  # 给市民的话
    MESSAGE = "MESSAGE"  # 办理中给市民的回话: no answer to the demand yet
    PROCEDURE = "PROCEDURE"  # 转入的法定程序：机关、文号
    COMMENT = "COMMENT"  # 市民的评语
    URGED = "URGED"  # 谁要市民改评价: for the desk, never for who was rated
    PLACE = "PLACE"  # 登记的地点
    MATTER_WRITTEN = "MATTER_WRITTEN"  # 原表写的事项: where ours is called otherwise
    UNIT_WRITTEN = "UNIT_WRITTEN"  # 原表写的单位: likewise
    REMARK = "REMARK"  # 内部意见: no citizen and no third party reads it


class Principle(StrEnum):
    """Why this unit leads."""

    BY_LAW = "BY_LAW"  # 法定
    BY_AGREEMENT = "BY_AGREEMENT"  # 商定
    BY_DESIGNATION = "BY_DESIGNATION"  # 指定


class ReportKind(StrEnum):
    """What kind of demand it is (domain: hotline order types)."""

    HELP = "HELP"  # 求助
    CONSULTATION = "CONSULTATION"  # 咨询
    COMPLAINT = "COMPLAINT"  # 投诉
    INFORMANT = "INFORMANT"  # 举报: opens only for named persons
    SUGGESTION = "SUGGESTION"  # 建议
    THANKS = "THANKS"  # 感谢


class ContactResult(StrEnum):
    """What came of an attempt to get in touch with the citizen."""

    TALKED = "TALKED"  # 已联系上
    NOBODY = "NOBODY"  # 无人接听
    UNAVAILABLE = "UNAVAILABLE"  # 无法接通
    WRONG_NUMBER = "WRONG_NUMBER"  # 号码不对
    REFUSED = "REFUSED"  # 诉求人不愿沟通
    MESSAGE = "MESSAGE"  # 已发信息


class Milestone(StrEnum):
    """What of a case's history its citizen may know: what was done, never by which person."""

    RECEIVED = "RECEIVED"  # 收到诉求
    TOGETHER = "TOGETHER"  # 与同类诉求一并办理
    APART = "APART"  # 改为单独办理
    ACCEPTED = "ACCEPTED"  # 受理
    SENT = "SENT"  # 交给单位办理
    TALKED = "TALKED"  # 与诉求人通话
    CALLED = "CALLED"  # 打过电话，没有打通
    MESSAGED = "MESSAGED"  # 发过信息
    EXTENDED = "EXTENDED"  # 延期
    SUSPENDED = "SUSPENDED"  # 暂停
    RESUMED = "RESUMED"  # 恢复
    ANSWERED = "ANSWERED"  # 单位答复，正在核查
    FOR_APPROVAL = "FOR_APPROVAL"  # 一时办不了，报批挂账
    NOT_SEEN = "NOT_SEEN"  # 现场无法核查
    WITH_PLATFORM = "WITH_PLATFORM"  # 报请来源平台
    NOT_DONE = "NOT_DONE"  # 没办好，返工
    CLOSED = "CLOSED"  # 办结
    DECLINED = "DECLINED"  # 不予受理
    RETURNED = "RETURNED"  # 退回来源平台
    REOPENED = "REOPENED"  # 重新办理
    CAME_BACK = "CAME_BACK"  # 承诺到期，回头查
    KEPT_ON_LEDGER = "KEPT_ON_LEDGER"  # 挂账复核过，继续
    CHASED = "CHASED"  # 诉求人催过
    SUPPLEMENTED = "SUPPLEMENTED"  # 诉求人补充过
    WRITTEN = "WRITTEN"  # 单位给诉求人回了话
    ASKED = "ASKED"  # 诉求人来电问过
    READ = "READ"  # 诉求人看到了结果
    RATED = "RATED"  # 诉求人评价过
    RATING_VOIDED = "RATING_VOIDED"  # 诉求人说有人要其改评价，评价作废
    WITHDRAWN = "WITHDRAWN"  # 诉求人撤回
    ERASED = "ERASED"  # 内容已删除


class MapShown(StrEnum):
    """Which cases the map shows."""

    OPEN = "OPEN"  # 在办
    LATE = "LATE"  # 超期
    PRESSING = "PRESSING"  # 在办的紧急、突发
    CLOSED = "CLOSED"  # 已结束
    ALL = "ALL"  # 全部


class MapMark(StrEnum):
    """What a point on the map says of its case: the states of the chip, by shape and colour."""

    OK = "OK"  # 在办
    SOON = "SOON"  # 临期：已提醒
    LATE = "LATE"  # 超期
    HOLD = "HOLD"  # 暂停计时
    DONE = "DONE"  # 已结束


class AlertKind(StrEnum):
    """What a unit is told about what it owes."""

    REMINDER = "REMINDER"  # 临期提醒
    OVERDUE = "OVERDUE"  # 超期
    CHASED = "CHASED"  # 市民催单
    SUPPLEMENTED = "SUPPLEMENTED"  # 市民补充
    RECALLED = "RECALLED"  # 派单已撤回
    COPIED = "COPIED"  # 抄送
    REMARKED = "REMARKED"  # 有内部意见
    RATING_URGED = "RATING_URGED"  # 市民说有人要其改评价


class OuterWhat(StrEnum):
    """What the platform that the order came from is asked for."""

    RETURN = "RETURN"  # 退单
    EXTENSION = "EXTENSION"  # 延期
    SUSPENSION = "SUSPENSION"  # 暂停计时


class PromiseState(StrEnum):
    """What becomes of a promise (承诺)."""

    DUE = "DUE"  # its day has come
    WEEK = "WEEK"  # in this week
    LATER = "LATER"
    KEPT = "KEPT"  # what the check found
    BROKEN = "BROKEN"
    UNKNOWN = "UNKNOWN"  # 未能核查: nobody could look
    VOID = "VOID"  # 不再跟踪: its case ended without being closed


class Awaited(StrEnum):
    """What an ended case waits for beside its tasks: it is not filed away before."""

    PROMISE = "PROMISE"  # 承诺的日子
    LEDGER = "LEDGER"  # 销账
    RATING = "RATING"  # 评价
    REOPENING = "REOPENING"  # 可要求重办的期限


class ReplyDoubt(StrEnum):
    """What an answer to a citizen may say by mistake."""

    ID_NUMBER = "ID_NUMBER"  # 身份证号
    PHONE = "PHONE"  # 电话号码
    NAME = "NAME"  # 诉求人姓名


class Sight(StrEnum):
    """How much of the case a unit sees."""

    FULL = "FULL"
    TASK = "TASK"  # what it owes, in the words of who asked it: never the citizen's


class Standing(StrEnum):
    """How a case stands at large: what lists are narrowed to."""

    OPEN = "OPEN"  # 在办
    OVERDUE = "OVERDUE"  # 在办，已超期
    OUTER_DUE = "OUTER_DUE"  # 在办，来源平台的时限今天到期或已过
    CLOSED = "CLOSED"  # 已结案


class ViewingKind(StrEnum):
    """What somebody did with a case without changing it (谁看过)."""

    VIEW = "VIEW"  # 查看
    REVEAL = "REVEAL"  # 查看联系方式: kept by people, with its purpose
    PRINT = "PRINT"  # 打印
    EXPORT = "EXPORT"  # 导出: a file of it was saved


class BrokenPart(StrEnum):
    """What of the history, or of the seals over it, is not as it was."""

    ENTRY = "ENTRY"  # a line was changed or removed
    MOMENT = "MOMENT"  # the column says another time than the line
    NOTE = "NOTE"  # a text beside a line was changed, added or removed
    WORDS = "WORDS"  # a citizen's words
    FILE = "FILE"  # an attachment
    END = "END"  # the case's head is not its last line
    PRESENT = "PRESENT"  # the case stands elsewhere than its lines, gone through again, lead to
    SEALED_DAY = "SEALED_DAY"  # what the day's seal is over
    CAME_LATE = "CAME_LATE"  # a line dated on a day that was sealed before
    SEAL = "SEAL"  # the seal itself, or how it follows the one before
    SEAL_MISSING = "SEAL_MISSING"  # a day without a seal between sealed ones
    LINE = "LINE"  # the file outside the database says something else
    LINE_MISSING = "LINE_MISSING"


class Need(StrEnum):
    """What must be in hand before a move."""

    REASON = "REASON"  # a written reason
    GROUND = "GROUND"  # a lawful ground to decline
    CLOSING = "CLOSING"  # what becomes of the demand, with all that this kind of closing asks
    ASKED_UNITS = "ASKED_UNITS"  # whom it is asked of
    PROPOSED_UNIT = "PROPOSED_UNIT"  # who should do it instead
    DATE = "DATE"  # until when
    OUTER_DUE = "OUTER_DUE"  # the moment that a platform sets its order
    MATTER = "MATTER"  # the matter is named
    UNITS = "UNITS"  # a lead is named
    REPLY = "REPLY"  # words that the citizen can read
    BASIS = "BASIS"  # on what the choice of the lead rests
    ATTEMPT = "ATTEMPT"  # how a call to the citizen went: it goes by the door of contacts
    TASK_WORDS = "TASK_WORDS"  # what a third party is to do, in words of the desk's own
    EVIDENCE = "EVIDENCE"  # at least one file that shows it
    EVIDENCE_AS_ASKED = "EVIDENCE_AS_ASKED"  # what the matter asks: often nothing, never more
    PARTS_OR_REASON = "PARTS_OR_REASON"  # every co-handler is done, or why not


class Side(StrEnum):
    """Over which unit a move takes its power."""

    OWNER = "OWNER"  # that owes the task
    DESK = "DESK"  # that keeps the file
    ASKER = "ASKER"  # that owes the task from which this one was asked
    CITIZEN = "CITIZEN"  # over none: it is for whoever has the link of a report on the case


class Then(StrEnum):
    """What follows from a move beyond the task itself. Each is one function of the lifecycle."""

    ANSWERED = "ANSWERED"  # the unit's leader signs; then check, approval or the end
    SIGNED = "SIGNED"
    CHECKED = "CHECKED"  # the case closes as the answer says
    NOT_SEEN = "NOT_SEEN"  # the same; what came back to be looked at closes as it was before
    REWORK = "REWORK"  # the same unit, a new round
    RETURN_GRANTED = "RETURN_GRANTED"
    RETURN_DENIED = "RETURN_DENIED"
    ASKED_EXTENSION = "ASKED_EXTENSION"  # first the unit's leader
    ASKED_SUSPENSION = "ASKED_SUSPENSION"
    ASKED_CENTRE = "ASKED_CENTRE"
    RESUMED = "RESUMED"  # before its day, by the lead itself
    ALLOWED = "ALLOWED"  # it takes effect; for an outer order it is asked there
    OUTER_GRANTED = "OUTER_GRANTED"
    OUTER_CLOSED = "OUTER_CLOSED"
    STILL_ASKED = "STILL_ASKED"  # the platform keeps silent: it is waited for, its clock runs
    OUTER_CLOSING_REFUSED = "OUTER_CLOSING_REFUSED"
    RECALLED = "RECALLED"
    CALLED_IN = "CALLED_IN"
    SUBASSIGNED = "SUBASSIGNED"
    INQUIRED = "INQUIRED"
    CONSULTED = "CONSULTED"
    DISPATCHED = "DISPATCHED"
    KEPT_ON_LEDGER = "KEPT_ON_LEDGER"
    STRUCK_OFF = "STRUCK_OFF"


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
    power: str
    needs: tuple[Need, ...] = ()
    may: tuple[Need, ...] = ()  # what else may be said with it; anything beyond is refused
    opens: str | None = None  # owed by the desk
    outcome: Outcome | None = None
    then: Then | None = None
    side: Side = Side.OWNER
    not_if_designated: bool = False
    by_another: bool = False  # not by the person whose move opened the task
    if_complained_about: bool = False  # only from a unit that the case has come to be about
    ends_when_met: bool = False  # the task stays until what it waits for is complete
    directly: str | None = None  # the power that it takes instead by the catalogue (目录直派)
    by_opener: str | None = None  # the power that is enough for whose own move opened the task


@dataclass(frozen=True, slots=True)
class Book:
    """The kinds of one room and how they move. config.wiring hands it to the registry."""

    kinds: tuple[Kind, ...]
    moves: tuple[TaskMove, ...]
