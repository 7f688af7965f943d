"""What other rooms may hear about a case. Past tense, ids and terms only."""

from dataclasses import dataclass
from datetime import datetime

from chengshao.workorders.terms import Outcome


@dataclass(frozen=True, slots=True)
class ReportReceived:
    report_id: int
    work_order_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class WorkOrderRegistered:
    work_order_id: int
    matter: str
    at: datetime


@dataclass(frozen=True, slots=True)
class WorkOrderDispatched:
    work_order_id: int
    lead_unit_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class WorkOrderEnded:
    work_order_id: int
    outcome: Outcome
    at: datetime
