"""Words of this room that others may use."""

from enum import StrEnum


class Power(StrEnum):
    KEEP_CATALOG = "KEEP_CATALOG"


class MatterKind(StrEnum):
    """The first letter of every matter's code."""

    COMPONENT = "COMPONENT"  # 部件 (GB/T 30428.2): C0101
    EVENT = "EVENT"  # 事件 (GB/T 30428.2): E0101
    DEMAND = "DEMAND"  # 民生诉求 (12345): D0101


class Urgency(StrEnum):
    """From calm to urgent; by it runs how fast a case is dispatched and handled."""

    ORDINARY = "ORDINARY"  # 一般
    URGENT = "URGENT"  # 紧急
    EMERGENCY = "EMERGENCY"  # 特急


def stricter(urgency: Urgency, other: str) -> Urgency:
    """Return which of two presses more; the other may be "", not known yet."""
    return max(urgency, Urgency(other or Urgency.ORDINARY), key=list(Urgency).index)


class Track(StrEnum):
    """How much way a demand has to go (F16)."""

    ON_THE_SPOT = "ON_THE_SPOT"  # 即办
    DIRECT_ANSWER = "DIRECT_ANSWER"  # 直接答复
    SIMPLE = "SIMPLE"  # 简易
    ORDINARY = "ORDINARY"  # 一般
    COMPLEX = "COMPLEX"  # 复杂


class CheckMode(StrEnum):
    """How it is checked that the matter was really dealt with (核查)."""

    SITE = "SITE"  # 现场核查
    PICTURE = "PICTURE"  # 图片核查
    PHONE = "PHONE"  # 电话核查
    REPLY_REVIEW = "REPLY_REVIEW"  # 答复审核
    SAMPLE = "SAMPLE"  # 抽查
    NONE = "NONE"  # 免核查


class EvidenceKind(StrEnum):
    """What a closing condition may ask for; asked only where it needs it (State Council Office)."""

    PHOTO_BEFORE = "PHOTO_BEFORE"  # 处置前照片
    PHOTO_AFTER = "PHOTO_AFTER"  # 处置后照片
    DOCUMENT = "DOCUMENT"  # 文书
    SITE_RECORD = "SITE_RECORD"  # 现场记录
    CONTACT_RECORD = "CONTACT_RECORD"  # 联系诉求人记录
    TEST_REPORT = "TEST_REPORT"  # 检测报告


class Sensitivity(StrEnum):
    ORDINARY = "ORDINARY"  # 一般
    SENSITIVE = "SENSITIVE"  # 敏感: names persons or may stir
    CONFIDENTIAL = "CONFIDENTIAL"  # 保密: only for a named circle


class ParameterName(StrEnum):
    """What a district settles by a number or a limit, for one source or any (业务参数)."""

    REMIND_PERCENT = "REMIND_PERCENT"  # 临期提醒: once this share of the time is used
    LEADER_AFTER = "LEADER_AFTER"  # 超期提示负责人: the leader hears so long after
    EXTENSIONS_MOST = "EXTENSIONS_MOST"  # 延期次数上限
    SUSPENSION_MOST_DAYS = "SUSPENSION_MOST_DAYS"  # 暂停计时天数上限
    OUTER_RESERVE = "OUTER_RESERVE"  # 内部时限提前量: ours ends so long before the platform's
    REOPEN_WITHIN = "REOPEN_WITHIN"  # 重办期限: so long after the end the citizen may ask for it
    CHASE_AGAIN_AFTER = "CHASE_AGAIN_AFTER"  # 网上再次催单的间隔
    ARCHIVE_AFTER = "ARCHIVE_AFTER"  # 归档期限
    SAMPLE_PERCENT = "SAMPLE_PERCENT"  # 抽查比例: of cases closed without a look
    VERIFY_FIRST = "VERIFY_FIRST"  # 立案前先核实: yes or no
    LEDGER_REVIEW_MOST_DAYS = "LEDGER_REVIEW_MOST_DAYS"  # 挂账复核间隔上限
    # 标准用时 (X6): what each thing that a matter asks for takes, in minutes
    MINUTES_PHOTO = "MINUTES_PHOTO"  # 一张照片
    MINUTES_DOCUMENT = "MINUTES_DOCUMENT"  # 一份文书、报告
    MINUTES_RECORD = "MINUTES_RECORD"  # 一份记录
    MINUTES_SITE = "MINUTES_SITE"  # 到现场看一次
    MINUTES_PICTURE = "MINUTES_PICTURE"  # 看一次图片
    MINUTES_PHONE = "MINUTES_PHONE"  # 打一次电话
    MINUTES_REVIEW = "MINUTES_REVIEW"  # 审一次答复
    MINUTES_SIGNING = "MINUTES_SIGNING"  # 审签一次
    MINUTES_FIELD = "MINUTES_FIELD"  # 多填一项


class Bearer(StrEnum):
    """Who bears the minutes that a matter costs (X6)."""

    HANDLER = "HANDLER"  # 承办人员
    CHECKER = "CHECKER"  # 核查人员
    LEADER = "LEADER"  # 审签负责人
    OPERATOR = "OPERATOR"  # 受理人员


class DraftState(StrEnum):
    """Where a change of the catalogue stands that somebody has drafted."""

    DRAFT = "DRAFT"  # 草案
    IN_FORCE = "IN_FORCE"  # 已生效: taken into the catalogue, in force from its day
    DROPPED = "DROPPED"  # 已放弃


class DutyListKind(StrEnum):
    """The three lists of a sub-district (履职事项清单)."""

    BASIC = "BASIC"  # 基本履职
    ASSISTING = "ASSISTING"  # 配合履职: a department leads
    TAKEN_BACK = "TAKEN_BACK"  # 上级收回: a department does it


class LeadObstacle(StrEnum):
    """Why a unit can't lead."""

    COMMUNITY_NEVER_LEADS = "COMMUNITY_NEVER_LEADS"  # 社区不作主办
    TAKEN_BACK = "TAKEN_BACK"  # 已由上级收回
    ASSISTING_ONLY = "ASSISTING_ONLY"  # 街道只配合
    NOT_ON_LIST = "NOT_ON_LIST"  # 清单内没有
    COMMUNITY_NOT_ON_LIST = "COMMUNITY_NOT_ON_LIST"  # 社区清单内没有 (Beijing §17)
    ROLE_WITHOUT_UNIT = "ROLE_WITHOUT_UNIT"  # 没有单位承担


class CalendarDayKind(StrEnum):
    """What makes a day differ from the week."""

    STATUTORY_HOLIDAY = "STATUTORY_HOLIDAY"  # 法定节假日, with the days swapped for it
    MAKE_UP_WORKDAY = "MAKE_UP_WORKDAY"  # 调休上班
    CITY_REST = "CITY_REST"  # 本市休息; the city's own stand above the statutory
    CITY_WORK = "CITY_WORK"  # 本市上班


class TableKind(StrEnum):
    """The tables that a keeper imports and exports."""

    MATTERS = "MATTERS"
    CODE_MAP = "CODE_MAP"
    TASK_LIMITS = "TASK_LIMITS"
    PARAMETERS = "PARAMETERS"
    TRACK_RULES = "TRACK_RULES"
    RESPONSIBILITIES = "RESPONSIBILITIES"
    DUTY_LISTS = "DUTY_LISTS"
    UNIT_POWERS = "UNIT_POWERS"
    CALENDAR_DAYS = "CALENDAR_DAYS"
    OFFICE_HOURS = "OFFICE_HOURS"
