"""Resident (市民门户): what citizens see. Composed pages: no tables, no rules."""
