"""Words of this room that others may use."""

from enum import StrEnum


class Power(StrEnum):
    KEEP_PLACES = "KEEP_PLACES"  # import and correct the ground data (空间底数)


class PlaceKind(StrEnum):
    """What a found place is; the first three are derived from divisions and zones."""

    SUBDISTRICT = "SUBDISTRICT"  # 街道、镇
    COMMUNITY = "COMMUNITY"  # 社区、村
    ROAD = "ROAD"  # 道路
    ESTATE = "ESTATE"  # 小区
    MARKET = "MARKET"  # 市场
    RIVER = "RIVER"  # 河道
    LANDMARK = "LANDMARK"  # 地标
    ADDRESS = "ADDRESS"  # 门牌地址


class ZoneKind(StrEnum):
    """A territory beside the grids (网格之外的责任区); they may overlap."""

    ROAD = "ROAD"  # 道路
    ESTATE = "ESTATE"  # 小区
    MARKET = "MARKET"  # 市场
    RIVER = "RIVER"  # 河道
    OTHER = "OTHER"


class ObjectKind(StrEnum):
    """A managed object (管理对象)."""

    SHOP = "SHOP"  # 沿街商铺
    SITE = "SITE"  # 工地
    BIN = "BIN"  # 垃圾箱、垃圾房
    LAMP_POST = "LAMP_POST"  # 路灯杆
    MANHOLE = "MANHOLE"  # 井盖
    RURAL_HOUSE = "RURAL_HOUSE"  # 农村自建房
    PUBLIC_TOILET = "PUBLIC_TOILET"  # 公共厕所
    OTHER = "OTHER"


class ImportKind(StrEnum):
    DIVISIONS = "DIVISIONS"
    OUTLINES = "OUTLINES"
    GRIDS = "GRIDS"
    ZONES = "ZONES"
    OBJECTS = "OBJECTS"
    KNOWN_PLACES = "KNOWN_PLACES"


class RedrawKind(StrEnum):
    """What is done to the unit grids of a community (网格变更)."""

    SPLIT = "SPLIT"  # 拆分
    MERGE = "MERGE"  # 合并
    MOVE_BORDER = "MOVE_BORDER"  # 调整边界
    DRAW = "DRAW"  # 新划
    DESCRIBE = "DESCRIBE"  # 改名称、责任单位
    END = "END"  # 停用
    TAKE_BACK = "TAKE_BACK"  # 撤销还没有生效的变更
