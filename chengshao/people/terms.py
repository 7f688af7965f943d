"""Words of this room that others may use."""

from enum import StrEnum


class Power(StrEnum):
    """What this room lets someone do. Other rooms name their own; a role joins them (B4)."""

    KEEP_UNITS = "KEEP_UNITS"
    APPOINT = "APPOINT"
    ISSUE_TOKENS = "ISSUE_TOKENS"
    READ_LOGS = "READ_LOGS"
    REVEAL_CONTACT = "REVEAL_CONTACT"
    ERASE_CONTACT = "ERASE_CONTACT"


class Role(StrEnum):
    OPERATOR = "OPERATOR"  # 话务员
    REGISTRAR = "REGISTRAR"  # 受理员
    DISPATCHER = "DISPATCHER"  # 派单员
    DUTY_LEADER = "DUTY_LEADER"  # 值班长
    HANDLER = "HANDLER"  # 处置人员
    UNIT_LEADER = "UNIT_LEADER"  # 单位负责人
    DISTRICT_LEADER = "DISTRICT_LEADER"  # 分管区领导
    COLLECTOR = "COLLECTOR"  # 采集员
    CHECKER = "CHECKER"  # 核查员
    SUPERVISOR = "SUPERVISOR"  # 督办
    ASSESSOR = "ASSESSOR"  # 考核
    # 个人信息保护负责人 (Personal Information Protection Law §52): erases what a citizen may have
    # erased. No administrator's work, for whoever erases must see what.
    PRIVACY_OFFICER = "PRIVACY_OFFICER"
    CATALOGUE_KEEPER = "CATALOGUE_KEEPER"  # 事项管理员
    SECURITY_ADMINISTRATOR = "SECURITY_ADMINISTRATOR"  # 安全管理员
    SYSTEM_ADMINISTRATOR = "SYSTEM_ADMINISTRATOR"  # 系统管理员
    AUDITOR = "AUDITOR"  # 审计员
    MACHINE = "MACHINE"  # 系统接口


class Side(StrEnum):
    """
    Which side of the house a role stands on: nobody stands on two at once (三员分立,
    graded protection level 3). A role of no side goes with any.
    """

    CASES = "CASES"
    SECURITY = "SECURITY"
    SYSTEM = "SYSTEM"
    AUDIT = "AUDIT"


class UnitKind(StrEnum):
    DEPARTMENT = "DEPARTMENT"  # 职能部门（条）
    DISTRICT = "DISTRICT"  # 区（块）
    SUBDISTRICT = "SUBDISTRICT"  # 街道、镇（块）
    COMMUNITY = "COMMUNITY"  # 社区（块）
    COMMAND_CENTRE = "COMMAND_CENTRE"  # 联动指挥中心
    WORKSTATION = "WORKSTATION"  # 工作站
    ENTERPRISE = "ENTERPRISE"  # 公共服务企业
    PROPERTY_COMPANY = "PROPERTY_COMPANY"
    CONTRACTOR = "CONTRACTOR"
    SOCIAL_ORGANISATION = "SOCIAL_ORGANISATION"
    BRANCH = "BRANCH"  # 派出机构, dual leadership
    VERTICAL = "VERTICAL"  # 垂直管理


class UnitLevel(StrEnum):
    CITY = "CITY"
    DISTRICT = "DISTRICT"
    SUBDISTRICT = "SUBDISTRICT"
    COMMUNITY = "COMMUNITY"


class ServiceLine(StrEnum):
    """What a public-service enterprise supplies."""

    WATER = "WATER"
    POWER = "POWER"
    GAS = "GAS"
    HEAT = "HEAT"
    TELECOM = "TELECOM"
    TRANSIT = "TRANSIT"


class ParentRelation(StrEnum):
    ADMINISTRATIVE = "ADMINISTRATIVE"  # 行政隶属
    PROFESSIONAL = "PROFESSIONAL"  # 业务指导


class UnitDeed(StrEnum):
    OPENED = "OPENED"
    AMENDED = "AMENDED"
    RENAMED = "RENAMED"
    MOVED = "MOVED"
    MERGED = "MERGED"
    SPLIT = "SPLIT"
    CLOSED = "CLOSED"


class DayKind(StrEnum):
    WORKDAY = "WORKDAY"
    RESTDAY = "RESTDAY"  # an ordinary weekend, or a day the city rests
    HOLIDAY = "HOLIDAY"  # 法定节假日; a unit without such a shift goes by RESTDAY
    DATE = "DATE"  # one named day; it goes before all others


class AccountDeed(StrEnum):
    OPENED = "OPENED"
    AMENDED = "AMENDED"
    CLOSED = "CLOSED"
    REOPENED = "REOPENED"
    APPOINTED = "APPOINTED"
    APPOINTMENT_ENDED = "APPOINTMENT_ENDED"
    PASSWORD_ISSUED = "PASSWORD_ISSUED"
    PASSWORD_CHANGED = "PASSWORD_CHANGED"
    TOKEN_ISSUED = "TOKEN_ISSUED"
    TOKEN_REVOKED = "TOKEN_REVOKED"
    POWERS_LOADED = "POWERS_LOADED"


class ContactPurpose(StrEnum):
    """For what a citizen left a number (Personal Information Protection Law §6)."""

    CASE = "CASE"  # to handle a demand and say what became of it


class ContactDeed(StrEnum):
    REVEALED = "REVEALED"
    ERASED = "ERASED"


class SignInOutcome(StrEnum):
    SIGNED_IN = "SIGNED_IN"
    WRONG = "WRONG"  # name or password
    THROTTLED = "THROTTLED"


class Theme(StrEnum):
    LIGHT = "light"
    DARK = "dark"


class Density(StrEnum):
    COMFORTABLE = "comfortable"
    COMPACT = "compact"


class LetterSize(StrEnum):
    LARGE = "large"


class AlarmSound(StrEnum):
    OFF = "off"


class Choice(StrEnum):
    """What else somebody may choose of how the pages work; nothing chosen is the default."""

    LETTERS = "letters"  # LetterSize
    ALARM = "alarm"  # AlarmSound: of emergencies
    FIRST_PAGE = "first_page"  # the address that signing in leads to


CASE_ROLES = frozenset(
    {
        Role.OPERATOR,
        Role.REGISTRAR,
        Role.DISPATCHER,
        Role.DUTY_LEADER,
        Role.HANDLER,
        Role.UNIT_LEADER,
        Role.DISTRICT_LEADER,
        Role.COLLECTOR,
        Role.CHECKER,
        Role.SUPERVISOR,
        Role.ASSESSOR,
        Role.PRIVACY_OFFICER,
        Role.MACHINE,
    }
)
ADMINISTRATORS = {
    Role.SECURITY_ADMINISTRATOR: Side.SECURITY,
    Role.SYSTEM_ADMINISTRATOR: Side.SYSTEM,
    Role.AUDITOR: Side.AUDIT,
}


def side_of(role: Role) -> Side | None:
    """Return the side that a role stands on; None goes with any."""
    return Side.CASES if role in CASE_ROLES else ADMINISTRATORS.get(role)
