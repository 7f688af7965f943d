"""Kernel: pure words and arithmetic that every room may use. No Django, no clock, no database."""
