"""The words of this room that other rooms may use."""

from enum import StrEnum


class ImportState(StrEnum):
    """How far an import of old cases is."""

    PREPARED = "PREPARED"  # 待确认名称: read once, names to be confirmed
    RUNNING = "RUNNING"  # 导入中
    DONE = "DONE"  # 已完成


class NameKind(StrEnum):
    """Whose names a table of old cases may write in its own way."""

    UNIT = "UNIT"  # 单位
    MATTER = "MATTER"  # 事项
    DIVISION = "DIVISION"  # 街道社区
