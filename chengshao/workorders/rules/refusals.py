"""Why the rules of this room say no."""

from chengshao.kernel.errors import Invalid, NotAllowed, Refused


class WrongState(Refused):
    code = "workorder_wrong_state"


class NeedMissing(Refused):
    code = "workorder_need_missing"


class TakesNo(Invalid):
    """Something is said with a move that its row of the table does not take."""

    code = "workorder_takes_no"


class AlreadyWaiting(Refused):
    code = "workorder_already_waiting"


class OwnUnitAsked(Invalid):
    """What is asked beside the own work is asked of others."""

    code = "workorder_own_unit_asked"


class LeadDesignated(Refused):
    code = "workorder_lead_designated"


class StillHeld(Refused):
    code = "workorder_still_held"


class UnitComplainedAbout(Refused):
    code = "workorder_unit_complained_about"


class PowerMissing(NotAllowed):
    code = "workorder_power_missing"


class NotYourOwn(NotAllowed):
    """Nobody decides on what they asked for themselves (domain: the dispatcher, the checker)."""

    code = "workorder_not_your_own"


class UnitNamedTwice(Invalid):
    code = "workorder_unit_named_twice"


class AlreadyOverdue(Refused):
    code = "workorder_already_overdue"


class ExtensionsUsedUp(Refused):
    code = "workorder_extensions_used_up"


class SuspendedBefore(Refused):
    code = "workorder_suspended_before"


class SuspendedNow(Refused):
    """While the clocks rest nobody needs more time."""

    code = "workorder_suspended_now"


class SuspensionOver(Refused):
    """It is granted only after the day until which it was asked: there is nothing left of it."""

    code = "workorder_suspension_over"


class AskThePlatform(Refused):
    """An order of another platform ends only as that platform says."""

    code = "workorder_ask_the_platform"


class DateOutOfReach(Invalid):
    code = "workorder_date_out_of_reach"


class DayNotAhead(DateOutOfReach):
    """A day that must come after today, and by the last one that is named."""

    code = "workorder_day_not_ahead"


class ClosingIncomplete(Invalid):
    code = "workorder_closing_incomplete"


class ContactOwed(Refused):
    code = "workorder_contact_owed"


class CentreDesignates(Refused):
    """Past the lists only after the units were asked, unless it burns (B2)."""

    code = "workorder_consult_first"


class NotRefuted(Refused):
    """That there is nothing is said only where somebody went to verify it and found nothing."""

    code = "workorder_not_refuted"


class NotOnTheSpot(Refused):
    code = "workorder_not_on_the_spot"


class CantMerge(Refused):
    code = "workorder_cant_merge"


class NotForWholeUnits(Refused):
    """A confidential or an informant's case is shown to who works on it, else to named persons."""

    code = "workorder_not_for_whole_units"


class NobodyKnows(Refused):
    """An informant's case would go to a unit in which nobody would see it (举报)."""

    code = "workorder_nobody_knows"


class PlatformClockStops(Refused):
    """Another platform's order would come to a case whose clocks stand still or are over."""

    code = "workorder_platform_clock_stops"


class ComesByItself(NotAllowed):
    """It comes on its day; no person brings it about, or puts it off."""

    code = "workorder_comes_by_itself"


class StillAwaited(Refused):
    code = "workorder_still_awaited"


class BothOnLedger(Refused):
    code = "workorder_both_on_ledger"


class ReopeningOver(Refused):
    code = "workorder_reopening_over"


class CitizenReached(Refused):
    """Who has talked to us is not beyond reach."""

    code = "workorder_citizen_reached"


class PartNotSolved(Refused):
    """Nothing is solved of which a part, dispatched beside the lead, says that it is not."""

    code = "workorder_part_not_solved"


class DoubleAwaited(Refused):
    """Who was dispatched beside the lead answers before it: for this one there is no reason."""

    code = "workorder_double_awaited"


class SaidAlready(Refused):
    """A report is a complaint about one unit, or an informant's: that doesn't open up again."""

    code = "report_said_already"


class NothingToNote(Invalid):
    code = "report_nothing_to_note"


class NotDirectly(Refused):
    """The desk itself can say no more of such a matter than it knows."""

    code = "workorder_not_directly"


class SubassignedOutside(Refused):
    """A unit assigns only inside itself and to who works for it by contract (交办)."""

    code = "workorder_subassigned_outside"
