"""Why the rules of this room say no."""

from chengshao.kernel.errors import Invalid, NotAllowed, Refused


class WrongState(Refused):
    code = "workorder_wrong_state"


class NeedMissing(Refused):
    code = "workorder_need_missing"


class AlreadyWaiting(Refused):
    code = "workorder_already_waiting"


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


class DateOutOfReach(Invalid):
    code = "workorder_date_out_of_reach"


class ClosingIncomplete(Invalid):
    code = "workorder_closing_incomplete"


class ContactOwed(Refused):
    code = "workorder_contact_owed"


class CentreDesignates(Refused):
    """Past the lists only after the units were asked, unless it burns (B2)."""

    code = "workorder_consult_first"


class NotOnTheSpot(Refused):
    code = "workorder_not_on_the_spot"


class CantMerge(Refused):
    code = "workorder_cant_merge"


class NotForWholeUnits(Refused):
    """A confidential case, or one for named persons: a copy would open it to a whole unit."""

    code = "workorder_not_for_whole_units"


class ReopeningOver(Refused):
    code = "workorder_reopening_over"
