"""Desk (工作台): what staff see. Composed pages: no tables, no rules."""
