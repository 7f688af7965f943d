"""Pages of this room: sign in, units, staff, keys, logs, tables."""
