"""What this room reads from outside."""

from chengshao.intake.schemas.reports import FileIn, FixedIn, ReceivedOut, ReportIn

__all__ = ["FileIn", "FixedIn", "ReceivedOut", "ReportIn"]
