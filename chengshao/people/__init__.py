"""People (条块与人员): units, staff and what they may do, contacts of citizens."""
