"""Decisions of this room: pure, no Django, no clock, no database."""
