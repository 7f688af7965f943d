"""What is said to a citizen on the line: one or two sentences that can be read aloud."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from chengshao.catalog.terms import Urgency
from chengshao.people.queries import UnitLine
from chengshao.web.moments import day, moment
from chengshao.workorders.queries import CallLine, Receipt
from chengshao.workorders.terms import ClosingKind, Outcome, ReportKind, Step

_MOST_OF_REPLY = 200


def progress_of(line: CallLine, units: Mapping[int, UnitLine], now: datetime) -> str:
    """Return how a report stands, in words for its citizen."""
    if line.given_back:
        return _("这件事已退回您最初反映的平台，由那边继续办。")
    if line.withdrawn:
        return _("这件事已按您的要求撤回。")
    if line.outcome:
        return _ended(line, now)
    if line.suspended_until is not None:
        return _("这件事还在办，要等一段时间：{day}起接着办。").format(
            day=day(localdate(line.suspended_until), localdate(now))
        )
    lead = units.get(line.lead_unit_id or 0)
    late = line.due_at is not None and line.due_at < now
    by = moment(line.due_at, now) if line.due_at else ""
    if line.for_approval:
        return _("负责的单位说一时办不了，正等上级审批，定了告诉您。")
    if line.step == Step.ANSWERED:
        return _("负责的单位已经答复，我们正在核查，查好了告诉您。")
    if line.returned:
        return _("承办单位说不归它办，我们正在核定由谁办，定了接着办。")
    if lead is not None:
        if late:
            said = _("正由{unit}办理，原定{by}前答复，现在已经超期。")
        elif by:
            said = _("正由{unit}办理，{by}前给您答复。")
        else:
            said = _("正由{unit}办理。")
        return said.format(unit=lead.name, by=by)
    if line.step == Step.REPORTED:
        said = _("已经收到，正在看由谁办，{by}前受理。") if by and not late else ""
        return said.format(by=by) or _("已经收到，正在看由谁办。")
    said = _("已经受理，{by}前派给负责的单位。") if by and not late else ""
    return said.format(by=by) or _("已经受理，正在派给负责的单位。")


def _ended(line: CallLine, now: datetime) -> str:
    on = day(localdate(line.ended_at), localdate(now)) if line.ended_at else ""
    back = day(line.comes_back_on, localdate(now)) if line.comes_back_on else ""
    if line.outcome == Outcome.DECLINED:
        said = _("{on}答复过您：这件事不能受理。")
    elif line.outcome == Outcome.RETURNED:
        said = _("{on}已退回您最初反映的平台，由那边继续办。")
    elif line.outcome != Outcome.CLOSED:
        said = _("{on}已经撤回。")
    elif line.closing_kind == ClosingKind.PROMISED:
        said = _("负责的单位承诺{back}前办好，到时我们去查，再告诉您。")
    elif line.closing_kind == ClosingKind.LEDGER:
        said = _("这件事一时办不了，已列入疑难问题专门管着，{back}前再看一次。")
    elif line.closing is not None and line.closing.procedure_on is not None:
        on = day(line.closing.procedure_on, localdate(now))
        said = _("{on}已转入法定程序，由{organ}办，文号是{number}。")
        if not line.closing.procedure:  # erased
            said = _("{on}已转入法定程序。")
    else:
        said = _("{on}已经办结。")
    said = said.format(
        on=on,
        back=back,
        organ=line.closing.organ if line.closing else "",
        number=line.closing.procedure_number if line.closing else "",
    )
    if line.reply:
        reply = line.reply.strip()
        short = reply if len(reply) <= _MOST_OF_REPLY else f"{reply[: _MOST_OF_REPLY - 2]}……"
        said += _("答复是：{reply}").format(reply=short)
    return said


def receipt_of(receipt: Receipt, now: datetime) -> str:
    """Return what is said when a report has been taken down."""
    if receipt.kind == ReportKind.THANKS:
        said = _("谢谢您，您的话我记下了，会转给他们。")
    elif receipt.kind == ReportKind.SUGGESTION:
        said = _("您的建议我记下了。")
    else:
        said = _("您说的我记下了。")
    if receipt.reviewed_on is not None:
        return said + _("这件事已列入疑难问题专门管着，您的话并进去了，{day}前再看一次。").format(
            day=day(receipt.reviewed_on, localdate(now))
        )
    if receipt.urgency == Urgency.EMERGENCY:
        said += _("按特急办，马上转。有人有危险，请先打110、119或120。")
    if receipt.dispatch_by is not None:
        said += _("{by}前派给负责的单位。").format(by=moment(receipt.dispatch_by, now))
    secret = receipt.confidential or receipt.kind == ReportKind.INFORMANT
    if receipt.phone_left and secret:
        said += _("要保密，有结果不给您打电话，您打来报编号就行。")
    elif receipt.phone_left:
        said += _("有结果给您打电话。")
    else:
        said += _("您没有留电话，想知道结果，打来报编号就行。")
    if receipt.kind == ReportKind.INFORMANT:
        said += _("您是谁，只有指定的几个人知道，不会告诉被举报的人。")
    elif receipt.confidential:
        said += _("您要求保密，办理单位看不到您的姓名和电话。")
    return said
