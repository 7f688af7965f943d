"""The words of this room."""

from enum import StrEnum


class Confidence(StrEnum):
    """How sure a suggestion is (X2): shown in words, never as a number."""

    HIGH = "HIGH"  # a list of duties names exactly one lead
    MEDIUM = "MEDIUM"  # several rows name different leads
    LOW = "LOW"  # nothing names a lead: what was done here before, or who receives first
