"""Pages of this room: all staff read, the owner of an item keeps it."""
